"""Texts to paste in place of what an author wrote."""

from __future__ import annotations

import datetime as dt
from calendar import month_name

from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import NUMERIC, Typed
from orchestrator.model import condition as c
from orchestrator.model.schema import Type


def ordered(report: Reporter, node: c.Compare, left: Typed) -> list[str]:
    """Give an order of two values that have one, written as the type of the one demands; nothing for any other."""
    own, words = report.words(node.left.span), report.words(node.right.span)
    if own is None or words is None:
        return []
    if left.type is Type.VERSION and isinstance(node.right, c.Number):
        return [f'{own} {node.op} "{words}"']
    if isinstance(node.right, c.Text) and left.type in NUMERIC:
        return [f"{own} {node.op} {number}" for number in unquoted(node.right.value, left)]
    return []


def month_number(of: c.Value, text: str) -> list[str]:
    """Give the number of a month by its name, where a month is asked for."""
    if not isinstance(of, c.Part) or of.unit is not c.Unit.MONTH:
        return []
    names = [name.lower() for name in month_name]
    return [str(names.index(text.lower()))] if text and text.lower() in names else []


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
