"""What is asked of terms and predicates everywhere: joining, negating, and whether a value can be unknown."""

from __future__ import annotations

from orchestrator.compile.features import (
    EVERYBODY,
    NOBODY,
    All,
    Arith,
    Column,
    Const,
    Default,
    Fixed,
    Measured,
    Neg,
    Ordinal,
    Pred,
    Some,
    Term,
    ZoneValue,
)
from orchestrator.compile.peers import Overall
from orchestrator.model.condition import Count, Fn, Quantity
from orchestrator.model.schema import TimeFormat, Type


def all_of(*items: Pred) -> Pred:
    """Give the conjunction, flat and without what is always true."""
    flat: list[Pred] = []
    for item in items:
        for part in item.items if isinstance(item, All) else (item,):
            if part == NOBODY:
                return NOBODY
            if part != EVERYBODY and part not in flat:
                flat.append(part)
    return flat[0] if len(flat) == 1 else All(tuple(flat)) if flat else EVERYBODY


def any_of(*items: Pred) -> Pred:
    """Give the disjunction, without what is never true."""
    kept = [item for item in items if item != NOBODY]
    if EVERYBODY in kept:
        return EVERYBODY
    return kept[0] if len(kept) == 1 else Some(tuple(kept)) if kept else NOBODY


def negation(item: Pred) -> Pred:
    """Give the complement."""
    if isinstance(item, Neg):
        return item.item
    return Fixed(not item.value) if isinstance(item, Fixed) else Neg(item)


def span_of(quantity: Quantity | None) -> tuple[int, int | None]:
    """Give the least and the greatest number of times that a quantity allows (None: open)."""
    if quantity is None:
        return 1, None
    n = quantity.count
    spans: dict[Count, tuple[int, int | None]] = {
        Count.AT_LEAST: (n, None),
        Count.AT_MOST: (0, n),
        Count.EXACTLY: (n, n),
        Count.MORE_THAN: (n + 1, None),
        Count.FEWER_THAN: (0, n - 1),
        Count.BETWEEN: (n, quantity.high),
    }
    return spans[quantity.kind]


def aggregate_type(fn: Fn, of: Term | None) -> Type:
    """Give the type of an aggregate."""
    if of is None or fn in (Fn.COUNT, Fn.COUNT_DISTINCT):
        return Type.INT
    return Type.DECIMAL if fn in (Fn.AVG, Fn.MEDIAN) and of.type is Type.INT else of.type


MOMENT = "moment"
"""The tag of the field that is an event's own instant, whatever a property is called."""


def is_moment(term: Term | None) -> bool:
    """Tell whether a term is an event's own instant."""
    return isinstance(term, Column) and term.event and MOMENT in term.field.tags


def never_unknown(term: Term) -> bool:
    """Tell whether everybody has a value, whatever the database holds: counts, sums, what has a default."""
    if isinstance(term, Arith):
        return term.op != "/" and never_unknown(term.left) and never_unknown(term.right)
    if isinstance(term, Measured | Overall):
        return term.metric.zero
    if isinstance(term, ZoneValue):
        return all(never_unknown(found) for found in (term.otherwise, *(value for _, value in term.groups)))
    return isinstance(term, Const | Default | Ordinal)


def time_format(term: Term) -> TimeFormat:
    """Give the form in which a date or an instant lies in the database."""
    if isinstance(term, Column):
        return term.field.time
    if isinstance(term, Measured) and term.metric.of is not None:
        return time_format(term.metric.of)
    if isinstance(term, Overall) and term.metric.of is not None:
        return time_format(term.metric.of)
    if isinstance(term, Default):
        return time_format(term.of)
    return TimeFormat()
