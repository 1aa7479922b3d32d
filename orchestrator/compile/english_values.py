"""Plain English for values and times: attributes, literals, sums, counts, windows, points.

Filters of events are conditions again; ``clause`` gives their words, and knows what names stand for.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.compile.english_names import Clause, called
from orchestrator.compile.english_peers import peer_value, percent
from orchestrator.model.condition import (
    Across,
    After,
    Aggregate,
    Anchor,
    Arithmetic,
    Attr,
    Before,
    Beside,
    BetweenSpan,
    Bool,
    Bucket,
    Calendar,
    Count,
    Date,
    DateTime,
    DayPoint,
    During,
    Elapsed,
    Event,
    Ever,
    Fn,
    FromTo,
    InEach,
    Money,
    MoreThan,
    Now,
    Number,
    On,
    OnDay,
    Param,
    Part,
    Pick,
    Point,
    Quantity,
    Remaining,
    Rolling,
    Share,
    Since,
    Spacing,
    Text,
    Unit,
    UnitPoint,
    Value,
    Window,
)
from orchestrator.model.spelling import quoted

_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_AGGREGATES = {Fn.SUM: "total", Fn.AVG: "average", Fn.MIN: "smallest", Fn.MAX: "largest", Fn.MEDIAN: "median"}
_MOMENTS = {Fn.MIN: "earliest", Fn.MAX: "latest"}
_PARTS = {Unit.DAY: "day of the month", Unit.WEEK: "calendar week"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_OWN = {"happened_at": "moment", "nth": "place in time", "days_since_previous": "days since the one before"}
"""What the three properties that every event has beside its own are called."""


def a(noun: str) -> str:
    """Give the noun with its article."""
    return f"{'an' if noun.lstrip('`')[:1].lower() in 'aeiou' else 'a'} {noun}"


def listed(items: Sequence[str], word: str) -> str:
    """Give ``a, b or c``; a long list is cut after eight with the number of the rest."""
    shown = list(items) if len(items) <= 9 else [*items[:8], f"{len(items) - 8:,} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def value_words(value: Value, clause: Clause) -> str:
    """Give the words for a value."""
    match value:
        case Text():
            return quoted(value.value) if value.value else "the empty text"
        case Number():
            return percent(value.value) if value.percent else f"{value.value:,f}"
        case Money():
            return f"{value.amount:,f} {value.currency}"
        case Bool():
            return "true" if value.value else "false"
        case Date():
            return f"{value.value.day} {value.value:%B %Y}"
        case DateTime():
            return f"{value.value.day} {value.value:%B %Y} at {value.value:%H:%M}" + (
                f" ({value.value:%Z})" if value.value.tzinfo else ""
            )
        case Attr():
            if value.name == "days_since_previous":
                return f"the number of {_OWN[value.name]}"
            return f"its {_OWN[value.name]}" if value.name in _OWN else called(*value.path)
        case Arithmetic():
            return _arithmetic(value, clause)
        case Aggregate():
            return _aggregate(value, clause, "all their")
        case Pick():
            name = ".".join(value.prop)
            prop = _OWN.get(name) or called(*value.prop)
            return f"the {prop} of their {_edge(value, clause)}{_during(value.window, clause)}"
        case Elapsed():
            return f"the number of whole {unit_words(value.unit, value.local)} since {_since(value.of, clause)}"
        case Remaining():
            of = value_words(value.of, clause)
            target = f"the next anniversary of {of}" if value.anniversary else of
            return f"the number of whole {unit_words(value.unit, value.local)} until {target}"
        case Across():
            whose = "everybody's" if value.among is None else f"the members of segment `{value.among}`"
            return _aggregate(value.of, clause, whose)
        case Bucket():
            return peer_value(value, lambda inner: value_words(inner, clause))
        case Param():
            return f"${value.name}"
        case Part():
            part = "weekday" if value.unit is None else _PARTS.get(value.unit, value.unit.value)
            local = "local " if value.local else ""
            if isinstance(value.of, Now):
                return f"the current {local}{part}"
            return f"the {local}{part} of {value_words(value.of, clause)}"
        case Share():
            of, those = clause.names.many(value.event.name), _where(value.event, clause)
            return f"the share of their {of}{those} among all their {of}{_during(value.window, clause)}"
        case Spacing():
            what = "total" if value.fn is Fn.SUM else _AGGREGATES[value.fn]
            what = f"the {what} number of {unit_words(value.unit, value.local)}"
            return f"{what} from one {_one(value.event, clause)} to the next{_during(value.window, clause)}"
    raise TypeError(f"no words for {type(value).__name__}")


def held_against(value: Value, beside: Value, clause: Clause, same: bool = False) -> str:
    """Give a value as words that stand opposite ``beside``: years without a comma, months and weekdays by name.

    ``same``: the two are tested for being the same, and not for coming before or after.
    """
    if isinstance(beside, Part) and isinstance(value, Number) and beside.unit is Unit.YEAR:
        return f"{value.value:f}"
    if isinstance(beside, Part) and same:
        if isinstance(value, Number) and beside.unit is Unit.MONTH and value.value in range(1, 13):
            return _MONTHS[int(value.value) - 1]
        if isinstance(value, Text) and beside.unit is None and value.value.isalpha():
            return value.value.capitalize()
    return value_words(value, clause)


def event_words(event: Event, clause: Clause) -> str:
    """Give an event's name with its filter, as what somebody does: ```purchase` (where `category` is "shoes")``."""
    return called(event.name) + _where(event, clause)


