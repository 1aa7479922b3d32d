"""Stored membership: who is in a segment as of its last refresh, and every change that a refresh saw (A29)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import among, insert_many
from orchestrator.ledger.store import Store, chunks
from orchestrator.ledger.tables import MEMBERSHIP, MEMBERSHIP_CHANGE, REFRESH
from orchestrator.ledger.values import Refreshed
from orchestrator.model.errors import UsageError

LOCK = 0x6F7266  # one refresh at a time
BATCH = 5000


class Membership(Store):
    """Storing who is in, and what changed."""

    def refreshes(self) -> dict[str, dt.datetime]:
        """Give the moment (UTC) of the last refresh of each segment that has one."""

        def work(connection: Connection) -> dict[str, dt.datetime]:
            return {row.segment: row.at for row in connection.execute(sa.select(REFRESH.c.segment, REFRESH.c.at))}

        return self.read(work)

    def refresh(self, segment: str, as_of: dt.datetime, people: Iterable[str]) -> Refreshed:
        """Store the members of a segment as of a moment (UTC), and who entered or left since the refresh before.

        At the first refresh everybody is there from the start: nobody entered. The same members again change
        nothing. One transaction; raises UsageError for a moment before the last refresh, StateError.
        """
        members = set(people)

        def work(connection: Connection) -> Refreshed:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            last = connection.execute(sa.select(REFRESH.c.at).where(REFRESH.c.segment == segment)).scalar()
            if last is not None and as_of < last:
                known, asked = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (last, as_of))
                raise UsageError(
                    f"{segment} was refreshed as of {known}, and {asked} is before it",
                    "refresh as of a later moment: who entered and left in the past is not written again",
                )
            here = MEMBERSHIP.c.segment == segment
            before = set(connection.scalars(sa.select(MEMBERSHIP.c.person).where(here)))
            entered, left = sorted(members - before), sorted(before - members)
            done = {"at": as_of, "total": len(members)}
            if last is None:
                connection.execute(sa.insert(REFRESH).values(segment=segment, first_at=as_of, **done))
            else:
                connection.execute(sa.update(REFRESH).where(REFRESH.c.segment == segment).values(**done))
                _write(connection, segment, as_of, entered, "entered")
                _write(connection, segment, as_of, left, "left")
            for some in chunks(left, BATCH):
                connection.execute(sa.delete(MEMBERSHIP).where(here, among(connection, MEMBERSHIP.c.person, some)))
            for some in chunks(entered, BATCH):
                rows = [{"segment": segment, "person": person, "since": as_of} for person in some]
                insert_many(connection, MEMBERSHIP, rows, "segment", "person")
            return Refreshed(segment, as_of, 0 if last is None else len(entered), len(left), len(members), last)

        return self.write(work)


def _write(connection: Connection, segment: str, at: dt.datetime, people: Sequence[str], change: str) -> None:
    for some in chunks(people, BATCH):
        rows: list[dict[str, Any]] = [
            {"segment": segment, "person": person, "at": at, "change": change} for person in some
        ]
        insert_many(connection, MEMBERSHIP_CHANGE, rows)
