"""The canonical words of literals, values, windows and conditions, each on one line.

What is printed here parses back to an equal tree; a property test holds it to that.
"""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch
from typing import TypeGuard

from orchestrator.model import condition as c
from orchestrator.model.spelling import decimal as decimal
from orchestrator.model.spelling import grouped as grouped
from orchestrator.model.spelling import literal
from orchestrator.model.spelling import percent as percent
from orchestrator.model.spelling import quoted as quoted

NOT_TEXT = {
    c.TextOp.CONTAINS: "contain",
    c.TextOp.STARTS_WITH: "start with",
    c.TextOp.ENDS_WITH: "end with",
    c.TextOp.MATCHES: "match",
}


def units(count: int, unit: c.Unit, local: bool = False) -> str:
    """Give ``1 day``, ``30 local days``."""
    return f"{count} {'local ' if local else ''}{unit.value}{'' if count == 1 else 's'}"


def one_unit(unit: c.Unit, local: bool) -> str:
    """Give ``local month``."""
    return f"local {unit.value}" if local else unit.value


@singledispatch
def words(node: object) -> str:
    """Give the canonical text of a node on one line."""
    raise TypeError(f"nothing is known about printing {type(node).__name__}")


# ------------------------------------------------------------------ literals and names


@words.register
def _(node: c.Text | c.Number | c.Money | c.Bool | c.Date | c.DateTime) -> str:
    return literal(node)


@words.register
def _(node: c.Param) -> str:
    return f"${node.name}"


@words.register
def _(node: c.Attr) -> str:
    return node.name


@words.register
def _(node: c.SegmentRef) -> str:
    return str(node)


@words.register
def _(node: c.ListRef) -> str:
    return node.name


@words.register
def _(node: c.Event) -> str:
    return node.name if node.where is None else f"{node.name} where ({words(node.where)})"


def entries(items: tuple[c.Literal, ...]) -> str:
    """Give a list in brackets."""
    return f"({', '.join(words(item) for item in items)})"


# ------------------------------------------------------------------ time


@words.register
def _(node: c.Now) -> str:
    return "now"


@words.register
def _(node: c.DayPoint | c.OnDay) -> str:
    return f"local {node.day.value}" if node.local else node.day.value


@words.register
def _(node: c.UnitPoint) -> str:
    return f"{'previous' if node.back else 'this'} {one_unit(node.unit, node.local)}"


@words.register
def _(node: c.Anchor) -> str:
    return f"{node.edge.value} {words(node.event)}"


@words.register
def _(node: c.Rolling) -> str:
    return f"in {'next' if node.ahead else 'last'} {units(node.count, node.unit, node.local)}"


@words.register
def _(node: c.Calendar) -> str:
    if node.count > 1 or isinstance(node.count, c.CountParam):
        return f"in previous {units(node.count, node.unit, node.local)}"
    return f"in {'previous' if node.count else 'this'} {one_unit(node.unit, node.local)}"


@words.register
def _(node: c.Ever) -> str:
    return "ever"


@words.register
def _(node: c.On | c.Since | c.Before | c.After) -> str:
    return f"{type(node).__name__.lower()} {words(node.point)}"


@words.register
def _(node: c.FromTo) -> str:
    return f"from {words(node.start)} to {words(node.end)}"


@words.register
def _(node: c.MoreThan) -> str:
    return f"more than {units(node.count, node.unit, node.local)} {'from now' if node.ahead else 'ago'}"


@words.register
def _(node: c.BetweenSpan) -> str:
    return f"between {node.low} and {units(node.high, node.unit)} {'from now' if node.ahead else 'ago'}"


# ------------------------------------------------------------------ values


@words.register
def _(node: c.Arithmetic) -> str:
    return f"{_side(node.left, node.op, right=False)} {node.op} {_side(node.right, node.op, right=True)}"


def _side(node: c.Value, op: str, right: bool) -> str:
    text = words(node)
    if not isinstance(node, c.Arithmetic):
        return text
    weaker = node.op in "+-" and op in "*/"
    same = (node.op in "+-") == (op in "+-")
    return f"({text})" if weaker or (right and same) else text


def subject(event: c.Event, prop: tuple[str, ...], window: c.Window | None) -> str:
    """Give what an aggregate is of: event, property, filter and window."""
    text = ".".join((event.name, *prop))
    if event.where is not None:
        text += f" where ({words(event.where)})"
    return text if window is None else f"{text} {words(window)}"


@words.register
def _(node: c.Aggregate) -> str:
    return f"{node.fn.value} of {subject(node.event, node.prop, node.window)}"


@words.register
def _(node: c.Pick) -> str:
    return f"{node.edge.value} {subject(node.event, node.prop, node.window)}"


@words.register
def _(node: c.Elapsed) -> str:
    return f"{'local ' if node.local else ''}{node.unit.value}s since {words(node.of)}"


@words.register
def _(node: c.Remaining) -> str:
    kind = "anniversary of " if node.anniversary else ""
    return f"{'local ' if node.local else ''}{node.unit.value}s until {kind}{words(node.of)}"


@words.register
def _(node: c.Part) -> str:
    return f"{'local ' if node.local else ''}{node.unit.value if node.unit else 'weekday'} of {words(node.of)}"


# ------------------------------------------------------------------ conditions


