"""What one fact says of another: a value has parts that are known, a rank has a place, a window ends at an event.

Everything here is true of every database; :mod:`orchestrator.compile.facts` holds it against what a segment asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestrator.compile.calendars import SinceOther, SpanOf, UnitOf
from orchestrator.compile.extents import Extent
from orchestrator.compile.features import (
    Arith,
    ByMonthDay,
    Chained,
    Compared,
    Const,
    DayOf,
    Elapsed,
    Known,
    Measured,
    Metric,
    MonthDay,
    PartOf,
    Placed,
    Pred,
    Ranked,
    Sampled,
    Term,
)
from orchestrator.compile.inside import parts
from orchestrator.compile.logic import all_of, is_moment
from orchestrator.compile.peers import Bucketed, Heaviest, Overall
from orchestrator.compile.shapes import Circle
from orchestrator.model.condition import Fn
from orchestrator.model.schema import Type

NOTHING = Extent((((Decimal(0), 0), (Decimal(0), 1)),))
"""The number 0, or unknown."""


def needed(node: Term | Pred) -> tuple[Term, ...]:
    """Give what must be known where this is known (a value) or true (a rank)."""
    match node:
        case Arith(_, left, right):
            return left, right
        case PartOf(_, of) | Elapsed(_, of) | UnitOf(_, of) | SpanOf(_, of) | MonthDay(of) | DayOf(of) | ByMonthDay(of):
            return (of,)
        case Bucketed() | Ranked() | Heaviest():
            return (node.by,) if node.each is None else (node.by, node.each)
    return ()


def happened(node: object, extent: Extent) -> tuple[Metric, int] | None:
    """Give the events without which a term could not lie in the extent, and how many of them there are at least."""
    if isinstance(node, Arith) and node.op == "/" and isinstance(node.right, Measured) and not extent.unknown:
        return rows(node.right.metric) if node.right.metric.fn is Fn.COUNT else None
    if not isinstance(node, Measured):
        return None
    none = bool(extent.within(NOTHING).parts) if node.metric.zero else extent.unknown
    return None if none else rows(node.metric)


def rows(metric: Metric) -> tuple[Metric, int]:
    """Give the count of the events behind a value, and how many it takes: two where it is the time between them."""
    count = replace(metric, fn=Fn.COUNT, edge=None, of=None, type=Type.INT)
    return count, 2 if isinstance(metric.of, SinceOther) else 1


def steps(chain: Chained) -> Iterator[Metric]:
    """Yield the counts of the events that a sequence cannot do without."""
    yield rows(chain.first)[0]
    for hop in chain.hops:
        if hop.wanted:
            yield rows(hop.metric)[0]


# ------------------------------------------------------------------ ranks, draws and distances


def everybody_ranked(pred: Ranked) -> Pred | None:
    """Give who is in a rank that leaves nobody out who is ranked at all; None for every other rank.

    All are in the top 100 %, and in every share where the value is the same for all: whoever ties at the edge is in.
    """
    if pred.share is None or not (pred.share >= 1 or constant(pred.by)):
        return None
    return all_of(pred.among, *(Known(term) for term in needed(pred) if not isinstance(term, Const)))


def constant(term: Term) -> bool:
    """Tell whether a value is the same for everybody who has one."""
    if isinstance(term, Arith):
        return constant(term.left) and constant(term.right)
    return isinstance(term, Const | Overall)


@dataclass(frozen=True, slots=True)
class Scale:
    """A test as a range on a scale of its own, which equal tests with another bound share."""

    key: object
    whole: Extent
    part: Extent


def on_a_scale(pred: Pred) -> Scale | None:
    """Give the place in a rank, the draw or the distance that a test holds against its bound."""
    open_, drawn = Extent((((Decimal(0), 0), None),)), Extent((((Decimal(0), 0), (Decimal(1), 0)),), unknown=False)
    match pred:
        case Ranked(share=None, count=int(count)):
            return _below("number", replace(pred, count=None), open_, (Decimal(count), 1))
        case Ranked(share=Decimal() as share, count=None):
            return _below("share", replace(pred, share=None), open_, (share, 0))
        case Heaviest(share=share):
            return _below("share", replace(pred, share=Decimal(0)), open_, (share, 0))
        case Sampled(share=share):
            return _below("share", replace(pred, share=Decimal(0)), drawn, (share, 0))
        case Placed(of, Circle(latitude, longitude, metres)):
            return _below("metres", (of, latitude, longitude), open_, (Decimal(metres), 1))
    return None


def _below(what: str, key: object, whole: Extent, bound: tuple[Decimal, int]) -> Scale:
    return Scale((what, key, "scale"), whole, Extent(((None, bound),), unknown=False))


# ------------------------------------------------------------------ the first and the last event


def edges(metric: Metric) -> Iterator[tuple[Compared, Metric]]:
    """Yield what every event obeys that is among those of a first or last one that its window or filter names.

    None is later than the last of them or earlier than the first.
    """
    for part in (*parts(metric.window), *parts(metric.filter)):
        if not isinstance(part, Compared) or not isinstance(part.right, Measured) or not is_moment(part.left):
            continue
        edge = part.right.metric
        same = (edge.event, edge.as_of, edge.related) == (metric.event, metric.as_of, metric.related)
        if same and edge.fn in (Fn.MIN, Fn.MAX) and edge.of == part.left:
            yield Compared("<=" if edge.fn is Fn.MAX else ">=", part.left, part.right), edge
