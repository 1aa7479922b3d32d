"""Sentences that are right and often not meant: who is in or out without being named.

Each looks at one condition and at what stands beside it: an author who has said both is not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from orchestrator.compile.names import Scope
from orchestrator.compile.reporter import Reporter
from orchestrator.model import condition as c
from orchestrator.model.calendar import occurs
from orchestrator.model.diagnostic import Span

UP = {">", ">="}


def look(node: c.Condition, scope: Scope, report: Reporter) -> None:
    """Report what is often not meant in a condition about a person."""
    _look(node, (), scope, report)
    for literal in _moments(node):
        _wall_clock(literal, scope, report)


def _look(node: c.Condition, beside: tuple[c.Condition, ...], scope: Scope, report: Reporter) -> None:
    match node:
        case c.AllOf():
            for item in node.items:
                _look(item, (*beside, *(other for other in node.items if other is not item)), scope, report)
        case c.AnyOf():
            for item in node.items:
                _look(item, (*beside, *(other for other in node.items if other is not item)), scope, report)
        case c.Compare():
            _never_did(node, beside, report)
        case c.Did():
            _none_at_all(node, beside, report)


def _never_did(node: c.Compare, beside: tuple[c.Condition, ...], report: Reporter) -> None:
    """A4: "more than 60 days since the last" leaves out who never did."""
    value, bound = node.left, node.right
    if not (isinstance(value, c.Elapsed) and isinstance(value.of, c.Anchor) and isinstance(bound, c.Number)):
        return
    event = value.of.event
    if node.op not in UP or value.of.edge is not c.Edge.LAST or _speaks_of(event.name, beside):
        return
    whole = int(bound.value) + (1 if node.op == ">" else 0)
    if whole != bound.value + (1 if node.op == ">" else 0) or whole < 1 or event.where is not None or value.local:
        return
    unit = f"{value.unit.value}{'' if whole == 1 else 's'}"
    report.warn(
        "W325",
        node.span,
        f"people who never did a `{event.name}` are not in here",
        f"did not {event.name} in last {whole} {unit}  # with those who never did",
        f"(did {event.name} ever and did not {event.name} in last {whole} {unit})  # without, and everybody sees it",
        about=event.name,
    )


def _none_at_all(node: c.Did, beside: tuple[c.Condition, ...], report: Reporter) -> None:
    """A7: "at most 3 times" takes those with none along."""
    quantity, window = node.quantity, node.window
    if quantity is None or window is None or _speaks_of(node.event.name, beside):
        return
    most = {c.Count.AT_MOST: quantity.count, c.Count.FEWER_THAN: quantity.count - 1}.get(quantity.kind, 0)
    event, when = report.words(node.event.span), report.words(window.span)
    if most < 1 or event is None or when is None:
        return
    some = "exactly 1 time" if most == 1 else f"between 1 and {most} times"
    report.warn(
        "W326",
        node.span,
        f"people without any `{node.event.name}` are in here, too",
        f"did {event} {some} {when}  # at least one",
        f"did {event} between 0 and {most} {'time' if most == 1 else 'times'} {when}  # with those who have none",
        about=node.event.name,
    )


def _speaks_of(event: str, beside: tuple[c.Condition, ...]) -> bool:
    """Tell whether a condition beside it already says something about having done it."""
    return any(isinstance(other, c.Did) and other.event.name == event for other in beside)


def bought_before(early: c.Condition, late: c.Condition, report: Reporter) -> tuple[str, ...]:
    """Give what was meant by "bought in the last 30 days and not in the last 60": before, but not lately."""
    did = next((d for d in (early, late) if isinstance(d, c.Did) and not d.negated and d.quantity is None), None)
    not_ = next((d for d in (early, late) if isinstance(d, c.Did) and d.negated), None)
    if did is None or not_ is None or did.event != not_.event or not isinstance(not_.window, c.Rolling):
        return ()
    event, when = report.words(did.event.span), report.words(not_.window.span)
    if event is None or when is None:
        return ()
    return (f"did {event} ever and did not {event} {when}  # before, but not lately",)


# ------------------------------------------------------------------ wall clocks


def _wall_clock(literal: c.DateTime, scope: Scope, report: Reporter) -> None:
    """A20: a wall clock that passes a time twice, or never."""
    zone = scope.workspace.project.zone
    if literal.value.tzinfo is not None:
        return
    times = occurs(literal.value, zone)
    if times == 1:
        return
    how = (
        "comes twice: the first of the two is taken" if times else "never comes: the gap of the clock change is skipped"
    )
    report.warn("W329", literal.span, f"this time {how} in {zone}", label="write it with its offset to choose")


def _moments(node: object) -> Iterator[c.DateTime]:
    if isinstance(node, c.DateTime):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _moments(item)
    elif is_dataclass(node) and not isinstance(node, Span):
        for field in fields(node):
            yield from _moments(getattr(node, field.name))
