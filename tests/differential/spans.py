"""Windows and points of time made up from a seed: mixed into the author of all sentences."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from making import COUNTS, World
from reference import clock

from orchestrator.model import condition as c
from orchestrator.model.schema import EventTable, Type

U = c.Unit
LONG = (U.DAY, U.DAY, U.WEEK, U.MONTH, U.QUARTER, U.YEAR)
ALL = (U.MINUTE, U.HOUR, *LONG)
ELAPSED = (U.MINUTE, U.HOUR, U.DAY, U.DAY, U.WEEK, U.WEEK)


class Spans:
    """The part of an author who speaks of time."""

    world: World
    rng: random.Random
    filter: EventTable | None
    event: Callable[[], c.Event]
    negated: Callable[[], bool]

    def window(self, of: Type | None) -> Any:
        """Give a window for events (None), for a date or for an instant."""
        units = LONG if of is Type.DATE else ALL
        ahead = of is not None
        makers = [
            lambda: self.rolling(units, ahead),
            lambda: self.rolling(units, ahead),
            lambda: self.calendar(LONG, ahead),
            lambda: c.OnDay(self.rng.choice(tuple(c.Day)[: 3 if ahead else 2]), self.local()),
            lambda: self.rng.choice((c.Since, c.Before, c.After, c.Since))(self.point(of)),
            lambda: self.rng.choice((c.Since, c.Before, c.After, c.Since))(self.point(of)),
            lambda: c.On(self.point(Type.DATE)),
            lambda: self.from_to(of),
            lambda: c.MoreThan(self.count(), self.rng.choice(units), self.local(), ahead and self.rng.random() < 0.4),
            lambda: self.between(units, ahead),
            lambda: self.beside(of, units),
            lambda: self.beside(of, units),
            lambda: c.During(self.rng.choice(("sales", "mixed")), self.negated()),
        ]
        if of is None:
            makers += [c.Ever] * 3
        return self.rng.choice(makers)()

    def rolling(self, units: Any, ahead: bool) -> Any:
        """Give ``in last 3 days``."""
        return c.Rolling(self.count(), self.rng.choice(units), self.local(), ahead and self.rng.random() < 0.4)

    def calendar(self, units: Any, _ahead: bool) -> Any:
        """Give ``in this month``."""
        return c.Calendar(self.rng.choice(units), self.rng.choice((0, 1, 1, 2, 3)), self.local())

    def between(self, units: Any, ahead: bool) -> Any:
        """Give ``between 1 and 3 days ago``."""
        low = self.rng.choice((1, 2, 3))
        high = low + self.rng.choice((1, 4, 27))
        return c.BetweenSpan(low, high, self.rng.choice(units), ahead and self.rng.random() < 0.4)

    def beside(self, of: Type | None, units: Any) -> Any:
        """Give ``in first 7 days after …`` or ``in last 7 days before …``."""
        point, before = self.point(of), self.rng.random() < 0.5
        local = self.local(0.3 if isinstance(point, c.Attr | c.Anchor) else 0.1)
        if isinstance(point, c.UnitPoint):
            before = True
        return c.Beside(self.count(), self.rng.choice(units), point, before, local)

    def from_to(self, of: Type | None) -> Any:
        """Give ``from … to …``; two written days stand in order."""
        start, end = self.point(of), self.point(of)
        days = [
            p.value if type(p) is c.Date else p.value.date() for p in (start, end) if isinstance(p, c.Date | c.DateTime)
        ]
        if len(days) == 2 and days[0] >= days[1]:
            start, end = c.Date(days[1] - dt.timedelta(days=1)), c.Date(days[0])
        return c.FromTo(start, end)

    def point(self, of: Type | None) -> Any:
        """Give a point; a date is compared with days only."""
        today = clock.wall(self.world.as_of, ZoneInfo(self.world.project.zone)).date()
        makers: list[Callable[[], Any]] = [
            lambda: c.Date(today + dt.timedelta(days=self.rng.choice((0, -1, 1, -7, -30, -31, 5)))),
            lambda: c.DayPoint(self.rng.choice(tuple(c.Day)), self.local()),
            lambda: c.UnitPoint(self.rng.choice(LONG[1:]), self.rng.choice((0, 1)), self.local()),
        ]
        attribute = "" if self.filter is None else "customer"
        if of is Type.DATE:
            makers.append(lambda: c.Attr(tuple(filter(None, (attribute, self.rng.choice(("born", "renewal")))))))
        else:
            makers += [
                self.datetime, c.Now,
                lambda: c.Attr(tuple(filter(None, (attribute, self.rng.choice(("joined", "renews", "renewal")))))),
            ]  # fmt: skip
            if self.filter is None:
                makers += [lambda: c.Anchor(self.rng.choice(tuple(c.Edge)), self.event())] * 2
        return self.rng.choice(makers)()

    def datetime(self) -> Any:
        """Give an instant written out, with or without a zone."""
        moment = self.rng.choice(
            (self.world.as_of, self.world.as_of - dt.timedelta(days=7), self.world.as_of - dt.timedelta(hours=24))
        )
        if self.rng.random() < 0.5:
            return c.DateTime(moment)
        return c.DateTime(clock.wall(moment, ZoneInfo(self.world.project.zone)))

    def count(self) -> int:
        """Give a number of units."""
        return self.rng.choice(COUNTS)

    def local(self, often: float = 0.1) -> bool:
        """Tell whether to count in the person's zone."""
        return self.rng.random() < often
