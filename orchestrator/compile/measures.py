"""From tests and values over many events to metrics: distinct days, each of several units, shares, spacing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from orchestrator.compile import values
from orchestrator.compile.calendars import SinceOther, SpanOf, UnitOf
from orchestrator.compile.features import (
    EVERYBODY,
    NOBODY,
    OWN_ZONE,
    Arith,
    Counted,
    Measured,
    Metric,
    Pred,
    Term,
)
from orchestrator.compile.logic import all_of, negation, span_of
from orchestrator.compile.names import Scope, moment
from orchestrator.compile.timing import EXACT
from orchestrator.compile.windows import edges_within, unit_back
from orchestrator.model import condition as c
from orchestrator.model.schema import Entity, Type

MOST = 16
"""Edges of units that are written out, each a comparison; of more, each row's own unit is told by its wall clock."""


class Builder(values.Builder, Protocol):
    """What tests of events need of the one who builds conditions."""

    def by_zone(self, entity: Entity, make: Callable[[str], Pred]) -> Pred:
        """Give a predicate counted on each person's own clocks."""


def did(b: Builder, node: c.Did, scope: Scope) -> Pred:
    """Give the test of an event: its number, or the number of units that hold one, in a window or in each unit."""
    event, where = b.filter(node.event, scope)
    x = moment(b.workspace.known.events[event])

    def among(window: Pred, quantity: c.Quantity | None) -> Pred:
        low, high = span_of(quantity)
        if high is not None and high < low:
            return NOBODY
        if low <= 0 and high is None:
            return EVERYBODY
        metric = Metric(event, b.clock.as_of, where, window)
        if node.unit is not None:
            metric = _units(b, metric, node.unit, node.local, x, scope)
        return Counted(metric, max(low, 0), high)

    if not isinstance(node.window, c.InEach):
        pred = Counted(Metric(event, b.clock.as_of, where, b.window(node.window, x, scope)), 0, 0)
        return pred if node.negated else among(b.window(node.window, x, scope), node.quantity)
    each = node.window
    if node.quantity is None and each.unit not in EXACT:
        whole = b.window(c.Calendar(each.unit, each.count, each.local, span=each.span), x, scope)
        units = _units(b, Metric(event, b.clock.as_of, where, whole), each.unit, each.local, x, scope)
        pred = Counted(units, each.count, None)
        return negation(pred) if node.negated else pred
    tests = (among(_one(b, each, back, x, scope), node.quantity) for back in range(1, each.count + 1))
    found = all_of(*tests)
    return negation(found) if node.negated else found


def share(b: Builder, node: c.Share, scope: Scope) -> Arith:
    """Give the events that pass the filter over all of them in the window: unknown where there are none."""
    event, where = b.filter(node.event, scope)
    _, named = b.filter(c.Event(node.event.name, span=node.event.span), scope)
    window = b.window(node.window, moment(b.workspace.known.events[event]), scope)
    some, every = (Measured(Metric(event, b.clock.as_of, filters, window)) for filters in (where, named))
    return Arith("/", some, every, Type.DECIMAL)


def spacing(b: Builder, node: c.Spacing, scope: Scope) -> Measured:
    """Give the elapsed time between neighbours among the events of filter and window."""
    event, where = b.filter(node.event, scope)
    window = b.window(node.window, moment(b.workspace.known.events[event]), scope)
    return Measured(Metric(event, b.clock.as_of, where, window, node.fn, None, SinceOther(node.unit), Type.DECIMAL))


def _units(b: Builder, metric: Metric, unit: c.Unit, local: bool, x: Term, scope: Scope) -> Metric:
    zone = OWN_ZONE if local and scope.entity.zone is not None else b.clock.zone
    edges = edges_within(metric.window, x, b.clock, unit, zone, MOST)
    of = UnitOf(unit, x, zone, b.clock.week_starts) if edges is None else SpanOf(edges, x)
    return Metric(metric.event, metric.as_of, metric.filter, metric.window, c.Fn.COUNT_DISTINCT, None, of)


def _one(b: Builder, each: c.InEach, back: int, x: Term, scope: Scope) -> Pred:
    """Give the test that a moment lies in the complete unit ``back`` units before the current one."""

    def make(zone: str) -> Pred:
        return unit_back(x, b.clock, each.unit, back, zone)

    return b.by_zone(scope.entity, make) if each.local else make(b.clock.zone)
