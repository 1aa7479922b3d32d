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


TIMELY = {"<": "is before", ">": "is after", ">=": "is since"}


def timely(report: Reporter, node: c.Compare) -> str | None:
    """Give a comparison of two times as the language has it: `<=` takes nobody whose time is not known."""
    own, words = report.words(node.left.span), report.words(node.right.span)
    if own is None or words is None or not isinstance(node.left, c.Attr | c.Pick):
        return None
    if node.op != "<=":
        return f"{own} {TIMELY[node.op]} {words}"
    if isinstance(node.right, c.Date):
        return f"{own} is before {(node.right.value + dt.timedelta(days=1)).isoformat()}"
    return f"({own} is not after {words} and {own} is known)"


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
