"""What the parts of a statement may ask of the SELECT that they stand in, and of the whole statement."""

from __future__ import annotations

from typing import Any, Protocol

from orchestrator.compile.clocks import Clocks
from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.compile.features import Member, Metric, Pred, Term
from orchestrator.compile.names import Items
from orchestrator.compile.peers import Bucketed
from orchestrator.model.schema import Entity, EventTable, Relation, Schema


class Speller(Protocol):
    """Spells terms inside one SELECT."""

    def raw(self, term: Term) -> Expr:
        """Give a column as it lies in the database."""

    def value(self, term: Term, bare: bool = False) -> Expr:
        """Give a term in the dialect's representation."""

    def version(self, term: Term) -> Expr:
        """Give the text by which a version sorts."""

    def canonical(self, term: Term) -> Expr:
        """Give a date or an instant as its place in time."""

    def wall(self, micros: Expr, zone: str, crest: bool = False) -> Expr:
        """Give an instant on a wall clock; ``crest``: the latest time that it has shown until then."""


class Around(Protocol):
    """One SELECT under construction."""

    dialect: Dialect
    event: EventTable | Relation | Items | None
    source: Any

    @property
    def terms(self) -> Speller:
        """Give the speller of its terms."""

    @property
    def zone(self) -> Expr:
        """Give the person's zone as a text."""

    @property
    def statement(self) -> Whole:
        """Give what all frames share."""

    @property
    def people(self) -> Any:
        """Give the person's table."""

    @property
    def key(self) -> Expr:
        """Give the person's key."""

    @property
    def owner(self) -> Expr:
        """Give the key of the person that a row belongs to."""

    @property
    def parent(self) -> Any:
        """Give the table of the person's parent, joined now."""

    def read(self, metric: Metric) -> Expr:
        """Give a metric's value for the person."""

    def placed(self, term: Bucketed) -> Expr:
        """Give the person's bucket."""

    def belongs(self, name: object, ids: Any, wanted: bool, alone: bool) -> Expr:
        """Give the test that the person is (or is not) among the ids of a SELECT."""

    def in_zones(self, zones: tuple[str, ...]) -> Expr:
        """Give the test of the person's zone."""

    def truth(self, pred: Pred, wanted: bool = True, alone: bool = True) -> Expr:
        """Give a predicate as a test."""

    def select(self, columns: list[Any], *where: Expr) -> Any:
        """Give the SELECT with all that was joined."""


class Whole(Protocol):
    """One statement."""

    schema: Schema
    entity: Entity
    dialect: Dialect
    clocks: Clocks
    zone: str

    def alias(self, prefix: str) -> str:
        """Give a name that the statement has not used."""

    def events(self, event: EventTable) -> Any:
        """Give an event's table under a name of its own."""

    def shares(self, member: Member) -> bool:
        """Tell whether a definition is worth a common table expression."""

    def common(self, name: str, select: Any) -> Any:
        """Give a SELECT as a common table expression of the statement."""

    def rows(self, relation: Relation) -> Any:
        """Give a relation's table under a name of its own."""

    def about(self, entity: str) -> Whole:
        """Give the same statement, about another entity."""

    def frame(
        self, event: EventTable | Relation | Items | None = None, outer: Around | None = None, source: Any = None
    ) -> Around:
        """Open a SELECT over people, or over the events in ``source``."""
