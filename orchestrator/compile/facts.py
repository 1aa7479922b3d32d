"""What is known of one person (or one event) at one place of a proof, and whether all of it can be true together.

Of a value it is a set of known values and whether it may be unknown; counts are tied to each other where what one
counts is among what the other counts. What is not understood may be true or false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace

from orchestrator.compile.belonging import Elsewhere, Entries, Listing
from orchestrator.compile.calendars import Within
from orchestrator.compile.extents import Extent, all_but, at, comparable, everything, only, ordered, whole
from orchestrator.compile.features import (
    Chained,
    Column,
    Compared,
    Const,
    Counted,
    Known,
    Listed,
    Measured,
    Metric,
    Placed,
    Pred,
    Searched,
    Term,
)
from orchestrator.compile.inside import parts
from orchestrator.compile.logic import all_of, is_moment, negation
from orchestrator.compile.peers import Alone
from orchestrator.compile.tied import edges, happened, needed, on_a_scale, steps
from orchestrator.model.condition import Fn
from orchestrator.model.schema import Type

STEPS = 3_000
"""How many steps one question may take: a sentence that needs more is not judged."""
ZERO = Const(at(0), Type.DECIMAL)
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_COUNTED = ("filter", "window")

Kept = Metric | Entries
"""What is counted: the events of a metric, the entries of a list."""


class TooMuch(Exception):
    """Raised where the bound is reached."""


@dataclass(slots=True)
class Budget:
    """What is left of the steps of one question, and who answers the questions inside it."""

    possible: Callable[[Pred, Budget], bool]
    left: int = STEPS
    depth: int = 0

    def spend(self) -> None:
        """Take one step; raises TooMuch."""
        self.left -= 1
        if self.left < 0 or self.depth > 6:
            raise TooMuch

    def deeper(self, pred: Pred) -> bool:
        """Tell whether a predicate about one event or one entry can hold."""
        self.depth += 1
        try:
            return self.possible(pred, self)
        finally:
            self.depth -= 1


@dataclass
class Facts:
    """The values, the counts, and the tests that are not looked into."""

    budget: Budget
    values: dict[object, Extent] = field(default_factory=dict)
    counts: dict[Kept, Extent] = field(default_factory=dict)
    atoms: dict[Pred, bool] = field(default_factory=dict)

    def copy(self) -> Facts:
        """Give the same for another branch."""
        return Facts(self.budget, dict(self.values), dict(self.counts), dict(self.atoms))

    def known(self, terms: Iterable[Term]) -> bool:
        """Take it that these values are known; tell whether that can be."""
        return all(self._value(t, everything(whole(t)), True) for t in terms if not isinstance(t, Const))

    def add(self, atom: Pred, wanted: bool) -> bool:
        """Take one more fact; tell whether it can be true beside the others."""
        match atom:
            case Counted(metric, low, high):
                return self._count(metric, _between(low, high), wanted)
            case Listing(of, name, filter_):
                return self._count(Entries(of, name, filter_), _between(1, None), wanted)
            case Compared(op, left, right):
                return self._compared(op, left, right, wanted)
            case Listed(value, items):
                found = [item for item in (comparable(value, item) for item in items) if item is not None]
                plain = not isinstance(value, Const) and len(found) == len(items)
                chosen = only(whole(value), found) if plain else None
                return self._opaque(atom, wanted) if chosen is None else self._value(value, chosen, wanted)
            case Known(value):
                return self._value(value, everything(whole(value)), wanted)
        if wanted and not self._follows(atom):
            return False
        scale = on_a_scale(atom)
        if scale is None:
            return self._opaque(atom, wanted)
        return self._put(scale.key, scale.whole, scale.part, wanted)

    def _follows(self, atom: Pred) -> bool:
        """Take what must be so where a test is true; tell whether it can be."""
        match atom:
            case Searched(_, value, pattern):
                return self.known((value, pattern))
            case Within(of, point):
                return self.known((of, point))
            case Alone(value) | Elsewhere(_, value):
                return self.known((value,))
            case Chained():
                return all(self._count(metric, _between(1, None), True) for metric in steps(atom))
            case Placed(of, shape) if shape is not None:
                return self._opaque(Placed(of), True)
        return True

    def _opaque(self, atom: Pred, wanted: bool) -> bool:
        return self.atoms.setdefault(atom, wanted) is wanted

    def _compared(self, op: str, left: Term, right: Term, wanted: bool) -> bool:
        if isinstance(left, Const):
            left, right, op = right, left, TURNED[op]
        if isinstance(left, Const):
            return self._opaque(Compared(op, left, right), wanted)
        if isinstance(right, Const):
            const = comparable(left, right)
            found = None if const is None else ordered(whole(left), op, const)
            if found is None:
                return self._opaque(Compared(op, left, right), wanted)
            return self._value(left, found, wanted, right.currency)
        if repr(left) > repr(right):
            left, right, op = right, left, TURNED[op]
        both = whole(left).unknown or whole(right).unknown
        if wanted and not self.known((left, right)):
            return False
        found = ordered(replace(Extent(), unknown=both), op, ZERO)
        return found is not None and self._put((left, right), replace(Extent(), unknown=both), found, wanted)

    def _value(self, term: Term, extent: Extent, wanted: bool, currency: str | None = None) -> bool:
        if isinstance(term, Entries):
            return self._count(term, extent, wanted)
        if isinstance(term, Measured) and term.metric.fn is Fn.COUNT:
            return self._count(term.metric, extent, wanted)
        mixed = isinstance(term, Column) and term.field.currency_column is not None
        key = (term, currency if mixed else None)
        before = self.values.get(key)
        if not self._put(key, whole(term), extent, wanted):
            return False
        news = not self.values[key].unknown and (before is None or before.unknown)
        return self.known(needed(term)) if news else True

    def _put(self, key: object, start: Extent, extent: Extent, wanted: bool) -> bool:
        now = self.values.get(key, start)
        new = now.within(extent) if wanted else now.within(all_but(extent))
        self.values[key] = new
        return not new.empty

    # -------------------------------------------------------------- counts

    def _count(self, kept: Kept, extent: Extent, wanted: bool) -> bool:
        now = self.counts.get(kept)
        if now is None:
            now = _between(0, None if self.budget.deeper(self._each(kept)) else 0)
        self.counts[kept] = new = now.within(extent if wanted else all_but(extent))
        return not new.empty

    def tied(self) -> bool:
        """Tie values and counts to each other; tell whether all can be true."""
        for kept, extent in list(self.counts.items()):
            some = extent.low is not None and extent.low >= (at(1), 0)
            if isinstance(kept, Entries) and some and not self.known((kept.of,)):
                return False
        for key, extent in list(self.values.items()):
            match key:
                case (term, None | str()) if (found := happened(term, extent)) is not None:
                    if not self._count(found[0], _between(found[1], None), True):
                        return False
        known = list(self.counts)
        for part in known:
            for other in known:
                if part is other or not self._inside(part, other):
                    continue
                low, high = self.counts[part].low, self.counts[other].high
                self.counts[other] = self.counts[other].within(replace(_between(0, None), parts=((low, None),)))
                self.counts[part] = self.counts[part].within(replace(_between(0, None), parts=((None, high),)))
                if self.counts[part].empty or self.counts[other].empty:
                    return False
        return True

    def _inside(self, part: Kept, other: Kept) -> bool:
        """Tell whether everything that ``part`` counts is among what ``other`` counts."""
        if isinstance(part, Entries) or isinstance(other, Entries):
            if not isinstance(part, Entries) or not isinstance(other, Entries):
                return False
            same = (part.of, part.name) == (other.of, other.name)
            return same and not self.budget.deeper(all_of(part.filter, negation(other.filter)))
        if part.fn is not Fn.COUNT or part.edge is not None or not _plain(part):
            return False
        if replace(part, window=other.window, filter=other.filter) != other:
            return False
        return not self.budget.deeper(all_of(self._each(part), negation(all_of(other.window, other.filter))))

    def _each(self, kept: Kept) -> Pred:
        """Give the test of what is counted, with what is true of all events of a metric."""
        if isinstance(kept, Entries):
            return kept.filter
        moments = {part for part in parts(kept.window) if isinstance(part, Column) and is_moment(part)}
        ends = (Compared("<", moment, Const(kept.as_of, Type.TIMESTAMP)) for moment in moments)
        pred = all_of(kept.window, kept.filter, *ends)
        obeyed = (
            law
            for law, edge in edges(kept)
            if not self.budget.deeper(all_of(pred, negation(all_of(edge.window, edge.filter))))
        )
        return all_of(pred, *obeyed)


def _between(low: int, high: int | None) -> Extent:
    top = None if high is None else (at(high + 1), 0)
    ranges = () if high is not None and high < low else (((at(max(low, 0)), 0), top),)
    return Extent(ranges, unknown=False, whole_steps=True)


def _plain(metric: Metric) -> bool:
    """Tell whether a metric is only a count of the events in its filter and window, whatever else metrics can be."""
    return all(
        getattr(metric, f.name) == f.default for f in fields(metric) if f.name not in ("event", "as_of", *_COUNTED)
    )
