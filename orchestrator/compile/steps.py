"""From a sequence of events to a chain of metrics: rows A22 to A28 of the specification.

Time between steps is elapsed time. What a step needs from the clock, its maturity (A22, A23), becomes a bound on
the rows that it hangs on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Protocol

from orchestrator.compile.features import (
    EVERYBODY,
    NOBODY,
    All,
    Chained,
    Column,
    Compared,
    Const,
    Hop,
    Metric,
    Pred,
    Term,
)
from orchestrator.compile.logic import all_of
from orchestrator.compile.names import Scope, mistake, moment, prop
from orchestrator.compile.timing import EARLIEST, Clock
from orchestrator.model import condition as c
from orchestrator.model.schema import Type
from orchestrator.model.workspace import Workspace

MICROSECOND = dt.timedelta(microseconds=1)


class Builder(Protocol):
    """What sequences need of the one who builds conditions."""

    workspace: Workspace
    clock: Clock

    def filter(self, event: c.Event, scope: Scope) -> tuple[str, Pred]:
        """Give the schema's event behind a name and the filter on its rows."""

    def window(self, window: c.Window | None, x: Term, scope: Scope) -> Pred:
        """Give the test that a moment lies in a window."""


MOST_STEPS = 50
"""Every engine reads so many; SQLite stops at fewer than a hundred."""


def bounded(node: c.Sequence) -> None:
    """Raise Mistake E403 where a sequence has more steps than every engine reads."""
    if len(node.steps) > MOST_STEPS:
        message = f"a sequence has at most {MOST_STEPS} steps behind its first event; here are {len(node.steps)}"
        raise mistake("E403", node.steps[MOST_STEPS].span, message, (), "this one is too many")


def chained(b: Builder, node: c.Sequence, scope: Scope) -> Pred:
    """Give the chain of a sequence; nobody where a span is longer than all of time. Raises Mistake E202, E403."""
    bounded(node)
    event, where = b.filter(node.event, scope)
    window = b.window(node.window, moment(b.workspace.known.events[event]), scope)
    first = Metric(event, b.clock.as_of, where, window)
    since, before, hops = _start(window), node.event, []
    metrics, at = [first], 0  # the rows of each wanted step, and which one the next hop hangs on
    places: list[int] = []
    for step in node.steps:
        name, where = b.filter(step.event, scope)
        x = moment(b.workspace.known.events[name])
        metric = Metric(name, b.clock.as_of, where, EVERYBODY if since is None else Compared(">=", x, since))
        same = None if step.same is None else _same(before, step, scope)
        within = None if step.within is None else step.within.length // MICROSECOND
        hops.append(Hop(metric, step.link is c.Link.THEN, within, same))
        if step.link is c.Link.THEN:
            metrics, at, before = [*metrics, metric], at + 1, step.event
            places.append(len(hops) - 1)
        elif step.link is c.Link.NOT and step.within is not None:
            ripe = _ripe(b.clock.as_of, step.within.length)
            if ripe is None:
                return NOBODY
            own = moment(b.workspace.known.events[metrics[at].event])
            metrics[at] = replace(metrics[at], window=all_of(metrics[at].window, Compared("<", own, ripe)))
    for place, metric in zip(places, metrics[1:], strict=True):
        hops[place] = replace(hops[place], metric=metric)
    return Chained(metrics[0], tuple(hops))


def _ripe(as_of: dt.datetime, length: dt.timedelta) -> Const | None:
    """Give the moment before which a step lies when ``length`` after it is over; None: before all of time."""
    return None if as_of - EARLIEST <= length else Const(as_of - length, Type.TIMESTAMP)


def _start(window: Pred) -> Const | None:
    """Give a moment, the same for everybody, that no event of the window lies before: no later step does, either."""
    for item in window.items if isinstance(window, All) else (window,):
        if not isinstance(item, Compared) or not isinstance(item.right, Const) or item.op not in (">", ">=", "="):
            continue
        if isinstance(item.right.value, dt.datetime):
            return item.right
    return None


def _same(before: c.Event, step: c.Step, scope: Scope) -> tuple[Column, Column]:
    path = (step.same or "",)
    found = tuple(prop(event, path, scope, step.span) for event in (before, step.event))
    if not all(isinstance(term, Column) for term in found):
        raise mistake("E202", step.span, f"`{step.same}` is not a property of both events")
    return found  # type: ignore[return-value]
