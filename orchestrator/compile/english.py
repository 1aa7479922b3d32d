"""A segment in plain English, for whoever reviews it: what it really asks, unknown values included.

Each kind of node has one sentence. What surprises people is said where it happens: who is taken along because a
value is unknown, and that a count below a number takes people with none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from orchestrator.compile.english_elsewhere import elsewhere_words
from orchestrator.compile.english_names import Names, called, plural
from orchestrator.compile.english_peers import peer_test, rank_words
from orchestrator.compile.english_related import related_words
from orchestrator.compile.english_special import special_words
from orchestrator.compile.english_unknown import known, not_held, or_left_out, or_unknown, without_unknown
from orchestrator.compile.english_values import (
    event_words,
    held_against,
    listed,
    number_words,
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
    Attr,
    Between,
    Changed,
    Compare,
    Condition,
    Consent,
    Count,
    Cumulative,
    Did,
    Event,
    Ever,
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
    MoreThan,
    Moved,
    Near,
    NoneOf,
    Not,
    Number,
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


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_BRACKETS = re.compile(r"\([^()]*\)")
_JOINED = re.compile(r",|\b(?:and|or)\b")
_SPAN = re.compile(r"\bbetween (?:(?!\band\b).)* and\b")


def english(workspace: Workspace, what: str | Condition | Definition) -> str:
    """Give the words for a definition (by name or itself) or a condition: lines of text, bullets for parts.

    Raises KeyError for a name that no definition has.
    """
    if isinstance(what, str):
        what = workspace.definitions[what]
    say = _Said(Names(workspace))
    match what:
        case Segment():
            people = plural(what.of or workspace.schema.first.name)
            if isinstance(what.where, Everyone):
                return f"All {people}{_given(what)}."
            heading, bullets = say.holding(what.where)
            return f"All {people} for whom {heading}{_given(what)}:\n{bullets}"
        case Partition():
            return _partition(workspace, what, say)
        case Trait():
            unknown = f"; {say.value(what.default)} where that is unknown" if what.default is not None else ""
            return f"{called(what.name)} is {say.value(what.value)}{unknown}."
        case EventDef():
            return f"{called(what.name)} stands for {say.event(what.event)}."
        case ListDef():
            return f"`{what.name}` stands for {listed([say.value(item) for item in what.items], 'and')}."
        case _:
            return say.block(what)


def _given(what: Segment) -> str:
    """Say what the parameters are where nobody gives a value."""
    known = [f"${p.name} is {str(Argument(p.name, p.default)).partition(' = ')[2]}" for p in what.params if p.default]
    needed = [f"${name} must be given" for name in what.required]
    return f" ({'; '.join([*known, *needed])})" if what.params else ""


def _partition(workspace: Workspace, what: Partition, say: _Said) -> str:
    everybody = f"all {plural(what.of or workspace.schema.first.name)}"
    whole = f"everybody in segment `{what.among}`" if what.among else everybody
    cases = []
    for case in what.cases:
        when, bullets = say.holding(case.when, depth=2)
        cases.append(f"  {case.name}, if {when}:\n{bullets}")
    heading = f"Divides {whole} into {len(what.cells)} groups; everybody is in exactly one, the first that fits:"
    return "\n".join([heading, *cases, f"  {what.otherwise}:\n    - whoever fits none of the above"])


@dataclass(frozen=True, slots=True)
class _Said:
    """Says conditions; called with one, gives it as one clause."""

    names: Names

    # -------------------------------------------------------------- bullets

    def holding(self, condition: Condition, depth: int = 1) -> tuple[str, str]:
        """Give how many of the bullets must hold, and the bullets."""
        heading, items = _group(condition)
        if not items:
            return "this holds", self.block(condition, depth)
        if isinstance(condition, AllOf):
            return heading, self.block(condition, depth)
        return heading, "\n".join(self._bullet(item, depth) for item in items)

    def block(self, condition: Condition, depth: int = 1) -> str:
        """Give a condition as bullets, one for each part of its outermost `and`, groups indented below a heading."""
        if isinstance(condition, AllOf):
            names = known(condition.items)
            return "\n".join(without_unknown(self.block(item, depth), item, names) for item in condition.items)
        return self._bullet(condition, depth)

    def _bullet(self, condition: Condition, depth: int) -> str:
        """Give a condition as one bullet, an `and` among alternatives with a heading of its own."""
        pad = "  " * depth
        heading, items = _group(condition)
        if not items:
            return f"{pad}- {self(condition)}"
        names = known(items) if isinstance(condition, AllOf) else frozenset()
        below = (without_unknown(self._bullet(item, depth + 1), item, names) for item in items)
        return "\n".join([f"{pad}- {heading}:", *below])

    # -------------------------------------------------------------- clauses

    def __call__(self, condition: Condition) -> str:
        """Give a condition as one clause."""
        match condition:
            case AllOf():
                names = known(condition.items)
                return " and ".join(self._bracketed(item, names) for item in condition.items)
            case AnyOf():
                return " or ".join(self._bracketed(item) for item in condition.items)
            case NoneOf() | SomeOf():
                heading, items = _group(condition)
                return f"{heading} ({'; '.join(self(item) for item in items)})"
            case Not():
                return self._opposite(condition.item)
            case Everyone():
                return "everyone"
            case InSegment():
                return f"they are in segment `{condition.ref}`"
            case Did():
                return self._did(condition)
            case Sequence():
                return self._sequence(condition)
            case Rank():
                return rank_words(condition, self.value)
            case Consent():
                return self._consent(condition)
            case Cumulative() | IsUnique():
                return peer_test(condition, self.value)
            case Sample() | Moved():
                return elsewhere_words(condition, self.window)
            case RawSql():
                return f"they are among the ids of this SQL: {' '.join(condition.body.text.split())}"
            case HasItems() | HasItem() | HasRelated() | InSegmentOf():
                return related_words(condition, self)
            case _:
                return self._test(condition)

    def _opposite(self, item: Condition) -> str:
        """Give `not` and a condition: the words of its own negated form, where it has one."""
        match item:
            case InSegment():
                return f"they are not in segment `{item.ref}`"
            case Rank():
                return rank_words(item, self.value, negated=True)
            case Cumulative():
                return peer_test(item, self.value, negated=True)
            case Sample() | Moved():
                return elsewhere_words(item, self.window, negated=True)
            case Compare():
                left, right = item.left, item.right
                return f"{self._compared(item).replace(' is ', ' is not ', 1)}{or_unknown(True, left, right)}"
            case Did(quantity=None) | Consent(window=None):
                return self(replace(item, negated=not item.negated))
            case Is() | OneOf() | Between() | IsTime() | IsMissing() | TextTest() | Anniversary() | IsUnique():
                return self(replace(item, negated=not item.negated))
            case Held() | Near() | Inside() | InSegmentOf():
                return self(replace(item, negated=not item.negated))
        return f"it is not so that {self._bracketed(item)}{or_left_out(item)}"

    def _bracketed(self, condition: Condition, names: frozenset[tuple[str, ...]] = frozenset()) -> str:
        """Give a clause among others, in brackets where it has an `and`, an `or` or a comma of its own."""
        words = without_unknown(self(condition), condition, names)
        bare = _QUOTED.sub("", words)
        while (fewer := _BRACKETS.sub("", bare)) != bare:
            bare = fewer
        return f"({words})" if _JOINED.search(_SPAN.sub("", bare)) else words

    def _test(self, condition: Condition) -> str:
        match condition:
            case Compare():
                return self._compared(condition)
            case Is():
                return self._is(condition)
            case OneOf():
                words = f"{self.value(condition.value)} {self._choice(condition)}"
                return words + or_unknown(condition.negated, condition.value)
            case Between():
                verb = "is not" if condition.negated else "is"
                low, high = (held_against(end, condition.value, self) for end in (condition.low, condition.high))
                words = f"{self.value(condition.value)} {verb} between {low} and {high}"
                return words + or_unknown(condition.negated, condition.value)
            case IsTime():
                words = f"{self.value(condition.value)} {self._when(condition.window, condition.negated)}"
                return words + or_unknown(condition.negated, condition.value)
            case IsMissing():
                return f"{self.value(condition.value)} is {'known' if condition.negated else 'unknown'}"
            case TextTest():
                verb = _TEXT[condition.op][condition.negated]
                words = f"{self.value(condition.value)} {verb} {self.value(condition.pattern)}"
                return words + or_unknown(condition.negated, condition.value)
            case Anniversary():
                verb = "does not fall" if condition.negated else "falls"
                words = f"an anniversary of {self.value(condition.of)} {verb} {self.window(condition.window)}"
                return words + or_unknown(condition.negated, condition.of)
            case Held() | Changed() | Near() | Inside():
                return special_words(condition, self.value, self.window)
        raise TypeError(f"no words for {type(condition).__name__}")

    def _compared(self, condition: Compare) -> str:
        left, right = condition.left, condition.right
        verb = _COMPARED[condition.op]
        return f"{held_against(left, right, self)} {verb} {held_against(right, left, self)}"

    def _is(self, condition: Is) -> str:
        verb = "is not" if condition.negated else "is"
        left, right = condition.left, condition.right
        if isinstance(left, Attr) and left.name == "nth" and isinstance(right, Number) and right.value == 1:
            return f"it {verb} their first ever"
        words = f"{held_against(left, right, self, same=True)} {verb} {held_against(right, left, self, same=True)}"
        return words + or_unknown(condition.negated, left, right)

    def _choice(self, condition: OneOf) -> str:
        """Give ``is "a" or "b"``, ``is neither "a" nor "b"``, ``is in the list `c```."""
        items = condition.items
        verb = "is not" if condition.negated else "is"
        if not isinstance(items, tuple):
            return f"{verb} in the list {f'${items.name}' if isinstance(items, Param) else f'`{items.name}`'}"
        words = [held_against(item, condition.value, self, same=True) for item in items]
        if condition.negated and len(words) > 1:
            return f"is neither {listed(words, 'nor')}"
        return f"{verb} {listed(words, 'or')}"

    def _did(self, condition: Did) -> str:
        window = f" {self.window(condition.window)}" if condition.window is not None else ""
        event = self.event(condition.event)
        if condition.negated and isinstance(condition.window, InEach):
            return f"{window.strip().replace('in each of', 'in at least one of', 1)} they did not {event}"
        if condition.negated:
            return f"they did not {event}{window}"
        if condition.quantity is None:
            pause = "," if isinstance(condition.window, MoreThan) else ""  # "at least once more" would be another test
            return f"they did {event} at least once{pause}{window}"
        quantity = condition.quantity
        never = " (or never)" if takes_none(quantity) and quantity.kind is not Count.EXACTLY else ""
        if condition.unit is not None:
            days = unit_words(condition.unit, condition.local, quantity.high or quantity.count)
            return f"they did {event} on {number_words(quantity)} {days}{never}{window}"
        if isinstance(condition.window, Ever):
            window = " in all"
        return f"they did {event} {times_words(quantity)}{never}{window}"

    def _sequence(self, condition: Sequence) -> str:
        window = f" {self.window(condition.window)}" if condition.window is not None else ""
        return f"they did {self.event(condition.event)}{window}{''.join(map(self._step, condition.steps))}"

    def _step(self, step: Step) -> str:
        within = step.within
        time = "" if within is None else f" within {within.count} {unit_words(within.unit, count=within.count)}"
        same = "" if step.same is None else f" with the same {called(step.same)}"
        event = f"{self.event(step.event)}{same}"
        match step.link:
            case Link.THEN:
                return f", then did {event}{time or ' at any time later'}"
            case Link.NOT:
                over = "which are" if within and within.count > 1 else "which is"
                return f", then did not {event}{time} ({over} over)"
        passed = f"{time} (as far as {'those have' if within and within.count > 1 else 'that has'} passed)"
        return f", then did not {event}{passed if within else ' until now'}"

    def _consent(self, condition: Consent) -> str:
        what = f"{condition.channel} for {condition.topic}"
        if condition.negated:
            return f"they do not allow {what} (no answer counts as no)"
        return f"they allow {what}{f' by an answer given {self.window(condition.window)}' if condition.window else ''}"

    # -------------------------------------------------------------- values

    def value(self, value: Value) -> str:
        """Give the words of a value."""
        return value_words(value, self)

    def window(self, window: Window) -> str:
        """Give the words of a time."""
        return window_words(window, self)

    def event(self, event: Event) -> str:
        """Give the words of an event and its filter."""
        return event_words(event, self)

    def _when(self, window: Window, negated: bool) -> str:
        """Give a time test as words that follow its subject: ``is not in the last 30 days``."""
        return f"{'is not' if negated else 'is'} {self.window(window)}"


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
            many = f"at {'most' if condition.most else 'least'} {'one' if condition.count == 1 else condition.count}"
            return f"{many} of these hold{'s' if condition.count == 1 else ''}{left_out}", condition.items
        case Not(AllOf() as inner):
            return f"not all of these hold{not_held(inner.items)}", inner.items
        case Not(AnyOf() as inner):
            return f"none of these holds{not_held(inner.items)}", inner.items
    return "", ()
