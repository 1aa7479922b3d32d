"""A segment in plain English, for whoever reviews it: what it really asks, unknown values included.

Each kind of node has one sentence. What surprises people is said where it happens: who is taken along because a
value is unknown, and that a count below a number takes people with none.
"""

from __future__ import annotations

from orchestrator.compile.english_elsewhere import elsewhere_words
from orchestrator.compile.english_peers import peer_test
from orchestrator.compile.english_related import related_words
from orchestrator.compile.english_special import special_words
from orchestrator.compile.english_unknown import known, not_held, or_left_out, or_unknown, without_unknown
from orchestrator.compile.english_values import (
    a,
    event_words,
    listed,
    percent,
    plural,
    takes_none,
    times_words,
    unit_words,
    value_words,
    window_words,
)
from orchestrator.model.condition import (
    AllOf,
    Anniversary,
    AnyOf,
    Argument,
    Between,
    Changed,
    Compare,
    Condition,
    Consent,
    Cumulative,
    Did,
    Event,
    Everyone,
    HasItem,
    HasItems,
    HasRelated,
    Held,
    InEach,
    InSegment,
    InSegmentOf,
    Inside,
    Is,
    IsMissing,
    IsTime,
    IsUnique,
    Link,
    Moved,
    Near,
    NoneOf,
    Not,
    OneOf,
    Param,
    Rank,
    RawSql,
    Sample,
    Sequence,
    SomeOf,
    Step,
    TextOp,
    TextTest,
    Value,
    Window,
)
from orchestrator.model.segment import Definition, EventDef, ListDef, Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