def is_mixed(node: c.Condition) -> TypeGuard[c.AllOf | c.AnyOf]:
    """Tell whether a condition needs brackets beside ``and`` or ``or``."""
    return isinstance(node, c.AllOf | c.AnyOf) and len(node.items) > 1


def operand(node: c.Condition) -> str:
    """Give a condition as it stands beside ``and`` or ``or``."""
    return f"({words(node)})" if is_mixed(node) else words(node)


def group_head(node: c.AllOf | c.AnyOf | c.NoneOf | c.SomeOf) -> str:
    """Give the words in front of the bracket of a group."""
    if isinstance(node, c.SomeOf):
        return f"at {'most' if node.most else 'least'} {node.count} of"
    return {c.AllOf: "all of", c.AnyOf: "any of", c.NoneOf: "none of"}[type(node)]


@words.register
def _(node: c.Everyone) -> str:
    return "everyone"


@words.register
def _(node: c.AllOf | c.AnyOf) -> str:
    if len(node.items) > 1:
        return (" and " if isinstance(node, c.AllOf) else " or ").join(operand(item) for item in node.items)
    return f"{group_head(node)} ({', '.join(words(item) for item in node.items)})"


@words.register
def _(node: c.NoneOf | c.SomeOf) -> str:
    return f"{group_head(node)} ({', '.join(words(item) for item in node.items)})"


@words.register
def _(node: c.Not) -> str:
    if isinstance(node.item, c.NEGATABLE):
        return f"not {words(node.item)}"
    return f"not ({words(node.item)})"


@words.register
def _(node: c.Compare) -> str:
    return f"{words(node.left)} {node.op} {words(node.right)}"


def verb(negated: bool) -> str:
    """Give ``is`` or ``is not``."""
    return "is not" if negated else "is"


@words.register
def _(node: c.Is) -> str:
    return f"{words(node.left)} {verb(node.negated)} {words(node.right)}"


@words.register
def _(node: c.OneOf) -> str:
    listed = entries(node.items) if isinstance(node.items, tuple) else words(node.items)
    return f"{words(node.value)} {verb(node.negated)} one of {listed}"


@words.register
def _(node: c.Between) -> str:
    return f"{words(node.value)} {verb(node.negated)} between {words(node.low)} and {words(node.high)}"


@words.register
def _(node: c.IsTime) -> str:
    return f"{words(node.value)} {verb(node.negated)} {words(node.window)}"


@words.register
def _(node: c.IsMissing) -> str:
    return f"{words(node.value)} is {'known' if node.negated else 'missing'}"


@words.register
def _(node: c.TextTest) -> str:
    said = f"does not {NOT_TEXT[node.op]}" if node.negated else node.op.value
    return f"{words(node.value)} {said} {words(node.pattern)}"


@words.register
def _(node: c.Anniversary) -> str:
    return f"anniversary of {words(node.of)} {verb(node.negated)} {words(node.window)}"


@words.register
def _(node: c.Quantity) -> str:
    if node.kind is c.Count.BETWEEN:
        return f"between {node.count} and {node.high} times"
    return f"{node.kind.value} {node.count} {'time' if node.count == 1 else 'times'}"


def did_head(node: c.Did) -> str:
    """Give the verb of an event test."""
    return "did not" if node.negated else "did"


def did_tail(node: c.Did) -> str:
    """Give what follows the event of an event test."""
    if node.unit is None or node.quantity is None:
        return "".join(f" {words(part)}" for part in (node.quantity, node.window) if part is not None)
    last = node.quantity.count if node.quantity.high is None else node.quantity.high
    counted = words(node.quantity).rsplit(" ", 2)[0]  # without the number and `times`
    days = f" on {counted} {units(last, node.unit, node.local)}"
    return days if node.window is None else f"{days} {words(node.window)}"


@words.register
def _(node: c.Did) -> str:
    return f"{did_head(node)} {words(node.event)}{did_tail(node)}"


@words.register
def _(node: c.Sequence) -> str:
    window = "" if node.window is None else f" {words(node.window)}"
    return f"did {words(node.event)}{window} {' '.join(words(step) for step in node.steps)}"


@words.register
def _(node: c.Step) -> str:
    return f"{node.link.value} {words(node.event)}{step_tail(node)}"


def step_tail(node: c.Step) -> str:
    """Give what follows the event of a step."""
    same = "" if node.same is None else f" with same {node.same}"
    return same if node.within is None else f"{same} within {units(node.within.count, node.within.unit)}"


@words.register
def _(node: c.InSegment) -> str:
    return f"in segment {node.ref}"


def share(of: Decimal) -> str:
    """Give a share of people, or the parameter that stands for one."""
    return str(of) if isinstance(of, c.ShareParam) else percent(of)


@words.register
def _(node: c.Rank) -> str:
    size = share(node.share) if node.share is not None else grouped(node.count or 0)
    text = f"in {'top' if node.top else 'bottom'} {size} by {words(node.by)}"
    if node.each is not None:
        text += f" within each {words(node.each)}"
    return text if node.among is None else f"{text} among segment {node.among}"


@words.register
def _(node: c.Consent) -> str:
    text = f"{'does not consent' if node.negated else 'consents'} to {node.channel} for {node.topic}"
    return text if node.window is None else f"{text} {words(node.window)}"
