"""Tests of what a value was before: how long it was held, and how it changed."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.literal import Literal, Node, Unit
from orchestrator.model.value import Attr, Window


@dataclass(frozen=True, slots=True)
class Held(Node):
    """``plan has been "Pro" for at least 6 months``; negated, the complement: true also where nobody knows."""

    of: Attr
    value: Literal
    count: int
    unit: Unit
    local: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Changed(Node):
    """``plan changed from "free" to "pro" in last 30 days``.

    ``before`` is None where the author did not say from what; ``window`` only where it was left out (E113).
    """

    of: Attr
    before: Literal | None
    after: Literal
    window: Window | None
