"""Occurrences: one row per campaign and slot, however many daemons plan it, and the lease on its snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import in_list, listed
from orchestrator.ledger.store import Store, chunks
from orchestrator.ledger.tables import HOLD, LIVE, MESSAGE, OCCURRENCE, RECIPIENT, SETTING
from orchestrator.ledger.values import Occurrence, OccurrenceState
from orchestrator.ledger.versions import insert_new
from orchestrator.model.errors import UsageError

STOP = "stop"
RETRY = "+retry"
"""Stands in the slot of an occurrence that repeats another one, before the number of the try."""
FRESH = (OccurrenceState.PLANNED, OccurrenceState.SNAPSHOTTING)


def is_stopped(connection: Connection) -> bool:
    """Tell whether the kill switch is on."""
    return bool(connection.scalar(sa.select(stopped())))


def stopped() -> sa.ColumnElement[bool]:
    """Give the test whether the kill switch is on."""
    return sa.exists().where(SETTING.c.name == sa.literal_column(f"'{STOP}'"))


def in_state(column: sa.ColumnElement[str], *states: str) -> sa.ColumnElement[bool]:
    """Give ``column in (…)`` with the words written out, so that partial indexes fit."""
    return column.in_([sa.literal_column(f"'{state}'") for state in states])


def held() -> sa.ColumnElement[bool]:
    """Give the test whether an occurrence's campaign is paused."""
    return sa.exists().where(HOLD.c.campaign == OCCURRENCE.c.campaign)


@cache
def _last_slots(dialect: str) -> sa.Select[tuple[str, str, dt.datetime]]:
    o = OCCURRENCE.c
    return (
        sa.select(o.campaign, o.zone, sa.func.max(o.due_at).label("due"))
        .where(in_list(dialect, o.campaign, "campaigns"), o.slot.not_like(f"%{RETRY}%"), o.zone.is_not(None))
        .group_by(o.campaign, o.zone)
    )


@cache
def _anything_due() -> sa.Select[bool]:
    when, now = OCCURRENCE.c, sa.bindparam("now", type_=OCCURRENCE.c.due_at.type)
    due = sa.or_(when.due_at <= now, when.deadline_at <= now)
    return sa.select(sa.exists().where(LIVE, in_state(when.state, *FRESH), due))


def occurrence_of(row: Any) -> Occurrence:
    """Give the value of a row of the table."""
    names = [field.name for field in fields(Occurrence) if field.name != "state"]
    return Occurrence(state=OccurrenceState(row.state), **{name: getattr(row, name) for name in names})


def still_mine(occurrence: Occurrence) -> sa.ColumnElement[bool]:
    """Give the fence: nobody took the occurrence over since it was taken."""
    return sa.and_(
        OCCURRENCE.c.id == occurrence.id,
        OCCURRENCE.c.owner == occurrence.owner,
        OCCURRENCE.c.epoch == occurrence.epoch,
    )


def tz_version() -> str:
    """Give the release of the time zone rules, so that a slot can be explained later."""
    try:
        return installed("tzdata")
    except PackageNotFoundError:
        return ""


