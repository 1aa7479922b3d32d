"""Where the parts of a predicate live, and how one that lives in several places is taken apart.

Conjunctions, disjunctions and complements of different homes are put together outside SQL; every other test lives
in one place, which :func:`refuse_mixed` demands with the place of the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import Any

from orchestrator.compile.features import (
    EVERYBODY,
    OWN_ZONE,
    All,
    ByZone,
    Column,
    Fixed,
    Home,
    Member,
    Neg,
    Pred,
    Sampled,
    Some,
    Term,
    ZoneValue,
)
from orchestrator.compile.logic import all_of, any_of, negation
from orchestrator.compile.names import mistake
from orchestrator.compile.peers import Alone, Bucketed, Heaviest, Overall
from orchestrator.compile.zoned import alternatives
from orchestrator.model.diagnostic import Span
from orchestrator.model.homes import Drawn, Enough, Flag, Opposite, Test
from orchestrator.model.messages import OURS

Homes = frozenset[Home]
ONLY = {home: frozenset({home}) for home in Home}
ONLY_WAREHOUSE: Homes = ONLY[Home.WAREHOUSE]


class Where:
    """Tells the homes of terms and predicates; definitions that are named often are looked at once.

    ``together``: the tables of the state lie in the warehouse's own database.
    """

    def __init__(self, together: bool = False) -> None:
        """Know nothing yet."""
        self.together = together
        self._members: dict[int, tuple[Member, Homes]] = {}

    def homes(self, node: object) -> Homes:
        """Give where the rows lie that a term or predicate needs; nowhere for what is the same for everybody."""
        if isinstance(node, Member):
            if id(node) not in self._members:
                self._members[id(node)] = (node, self.homes(node.pred))
            return self._members[id(node)][1]
        found: set[Home] = set(self._own(node))
        for child in _inside(node):
            found |= self.homes(child)
        return frozenset(found)

    def _own(self, node: object) -> Homes:
        event = getattr(node, "event", None)
        if isinstance(event, str) and event in OURS:
            return ONLY[Home.WAREHOUSE if self.together else Home.STATE]
        if isinstance(node, Sampled):
            return ONLY[Home.COMPUTED]
        if isinstance(node, Column) and node.event:
            return frozenset()
        if isinstance(node, Alone | Bucketed | Heaviest | Overall):
            return ONLY_WAREHOUSE  # the people among whom these look are the warehouse's
        own_zone = getattr(node, "zone", None) == OWN_ZONE
        if own_zone or isinstance(node, Column | ByZone | ZoneValue) or hasattr(node, "home"):
            return ONLY_WAREHOUSE
        return frozenset()


def refuse_mixed(node: Pred | Term, span: Span) -> None:
    """Raise Mistake E320 where one test holds the rows of two homes against each other."""
    homes = Where().homes(node)
    if isinstance(node, ByZone | Neg | All | Some) and len(homes) > 1:
        parts = (*(item for _, item in node.groups), node.otherwise) if isinstance(node, ByZone) else ()
        for part in parts or (getattr(node, "items", None) or (getattr(node, "item", EVERYBODY),)):
            refuse_mixed(part, span)
        return
    if homes <= ONLY_WAREHOUSE or homes == ONLY[Home.STATE] or isinstance(node, Sampled):
        return
    if Home.COMPUTED in homes:
        message = "a sample is drawn outside the database, so no other test can be made of it"
    else:
        message = "this holds our own records (messages, membership) against the company's data within one test"
    raise mistake("E320", span, message, label="two places at once")


def refuse_local(written: object, term: Term, span: Span) -> None:
    """Raise Mistake E320 for a value of our own records on the person's clocks: our records hold no zones."""
    if Home.STATE in Where().homes(term) and any(getattr(node, "local", False) for node in _all(written)):
        message = "a value of our own records is counted on the project's clocks: they hold no zones"
        raise mistake("E320", span, message, label="leave out `local`")


def _all(node: object) -> Iterator[object]:
    yield node
    for child in _inside(node):
        yield from _all(child)


