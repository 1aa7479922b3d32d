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

from orchestrator.ledger.batch import among, given, giving, listed
from orchestrator.ledger.caps import lock_people, spending, use_counts
from orchestrator.ledger.claims import FREE, ONE_MORE, forget, move
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
            lambda connection: self.guard_in(self.open_gates(connection, claims), owner, claims, lease_seconds),
            lambda connection, allowed: attempts_landed(connection, owner, claims, allowed),
        )

    def guard_in(
        self, connection: Connection, owner: str, claims: Sequence[Pair], lease_seconds: float
    ) -> list[uuid.UUID]:
        """Do the work of :meth:`guard` in the transaction at hand, whose gates are open."""
        if not claims:
            return []
        times = Counter([claimed.id for claimed, _ in claims])
        pairs = [pair for pair in claims if times[pair[0].id] == 1]
        standing = _lock(connection, owner, pairs)
        now = self._clock(connection)
        left = {}
        for pair in pairs:
            row = standing.get(pair[0].id)
            if row is not None and row.lease_until > now:
                left[row.id] = pair
        batch = _Batch(owner, now, left)
        for i in list(batch.left):
            row = standing[i]
            if row.occurrence != OccurrenceState.SENDING.value:
                batch.put(i, MessageState.CANCELLED, None)
            elif row.stopped or row.held:
                batch.put(i, MessageState.PENDING, None)
            elif row.expires_at is not None and row.expires_at <= now:
                batch.put(i, MessageState.EXPIRED, Reason.TOO_LATE)
            elif row.suppressed:
                batch.put(i, MessageState.SKIPPED, Reason.SUPPRESSED)
            elif row.withdrawn:
                batch.put(i, MessageState.SKIPPED, Reason.NO_CONSENT)
        _postpone_quiet(batch, standing)
        _leave_out_capped(connection, batch)
        batch.carry_out(connection)
        return self._attempt(connection, batch, lease_seconds)

    def open_gates(self, connection: Connection, claims: Sequence[Pair]) -> Connection:
        """Take the locks that come before any row's, always in the same order.

        A statement of its own: what is read after it was committed by whoever held the gate before.
        """
        self.guard_gate(connection)
        lock_people(connection, {(claimed.person, rule.category) for claimed, rule in claims if rule.caps})
        return connection

    def _attempt(self, connection: Connection, batch: _Batch, lease_seconds: float) -> list[uuid.UUID]:
        """Move what is left to ``attempting`` and write its attempt; spend its cap."""
        claimed = [claim for claim, _ in batch.left.values()]
        values = {
            "tries": ONE_MORE["tries"],
            "lease_until": batch.now + dt.timedelta(seconds=lease_seconds),
            "updated_at": batch.now,
            "reason": None,
        }
        pairs = sorted((claim.id, claim.epoch) for claim in claimed)
        capped = [claim.id for claim, rule in batch.left.values() if rule.caps]
        after = (_attempting, spending) if capped else (_attempting,)
        also = {"capped": listed(connection, capped)} if capped else {}
        source, target = [MessageState.CLAIMED], MessageState.ATTEMPTING
        moved = set(move(connection, pairs, source, target, values, batch.owner, after, also))
        return [claim.id for claim in claimed if claim.id in moved]


class _Batch:
    """The claims that may still leave, in order, and where the others go."""

    def __init__(self, owner: str, now: dt.datetime, left: dict[uuid.UUID, Pair]) -> None:
        self.owner = owner
        self.now = now
        self.left = left
        self._out: dict[tuple[MessageState, Reason | None, dt.datetime | None], list[Claimed]] = defaultdict(list)

    def put(
        self, i: uuid.UUID, state: MessageState, reason: Reason | None, not_before: dt.datetime | None = None
    ) -> None:
        self._out[state, reason, not_before].append(self.left.pop(i)[0])

    def carry_out(self, connection: Connection) -> None:
        for (state, reason, not_before), claims in self._out.items():
            values = {**FREE, "updated_at": self.now, "reason": reason}
            if not_before is not None:
                values["not_before"] = not_before
            pairs = sorted((claim.id, claim.epoch) for claim in claims)
            moved = move(connection, pairs, [MessageState.CLAIMED], state, values, self.owner)
            if state is not MessageState.PENDING:
                forget(connection, moved)


