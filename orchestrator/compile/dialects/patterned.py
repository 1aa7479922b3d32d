"""Times that a table keeps as texts of a fixed pattern, put together as ISO 8601, which every engine reads."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr
from orchestrator.compile.moments import places

Cut = Callable[[Expr, int, int], Expr]
"""Gives so many letters of a text from a place on, the first of which is 1."""


def patterned(text: Expr, pattern: str, cut: Cut, literal: Callable[[str], Expr]) -> Expr:
    """Give ``YYYY-MM-DD HH:MM:SS`` of a text; what the pattern leaves out is the first day, or midnight."""
    found = places(pattern) or {}
    pieces: list[Expr] = []
    for part, before, missing in zip("YmdHMS", ("", "-", "-", " ", ":", ":"), ("0000", "01", "01", *["00"] * 3),
                                     strict=True):  # fmt: skip
        at, width = found.get(part, (0, 0))
        pieces += [literal(before)] if before else []
        pieces.append(cut(text, at, width) if width else literal(missing))
    return sa.func.concat(*pieces)
