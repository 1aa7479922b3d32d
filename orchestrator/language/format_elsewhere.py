"""Conditions whose answer does not lie in the company's database, as words of the language."""

from __future__ import annotations

from orchestrator.language.format_words import percent, quoted, words
from orchestrator.model import condition as c


@words.register
def _(node: c.Sample) -> str:
    return f"in sample {percent(node.share)} salt {quoted(node.salt)}"


@words.register
def _(node: c.Moved) -> str:
    text = f"{'entered' if node.entered else 'left'} segment {node.ref}"
    return text if node.window is None else f"{text} {words(node.window)}"
