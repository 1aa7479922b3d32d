"""Text that does not parse, explained."""

from __future__ import annotations

from orchestrator.language.segment_guard import Places
from orchestrator.model.diagnostic import Diagnostic


def explain(text: str, path: str, start: int, end: int, symbol: str) -> tuple[Diagnostic, ...]:
    """Give the findings for ``text[start:end]``, which does not parse from ``symbol``."""
    return (Diagnostic(Places(text, path).span(start, end), "E100", "this cannot be read"),)
