"""Lending work: open messages are claimed in batches, given back, or settled without an attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql.dml import ReturningUpdate

from orchestrator.ledger.batch import among, in_list, listed, rows_of
from orchestrator.ledger.ending import settle
from orchestrator.ledger.moving import FREE, move
from orchestrator.ledger.occurrences import held, in_state, stopped
from orchestrator.ledger.store import Clock, Store, storable
from orchestrator.ledger.tables import LEASED, LIVE, MESSAGE, OCCURRENCE, RECIPIENT, WAITING
from orchestrator.ledger.values import Claimed, MessageState, OccurrenceState, Reason

SUSPECT = 2  # crashes after which a message is claimed alone, so that the third one is about it and nobody else
LONGEST_DETAIL = 300  # characters of a render error that are kept

SENDING = sa.and_(LIVE, OCCURRENCE.c.state == sa.literal_column(f"'{OccurrenceState.SENDING.value}'"))


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

        def work(connection: Connection) -> list[Claimed]:
            now = self._clock(connection)
            lease = {"owner": owner, "lease_until": now + dt.timedelta(seconds=lease_seconds)}
            numbers = list(connection.scalars(_ready()))
            if not numbers:
                return []
            first = self._turn % len(numbers)
            self._turn += 1
            taken: list[Claimed] = []
            for number in numbers[first:] + numbers[:first]:
                steps = listed(connection, [step for occurrence, step in without if occurrence == number])
                place = {"number": number, "now": now, "without": steps, **lease}
                some = _take(connection, False, {**place, "most": limit - len(taken)})
                if not some and not taken:
                    taken = _take(connection, True, {**place, "most": 1})
                    if taken:
                        break
                taken += some
                if len(taken) >= limit:
                    break
            return taken

        def landed(connection: Connection, claims: list[Claimed]) -> bool:
            ids = [claim.id for claim in claims]
            mine = sa.and_(among(connection, MESSAGE.c.id, ids), MESSAGE.c.owner == owner)
            held = sa.select(sa.func.count()).where(mine, in_state(MESSAGE.c.state, MessageState.CLAIMED))
            return bool(ids) and connection.scalar(held) == len(ids)

        return self.write(work, landed)

    def lend_on(self, owner: str, claims: Sequence[Claimed], lease_seconds: float) -> int:
        """Lend claimed messages to their owner for ``lease_seconds`` from now; give how many are still its own."""

        def work(connection: Connection) -> int:
            now = self._clock(connection)
            values = {"lease_until": now + dt.timedelta(seconds=lease_seconds), "updated_at": now}
            rows = sorted((claimed.id, claimed.epoch) for claimed in claims)
            return len(move(connection, rows, [MessageState.CLAIMED], MessageState.CLAIMED, values, owner))

        return self.write(work)

    def give_back(self, owner: str, claims: Sequence[Claimed], not_before: dt.datetime | None = None) -> int:
        """Put claimed messages back as they were, not to be claimed before ``not_before``; give their number."""
        return len(self._settle(owner, claims, MessageState.PENDING, None, not_before=not_before))

    def let_go(self, owner: str) -> int:
        """Put back everything that ``owner``, who gave up in order, still holds claimed; give its number.

        None of it had left, and nobody died of it: no crash is counted. Nothing is locked where it holds nothing.
        """
        if not self.read(lambda c: c.scalar(_holding(), {"owner": owner})):
            return 0

        def work(connection: Connection) -> int:
            held = sa.select(MESSAGE.c.id, MESSAGE.c.epoch).where(
                LEASED, in_state(MESSAGE.c.state, MessageState.CLAIMED), MESSAGE.c.owner == owner
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
            if target is MessageState.PENDING:
                return move(connection, rows, [MessageState.CLAIMED], target, values, owner)
            ended = settle(connection, rows, [MessageState.CLAIMED], target, values, owner)
            return ended.done + ended.unknown

        return self.write(work)

    def open_messages(self) -> int:
        """Give the number of messages that are planned and neither settled nor unknown."""
        return self.read(lambda c: c.scalar(_open()) or 0)


@cache
def _ready() -> sa.Select[int]:
    ready = sa.select(OCCURRENCE.c.id).where(SENDING, sa.not_(held()), sa.not_(stopped()))
    return ready.order_by(OCCURRENCE.c.due_at, OCCURRENCE.c.id)


@cache
def _holding() -> sa.Select[bool]:
    claimed = in_state(MESSAGE.c.state, MessageState.CLAIMED)
    return sa.select(sa.exists().where(LEASED, claimed, MESSAGE.c.owner == sa.bindparam("owner", type_=sa.Text())))


@cache
def _open() -> sa.Select[int]:
    each = [sa.select(sa.func.count()).select_from(MESSAGE).where(some).scalar_subquery() for some in (WAITING, LEASED)]
    return sa.select(each[0] + each[1])


def _take(connection: Connection, suspects: bool, values: Mapping[str, Any]) -> list[Claimed]:
    """Claim what may be claimed of an occurrence, the earliest first; of suspects only when they are asked for."""
    dialect = connection.dialect.name
    taking, reading = _taking(dialect, suspects)
    rows = rows_of(connection, taking, values)
    if reading is not None:
        rows = rows_of(connection, reading, {"taken": listed(connection, [i for (i,) in rows])})
    claims = list(map(Claimed._make, rows))
    moments = [at for one in claims[:1] for at in (one.expires_at, one.snapshot_at) if at is not None]
    if any(at.tzinfo is not dt.UTC for at in moments):
        return [one._replace(expires_at=_utc(one.expires_at), snapshot_at=_utc(one.snapshot_at)) for one in claims]
    return claims


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    """Give the same moment in UTC: a session's zone is another one where the pooler between drops its options."""
    return None if moment is None else moment.astimezone(dt.UTC)