_COMPARED = {"<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}
_TEXT = {
    TextOp.CONTAINS: ("contains", "does not contain"),
    TextOp.STARTS_WITH: ("starts with", "does not start with"),
    TextOp.ENDS_WITH: ("ends with", "does not end with"),
    TextOp.MATCHES: ("matches the pattern", "does not match the pattern"),
}


def english(workspace: Workspace, what: str | Condition | Definition) -> str:
    """Give the words for a definition (by name or itself) or a condition: lines of text, bullets for parts.

    Raises KeyError for a name that no definition has.
    """
    if isinstance(what, str):
        what = workspace.definitions[what]
    match what:
        case Segment():
            people = plural(what.of or workspace.schema.first.name)
            return f"All {people} for whom this holds{_given(what)}:\n{_block(what.where)}"
        case Partition():
            return _partition(workspace, what)
        case Trait():
            unknown = f"; {_value(what.default)} where that is unknown" if what.default is not None else ""
            return f"`{what.name}` is {_value(what.value)}{unknown}."
        case EventDef():
            return f"`{what.name}` is {a(_event(what.event))}."
        case ListDef():
            return f"`{what.name}` stands for {listed([_value(item) for item in what.items], 'and')}."
        case _:
            return _block(what)


def _given(what: Segment) -> str:
    """Say what the parameters are where nobody gives a value."""
    known = [f"${p.name} is {str(Argument(p.name, p.default)).partition(' = ')[2]}" for p in what.params if p.default]
    needed = [f"${name} must be given" for name in what.required]
    return f" ({'; '.join([*known, *needed])})" if what.params else ""


def _partition(workspace: Workspace, what: Partition) -> str:
    everybody = f"all {plural(what.of or workspace.schema.first.name)}"
    whole = f"everybody in segment `{what.among}`" if what.among else everybody
    cases = [f"  {case.name}:\n{_block(case.when, depth=2)}" for case in what.cases]
    heading = f"Divides {whole} into {len(what.cells)} groups; everybody is in exactly one, the first that fits:"
    return "\n".join([heading, *cases, f"  {what.otherwise}:\n    - whoever fits none of the above"])


def _block(condition: Condition, depth: int = 1) -> str:
    """Give a condition as bullets, one for each part of its outermost `and`, groups indented below their heading."""
    if isinstance(condition, AllOf):
        names = known(condition.items)
        return "\n".join(without_unknown(_block(item, depth), item, names) for item in condition.items)
    return _bullet(condition, depth)


def _bullet(condition: Condition, depth: int) -> str:
    """Give a condition as one bullet, an `and` among alternatives with a heading of its own."""
    pad = "  " * depth
    heading, items = _group(condition)
    if not items:
        return f"{pad}- {_inline(condition)}"
    names = known(items) if isinstance(condition, AllOf) else frozenset()
    below = (without_unknown(_bullet(item, depth + 1), item, names) for item in items)
    return "\n".join([f"{pad}- {heading}:", *below])


def _group(condition: Condition) -> tuple[str, tuple[Condition, ...]]:
    match condition:
        case AllOf():
            return "all of these hold", condition.items
        case AnyOf():
            return "at least one of these holds", condition.items
        case NoneOf():
            return f"none of these holds{not_held(condition.items)}", condition.items
        case SomeOf():
            left_out = not_held(condition.items) if condition.most else ""
            many = f"at {'most' if condition.most else 'least'} {condition.count}"
            return f"{many} of these hold{left_out}", condition.items
        case Not(AllOf() as inner):
            return f"not all of these hold{not_held(inner.items)}", inner.items
        case Not(AnyOf() as inner):
            return f"none of these holds{not_held(inner.items)}", inner.items
    return "", ()


def _inline(condition: Condition) -> str:
    """Give a condition as one clause."""
    match condition:
        case AllOf():
            names = known(condition.items)
            return " and ".join(_bracketed(item, names) for item in condition.items)
        case AnyOf():
            return " or ".join(_bracketed(item) for item in condition.items)
        case NoneOf() | SomeOf():
            heading, items = _group(condition)
            return f"{heading} ({'; '.join(_inline(item) for item in items)})"
        case Not(InSegment() as member):
            return f"they are not in segment `{member.ref}`"
        case Not():
            return f"it is not so that {_bracketed(condition.item)}{or_left_out(condition.item)}"
        case Everyone():
            return "everyone"
        case InSegment():
            return f"they are in segment `{condition.ref}`"
        case Did():
            return _did(condition)
        case Sequence():
            return _sequence(condition)
        case Rank():
            return _rank(condition)
        case Consent():
            return _consent(condition)
        case Cumulative() | IsUnique():
            return peer_test(condition, _value)
        case Sample() | Moved():
            return elsewhere_words(condition, _window)
        case RawSql():
            return f"they are among the ids of this SQL: {' '.join(condition.body.text.split())}"
        case HasItems() | HasItem() | HasRelated() | InSegmentOf():
            return related_words(condition, _inline)
        case _:
            return _test(condition)


def _bracketed(condition: Condition, names: frozenset[tuple[str, ...]] = frozenset()) -> str:
    """Give a clause among others, in brackets where its end could be read otherwise."""
    words = without_unknown(_inline(condition), condition, names)
    open_ended = isinstance(condition, AllOf | AnyOf | Not) or words.endswith(" unknown")
    return f"({words})" if open_ended else words


def _test(condition: Condition) -> str:
    match condition:
        case Compare():
            return f"{_value(condition.left)} {_COMPARED[condition.op]} {_value(condition.right)}"
        case Is():
            verb = "is not" if condition.negated else "is"
            words = f"{_value(condition.left)} {verb} {_value(condition.right)}"
            return words + or_unknown(condition.negated, condition.left, condition.right)
        case OneOf():
            items = condition.items
            if isinstance(items, tuple):
                choice = listed([_value(i) for i in items], "or")
            else:
                choice = f"one of `{'$' if isinstance(items, Param) else ''}{items.name}`"
            words = f"{_value(condition.value)} {'is not' if condition.negated else 'is'} {choice}"
            return words + or_unknown(condition.negated, condition.value)
        case Between():
            verb = "is not" if condition.negated else "is"
            low, high = _value(condition.low), _value(condition.high)
            words = f"{_value(condition.value)} {verb} between {low} and {high}"
            return words + or_unknown(condition.negated, condition.value)
        case IsTime():
            words = f"{_value(condition.value)} {_when(condition.window, condition.negated)}"
            return words + or_unknown(condition.negated, condition.value)
        case IsMissing():
            return f"{_value(condition.value)} is {'known' if condition.negated else 'unknown'}"
        case TextTest():
            verb = _TEXT[condition.op][condition.negated]
            words = f"{_value(condition.value)} {verb} {_value(condition.pattern)}"
            return words + or_unknown(condition.negated, condition.value)
        case Anniversary():
            words = f"an anniversary of {_value(condition.of)} {_when(condition.window, condition.negated, falls=True)}"
            return words + or_unknown(condition.negated, condition.of)
        case Held() | Changed() | Near() | Inside():
            return special_words(condition, _value, _window)
    raise TypeError(f"no words for {type(condition).__name__}")


def _did(condition: Did) -> str:
    window = f" {_window(condition.window)}" if condition.window is not None else ""
    event = _event(condition.event)
    if condition.negated:
        each = condition.window if isinstance(condition.window, InEach) else None
        some = "" if each is None else f" {_window(each)}".replace(" in each of", " in at least one of", 1)
        return f"they did no {event}{some or window}"
    if condition.quantity is None:
        return f"they did at least one {event}{window}"
    quantity = condition.quantity
    note = " (never counts, too)" if takes_none(quantity) else ""
    if condition.unit is not None:
        days = unit_words(condition.unit, condition.local, quantity.high or quantity.count)
        return f"they did {event} on {times_words(quantity).rsplit(' ', 1)[0]} {days}{window}{note}"
    return f"they did {event} {times_words(quantity)}{window}{note}"


def _sequence(condition: Sequence) -> str:
    window = f" {_window(condition.window)}" if condition.window is not None else ""
    return f"they did {a(_event(condition.event))}{window}{''.join(_step(step) for step in condition.steps)}"


def _step(step: Step) -> str:
    within = step.within
    time = "" if within is None else f"within {within.count} {unit_words(within.unit, count=within.count)}"
    same = "" if step.same is None else f" with the same {step.same.replace('_', ' ')}"
    event = f"{_event(step.event)}{same}"
    match step.link:
        case Link.THEN:
            return f", and then, {time or 'at any time later'}, {a(event)}"
        case Link.NOT:
            return f", and then no {event} {time} ({'which are' if within and within.count > 1 else 'which is'} over)"
    return f", and then no {event} so far{f' {time}' if time else ''}"


def _rank(condition: Rank) -> str:
    amount = f"{condition.count:,}" if condition.share is None else percent(condition.share)
    side = "top" if condition.top else "bottom"
    among = f" of segment `{condition.among}`" if condition.among else ""
    each = f" within each {_value(condition.each)}" if condition.each else ""
    ties = "; ties at the edge are all in" if condition.share is not None else ""
    return f"they are in the {side} {amount}{among}{each} by {_value(condition.by)} (where it is known{ties})"


def _consent(condition: Consent) -> str:
    what = f"{condition.channel} for {condition.topic}"
    if condition.negated:
        return f"they do not allow {what} (no answer counts as no)"
    return f"they allow {what}{f' by an answer {_window(condition.window)}' if condition.window else ''}"


def _value(value: Value) -> str:
    return value_words(value, _inline)


def _window(window: Window) -> str:
    return window_words(window, _inline)


def _event(event: Event) -> str:
    return event_words(event, _inline)


def _when(window: Window, negated: bool, falls: bool = False) -> str:
    """Give a time test as words that follow its subject: ``is not in the last 30 days``."""
    if falls:
        return f"{'does not fall' if negated else 'falls'} {_window(window)}"
    return f"{'is not' if negated else 'is'} {_window(window)}"