def check_size(claims: Sequence[Pair], most: int) -> None:
    """Raise ValueError when a batch would put too many messages in flight."""
    if len(claims) > most:
        raise ValueError(f"a guard takes at most {most} messages, not {len(claims)}")


def _lock(connection: Connection, owner: str, pairs: Sequence[Pair]) -> dict[uuid.UUID, Any]:
    """Lock the rows that are still lent to ``owner`` under the claim's epoch, and read what forbids to send them."""
    given_rows = giving(
        connection,
        id=[claimed.id for claimed, _ in pairs],
        epoch=[claimed.epoch for claimed, _ in pairs],
        topic=[rule.topic for _, rule in pairs],
        scope=[MARKETING if rule.marketing else EVERYTHING for _, rule in pairs],
        consent=[int(rule.consent) for _, rule in pairs],
    )
    rows = connection.execute(_locking(connection.dialect.name), {**given_rows, "owner": owner}).all()
    return {row.id: row for row in rows}


@cache
def _locking(dialect: str) -> sa.Select[Any]:
    m, text = MESSAGE.c, sa.Text()
    rule = given(dialect, id=m.id.type, epoch=sa.Integer(), topic=text, scope=text, consent=sa.Integer())
    occurrence = OCCURRENCE.c.state.label("occurrence")
    mine = sa.and_(m.id == rule.c.id, m.epoch == rule.c.epoch, m.owner == sa.bindparam("owner", type_=text))
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
    reasons = (suppressed.label("suppressed"), withdrawn.label("withdrawn"), stopped().label("stopped"))
    return (
        sa.select(m.id, m.lease_until, m.expires_at, occurrence, held().label("held"), *reasons)
        .join(OCCURRENCE, OCCURRENCE.c.id == m.occurrence_id)
        .join(rule, sa.true())
        .where(mine, in_state(m.state, MessageState.CLAIMED))
        .order_by(m.id)
        .with_for_update(of=MESSAGE)
    )


def _attempting(dialect: str, moved: sa.FromClause) -> sa.Insert:
    """Give what writes the attempts of messages that have just become ``attempting``."""
    tried = sa.select(moved.c.id, moved.c.tries, moved.c.epoch, moved.c.owner, moved.c.updated_at)
    return sa.insert(ATTEMPT).from_select(["message_id", "n", "epoch", "worker", "started_at"], tried)


def _postpone_quiet(batch: _Batch, standing: Mapping[uuid.UUID, Any]) -> None:
    waiting = [(i, claim, rule) for i, (claim, rule) in batch.left.items() if rule.quiet is not None]
    for i, claim, rule in waiting:
        until = quiet_until(rule.quiet, zone_of(claim.zone, rule.zone), batch.now)
        if until is None:
            continue
        end = standing[i].expires_at
        if end is not None and end <= until:
            batch.put(i, MessageState.EXPIRED, Reason.QUIET_HOURS)
        else:
            batch.put(i, MessageState.PENDING, None, until)


def _leave_out_capped(connection: Connection, batch: _Batch) -> None:
    """Leave out whoever got enough already; those of this batch count in its order."""
    capped = [(claim, rule) for claim, rule in batch.left.values() if rule.caps]
    counts = use_counts(connection, capped, batch.now)
    for claim, rule in capped:
        used = [counts[claim.person, rule.category, cap] for cap in rule.caps]
        if any(n >= cap.count for n, cap in zip(used, rule.caps, strict=True)):
            batch.put(claim.id, MessageState.SKIPPED, Reason.CAPPED)
        else:
            for cap in rule.caps:
                counts[claim.person, rule.category, cap] += 1


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
