"""What is true of one person, and what their values are (section 3 of the specification)."""

from __future__ import annotations

import datetime as dt
import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from orchestrator.model import condition as c
from orchestrator.model.segment import EventDef, ListDef, Trait
from reference import clock, histories, letters, peers, places, raw, related, rows, steps, windows
from reference.measures import Measures, aggregated

if TYPE_CHECKING:
    from reference.evaluate import Reference

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SIZES = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


class One(Measures, peers.Peers, related.Related):
    """One person, and inside a filter one of their events: conditions and values there."""

    def __init__(
        self, world: Reference, somebody: rows.Somebody, entity: str | None, event: Any = None, source: str = ""
    ) -> None:
        self.world = world
        self.somebody = somebody
        self.entity = world.workspace.schema.entity(entity)
        self.event: rows.Happening | related.Row | None = event
        self.source = source
        self.here = windows.Here(
            as_of=world.as_of,
            project=world.project,
            person=somebody.zone,
            week_starts=world.workspace.project.week_starts,
            read=self.value,
            anchor=self._anchor,
            periods=world.workspace.project.periods,
        )

    # -------------------------------------------------------------- conditions: true or not, nothing between

    def holds(self, condition: Any) -> bool:
        """Tell whether a condition is true; what is unknown is not."""
        if isinstance(self.event, related.Row) and isinstance(condition, c.Did | c.InSegment | c.HasRelated | c.Rank):
            there = self.led()  # what a related row leads to is asked itself (A65)
            return there is not None and there.holds(condition)
        return getattr(self, "_" + type(condition).__name__.lower())(condition)  # type: ignore[no-any-return]

    def _at(self, row: related.Row, source: str) -> One:
        return One(self.world, self.somebody, self.entity.name, row, source)

    def _as(self, somebody: rows.Somebody, entity: str) -> One:
        return One(self.world, somebody, entity)

    def _everyone(self, _: c.Everyone) -> bool:
        return True

    def _allof(self, condition: c.AllOf) -> bool:
        return all(self.holds(item) for item in condition.items)

    def _anyof(self, condition: c.AnyOf) -> bool:
        return any(self.holds(item) for item in condition.items)

    def _noneof(self, condition: c.NoneOf) -> bool:
        return not any(self.holds(item) for item in condition.items)

    def _someof(self, condition: c.SomeOf) -> bool:
        count = sum(self.holds(item) for item in condition.items)
        return count <= condition.count if condition.most else count >= condition.count

    def _not(self, condition: c.Not) -> bool:
        return not self.holds(condition.item)

    def _compare(self, condition: c.Compare) -> bool:
        left, right = self.value(condition.left), self.value(condition.right)
        return left is not None and right is not None and _SIZES[condition.op](left, right)

    def _is(self, condition: c.Is) -> bool:
        return self._same(self.value(condition.left), self.value(condition.right)) != condition.negated

    def _same(self, left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        for a, b in ((left, right), (right, left)):
            if isinstance(a, dt.datetime) and not isinstance(b, dt.datetime):  # a day is a span: inside it
                return clock.wall(a, self.here.project).date() == b
        return bool(left == right)

    def _oneof(self, condition: c.OneOf) -> bool:
        items = condition.items
        if isinstance(items, c.ListRef):
            definition = self.world.workspace.definitions[items.name]
            assert isinstance(definition, ListDef)
            items = definition.items
        mine = self.value(condition.value)
        return any(self._same(mine, self.value(item)) for item in items) != condition.negated

    def _between(self, condition: c.Between) -> bool:
        mine, low, high = (self.value(v) for v in (condition.value, condition.low, condition.high))
        known = mine is not None and low is not None and high is not None
        return (known and low <= mine <= high) != condition.negated

    def _istime(self, condition: c.IsTime) -> bool:
        return self._within(self.value(condition.value), condition.window) != condition.negated

    def _within(self, mine: Any, window: c.Window) -> bool:
        if mine is None:
            return False
        if isinstance(mine, dt.datetime):
            times = windows.times(window, self.here)
            return times is not None and times.holds(mine)
        days = windows.days(window, self.here)
        return days is not None and days.holds(mine)

    def _ismissing(self, condition: c.IsMissing) -> bool:
        return (self.value(condition.value) is None) != condition.negated

    def _texttest(self, condition: c.TextTest) -> bool:
        mine, wanted = self.value(condition.value), self.value(condition.pattern)
        if mine is None or wanted is None:
            return condition.negated
        if condition.op is c.TextOp.MATCHES:
            return letters.matches(mine, wanted) != condition.negated
        mine, wanted = letters.fold(mine), letters.fold(wanted)
        found = {
            c.TextOp.CONTAINS: wanted in mine,
            c.TextOp.STARTS_WITH: mine.startswith(wanted),
            c.TextOp.ENDS_WITH: mine.endswith(wanted),
        }[condition.op]
        return found != condition.negated

    def _anniversary(self, condition: c.Anniversary) -> bool:
        born = self._day(self.value(condition.of))
        found = False
        if born is not None:
            days = windows.days(condition.window, self.here)
            years = range(born.year + 1, max(born.year, self.here.today().year) + 60)
            found = days is not None and any(days.holds(clock.anniversary(born, year)) for year in years)
        return found != condition.negated

    def _sequence(self, condition: c.Sequence) -> bool:
        return steps.fits(self, condition)

    def _insegment(self, condition: c.InSegment) -> bool:
        return self.world._in(condition.ref, self.somebody)

    def _rank(self, condition: c.Rank) -> bool:
        return self.somebody.id in self.world.ranked(condition, self.entity.name)

    def _moved(self, condition: c.Moved) -> bool:
        changes = self.happenings(c.Event("entered segment" if condition.entered else "left segment"), condition.window)
        return any(change.values["segment"] == str(condition.ref) for change in changes)

    def _sample(self, condition: c.Sample) -> bool:
        digest = hashlib.sha256(f"{condition.salt}:{self.somebody.id}".encode()).hexdigest()
        return Fraction(int(digest[:16], 16), 2**64) < Fraction(condition.share)

    def _consent(self, condition: c.Consent) -> bool:
        given = self.somebody.consents.get((condition.channel, condition.topic), [])
        said = bool(given and given[-1][2])
        if said and condition.window is not None:  # the latest word counts, and the window asks when it was given
            times = windows.times(condition.window, self.here)
            said = times is not None and times.holds(given[-1][0])
        return said != condition.negated

    def _rawsql(self, condition: c.RawSql) -> bool:
        return self.somebody.id in raw.ids(condition, self.world.tables)

    def _near(self, condition: c.Near) -> bool:
        return places.near(self, condition) != condition.negated

    def _inside(self, condition: c.Inside) -> bool:
        return places.inside(self, condition) != condition.negated

    def _held(self, condition: c.Held) -> bool:
        return histories.held(self, condition) != condition.negated

    def _changed(self, condition: c.Changed) -> bool:
        return histories.changed(self, condition)

    # -------------------------------------------------------------- events

    def happenings(self, event: c.Event, window: c.Window | None, anywhen: bool = False) -> list[rows.Happening]:
        """Give this person's events that pass the filter and lie in the window, in time order (ties by id)."""
        name, filters = self._resolved(event)
        times = windows.Times() if window is None else windows.times(window, self.here)
        if times is None:
            return []
        return [
            happening
            for happening in self.somebody.events[name]
            if times.holds(happening.at)
            and all(One(self.world, self.somebody, self.entity.name, happening, name).holds(each) for each in filters)
        ]

    def _resolved(self, event: c.Event) -> tuple[str, list[c.Condition]]:
        filters = [event.where] if event.where is not None else []
        definition = self.world.workspace.definitions.get(event.name)
        if isinstance(definition, EventDef) and event.name not in self.world.workspace.known.events:
            name, inner = self._resolved(definition.event)
            return name, [*inner, *filters]
        return event.name, filters

    def _anchor(self, anchor: c.Anchor) -> dt.datetime | None:
        found = self.happenings(anchor.event, None)
        return None if not found else found[0 if anchor.edge is c.Edge.FIRST else -1].at

    # -------------------------------------------------------------- values: None is unknown

    def value(self, value: Any) -> Any:
        """Give what a value is for this person: text, Fraction, bool, date, instant, or None for unknown."""
        return getattr(self, "_value_" + type(value).__name__.lower())(value)

    def _value_text(self, value: c.Text) -> str:
        return value.value

    def _value_number(self, value: c.Number) -> Fraction:
        return Fraction(value.value)

    def _value_money(self, value: c.Money) -> Fraction:
        return Fraction(value.amount)

    def _value_bool(self, value: c.Bool) -> bool:
        return value.value

    def _value_date(self, value: c.Date) -> dt.date:
        return value.value

    def _value_datetime(self, value: c.DateTime) -> dt.datetime:
        return windows.span(value, self.here).start

    def _value_now(self, _: c.Now) -> dt.datetime:
        return self.here.as_of

    def _value_attr(self, value: c.Attr) -> Any:
        name = value.name
        if isinstance(self.event, related.Row) and name in self.event.values:
            return self.event.values[name]
        if isinstance(self.event, rows.Happening):
            if name == "happened_at":
                return self.event.at
            if name == "nth":
                return Fraction(self.event.nth or 0)
            if name == "days_since_previous":
                return self.event.since_previous
            if name in self.event.values:
                return self.event.values[name]
        if value.path[0] == self.entity.name and len(value.path) > 1:
            name = ".".join(value.path[1:])
        elif value.path[0] == self.source and len(value.path) > 1:
            return self._value_attr(c.Attr(value.path[1:]))
        if name in self.somebody.values:
            return self.somebody.values[name]
        found, held = self.above(name)
        if found:
            return held
        definition = self.world.workspace.definitions[name]
        assert isinstance(definition, Trait)
        return One(self.world, self.somebody, self.entity.name).trait(definition)

    def trait(self, trait: Trait) -> Any:
        """Give a trait's value, or its default where it is unknown."""
        found = self.value(trait.value)
        return self.value(trait.default) if found is None and trait.default is not None else found

    def _value_arithmetic(self, value: c.Arithmetic) -> Fraction | None:
        left, right = self.value(value.left), self.value(value.right)
        if left is None or right is None:
            return None
        if value.op == "/":
            return None if right == 0 else left / right
        return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[value.op]()  # type: ignore[no-any-return]

    def _value_aggregate(self, value: c.Aggregate) -> Any:
        return self._made(value, self._values_of(value))

    def _values_of(self, value: c.Aggregate) -> list[Any]:
        """Give what an aggregate is made of: a property of each event, or only that there is one."""
        listed = self.listed(value)
        if listed is not None:
            return listed
        found = self.happenings(value.event, value.window)
        if not value.prop:
            return [True] * len(found)
        name = self._resolved(value.event)[0]
        return [
            One(self.world, self.somebody, self.entity.name, each, name).value(c.Attr(value.prop)) for each in found
        ]

    @staticmethod
    def _made(value: c.Aggregate, values: list[Any]) -> Any:
        if not value.prop:
            return Fraction(len(values))
        known = [each for each in values if each is not None]
        if value.fn is c.Fn.COUNT:
            return Fraction(len(known))
        if value.fn is c.Fn.COUNT_DISTINCT:
            return Fraction(len(set(known)))
        if value.fn is c.Fn.SUM:
            return sum(known, Fraction(0))
        return aggregated(value.fn, known) if known else None

    def _value_pick(self, value: c.Pick) -> Any:
        found = self.happenings(value.event, value.window)
        if not found:
            return None
        name = self._resolved(value.event)[0]
        happening = found[0 if value.edge is c.Edge.FIRST else -1]
        return One(self.world, self.somebody, self.entity.name, happening, name).value(c.Attr(value.prop))

    def _value_elapsed(self, value: c.Elapsed) -> Fraction | None:
        since = self._anchor(value.of) if isinstance(value.of, c.Anchor) else self.value(value.of)
        if since is None:
            return None
        if isinstance(since, dt.datetime):
            zone = self.here.zone(value.local)
            return Fraction(clock.whole_units(since, self.here.as_of, value.unit.value, zone))
        return Fraction(clock.whole_dates(since, self.here.today(value.local), value.unit.value))

    def _value_remaining(self, value: c.Remaining) -> Fraction | None:
        until = self.value(value.of)
        if until is None:
            return None
        today = self.here.today(value.local)
        if value.anniversary:
            born = self._day(until)
            if born > today:
                return None
            years = range(max(today.year, born.year + 1), today.year + 2)
            until = min(day for year in years if (day := clock.anniversary(born, year)) >= today)
        if isinstance(until, dt.datetime):
            zone = self.here.zone(value.local)
            return Fraction(clock.units_until(until, self.here.as_of, value.unit.value, zone))
        return Fraction(clock.dates_until(until, today, value.unit.value))

    def _value_part(self, value: c.Part) -> Any:
        of = self.value(value.of)
        if of is None:
            return None
        if isinstance(of, dt.datetime):
            of = clock.wall(of, self.here.zone(value.local))
        if value.unit is None:
            return WEEKDAYS[of.weekday()]
        unit = value.unit.value
        if unit == "week":
            return Fraction(of.isocalendar().week)
        return Fraction((of.month - 1) // 3 + 1 if unit == "quarter" else getattr(of, unit))

    def _day(self, value: Any) -> Any:
        return clock.wall(value, self.here.project).date() if isinstance(value, dt.datetime) else value
