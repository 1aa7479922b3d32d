"""Who is in a segment or a cell, and who is inside a rank (section 3 of the specification)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model.parameter import filled
from orchestrator.model.people import share_of
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.workspace import Workspace
from reference import clock, rows
from reference.person import One


class Reference:
    """A workspace over rows at one moment. Everything is worked out again and again; ranks are kept."""

    def __init__(self, workspace: Workspace, tables: rows.Tables, as_of: dt.datetime) -> None:
        self.workspace = workspace
        self.tables = tables
        self.as_of = as_of.astimezone(dt.UTC)
        self.project = clock.zone_of(workspace.project.zone, "UTC")
        self._people: dict[str, list[rows.Somebody]] = {}
        self._ranks: dict[Any, set[str]] = {}
        self._among: list[c.SegmentRef | None] = []

    # -------------------------------------------------------------- who

    def people(self, entity: str | None) -> list[rows.Somebody]:
        """Give everybody of an entity."""
        found = self.workspace.schema.entity(entity)
        if found.name not in self._people:
            self._people[found.name] = rows.people(
                self.workspace.known, found, self.tables, self.as_of, self.workspace.project.zone
            )
        return self._people[found.name]

    def somebody(self, entity: str, key: Any) -> rows.Somebody | None:
        """Give who of an entity has a key."""
        return None if key is None else next((s for s in self.people(entity) if s.id == rows.canonical_id(key)), None)

    def members(self, what: c.SegmentRef | c.Condition, entity: str | None = None) -> set[str]:
        """Give the canonical ids of the members of a segment, a cell or a condition."""
        if isinstance(what, c.SegmentRef):
            entity = self.workspace.definitions[what.name].of  # type: ignore[union-attr]
            return {somebody.id for somebody in self.people(entity) if self._in(what, somebody)}
        return {somebody.id for somebody in self.people(entity) if One(self, somebody, entity).holds(what)}

    def cells(self, name: str) -> dict[str, str]:
        """Give the cell of everybody in a partition's `among`."""
        partition = self._partition(name)
        found = ((somebody.id, self._cell(partition, somebody)) for somebody in self.people(partition.of))
        return {person: cell for person, cell in found if cell is not None}

    def trait(self, name: str) -> dict[str, Any]:
        """Give everybody's value of a trait; numbers come as fractions."""
        trait = self.workspace.definitions[name]
        assert isinstance(trait, Trait)
        return {somebody.id: One(self, somebody, trait.of).trait(trait) for somebody in self.people(trait.of)}

    def _partition(self, name: str) -> Partition:
        found = self.workspace.definitions[name]
        assert isinstance(found, Partition)
        return found

    def _in(self, ref: c.SegmentRef, somebody: rows.Somebody) -> bool:
        definition = self.workspace.definitions[ref.name]
        if isinstance(definition, Segment):
            given = {arg.name: arg.value for arg in ref.args}
            values = {param.name: given.get(param.name, param.default) for param in definition.params}
            where = filled(definition.where, values)  # type: ignore[arg-type]
            return self._scoped(None, lambda: One(self, somebody, definition.of).holds(where))
        assert isinstance(definition, Partition)
        cell = self._cell(definition, somebody)
        return cell is not None and ref.cell in (None, cell)

    def _cell(self, partition: Partition, somebody: rows.Somebody) -> str | None:
        if partition.among is not None and not self._in(partition.among, somebody):
            return None
        one = One(self, somebody, partition.of)
        for case in partition.cases:
            if self._scoped(partition.among, lambda case=case: one.holds(case.when)):  # type: ignore[misc]
                return case.name
        return partition.otherwise

    def _scoped(self, among: c.SegmentRef | None, work: Any) -> Any:
        self._among.append(among)
        try:
            return work()
        finally:
            self._among.pop()

    # -------------------------------------------------------------- ranks (A30-A34)

    def ranked(self, rank: c.Rank, entity: str | None) -> set[str]:
        """Give the ids of everybody inside a rank."""
        among = rank.among or (self._among[-1] if self._among else None)
        key = (rank, among, entity)
        if key not in self._ranks:
            self._ranks[key] = self._rank(rank, among, entity)
        return self._ranks[key]

    def _rank(self, rank: c.Rank, among: c.SegmentRef | None, entity: str | None) -> set[str]:
        groups: dict[Any, list[tuple[Any, str]]] = {}
        for somebody in self.people(entity):
            if among is not None and not self._in(among, somebody):
                continue
            one = One(self, somebody, entity)
            value = one.value(rank.by)
            group = one.value(rank.each) if rank.each is not None else ""
            if value is not None and group is not None:
                groups.setdefault(group, []).append((value, somebody.id))
        inside: set[str] = set()
        for known in groups.values():
            ordered = sorted((value for value, _ in known), reverse=rank.top)
            better = {value: place for place, value in reversed(list(enumerate(ordered)))}
            if rank.share is not None:
                share = Fraction(rank.share)
                inside |= {person for value, person in known if Fraction(better[value], len(known)) < share}
            else:
                known.sort(key=lambda entry: (better[entry[0]], share_of("rank", entry[1])))
                inside |= {person for _, person in known[: rank.count]}
        return inside
