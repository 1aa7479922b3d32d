"""Windows and points become comparisons of a moment with bounds: rows A10 to A18 of the specification.

The moment is an event's, an attribute's or a trait's, a date or an instant. Points are spans; a date counts days
and is held against the days that a point touches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.compile.calendars import Within
from orchestrator.compile.features import EVERYBODY, OWN_ZONE, All, Compared, Const, DayOf, Known, Pred, Term
from orchestrator.compile.logic import all_of, is_moment
from orchestrator.compile.names import without_value
from orchestrator.compile.shifts import overnight
from orchestrator.compile.timing import DAYS, EXACT, Clock, add_days, add_units, day_of, day_start, shifted
from orchestrator.model import condition as c
from orchestrator.model.calendar import in_zone
from orchestrator.model.schema import Type

Resolve = Callable[[c.Attr | c.Anchor], Term]
"""Gives the person's own moment behind an attribute or an anchor."""


@dataclass(frozen=True, slots=True)
class Span:
    """A point that is the same for everybody (of one zone): its instants, and the days that it touches."""

    start: dt.datetime
    end: dt.datetime
    first: dt.date
    last: dt.date

    @property
    def instant(self) -> bool:
        """Tell whether it has no length."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Own:
    """A point that each person has: a date, an instant, or (``strict``) the instant of an event.

    ``zone``: on whose clocks a day begins where a date and an instant meet.
    """

    term: Term
    strict: bool
    zone: str


def hung_locally(window: c.Window) -> bool:
    """Tell whether a span on the person's clocks hangs on a moment of their own, so that no two share a bound."""
    return isinstance(window, c.Beside) and window.local and isinstance(window.point, c.Attr | c.Anchor)


def local(window: c.Window) -> bool:
    """Tell whether the window counts on the person's clocks."""
    points = [getattr(window, name, None) for name in ("point", "start", "end")]
    return bool(getattr(window, "local", False)) or any(getattr(p, "local", False) for p in points)


def inside(window: c.Window, x: Term, clock: Clock, zone: str, own: Resolve) -> Pred:
    """Give the test that the moment ``x`` lies in the window, counted on the clocks of ``zone``."""
    days = x.type is Type.DATE
    if isinstance(window, c.Ever):
        return EVERYBODY if is_moment(x) else Known(x)
    if isinstance(window, c.Rolling | c.MoreThan | c.BetweenSpan):
        return (_relative_day if days else _relative)(window, x, clock, zone)
    if isinstance(window, c.Calendar):
        back = max(window.count, 0)
        last = 0 if window.count == 0 else 1
        if days:
            return _between(x, clock.unit_days(window.unit, back, zone)[0], clock.unit_days(window.unit, last, zone)[1])
        start, end = clock.unit_instants(window.unit, back, zone)[0], clock.unit_instants(window.unit, last, zone)[1]
        return _between(x, start, end)
    if isinstance(window, c.OnDay):
        return on(x, _day(add_days(clock.today(zone), DAYS[window.day]), zone), clock)
    if isinstance(window, c.FromTo):
        start_point, end_point = (point(p, clock, zone, own) for p in (window.start, window.end))
        return all_of(since(x, start_point, clock), until_end(x, end_point, clock))
    if isinstance(window, c.Beside):
        hung = point(window.point, clock, zone, own)
        if isinstance(hung, Own):
            hung = replace(hung, zone=zone)
        if isinstance(hung, Span) and not hung.instant and getattr(window.point, "unit", None) not in EXACT:
            # which day it is, the point's own clock says; when that day begins, the clock that the window counts on
            hung = replace(hung, start=day_start(hung.first, zone), end=day_start(hung.last, zone))
        return beside(window, x, hung, clock, zone)
    if not isinstance(window, c.On | c.Since | c.Before | c.After):
        raise ValueError(f"{type(window).__name__} is no single span of time")
    tests = {c.On: on, c.Since: since, c.Before: before, c.After: after}
    return tests[type(window)](x, point(window.point, clock, zone, own), clock)


