"""The canonical words of tests about what a value was before."""

from __future__ import annotations

from orchestrator.language.format_spans import words
from orchestrator.language.format_words import units
from orchestrator.model import condition as c

__all__ = ["words"]


@words.register
def _(node: c.Held) -> str:
    verb = "has not been" if node.negated else "has been"
    return f"{words(node.of)} {verb} {words(node.value)} for at least {units(node.count, node.unit, node.local)}"


@words.register
def _(node: c.Changed) -> str:
    start = "" if node.before is None else f"from {words(node.before)} "
    text = f"{words(node.of)} changed {start}to {words(node.after)}"
    return text if node.window is None else f"{text} {words(node.window)}"
