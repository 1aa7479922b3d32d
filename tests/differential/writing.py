"""Trees as text, written by the tests themselves: what the parser makes of the text must be the same tree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model import segment as s


def quoted(text: str) -> str:
    """Give a text between quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(value: Decimal) -> str:
    """Give a number as an author writes it, never in scientific form."""
    return f"{value:f}"


def units(count: int, unit: c.Unit, local: bool = False) -> str:
    """Give ``3 local days``."""
    return f"{count} {'local ' if local else ''}{unit.value}{'' if count == 1 else 's'}"


def moment(value: dt.datetime) -> str:
    """Give an instant, with Z where it carries a zone."""
    text = value.strftime("%Y-%m-%dT%H:%M:%S")
    return text + "Z" if value.tzinfo is not None else text


def _local(node: Any) -> str:
    return "local " if node.local else ""


def event(node: c.Event, prop: tuple[str, ...] = ()) -> str:
    """Give ``purchase.amount where (…)``."""
    name = ".".join((node.name, *prop))
    return name if node.where is None else f"{name} where ({condition(node.where)})"


def point(node: Any) -> str:
    """Give a point."""
    if isinstance(node, c.Now):
        return "now"
    if isinstance(node, c.DayPoint):
        return _local(node) + node.day.value
    if isinstance(node, c.UnitPoint):
        return f"{'previous' if node.back else 'this'} {_local(node)}{node.unit.value}"
    if isinstance(node, c.Anchor):
        return f"{node.edge.value} {event(node.event)}"
    return value(node)


def window(node: Any) -> str:
    """Give a window."""
    if isinstance(node, c.Rolling):
        return f"in {'next' if node.ahead else 'last'} {units(node.count, node.unit, node.local)}"
    if isinstance(node, c.Calendar):
        if node.count == 0:
            return f"in this {_local(node)}{node.unit.value}"
        if node.count == 1:
            return f"in previous {_local(node)}{node.unit.value}"
        return f"in previous {units(node.count, node.unit, node.local)}"
    if isinstance(node, c.OnDay):
        return _local(node) + node.day.value
    if isinstance(node, c.Ever):
        return "ever"
    if isinstance(node, c.FromTo):
        return f"from {point(node.start)} to {point(node.end)}"
    if isinstance(node, c.MoreThan):
        return f"more than {units(node.count, node.unit, node.local)} {'from now' if node.ahead else 'ago'}"
    if isinstance(node, c.BetweenSpan):
        return f"between {node.low} and {node.high} {node.unit.value}s {'from now' if node.ahead else 'ago'}"
    if isinstance(node, c.Beside):
        edge, side = ("last", "before") if node.before else ("first", "after")
        return f"in {edge} {units(node.count, node.unit, node.local)} {side} {point(node.point)}"
    if isinstance(node, c.During):
        return f"{'outside' if node.outside else 'during'} {node.name}"
    if isinstance(node, c.InEach):
        return f"in each of previous {units(node.count, node.unit, node.local)}"
    return f"{type(node).__name__.lower()} {point(node.point)}"


def _windowed(text: str, node: Any) -> str:
    return text if node is None else f"{text} {window(node)}"


def value(node: Any) -> str:
    """Give a value."""
    if isinstance(node, c.Param):
        return f"${node.name}"
    if isinstance(node, c.Text):
        return quoted(node.value)
    if isinstance(node, c.Number):
        return f"{number(node.value * 100)}%" if node.percent else number(node.value)
    if isinstance(node, c.Money):
        return f"{number(node.amount)} {node.currency}"
    if isinstance(node, c.Bool):
        return "true" if node.value else "false"
    if isinstance(node, c.Date):
        return node.value.isoformat()
    if isinstance(node, c.DateTime):
        return moment(node.value)
    if isinstance(node, c.Attr):
        return node.name
    if isinstance(node, c.Arithmetic):
        return " ".join((_operand(node.left), node.op, _operand(node.right)))
    if isinstance(node, c.Aggregate):
        return _windowed(f"{node.fn.value} of {event(node.event, node.prop)}", node.window)
    if isinstance(node, c.Pick):
        return _windowed(f"{node.edge.value} {event(node.event, node.prop)}", node.window)
    if isinstance(node, c.Share):
        return _windowed(f"fraction of {event(node.event)}", node.window)
    if isinstance(node, c.Spacing):
        return _windowed(f"{node.fn.value} {node.unit.value}s between {event(node.event)}", node.window)
    if isinstance(node, c.Elapsed):
        of = point(node.of) if isinstance(node.of, c.Anchor) else node.of.name
        return f"{_local(node)}{node.unit.value}s since {of}"
    if isinstance(node, c.Remaining):
        return f"{_local(node)}{node.unit.value}s until {'anniversary of ' if node.anniversary else ''}{node.of.name}"
    if isinstance(node, c.Across):
        return f"{value(node.of)} across {f'segment {node.among}' if node.among else 'everyone'}"
    if isinstance(node, c.Bucket):
        return f"bucket {node.count} by {value(node.by)}{' highest first' if node.highest else ''}{_scope(node)}"
    of = "now" if isinstance(node.of, c.Now) else node.of.name
    return f"{_local(node)}{node.unit.value if node.unit else 'weekday'} of {of}"


