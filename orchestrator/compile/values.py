"""From an author's values to terms: literals, attributes, aggregates, elapsed time and parts of the calendar."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from orchestrator.compile import lists, related, windows
from orchestrator.compile.compared import month_days
from orchestrator.compile.features import (
    EVERYBODY,
    OWN_ZONE,
    Arith,
    ByMonthDay,
    Column,
    Compared,
    Const,
    Default,
    Elapsed,
    Measured,
    Metric,
    PartOf,
    Pred,
    Term,
    ZoneValue,
)
from orchestrator.compile.logic import aggregate_type, all_of
from orchestrator.compile.names import Scope, attribute, mistake, moment, prop, without_value
from orchestrator.compile.timing import EXACT, MONTHS, WEEKDAYS, Clock, add_days, all_zones, day_start
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.schema import ConsentTable, Entity, Field, Type
from orchestrator.model.segment import Trait
from orchestrator.model.workspace import Workspace


class Builder(Protocol):
    """What values need of the one who builds conditions."""

    workspace: Workspace
    clock: Clock

    def condition(self, node: c.Condition, scope: Scope) -> Pred:
        """Give the predicate that a condition means."""

    def segment(self, ref: c.SegmentRef, scope: Scope) -> Pred:
        """Give the members of a segment or cell."""

    def filter(self, event: c.Event, scope: Scope) -> tuple[str, Pred]:
        """Give the schema's event behind a name and the filter on its rows."""

    def window(self, window: c.Window | None, x: Term, scope: Scope) -> Pred:
        """Give the test that a moment lies in a window."""

    def by_zone(self, entity: Entity, make: Callable[[str], Pred]) -> Pred:
        """Give a predicate counted on each person's own clocks."""

    def trait(self, trait: Trait) -> Term:
        """Give the value of a trait."""

    def measured(self, node: c.Share | c.Spacing, scope: Scope) -> Term:
        """Give a share of events, or the time between them."""

    def peer(self, node: c.Bucket | c.Across, scope: Scope) -> Term:
        """Give a value that depends on other people."""


def literal(b: Builder, node: c.Literal) -> Const:
    """Give a constant; an instant in UTC, money in major units."""
    if isinstance(node, c.Text):
        return Const(node.value, Type.TEXT)
    if isinstance(node, c.Number):
        return Const(node.value, Type.INT if node.whole and not node.percent else Type.DECIMAL)
    if isinstance(node, c.Money):
        return Const(node.amount, Type.MONEY, node.currency)
    if isinstance(node, c.Bool):
        return Const(node.value, Type.BOOL)
    if isinstance(node, c.Date):
        return Const(node.value, Type.DATE)
    return Const(windows.instant(node.value, b.clock.zone), Type.TIMESTAMP)


def term(b: Builder, node: c.Value, scope: Scope, zone: str | None = None) -> Term:
    """Give the term that a value means. ``zone`` is tried where ``local`` stands; None: each person's."""
    if isinstance(node, c.Attr):
        found = attribute(node, scope)
        return b.trait(found) if isinstance(found, Trait) else found
    if isinstance(node, c.Arithmetic):
        left, right = term(b, node.left, scope, zone), term(b, node.right, scope, zone)
        return Arith(node.op, left, right, arithmetic_type(node.op, left.type, right.type))
    if isinstance(node, c.Aggregate):
        return aggregate(b, node, scope)
    if isinstance(node, c.Pick):
        return pick(b, node, scope)
    if isinstance(node, c.Elapsed):
        of = anchor(b, node.of, scope) if isinstance(node.of, c.Anchor) else term(b, node.of, scope)
        return Elapsed(node.unit, of, b.clock.as_of, _zone(b, node, zone, scope))
    if isinstance(node, c.Remaining):
        of = term(b, node.of, scope)
        here = _zone(b, node, zone, scope)
        if not node.anniversary:
            return Elapsed(node.unit, of, b.clock.as_of, here, True)
        if here != OWN_ZONE:
            return until_anniversary(b, of, node.unit, here)
        return _for_each_zone(b, lambda one: until_anniversary(b, of, node.unit, one))
    if isinstance(node, c.Bucket | c.Across):
        return b.peer(node, scope)
    if isinstance(node, c.Part):
        return part(b, node, scope)
    if isinstance(node, c.Share | c.Spacing):
        return b.measured(node, scope)
    if isinstance(node, c.Param):
        raise without_value(node)
    return literal(b, node)


