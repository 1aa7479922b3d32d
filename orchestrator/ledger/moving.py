"""One step of many messages at once, and forgetting whom they were for."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningUpdate

from orchestrator.ledger.batch import given, giving, in_list, listed, rows_of
from orchestrator.ledger.occurrences import in_state
from orchestrator.ledger.tables import MESSAGE, RECIPIENT
from orchestrator.ledger.values import MessageState

FREE: Mapping[str, Any] = {"owner": None, "lease_until": None}
After = Callable[[str, sa.FromClause], sa.Insert | sa.Update | sa.Delete]
"""Builds, for a dialect, a statement over the messages that have just moved: ``_MOVED`` and what came ``with_them``."""
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
    with_them: Mapping[str, Sequence[str | None]] | None = None,
) -> list[uuid.UUID]:
    """Carry out one transition for many messages (id, epoch) and give the ids that it held for, in the order given.

    State, epoch and owner are compared in the UPDATE itself: this is the only place where a message moves on. What
    is to be done for those that moved stands in ``after``, and its parameters in ``also``: on PostgreSQL it is part
    of the same statement, on SQLite statements of their own. ``with_them`` are further columns of texts, as long as
    ``rows``, for ``after`` to write down.
    """
    pairs = list(rows)
    if not pairs:
        return []
    texts = with_them or {}
    raised = tuple((name, value) for name, value in values.items() if isinstance(value, sa.ColumnElement))
    plain = {"state": target, **{name: value for name, value in values.items() if name not in dict(raised)}}
    dialect = connection.dialect.name
    whole = after if dialect == "postgresql" else ()
    statement = _moving(dialect, tuple(source), tuple(plain), raised, owner is not None, whole, tuple(texts))
    ids, epochs = zip(*pairs, strict=True)
    numbers = range(len(pairs))
    rows_given = giving(connection, id=ids, epoch=epochs, n=numbers, **texts)
    news = {f"new_{n}": value.value if isinstance(value, Enum) else value for n, value in plain.items()}
    parameters = rows_given | news
    if owner is not None:
        parameters["was_owner"] = owner
    if whole:
        parameters |= also or {}
    found = [key for (key,) in rows_of(connection, statement, parameters)]
    if dialect == "postgresql":  # which gives numbers, so that no id has to be read again
        return list(ids) if len(found) == len(ids) else [ids[n] for n in sorted(found)]
    known = set(found)
    moved = [i for i in ids if i in known]
    if moved:
        for one in after:
            follow = {"moved": listed(connection, moved), **rows_given, **(also or {})}
            connection.execute(_next(dialect, one, tuple(texts)), follow)
    return moved


@lru_cache(maxsize=512)
def _moving(
    dialect: str,
    source: tuple[MessageState, ...],
    names: tuple[str, ...],
    raised: tuple[tuple[str, sa.ColumnElement[Any]], ...],
    owned: bool,
    after: tuple[After, ...],
    texts: tuple[str, ...],
) -> ReturningUpdate[Any] | sa.Select[Any]:
    """Build the UPDATE of one kind of transition, once, with what follows from it."""
    wanted = _wanted(dialect, texts)
    query = sa.update(MESSAGE).where(
        MESSAGE.c.id == wanted.c.id, MESSAGE.c.epoch == wanted.c.epoch, in_state(MESSAGE.c.state, *source)
    )
    if owned:
        query = query.where(MESSAGE.c.owner == sa.bindparam("was_owner", type_=sa.Text()))
    plain = {name: sa.bindparam(f"new_{name}", type_=MESSAGE.c[name].type) for name in names}
    query = query.values(**plain, **dict(raised))
    if not after:
        return query.returning(wanted.c.n if dialect == "postgresql" else MESSAGE.c.id)
    moved = query.returning(*_MOVED, wanted.c.n, *(wanted.c[name] for name in texts)).cte("moved")
    follow = [one(dialect, moved).cte(f"after_{n}") for n, one in enumerate(after)]
    return sa.select(moved.c.n).add_cte(*follow)


def _wanted(dialect: str, texts: tuple[str, ...]) -> sa.FromClause:
    kinds = {"id": MESSAGE.c.id.type, "epoch": sa.Integer(), "n": sa.Integer()}
    return given(dialect, **kinds, **{name: sa.Text() for name in texts})


@cache
def _next(dialect: str, after: After, texts: tuple[str, ...]) -> sa.Insert | sa.Update | sa.Delete:
    """Build what follows from a transition as a statement of its own."""
    wanted = _wanted(dialect, texts)
    moved = sa.select(*_MOVED, *(wanted.c[name] for name in texts)).join(wanted, wanted.c.id == MESSAGE.c.id)
    return after(dialect, moved.where(in_list(dialect, MESSAGE.c.id, "moved")).subquery("moved"))


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
