"""The canonical words of what is asked of a person among others."""

from __future__ import annotations

from orchestrator.language.format_words import grouped, share, verb, words
from orchestrator.model import condition as c


def scope(each: c.Attr | None, among: c.SegmentRef | None) -> str:
    """Give ``within each country among segment buyers`` with a space in front, nothing where neither is said."""
    own = "" if each is None else f" within each {words(each)}"
    return own if among is None else f"{own} among segment {words(among)}"


@words.register
def _(node: c.Bucket) -> str:
    order = " highest first" if node.highest else ""
    return f"bucket {grouped(node.count)} by {words(node.by)}{order}{scope(node.each, node.among)}"


@words.register
def _(node: c.Cumulative) -> str:
    return f"in smallest group with {share(node.share)} of {words(node.by)}{scope(node.each, node.among)}"


@words.register
def _(node: c.IsUnique) -> str:
    return f"{words(node.value)} {verb(node.negated)} unique"


@words.register
def _(node: c.Across) -> str:
    population = "everyone" if node.among is None else f"segment {words(node.among)}"
    return f"{words(node.of)} across {population}"