def arithmetic_type(op: str, left: Type, right: Type) -> Type:
    """Give the type of a sum, difference, product or quotient."""
    money = (left is Type.MONEY) + (right is Type.MONEY)
    if op == "/":
        return Type.MONEY if left is Type.MONEY and right is not Type.MONEY else Type.DECIMAL
    if money:
        return Type.MONEY
    return Type.INT if left is right is Type.INT else Type.DECIMAL


def aggregate(b: Builder, node: c.Aggregate, scope: Scope) -> Term:
    """Give the metric behind ``sum of purchase.amount in last 30 days``."""
    counted = lists.counted_list(node, scope)
    if counted is not None:
        return lists.entries(b, node, counted, scope)
    if related.is_relation(node.event.name, scope):
        return related.over_rows(b, node, scope)
    event, where = b.filter(node.event, scope)
    x = moment(b.workspace.known.events[event])
    of = prop(node.event, node.prop, scope, node.span) if node.prop else None
    window = b.window(node.window, x, scope)
    return Measured(Metric(event, b.clock.as_of, where, window, node.fn, None, of, aggregate_type(node.fn, of)))


def pick(b: Builder, node: c.Pick, scope: Scope) -> Measured:
    """Give the first or last event's own value."""
    event, where = b.filter(node.event, scope)
    x = moment(b.workspace.known.events[event])
    of = prop(node.event, node.prop, scope, node.span)
    edge = node.edge.value
    return Measured(Metric(event, b.clock.as_of, where, b.window(node.window, x, scope), None, edge, of, of.type))


def anchor(b: Builder, node: c.Anchor, scope: Scope) -> Measured:
    """Give the instant of the person's first or last event, over all time before ``as_of``."""
    event, where = b.filter(node.event, scope.outside())
    x = moment(b.workspace.known.events[event])
    fn = c.Fn.MIN if node.edge is c.Edge.FIRST else c.Fn.MAX
    return Measured(Metric(event, b.clock.as_of, where, EVERYBODY, fn, None, x, Type.TIMESTAMP))


def of_trait(b: Builder, trait: Trait, scope: Scope) -> Term:
    """Give a trait's value, with its default where it is unknown."""
    found = term(b, trait.value, scope)
    return found if trait.default is None else Default(found, literal(b, trait.default))


def decided_at(table: ConsentTable) -> Column:
    """Give the moment of a consent row."""
    return Column(Field("at", Type.TIMESTAMP, table.at or "", time=table.time), event=True)


def part(b: Builder, node: c.Part, scope: Scope) -> Term:
    """Give a part of the calendar; of ``now`` it is a constant, on local clocks one for each zone."""
    if isinstance(node.of, c.Attr):
        of = term(b, node.of, scope)
        own = node.local and scope.entity.zone is not None and of.type is Type.TIMESTAMP
        return PartOf(node.unit, of, OWN_ZONE if own else b.clock.zone)
    if not node.local or scope.entity.zone is None:
        return part_of(b.clock.as_of.astimezone(ZoneInfo(b.clock.zone)), node.unit)
    return _for_each_zone(b, lambda name: part_of(b.clock.as_of.astimezone(ZoneInfo(name)), node.unit))


def _for_each_zone(b: Builder, make: Callable[[str], Term]) -> Term:
    """Give a value counted on each person's own clocks; an unknown zone is the project's."""
    otherwise = make(b.clock.zone)
    groups: dict[Term, list[str]] = {}
    for zone in all_zones():
        groups.setdefault(make(zone), []).append(zone)
    groups.pop(otherwise, None)
    if not groups:
        return otherwise
    return ZoneValue(tuple((tuple(zones), value) for value, zones in groups.items()), otherwise)


def part_of(wall: dt.datetime, unit: c.Unit | None) -> Const:
    """Give a part of a wall clock: ``week`` is the ISO week, the weekday a lower-case word."""
    if unit is None:
        return Const(WEEKDAYS[wall.weekday()], Type.TEXT)
    parts = {
        c.Unit.MINUTE: wall.minute,
        c.Unit.HOUR: wall.hour,
        c.Unit.DAY: wall.day,
        c.Unit.WEEK: wall.isocalendar().week,
        c.Unit.MONTH: wall.month,
        c.Unit.QUARTER: (wall.month - 1) // 3 + 1,
        c.Unit.YEAR: wall.year,
    }
    return Const(Decimal(parts[unit]), Type.INT)


