"""Checks of samples and stored membership."""

from __future__ import annotations

from typing import Any

from orchestrator.compile.build_elsewhere import by_name
from orchestrator.compile.names import Scope
from orchestrator.model import condition as c


def moved(checker: Any, node: c.Moved, scope: Scope) -> None:
    """Report a segment that is not there, a missing time, and an entity that has no stored membership."""
    if node.ref.args:
        checker.report.caught(by_name(node.ref))
        return
    checker.segment(node.ref, scope)
    checker.values.window(node, node.window, scope, "in last 7 days", "ever")
    if isinstance(node.window, c.InEach):
        checker.report.error("E331", node.window.span, "`in each of` belongs to `did`: say one time here")


CHECKS: dict[type, Any] = {c.Sample: lambda checker, node, scope: None, c.Moved: moved}
"""Who checks which condition, with the checker of conditions in front."""
