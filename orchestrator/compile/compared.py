"""Comparisons, made as simple as they can be before any SQL: constants are folded, units since become bounds.

``days since x >= 90`` is "x at most 90 days before as_of" (A13, A60): the bound is computed here, so the law holds
by construction and an index on x helps.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from orchestrator.compile.features import (
    NOBODY,
    OWN_ZONE,
    ByMonthDay,
    ByZone,
    Compared,
    Const,
    Counted,
    Default,
    Elapsed,
    Fixed,
    Known,
    Listed,
    Measured,
    Metric,
    MonthDay,
    Pred,
    Term,
    ZoneValue,
)
from orchestrator.compile.logic import all_of, any_of, is_moment, negation
from orchestrator.compile.timing import EXACT, add_days, add_units, day_of, day_start, shifted
from orchestrator.model.condition import Fn
from orchestrator.model.schema import Type

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
TESTS: dict[str, Any] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
FAR = 10_000_000


def compare(op: str, left: Term, right: Term) -> Pred:
    """Give the test ``left op right``."""
    if isinstance(left, Const) and not isinstance(right, Const):
        return compare(FLIPPED[op], right, left)
    if isinstance(right, Const):
        if isinstance(left, Const):
            return Fixed(bool(TESTS[op](left.value, right.value)))
        if isinstance(left, Default):
            stands = Fixed(bool(TESTS[op](left.default.value, right.value)))
            return any_of(compare(op, left.of, right), all_of(negation(Known(left.of)), stands))
        if isinstance(left, ZoneValue):
            groups = tuple((zones, compare(op, value, right)) for zones, value in left.groups)
            otherwise = compare(op, left.otherwise, right)
            return otherwise if all(pred == otherwise for _, pred in groups) else ByZone(groups, otherwise)
        if isinstance(left, Elapsed) and left.zone != OWN_ZONE and isinstance(right.value, Decimal):
            return _elapsed(left, op, right.value)
        if isinstance(left, Measured) and op != "=" and (tested := _edge_tested(left.metric, op, right)) is not None:
            return tested
        if isinstance(left, ByMonthDay) and isinstance(right.value, Decimal):
            return _until(left, op, right.value)
    return Compared(op, left, right)


def between(value: Term, low: Term, high: Term) -> Pred:
    """Give the test that a value lies between two ends, both inside."""
    pred = all_of(compare(">=", value, low), compare("<=", value, high))
    if (
        isinstance(value, Elapsed)
        and value.zone != OWN_ZONE
        and isinstance(value.of, Measured)
        and isinstance(low, Const)
        and isinstance(high, Const)
    ):
        return _in_span(value, value.of.metric, low, high) or pred
    return pred


def one_of(value: Term, items: Sequence[Const]) -> Pred:
    """Give the test that a value is one of the constants."""
    if isinstance(value, Const | Default | ZoneValue | Elapsed | ByMonthDay) or (
        value.type.is_time and value.type is Type.TIMESTAMP
    ):
        return any_of(*(compare("=", value, item) for item in items))
    return Listed(value, tuple(dict.fromkeys(items)))


def month_days(of: Term, zone: str, days: Sequence[int]) -> Pred:
    """Give the test that a date's ``100 * month + day`` is among the given ones."""
    if len(set(days)) == 366:
        return Known(of)
    if not days:
        return NOBODY
    return Listed(MonthDay(of, zone), tuple(Const(Decimal(day), Type.INT) for day in sorted(set(days))))


def _until(value: ByMonthDay, op: str, number: Decimal) -> Pred:
    """Give a test of the time until an anniversary: by month and day for days before today, as a whole for today."""
    days = tuple(day for units, table in value.table if TESTS[op](units, number) for day in table)
    today, tomorrow = (_begins(value, day) for day in (value.today, add_days(value.today, 1)))
    passed = all_of(month_days(value.of, value.zone, days), compare("<", value.of, today))
    if not TESTS[op](value.year, number):
        return passed
    return any_of(passed, all_of(compare(">=", value.of, today), compare("<", value.of, tomorrow)))