def many_words(event: Event, clause: Clause) -> str:
    """Give events or rows of a kind with their filter: ```purchases` (where …)``."""
    return clause.names.many(event.name) + _where(event, clause)


def times_words(quantity: Quantity) -> str:
    """Give ``at least 3 times``, ``exactly once``."""
    if quantity.high is None and quantity.count == 1:
        return f"{quantity.kind.value} once"
    return f"{number_words(quantity)} times"


def number_words(quantity: Quantity) -> str:
    """Give ``at least 3``."""
    number = f"{quantity.count} and {quantity.high}" if quantity.kind is Count.BETWEEN else str(quantity.count)
    return f"{quantity.kind.value} {number}"


def takes_none(quantity: Quantity) -> bool:
    """Tell whether a number of times takes those with none at all."""
    upwards = quantity.count == 0 and quantity.kind is not Count.MORE_THAN
    return upwards or quantity.kind in (Count.AT_MOST, Count.FEWER_THAN)


def _arithmetic(value: Arithmetic, clause: Clause) -> str:
    """Give a sum or a product; what is calculated first stands in brackets, but for a chain of plus and minus."""
    left, right = value_words(value.left, clause), value_words(value.right, clause)
    if isinstance(value.left, Arithmetic) and not {value.op, value.left.op} <= {"+", "-"}:
        left = f"({left})"
    if isinstance(value.right, Arithmetic):
        right = f"({right})"
    return f"{left} {_SIGNS[value.op]} {right}"


def _aggregate(value: Aggregate, clause: Clause, whose: str) -> str:
    """Give a count or a sum; ``whose``: ``all their``, ``everybody's``, or people."""
    names, name, window = clause.names, value.event.name, _during(value.window, clause)
    owner, behind = (f"{whose} ", "") if whose in ("all their", "everybody's") else ("all ", f" of {whose}")
    if not value.prop and names.is_list(name):
        return f"the number of entries of {called(name)}"
    if not value.prop and whose == "all their" and names.happens(name):
        return f"the number of times they did {event_words(value.event, clause)}{window}"
    events = f"{owner}{many_words(value.event, clause)}{behind}{window}"
    if not value.prop:
        return f"the number of {events.removeprefix('all ')}"
    prop = _OWN.get(".".join(value.prop)) or called(*value.prop)
    if value.fn is Fn.COUNT:
        return f"the number of {events.removeprefix('all ')} with a known {prop}"
    if value.fn is Fn.COUNT_DISTINCT:
        return f"the number of different values of {prop} among {events}"
    word = _AGGREGATES[value.fn]
    if names.is_moment(name, value.prop):
        word = _MOMENTS.get(value.fn, word)
    return f"the {word} {prop} of {events}"