def unit_back(x: Term, clock: Clock, unit: c.Unit, back: int, zone: str) -> Pred:
    """Give the test that ``x`` lies in the calendar unit ``back`` units before the current one."""
    return _between(x, *clock.unit_instants(unit, back, zone))


def edges_within(window: Pred, x: Term, clock: Clock, unit: c.Unit, zone: str, most: int) -> tuple[Const, ...] | None:
    """Give the instants at which calendar units begin inside a window that is the same for everybody, oldest first.

    None where there are more than ``most``, where the window is open or reaches beyond the current unit, and where
    an instant does not tell its unit: in a zone whose clocks go back to the day before.
    """
    bounds = _bounds(window, x)
    if zone == OWN_ZONE or unit in EXACT or bounds is None or overnight(zone, clock.as_of.year + 1):
        return None
    low, high = bounds
    edges: list[Const] = []
    for back in range(most + 1):
        start, end = clock.unit_instants(unit, back, zone)
        if not back and end < high:
            return None
        if start <= low:
            return tuple(reversed(edges))
        if start < high:
            edges.append(_at(start))
    return None


def _bounds(window: Pred, x: Term) -> tuple[dt.datetime, dt.datetime] | None:
    """Give the first instant of a window that is the same for everybody, and the one behind it."""
    if x.type is not Type.TIMESTAMP or not isinstance(window, All):
        return None
    ends: dict[str, dt.datetime] = {}
    for item in window.items:
        if isinstance(item, Compared) and item.left == x and isinstance(item.right, Const):
            value = item.right.value
            if isinstance(value, dt.datetime):
                ends[item.op[0]] = value + dt.timedelta(microseconds=item.op == "<=")
    return (ends[">"], ends["<"]) if len(ends) == 2 == len(window.items) else None


def point(p: c.Point, clock: Clock, zone: str, own: Resolve) -> Span | Own:
    """Give the span of a point, on the clocks of ``zone`` only where the point itself says ``local``."""
    if isinstance(p, c.Attr | c.Anchor):
        return Own(own(p), isinstance(p, c.Anchor), clock.zone)
    zone = zone if getattr(p, "local", False) else clock.zone
    if isinstance(p, c.Date):
        return _day(p.value, zone)
    if isinstance(p, c.DayPoint):
        return _day(add_days(clock.today(zone), DAYS[p.day]), zone)
    if isinstance(p, c.UnitPoint):
        start, end = clock.unit_instants(p.unit, p.back, zone)
        return Span(start, end, day_of(start, zone), add_days(day_of(end - dt.timedelta(seconds=1), zone), 1))
    if isinstance(p, c.Param):
        raise without_value(p)
    at = clock.as_of if isinstance(p, c.Now) else instant(p.value, clock.zone)
    return Span(at, at, day_of(at, zone), add_days(day_of(at, zone), 1))


def instant(value: dt.datetime, zone: str) -> dt.datetime:
    """Give a literal's instant in UTC; without an offset it is on the project's clocks."""
    return in_zone(value, zone) if value.tzinfo is None else value.astimezone(dt.UTC)


def since(x: Term, p: Span | Own, clock: Clock) -> Pred:
    """From the start of the point; strictly later than an event."""
    if isinstance(p, Own):
        return _own(">" if p.strict and p.term.type is x.type else ">=", x, p)
    return Compared(">=", x, _bound(x, p.start, p.first))


def before(x: Term, p: Span | Own, clock: Clock) -> Pred:
    """Up to the start of the point, which is outside."""
    if isinstance(p, Own):
        return _own("<", x, p)
    return Compared("<", x, _bound(x, p.start, p.first))


def after(x: Term, p: Span | Own, clock: Clock) -> Pred:
    """From the end of the point; strictly later than an instant."""
    if isinstance(p, Own):
        return _own(">", x, p)
    if p.instant and x.type is not Type.DATE:
        return Compared(">", x, _bound(x, p.start, p.first))
    return Compared(">=", x, _bound(x, p.end, p.last))