@dataclass
class Parted:
    """A predicate on its way to a :data:`Test`: what each home is asked for, in the order of the columns."""

    where: Where
    first: int
    """The place of the first flag among the columns of the warehouse's row."""
    flags: list[Pred] = field(default_factory=list)
    noted: list[Pred] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)

    def test(self, pred: Pred) -> Test:
        """Give the test of a predicate, with as few and as large flags as can be."""
        homes = self.where.homes(pred)
        if isinstance(pred, Fixed):
            return Enough((), 0) if pred.value else Opposite(Enough((), 0))
        if homes <= ONLY_WAREHOUSE:
            return Flag(self.first + _place(self.flags, pred))
        if homes == ONLY[Home.STATE]:
            return Flag(1 + _place(self.noted, pred), state=True)
        if isinstance(pred, Sampled):
            drawn = Drawn(pred.salt, pred.share)
            _place(self.drawn, drawn)
            return drawn
        if isinstance(pred, Member):
            return self.test(pred.pred)
        if isinstance(pred, Neg):
            return Opposite(self.test(pred.item))
        if isinstance(pred, All):
            items = tuple(self.test(item) for item in self._joined(pred.items, True))
            return Enough(items, len(items))
        if isinstance(pred, Some):
            parts = self._joined(pred.items, False) if pred.count == 1 else pred.items
            return Enough(tuple(self.test(item) for item in parts), pred.count)
        if isinstance(pred, ByZone):
            pairs = [(self.test(there), self.test(item)) for there, item in alternatives(pred)]
            return Enough(tuple(Enough(pair, 2) for pair in pairs), 1)
        raise ValueError(f"{type(pred).__name__} lives in two places")  # refuse_mixed says so before

    def _joined(self, items: tuple[Pred, ...], both: bool) -> list[Pred]:
        """Give the items with those of one home made one, so that each home gives one flag for them."""
        rest: list[Pred] = []
        alike: dict[Homes, list[Pred]] = {}
        for item in items:
            homes = self.where.homes(item) or ONLY_WAREHOUSE
            if len(homes) == 1 and Home.COMPUTED not in homes:
                alike.setdefault(homes, []).append(item)
            else:
                rest.append(item)
        return [*((all_of if both else any_of)(*some) for some in alike.values()), *rest]


def necessary(pred: Pred, where: Where, wanted: bool = True) -> Pred:
    """Give a predicate of the warehouse alone that holds for all people of ``pred`` (or of its complement)."""
    if where.homes(pred) <= ONLY_WAREHOUSE:
        return pred if wanted else negation(pred)
    if isinstance(pred, Member):
        return necessary(pred.pred, where, wanted)
    if isinstance(pred, Neg):
        return necessary(pred.item, where, not wanted)
    if isinstance(pred, All) or (isinstance(pred, Some) and pred.count == 1):
        both = isinstance(pred, All) is wanted
        return (all_of if both else any_of)(*(necessary(item, where, wanted) for item in pred.items))
    return EVERYBODY


def remaining(pred: Pred, where: Where) -> Pred:
    """Give what is left to test of people who pass :func:`necessary`: a conjunction loses its sure parts."""
    while isinstance(pred, Member) and not where.homes(pred) <= ONLY_WAREHOUSE:
        pred = pred.pred
    if isinstance(pred, All):
        return all_of(*(remaining(item, where) for item in pred.items))
    return EVERYBODY if where.homes(pred) <= ONLY_WAREHOUSE else pred


def _place(known: list[Any], item: Any) -> int:
    if item not in known:
        known.append(item)
    return known.index(item)


def _inside(node: object) -> Iterator[object]:
    """Yield the terms, predicates and metrics that stand directly in one."""
    kind: Any = type(node)
    for name in _names(kind):
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            for piece in item if isinstance(item, tuple) else (item,):
                kind = type(piece)
                if _holds_fields(kind):
                    yield piece


@lru_cache(maxsize=1024)
def _holds_fields(kind: type) -> bool:
    return is_dataclass(kind)


@lru_cache(maxsize=1024)
def _names(kind: type) -> tuple[str, ...]:
    """Give the names of what stands in a node of a kind."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) and not issubclass(kind, Column) else ()


def events_of(nodes: Iterable[object]) -> set[str]:
    """Give the names of our own events that terms and predicates read; what stands in two places is looked at once."""
    found: set[str] = set()
    waiting, seen = list(nodes), set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        event = getattr(node, "event", None)
        if isinstance(event, str) and event in OURS:
            found.add(event)
        waiting += _inside(node)
    return found
