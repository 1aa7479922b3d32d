"""The first tables."""
# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orc_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("orc_action_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_hold",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("orc_hold_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("local_slot", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("tz_version", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", sa.Integer(), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state in ('planned', 'snapshotting', 'sending', 'done', 'cancelled', 'missed', 'halted')",
            name=op.f("orc_occurrence_state_ck"),
        ),
        sa.CheckConstraint("(owner is null) = (lease_until is null)", name=op.f("orc_occurrence_lease_ck")),
        sa.PrimaryKeyConstraint("id", name=op.f("orc_occurrence_pk")),
        sa.UniqueConstraint("campaign", "slot", name=op.f("orc_occurrence_campaign_slot_uq")),
        schema="orc",
    )
    op.create_index(
        "orc_occurrence_live",
        "orc_occurrence",
        ["due_at"],
        unique=False,
        schema="orc",
        sqlite_where=sa.text("state IN ('planned', 'snapshotting', 'sending')"),
        postgresql_where=sa.text("state IN ('planned', 'snapshotting', 'sending')"),
    )
    op.create_table(
        "orc_plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("orc_plan_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("orc_setting_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_suppression",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "scope", "address_hash", name=op.f("orc_suppression_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_text",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("orc_text_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("plan_digest", sa.Text(), nullable=False),
        sa.Column("sizes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("orc_version_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_withdrawal",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "channel", "topic", name=op.f("orc_withdrawal_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("on_unknown", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'skipped') <= (reason is not null)", name=op.f("orc_message_why_skipped_ck")),
        sa.CheckConstraint(
            "(state in ('claimed', 'attempting')) = (lease_until is not null)", name=op.f("orc_message_lease_ck")
        ),
        sa.CheckConstraint("on_unknown in ('hold', 'resend')", name=op.f("orc_message_on_unknown_ck")),
        sa.CheckConstraint(
            "reason in ('no_address', 'invalid_address', 'duplicate_address', 'suppressed', 'no_consent', 'capped', 'holdout', 'render_error', 'too_large', 'refused', 'tries_used_up', 'poison', 'too_late', 'quiet_hours', 'worker_lost', 'ambiguous', 'resolved')",
            name=op.f("orc_message_reason_ck"),
        ),
        sa.CheckConstraint(
            "state in ('pending', 'claimed', 'attempting', 'retry', 'unknown', 'accepted', 'delivered', 'bounced', 'failed', 'skipped', 'expired', 'cancelled')",
            name=op.f("orc_message_state_ck"),
        ),
        sa.CheckConstraint(
            "state in ('skipped', 'cancelled') or address_hash is not null", name=op.f("orc_message_mailbox_ck")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["orc.orc_occurrence.id"], name=op.f("orc_message_occurrence_id_fk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("orc_message_pk")),
        sa.UniqueConstraint(
            "occurrence_id", "person", "step", "channel", name=op.f("orc_message_occurrence_id_person_step_channel_uq")
        ),
        schema="orc",
    )
    op.create_index(
        "orc_message_lease",
        "orc_message",
        ["lease_until"],
        unique=False,
        schema="orc",
        sqlite_where=sa.text("state IN ('claimed', 'attempting')"),
        postgresql_where=sa.text("state IN ('claimed', 'attempting')"),
    )
    op.create_index(
        "orc_message_mailbox",
        "orc_message",
        ["occurrence_id", "step", "channel", "address_hash"],
        unique=True,
        schema="orc",
        sqlite_where=sa.text("state != 'skipped' OR reason = 'holdout'"),
        postgresql_where=sa.text("state != 'skipped' OR reason = 'holdout'"),
    )
    op.create_index(
        "orc_message_unknown",
        "orc_message",
        ["updated_at"],
        unique=False,
        schema="orc",
        sqlite_where=sa.text("state IN ('unknown')"),
        postgresql_where=sa.text("state IN ('unknown')"),
    )
    op.create_index(
        "orc_message_work",
        "orc_message",
        ["occurrence_id", "not_before"],
        unique=False,
        schema="orc",
        sqlite_where=sa.text("state IN ('pending', 'retry')"),
        postgresql_where=sa.text("state IN ('pending', 'retry')"),
    )
    op.create_table(
        "orc_version_file",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["orc.orc_text.digest"], name=op.f("orc_version_file_digest_fk")),
        sa.ForeignKeyConstraint(["version"], ["orc.orc_version.number"], name=op.f("orc_version_file_version_fk")),
        sa.PrimaryKeyConstraint("version", "path", name=op.f("orc_version_file_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_attempt",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome in ('accepted', 'retry', 'failed', 'unknown')", name=op.f("orc_attempt_outcome_ck")
        ),
        sa.CheckConstraint("(outcome is null) = (ended_at is null)", name=op.f("orc_attempt_ended_ck")),
        sa.ForeignKeyConstraint(["message_id"], ["orc.orc_message.id"], name=op.f("orc_attempt_message_id_fk")),
        sa.PrimaryKeyConstraint("seq", name=op.f("orc_attempt_pk")),
        sa.UniqueConstraint("message_id", "n", name=op.f("orc_attempt_message_id_n_uq")),
        schema="orc",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "orc_cap_use",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["orc.orc_message.id"], name=op.f("orc_cap_use_message_id_fk")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("orc_cap_use_pk")),
        schema="orc",
    )
    op.create_index("orc_cap_use_person", "orc_cap_use", ["person", "category", "at"], unique=False, schema="orc")
    op.create_table(
        "orc_recipient",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["orc.orc_message.id"], name=op.f("orc_recipient_message_id_fk")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("orc_recipient_pk")),
        schema="orc",
    )


def downgrade() -> None:
    op.drop_table("orc_recipient", schema="orc")
    op.drop_table("orc_cap_use", schema="orc")
    op.drop_table("orc_attempt", schema="orc")
    op.drop_table("orc_version_file", schema="orc")
    op.drop_table("orc_message", schema="orc")
    op.drop_table("orc_withdrawal", schema="orc")
    op.drop_table("orc_version", schema="orc")
    op.drop_table("orc_text", schema="orc")
    op.drop_table("orc_suppression", schema="orc")
    op.drop_table("orc_setting", schema="orc")
    op.drop_table("orc_plan", schema="orc")
    op.drop_table("orc_occurrence", schema="orc")
    op.drop_table("orc_hold", schema="orc")
    op.drop_table("orc_action", schema="orc")
