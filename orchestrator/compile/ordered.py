"""Metrics for which the order of a person's rows matters: medians, and the time between neighbours.

The rows of a metric go through one or two SELECTs with window functions, partitioned by the person, before they are
aggregated: every engine has these, and the middle one or two values are exact whatever their type is.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from orchestrator.compile.around import Around
from orchestrator.compile.calendars import SinceOther
from orchestrator.compile.dialects.base import Expr
from orchestrator.compile.features import Metric
from orchestrator.model.condition import Fn, Unit
from orchestrator.model.schema import EventTable, Type

MICROS = {Unit.MINUTE: 60_000_000, Unit.HOUR: 3_600_000_000, Unit.DAY: 86_400_000_000, Unit.WEEK: 604_800_000_000}


def is_ordered(metric: Metric) -> bool:
    """Tell whether the metric is read here."""
    return metric.fn is Fn.MEDIAN or isinstance(metric.of, SinceOther)


def ordered(frame: Around, metric: Metric, where: list[Expr], person: bool) -> sa.Select[Any]:
    """Give the metric as ``v``, for each person ``k`` or (``person`` false) for the one of the frame around."""
    rows = _values(frame, metric, where)
    if metric.fn is Fn.MEDIAN:
        rows = _middle(frame, rows)
    value = _aggregated(frame, metric, rows.c.v)
    columns = [rows.c.k, value.label("v")] if person else [value.label("v")]
    found = sa.select(*columns).where(rows.c.v.is_not(None))
    return found.group_by(rows.c.k) if person else found.correlate_except(rows)


def median_of_all(frame: Around, metric: Metric, where: list[Expr]) -> sa.Select[Any]:
    """Give the median of all values of the frame together as ``v``."""
    rows = _values(frame, metric, where)
    place = sa.func.row_number().over(order_by=rows.c.v).label("r")
    placed = _derived(
        frame, sa.select(rows.c.v, place, sa.func.count().over().label("n")).where(rows.c.v.is_not(None)), rows
    )
    twice = placed.c.r * sa.literal_column("2")
    inside = (twice >= placed.c.n, twice <= placed.c.n + sa.literal_column("2"))
    return sa.select(_aggregated(frame, metric, placed.c.v).label("v")).where(*inside)


def _values(frame: Around, metric: Metric, where: list[Expr]) -> Any:
    """Give a row for each value: the row's own, or the microseconds since the event before it."""
    event = frame.event
    if metric.of is None:
        raise ValueError("only values have an order")
    if isinstance(metric.of, SinceOther):
        if not isinstance(event, EventTable):
            raise ValueError("only events have a time")
        at = frame.statement.clocks.instant(frame.source.c[event.at], event.time)
        value = at - sa.func.lag(frame.dialect.maybe(at)).over(partition_by=frame.owner, order_by=at)
    else:
        value = frame.terms.value(metric.of)
    return _derived(frame, frame.select([frame.owner.label("k"), value.label("v")], *where), frame.source)


def _middle(frame: Around, rows: Any) -> Any:
    """Keep the middle value of each person, or the middle two."""
    place = sa.func.row_number().over(partition_by=rows.c.k, order_by=rows.c.v).label("r")
    number = sa.func.count().over(partition_by=rows.c.k).label("n")
    placed = _derived(frame, sa.select(rows.c.k, rows.c.v, place, number).where(rows.c.v.is_not(None)), rows)
    twice = placed.c.r * sa.literal_column("2")
    inside = (twice >= placed.c.n, twice <= placed.c.n + sa.literal_column("2"))
    return _derived(frame, sa.select(placed.c.k, placed.c.v).where(*inside), placed)


def _derived(frame: Around, select: sa.Select[Any], source: Any) -> Any:
    return select.correlate_except(source).subquery(frame.statement.alias("o"))


def _aggregated(frame: Around, metric: Metric, value: Expr) -> Expr:
    """Give the aggregate; the median is the average of the middle."""
    fn = metric.fn
    if fn is None or metric.of is None:
        raise ValueError("an ordered metric has a function and a value")
    averaged = fn in (Fn.AVG, Fn.MEDIAN)
    if not isinstance(metric.of, SinceOther):
        return frame.dialect.aggregate(Fn.AVG if averaged else fn, value, metric.of.type)
    step = MICROS[metric.of.unit]
    if not averaged:
        return frame.dialect.quotient(frame.dialect.aggregate(fn, value, Type.INT), step)
    number = sa.func.count(value) * sa.literal_column(str(step), sa.BigInteger)
    total = frame.dialect.aggregate(Fn.SUM, value, Type.INT)
    return frame.dialect.arithmetic("/", total, number, (Type.INT, Type.INT, Type.DECIMAL))
