"""Checks of written lists: all entries are of one type."""

from __future__ import annotations

from orchestrator.compile.typed import NUMERIC, literal
from orchestrator.model import condition as c


def uneven(items: tuple[c.Literal, ...]) -> c.Literal | None:
    """Give the first entry of a list that is of another type than the one in front, None where all are alike."""
    kinds = [literal(item).type for item in items]
    for item, type_ in zip(items, kinds, strict=True):
        if type_ is not kinds[0] and not {type_, kinds[0]} <= set(NUMERIC):
            return item
    return None