def _where(event: Event, clause: Clause) -> str:
    return "" if event.where is None else f" (where {clause(event.where)})"


def _one(event: Event, clause: Clause) -> str:
    return clause.names.one(event.name) + _where(event, clause)


def _edge(value: Pick | Anchor, clause: Clause) -> str:
    return f"{value.edge.value} {_one(value.event, clause)}"


def _during(window: Window | None, clause: Clause) -> str:
    return "" if window is None else f" {window_words(window, clause)}"


def _since(of: Attr | Anchor, clause: Clause) -> str:
    return f"their {_edge(of, clause)}" if isinstance(of, Anchor) else value_words(of, clause)


def unit_words(unit: Unit, local: bool = False, count: int = 2) -> str:
    """Give a unit as a word, with ``local`` where it is counted in the person's zone."""
    return f"{'local ' if local else ''}{unit.value}{'' if count == 1 else 's'}"


def window_words(window: Window, clause: Clause) -> str:
    """Give when something happened, as words that follow a verb: ``in the last 30 days``."""
    match window:
        case Ever():
            return "at any time"
        case Rolling():
            number = "" if window.count == 1 else f"{window.count} "
            units = unit_words(window.unit, window.local, window.count)
            return f"in the {'next' if window.ahead else 'last'} {number}{units}"
        case Calendar(count=0):
            return f"in this {unit_words(window.unit, window.local, 1)}"
        case Calendar(count=1):
            return f"in the previous {unit_words(window.unit, window.local, 1)}"
        case Calendar():
            return f"in the previous {window.count} whole {unit_words(window.unit, window.local)}"
        case OnDay():
            return _day_words(window)
        case MoreThan():
            side = "from now" if window.ahead else "ago"
            return f"more than {window.count} {unit_words(window.unit, window.local, window.count)} {side}"
        case BetweenSpan():
            side = "from now" if window.ahead else "ago"
            return f"between {window.low} and {window.high} {unit_words(window.unit)} {side}"
        case InEach():
            units = unit_words(window.unit, window.local, window.count)
            return f"in each of the previous {window.count} whole {units}"
        case Beside():
            side = "last" if window.before else "first"
            units = f"{window.count} {unit_words(window.unit, window.local, window.count)}"
            where = "before" if window.before else "after"
            return f"in the {side} {units} {where} {point_words(window.point, clause)}"
        case During():
            return f"{'outside of' if window.outside else 'during'} {called(window.name)}"
        case On():
            on = "" if isinstance(window.point, DayPoint) else "on "
            return f"{on}{point_words(window.point, clause)}"
        case Since():
            return f"since {_start_of(window.point, clause)}"
        case Before():
            return f"before {_start_of(window.point, clause)}"
        case After():
            return f"after {_end_of(window.point, clause)}"
        case FromTo():
            last = point_words(window.end, clause)
            to = f"the end of {last}" if isinstance(window.end, Date | DayPoint | UnitPoint) else last
            return f"from {_start_of(window.start, clause)} to {to}"
    raise TypeError(f"no words for {type(window).__name__}")


def _day_words(day: OnDay | DayPoint) -> str:
    return f"{day.day.value}{' by their own clock' if day.local else ''}"


def _start_of(point: Point, clause: Clause) -> str:
    of = "the start of " if isinstance(point, UnitPoint) else ""
    return of + point_words(point, clause)


def _end_of(point: Point, clause: Clause) -> str:
    of = "the end of " if isinstance(point, UnitPoint) else ""
    return of + point_words(point, clause)


def point_words(point: Point, clause: Clause) -> str:
    """Give a point in time as words."""
    match point:
        case Now():
            return "now"
        case DayPoint():
            return _day_words(point)
        case UnitPoint():
            return f"{'the previous' if point.back else 'this'} {unit_words(point.unit, point.local, 1)}"
        case Anchor():
            return f"their {_edge(point, clause)}"
        case _:
            return value_words(point, clause)
