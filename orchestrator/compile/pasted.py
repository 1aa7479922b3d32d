"""Texts to paste in place of what an author wrote."""

from __future__ import annotations

import datetime as dt

from orchestrator.compile.typed import NUMERIC, Reporter, Typed
from orchestrator.model import condition as c
from orchestrator.model.schema import Type


def joined(report: Reporter, left: c.Value, verb: str, right: c.Value) -> list[str]:
    """Give two of the author's values with another verb between them."""
    words = [report.words(left.span), report.words(right.span)]
    return [f"{words[0]} {verb} {words[1]}"] if all(words) else []


def unquoted(text: str, wanted: Typed) -> list[str]:
    """Give how a quoted text would be written as a value of another type."""
    if wanted.type is Type.BOOL and text.lower() in ("true", "false"):
        return [text.lower()]
    if wanted.type is Type.DATE:
        try:
            return [dt.date.fromisoformat(text).isoformat()]
        except ValueError:
            return []
    return [text] if wanted.type in NUMERIC and text.isascii() and text.isdigit() else []
