"""Can a predicate hold for anybody? A small proof by ranges and choices, that never says "never" where it can.

Facts about one value are a set of known values and whether it may be unknown; counts of events are tied to each
other where the events of one are among those of the other. Disjunctions are tried one by one, up to a bound; beyond
it, and for whatever is not understood, the answer is that somebody may be in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from itertools import combinations

from orchestrator.compile.extents import Extent, all_but, at, everything, only, ordered, whole
from orchestrator.compile.features import (
    All,
    ByZone,
    Column,
    Compared,
    Const,
    Counted,
    Fixed,
    Known,
    Listed,
    Measured,
    Member,
    Metric,
    Neg,
    Pred,
    Searched,
    Some,
    Term,
)
from orchestrator.compile.inside import parts
from orchestrator.compile.logic import all_of, is_moment, negation
from orchestrator.model.condition import Fn
from orchestrator.model.schema import Type

BUDGET = 3_000
"""How many steps one question may take: a sentence that needs more is not judged."""
ZERO = Const(at(0), Type.DECIMAL)
_COUNTED = ("filter", "window")
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def never(pred: Pred) -> bool:
    """Tell whether it is proved that the predicate holds for nobody, whatever the database holds."""
    try:
        return not _possible(pred, _Budget())
    except (_TooMuch, TypeError):  # values of two kinds in one place cannot be put in an order
        return False


def implies(one: Pred, other: Pred) -> bool:
    """Tell whether it is proved that whoever is in ``one`` is in ``other``."""
    return never(all_of(one, negation(other)))


class _TooMuch(Exception):
    """Raised where the bound is reached."""


@dataclass(slots=True)
class _Budget:
    left: int = BUDGET
    depth: int = 0

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0 or self.depth > 6:
            raise _TooMuch


def _possible(pred: Pred, budget: _Budget) -> bool:
    zoned = _by_zone(pred)
    if not zoned:
        return _search([(pred, True)], [], _Facts(budget), budget)
    return any(
        _search([(_chosen(pred, dict(zip(zoned, branch, strict=True))), True)], [], _Facts(budget), budget)
        for branch in _branches(zoned)
    )


Wanted = tuple[Pred, bool]


def _search(pending: list[Wanted], choices: list[list[list[Wanted]]], facts: _Facts, budget: _Budget) -> bool:
    """Tell whether everything pending, and one branch of each choice, can hold together."""
    pending, choices = list(pending), list(choices)
    while pending:
        budget.spend()
        pred, wanted = pending.pop()
        match pred:
            case Fixed(value):
                if value is not wanted:
                    return False
            case Neg(item):
                pending.append((item, not wanted))
            case Member(_, item):
                pending.append((item, wanted))
            case All(items) if wanted:
                pending += [(item, True) for item in items]
            case All(items):
                choices.append([[(item, False)] for item in items])
            case Some(items, count):
                needed = count if wanted else len(items) - count + 1
                if needed > len(items):
                    return False
                if needed == len(items):
                    pending += [(item, wanted) for item in items]
                elif needed > 0:
                    if len(items) > 12 and needed > 1:
                        raise _TooMuch
                    choices.append([[(item, wanted) for item in some] for some in combinations(items, needed)])
            case _:
                if not facts.add(pred, wanted):
                    return False
    if not facts.tied():
        return False
    if not choices:
        return True
    choices.sort(key=len, reverse=True)
    branches = choices.pop()
    return any(_search(branch, choices, facts.copy(), budget) for branch in branches)


@dataclass
class _Facts:
    """What is known of one person at one place of the search."""

    budget: _Budget
    values: dict[object, Extent] = field(default_factory=dict)
    counts: dict[Metric, Extent] = field(default_factory=dict)
    atoms: dict[Pred, bool] = field(default_factory=dict)

    def copy(self) -> _Facts:
        return _Facts(self.budget, dict(self.values), dict(self.counts), dict(self.atoms))

    def add(self, atom: Pred, wanted: bool) -> bool:
        """Take one more fact; tell whether it can be true beside the others."""
        match atom:
            case Counted(metric, low, high):
                return self._count(metric, _between(low, high), wanted)
            case Compared(op, left, right):
                return self._compared(op, left, right, wanted)
            case Listed(value, items):
                chosen = None if isinstance(value, Const) else only(whole(value), items)
                return self._opaque(atom, wanted) if chosen is None else self._value(value, chosen, wanted)
            case Known(value):
                return self._value(value, everything(whole(value)), wanted)
            case Searched(_, value, pattern):
                for side in (value, pattern) if wanted else ():
                    if not isinstance(side, Const) and not self._value(side, everything(whole(side)), True):
                        return False
        return self._opaque(atom, wanted)

    def _opaque(self, atom: Pred, wanted: bool) -> bool:
        return self.atoms.setdefault(atom, wanted) is wanted

    def _compared(self, op: str, left: Term, right: Term, wanted: bool) -> bool:
        if isinstance(left, Const):
            left, right, op = right, left, TURNED[op]
        if isinstance(left, Const):
            return self._opaque(Compared(op, left, right), wanted)
        if isinstance(right, Const):
            found = ordered(whole(left), op, right)
            if found is None:
                return self._opaque(Compared(op, left, right), wanted)
            if isinstance(left, Measured) and left.metric.fn is Fn.COUNT:
                return self._count(left.metric, found, wanted)
            return self._value(left, found, wanted, right.currency)
        if repr(left) > repr(right):
            left, right, op = right, left, TURNED[op]
        both = whole(left).unknown or whole(right).unknown
        for side in (left, right) if wanted else ():
            if not self._value(side, everything(whole(side)), True):
                return False
        found = ordered(replace(Extent(), unknown=both), op, ZERO)
        return found is not None and self._put((left, right), replace(Extent(), unknown=both), found, wanted)

    def _value(self, term: Term, extent: Extent, wanted: bool, currency: str | None = None) -> bool:
        if isinstance(term, Measured) and term.metric.fn is Fn.COUNT:
            return self._count(term.metric, extent, wanted)
        mixed = isinstance(term, Column) and term.field.currency_column is not None
        return self._put((term, currency if mixed else None), whole(term), extent, wanted)

    def _put(self, key: object, start: Extent, extent: Extent, wanted: bool) -> bool:
        now = self.values.get(key, start)
        new = now.within(extent) if wanted else now.within(all_but(extent))
        self.values[key] = new
        return not new.empty

    def _count(self, metric: Metric, extent: Extent, wanted: bool) -> bool:
        now = self.counts.get(metric)
        if now is None:
            none = _nothing(metric, self.budget)
            now = _between(0, 0) if none else _between(0, None)
        self.counts[metric] = new = now.within(extent if wanted else all_but(extent))
        return not new.empty

    def tied(self) -> bool:
        """Tie the counts to each other; tell whether all can be true."""
        known = list(self.counts)
        for part in known:
            for other in known:
                if part is other or not _inside(part, other, self.budget):
                    continue
                low, high = self.counts[part].low, self.counts[other].high
                self.counts[other] = self.counts[other].within(replace(_between(0, None), parts=((low, None),)))
                self.counts[part] = self.counts[part].within(replace(_between(0, None), parts=((None, high),)))
                if self.counts[part].empty or self.counts[other].empty:
                    return False
        return True


def _between(low: int, high: int | None) -> Extent:
    top = None if high is None else (at(high + 1), 0)
    parts = () if high is not None and high < low else (((at(max(low, 0)), 0), top),)
    return Extent(parts, unknown=False, whole_steps=True)


def _nothing(metric: Metric, budget: _Budget) -> bool:
    """Tell whether no event can be counted."""
    return not _deeper(_events(metric), budget)


def _inside(part: Metric, other: Metric, budget: _Budget) -> bool:
    """Tell whether every event of ``part`` is one of ``other``."""
    if part.fn is not Fn.COUNT or part.edge is not None or not _plain(part):
        return False
    if replace(part, window=other.window, filter=other.filter) != other:
        return False
    return not _deeper(all_of(_events(part), negation(all_of(other.window, other.filter))), budget)


def _plain(metric: Metric) -> bool:
    """Tell whether a metric is only a count of the events in its filter and window, whatever else metrics can be."""
    return all(
        getattr(metric, f.name) == f.default for f in fields(metric) if f.name not in ("event", "as_of", *_COUNTED)
    )


def _deeper(pred: Pred, budget: _Budget) -> bool:
    budget.depth += 1
    try:
        return _possible(pred, budget)
    finally:
        budget.depth -= 1


def _events(metric: Metric) -> Pred:
    """Give the test of the events that a metric looks at, with the end that all of them have."""
    pred = all_of(metric.window, metric.filter)
    moments = {part for part in parts(metric.window) if isinstance(part, Column) and is_moment(part)}
    return all_of(pred, *(Compared("<", moment, Const(metric.as_of, Type.TIMESTAMP)) for moment in moments))


# ------------------------------------------------------------------ zones


def _by_zone(pred: Pred) -> list[ByZone]:
    """Give the predicates that differ by zone, metrics not looked into."""
    match pred:
        case ByZone():
            return [pred]
        case Neg(item) | Member(_, item):
            return _by_zone(item)
        case All(items) | Some(items, _):
            return list(dict.fromkeys(found for item in items for found in _by_zone(item)))
    return []


def _branches(zoned: list[ByZone]) -> set[tuple[Pred, ...]]:
    """Give each combination of branches that some zone has."""
    chosen = [{zone: pred for zones, pred in one.groups for zone in zones} for one in zoned]
    zones = {zone for found in chosen for zone in found} | {""}
    return {tuple(found.get(zone, one.otherwise) for found, one in zip(chosen, zoned, strict=True)) for zone in zones}


def _chosen(pred: Pred, branch: dict[ByZone, Pred]) -> Pred:
    match pred:
        case ByZone():
            return branch[pred]
        case Neg(item):
            return Neg(_chosen(item, branch))
        case Member(name, item):
            return Member(name, _chosen(item, branch))
        case All(items):
            return All(tuple(_chosen(item, branch) for item in items))
        case Some(items, count):
            return Some(tuple(_chosen(item, branch) for item in items), count)
    return pred
