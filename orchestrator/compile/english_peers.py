"""Plain English for what is asked of a person among others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from orchestrator.model.condition import Across, Bucket, Cumulative, IsUnique, ShareParam, Value

Words = Callable[[Value], str]


def percent(share: Decimal) -> str:
    """Give a share as a percentage without idle zeros, 0.200 as ``20%``; a parameter as it is called."""
    if isinstance(share, ShareParam):
        return str(share)
    text = f"{share * 100:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def peer_value(node: Across | Bucket, words: Words) -> str:
    """Give the words for a bucket or an aggregate across people."""
    if isinstance(node, Across):
        whose = "everybody" if node.among is None else f"everybody in segment `{node.among}`"
        return f"{words(node.of)} over all events of {whose} together"
    side = "highest" if node.highest else "lowest"
    people = f" of segment `{node.among}`" if node.among else ""
    each = f" within each {words(node.each)}" if node.each else ""
    groups = f"group 1 to {node.count:,}{people}{each} by {words(node.by)}"
    return (
        f"the number of their group, {groups} ({side} first; equal values share a group; unknown where it is unknown)"
    )


def peer_test(node: Cumulative | IsUnique, words: Words) -> str:
    """Give the words for the smallest group or for uniqueness."""
    if isinstance(node, IsUnique):
        if node.negated:
            return f"{words(node.value)} is shared with somebody else, or it is unknown"
        return f"{words(node.value)} is known and nobody else has the same"
    people = f" of segment `{node.among}`" if node.among else ""
    each = f" within each {words(node.each)}" if node.each else ""
    return (
        f"they are among the fewest{people}{each} who together have {percent(node.share)} of all {words(node.by)} "
        "(highest first, only what is above 0; ties are in together)"
    )
