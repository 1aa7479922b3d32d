"""Lending work: open messages are claimed in batches, given back, or settled without an attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql.dml import ReturningUpdate

from orchestrator.ledger.batch import among, given, giving, in_list, listed
from orchestrator.ledger.occurrences import held, in_state, stopped
from orchestrator.ledger.store import Clock, Store, storable
from orchestrator.ledger.tables import MESSAGE, OCCURRENCE, RECIPIENT
from orchestrator.ledger.values import OPEN, Claimed, MessageState, OccurrenceState, Reason

SUSPECT = 2  # crashes after which a message is claimed alone, so that the third one is about it and nobody else
LONGEST_DETAIL = 300  # characters of a render error that are kept

SENDING = OCCURRENCE.c.state == sa.literal_column(f"'{OccurrenceState.SENDING.value}'")
WAITING = in_state(MESSAGE.c.state, MessageState.PENDING, MessageState.RETRY)
FREE: Mapping[str, Any] = {"owner": None, "lease_until": None}
After = Callable[[str, sa.FromClause], sa.Insert | sa.Delete]
"""Builds, for a dialect, a statement over the messages that have just moved (their columns in ``_MOVED``)."""
_MOVED = [MESSAGE.c[name] for name in ("id", "person", "category", "tries", "epoch", "owner", "updated_at")]
ONE_MORE = {
    name: MESSAGE.c[name] + 1 for name in ("epoch", "tries", "crashes", "spared")
}  # to raise a counter in ``move``


def move(
    connection: Connection,
    rows: Iterable[tuple[uuid.UUID, int]],
    source: Sequence[MessageState],
    target: MessageState,
    values: Mapping[str, Any],
    owner: str | None = None,
    after: tuple[After, ...] = (),
    also: Mapping[str, Any] | None = None,
) -> list[uuid.UUID]:
    """Carry out one transition for many messages (id, epoch) and give the ids that it held for.

    State, epoch and owner are compared in the UPDATE itself: this is the only place where a message moves on. What
    is to be done for those that moved stands in ``after``, and its parameters in ``also``: on PostgreSQL it is part
    of the same statement, on SQLite statements of their own.
    """
    pairs = list(rows)
    if not pairs:
        return []
    raised = tuple((name, value) for name, value in values.items() if isinstance(value, sa.ColumnElement))
    plain = {"state": target, **{name: value for name, value in values.items() if name not in dict(raised)}}
    dialect = connection.dialect.name
    whole = after if dialect == "postgresql" else ()
    statement = _moving(dialect, tuple(source), tuple(plain), raised, owner is not None, whole)
    ids, epochs = zip(*pairs, strict=True)
    parameters = giving(connection, id=ids, epoch=epochs)
    parameters |= {f"new_{n}": value.value if isinstance(value, Enum) else value for n, value in plain.items()}
    if owner is not None:
        parameters["was_owner"] = owner
    if whole:
        parameters |= also or {}
    moved: list[uuid.UUID] = list(connection.scalars(statement, parameters).all())
    if moved and not whole:
        for one in after:
            connection.execute(_next(dialect, one), {"moved": listed(connection, moved), **(also or {})})
    return moved


@lru_cache(maxsize=512)
def _moving(
    dialect: str,
    source: tuple[MessageState, ...],
    names: tuple[str, ...],
    raised: tuple[tuple[str, sa.ColumnElement[Any]], ...],
    owned: bool,
    after: tuple[After, ...],
) -> ReturningUpdate[Any] | sa.Select[Any]:
    """Build the UPDATE of one kind of transition, once, with what follows from it."""
    wanted = given(dialect, id=MESSAGE.c.id.type, epoch=sa.Integer())
    query = sa.update(MESSAGE).where(
        MESSAGE.c.id == wanted.c.id, MESSAGE.c.epoch == wanted.c.epoch, in_state(MESSAGE.c.state, *source)
    )
    if owned:
        query = query.where(MESSAGE.c.owner == sa.bindparam("was_owner", type_=sa.Text()))
    plain = {name: sa.bindparam(f"new_{name}", type_=MESSAGE.c[name].type) for name in names}
    query = query.values(**plain, **dict(raised))
    if not after:
        return query.returning(MESSAGE.c.id)
    moved = query.returning(*_MOVED).cte("moved")
    follow = [one(dialect, moved).cte(f"after_{n}") for n, one in enumerate(after)]
    return sa.select(moved.c.id).add_cte(*follow)


@cache
def _next(dialect: str, after: After) -> sa.Insert | sa.Delete:
    """Build what follows from a transition as a statement of its own."""
    return after(dialect, sa.select(*_MOVED).where(in_list(dialect, MESSAGE.c.id, "moved")).subquery("moved"))


def forgetting(dialect: str, moved: sa.FromClause) -> sa.Delete:
    """Give what deletes address, zone and facts of messages that have just been settled."""
    return sa.delete(RECIPIENT).where(RECIPIENT.c.message_id.in_(sa.select(moved.c.id)))


def forget(connection: Connection, ids: Collection[uuid.UUID]) -> None:
    """Delete address, zone and facts of messages that are settled."""
    if ids:
        connection.execute(_forgetting(connection.dialect.name), {"ids": listed(connection, ids)})


@cache
def _forgetting(dialect: str) -> sa.Delete:
    return sa.delete(RECIPIENT).where(in_list(dialect, RECIPIENT.c.message_id, "ids"))


class Claims(Store):
    """Claiming and giving back."""

    def __init__(self, engine: Engine, clock: Clock, deployment: str) -> None:
        """Start with the earliest occurrence; later claims take turns."""
        super().__init__(engine, clock, deployment)
        self._turn = 0

    def claim(
        self, owner: str, limit: int = 500, lease_seconds: float = 60, without: Collection[tuple[int, str]] = ()
    ) -> list[Claimed]:
        """Lend up to ``limit`` messages that are due to ``owner``; two workers never get the same one.

        Occurrences take turns, so that a large one does not hold up a small one. Gives nothing while stopped,
        and nothing of paused campaigns, nor of the steps ``without`` (occurrence, step). A message whose claim has
        ended twice with a worker's death comes alone.
        """

        def work(connection: Connection) -> list[uuid.UUID]:
            now = self._clock(connection)
            ready = sa.select(OCCURRENCE.c.id).where(SENDING, sa.not_(held()), sa.not_(stopped()))
            numbers = list(connection.scalars(ready.order_by(OCCURRENCE.c.due_at, OCCURRENCE.c.id)))
            if not numbers:
                return []
            first = self._turn % len(numbers)
            self._turn += 1
            taken: list[uuid.UUID] = []
            for number in numbers[first:] + numbers[:first]:
                steps = [step for occurrence, step in without if occurrence == number]
                ids, alone = self._ready_of(connection, number, limit - len(taken), now, steps)
                if not alone or not taken:
                    taken += ids
                if alone or len(taken) >= limit:
                    break
            return self._take(connection, taken, owner, now, lease_seconds)

        def landed(connection: Connection, ids: list[uuid.UUID]) -> bool:
            mine = sa.and_(among(connection, MESSAGE.c.id, ids), MESSAGE.c.owner == owner)
            held = sa.select(sa.func.count()).where(mine, in_state(MESSAGE.c.state, MessageState.CLAIMED))
            return bool(ids) and connection.scalar(held) == len(ids)

        ids = self.write(work, landed)
        return self.read(lambda connection: _claimed(connection, owner, ids)) if ids else []

    def _ready_of(
        self, connection: Connection, number: int, limit: int, now: dt.datetime, without: Sequence[str]
    ) -> tuple[list[uuid.UUID], bool]:
        """Lock what may be claimed of an occurrence; True when it is one suspect that must be claimed alone."""
        message = MESSAGE.c
        alive = sa.or_(message.expires_at.is_(None), message.expires_at > now)
        chosen = (
            sa.select(message.id, message.crashes)
            .where(message.occurrence_id == number, WAITING, message.not_before <= now, alive)
            .order_by(message.not_before)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if without:
            chosen = chosen.where(message.step.not_in(without))
        rows = connection.execute(chosen).all()
        calm = [row.id for row in rows if row.crashes < SUSPECT]
        return (calm, False) if calm or not rows else ([rows[0].id], True)

    def _take(
        self, connection: Connection, ids: Sequence[uuid.UUID], owner: str, now: dt.datetime, lease_seconds: float
    ) -> list[uuid.UUID]:
        if not ids:
            return []
        taken = (
            sa.update(MESSAGE)
            .where(among(connection, MESSAGE.c.id, ids), WAITING)
            .values(
                state=MessageState.CLAIMED.value,
                epoch=MESSAGE.c.epoch + 1,
                owner=owner,
                lease_until=now + dt.timedelta(seconds=lease_seconds),
                updated_at=now,
            )
            .returning(MESSAGE.c.id)
        )
        done = set(connection.scalars(taken).all())
        return [i for i in ids if i in done]

    def give_back(self, owner: str, claims: Sequence[Claimed], not_before: dt.datetime | None = None) -> int:
        """Put claimed messages back as they were, not to be claimed before ``not_before``; give their number."""
        return len(self._settle(owner, claims, MessageState.PENDING, None, not_before=not_before))

    def let_go(self, owner: str) -> int:
        """Put back everything that ``owner``, who gave up in order, still holds claimed; give its number.

        None of it had left, and nobody died of it: no crash is counted.
        """

        def work(connection: Connection) -> int:
            held = sa.select(MESSAGE.c.id, MESSAGE.c.epoch).where(
                in_state(MESSAGE.c.state, MessageState.CLAIMED), MESSAGE.c.owner == owner
            )
            rows = connection.execute(held.order_by(MESSAGE.c.id).with_for_update()).all()
            values = {**FREE, "updated_at": self._clock(connection)}
            pairs = [(row.id, row.epoch) for row in rows]
            return len(move(connection, pairs, [MessageState.CLAIMED], MessageState.PENDING, values, owner))

        return self.write(work)

    def skip(self, owner: str, skips: Sequence[tuple[Claimed, Reason]]) -> int:
        """Settle claimed messages as skipped, for example when the warehouse knows no consent any more."""
        done = 0
        for reason in sorted({reason for _, reason in skips}):
            some = [claimed for claimed, why in skips if why is reason]
            done += len(self._settle(owner, some, MessageState.SKIPPED, reason))
        return done

    def fail(self, owner: str, failures: Sequence[tuple[Claimed, Reason, str]]) -> int:
        """Settle claimed messages as failed before any attempt; the text says why, without personal data."""
        done = 0
        for reason, detail in sorted({(reason, detail) for _, reason, detail in failures}):
            some = [claimed for claimed, why, text in failures if (why, text) == (reason, detail)]
            done += len(self._settle(owner, some, MessageState.FAILED, reason, detail))
        return done

    def _settle(
        self,
        owner: str,
        claims: Sequence[Claimed],
        target: MessageState,
        reason: Reason | None,
        detail: str = "",
        not_before: dt.datetime | None = None,
    ) -> list[uuid.UUID]:
        if not claims:
            return []

        def work(connection: Connection) -> list[uuid.UUID]:
            values: dict[str, Any] = {**FREE, "updated_at": self._clock(connection)}
            if target is not MessageState.PENDING:
                values |= {"reason": reason, "detail": storable(detail, LONGEST_DETAIL)}
            if not_before is not None:
                values["not_before"] = not_before
            rows = sorted((claimed.id, claimed.epoch) for claimed in claims)
            moved = move(connection, rows, [MessageState.CLAIMED], target, values, owner)
            if target is not MessageState.PENDING:
                forget(connection, moved)
            return moved

        return self.write(work)

    def open_messages(self) -> int:
        """Give the number of messages that are planned and neither settled nor unknown."""
        query = sa.select(sa.func.count()).select_from(MESSAGE).where(in_state(MESSAGE.c.state, *OPEN))
        return self.read(lambda c: c.scalar(query) or 0)


def _claimed(connection: Connection, owner: str, ids: Sequence[uuid.UUID]) -> list[Claimed]:
    m, o, r = MESSAGE.c, OCCURRENCE.c, RECIPIENT.c
    query = (
        sa.select(  # in the order of the fields of Claimed
            *(m.id, m.epoch, m.occurrence_id, o.campaign, o.local_slot, o.version),
            *(m.person, m.step, m.channel, m.category, m.variant, r.address, m.address_hash, r.zone, r.facts),
            *(m.tries, m.expires_at, o.snapshot_at),
        )
        .join(OCCURRENCE, o.id == m.occurrence_id)
        .join(RECIPIENT, r.message_id == m.id)
        .where(among(connection, m.id, ids), m.owner == owner, in_state(m.state, MessageState.CLAIMED))
    )
    rows: list[Any] = list(connection.execute(query).all())
    found = {row.id: Claimed(*row) for row in rows}
    return [found[i] for i in ids if i in found]
