"""The values that one term can still have: ranges of numbers and times, or a choice of texts, and perhaps unknown."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestrator.compile.belonging import Entries
from orchestrator.compile.calendars import SinceOther
from orchestrator.compile.features import (
    EVERYBODY,
    All,
    Arith,
    Column,
    Const,
    Gap,
    Measured,
    Metric,
    Ordinal,
    PartOf,
    Pred,
    Term,
)
from orchestrator.compile.logic import never_unknown
from orchestrator.compile.peers import Bucketed, Overall
from orchestrator.compile.timing import WEEKDAYS
from orchestrator.compile.versions import version_key
from orchestrator.model.condition import Fn, Unit
from orchestrator.model.schema import Type

PARTS = {
    Unit.MINUTE: (0, 59),
    Unit.HOUR: (0, 23),
    Unit.DAY: (1, 31),
    Unit.WEEK: (1, 53),
    Unit.MONTH: (1, 12),
    Unit.QUARTER: (1, 4),
}
"""The least and the greatest number of each part of the calendar; years have no end."""

Point = Decimal | dt.date | dt.datetime | str
Cut = tuple[Point, int]
"""A place between values: before a value (0) or behind it (1); None stands for no end."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What is left of a value.

    ``parts`` are ranges from cut to cut, for what has an order. ``choice`` is for texts and truth: the values it may
    be, or with ``others`` the values it may not be; None where it has an order. ``whole_steps`` are days and integers.
    """

    parts: tuple[tuple[Cut | None, Cut | None], ...] = ((None, None),)
    choice: frozenset[object] | None = None
    others: bool = False
    unknown: bool = True
    whole_steps: bool = False

    @property
    def empty(self) -> bool:
        """Tell whether no value is left, not even an unknown one."""
        return not self.unknown and not self.parts if self.choice is None else self._no_choice

    @property
    def _no_choice(self) -> bool:
        return not self.unknown and not self.others and not self.choice

    @property
    def low(self) -> Cut | None:
        """Give the lower end; None for none."""
        return self.parts[0][0] if self.parts else None

    @property
    def high(self) -> Cut | None:
        """Give the upper end; None for none."""
        return self.parts[-1][1] if self.parts else None

    def within(self, other: Extent) -> Extent:
        """Give what is in both. An extent without an order and one with an order have everything in common."""
        unknown = self.unknown and other.unknown
        if self.choice is not None or other.choice is not None:
            if self.choice is None or other.choice is None:
                return replace(self, unknown=unknown)
            choice, others = _both(self.choice, self.others, other.choice, other.others)
            return replace(self, choice=choice, others=others, unknown=unknown)
        found = [_overlap(a, b) for a in self.parts for b in other.parts]
        kept = sorted((part for part in found if part is not None), key=lambda part: _key(part[0]))
        return replace(self, parts=tuple(kept), unknown=unknown)


def all_but(extent: Extent) -> Extent:
    """Give the complement; what was a test of a known value leaves the unknown in."""
    if extent.choice is not None:
        return replace(extent, others=not extent.others, unknown=not extent.unknown)
    gaps: list[tuple[Cut | None, Cut | None]] = []
    at_: Cut | None = None
    opened = True
    for low, high in extent.parts:
        if opened and low is not None and (at_ is None or at_ < low):
            gaps.append((at_, low))
        at_, opened = high, high is not None
    if opened:
        gaps.append((at_, None))
    return replace(extent, parts=tuple(gaps), unknown=not extent.unknown)


def at(number: int) -> Decimal:
    """Give a whole number as the values of this file hold it."""
    return Decimal(number)


def whole(term: Term) -> Extent:
    """Give everything that a term can be by the schema: its closed list, its type, and whether it can be unknown."""
    unknown = not (never_unknown(term) or isinstance(term, Entries | Ordinal) or _always_there(term))
    if term.type is Type.BOOL:
        return Extent(choice=frozenset((True, False)), unknown=unknown)
    if term.type is Type.TEXT:
        values: Iterable[object] = term.field.values if isinstance(term, Column) else ()
        if isinstance(term, PartOf):
            values = WEEKDAYS
        return Extent(choice=frozenset(values), others=not values, unknown=unknown)
    steps = term.type in (Type.INT, Type.DATE)
    low, high = _ends(term)
    bottom: Cut | None = None if low is None else (Decimal(low), 0)
    top: Cut | None = None if high is None else (Decimal(high + 1), 0) if steps else (Decimal(high), 1)
    return Extent(((bottom, top),), unknown=unknown, whole_steps=steps)


def _always_there(term: Term) -> bool:
    """Tell whether the schema says that a column is never empty, and whatever lies there is a value of its type."""
    read = (Type.VERSION, Type.LIST, Type.PLACE)
    return isinstance(term, Column) and not term.field.nullable and term.type not in read


def _ends(term: Term) -> tuple[int | None, int | None]:
    """Give the least and the greatest number that a term can be, None where there is none."""
    match term:
        case PartOf(unit):
            return (0, None) if unit is None else PARTS.get(unit, (0, None))
        case Bucketed(_, count):
            return 1, count
        case Entries() | Gap():
            return 0, None
        case Ordinal():
            return 1, None
        case Measured(metric) | Overall(metric):
            counts = metric.fn in (Fn.COUNT, Fn.COUNT_DISTINCT) or isinstance(metric.of, SinceOther)
            return (0, None) if counts else (None, None)
        case Arith("/", Measured(some), Measured(every)) if _is_part(some, every):
            return 0, 1
    return None, None


def _is_part(some: Metric, every: Metric) -> bool:
    """Tell whether one count is that of some of the events of the other: a fraction of them."""
    same = some.fn is Fn.COUNT and replace(some, filter=every.filter) == every
    return same and set(_conjuncts(every.filter)) <= set(_conjuncts(some.filter))


def _conjuncts(pred: Pred) -> tuple[Pred, ...]:
    return pred.items if isinstance(pred, All) else () if pred == EVERYBODY else (pred,)


def comparable(term: Term, const: Const) -> Const | None:
    """Give a constant in the form in which the values of a term are ordered; None for what is no version."""
    if term.type is not Type.VERSION:
        return const
    key = version_key(str(const.value))
    return None if key is None else Const(key, Type.VERSION)


def everything(extent: Extent) -> Extent:
    """Give the same without the unknown."""
    return replace(extent, unknown=False)


def only(extent: Extent, items: Iterable[Const]) -> Extent | None:
    """Give the part of an extent that is one of these values; None where that is not understood."""
    if extent.choice is not None:
        chosen = frozenset(item.value for item in items)
        return replace(extent, choice=chosen, others=False, unknown=False)
    parts: list[tuple[Cut | None, Cut | None]] = []
    for item in items:
        found = ordered(extent, "=", item)
        if found is None:
            return None
        parts += found.parts
    return replace(extent, parts=tuple(sorted(parts, key=lambda part: _key(part[0]))), unknown=False)


def ordered(extent: Extent, op: str, const: Const) -> Extent | None:
    """Give the part of an extent for which ``value op const`` is true; None where that is not understood."""
    if extent.choice is not None:
        if op != "=":
            return None
        return replace(extent, choice=frozenset((const.value,)), others=False, unknown=False)
    value = const.value
    if isinstance(value, bool) or (isinstance(value, str) and const.type is not Type.VERSION):
        return None
    before, behind = _cut(value, 0, extent.whole_steps), _cut(value, 1, extent.whole_steps)
    low, high = {
        "<": (None, before),
        "<=": (None, behind),
        ">": (behind, None),
        ">=": (before, None),
        "=": (before, behind),
    }[op]
    exact = op != "=" or before != behind
    return replace(extent, parts=((low, high),) if exact else (), unknown=False)


def _cut(value: Point, side: int, steps: bool) -> Cut:
    if steps and isinstance(value, Decimal):
        return Decimal(math.floor(value) + 1 if side else math.ceil(value)), 0
    if steps and side and not isinstance(value, dt.datetime) and isinstance(value, dt.date) and value < dt.date.max:
        return value + dt.timedelta(days=1), 0
    return value, side


def _key(cut: Cut | None) -> tuple[int, Cut | int]:
    return (0, 0) if cut is None else (1, cut)


def _overlap(
    one: tuple[Cut | None, Cut | None], other: tuple[Cut | None, Cut | None]
) -> tuple[Cut | None, Cut | None] | None:
    lows = [cut for cut in (one[0], other[0]) if cut is not None]
    highs = [cut for cut in (one[1], other[1]) if cut is not None]
    low, high = (max(lows) if lows else None), (min(highs) if highs else None)
    return None if low is not None and high is not None and low >= high else (low, high)


def _both(
    one: frozenset[object], one_others: bool, two: frozenset[object], two_others: bool
) -> tuple[frozenset[object], bool]:
    if one_others and two_others:
        return one | two, True
    if one_others:
        return two - one, False
    return (one - two if two_others else one & two), False
