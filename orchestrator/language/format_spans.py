"""The canonical words of shares, of the time between events, and of windows beside the plain ones."""

from __future__ import annotations

from orchestrator.language.format_words import one_unit, subject, units, words
from orchestrator.model import condition as c


@words.register
def _(node: c.Share) -> str:
    return f"fraction of {subject(node.event, (), node.window)}"


@words.register
def _(node: c.Spacing) -> str:
    return f"{node.fn.value} {one_unit(node.unit, node.local)}s between {subject(node.event, (), node.window)}"


@words.register
def _(node: c.InEach) -> str:
    return f"in each of previous {units(node.count, node.unit, node.local)}"


@words.register
def _(node: c.Beside) -> str:
    edge, side = ("last", "before") if node.before else ("first", "after")
    return f"in {edge} {units(node.count, node.unit, node.local)} {side} {words(node.point)}"


@words.register
def _(node: c.During) -> str:
    return f"{'outside' if node.outside else 'during'} {node.name}"


__all__ = ["words"]
