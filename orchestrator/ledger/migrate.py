"""Bring the tables of the state database to what this program expects. The only home of alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from orchestrator.ledger.opening import refuse_another, refuse_newer, revision
from orchestrator.ledger.place import refuse_shared_disk
from orchestrator.ledger.store import open_engine, state_error
from orchestrator.ledger.tables import REVISION, SCHEMA, SETTING
from orchestrator.model.errors import StateError

LOCK = 0x6F7264  # one migration at a time


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str, deployment: str) -> str:
    """Make or renew the tables and write down whose they are; give the revision. Safe to run twice, also at once.

    Raises StateError when the database cannot be used, is newer than this program, or belongs to another
    deployment.
    """
    if not deployment:
        raise StateError("this deployment has no id", "run `orc init`, or set ORC_DEPLOYMENT")
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            refuse_shared_disk(Path(engine.url.database))
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.connect().execution_options(orc_writes=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
                connection.exec_driver_sql(f"create schema if not exists {SCHEMA}")
            refuse_newer(revision(connection))
            command.upgrade(_config(connection), "head")
            claim_deployment(connection, deployment)
        return REVISION
    except SQLAlchemyError as error:
        raise state_error(error) from error
    finally:
        engine.dispose()


def claim_deployment(connection: Connection, deployment: str) -> None:
    """Write the deployment's id where there is none; raises StateError when it is another's."""
    found = connection.scalar(sa.select(SETTING.c.value).where(SETTING.c.name == "deployment"))
    if found is None:
        connection.execute(sa.insert(SETTING).values(name="deployment", value=deployment))
    else:
        refuse_another(found, deployment)
