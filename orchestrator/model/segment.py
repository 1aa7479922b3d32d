"""What a ``.seg`` file defines: segments, partitions, traits, named events, named lists, and what they expect."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orchestrator.model.condition import Condition, Event, Literal, Node, Parameter, SegmentRef, Value


@dataclass(frozen=True, slots=True)
class ExpectSize(Node):
    """``expect size between 100 and 50_000`` (people)."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ExpectChange(Node):
    """``expect change under 25%`` against the size last applied; ``under`` is 0.25."""

    under: Decimal


@dataclass(frozen=True, slots=True)
class ExpectSubset(Node):
    """``expect subset of segment x``."""

    of: SegmentRef


@dataclass(frozen=True, slots=True)
class ExpectDisjoint(Node):
    """``expect disjoint from segment x``."""

    other: SegmentRef


Expect = ExpectSize | ExpectChange | ExpectSubset | ExpectDisjoint


@dataclass(frozen=True, slots=True)
class Segment(Node):
    """A named audience. ``of`` names the entity, None for the schema's first; ``params`` stand for values in it."""

    name: str
    where: Condition
    of: str | None = None
    doc: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    expects: tuple[Expect, ...] = ()
    params: tuple[Parameter, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Give the names of the parameters without a default: such a segment is never asked without values."""
        return tuple(param.name for param in self.params if param.default is None)


@dataclass(frozen=True, slots=True)
class Case(Node):
    """One cell of a partition: everybody for whom ``when`` holds and no earlier case did."""

    name: str
    when: Condition
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Partition(Node):
    """Cells that are exclusive and exhaustive by construction, over ``among`` or the whole entity.

    ``otherwise`` names the cell of everybody whom no case took.
    """

    name: str
    cases: tuple[Case, ...]
    otherwise: str
    otherwise_doc: str = ""
    of: str | None = None
    among: SegmentRef | None = None
    doc: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    expects: tuple[Expect, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """Give the names of all cells, in the order in which they take people."""
        return (*(case.name for case in self.cases), self.otherwise)


@dataclass(frozen=True, slots=True)
class Trait(Node):
    """A named value of a person. ``type`` is the word the author wrote; ``default`` replaces unknown.

    ``entry`` is set for lists of values only: ``list(text)`` is the type ``list`` of ``text``.
    """

    name: str
    type: str
    value: Value
    default: Literal | None = None
    of: str | None = None
    doc: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class EventDef(Node):
    """``event paid_order = purchase where (status is "completed")``."""

    name: str
    event: Event
    of: str | None = None
    doc: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListDef(Node):
    """``list dach = ("DE", "AT", "CH")``."""

    name: str
    items: tuple[Literal, ...]
    doc: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()


Definition = Segment | Partition | Trait | EventDef | ListDef