def _operand(node: Any) -> str:
    return f"({value(node)})" if isinstance(node, c.Arithmetic) else value(node)


def _not(node: Any) -> str:
    return "not " if node.negated else ""


def quantity(node: c.Quantity) -> str:
    """Give ``between 3 and 5 times``."""
    if node.kind is c.Count.BETWEEN:
        return f"between {node.count} and {node.high} times"
    return f"{node.kind.value} {node.count} {'time' if node.count == 1 else 'times'}"


def _list(items: Any) -> str:
    if isinstance(items, c.Param):
        return value(items)
    return items.name if isinstance(items, c.ListRef) else "(" + ", ".join(value(item) for item in items) + ")"


def _step(node: c.Step) -> str:
    same = "" if node.same is None else f" with same {node.same}"
    time = "" if node.within is None else f" within {units(node.within.count, node.within.unit)}"
    return f"{node.link.value} {event(node.event)}{same}{time}"


_BASE = {"contains": "contain", "starts with": "start with", "ends with": "end with", "matches": "match"}


def condition(node: Any) -> str:
    """Give a condition."""
    if isinstance(node, c.Everyone):
        return "everyone"
    if isinstance(node, c.AllOf | c.AnyOf):
        joint = " and " if isinstance(node, c.AllOf) else " or "
        return joint.join(f"({condition(i)})" if isinstance(i, c.AllOf | c.AnyOf) else condition(i) for i in node.items)
    if isinstance(node, c.NoneOf | c.SomeOf):
        head = "none" if isinstance(node, c.NoneOf) else f"at {'most' if node.most else 'least'} {node.count}"
        return f"{head} of ({', '.join(condition(i) for i in node.items)})"
    if isinstance(node, c.Not):
        inner = condition(node.item)
        return f"not {inner}" if isinstance(node.item, c.NEGATABLE) else f"not ({inner})"
    if isinstance(node, c.Compare):
        return f"{value(node.left)} {node.op} {value(node.right)}"
    if isinstance(node, c.Is):
        return f"{value(node.left)} is {_not(node)}{value(node.right)}"
    if isinstance(node, c.OneOf):
        return f"{value(node.value)} is {_not(node)}one of {_list(node.items)}"
    if isinstance(node, c.Between):
        return f"{value(node.value)} is {_not(node)}between {value(node.low)} and {value(node.high)}"
    if isinstance(node, c.IsTime):
        return f"{value(node.value)} is {_not(node)}{window(node.window)}"
    if isinstance(node, c.IsMissing):
        return f"{value(node.value)} is {'known' if node.negated else 'missing'}"
    if isinstance(node, c.TextTest):
        verb = f"does not {_BASE[node.op.value]}" if node.negated else node.op.value
        return f"{value(node.value)} {verb} {value(node.pattern)}"
    if isinstance(node, c.Anniversary):
        return f"anniversary of {node.of.name} is {_not(node)}{window(node.window)}"
    if isinstance(node, c.Did):
        if node.negated:
            return _windowed(f"did not {event(node.event)}", node.window)
        often = "" if node.quantity is None else " " + quantity(node.quantity)
        if node.unit is not None:
            often = f" on {often.split(' time')[0].strip()} {_local(node)}{node.unit.value}s"
        return _windowed(f"did {event(node.event)}{often}", node.window)
    if isinstance(node, c.Sequence):
        return " ".join((_windowed(f"did {event(node.event)}", node.window), *map(_step, node.steps)))
    if isinstance(node, c.InSegment):
        return f"in segment {node.ref}"
    if isinstance(node, c.Rank):
        size = _share(node.share) if node.share is not None else str(node.count)
        return f"in {'top' if node.top else 'bottom'} {size} by {value(node.by)}{_scope(node)}"
    if isinstance(node, c.Cumulative):
        return f"in smallest group with {_share(node.share)} of {value(node.by)}{_scope(node)}"
    if isinstance(node, c.IsUnique):
        return f"{value(node.value)} is {_not(node)}unique"
    if isinstance(node, c.HasItems | c.HasItem | c.HasRelated):
        return _has(node)
    if isinstance(node, c.InSegmentOf):
        return f"{value(node.of)} is {_not(node)}in segment {node.ref}"
    if isinstance(node, c.Moved):
        return _windowed(f"{'entered' if node.entered else 'left'} segment {node.ref}", node.window)
    if isinstance(node, c.Sample):
        return f'in sample {(node.share * 100).normalize():f}% salt "{node.salt}"'
    if isinstance(node, c.Near):
        at = node.place
        place = f"place {at.name}" if isinstance(at, c.NamedPlace) else f"({at.latitude}, {at.longitude})"
        return f"{value(node.value)} is {_not(node)}within {value(node.distance)} {node.unit} of {place}"
    if isinstance(node, c.Inside):
        return f"{value(node.value)} is {_not(node)}inside place {node.place.name}"
    if isinstance(node, c.Held):
        time = units(node.count, node.unit, node.local)
        return f"{node.of.name} has {_not(node)}been {value(node.value)} for at least {time}"
    if isinstance(node, c.Changed):
        start = "" if node.before is None else f"from {value(node.before)} "
        return _windowed(f"{node.of.name} changed {start}to {value(node.after)}", node.window)
    verb = "does not consent" if node.negated else "consents"
    return _windowed(f"{verb} to {node.channel} for {node.topic}", node.window)


