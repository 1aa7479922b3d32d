"""Plain English for what is asked of a person among others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from orchestrator.compile.english_names import among_words
from orchestrator.model.condition import Bucket, Cumulative, IsUnique, Rank, ShareParam, Value

Words = Callable[[Value], str]


def percent(share: Decimal) -> str:
    """Give a share as a percentage without idle zeros, 0.200 as ``20%``; a parameter as it is called."""
    if isinstance(share, ShareParam):
        return str(share)
    text = f"{share * 100:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def peer_value(node: Bucket, words: Words) -> str:
    """Give the words for a bucket."""
    side = "highest" if node.highest else "lowest"
    each = f" within each {words(node.each)}" if node.each else ""
    return (
        f"the number from 1 to {node.count:,} of their group{among_words(node.among)}{each} by {words(node.by)} "
        f"(1 is the {side}; equal values share a group; whoever has no known value is in none)"
    )


def peer_test(node: Cumulative | IsUnique, words: Words, negated: bool = False) -> str:
    """Give the words for the smallest group or for uniqueness."""
    if isinstance(node, IsUnique):
        if node.negated:
            return f"{words(node.value)} is shared with somebody else, or it is unknown"
        return f"{words(node.value)} is known, and nobody else has the same"
    each = f" within each {words(node.each)}" if node.each else ""
    return (
        f"they are {'not ' if negated else ''}among the fewest people{among_words(node.among)}{each} who together "
        f"make up {percent(node.share)} of the total of {words(node.by)} "
        "(highest first, only what is above 0; ties are in together)"
    )


def rank_words(node: Rank, words: Words, negated: bool = False) -> str:
    """Give the words for a place at the top or at the bottom."""
    amount = f"{node.count:,}" if node.share is None else percent(node.share)
    side = "top" if node.top else "bottom"
    each = f" within each {words(node.each)}" if node.each else ""
    ties = "; ties at the edge are all in" if node.share is not None else ""
    are = "are not" if negated else "are"
    by = words(node.by)
    return f"they {are} in the {side} {amount}{among_words(node.among)}{each} by {by} (only known values count{ties})"
