"""How messages end that were not accepted: one that may have arrived earlier stays unknown, whatever came after."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import in_list, listed
from orchestrator.ledger.moving import forget, move
from orchestrator.ledger.tables import ATTEMPT
from orchestrator.ledger.values import MessageState, Reason
from orchestrator.model.delivery import Outcome


class Ended(NamedTuple):
    """Messages that ended as they should, and those that are unknown instead because they may have arrived."""

    done: list[uuid.UUID]
    unknown: list[uuid.UUID]


def settle(
    connection: Connection,
    rows: Sequence[tuple[uuid.UUID, int]],
    source: Sequence[MessageState],
    target: MessageState,
    values: Mapping[str, Any],
    owner: str | None = None,
) -> Ended:
    """Let messages (id, epoch) end as ``target`` without having been accepted, and forget their addresses.

    A message of whose earlier attempt nobody knows the end did perhaps arrive, and a later refusal, expiry,
    cancellation or skip does not undo that. It becomes ``unknown`` with the reason of its end, which tells
    :meth:`Reaper.reap` not to send it again by itself; its cap stays spent, its address stays for whoever decides.
    """
    perhaps = may_have_arrived(connection, [i for i, _ in rows])
    sure = [(i, epoch) for i, epoch in rows if i not in perhaps]
    done = move(connection, sure, source, target, values, owner)
    forget(connection, done)
    doubtful = [(i, epoch) for i, epoch in rows if i in perhaps]
    doubt = {**values, "reason": values.get("reason") or Reason.AMBIGUOUS}
    return Ended(done, move(connection, doubtful, source, MessageState.UNKNOWN, doubt, owner))


def unsure() -> sa.ColumnElement[bool]:
    """Give the test whether an attempt may still end, or end otherwise."""
    outcome = ATTEMPT.c.outcome
    return sa.or_(outcome.is_(None), outcome == sa.literal_column(f"'{Outcome.UNKNOWN.value}'"))


def may_have_arrived(connection: Connection, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Give those messages of which an attempt was accepted, or has no definite answer."""
    if not ids:
        return set()
    return set(connection.scalars(_doubtful(connection.dialect.name), {"ids": listed(connection, ids)}))


@cache
def _doubtful(dialect: str) -> sa.Select[Any]:
    taken = ATTEMPT.c.outcome == sa.literal_column(f"'{Outcome.ACCEPTED.value}'")
    mine = in_list(dialect, ATTEMPT.c.message_id, "ids")
    return sa.select(ATTEMPT.c.message_id).where(mine, sa.or_(unsure(), taken))