def _has(node: Any) -> str:
    which = {c.Which.NONE: "no ", c.Which.EVERY: "every "}.get(node.which, "")
    if isinstance(node, c.HasItem):
        return f"{node.of.name} has {which}item where ({condition(node.where)})"
    if isinstance(node, c.HasItems):
        return f"{node.of.name} has {node.which.value} of {_list(node.items)}"
    often = "" if node.quantity is None else quantity(node.quantity).rsplit(" ", 1)[0] + " "
    return f"has {which}{often}{event(node.event)}"


def _share(share: Decimal) -> str:
    return str(share) if isinstance(share, c.ShareParam) else f"{number(share * 100)}%"


def _scope(node: Any) -> str:
    each = f" within each {node.each.name}" if node.each else ""
    return each + (f" among segment {node.among}" if node.among else "")


def _param(node: c.Parameter) -> str:
    kind = node.type if node.of is None else f"{node.type}({node.of})"
    default = node.default
    given = "" if default is None else f" = {_list(default) if isinstance(default, tuple) else value(default)}"
    return f"${node.name}: {kind}{given}"


def definition(node: s.Definition) -> str:
    """Give a definition."""
    if isinstance(node, s.Segment):
        params = ", ".join(map(_param, node.params))
        of = "" if node.of is None else f" of {node.of}"
        return f"segment {node.name}{f'({params})' if params else ''}{of} where {condition(node.where)}"
    if isinstance(node, s.Partition):
        among = f" among segment {node.among}" if node.among else ""
        cases = "".join(f"\n  case {case.name} when {condition(case.when)}" for case in node.cases)
        return f"partition {node.name}{among}{cases}\n  otherwise {node.otherwise}"
    if isinstance(node, s.Trait):
        default = f" default {value(node.default)}" if node.default else ""
        kind = node.type if node.entry is None else f"{node.type}({node.entry})"
        return f"trait {node.name}: {kind} = {value(node.value)}{default}"
    if isinstance(node, s.EventDef):
        return f"event {node.name} = {event(node.event)}"
    return f"list {node.name} = {_list(node.items)}"
