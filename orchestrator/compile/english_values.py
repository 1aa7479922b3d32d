"""Plain English for values and times: attributes, literals, sums, counts, windows, points.

Filters of events are conditions again; ``clause`` is the function that gives their words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orchestrator.compile.english_peers import peer_value
from orchestrator.compile.english_peers import percent as percent
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
    Condition,
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

Clause = Callable[[Condition], str]

_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_AGGREGATES = {
    Fn.SUM: "the sum of",
    Fn.AVG: "the average of",
    Fn.MIN: "the smallest",
    Fn.MAX: "the largest",
    Fn.MEDIAN: "the median",
    Fn.COUNT: "the number of known",
    Fn.COUNT_DISTINCT: "the number of different",
}
_SPACINGS = {
    Fn.SUM: "the total number of",
    Fn.AVG: "the average number of",
    Fn.MIN: "the smallest number of",
    Fn.MAX: "the largest number of",
    Fn.MEDIAN: "the median number of",
}


def plural(noun: str) -> str:
    """Give the plural of a name: ``customer`` to ``customers``, ``company`` to ``companies``."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


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
            return quoted(value.value)
        case Number():
            return percent(value.value) if value.percent else f"{value.value:,f}"
        case Money():
            return f"{value.amount:,f} {value.currency}"
        case Bool():
            return "yes" if value.value else "no"
        case Date():
            return f"{value.value.day} {value.value:%B %Y}"
        case DateTime():
            return f"{value.value.day} {value.value:%B %Y, %H:%M}" + (
                f" ({value.value:%Z})" if value.value.tzinfo else ""
            )
        case Attr():
            return name_words(value.path)
        case Arithmetic():
            return f"({value_words(value.left, clause)} {_SIGNS[value.op]} {value_words(value.right, clause)})"
        case Aggregate():
            return _aggregate(value, clause)
        case Pick():
            window = f" {window_words(value.window, clause)}" if value.window else ""
            return f"{name_words(value.prop)} of the {value.edge.value} {event_words(value.event, clause)}{window}"
        case Elapsed():
            return f"the number of whole {unit_words(value.unit, value.local)} since {_since(value.of, clause)}"
        case Remaining():
            target = (
                f"the next anniversary of {value_words(value.of, clause)}"
                if value.anniversary
                else value_words(value.of, clause)
            )
            return f"the number of whole {unit_words(value.unit, value.local)} until {target}"
        case Across() | Bucket():
            return peer_value(value, lambda inner: value_words(inner, clause))
        case Param():
            return f"${value.name}"
        case Part():
            part = "weekday" if value.unit is None else value.unit.value
            of = "the present moment" if isinstance(value.of, Now) else value_words(value.of, clause)
            return f"the {'local ' if value.local else ''}{part} of {of}"
        case Share():
            window = f" {window_words(value.window, clause)}" if value.window else ""
            where = f" for which {clause(value.event.where)}" if value.event.where is not None else ""
            return f"the share, among all {event_words(Event(value.event.name), clause)}{window}, of those{where}"
        case Spacing():
            window = f" {window_words(value.window, clause)}" if value.window else ""
            what = f"{_SPACINGS[value.fn]} {unit_words(value.unit, value.local)}"
            return f"{what} between one {event_words(value.event, clause)} and the next{window}"
    raise TypeError(f"no words for {type(value).__name__}")


def name_words(path: Sequence[str]) -> str:
    """Give a dotted name as words: ``birth_date`` to ``birth date``, ``customer.size`` to ``customer size``."""
    return " ".join(part.replace("_", " ") for part in path)


def event_words(event: Event, clause: Clause) -> str:
    """Give an event's name with its filter: ``purchase where category is "shoes"``."""
    name = event.name.replace("_", " ")
    if event.where is None:
        return f"`{name}`"
    return f"`{name}` (where {clause(event.where)})"


def times_words(quantity: Quantity) -> str:
    """Give ``at least 3 times``."""
    number = f"{quantity.count} and {quantity.high}" if quantity.kind is Count.BETWEEN else str(quantity.count)
    return f"{quantity.kind.value} {number} time{'' if number == '1' else 's'}"


def takes_none(quantity: Quantity) -> bool:
    """Tell whether a number of times takes those with none at all."""
    upwards = quantity.count == 0 and quantity.kind is not Count.MORE_THAN
    return upwards or quantity.kind in (Count.AT_MOST, Count.FEWER_THAN)


def _aggregate(value: Aggregate, clause: Clause) -> str:
    window = f" {window_words(value.window, clause)}" if value.window else ""
    event = event_words(value.event, clause)
    if not value.prop:
        return f"the number of {event}{window}"
    return f"{_AGGREGATES[value.fn]} {name_words(value.prop)} of {event}{window}"


def _since(of: Attr | Anchor, clause: Clause) -> str:
    return f"the {of.edge.value} {event_words(of.event, clause)}" if isinstance(of, Anchor) else value_words(of, clause)


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
            return f"{'outside of' if window.outside else 'during'} the {window.name.replace('_', ' ')}"
        case On():
            on = "" if isinstance(window.point, DayPoint) else "on "
            return f"{on}{point_words(window.point, clause)}"
        case Since():
            return f"since {point_words(window.point, clause)}"
        case Before():
            return f"before {point_words(window.point, clause)}"
        case After():
            return f"after {point_words(window.point, clause)}"
        case FromTo():
            return f"from {point_words(window.start, clause)} to {point_words(window.end, clause)}"
    raise TypeError(f"no words for {type(window).__name__}")


def _day_words(day: OnDay | DayPoint) -> str:
    return f"{day.day.value}{' (local)' if day.local else ''}"


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
            return f"their {point.edge.value} {event_words(point.event, clause)}"
        case _:
            return value_words(point, clause)
