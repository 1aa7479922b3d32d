"""What alembic runs: all missing steps, on the connection and in the transaction of the caller."""

from __future__ import annotations

from alembic import context

from orchestrator.ledger.tables import SCHEMA, meta

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=meta,
    version_table="orc_revision",
    version_table_schema=SCHEMA if connection.dialect.name == "postgresql" else None,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    transaction_per_migration=False,
    include_schemas=True,
)
context.run_migrations()
