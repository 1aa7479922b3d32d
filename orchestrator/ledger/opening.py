"""What must hold before a state database is used: our tables, of this program's age, of this deployment."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.tables import REVISION, REVISION_TABLE, SCHEMA, SETTING
from orchestrator.model.errors import StateError

SKEW = dt.timedelta(seconds=30)
"""How far our clock and the state database's may be apart where something is sent."""


def revision(connection: Connection) -> str | None:
    """Give the revision of the tables, None where there are none of ours."""
    schema = SCHEMA if connection.dialect.name == "postgresql" else None
    if not sa.inspect(connection).has_table(REVISION_TABLE, schema=schema):
        return None
    table = f"{schema}.{REVISION_TABLE}" if schema else REVISION_TABLE
    found: str | None = connection.exec_driver_sql(f"select version_num from {table}").scalar()  # noqa: S608
    return found


def refuse_newer(found: str | None) -> None:
    """Raise StateError when the tables are of a revision that this program does not know."""
    if found is not None and found > REVISION:
        raise StateError(
            f"the state database is newer than this program (revision {found}, not {REVISION})",
            "install the newer campaign-orchestrator",
        )


def refuse_another(found: str, deployment: str) -> None:
    """Raise StateError when the state belongs to another deployment than the one that asks."""
    if found != deployment:
        raise StateError(
            f"the state database belongs to the deployment {found!r}, not to {deployment!r}: "
            "a copy must not send the original's messages",
            "point ORC_STATE_URL at this deployment's own state, or set ORC_DEPLOYMENT back",
        )


def refuse_skew(theirs: dt.datetime, before: dt.datetime, after: dt.datetime) -> None:
    """Raise StateError when the state database's time is not ours, which was ``before`` and ``after`` asking for it."""
    off = max(before - theirs, theirs - after)
    if off > SKEW:
        ours = before if theirs < before else after
        raise StateError(
            f"the clocks disagree by {off.total_seconds():,.0f} s: this machine says {ours:%Y-%m-%d %H:%M:%S} UTC, the "
            f"state database {theirs:%Y-%m-%d %H:%M:%S} UTC",
            "set the wrong one (`timedatectl set-ntp true`), then start again; slots go by the state database's clock",
        )


def _refuse_forgetful(connection: Connection) -> None:
    """Raise StateError when a crash could make the database forget what it has confirmed, or it cannot be written."""

    def asked(statement: str) -> str:
        return str(connection.exec_driver_sql(statement).scalar_one()).lower()

    if connection.dialect.name == "postgresql":
        if asked("select pg_is_in_recovery()") == "true":
            raise StateError("the PostgreSQL of the state is a standby", "use the URL of the primary")
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            if asked(f"show {name}") == "off":
                raise StateError(
                    f"the PostgreSQL of the state runs with {name} = off: after a crash it would send again",
                    f"turn it on: alter database … set {name} = on (or in postgresql.conf), then reconnect",
                )
        return
    level, journal = asked("pragma synchronous"), asked("pragma journal_mode")
    if int(level) < 2 or journal in ("memory", "off"):
        raise StateError(
            f"the SQLite of the state runs with synchronous = {level} and journal_mode = {journal}: after a crash it "
            "would send again",
            "it needs synchronous = full and journal_mode = wal; is the file on a disk that cannot do that?",
        )


def ready(connection: Connection) -> str:
    """Give the deployment's id after checking that this database can keep the promise; raises StateError."""
    at = revision(connection)
    refuse_newer(at)
    if at != REVISION:
        raise StateError(f"the state database is at revision {at or 'none'}, not {REVISION}", "run `orc migrate`")
    _refuse_forgetful(connection)
    found: str | None = connection.scalar(sa.select(SETTING.c.value).where(SETTING.c.name == "deployment"))
    if found is None:
        raise StateError("the state database does not say whose it is", "run `orc migrate`")
    return found
