"""Which definitions a statement computes once: those it would write out more than once, and those that lie deep."""

from __future__ import annotations

from collections import Counter

from orchestrator.compile.belonging import Elsewhere
from orchestrator.compile.features import All, ByZone, Member, Neg, Pred, Ranked, Some
from orchestrator.compile.peers import Heaviest

SHARED_FROM = 60
"""A definition with more tests than this that a statement names more than once is computed once, as a CTE."""

DEEP = 20
"""A definition that holds so many levels of others becomes a CTE even when it is named once."""


def repeated(preds: tuple[Pred, ...]) -> frozenset[str]:
    """Give the names of definitions that are large and would be written out more than once, or lie very deep."""
    sizes: dict[int, int] = {}
    depths: dict[int, int] = {}
    deep: set[str] = set()
    uses: Counter[str] = Counter()
    large: set[str] = set()

    def size(pred: Pred) -> int:
        if isinstance(pred, Member):
            uses[pred.name] += 1
        if id(pred) not in sizes:
            found = 1 + sum(size(child) for child in _children(pred))
            depth = 1 + max((depths[id(child)] for child in _children(pred)), default=0)
            if isinstance(pred, Member) and found > SHARED_FROM:
                large.add(pred.name)
            if isinstance(pred, Member) and depth > DEEP:
                deep.add(pred.name)
                depth = 1
            depths[id(pred)] = depth
            sizes[id(pred)] = found
        return sizes[id(pred)]

    for pred in preds:
        size(pred)
    return frozenset({name for name in large if uses[name] > 1} | deep)


def _children(pred: Pred) -> tuple[Pred, ...]:
    if isinstance(pred, All | Some):
        return pred.items
    if isinstance(pred, Neg):
        return (pred.item,)
    if isinstance(pred, Member | Elsewhere):
        return (pred.pred,)
    if isinstance(pred, Ranked | Heaviest):
        return (pred.among,)
    return (*(item for _, item in pred.groups), pred.otherwise) if isinstance(pred, ByZone) else ()
