"""Checks of versions: a version is held against another one, or against a text that is one."""

from __future__ import annotations

import re

from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import Typed
from orchestrator.compile.versions import version_key
from orchestrator.model import condition as c
from orchestrator.model.schema import Type


def versions(left: Typed, right: Typed) -> bool:
    """Tell whether two values are compared as versions: one is a version, the other too or a written text."""
    kinds = (left, right)
    return any(t.type is Type.VERSION for t in kinds) and all(
        t.type is Type.VERSION or (t.type is Type.TEXT and t.literal) for t in kinds
    )


def readable(report: Reporter, *sides: tuple[c.Value, Typed]) -> bool:
    """Report a written text that is no version (E340); tell whether there is none."""
    for node, _ in sides:
        if isinstance(node, c.Text) and version_key(node.value) is None:
            near = ".".join(re.findall(r"[0-9]{1,9}", node.value)[:6])
            message = f'"{node.value}" is not a version: numbers with points between them, as in "4.10" or "4.2-beta"'
            report.error("E340", node.span, message, f'"{near}"' if near else None)
            return False
    return True
