"""The canonical words of tests about lists, related rows and members of another entity."""

from __future__ import annotations

from orchestrator.language.format_words import entries, verb, words
from orchestrator.model import condition as c


def how_many(node: c.Quantity) -> str:
    """Give ``at least 3``, ``between 2 and 4``."""
    return f"{node.kind.value} {node.count}" + ("" if node.high is None else f" and {node.high}")


def item_head(node: c.HasItem | c.HasRelated) -> str:
    """Give everything in front of the filter's bracket, its ``where`` left out."""
    some = {c.Which.NONE: "no ", c.Which.EVERY: "every "}.get(node.which, "")
    if isinstance(node, c.HasItem):
        return f"{words(node.of)} has {some}item"
    number = "" if node.quantity is None else f"{how_many(node.quantity)} "
    return f"has {some}{number}{node.event.name}"


def item_filter(node: c.Condition) -> c.Condition | None:
    """Give the filter of such a test, None where it is another one or has none."""
    if isinstance(node, c.HasItem):
        return node.where
    return node.event.where if isinstance(node, c.HasRelated) else None


@words.register
def _(node: c.HasItem | c.HasRelated) -> str:
    where = item_filter(node)
    return item_head(node) if where is None else f"{item_head(node)} where ({words(where)})"


def list_head(node: c.HasItems) -> str:
    """Give what stands in front of the entries."""
    return f"{words(node.of)} has {node.which.value} of"


@words.register
def _(node: c.HasItems) -> str:
    if not isinstance(node.items, tuple):
        return f"{list_head(node)} {words(node.items)}"
    if node.which is c.Which.ANY and len(node.items) == 1:
        return f"{words(node.of)} has {words(node.items[0])}"
    return f"{list_head(node)} {entries(node.items)}"


@words.register
def _(node: c.InSegmentOf) -> str:
    return f"{words(node.of)} {verb(node.negated)} in segment {node.ref}"
