"""Checks of tests about what a value was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from orchestrator.compile.names import Scope
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import Typed, Values, literal
from orchestrator.model import condition as c


class Checker(Protocol):
    """What these checks need of the one who checks all conditions."""

    report: Reporter
    values: Values

    def alike(self, left_node: c.Value, left: Typed, right_node: c.Value, right: Typed) -> bool:
        """Report two sides that cannot be equal; tell whether they can."""

    def listed(self, value: Typed, node: object) -> None:
        """Report a text that is not in the closed list of a value."""


def held(checker: Checker, node: c.Held, scope: Scope) -> None:
    """Check ``has been … for at least``."""
    found = _historic(checker, node.of, scope)
    if found is not None:
        _literal(checker, node.of, found, node.value)


def changed(checker: Checker, node: c.Changed, scope: Scope) -> None:
    """Check ``changed from … to``."""
    checker.values.window(node, node.window, scope)
    found = _historic(checker, node.of, scope)
    if found is None:
        return
    for value in (node.before, node.after):
        if value is not None:
            _literal(checker, node.of, found, value)
    if node.before == node.after:
        message = "a value that stays the same does not change"
        checker.report.error("E351", node.after.span, message, label="write another value")


def _historic(checker: Checker, of: c.Attr, scope: Scope) -> Typed | None:
    found = checker.values.attr(of, scope)
    if found is None:
        return None
    if found.field is None or found.field.history is None:
        message = f"nobody knows what {found.name} was before: schema.yml states no `history:` of it"
        checker.report.error("E350", of.span, message, label="its history is not known")
        return None
    return found


def _literal(checker: Checker, of: c.Attr, found: Typed, value: c.Literal) -> None:
    if checker.alike(of, found, value, literal(value)):
        checker.listed(found, value)


CHECKS: Mapping[type, Callable[[Any, Any, Scope], None]] = {c.Held: held, c.Changed: changed}
