"""What must hold before a state database is used: our tables, of this program's age, of this deployment."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.tables import REVISION, REVISION_TABLE, SCHEMA, SETTING
from orchestrator.model.errors import StateError


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


def ready(connection: Connection) -> str:
    """Give the deployment's id after checking that this database can keep the promise; raises StateError."""
    at = revision(connection)
    refuse_newer(at)
    if at != REVISION:
        raise StateError(f"the state database is at revision {at or 'none'}, not {REVISION}", "run `orc migrate`")
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql("show fsync").scalar_one() == "off":
        raise StateError("the PostgreSQL of the state runs with fsync = off: a crash would send again", "turn it on")
    found: str | None = connection.scalar(sa.select(SETTING.c.value).where(SETTING.c.name == "deployment"))
    if found is None:
        raise StateError("the state database does not say whose it is", "run `orc migrate`")
    return found
