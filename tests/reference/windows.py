"""Which instants and which days a window holds: points are spans, everything else follows (rule 2, A10-A18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.model import condition as c
from reference import clock


@dataclass(frozen=True)
class Times:
    """Instants from ``low`` to ``high``; ``high`` is outside. ``strict``: ``low`` is outside, too. None is open."""

    low: dt.datetime | None = None
    high: dt.datetime | None = None
    strict: bool = False

    def holds(self, moment: dt.datetime) -> bool:
        """Tell whether an instant lies inside."""
        if self.low is not None and (moment < self.low or (self.strict and moment == self.low)):
            return False
        return self.high is None or moment < self.high


@dataclass(frozen=True)
class Days:
    """Days from ``low`` to ``high``; ``high`` is outside. None is open."""

    low: dt.date | None = None
    high: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        """Tell whether a day lies inside."""
        return (self.low is None or day >= self.low) and (self.high is None or day < self.high)


@dataclass(frozen=True)
class Spans:
    """Inside of any of several windows, or (``outside``) of none."""

    parts: tuple[Any, ...]
    outside: bool

    def holds(self, moment: Any) -> bool:
        """Tell whether a moment lies inside."""
        return any(part.holds(moment) for part in self.parts) != self.outside


@dataclass(frozen=True)
class Span:
    """What a point names. ``event`` is true for the instant of an event, which `since` leaves out."""

    start: dt.datetime
    end: dt.datetime
    event: bool = False


@dataclass(frozen=True)
class Here:
    """Where and when a window is looked at. ``read`` gives an attribute's value, ``anchor`` an event's instant."""

    as_of: dt.datetime
    project: ZoneInfo
    person: ZoneInfo
    week_starts: int
    read: Callable[[c.Attr], Any]
    anchor: Callable[[c.Anchor], dt.datetime | None]
    periods: Mapping[str, tuple[c.FromTo, ...]]

    def zone(self, local: bool) -> ZoneInfo:
        """Give the person's zone for `local`, else the project's."""
        return self.person if local else self.project

    def today(self, local: bool = False) -> dt.date:
        """Give the day that it is."""
        return clock.wall(self.as_of, self.zone(local)).date()


_OFFSET = {c.Day.TODAY: 0, c.Day.YESTERDAY: -1, c.Day.TOMORROW: 1}


def date_span(point: Any, here: Here) -> Days | None:
    """Give the days that a point names, None for an instant; raises LookupError where it is missing."""
    if isinstance(point, c.Date):
        first = point.value
    elif isinstance(point, c.DayPoint):
        first = here.today(point.local) + dt.timedelta(days=_OFFSET[point.day])
    elif isinstance(point, c.UnitPoint):
        if point.unit.value in clock.EXACT:
            return None
        first = clock.unit_start(here.today(point.local), point.unit.value, here.week_starts)
        first = clock.move_date(first, -point.back, point.unit.value)
        return Days(first, clock.move_date(first, 1, point.unit.value))
    elif isinstance(point, c.Attr):
        value = here.read(point)
        if value is None:
            raise LookupError
        if isinstance(value, dt.datetime):
            return None
        first = value
    else:
        return None
    return Days(first, first + dt.timedelta(days=1))


def span(point: Any, here: Here) -> Span:
    """Give the instants that a point names; raises LookupError where the point is missing."""
    days = date_span(point, here)
    if days is not None:
        zone = here.zone(getattr(point, "local", False))
        assert days.low is not None
        assert days.high is not None
        return Span(clock.midnight(days.low, zone), clock.midnight(days.high, zone))
    if isinstance(point, c.Now):
        return Span(here.as_of, here.as_of)
    if isinstance(point, c.DateTime):
        moment = point.value
        moment = clock.instant(moment, here.project) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        return Span(moment, moment)
    if isinstance(point, c.UnitPoint):
        return Span(
            *clock.clock_unit(here.as_of, point.unit.value, point.back, here.zone(point.local), here.week_starts)
        )
    if isinstance(point, c.Attr):
        value = here.read(point)
        return Span(value, value)
    found = here.anchor(point)
    if found is None:
        raise LookupError
    return Span(found, found, event=True)


def times(window: Any, here: Here) -> Times | Spans | None:
    """Give the instants of a window, None where a point of it is missing: an empty window (A5)."""
    if isinstance(window, c.During):
        return Spans(tuple(_times(span, here) for span in here.periods[window.name]), window.outside)
    try:
        return _times(window, here)
    except LookupError:
        return None


def _times(window: Any, here: Here) -> Times:
    now = here.as_of
    if isinstance(window, c.Ever):
        return Times(high=now)
    if isinstance(window, c.Rolling):
        zone = here.zone(window.local)
        if window.ahead:
            return Times(now, clock.move(now, window.count, window.unit.value, zone))
        return Times(clock.move(now, -window.count, window.unit.value, zone), now)
    if isinstance(window, c.MoreThan):
        zone = here.zone(window.local)
        if window.ahead:
            return Times(low=clock.move(now, window.count, window.unit.value, zone), strict=True)
        return Times(high=clock.move(now, -window.count, window.unit.value, zone))
    if isinstance(window, c.BetweenSpan):
        low, high = sorted((window.low, window.high))
        if window.ahead:
            return Times(*(clock.move(now, n, window.unit.value, here.project) for n in (low, high)))
        return Times(*(clock.move(now, -n, window.unit.value, here.project) for n in (high, low)))
    if isinstance(window, c.Calendar):
        zone, unit = here.zone(window.local), window.unit.value
        this = clock.clock_unit(now, unit, 0, zone, here.week_starts)
        if window.count == 0:
            return Times(*this)
        return Times(clock.clock_unit(now, unit, window.count, zone, here.week_starts)[0], this[0])
    if isinstance(window, c.OnDay):
        point = span(c.DayPoint(window.day, window.local), here)
        return Times(point.start, point.end)
    if isinstance(window, c.FromTo):
        first, last = span(window.start, here), span(window.end, here)
        return Times(first.start, last.end, strict=first.event)
    if isinstance(window, c.Beside):
        return _beside(window, here)
    point = span(window.point, here)
    length = point.end > point.start
    if isinstance(window, c.On):
        return Times(point.start, point.end if length else point.start + dt.timedelta(microseconds=1))
    if isinstance(window, c.Since):
        return Times(low=point.start, strict=point.event)
    if isinstance(window, c.Before):
        return Times(high=point.start)
    return Times(low=point.end, strict=not length)


def _beside(window: c.Beside, here: Here) -> Times:
    """Give the span behind or before a point (A67): it holds its last instant, unless it is made of whole days."""
    unit, count = window.unit.value, -window.count if window.before else window.count
    touched = date_span(window.point, here)
    zone = here.zone(window.local or getattr(window.point, "local", False))
    if touched is None:
        start = span(window.point, here)
        first, strict = start.start, start.event
        far = clock.move(first, count, unit, zone)
        behind = far + dt.timedelta(microseconds=1)
    else:
        assert touched.low is not None
        first, strict = clock.midnight(touched.low, zone), False
        exact = unit in clock.EXACT
        far = (
            clock.move(first, count, unit, zone)
            if exact
            else clock.midnight(clock.move_date(touched.low, count, unit), zone)
        )
        behind = far
    return Times(far, first) if window.before else Times(first, behind, strict)


def days(window: Any, here: Here) -> Days | Spans | None:
    """Give the days of a window for a date, which counts days with today as day 0 (A16); None is empty."""
    if isinstance(window, c.During):
        return Spans(tuple(_days(span, here) for span in here.periods[window.name]), window.outside)
    try:
        return _days(window, here)
    except LookupError:
        return None


def _days(window: Any, here: Here) -> Days:
    one = dt.timedelta(days=1)
    today = here.today(getattr(window, "local", False))
    if isinstance(window, c.Ever):
        return Days()
    if isinstance(window, c.Rolling):
        if window.ahead:
            return Days(today, clock.move_date(today, window.count, window.unit.value))
        return Days(clock.move_date(today, -window.count, window.unit.value) + one, today + one)
    if isinstance(window, c.MoreThan):
        if window.ahead:
            return Days(low=clock.move_date(today, window.count, window.unit.value) + one)
        return Days(high=clock.move_date(today, -window.count, window.unit.value))
    if isinstance(window, c.BetweenSpan):
        low, high = sorted((window.low, window.high))
        if window.ahead:
            return Days(
                clock.move_date(today, low, window.unit.value), clock.move_date(today, high, window.unit.value) + one
            )
        return Days(
            clock.move_date(today, -high, window.unit.value), clock.move_date(today, -low, window.unit.value) + one
        )
    if isinstance(window, c.Calendar):
        first = clock.unit_start(today, window.unit.value, here.week_starts)
        if window.count == 0:
            return Days(first, clock.move_date(first, 1, window.unit.value))
        return Days(clock.move_date(first, -window.count, window.unit.value), first)
    if isinstance(window, c.OnDay):
        day = today + dt.timedelta(days=_OFFSET[window.day])
        return Days(day, day + one)
    if isinstance(window, c.FromTo):
        return Days(_point_days(window.start, here).low, _point_days(window.end, here).high)
    own_clock = isinstance(window, c.Beside) and window.local and isinstance(window.point, c.Attr | c.Anchor)
    point = _point_days(window.point, here, here.zone(own_clock))
    if isinstance(window, c.Beside):
        assert point.low is not None
        far = clock.move_date(point.low, -window.count if window.before else window.count, window.unit.value)
        return Days(far, point.low) if window.before else Days(point.low, far)
    if isinstance(window, c.On):
        return point
    if isinstance(window, c.Since):
        return Days(low=point.low)
    if isinstance(window, c.Before):
        return Days(high=point.low)
    return Days(low=point.high)


def _point_days(point: Any, here: Here, zone: ZoneInfo | None = None) -> Days:
    """Give the days of a point; which day an instant falls on, the clocks of ``zone`` say."""
    found = date_span(point, here)
    if found is not None:
        return found
    inside = span(point, here)
    day = clock.wall(inside.start, zone or here.project).date()
    return Days(day, day + dt.timedelta(days=1))
