"""What is left of messages that were pruned: their numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orc_past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["orc.orc_occurrence.id"], name=op.f("orc_past_occurrence_id_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("orc_past_pk")),
        schema="orc",
    )
    op.create_index("orc_past_occurrence", "orc_past", ["occurrence_id"], unique=False, schema="orc")


def downgrade() -> None:
    op.drop_table("orc_past", schema="orc")
