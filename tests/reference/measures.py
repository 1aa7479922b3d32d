"""Tests and values over many events: distinct days, each of several units, shares, medians, spacing."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise
from typing import Any

from orchestrator.model import condition as c
from reference import clock, rows, windows

COUNTS = {
    c.Count.AT_LEAST: lambda n, q: n >= q.count,
    c.Count.AT_MOST: lambda n, q: n <= q.count,
    c.Count.EXACTLY: lambda n, q: n == q.count,
    c.Count.MORE_THAN: lambda n, q: n > q.count,
    c.Count.FEWER_THAN: lambda n, q: n < q.count,
    c.Count.BETWEEN: lambda n, q: q.count <= n <= q.high,
}
SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
ONE = dt.timedelta(microseconds=1)


class Measures:
    """What :class:`reference.evaluate.One` knows about many events at once."""

    here: windows.Here
    world: Any
    happenings: Any

    def _did(self, condition: c.Did) -> bool:
        quantity = condition.quantity or c.Quantity(c.Count.AT_LEAST, 1)
        if isinstance(condition.window, c.InEach):  # the test holds in every unit; `did not` is the complement (A57)
            happened = self.happenings(condition.event, c.Ever())
            each = (
                [happening for happening in happened if times.holds(happening.at)] for times in self._units(condition)
            )
            found = all(self._counted(condition, some, quantity) for some in each)
        else:
            found = self._counted(condition, self.happenings(condition.event, condition.window), quantity)
        return found != condition.negated

    def _units(self, condition: c.Did) -> list[windows.Times]:
        window = condition.window
        assert isinstance(window, c.InEach)
        zone, unit = self.here.zone(window.local), window.unit.value
        spans = (
            clock.clock_unit(self.here.as_of, unit, back, zone, self.here.week_starts)
            for back in range(1, window.count + 1)
        )
        return [windows.Times(*span) for span in spans]

    def _counted(self, condition: c.Did, happened: list[rows.Happening], quantity: c.Quantity) -> bool:
        number = len(happened)
        if condition.unit is not None:
            zone = self.here.zone(condition.local)
            number = len({self._unit(clock.wall(each.at, zone), condition.unit.value) for each in happened})
        return bool(COUNTS[quantity.kind](number, quantity))

    def _unit(self, wall: dt.datetime, unit: str) -> Any:
        """Give the start of a unit as the clock shows it: an hour that comes twice is one hour."""
        if unit == "minute":
            return wall.replace(second=0, microsecond=0)
        if unit == "hour":
            return wall.replace(minute=0, second=0, microsecond=0)
        return clock.unit_start(wall.date(), unit, self.here.week_starts)

    def _value_share(self, value: c.Share) -> Fraction | None:
        every = self.happenings(c.Event(value.event.name), value.window)
        return Fraction(len(self.happenings(value.event, value.window)), len(every)) if every else None

    def _value_spacing(self, value: c.Spacing) -> Fraction | None:
        moments = [each.at for each in self.happenings(value.event, value.window)]
        second = Fraction(1, 1_000_000 * SECONDS[value.unit.value])
        between = [(later - one) // ONE * second for one, later in pairwise(moments)]
        return aggregated(value.fn, between) if between else None


def aggregated(fn: c.Fn, known: list[Any]) -> Any:
    """Give an aggregate of at least one value; a median between two values lies halfway (A41)."""
    if fn is c.Fn.SUM:
        return sum(known, Fraction(0))
    if fn is c.Fn.AVG:
        return sum(known, Fraction(0)) / len(known)
    if fn is c.Fn.MEDIAN:
        known = sorted(known)
        return (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    return min(known) if fn is c.Fn.MIN else max(known)
