"""Parse tree to windows and points of time.

Rules kept here: E118 for a span that is empty, turned round, or longer than a thousand years.
"""

from __future__ import annotations

from lark import Token, Tree

from orchestrator.language.segment_measures import Measures
from orchestrator.language.segment_tree import Branch, Leaf, leaves
from orchestrator.language.segment_values import edge
from orchestrator.model import condition as c
from orchestrator.model.literal import A_THOUSAND_YEARS


class Times(Measures):
    """Reads windows and points."""

    def count(self, at: Leaf) -> int:
        """Read a whole number, or a parameter that stands for one."""
        token = at if isinstance(at, Token) else at.children[0]
        if not isinstance(token, Token):
            raise TypeError(token)
        return c.CountParam(str(token)[1:], self.span(token)) if token.type == "PARAM" else self.whole(token)

    def duration(self, at: Leaf, least: int = 1) -> tuple[int, c.Unit, bool]:
        """Give count, unit and whether it counts in the person's zone."""
        if isinstance(at, Token):
            raise TypeError(at)
        number, unit_at = at.children
        unit, local = self.unit(unit_at)
        return self.bounded(self.count(number), unit, at, least), unit, local

    def bounded(self, count: int, unit: c.Unit, at: Leaf, least: int = 1) -> int:
        """Give a count of units that the calendar can hold; else a finding, and a small one."""
        if count < least:
            self.problem("E118", at, f"`{self.quote(at)}` is no time at all", label="write 1 or more")
            return 1
        if count > A_THOUSAND_YEARS[unit]:
            self.problem("E118", at, f"`{self.quote(at)}` is longer than a thousand years")
            return 1
        return count

    def ordered(self, low: int, high: int, at: Leaf) -> tuple[int, int]:
        """Give a range from low to high; write down that it was given the wrong way round."""
        if low <= high or isinstance(low, c.CountParam) or isinstance(high, c.CountParam):
            return low, high
        self.problem("E118", at, f"nothing is between {low} and {high}", help=(f"between {high} and {low}",))
        return high, low

    # ---------------------------------------------------------------- windows

    def on_event_window(self, at: Branch) -> c.Window:
        """Read the window inside."""
        made: c.Window = self.read(at.children[0])
        return made

    def on_rolling(self, at: Branch) -> c.Rolling:
        """Read ``in last 30 days``."""
        count, unit, local = self.duration(at.children[-1])
        return c.Rolling(count, unit, local, span=self.span(at))

    def on_upcoming(self, at: Branch) -> c.Rolling:
        """Read ``in next 30 days``."""
        count, unit, local = self.duration(at.children[-1])
        return c.Rolling(count, unit, local, ahead=True, span=self.span(at))

    def on_calendar_this(self, at: Branch) -> c.Calendar:
        """Read ``in this month``."""
        unit, local = self.unit(at.children[-1])
        return c.Calendar(unit, 0, local, span=self.span(at))

    def on_calendar_previous(self, at: Branch) -> c.Calendar:
        """Read ``in previous 4 quarters``."""
        unit, local = self.unit(at.children[-1])
        given = at.children[-2]
        count = self.bounded(self.count(given), unit, at) if isinstance(given, Tree) else 1
        return c.Calendar(unit, count, local, span=self.span(at))

    def on_day(self, at: Branch) -> c.OnDay:
        """Read ``today`` as a window."""
        return c.OnDay(c.Day(str(at.children[-1])), "LOCAL" in leaves(at), span=self.span(at))

    def on_ever(self, at: Branch) -> c.Ever:
        """Read ``ever``."""
        return c.Ever(span=self.span(at))

    def on_on(self, at: Branch) -> c.On:
        """Read ``on 2026-12-01``."""
        return c.On(self.point(at.children[-1]), span=self.span(at))

    def on_since(self, at: Branch) -> c.Since:
        """Read ``since 2026-12-01``."""
        return c.Since(self.point(at.children[-1]), span=self.span(at))

    def on_before(self, at: Branch) -> c.Before:
        """Read ``before 2026-12-01``."""
        return c.Before(self.point(at.children[-1]), span=self.span(at))

    def on_after(self, at: Branch) -> c.After:
        """Read ``after 2026-12-01``."""
        return c.After(self.point(at.children[-1]), span=self.span(at))

    def on_from_to(self, at: Branch) -> c.FromTo:
        """Read ``from S to T``."""
        start, end = self.point(at.children[1]), self.point(at.children[3])
        if isinstance(start, c.Date) and isinstance(end, c.Date) and start.value > end.value:
            self.problem("E118", at, "this span ends before it starts", help=(f"from {end.value} to {start.value}",))
            start, end = end, start
        return c.FromTo(start, end, span=self.span(at))

    def on_older(self, at: Branch) -> c.MoreThan:
        """Read ``more than 30 days ago``."""
        count, unit, local = self.duration(at.children[2], 0)
        return c.MoreThan(count, unit, local, span=self.span(at))

    def on_further(self, at: Branch) -> c.MoreThan:
        """Read ``more than 3 days from now``."""
        count, unit, local = self.duration(at.children[2], 0)
        return c.MoreThan(count, unit, local, ahead=True, span=self.span(at))

    def on_between_ago(self, at: Branch) -> c.BetweenSpan:
        """Read ``between 18 and 24 months ago``."""
        _, low, _, high, unit_at, _ = at.children
        unit, local = self.unit(unit_at)
        if local:
            self.problem("E118", unit_at, "`local` has no place in `between … ago`", fix=unit.value + "s", sure=False)
        return self.between_span(at, self.count(low), self.count(high), unit, ahead=False)

    def between_span(self, at: Branch, low: int, high: int, unit: c.Unit, ahead: bool) -> c.BetweenSpan:
        """Give a span between two distances from now, both of which the calendar can hold."""
        low, high = self.bounded(low, unit, at, 0), self.bounded(high, unit, at)
        low, high = self.ordered(low, high, at)
        return c.BetweenSpan(low, high, unit, ahead, span=self.span(at))

    # ---------------------------------------------------------------- points

    def point(self, at: Leaf) -> c.Point:
        """Read a point."""
        made: c.Point = self.read(at)
        return made

    def on_point(self, at: Branch) -> c.Point:
        """Read a day, an instant, ``now`` or a name."""
        return self.point(at.children[0])

    def on_NOW(self, at: Token) -> c.Now:
        """Read ``now``."""
        return c.Now(span=self.span(at))

    def on_day_point(self, at: Branch) -> c.DayPoint:
        """Read ``today`` as a point."""
        return c.DayPoint(c.Day(str(at.children[-1])), "LOCAL" in leaves(at), span=self.span(at))

    def on_unit_point(self, at: Branch) -> c.UnitPoint:
        """Read ``this month``, ``previous quarter``."""
        unit, local = self.unit(at.children[-1])
        return c.UnitPoint(unit, 0 if "THIS" in leaves(at) else 1, local, span=self.span(at))

    def on_anchor(self, at: Branch) -> c.Anchor:
        """Read ``first purchase where (…)``."""
        return c.Anchor(edge(at), self.event(at.children[-1]), span=self.span(at))
