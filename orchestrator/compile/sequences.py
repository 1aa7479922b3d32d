"""Checks of sequences: the first window, the events and filters of all steps, and what `with same` compares."""

from __future__ import annotations

from orchestrator.compile.features import Column
from orchestrator.compile.names import FoundEvent, Mistake, Scope
from orchestrator.compile.steps import bounded
from orchestrator.compile.typed import NUMERIC, WORDS, Typed, Values, column, mixed
from orchestrator.model import condition as c
from orchestrator.model.schema import Type
from orchestrator.model.suggest import closest


def check(values: Values, node: c.Sequence, scope: Scope) -> None:
    """Report everything that is wrong in a sequence (E113, E202, E301, E306, E338 and what filters have)."""
    values.window(node, node.window, scope, pasted=_pasted(values, node))
    try:
        bounded(node)
    except Mistake as error:
        values.report.caught(error)
    before, found = node.event, values.event(node.event, scope)
    for step in node.steps:
        own = values.event(step.event, scope)
        if step.same is not None and found is not None and own is not None:
            _same(values, step, (before, found), (step.event, own), scope)
        if step.link is c.Link.THEN:
            before, found = step.event, own


def _pasted(values: Values, node: c.Sequence) -> list[str]:
    """Give the sequence with a time behind its first event, which alone has one."""
    words = [values.report.words(part.span) for part in (node.event, *node.steps)]
    if not all(words):
        return []
    return [" ".join(["did", str(words[0]), time, *map(str, words[1:])]) for time in ("ever", "in last 30 days")]


def _same(
    values: Values,
    step: c.Step,
    before: tuple[c.Event, FoundEvent],
    after: tuple[c.Event, FoundEvent],
    scope: Scope,
) -> None:
    name = step.same or ""
    both = [other for other in before[1].table.properties if other in after[1].table.properties]
    sides: list[Typed] = []
    for event, found in (before, after):
        field = found.table.properties.get(name)
        if field is None:
            near = closest(name, both) or both[:3]
            notes = "" if both else "; the two events have no property in common"
            values.report.error(
                "E202",
                step.span,
                f"the event `{event.name}` has no property `{name}`, and `with same {name}` asks for it{notes}",
                *_instead(values, step, near),
                label=f"did you mean `with same {near[0]}`?" if near else "",
            )
            return
        sides.append(column(Column(field, event=True), name, values.inside(event, scope, found)))
    left, right = sides
    whole = [side for side in sides if side.type in (Type.LIST, Type.PLACE)]
    if whole:
        fitting = [other for other in both if _single(before[1], other) and _single(after[1], other)]
        values.report.error(
            "E338",
            step.span,
            f"`{name}` is {WORDS[whole[0].type]}, and `with same` compares single values",
            *_instead(values, step, closest(name, fitting) or fitting[:1]),
            label="name a property with one value",
        )
        return
    if left.type is not right.type and not (left.type in NUMERIC and right.type in NUMERIC):
        values.report.error(
            "E301",
            step.span,
            f"`{name}` is {WORDS[left.type]} of `{before[0].name}` and {WORDS[right.type]} of `{after[0].name}`: "
            "they are never the same",
        )
    elif left.type is Type.MONEY:
        for side in sides:
            if side.currency is None:
                values.report.error(*mixed(side, step.span))
                return
        if left.currency != right.currency:
            message = (
                f"`{name}` is in {left.currency} of `{before[0].name}` and in {right.currency} of `{after[0].name}`"
            )
            values.report.error("E306", step.span, message)


def _single(event: FoundEvent, name: str) -> bool:
    return event.table.properties[name].type not in (Type.LIST, Type.PLACE)


def _instead(values: Values, step: c.Step, names: list[str]) -> list[str]:
    """Give the step with another property."""
    event = values.report.words(step.event.span)
    time = "" if step.within is None else f" within {values.report.words(step.within.span)}"
    return [] if event is None else [f"{step.link.value} {event} with same {name}{time}" for name in names]