def on(x: Term, p: Span | Own, clock: Clock) -> Pred:
    """Inside the point; the same moment as an instant."""
    if isinstance(p, Own):
        return _own("=", x, p)
    if p.instant and x.type is not Type.DATE:
        return Compared("=", x, _bound(x, p.start, p.first))
    return all_of(Compared(">=", x, _bound(x, p.start, p.first)), Compared("<", x, _bound(x, p.end, p.last)))


def until_end(x: Term, p: Span | Own, clock: Clock) -> Pred:
    """Up to the end of the point; an instant is outside."""
    if isinstance(p, Own):
        return _own("<=" if Type.DATE in (x.type, p.term.type) else "<", x, p)
    return Compared("<", x, _bound(x, p.end, p.last))


def beside(window: c.Beside, x: Term, p: Span | Own, clock: Clock, zone: str) -> Pred:
    """At most so many units after the start of the point, or before it (A67).

    Behind an instant the last instant is inside, too; behind a day lie whole days.
    """
    near = before(x, p, clock) if window.before else since(x, p, clock)
    if isinstance(p, Own):
        return all_of(near, Within(x, p.term, window.count, window.unit, p.zone, window.before))
    count = -window.count if window.before else window.count
    if x.type is Type.DATE:
        day = Const(add_units(p.first, count, window.unit), Type.DATE)
        return all_of(near, Compared(">=" if window.before else "<", x, day))
    if p.instant or window.unit in EXACT:
        far = _at(shifted(p.start, count, window.unit, zone))
    else:
        far = _at(day_start(add_units(p.first, count, window.unit), zone))
    if window.before:
        return all_of(Compared(">=", x, far), near)
    return all_of(near, Compared("<=" if p.instant else "<", x, far))


def _relative(window: c.Rolling | c.MoreThan | c.BetweenSpan, x: Term, clock: Clock, zone: str) -> Pred:
    sign = -1 if window.ahead else 1
    if isinstance(window, c.BetweenSpan):
        low, high = sorted(
            (clock.ago(sign * window.low, window.unit, zone), clock.ago(sign * window.high, window.unit, zone))
        )
        return _between(x, low, high)
    edge = clock.ago(sign * window.count, window.unit, zone)
    if isinstance(window, c.MoreThan):
        return Compared(">" if window.ahead else "<", x, _at(edge))
    return _between(x, *sorted((edge, clock.as_of)))


def _relative_day(window: c.Rolling | c.MoreThan | c.BetweenSpan, x: Term, clock: Clock, zone: str) -> Pred:
    today, sign = clock.today(zone), 1 if window.ahead else -1
    if isinstance(window, c.BetweenSpan):
        low, high = sorted(add_units(today, sign * n, window.unit) for n in (window.low, window.high))
        return _between(x, low, add_days(high, 1))
    edge = add_units(today, sign * window.count, window.unit)
    if isinstance(window, c.MoreThan):
        return Compared(">" if window.ahead else "<", x, Const(edge, Type.DATE))
    if window.ahead:
        return _between(x, today, edge)
    return _between(x, add_days(edge, 1), add_days(today, 1))


def _between(x: Term, low: dt.date, high: dt.date) -> Pred:
    ends = [Const(v, Type.TIMESTAMP if isinstance(v, dt.datetime) else Type.DATE) for v in (low, high)]
    return all_of(Compared(">=", x, ends[0]), Compared("<", x, ends[1]))


def _own(op: str, x: Term, p: Own) -> Pred:
    if x.type is p.term.type:
        return Compared(op, x, p.term)
    if x.type is Type.DATE:
        return Compared(op, x, DayOf(p.term, p.zone))
    return Compared(op, DayOf(x, p.zone, reached=True), p.term)


def _day(day: dt.date, zone: str) -> Span:
    following = add_days(day, 1)
    return Span(day_start(day, zone), day_start(following, zone), day, following)


def _bound(x: Term, moment: dt.datetime, day: dt.date) -> Const:
    return Const(day, Type.DATE) if x.type is Type.DATE else _at(moment)


def _at(moment: dt.datetime) -> Const:
    return Const(moment, Type.TIMESTAMP)