@cache
def _taking(dialect: str, suspects: bool) -> tuple[ReturningUpdate[Any] | sa.Select[Any], sa.Select[Any] | None]:
    """Build what claims, and on SQLite, which cannot do both at once, what reads the claimed."""
    m, moment = MESSAGE.c, MESSAGE.c.updated_at.type
    now = sa.bindparam("now", type_=moment)
    chosen = (
        sa.select(m.id, m.crashes)
        .where(
            *(m.occurrence_id == sa.bindparam("number", type_=sa.Integer()), WAITING, m.not_before <= now),
            sa.or_(m.expires_at.is_(None), m.expires_at > now),
            sa.not_(in_list(dialect, m.step, "without")),
        )
        .order_by(m.not_before)
        .limit(sa.bindparam("most", type_=sa.Integer()))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    calm = chosen.c.crashes < sa.literal_column(str(SUSPECT))
    taken = (
        sa.update(MESSAGE)
        .where(m.id.in_(sa.select(chosen.c.id).where(sa.true() if suspects else calm)), WAITING)
        .values(
            state=sa.literal_column(f"'{MessageState.CLAIMED.value}'"),
            epoch=m.epoch + sa.literal_column("1"),
            owner=sa.bindparam("owner", type_=sa.Text()),
            lease_until=sa.bindparam("lease_until", type_=moment),
            updated_at=now,
        )
    )
    if dialect != "postgresql":
        return taken.returning(m.id), _claimed(MESSAGE).where(in_list(dialect, m.id, "taken"))
    return _claimed(taken.returning(MESSAGE).cte("taken")), None


def _claimed(message: sa.FromClause) -> sa.Select[Any]:
    """Give the query for the fields of ``Claimed``, in their order, the earliest message first."""
    m, o, r = message.c, OCCURRENCE.c, RECIPIENT.c
    return (
        sa.select(
            *(m.id, m.epoch, m.occurrence_id, o.campaign, o.local_slot, o.version),
            *(m.person, m.step, m.channel, m.category, m.variant, r.address, m.address_hash, r.zone, r.facts),
            *(m.tries, m.expires_at, o.snapshot_at),
        )
        .join_from(message, OCCURRENCE, o.id == m.occurrence_id)
        .join(RECIPIENT, r.message_id == m.id)
        .order_by(m.not_before)
    )