def _begins(value: ByMonthDay, day: dt.date) -> Const:
    """Give a day as a bound of what the value is about: itself for a date, its start for an instant."""
    if value.of.type is Type.DATE:
        return Const(day, Type.DATE)
    return Const(day_start(day, value.zone), Type.TIMESTAMP)


def _elapsed(value: Elapsed, op: str, number: Decimal) -> Pred:
    limited = min(max(number, Decimal(-FAR)), Decimal(FAR))
    floor, ceiling = math.floor(limited), math.ceil(limited)
    if op == "=" and floor != ceiling:
        return NOBODY
    if op == "=":
        one = Const(Decimal(floor), Type.INT)
        own = value.of.metric if isinstance(value.of, Measured) else None
        found = None if own is None else _in_span(value, own, one, one)
        return found or all_of(_reached(value, floor), _not_reached(value, floor + 1))
    if op in (">", ">="):
        return _reached(value, ceiling if op == ">=" else floor + 1)
    return _not_reached(value, floor + 1 if op == "<=" else ceiling)


def _reached(value: Elapsed, k: int) -> Pred:
    return compare(">=" if value.ahead else "<=", value.of, _edge(value, k))


def _not_reached(value: Elapsed, k: int) -> Pred:
    return compare("<" if value.ahead else ">", value.of, _edge(value, k))


def _in_span(value: Elapsed, metric: Metric, low: Const, high: Const) -> Pred | None:
    """Give "60 to 119 days since the last x" as: an x in that time, and none after it."""
    ends = (low.value, high.value)
    if value.ahead or not all(isinstance(end, Decimal) and abs(end) < FAR for end in ends) or not _of_event(metric):
        return None
    near, far = _edge(value, math.ceil(ends[0])), _edge(value, math.floor(ends[1]) + 1)  # type: ignore[arg-type]
    x = metric.of
    if (
        x is None
        or not isinstance(near.value, dt.datetime)
        or not isinstance(far.value, dt.datetime)
        or near.value <= far.value
    ):
        return None
    inside = all_of(metric.window, Compared(">", x, far), Compared("<=", x, near))
    beside = all_of(metric.window, Compared(">", x, near) if metric.fn is Fn.MAX else Compared("<=", x, far))
    counts = [replace(metric, window=w, fn=Fn.COUNT, of=None, type=Type.INT) for w in (inside, beside)]
    return all_of(Counted(counts[0], 1, None), Counted(counts[1], 0, 0))


def _of_event(metric: Metric) -> bool:
    """Tell whether a metric is the moment of a first or last event."""
    return metric.fn in (Fn.MIN, Fn.MAX) and is_moment(metric.of)


def _edge_tested(metric: Metric, op: str, bound: Const) -> Pred | None:
    """Give a test of the moment of a first or last event as tests whether there is one before or after the bound."""
    x = metric.of
    if x is None or not _of_event(metric):
        return None

    def some(op: str | None) -> Counted:
        window = metric.window if op is None else all_of(metric.window, Compared(op, x, bound))
        return Counted(replace(metric, window=window, fn=Fn.COUNT, of=None, type=Type.INT), 1, None)

    if (metric.fn is Fn.MAX) is (op in (">", ">=")):
        return some(op)
    return all_of(some(None), negation(some(OPPOSITE[op])))


def _edge(value: Elapsed, k: int) -> Const:
    count = k if value.ahead else -k
    if value.of.type is not Type.DATE:
        return Const(shifted(value.as_of, count, value.unit, value.zone), Type.TIMESTAMP)
    if value.unit not in EXACT:
        return Const(add_units(day_of(value.as_of, value.zone), count, value.unit), Type.DATE)
    moment = shifted(value.as_of, count, value.unit, value.zone)
    day: dt.date = day_of(moment, value.zone)
    if value.ahead and day_start(day, value.zone) < moment:
        day = add_days(day, 1)
    return Const(day, Type.DATE)
