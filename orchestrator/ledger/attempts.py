"""What the other side said, written down: attempts end, messages are settled, tried later, or unknown."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningUpdate

from orchestrator.ledger.batch import given, giving, in_list, listed
from orchestrator.ledger.caps import refund
from orchestrator.ledger.ending import may_have_arrived, settle, unsure
from orchestrator.ledger.guard import Guard, Pair, attempts_landed, check_size
from orchestrator.ledger.moving import FREE, ONE_MORE, forgetting, move
from orchestrator.ledger.store import storable
from orchestrator.ledger.tables import ATTEMPT, MESSAGE, OCCURRENCE
from orchestrator.ledger.values import MessageState, OccurrenceState, Reason, Recorded
from orchestrator.model.delivery import NOT_BEGUN, Outcome, Receipt

MAX_TRIES = 6
MOST_SPARED = 30
"""Tries of one message that outages of its provider, or its slowness, do not cost it."""
BASE, LONGEST = 30.0, 3600.0  # seconds
LONGEST_CODE, LONGEST_EVIDENCE = 50, 500  # characters

ON_ITS_WAY = (MessageState.ATTEMPTING, MessageState.UNKNOWN)
Jitter = Callable[[], float]
Verdict = tuple[MessageState, Reason | None, dt.datetime | None]


def backoff(tries: int, jitter: float, retry_after: float | None) -> dt.timedelta:
    """Give the pause after so many tries: full jitter over 30 s, 60 s, … one hour; never below Retry-After."""
    pause = jitter * min(LONGEST, BASE * 2 ** (tries - 1))
    return dt.timedelta(seconds=max(pause, retry_after or 0.0, 1.0))


class Attempts(Guard):
    """Recording receipts."""

    def record(
        self,
        owner: str,
        receipts: Sequence[Receipt],
        epochs: Mapping[uuid.UUID, int],
        jitter: Jitter = random.random,
    ) -> Recorded:
        """Write the receipts down, durably, and give what they led to; running it again changes nothing.

        ``epochs`` maps each message to the epoch of its claim. RETRY becomes failed(tries_used_up) after six
        tries (not counted are those that an outage cost, or that were not begun) and expired past its end; a definite
        no gives the cap back. A receipt for a message that somebody else has taken over is counted as fenced and kept
        with its attempt only.
        """
        return self.write(
            lambda connection: self._record_in(connection, owner, receipts, epochs, jitter, self._clock(connection))
        )

    def record_and_guard(
        self,
        owner: str,
        receipts: Sequence[Receipt],
        epochs: Mapping[uuid.UUID, int],
        claims: Sequence[Pair],
        *,
        jitter: Jitter = random.random,
        lease_seconds: float = 90,
        unsure: list[tuple[Recorded, list[uuid.UUID]]] | None = None,
    ) -> tuple[Recorded, list[uuid.UUID]]:
        """Record one batch and guard the next in a single commit, which halves the price of durability.

        ``unsure`` is for whoever tries again after a StateError (:meth:`write`): what an earlier try let out without
        hearing so is then let out, and not taken for somebody else's.
        """
        check_size(claims, self.in_flight)

        def work(connection: Connection) -> tuple[Recorded, list[uuid.UUID]]:
            now = self.begin(connection, claims)
            recorded = self._record_in(connection, owner, receipts, epochs, jitter, now)
            return recorded, self.guard_in(connection, owner, claims, lease_seconds, now)

        def landed(connection: Connection, done: tuple[Recorded, list[uuid.UUID]]) -> bool:
            return attempts_landed(connection, owner, claims, done[1])

        return self.write(work, landed, unsure, guards=True)

    def _record_in(
        self,
        connection: Connection,
        owner: str,
        receipts: Sequence[Receipt],
        epochs: Mapping[uuid.UUID, int],
        jitter: Jitter,
        now: dt.datetime,
    ) -> Recorded:
        if not receipts:
            return Recorded()
        counts: Counter[str] = Counter()
        receipts = _accept(connection, owner, receipts, epochs, counts, now)
        if not receipts:
            return Recorded(**counts)
        rows = _lock(connection, [receipt.id for receipt in receipts])
        ended = self._end_attempts(connection, owner, receipts, epochs, now)
        groups: dict[tuple[Verdict, bool], list[uuid.UUID]] = defaultdict(list)
        for receipt in receipts:
            row = rows.get(receipt.id)
            mine = row is not None and row.epoch == epochs[receipt.id] and row.owner == owner
            if row is None or not mine or MessageState(row.state) not in ON_ITS_WAY:
                counts["fenced" if receipt.id not in ended else _counted(row)] += 1
                continue
            verdict = _verdict(receipt, row, now, jitter)
            groups[verdict, _spared(receipt, row) and verdict[0] is MessageState.RETRY].append(receipt.id)
        for ((state, reason, not_before), spared), ids in groups.items():
            values: dict[str, Any] = {**FREE, "updated_at": now, "reason": reason}
            if state is MessageState.UNKNOWN:
                values = {"lease_until": None, "updated_at": now, "reason": reason}
            if not_before is not None:
                values["not_before"] = not_before
            if spared:
                values["spared"] = ONE_MORE["spared"]
            pairs = sorted((i, epochs[i]) for i in ids)
            if state in (MessageState.RETRY, MessageState.UNKNOWN):
                moved = move(connection, pairs, ON_ITS_WAY, state, values, owner)
                spent = moved if state is MessageState.UNKNOWN else may_have_arrived(connection, moved)
            else:
                moved, spent = settle(connection, pairs, ON_ITS_WAY, state, values, owner)
                counts[MessageState.UNKNOWN.value] += len(spent)
            counts[state.value] += len(moved)
            refund(connection, set(moved).difference(spent))
        return Recorded(**counts)

    def _end_attempts(
        self,
        connection: Connection,
        owner: str,
        receipts: Sequence[Receipt],
        epochs: Mapping[uuid.UUID, int],
        now: dt.datetime,
    ) -> set[uuid.UUID]:
        """End the attempts, with their evidence even when the message was taken over; give those that had ended so."""
        known, ending = _ending(connection.dialect.name)
        columns = giving(
            connection,
            id=[r.id for r in receipts],
            epoch=[epochs[r.id] for r in receipts],
            outcome=[r.outcome.value for r in receipts],
            **_said(receipts),
        )
        fresh = set(connection.scalars(ending, {**columns, "was_worker": owner, "new_ended_at": now}).all())
        others = [r.id for r in receipts if r.id not in fresh]
        if not others:
            return set()
        rows = connection.execute(known, {"ids": listed(connection, others), "worker": owner}).all()
        return {row.message_id for row in rows if row.epoch == epochs[row.message_id]}


def _accept(
    connection: Connection,
    owner: str,
    receipts: Sequence[Receipt],
    epochs: Mapping[uuid.UUID, int],
    counts: Counter[str],
    now: dt.datetime,
) -> Sequence[Receipt]:
    """Settle what was accepted, attempts and all, in one statement; give the receipts that need a closer look."""
    taken = [receipt for receipt in receipts if receipt.outcome is Outcome.ACCEPTED]
    taken.sort(key=lambda receipt: receipt.id.int)
    values = {**FREE, "updated_at": now, "reason": None}
    pairs = [(receipt.id, epochs[receipt.id]) for receipt in taken]
    moved = move(
        connection,
        pairs,
        ON_ITS_WAY,
        MessageState.ACCEPTED,
        values,
        owner,
        after=(forgetting, _ending_accepted),
        also={"was_worker": owner},
        with_them=_said(taken),
    )
    counts[MessageState.ACCEPTED.value] += len(moved)
    if len(moved) == len(receipts):
        return ()
    done = set(moved)
    return [receipt for receipt in receipts if receipt.id not in done]


def _said(receipts: Sequence[Receipt]) -> dict[str, list[str | None]]:
    """Give what the other side said, column by column, as attempts keep it."""
    return {
        "code": _storable([r.code for r in receipts], LONGEST_CODE),
        "evidence": _storable([r.evidence for r in receipts], LONGEST_EVIDENCE),
        "provider_id": _storable([r.provider_id for r in receipts], LONGEST_EVIDENCE),
    }


def _storable(texts: list[str | None], longest: int) -> list[str | None]:
    """Give texts as :func:`storable` gives each; nearly always they are so already, which is seen in one look."""
    known = list(filter(None, texts))
    whole = "".join(known)
    if whole.isascii() and "\0" not in whole and max(map(len, known), default=0) <= longest:
        return texts
    return [text and storable(text, longest) for text in texts]


def _ending_accepted(dialect: str, moved: sa.FromClause) -> sa.Update:
    """Give what ends the attempts of messages that have just been accepted."""
    a = ATTEMPT.c
    mine = sa.and_(a.message_id == moved.c.id, a.epoch == moved.c.epoch, unsure())
    values = {name: moved.c[name] for name in ("code", "evidence", "provider_id")}
    values |= {"outcome": sa.literal_column(f"'{Outcome.ACCEPTED.value}'"), "ended_at": moved.c.updated_at}
    return sa.update(ATTEMPT).where(mine, a.worker == sa.bindparam("was_worker", type_=sa.Text())).values(**values)


@cache
def _ending(dialect: str) -> tuple[sa.Select[Any], ReturningUpdate[Any]]:
    """Build the two statements that look for attempts that have ended, and end those that have not."""
    a = ATTEMPT.c
    known = sa.select(a.message_id, a.epoch).where(
        in_list(dialect, a.message_id, "ids"), a.worker == sa.bindparam("worker", type_=sa.Text()), sa.not_(unsure())
    )
    names = ("outcome", "code", "evidence", "provider_id")
    kinds = {"id": a.message_id.type, "epoch": sa.Integer(), **{name: sa.Text() for name in names}}
    news = given(dialect, **kinds)
    same = sa.and_(a.message_id == news.c.id, a.epoch == news.c.epoch, unsure())
    values = {name: news.c[name] for name in names}
    ended_at = sa.bindparam("new_ended_at", type_=a.ended_at.type)
    mine = a.worker == sa.bindparam("was_worker", type_=sa.Text())
    return known, sa.update(ATTEMPT).where(same, mine).values(ended_at=ended_at, **values).returning(a.message_id)


def _lock(connection: Connection, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    rows = connection.execute(_locking(connection.dialect.name), {"ids": listed(connection, ids)}).all()
    return {row.id: row for row in rows}


@cache
def _locking(dialect: str) -> sa.Select[Any]:
    m = MESSAGE.c
    return (
        sa.select(
            m.id, m.epoch, m.owner, m.state, m.tries, m.spared, m.expires_at, OCCURRENCE.c.state.label("occurrence")
        )
        .join(OCCURRENCE, OCCURRENCE.c.id == m.occurrence_id)
        .where(in_list(dialect, m.id, "ids"))
        .order_by(m.id)
        .with_for_update(of=MESSAGE)
    )


def _verdict(receipt: Receipt, row: Any, now: dt.datetime, jitter: Jitter) -> Verdict:
    """Give where a message goes after this receipt, why, and not before when."""
    match receipt.outcome:
        case Outcome.ACCEPTED:
            return MessageState.ACCEPTED, None, None
        case Outcome.UNKNOWN:
            return MessageState.UNKNOWN, Reason.AMBIGUOUS, None
        case Outcome.FAILED:
            return MessageState.FAILED, Reason.REFUSED, None
    if row.occurrence == OccurrenceState.CANCELLED.value:
        return MessageState.CANCELLED, None, None
    if row.tries - row.spared >= MAX_TRIES and not _spared(receipt, row):
        return MessageState.FAILED, Reason.TRIES_USED_UP, None
    again = now + backoff(row.tries, jitter(), receipt.retry_after)
    if row.expires_at is not None and again >= row.expires_at:
        return MessageState.EXPIRED, Reason.TOO_LATE, None
    return MessageState.RETRY, None, again


def _spared(receipt: Receipt, row: Any) -> bool:
    """Tell whether the provider was the reason, or nobody began with the message, so that it has not spent a try."""
    return (receipt.outage or receipt.code in NOT_BEGUN) and row.spared < MOST_SPARED


def _counted(row: Any) -> str:
    """Give the name under which a receipt counts that was recorded before, by a commit whose reply was lost."""
    names = {"accepted", "retry", "failed", "expired", "cancelled", "unknown"}
    return row.state if row is not None and row.state in names else "fenced"
