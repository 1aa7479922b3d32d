"""The tables of the state database, as SQLAlchemy sees them. Schema ``orc`` on PostgreSQL, none on SQLite.

Times are UTC: ``timestamptz`` on PostgreSQL, sortable text on SQLite. Every enumeration is a CHECK.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from orchestrator.ledger.values import MessageState, OccurrenceState, Reason
from orchestrator.model.delivery import Outcome
from orchestrator.model.project import Ambiguous

SCHEMA = "orc"
REVISION = "0004"  # the migration that leads to these tables
REVISION_TABLE = "orc_revision"
meta = sa.MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "ck": "%(table_name)s_%(constraint_name)s_ck",
    },
)


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """An instant: aware UTC in Python on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Give UTC; a naive moment is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone: the ledger keeps UTC")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Give it back aware."""
        if value is None or value.tzinfo is dt.UTC:
            return value
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def one_of(column: str, values: type[StrEnum] | tuple[str, ...]) -> sa.CheckConstraint:
    """Give the CHECK that keeps a column to its words."""
    words = ", ".join(f"'{word}'" for word in values)
    return sa.CheckConstraint(f"{column} in ({words})", name=column)


SETTING = sa.Table(
    "orc_setting",
    meta,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

TEXT = sa.Table(
    "orc_text",
    meta,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

VERSION = sa.Table(
    "orc_version",
    meta,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("commit", sa.Text, nullable=False),
    sa.Column("plan_digest", sa.Text, nullable=False),
    sa.Column("sizes", sa.Text, nullable=False),
)

VERSION_FILE = sa.Table(
    "orc_version_file",
    meta,
    sa.Column("version", sa.Integer, sa.ForeignKey(VERSION.c.number), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, sa.ForeignKey(TEXT.c.digest), nullable=False),
)

PLAN = sa.Table(
    "orc_plan",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

ACTION = sa.Table(
    "orc_action",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)

HOLD = sa.Table(
    "orc_hold",
    meta,
    sa.Column("campaign", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)

OCCURRENCE = sa.Table(
    "orc_occurrence",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("deployment", sa.Text, nullable=False),
    sa.Column("campaign", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, nullable=False),
    sa.Column("local_slot", sa.Text, nullable=False),
    sa.Column("zone", sa.Text),
    sa.Column("tz_version", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("deadline_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("snapshot_at", Moment),
    sa.Column("audience", sa.Integer),
    sa.Column("planned", sa.Integer),
    sa.UniqueConstraint("campaign", "slot"),
    one_of("state", OccurrenceState),
    sa.CheckConstraint("(owner is null) = (lease_until is null)", name="lease"),
)
LIVE = OCCURRENCE.c.state.in_([sa.literal_column(f"'{s}'") for s in ("planned", "snapshotting", "sending")])
"""The words of a partial index. Whoever asks for one of its states says them, too: SQLite sees only then that it fits,
and reads the whole table otherwise."""
sa.Index("orc_occurrence_live", OCCURRENCE.c.due_at, sqlite_where=LIVE, postgresql_where=LIVE)

MESSAGE = sa.Table(
    "orc_message",
    meta,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("occurrence_id", sa.Integer, sa.ForeignKey(OCCURRENCE.c.id), nullable=False),
    sa.Column("chunk", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("variant", sa.Text),
    sa.Column("address_hash", sa.LargeBinary),
    sa.Column("on_unknown", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("spared", sa.Integer, nullable=False, server_default="0"),
    sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("updated_at", Moment, nullable=False),
    sa.UniqueConstraint("occurrence_id", "person", "step", "channel"),
    one_of("state", MessageState),
    one_of("reason", Reason),
    one_of("on_unknown", Ambiguous),
    sa.CheckConstraint("(state = 'skipped') <= (reason is not null)", name="why_skipped"),
    sa.CheckConstraint("(state in ('claimed', 'attempting')) = (lease_until is not null)", name="lease"),
    sa.CheckConstraint("state in ('skipped', 'cancelled') or address_hash is not null", name="mailbox"),
)


def _among(*states: str) -> sa.ColumnElement[bool]:
    return MESSAGE.c.state.in_([sa.literal_column(f"'{state}'") for state in states])


WAITING, LEASED, UNKNOWN = _among("pending", "retry"), _among("claimed", "attempting"), _among("unknown")
"""The words of the partial indexes on messages, as ``LIVE`` is for occurrences."""
#: What may be sent, or would be were it not held out: a mailbox stands in it once per occurrence, step and channel.
MAY_BE_SENT = sa.or_(
    MESSAGE.c.state != sa.literal_column("'skipped'"), MESSAGE.c.reason == sa.literal_column("'holdout'")
)
sa.Index(
    "orc_message_mailbox",
    MESSAGE.c.occurrence_id,
    MESSAGE.c.step,
    MESSAGE.c.channel,
    MESSAGE.c.address_hash,
    unique=True,
    sqlite_where=MAY_BE_SENT,
    postgresql_where=MAY_BE_SENT,
)
sa.Index(
    "orc_message_work", MESSAGE.c.occurrence_id, MESSAGE.c.not_before, sqlite_where=WAITING, postgresql_where=WAITING
)
sa.Index("orc_message_lease", MESSAGE.c.lease_until, sqlite_where=LEASED, postgresql_where=LEASED)
sa.Index("orc_message_unknown", MESSAGE.c.updated_at, sqlite_where=UNKNOWN, postgresql_where=UNKNOWN)

RECIPIENT = sa.Table(
    "orc_recipient",
    meta,
    sa.Column("message_id", sa.Uuid, sa.ForeignKey(MESSAGE.c.id), primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("zone", sa.Text),
    sa.Column("facts", sa.Text, nullable=False),
)

ATTEMPT = sa.Table(
    "orc_attempt",
    meta,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("message_id", sa.Uuid, sa.ForeignKey(MESSAGE.c.id), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("outcome", sa.Text),
    sa.Column("code", sa.Text),
    sa.Column("evidence", sa.Text),
    sa.Column("provider_id", sa.Text),
    sa.UniqueConstraint("message_id", "n"),
    one_of("outcome", Outcome),
    sa.CheckConstraint("(outcome is null) = (ended_at is null)", name="ended"),
    sqlite_autoincrement=True,
)

CAP_USE = sa.Table(
    "orc_cap_use",
    meta,
    sa.Column("message_id", sa.Uuid, sa.ForeignKey(MESSAGE.c.id), primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
sa.Index("orc_cap_use_person", CAP_USE.c.person, CAP_USE.c.category, CAP_USE.c.at)

SUPPRESSION = sa.Table(
    "orc_suppression",
    meta,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("address_hash", sa.LargeBinary, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

WITHDRAWAL = sa.Table(
    "orc_withdrawal",
    meta,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

HAPPENED = sa.Table(
    "orc_event",
    meta,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("message_id", sa.Uuid, sa.ForeignKey(MESSAGE.c.id)),
    *(sa.Column(name, sa.Text) for name in ("campaign", "category", "variant", "channel", "step", "code", "arm")),
    sqlite_autoincrement=True,
)
sa.Index("orc_event_person", HAPPENED.c.event, HAPPENED.c.person, HAPPENED.c.at)
sa.Index("orc_event_message", HAPPENED.c.message_id, HAPPENED.c.event)

BREAKER = sa.Table(
    "orc_breaker",
    meta,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("recent", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("opened_at", Moment),
    sa.Column("probe_at", Moment),
    sa.Column("probes", sa.Integer, nullable=False),
    sa.CheckConstraint("(opened_at is null) = (probe_at is null)", name="open"),
)

PAST = sa.Table(
    "orc_past",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("occurrence_id", sa.Integer, sa.ForeignKey(OCCURRENCE.c.id), nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("variant", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("n", sa.Integer, nullable=False),
)
sa.Index("orc_past_occurrence", PAST.c.occurrence_id)

REFRESH = sa.Table(
    "orc_refresh",
    meta,
    sa.Column("segment", sa.Text, primary_key=True),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
)

MEMBERSHIP = sa.Table(
    "orc_membership",
    meta,
    sa.Column("segment", sa.Text, sa.ForeignKey(REFRESH.c.segment), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("since", Moment, nullable=False),
)

MEMBERSHIP_CHANGE = sa.Table(
    "orc_membership_change",
    meta,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("segment", sa.Text, sa.ForeignKey(REFRESH.c.segment), nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    one_of("change", ("entered", "left")),
    sqlite_autoincrement=True,
)
sa.Index("orc_membership_change_at", MEMBERSHIP_CHANGE.c.segment, MEMBERSHIP_CHANGE.c.change, MEMBERSHIP_CHANGE.c.at)
