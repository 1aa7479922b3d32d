"""Providers that are left alone, and tries that an outage did not cost."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def home() -> str | None:
    """Give the schema for statements that the engine's translation of schemas does not reach."""
    return "orc" if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    op.create_table(
        "orc_breaker",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.CheckConstraint("(opened_at is null) = (probe_at is null)", name=op.f("orc_breaker_open_ck")),
        sa.PrimaryKeyConstraint("provider", name=op.f("orc_breaker_pk")),
        schema="orc",
    )
    spared = sa.Column("spared", sa.Integer(), server_default="0", nullable=False)
    op.add_column("orc_message", spared, schema=home())


def downgrade() -> None:
    op.drop_column("orc_message", "spared", schema=home())
    op.drop_table("orc_breaker", schema="orc")
