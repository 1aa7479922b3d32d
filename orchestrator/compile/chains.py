"""A sequence of events in SQL: one pass over the rows of two steps at a time, from the last step back to the first.

For every row of a step the next later row of the other step is looked up with a window over both, latest first; on
equal times a row of the first step comes before those of the other, so that only strictly later ones are seen. That
is one sort whatever the number of events a person has, and the fastest form measured on PostgreSQL, where a self-join
of two steps grows with the square of it. No frame but ROWS, no join by size: every engine reads it alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from orchestrator.compile import metrics
from orchestrator.compile.around import Speller, Whole
from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.features import Chained, Column, Hop, Metric
from orchestrator.model.schema import EventTable, Type

ZERO: Expr = sa.literal_column("0")
ONE: Expr = sa.literal_column("1")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one step: the person ``k``, the time ``t`` in microseconds, and the properties that are compared."""

    k: Expr
    t: Expr
    properties: dict[Column, Expr]
    select: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that must have happened: how it was reached, and the hops that hang on it without a next one."""

    metric: Metric
    came: Hop | None
    absent: list[Hop]


def chained(whole: Whole, pred: Chained) -> sa.Select[Any]:
    """Give the ids of everybody for whom some chain of events fits; each once."""
    steps = _steps(pred)
    following: tuple[Rows, Hop] | None = None
    for place, step in reversed(list(enumerate(steps))):
        hops = [(_rows(whole, hop.metric, *_others(hop)), hop) for hop in step.absent]
        if following is not None:
            hops.append(following)
        compared = [hop.same[0] for _, hop in hops if hop.same is not None]
        rows = _rows(whole, step.metric, *compared, *([] if step.came is None else _others(step.came)))
        for number, (others, hop) in enumerate(hops):
            kept = [h.same[0] for _, h in hops[number + 1 :] if h.same is not None]
            kept += [] if step.came is None else _others(step.came)
            fits, columns = _fitting(whole, rows, others, hop, kept)
            if place == 0 and number == len(hops) - 1:
                found: sa.Select[Any] = fits.with_only_columns(fits.selected_columns.k.label("id"))
                return found.where(fits.selected_columns.k.is_not(None)).distinct()
            rows = _named(whole.common("orc_step", fits), columns)
        if step.came is not None:
            following = (rows, step.came)
    raise ValueError("a sequence has at least one step behind the first")


def _steps(pred: Chained) -> list[Wanted]:
    steps = [Wanted(pred.first, None, [])]
    for hop in pred.hops:
        if hop.wanted:
            steps.append(Wanted(hop.metric, hop, []))
        else:
            steps[-1].absent.append(hop)
    return steps


def _others(hop: Hop) -> list[Column]:
    return [] if hop.same is None else [hop.same[1]]


def _rows(whole: Whole, metric: Metric, *properties: Column) -> Rows:
    """Read the events of a step, of everybody."""
    frame, where = metrics.rows(whole, metric)
    event = frame.event
    if not isinstance(event, EventTable):
        raise ValueError("a step has an event")
    time = whole.clocks.instant(frame.source.c[event.at], event.time)
    values = {p: _equal(frame.terms, p) for p in properties}

    def select(columns: list[Any], *more: Expr) -> Any:
        return frame.select(columns, *where, *more)

    return Rows(frame.owner, time, values, select)


def _equal(terms: Speller, column: Column) -> Expr:
    """Give a property such that equal values are equal wherever they lie."""
    if column.type is Type.VERSION:
        return terms.version(column)
    if column.type.is_time:
        return terms.canonical(column)
    value = terms.value(column)
    return sa.cast(value, sa.Text) if column.type is Type.TEXT and not isinstance(value, sa.Cast) else value


def _named(table: Any, columns: list[Column]) -> Rows:
    """Read rows that were worked out before."""

    def select(chosen: list[Any], *more: Expr) -> Any:
        return sa.select(*chosen).where(*more)

    return Rows(table.c.k, table.c.t, {column: table.c[f"v{n}"] for n, column in enumerate(columns)}, select)


def _fitting(whole: Whole, rows: Rows, others: Rows, hop: Hop, kept: list[Column]) -> tuple[Any, list[Column]]:
    """Give the rows after which one of ``others`` comes (or none does), with the properties that are still needed."""
    kept = list(dict.fromkeys(kept))
    mine: list[Any] = [rows.properties[column].label(f"v{n}") for n, column in enumerate(kept)]
    theirs: list[Any] = [sa.null().label(f"v{n}") for n in range(len(kept))]
    where: list[Expr] = []
    if hop.same is not None:
        mine.append(rows.properties[hop.same[0]].label("s"))
        other = others.properties[hop.same[1]]
        theirs.append(other.label("s"))
        where.append(other.is_not(None))
    both = sa.union_all(
        rows.select([rows.k.label("k"), rows.t.label("t"), *mine, ZERO.label("o")]),
        others.select([others.k.label("k"), others.t.label("t"), *theirs, ONE.label("o")], *where),
    ).subquery(whole.alias("u"))
    later = sa.func.min(sa.case((both.c.o == ONE, both.c.t))).over(
        partition_by=[both.c.k] if hop.same is None else [both.c.k, both.c.s],
        order_by=[both.c.t.desc(), both.c.o.asc()],
        rows=(None, 0),
    )
    needed = [both.c[f"v{n}"] for n in range(len(kept))]
    placed = sa.select(both.c.k, both.c.t, *needed, both.c.o, later.label("n")).subquery(whole.alias("w"))
    columns = [placed.c.k, placed.c.t, *(placed.c[f"v{n}"] for n in range(len(kept)))]
    return sa.select(*columns).where(placed.c.o == ZERO, _gap(placed, hop)), kept


def _gap(placed: Any, hop: Hop) -> Expr:
    """Give the test of the time until the next of the others, which is unknown where there is none."""
    none: Expr = placed.c.n.is_(None)
    if hop.within is None:
        return placed.c.n.is_not(None) if hop.wanted else none
    gap, most = placed.c.n - placed.c.t, bind(hop.within, "within")
    return gap <= most if hop.wanted else sa.or_(none, gap > most)
