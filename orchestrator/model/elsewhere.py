"""Conditions whose answer does not lie in the company's database: a draw by a hash, and stored membership."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orchestrator.model.literal import Node
from orchestrator.model.value import SegmentRef, Window


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """``in sample 5% salt "2026H2"``: a lasting part of everybody, drawn by a hash of the id (A59)."""

    share: Decimal
    salt: str


@dataclass(frozen=True, slots=True)
class Moved(Node):
    """``entered segment vip in last 7 days``, ``left segment lifecycle.active ever``, seen by refreshes (A29).

    ``window`` is None only where the author left it out, which is a diagnostic of ``compile/``.
    """

    entered: bool
    ref: SegmentRef
    window: Window | None = None
