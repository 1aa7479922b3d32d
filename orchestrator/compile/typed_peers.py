"""Checks of what depends on other people: buckets, ``across``, the smallest group, uniqueness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.compile import arguments, checked_absent
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.typed import WORDS, Typed, Values, mixed
from orchestrator.model import condition as c
from orchestrator.model.schema import Type

if TYPE_CHECKING:
    from orchestrator.compile.conditions import Conditions


def typed(values: Values, node: c.Bucket | c.Across, scope: Scope) -> Typed | None:
    """Give the type of a value that depends on other people, None when something in it was reported."""
    if isinstance(node, c.Across):
        _among(values, node.among, scope)
        if isinstance(node.of, c.Aggregate) and _of_person(values, node.of, scope):
            return None
        found = values.typed(node.of, scope)
        return None if found is None else replace(found, name=f"{found.name} across everybody")
    by = ordered(values, node.by, scope, "a bucket needs numbers or dates", timely=True)
    _scoped(values, node.each, node.among, scope)
    if by is None:
        return None
    return Typed(Type.INT, "the bucket", nullable=by.nullable or node.each is not None or node.among is not None)


def _of_person(values: Values, node: c.Aggregate, scope: Scope) -> bool:
    """Report an attribute where an event's property is wanted, as one finding; E131 has told of a bare one."""
    name = node.event.name
    if name in scope.workspace.known.events or (node.prop and name != scope.entity.name):
        return False
    if node.prop:
        whole = f"{name}.{'.'.join(node.prop)}"
        message = f"`{whole}` is an attribute: across people, what their events hold is added up"
        label = "compare it with a number, or rank by it, as in `in top 10% by …`"
        values.report.error("E213", node.span, message, label=label)
        return True
    return name in scope.entity.attributes


def cumulative(values: Values, node: c.Cumulative, scope: Scope) -> None:
    """Check the smallest group with a share of a total."""
    ordered(values, node.by, scope, "a share of a total needs numbers", timely=False)
    _scoped(values, node.each, node.among, scope)
    if not 0 < node.share <= 1:
        values.report.error("E314", node.span, "a share is more than nothing and at most all of it")


def unique(checker: Conditions, node: c.IsUnique, scope: Scope) -> None:
    """Check a test of uniqueness."""
    values = checker.values
    found = values.typed(node.value, scope)
    if found is None:
        return
    if found.literal:
        values.report.error("E317", node.value.span, f"{found.name} is the same for everybody, so it cannot be unique")
    elif found.type is Type.MONEY and found.currency is None:
        values.report.error(*mixed(found, node.value.span))
    elif node.negated:
        checked_absent.unknown(checker, node, node.value, found, scope)


def ordered(values: Values, by: c.Value, scope: Scope, needs: str, timely: bool) -> Typed | None:
    """Give the type of what people are ordered by; report what has no order, or money in several currencies."""
    found = values.typed(by, scope)
    if found is None:
        return None
    if not (found.type.is_number or (timely and found.type.is_time)):
        values.report.error("E317", by.span, f"{found.name} is {WORDS[found.type]}, and {needs}")
        return None
    if found.type is Type.MONEY and found.currency is None:
        values.report.error(*mixed(found, by.span))
        return None
    return found


def _scoped(values: Values, each: c.Attr | None, among: c.SegmentRef | None, scope: Scope) -> None:
    if each is not None:
        values.typed(each, scope)
    _among(values, among, scope)


def _among(values: Values, among: c.SegmentRef | None, scope: Scope) -> None:
    if among is None:
        return
    try:
        arguments.segment(among, scope)
    except Mistake as error:
        values.report.caught(error)


Values.more[c.Across] = typed
Values.more[c.Bucket] = typed

CHECKS: dict[type, Callable[..., None]] = {
    c.Cumulative: lambda checker, node, scope: cumulative(checker.values, node, scope),
    c.IsUnique: lambda checker, node, scope: unique(checker, node, scope),
}
"""Who checks which condition, with the checker of conditions in front."""
