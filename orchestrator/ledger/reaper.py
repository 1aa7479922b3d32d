"""Cleaning up after workers that died, and closing what is finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.attempts import MAX_TRIES
from orchestrator.ledger.claims import SENDING
from orchestrator.ledger.ending import settle
from orchestrator.ledger.moving import FREE, ONE_MORE, move
from orchestrator.ledger.occurrences import in_state
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import LEASED, MESSAGE, OCCURRENCE, UNKNOWN, WAITING
from orchestrator.ledger.values import MessageState, OccurrenceState, Reaped, Reason
from orchestrator.model.project import Ambiguous

MAX_CRASHES = 3
TESTIMONY = dt.timedelta(minutes=15)
"""How long after the end of its lease a worker may still say that it did not die (:meth:`Claims.let_go`)."""
BATCH = 1000
OF_AN_ATTEMPT = (Reason.WORKER_LOST, Reason.AMBIGUOUS)  # what a message is unknown for that may be sent again


class Reaper(Store):
    """Ends leases, applies the policy for what nobody knows, closes occurrences."""

    def reap(self, unknown_wait: float = 900) -> Reaped:
        """Look after every lease that ended and give what was done.

        ``claimed`` goes back to pending: nothing had left. After three such ends the message itself is suspected:
        failed(poison). The third is believed a quarter of an hour later: a worker that only could not reach us, and
        comes back, lets go of its claims before. ``attempting`` becomes unknown, never anything else. Unknown
        messages whose category says ``resend`` are sent again ``unknown_wait`` seconds later, as long as they have
        tries left and no later try has ended them. A look without a lock comes first: an idle daemon holds up nobody.
        """
        wait = dt.timedelta(seconds=unknown_wait)
        total = Reaped()
        if not self.read(lambda c: c.scalar(_anything_to_reap(), _moments(self._clock(c), wait))):
            return total
        while True:
            some = self.write(lambda connection: self._reap_some(connection, wait))
            total = Reaped(
                total.returned + some.returned,
                total.poison + some.poison,
                total.unknown + some.unknown,
                total.resent + some.resent,
            )
            if max(some.returned + some.poison, some.unknown, some.resent) < BATCH:
                return total

    def _reap_some(self, connection: Connection, wait: dt.timedelta) -> Reaped:
        now = self._clock(connection)
        m = MESSAGE.c
        ended = m.lease_until <= now
        sure = sa.or_(m.crashes + 1 < MAX_CRASHES, m.lease_until <= now - TESTIMONY)
        lost = _lock(connection, LEASED, in_state(m.state, MessageState.CLAIMED), ended, sure)
        values: dict[str, Any] = {**FREE, "updated_at": now, "crashes": ONE_MORE["crashes"], "epoch": ONE_MORE["epoch"]}
        again = [(row.id, row.epoch) for row in lost if row.crashes + 1 < MAX_CRASHES]
        poison = [(row.id, row.epoch) for row in lost if row.crashes + 1 >= MAX_CRASHES]
        returned = move(connection, again, [MessageState.CLAIMED], MessageState.PENDING, values)
        values["reason"] = Reason.POISON
        failed = settle(connection, poison, [MessageState.CLAIMED], MessageState.FAILED, values).done
        hanging = _lock(connection, LEASED, in_state(m.state, MessageState.ATTEMPTING), ended)
        doubt = {"lease_until": None, "updated_at": now, "reason": Reason.WORKER_LOST.value}
        pairs = [(row.id, row.epoch) for row in hanging]
        unknown = move(connection, pairs, [MessageState.ATTEMPTING], MessageState.UNKNOWN, doubt)
        resend = _lock(connection, *_to_resend(now, now - wait))
        resent = send_again(connection, resend, now)
        return Reaped(len(returned), len(failed), len(unknown), resent)

    def finish_occurrences(self) -> int:
        """Let messages expire whose time is over and close occurrences without open ones; give the number closed."""

        def look(connection: Connection) -> tuple[bool, bool]:
            row = connection.execute(_anything_to_finish(), _moments(self._clock(connection))).one()
            return bool(row[0]), bool(row[1])

        late, finished = self.read(look)
        while late and self.write(self._expire_some) == BATCH:
            pass

        def close(connection: Connection) -> int:
            numbers = list(
                connection.scalars(
                    sa.select(OCCURRENCE.c.id).where(SENDING).order_by(OCCURRENCE.c.id).with_for_update()
                )
            )
            if not numbers:
                return 0
            done = connection.execute(
                sa.update(OCCURRENCE)
                .where(OCCURRENCE.c.id.in_(numbers), SENDING, *_NOTHING_OPEN)
                .values(state=OccurrenceState.DONE.value, **FREE)
            )
            return done.rowcount

        return self.write(close) if late or finished else 0

    def _expire_some(self, connection: Connection) -> int:
        now = self._clock(connection)
        waiting = (MessageState.PENDING, MessageState.RETRY)
        late = _lock(connection, WAITING, MESSAGE.c.expires_at <= now)
        values = {**FREE, "updated_at": now, "reason": Reason.TOO_LATE}
        pairs = [(row.id, row.epoch) for row in late]
        return sum(map(len, settle(connection, pairs, waiting, MessageState.EXPIRED, values)))


def send_again(connection: Connection, rows: Sequence[Any], now: dt.datetime) -> int:
    """Put unknown messages back to be tried again, which fences their last worker; reopen their occurrences."""
    values = {**FREE, "updated_at": now, "not_before": now, "epoch": ONE_MORE["epoch"], "reason": None}
    moved = move(connection, [(r.id, r.epoch) for r in rows], [MessageState.UNKNOWN], MessageState.RETRY, values)
    numbers = sorted({row.occurrence_id for row in rows if row.id in set(moved)})
    if numbers:
        locked = sa.select(OCCURRENCE.c.id).where(OCCURRENCE.c.id.in_(numbers)).order_by(OCCURRENCE.c.id)
        connection.execute(locked.with_for_update()).all()
        connection.execute(
            sa.update(OCCURRENCE)
            .where(OCCURRENCE.c.id.in_(numbers), OCCURRENCE.c.state == OccurrenceState.DONE.value)
            .values(state=OccurrenceState.SENDING.value)
        )
    return len(moved)


_NOTHING_OPEN = tuple(
    sa.not_(sa.exists().where(MESSAGE.c.occurrence_id == OCCURRENCE.c.id, some)) for some in (WAITING, LEASED)
)
"""Said apart, so that each finds its index: a large occurrence is not read whole to see that it has open messages."""


def _to_resend(now: Any, since: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Give the tests for messages that are sent again, unknown since a moment or longer."""
    m = MESSAGE.c
    return (
        UNKNOWN,
        m.on_unknown == sa.literal_column(f"'{Ambiguous.RESEND.value}'"),
        in_state(m.reason, *OF_AN_ATTEMPT),
        m.updated_at <= since,
        m.tries < MAX_TRIES,
        sa.or_(m.expires_at.is_(None), m.expires_at > now),
        sa.exists().where(OCCURRENCE.c.id == m.occurrence_id, in_state(OCCURRENCE.c.state, "sending", "done")),
    )


@cache
def _anything_to_reap() -> sa.Select[bool]:
    now, since = (sa.bindparam(name, type_=MESSAGE.c.updated_at.type) for name in ("now", "since"))
    ended = sa.exists().where(LEASED, MESSAGE.c.lease_until <= now)
    return sa.select(sa.or_(ended, sa.exists().where(*_to_resend(now, since))))


@cache
def _anything_to_finish() -> sa.Select[bool, bool]:
    now = sa.bindparam("now", type_=MESSAGE.c.updated_at.type)
    late = sa.exists().where(WAITING, MESSAGE.c.expires_at <= now)
    return sa.select(late, sa.exists().where(SENDING, *_NOTHING_OPEN))


def _moments(now: dt.datetime, wait: dt.timedelta = dt.timedelta()) -> dict[str, dt.datetime]:
    return {"now": now, "since": now - wait}


def _lock(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Lock and give some messages that nobody else is at work on. Nothing waits here, so they may come in any order."""
    m = MESSAGE.c
    query = sa.select(m.id, m.epoch, m.crashes, m.occurrence_id).where(*conditions).limit(BATCH)
    return sorted(connection.execute(query.with_for_update(skip_locked=True)), key=lambda row: row.id)