class Occurrences(Store):
    """Planning slots, taking them, and their snapshot's beginning and end."""

    def plan_occurrence(
        self,
        campaign: str,
        slot: str,
        due_at: dt.datetime,
        deadline_at: dt.datetime,
        *,
        version: int,
        local_slot: str,
        zone: str | None = None,
        state: OccurrenceState = OccurrenceState.PLANNED,
    ) -> bool:
        """Write the slot down once; True when this call did it. ``state`` MISSED records one that came too late."""
        if state not in (OccurrenceState.PLANNED, OccurrenceState.MISSED):
            raise ValueError(f"an occurrence begins planned or missed, not {state}")
        row = {
            **{"deployment": self.deployment, "campaign": campaign, "slot": slot, "local_slot": local_slot},
            **{"zone": zone, "tz_version": tz_version(), "due_at": due_at, "deadline_at": deadline_at},
            **{"version": version, "state": state.value, "epoch": 0},
        }
        return self.write(lambda c: c.execute(insert_new(c, OCCURRENCE).values(**row)).rowcount == 1)

    def take_occurrence(self, owner: str, lease_seconds: float = 60) -> Occurrence | None:
        """Lend the earliest due occurrence that nobody works on, not paused, not stopped; None when there is none.

        Its epoch is raised, which fences whoever had it before. Planned ones past their deadline become missed. A
        look without a lock comes first: an idle daemon holds up nobody.
        """
        when = OCCURRENCE.c
        if not self.read(lambda c: c.scalar(_anything_due(), {"now": self._clock(c)})):
            return None

        def work(connection: Connection) -> Occurrence | None:
            now = self._clock(connection)
            connection.execute(
                sa.update(OCCURRENCE)
                .where(LIVE, in_state(when.state, OccurrenceState.PLANNED), when.deadline_at <= now)
                .values(state=OccurrenceState.MISSED.value, owner=None, lease_until=None)
            )
            if is_stopped(connection):
                return None
            free = sa.or_(when.lease_until.is_(None), when.lease_until <= now)
            chosen = connection.scalar(
                sa.select(when.id)
                .where(LIVE, in_state(when.state, *FRESH), when.due_at <= now, free, sa.not_(held()))
                .order_by(when.due_at, when.id)
                .limit(1)
                .with_for_update(skip_locked=True, of=OCCURRENCE)
            )
            if chosen is None:
                return None
            lease = now + dt.timedelta(seconds=lease_seconds)
            row = connection.execute(
                sa.update(OCCURRENCE)
                .where(when.id == chosen, in_state(when.state, *FRESH), free)
                .values(owner=owner, lease_until=lease, epoch=when.epoch + 1)
                .returning(OCCURRENCE)
            ).one()
            return occurrence_of(row)

        return self.write(work)

    def renew(self, occurrence: Occurrence, lease_seconds: float = 60) -> bool:
        """Keep the occurrence longer; False when somebody else has it by now."""

        def work(connection: Connection) -> bool:
            lease = self._clock(connection) + dt.timedelta(seconds=lease_seconds)
            done = connection.execute(sa.update(OCCURRENCE).where(still_mine(occurrence)).values(lease_until=lease))
            return done.rowcount == 1

        return self.write(work)

    def release(self, occurrence: Occurrence) -> None:
        """Give the occurrence back at once, as it stands."""
        free = {"owner": None, "lease_until": None}
        self.write(lambda c: c.execute(sa.update(OCCURRENCE).where(still_mine(occurrence)).values(**free)).rowcount)

    def begin_snapshot(self, occurrence: Occurrence) -> bool:
        """Open the snapshot and delete what an earlier try left half written; False when it is not ours any more."""

        def work(connection: Connection) -> bool:
            mine = connection.execute(
                sa.update(OCCURRENCE)
                .where(still_mine(occurrence), in_state(OCCURRENCE.c.state, *FRESH))
                .values(state=OccurrenceState.SNAPSHOTTING.value, audience=None, planned=None)
            )
            if mine.rowcount != 1:
                return False
            ours = sa.select(MESSAGE.c.id).where(MESSAGE.c.occurrence_id == occurrence.id)
            connection.execute(sa.delete(RECIPIENT).where(RECIPIENT.c.message_id.in_(ours)))
            connection.execute(sa.delete(MESSAGE).where(MESSAGE.c.occurrence_id == occurrence.id))
            return True

        return self.write(work)

    def finish_snapshot(self, occurrence: Occurrence, audience: int) -> bool:
        """Close the snapshot: from now on its messages may be claimed. ``audience`` is the number of people read.

        False when it is not ours any more. On PostgreSQL the tables are analysed after a bulk fill.
        """

        def work(connection: Connection) -> int | None:
            rows = connection.scalar(
                sa.select(sa.func.count()).select_from(MESSAGE).where(MESSAGE.c.occurrence_id == occurrence.id)
            )
            snapshot = OCCURRENCE.c.state == OccurrenceState.SNAPSHOTTING.value
            done = connection.execute(
                sa.update(OCCURRENCE)
                .where(still_mine(occurrence), snapshot)
                .values(
                    state=OccurrenceState.SENDING.value,
                    audience=audience,
                    planned=rows,
                    snapshot_at=self._clock(connection),
                    owner=None,
                    lease_until=None,
                )
            )
            return rows if done.rowcount == 1 else None

        def landed(connection: Connection, _: int | None) -> bool:
            after = sa.select(OCCURRENCE.c.planned).where(
                OCCURRENCE.c.id == occurrence.id,
                OCCURRENCE.c.epoch == occurrence.epoch,
                OCCURRENCE.c.state == OccurrenceState.SENDING.value,
            )
            return connection.scalar(after) is not None

        rows = self.write(work, landed)
        if rows is not None and rows > 1000 and self.dialect == "postgresql":
            self.write(lambda c: c.exec_driver_sql("analyze orc.orc_message, orc.orc_recipient").close())
        return rows is not None

    def halt(self, occurrence: Occurrence, reason: str) -> bool:
        """Stop before anything is sent because a person must look; nothing of it is ever sent. False: not ours."""

        def work(connection: Connection) -> bool:
            done = connection.execute(
                sa.update(OCCURRENCE)
                .where(still_mine(occurrence), in_state(OCCURRENCE.c.state, *FRESH))
                .values(state=OccurrenceState.HALTED.value, reason=reason, owner=None, lease_until=None)
            )
            if done.rowcount != 1:
                return False
            ours = sa.select(MESSAGE.c.id).where(MESSAGE.c.occurrence_id == occurrence.id)
            connection.execute(sa.delete(RECIPIENT).where(RECIPIENT.c.message_id.in_(ours)))
            connection.execute(sa.delete(MESSAGE).where(MESSAGE.c.occurrence_id == occurrence.id))
            return True

        return self.write(work)

    def occurrences(self, campaign: str | None = None, limit: int = 50) -> list[Occurrence]:
        """Give the latest occurrences, newest first."""
        query = sa.select(OCCURRENCE).order_by(OCCURRENCE.c.due_at.desc(), OCCURRENCE.c.id.desc()).limit(limit)
        if campaign is not None:
            query = query.where(OCCURRENCE.c.campaign == campaign)
        return self.read(lambda c: [occurrence_of(row) for row in c.execute(query)])

    def last_slots(self, campaigns: Collection[str]) -> dict[str, dict[str, dt.datetime]]:
        """Give, by campaign and zone, when the latest slot was due that is written down (missed too, no retry)."""
        found: dict[str, dict[str, dt.datetime]] = {}

        def work(connection: Connection) -> None:
            for some in chunks(campaigns, 5000):
                statement = _last_slots(connection.dialect.name)
                for row in connection.execute(statement, {"campaigns": listed(connection, some)}):
                    found.setdefault(row.campaign, {})[row.zone] = row.due

        self.read(work)
        return found

    def occurrence(self, number: int) -> Occurrence:
        """Give one occurrence by its number; raises UsageError."""
        row = self.read(lambda c: c.execute(sa.select(OCCURRENCE).where(OCCURRENCE.c.id == number)).one_or_none())
        if row is None:
            raise UsageError(f"there is no occurrence {number}", "`orc status` lists them")
        return occurrence_of(row)
