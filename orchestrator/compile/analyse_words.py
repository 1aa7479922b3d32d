"""What is said beside a sentence that can never match, or that says less than it seems to: why, and what to write.

Each function gives texts to paste, or nothing where what was meant cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from orchestrator.compile import values
from orchestrator.compile.build import Builder
from orchestrator.compile.extents import Extent, whole
from orchestrator.compile.features import Default, Term
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.tied import constant
from orchestrator.model import condition as c
from orchestrator.model.schema import Type

OTHER_SIDE = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
SIZED = (c.Rank, c.Cumulative, c.Sample)
"""What takes as many as its size says: a greater one takes the same people and more."""
HUNG = (c.On, c.Since, c.Before, c.After, c.Beside)
"""Windows that hang on one point."""


# ------------------------------------------------------------------ what a sentence is about


def only_value(node: c.Condition) -> c.Value | None:
    """Give the one value that a condition, or several joined ones, speak of; None where it is none or more."""
    found: list[c.Value] = []
    for value in _values(node):
        if value is None:
            return None
        if value not in found:
            found.append(value)
    return found[0] if len(found) == 1 else None


def _values(node: c.Condition) -> Iterator[c.Value | None]:
    """Yield each value that is no literal; None for what asks for something else than values."""
    match node:
        case c.AllOf() | c.AnyOf() | c.NoneOf() | c.SomeOf():
            for item in node.items:
                yield from _values(item)
        case c.Not():
            yield from _values(node.item)
        case c.Compare() | c.Is():
            yield from _open(node.left, node.right)
        case c.Between():
            yield from _open(node.value, node.low, node.high)
        case c.TextTest():
            yield from _open(node.value, node.pattern)
        case c.OneOf() | c.IsTime() | c.IsMissing():
            yield node.value
        case c.Anniversary():
            yield node.of
        case c.Rank() if node.each is None and node.among is None:
            yield node.by
        case _:
            yield None


def _open(*sides: c.Value) -> Iterator[c.Value]:
    yield from (side for side in sides if not isinstance(side, c.Literal | c.Param))


# ------------------------------------------------------------------ the range of a value


def beyond(node: c.Condition, b: Builder, scope: Scope, report: Reporter) -> tuple[str, tuple[str, ...]]:
    """Give where a value lies that is held against a number outside of that, and the nearest test that can be true."""
    value = only_value(node) if isinstance(node, c.Compare | c.Is | c.Between) else None
    words = None if value is None else report.words(value.span)
    if value is None or words is None:
        return "", ()
    try:
        term = values.term(b, value, scope)
        extent = whole(term.of if isinstance(term, Default) else term)
    except (Mistake, TypeError):
        return "", ()
    low, high = _numbers(extent)
    if low is None or (isinstance(term, Default) and not _holds(extent, term)):
        return "", ()
    percent = isinstance(value, c.Share)
    first, last = (None if end is None else _said(end, percent) for end in (low, high))
    asked = [n.value for n in _literals(node)]
    ends = {end for end in (low, high) if end is not None}
    nearest = min(ends, key=lambda end: min((abs(end - a) for a in asked), default=0))
    span = f"is {first} or more" if last is None else f"lies between {first} and {last}"
    return f"`{words}` {span}", (f"{words} is {_said(nearest, percent)}",)


def _numbers(extent: Extent) -> tuple[Decimal | None, Decimal | None]:
    low, high = extent.low, extent.high
    first = low[0] if low is not None and isinstance(low[0], Decimal) else None
    last = high[0] if high is not None and isinstance(high[0], Decimal) else None
    return first, last - 1 if last is not None and extent.whole_steps else last


def _holds(extent: Extent, term: Default) -> bool:
    low, high = _numbers(extent)
    number = term.default.value
    return isinstance(number, Decimal) and (low is None or low <= number) and (high is None or number <= high)


def _said(number: Decimal, percent: bool) -> str:
    return f"{number * 100:.0f}%" if percent else f"{number}"


def _literals(node: c.Condition) -> list[c.Number]:
    sides = [getattr(node, name, None) for name in ("left", "right", "low", "high")]
    return [side for side in sides if isinstance(side, c.Number)]


# ------------------------------------------------------------------ two that cannot both be true


def swapped(early: c.Condition, late: c.Condition, report: Reporter) -> tuple[str, ...]:
    """Give a pair the other way round: the top 10 % and not the top 20 %, a version above 4.10 and below 4.9."""
    if isinstance(early, c.Not):
        early, late = late, early
    if isinstance(early, SIZED) and isinstance(late, c.Not) and isinstance(late.item, SIZED):
        wide, narrow = report.words(late.item.span), report.words(early.span)
        if _unsized(early) == _unsized(late.item) and wide and narrow:
            return (f"({wide} and not {narrow})  # without the first ones",)
    if isinstance(early, c.Compare) and isinstance(late, c.Compare) and early.left == late.left:
        value, first, second = (report.words(node.span) for node in (early.left, early.right, late.right))
        if isinstance(early.right, c.Text) and early.op[0] != late.op[0] and value and first != second:
            ends = (f"{value} {early.op} {second}", f"{value} {late.op} {first}")
            return (f"({ends[0]} and {ends[1]})  # versions are compared number by number: 4.9 comes before 4.10",)
    return ()


def _unsized(node: c.Rank | c.Cumulative | c.Sample) -> object:
    if isinstance(node, c.Rank):
        return replace(node, share=None, count=None)
    return replace(node, share=Decimal(0))


def either(early: c.Condition, late: c.Condition, report: Reporter) -> tuple[str, ...]:
    """Give one of the two instead of both, where neither is a part of the other's opposite."""
    one, other = report.words(early.span), report.words(late.span)
    if one is None or other is None or not all(map(_plain, (early, late))):
        return ()
    return (f"({one} or {other})  # one of the two",)


def _plain(node: c.Condition) -> bool:
    """Tell whether a condition can stand beside another one, and says who is in."""
    if isinstance(node, c.AllOf | c.AnyOf | c.NoneOf | c.SomeOf | c.Not):
        return False
    return isinstance(node, c.Did | c.IsMissing) or not getattr(node, "negated", False)


# ------------------------------------------------------------------ events, groups and ranks


def beside_itself(node: c.Condition, report: Reporter) -> tuple[str, tuple[str, ...]]:
    """Say that nothing comes after the last event or before the first one of its kind, and what was meant perhaps."""
    point = getattr(node.window, "point", None) if isinstance(node, c.Did) else None
    if not isinstance(node, c.Did) or not isinstance(node.window, HUNG) or not isinstance(point, c.Anchor):
        return "", ()
    event = report.words(node.event.span)
    if point.event.name != node.event.name or event is None:
        return "", ()
    side = "after the last" if point.edge is c.Edge.LAST else "before the first"
    return f"no `{node.event.name}` comes {side} one", (f"did {event} at least 2 times ever  # more than one",)


def fewer_of(node: c.SomeOf, report: Reporter) -> Iterator[tuple[c.SomeOf, str]]:
    """Yield the same choice with ever fewer of the conditions, and its words."""
    texts = [report.words(item.span) for item in node.items]
    if node.most or None in texts:
        return
    for count in range(node.count - 1, 0, -1):
        yield replace(node, count=count), f"at least {count} of ({', '.join(text for text in texts if text)})"


def alike(by: c.Value, b: Builder, scope: Scope) -> bool:
    """Tell whether a value that people are ranked by is the same for all of them."""
    try:
        term: Term = values.term(b, by, scope)
    except Mistake:
        return False
    return constant(term) and term.type is not Type.BOOL
