"""What happened to our messages, as events; and stored membership with its changes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RECEIVED = """
create view {orc}orc_receive_message as
select m.id as seq, m.person as person,
       coalesce((select max(a.ended_at) from {orc}orc_attempt a where a.message_id = m.id and a.outcome = 'accepted'),
                m.updated_at) as "at",
       o.campaign as campaign, m.category as category, m.variant as variant, m.channel as channel, m.step as step,
       (select min(e."at") from {orc}orc_event e where e.message_id = m.id and e.event = 'click_message') as clicked_at
from {orc}orc_message m join {orc}orc_occurrence o on o.id = m.occurrence_id
where m.state in ('accepted', 'delivered', 'bounced')
  and o.deployment = (select s.value from {orc}orc_setting s where s.name = 'deployment')
"""

ENTERED = """
create view {orc}orc_enter_campaign as
select min(cast(m.id as {text})) as seq, m.person as person, o.snapshot_at as "at", o.campaign as campaign,
       min(m.category) as category, min(m.variant) as variant, min(m.channel) as channel, min(m.step) as step,
       case when max(case when m.reason = 'holdout' then 1 else 0 end) = 1 then 'holdout' else min(m.variant) end as arm
from {orc}orc_message m join {orc}orc_occurrence o on o.id = m.occurrence_id
where (m.state <> 'skipped' or m.reason = 'holdout') and o.snapshot_at is not null
  and o.deployment = (select s.value from {orc}orc_setting s where s.name = 'deployment')
group by o.id, m.person, o.snapshot_at, o.campaign
"""


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "orc_event",
        sa.Column("seq", number, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("campaign", "category", "variant", "channel", "step", "code", "arm")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["orc.orc_message.id"], name=op.f("orc_event_message_id_fk")),
        sa.PrimaryKeyConstraint("seq", name=op.f("orc_event_pk")),
        schema="orc",
        sqlite_autoincrement=True,
    )
    op.create_index("orc_event_person", "orc_event", ["event", "person", "at"], unique=False, schema="orc")
    op.create_index("orc_event_message", "orc_event", ["message_id", "event"], unique=False, schema="orc")
    op.create_table(
        "orc_refresh",
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name=op.f("orc_refresh_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_membership",
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["segment"], ["orc.orc_refresh.segment"], name=op.f("orc_membership_segment_fk")),
        sa.PrimaryKeyConstraint("segment", "person", name=op.f("orc_membership_pk")),
        schema="orc",
    )
    op.create_table(
        "orc_membership_change",
        sa.Column("seq", number, nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.CheckConstraint("change in ('entered', 'left')", name=op.f("orc_membership_change_change_ck")),
        sa.ForeignKeyConstraint(
            ["segment"], ["orc.orc_refresh.segment"], name=op.f("orc_membership_change_segment_fk")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("orc_membership_change_pk")),
        schema="orc",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "orc_membership_change_at", "orc_membership_change", ["segment", "change", "at"], unique=False, schema="orc"
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    for view in (RECEIVED, ENTERED):
        op.execute(view.format(orc="orc." if postgres else "", text="text"))


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for view in ("orc_enter_campaign", "orc_receive_message"):
        op.execute(f"drop view {'orc.' if postgres else ''}{view}")
    for table in ("orc_membership_change", "orc_membership", "orc_refresh", "orc_event"):
        op.drop_table(table, schema="orc")