def until_anniversary(b: Builder, of: Term, unit: c.Unit, zone: str) -> ByMonthDay:
    """Give the whole units until the next anniversary, today's included, which is not the day itself."""
    exact = (zone, b.clock.as_of) if unit in EXACT else None
    today = b.clock.today(zone)
    own = 100 * today.month + today.day
    coming = next(day for n in range(365, 368) if own in _celebrated(day := add_days(today, n)) or n == 367)
    table = _next_celebrations(today, unit, exact)
    return ByMonthDay(of, b.clock.zone, today, table, _whole(today, coming, unit, exact))


@lru_cache(maxsize=1024)
def _next_celebrations(
    today: dt.date, unit: c.Unit, exact: tuple[str, dt.datetime] | None
) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Give (whole units, days of the year that far away); ``exact`` is zone and ``as_of`` for minutes and hours."""
    table: dict[int, list[int]] = {}
    seen: set[int] = set()
    for ahead in range(367):
        day = add_days(today, ahead)
        for month_day in _celebrated(day):
            if month_day not in seen:
                seen.add(month_day)
                table.setdefault(_whole(today, day, unit, exact), []).append(month_day)
    return tuple((value, tuple(sorted(days))) for value, days in sorted(table.items()))


def celebrated(b: Builder, of: Term, window: c.Window, zone: str, span: Span) -> Pred:
    """Give the test that some anniversary of a day lies in a window (A14, A15); the first is one year after it.

    In a window of less than a year an anniversary that is not the day itself belongs to a day before the window. A
    longer one holds every month and day, so it is enough that the first anniversary lies before its end.
    """

    def own(_: c.Attr | c.Anchor) -> Term:
        raise mistake("E313", span, "an anniversary is held against times that are the same for everybody")

    probe = Column(Field("day", Type.DATE, "day"))
    pred = windows.inside(window, probe, b.clock, zone, own)
    low, high = _ends(pred)
    first = low or add_days(high or dt.date.max, -366)
    last = add_days(first, 366) if high is None else min(high, add_days(first, 366))
    days: set[int] = set()
    day = first
    while day < last:
        days.update(_celebrated(day))
        day = add_days(day, 1)
    found = month_days(of, b.clock.zone, tuple(days))
    if high is None:
        return found
    short = low is not None and (high - low).days < 366
    before = c.Before(c.Date(first if short else _a_year_before(high)))
    return all_of(found, windows.inside(before, of, b.clock, b.clock.zone, own))


def _a_year_before(day: dt.date) -> dt.date:
    """Give the first day whose first anniversary is not before ``day``."""
    if day.year == dt.MINYEAR:
        return dt.date.min
    if (day.month, day.day) == (2, 29):
        return dt.date(day.year - 1, 3, 1)
    if (day.month, day.day) == (3, 1):
        return add_days(dt.date(day.year - 1, 2, 28), 1)
    return day.replace(year=day.year - 1)


def _zone(b: Builder, node: c.Elapsed | c.Remaining, zone: str | None, scope: Scope) -> str:
    """Give the clocks that a value counts on; minutes and hours are as long on all of them."""
    if not node.local or scope.entity.zone is None:
        return b.clock.zone
    if zone is None:
        return b.clock.zone if node.unit in EXACT else OWN_ZONE
    return zone


def _celebrated(day: dt.date) -> tuple[int, ...]:
    own = 100 * day.month + day.day
    if own == 301 and add_days(day, -1).day == 28:
        return (own, 229)
    return (own,)


def _whole(today: dt.date, day: dt.date, unit: c.Unit, exact: tuple[str, dt.datetime] | None) -> int:
    if exact is not None:
        zone, as_of = exact
        seconds = (day_start(day, zone) - as_of).total_seconds()
        return math.floor(seconds / (60 if unit is c.Unit.MINUTE else 3600))
    days = (day - today).days
    if unit not in MONTHS:
        return days // (7 if unit is c.Unit.WEEK else 1)
    months = (day.year - today.year) * 12 + day.month - today.month - (day.day < today.day)
    return months // MONTHS[unit]


def _ends(pred: Pred) -> tuple[dt.date | None, dt.date | None]:
    """Give the first day inside and the first day outside of a test made of bounds."""
    low = high = None
    for item in getattr(pred, "items", (pred,)):
        if (
            not isinstance(item, Compared)
            or not isinstance(item.right, Const)
            or not isinstance(item.right.value, dt.date)
        ):
            continue
        day = item.right.value
        if item.op in (">=", ">", "="):
            low = max(filter(None, (low, add_days(day, item.op == ">"))))
        if item.op in ("<", "<=", "="):
            high = min(filter(None, (high, add_days(day, item.op != "<"))))
    return low, high
