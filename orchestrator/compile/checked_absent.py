"""Warnings about what may be absent: unknown values (A1, A2), missing lists (A3), and texts of no letters."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.compile import checked_negated, lists
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.typed import Typed
from orchestrator.model import condition as c

if TYPE_CHECKING:
    from orchestrator.compile.conditions import Conditions


def unknown(checker: Conditions, node: c.Node, of: c.Value, value: Typed, scope: Scope) -> None:
    """Warn with W301 that a negated test is also true where its value is unknown.

    What a parent says is unknown for those without one, too, whom no count of the parents counts.
    """
    if not isinstance(of, c.Attr):
        checked_negated.within(checker, node, of, scope)
        return
    if not value.nullable or of.name in checker.known:
        return
    own = checker.report.words(node.span)
    helps = f"({own} and {of.name} is known)" if own else None
    message = f"this is also true where {value.name} is unknown"
    parent = of.path[0] if len(of.path) > 1 and of.path[0] in checker.workspace.schema.entities else None
    if parent is None or parent == scope.entity.name:
        checker.report.warn("W301", node.span, message, helps, about=value.field)
    else:
        checker.report.warn("W301", node.span, f"{message} or there is no {parent}", helps)


def empty_text(checker: Conditions, node: c.Is, value: Typed) -> None:
    """Warn with W306 that an empty text is a value like any other, and not a missing one."""
    own = checker.report.words(node.left.span) if isinstance(node.left, c.Attr) else None
    helps = (f"{own} is missing", f'any of ({own} is missing, {own} is "")') if own and value.nullable else ()
    checker.report.warn("W306", node.span, f'`""` is a text of no letters, and no missing {value.name}', *helps)


def without(checker: Conditions, node: c.HasItems | c.HasItem, found: lists.FoundList) -> None:
    """Warn with W302 where ``has no`` or ``has none of`` is also true without the list; ``every`` needs one entry."""
    if node.which is c.Which.NONE:
        _warn(checker, node, node.of.name, found)


def counted_none(checker: Conditions, node: c.Compare | c.Is | c.Between, counted: c.Value, scope: Scope) -> None:
    """Warn with W302 where a ``count of tags`` compared with a number also fits when there is no list."""
    if not isinstance(counted, c.Aggregate) or counted.event.where is not None or not _takes_none(node):
        return
    try:
        found = lists.counted_list(counted, scope)
    except Mistake:  # said where the count itself is checked
        return
    if found is not None:
        _warn(checker, node, ".".join((counted.event.name, *counted.prop)), found)


def _takes_none(node: c.Compare | c.Is | c.Between) -> bool:
    """Tell whether the number 0 fulfils a comparison with a written number."""
    if isinstance(node, c.Between):
        low = node.low.value if isinstance(node.low, c.Number) else Decimal(1)
        return (low <= 0) is not node.negated
    if not isinstance(node.right, c.Number):
        return False
    limit = node.right.value
    if isinstance(node, c.Is):
        return (limit == 0) is not node.negated
    return {"<": limit > 0, "<=": limit >= 0, ">": limit < 0, ">=": limit <= 0}[node.op]


def _warn(checker: Conditions, node: c.Node, name: str, found: lists.FoundList) -> None:
    if not found.field.nullable or name in checker.known:
        return
    own = checker.report.words(node.span)
    helps = f"({own} and {name} is known)" if own else None
    message = f"this is also true where the list `{name}` is missing"
    checker.report.warn("W302", node.span, message, helps, about=found.field)
