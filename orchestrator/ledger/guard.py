"""The guard: the last look before a message leaves, and the attempt that is written before it does.

One commit for a batch. The order is gate, row, rules, caps, state, attempt; a message that comes out of it is
``attempting``, and whatever happens after that commit, it is never sent again without a decision.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import among, given, giving, listed, rows_of
from orchestrator.ledger.caps import lock_people, spending, use_counts
from orchestrator.ledger.ending import settle
from orchestrator.ledger.moving import FREE, ONE_MORE, move
from orchestrator.ledger.occurrences import held, in_state, stopped
from orchestrator.ledger.people import EVERYTHING, MARKETING
from orchestrator.ledger.quiet import quiet_until, zone_of
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import ATTEMPT, MESSAGE, OCCURRENCE, SUPPRESSION, WITHDRAWAL
from orchestrator.ledger.values import Claimed, MessageState, OccurrenceState, Reason, Rules

IN_FLIGHT = 64  # a crash makes at most so many messages of a worker unknown

Pair = tuple[Claimed, Rules]


class Guard(Store):
    """Turns claims into attempts. ``in_flight`` is the most that one guard lets out (a setting of the deployment)."""

    in_flight: int = IN_FLIGHT

    def guard(self, owner: str, claims: Sequence[Pair], lease_seconds: float = 90) -> list[uuid.UUID]:
        """Give the ids that may leave now, in order; they are ``attempting`` and must be recorded.

        All others are settled or put back: skipped (suppressed, no_consent, capped), expired, cancelled, pending
        (stopped, paused, quiet hours), or left alone where the claim is not ours any more. Takes ``in_flight`` at
        most. A message that stands twice in the batch (claimed again while its first claim was still waiting) is
        left alone as well: an id alone would not say which of the two may leave.
        """
        check_size(claims, self.in_flight)
        return self.write(
            lambda connection: self.guard_in(connection, owner, claims, lease_seconds, self.begin(connection, claims)),
            lambda connection, allowed: attempts_landed(connection, owner, claims, allowed),
            guards=True,
        )

    def guard_in(
        self, connection: Connection, owner: str, claims: Sequence[Pair], lease_seconds: float, now: dt.datetime
    ) -> list[uuid.UUID]:
        """Do the work of :meth:`guard` in the transaction at hand, which :meth:`begin` has begun."""
        if not claims:
            return []
        times = Counter([claimed.id.int for claimed, _ in claims])
        pairs = [pair for pair in claims if times[pair[0].id.int] == 1]
        verdicts = _lock(connection, owner, pairs, now)
        left = {n: pairs[n] for n in sorted(verdicts)}
        batch = _Batch(owner, now, left)
        for n, verdict in verdicts.items():
            if verdict is not None:
                batch.put(n, *_VERDICTS[verdict])
        _postpone_quiet(batch)
        _leave_out_capped(connection, batch)
        batch.carry_out(connection)
        return self._attempt(connection, batch, lease_seconds)

    def begin(self, connection: Connection, claims: Sequence[Pair]) -> dt.datetime:
        """Take the locks that come before any row's, and give the time: no rule waits for anything after it.

        A statement of its own: what is read after it was committed by whoever held a person's lock before.
        """
        lock_people(connection, {(claimed.person, rule.category) for claimed, rule in claims if rule.caps})
        return self._clock(connection)

    def _attempt(self, connection: Connection, batch: _Batch, lease_seconds: float) -> list[uuid.UUID]:
        """Move what is left to ``attempting`` and write its attempt; spend its cap."""
        claimed = [claim for claim, _ in batch.left.values()]
        values = {
            "tries": ONE_MORE["tries"],
            "lease_until": batch.now + dt.timedelta(seconds=lease_seconds),
            "updated_at": batch.now,
            "reason": None,
        }
        pairs = _in_order(claimed)
        capped = [claim.id for claim, rule in batch.left.values() if rule.caps]
        after = (_attempting, spending) if capped else (_attempting,)
        also = {"capped": listed(connection, capped)} if capped else {}
        source, target = [MessageState.CLAIMED], MessageState.ATTEMPTING
        moved = move(connection, pairs, source, target, values, batch.owner, after, also)
        if len(moved) == len(claimed):
            return [claim.id for claim in claimed]
        out = set(moved)
        return [claim.id for claim in claimed if claim.id in out]


class _Batch:
    """The claims that may still leave, by their place in the batch and in its order, and where the others go."""

    def __init__(self, owner: str, now: dt.datetime, left: dict[int, Pair]) -> None:
        self.owner = owner
        self.now = now
        self.left = left
        self._out: dict[tuple[MessageState, Reason | None, dt.datetime | None], list[Claimed]] = defaultdict(list)

    def put(self, n: int, state: MessageState, reason: Reason | None, not_before: dt.datetime | None = None) -> None:
        self._out[state, reason, not_before].append(self.left.pop(n)[0])

    def carry_out(self, connection: Connection) -> None:
        for (state, reason, not_before), claims in self._out.items():
            values = {**FREE, "updated_at": self.now, "reason": reason}
            if not_before is not None:
                values["not_before"] = not_before
            step = move if state is MessageState.PENDING else settle
            step(connection, _in_order(claims), [MessageState.CLAIMED], state, values, self.owner)


def check_size(claims: Sequence[Pair], most: int) -> None:
    """Raise ValueError when a batch would put too many messages in flight."""
    if len(claims) > most:
        raise ValueError(f"a guard takes at most {most} messages, not {len(claims)}")


def _in_order(claims: Sequence[Claimed]) -> list[tuple[uuid.UUID, int]]:
    """Give (id, epoch) in the order in which everybody locks rows."""
    return [(claim.id, claim.epoch) for claim in sorted(claims, key=lambda claim: claim.id.int)]


_VERDICTS: Mapping[str, tuple[MessageState, Reason | None]] = {
    "cancelled": (MessageState.CANCELLED, None),
    "wait": (MessageState.PENDING, None),
    "late": (MessageState.EXPIRED, Reason.TOO_LATE),
    "suppressed": (MessageState.SKIPPED, Reason.SUPPRESSED),
    "withdrawn": (MessageState.SKIPPED, Reason.NO_CONSENT),
}
"""Where a message goes that a rule keeps from leaving."""


def _lock(connection: Connection, owner: str, pairs: Sequence[Pair], now: dt.datetime) -> dict[int, str | None]:
    """Lock the rows that are still lent to ``owner`` under the claim's epoch, and give what forbids to send each.

    By the place in ``pairs``: one of ``_VERDICTS``, or None where nothing does. A row that is not ours any more, or
    whose lease has ended, is not among them.
    """
    given_rows = giving(
        connection,
        n=range(len(pairs)),
        id=[claimed.id for claimed, _ in pairs],
        epoch=[claimed.epoch for claimed, _ in pairs],
        topic=[rule.topic for _, rule in pairs],
        scope=[MARKETING if rule.marketing else EVERYTHING for _, rule in pairs],
        consent=[int(rule.consent) for _, rule in pairs],
    )
    return dict(rows_of(connection, _locking(connection.dialect.name), {**given_rows, "owner": owner, "now": now}))


@cache
def _locking(dialect: str) -> sa.Select[Any]:
    m, text = MESSAGE.c, sa.Text()
    number = sa.Integer()
    rule = given(dialect, n=number, id=m.id.type, epoch=number, topic=text, scope=text, consent=number)
    mine = sa.and_(m.id == rule.c.id, m.epoch == rule.c.epoch, m.owner == sa.bindparam("owner", type_=text))
    now = sa.bindparam("now", type_=m.lease_until.type)
    ours = sa.and_(mine, in_state(m.state, MessageState.CLAIMED), m.lease_until > now)
    suppressed = sa.exists().where(
        SUPPRESSION.c.channel == m.channel,
        SUPPRESSION.c.scope.in_([sa.literal(EVERYTHING), rule.c.topic, rule.c.scope]),
        SUPPRESSION.c.address_hash == m.address_hash,
    )
    withdrawn = sa.exists().where(
        rule.c.consent == sa.literal_column("1"),
        WITHDRAWAL.c.person == m.person,
        WITHDRAWAL.c.channel == m.channel,
        WITHDRAWAL.c.topic == rule.c.topic,
    )
    verdict = sa.case(
        (OCCURRENCE.c.state != _word(OccurrenceState.SENDING), _word("cancelled")),
        (stopped(), _word("wait")),
        (held(), _word("wait")),
        (m.expires_at <= now, _word("late")),
        (suppressed, _word("suppressed")),
        (withdrawn, _word("withdrawn")),
    )
    return (
        sa.select(rule.c.n, verdict.label("verdict"))
        .select_from(MESSAGE)
        .join(OCCURRENCE, OCCURRENCE.c.id == m.occurrence_id)
        .join(rule, sa.true())
        .where(ours)
        .order_by(m.id)
        .with_for_update(of=MESSAGE)
    )


def _word(text: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{text}'", sa.Text())


def _attempting(dialect: str, moved: sa.FromClause) -> sa.Insert:
    """Give what writes the attempts of messages that have just become ``attempting``."""
    tried = sa.select(moved.c.id, moved.c.tries, moved.c.epoch, moved.c.owner, moved.c.updated_at)
    return sa.insert(ATTEMPT).from_select(["message_id", "n", "epoch", "worker", "started_at"], tried)


def _postpone_quiet(batch: _Batch) -> None:
    waiting = [(n, claim, rule) for n, (claim, rule) in batch.left.items() if rule.quiet is not None]
    for n, claim, rule in waiting:
        until = quiet_until(rule.quiet, zone_of(claim.zone, rule.zone), batch.now)
        if until is None:
            continue
        if claim.expires_at is not None and claim.expires_at <= until:
            batch.put(n, MessageState.EXPIRED, Reason.QUIET_HOURS)
        else:
            batch.put(n, MessageState.PENDING, None, until)


def _leave_out_capped(connection: Connection, batch: _Batch) -> None:
    """Leave out whoever got enough already; those of this batch count in its order."""
    capped = {n: pair for n, pair in batch.left.items() if pair[1].caps}
    counts = use_counts(connection, list(capped.values()), batch.now)
    for n, (claim, rule) in capped.items():
        used = counts[id(rule)]
        if any(use[claim.person] >= most for most, use in used):
            batch.put(n, MessageState.SKIPPED, Reason.CAPPED)
        else:
            for _, use in used:
                use[claim.person] += 1


def attempts_landed(connection: Connection, owner: str, claims: Sequence[Pair], allowed: list[uuid.UUID]) -> bool:
    """Tell whether a guard whose commit got no reply has arrived: its attempts are there."""
    if not allowed:
        return False
    epochs = {claim.id: claim.epoch for claim, _ in claims}
    query = sa.select(ATTEMPT.c.message_id, ATTEMPT.c.epoch).where(
        among(connection, ATTEMPT.c.message_id, allowed), ATTEMPT.c.worker == owner
    )
    found = {row.message_id for row in connection.execute(query) if row.epoch == epochs[row.message_id]}
    return found == set(allowed)
