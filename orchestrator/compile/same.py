"""When two predicates say the same in another order, and what a predicate speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from orchestrator.compile.belonging import Entries, Listing
from orchestrator.compile.features import (
    All,
    Column,
    Compared,
    Const,
    Counted,
    Known,
    Listed,
    Measured,
    Member,
    Neg,
    Pred,
    Ranked,
    Searched,
    Some,
    Term,
)
from orchestrator.model.schema import Field


def canonical(node: object) -> object:
    """Give a value that is equal for predicates which differ only in their order and in the names of segments."""
    match node:
        case Member(_, item):
            return canonical(item)
        case Neg(Neg(item)):
            return canonical(item)
        case Neg(Member(_, item)):
            return canonical(Neg(item))
        case All(items):
            return ("all", frozenset(_flat(items, All)))
        case Some(items, 1):
            return ("some", frozenset(_flat(items, Some)))
        case Some(items, count):
            return ("some of", count, tuple(sorted(map(repr, map(canonical, items)))))
        case Listed(value, items):
            return ("listed", canonical(value), frozenset(items))
        case Column() | Const() | Field():
            return node
        case tuple():
            return tuple(canonical(item) for item in node)
        case Mapping():  # the fields of a list's items
            return frozenset((canonical(key), canonical(value)) for key, value in node.items())
    if is_dataclass(node):
        return (type(node).__name__, *(canonical(getattr(node, field.name)) for field in fields(node)))
    return node


def _flat(items: tuple[Pred, ...], kind: type[All] | type[Some]) -> list[object]:
    found: list[object] = []
    for item in items:
        while isinstance(item, Member):
            item = item.pred
        if isinstance(item, kind) and getattr(item, "count", 1) == 1:
            found += _flat(item.items, kind)
        else:
            found.append(canonical(item))
    return found


def subjects(pred: Pred) -> frozenset[object]:
    """Give what a predicate is about: terms, and events by name. Predicates without a common one are independent."""
    match pred:
        case Neg(item) | Member(_, item):
            return subjects(item)
        case All(items) | Some(items, _):
            return frozenset().union(*(subjects(item) for item in items))
        case Counted(metric):
            return frozenset((metric.event,))
        case Compared(_, left, right):
            return _terms(left, right)
        case Listed(value) | Known(value):
            return _terms(value)
        case Searched(_, value, pattern):
            return _terms(value, pattern)
        case Ranked(value):
            return _terms(value)
        case Listing(of):
            return frozenset((of,))
    return frozenset((pred,))


def _terms(*terms: Term) -> frozenset[object]:
    return frozenset(
        term.metric.event if isinstance(term, Measured) else term.of if isinstance(term, Entries) else term
        for term in terms
        if not isinstance(term, Const)
    )
