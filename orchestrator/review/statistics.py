"""Counting once what `orc check` then says beside its warnings, and keeping it in the user's cache folder."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestrator.audience import Warehouse, amounts, cells, count, unknowns
from orchestrator.compile import cells_query, count_query, trait_query, with_values
from orchestrator.model import condition as c
from orchestrator.model.errors import OrchestratorError
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.statistics import Cell, Statistics
from orchestrator.model.workspace import Workspace
from orchestrator.review.unchanged import keep_path

FORM = 1


def statistics_path(cache: Path, root: Path) -> Path:
    """Give the file that holds the statistics of one workspace."""
    kept = Path(keep_path(str(cache), str(root)))
    return kept.parent.parent / "statistics" / kept.name


def collect(warehouse: Warehouse, workspace: Workspace, as_of: dt.datetime) -> Statistics:
    """Ask the warehouse for everything; what cannot be counted (a broken segment) is left out."""
    asked = _Asked(warehouse, workspace, as_of)
    people: dict[str, int] = {}
    unknown: dict[str, float] = {}
    for name, entity in workspace.schema.entities.items():
        with warehouse.read() as connection:
            people[name], shares = unknowns(connection, entity.table, entity.attributes)
        unknown |= {f"{name}.{attribute}": share for attribute, share in shares.items()}
    never: dict[str, float] = {}
    for name, event in workspace.schema.events.items():
        with warehouse.read() as connection:
            _, shares = unknowns(connection, event.table, event.properties, event.where)
        unknown |= {f"{name}.{prop}": share for prop, share in shares.items()}
        none = asked.count(c.Did(c.Event(name), None, c.Ever(), negated=True), event.entity)
        if none is not None and people.get(event.entity):
            never[name] = none / people[event.entity]
    return Statistics(as_of, people, unknown, never, asked.cells(), asked.zero())


class _Asked:
    """Questions to one warehouse at one moment."""

    def __init__(self, warehouse: Warehouse, workspace: Workspace, as_of: dt.datetime) -> None:
        self.warehouse = warehouse
        self.workspace = workspace
        self.as_of = as_of

    def count(self, what: c.SegmentRef | c.Condition, entity: str | None) -> int | None:
        """Give a number of people, None where the question has no answer."""
        try:
            with self.warehouse.read() as connection:
                return count(connection, count_query(self.workspace, what, self.as_of, self.warehouse.dialect, entity))
        except OrchestratorError:
            return None

    def cells(self) -> dict[str, Cell]:
        """Give the people of every segment and cell, the cells with their share of the revenue."""
        found: dict[str, Cell] = {}
        for name in self.workspace.of_kind(Segment):
            n = self.count(c.SegmentRef(name), None)
            if n is not None:
                found[name] = Cell(n)
        for name, partition in self.workspace.of_kind(Partition).items():
            try:
                found |= self._cells(name, partition)
            except OrchestratorError:
                continue
        return found

    def _cells(self, name: str, partition: Partition) -> dict[str, Cell]:
        revenue = self._revenue(partition.of)
        people: dict[str, int] = dict.fromkeys(partition.cells, 0)
        money: dict[str, Decimal] = defaultdict(Decimal)
        query = cells_query(self.workspace, name, self.as_of, self.warehouse.dialect)
        with self.warehouse.read() as connection:
            for person, cell in cells(connection, query):
                people[cell] = people.get(cell, 0) + 1
                money[cell] += revenue.get(person, Decimal(0))
        total = sum(money.values(), Decimal(0))
        return {
            f"{name}.{cell}": Cell(n, float(money[cell] / total) if revenue and total > 0 else None)
            for cell, n in people.items()
        }

    def _revenue(self, of: str | None) -> dict[str, Decimal]:
        trait = self.workspace.definitions.get(self.workspace.project.revenue or "")
        entity = self.workspace.schema.entity(of).name
        if not isinstance(trait, Trait) or self.workspace.schema.entity(trait.of).name != entity:
            return {}
        query = trait_query(self.workspace, trait, self.as_of, self.warehouse.dialect)
        with self.warehouse.read() as connection:
            return dict(amounts(connection, query))

    def zero(self) -> tuple[str, ...]:
        """Give the segments and ``partition.cell``s whose rank reaches down to people with the value 0 (A31)."""
        asked: list[tuple[str, c.SegmentRef, c.Condition, c.SegmentRef | None]] = []
        for name, segment in self.workspace.of_kind(Segment).items():
            ref = c.SegmentRef(name)
            try:
                asked.append((name, ref, getattr(with_values(self.workspace, ref), "where", segment.where), None))
            except OrchestratorError:  # it needs values, or is broken
                continue
        for name, partition in self.workspace.of_kind(Partition).items():
            for case in partition.cases:
                ref = c.SegmentRef(name, case.name)
                asked.append((str(ref), ref, case.when, partition.among))
        return tuple(
            name
            for name, ref, where, among in asked
            if any(self._reaches_zero(ref, replace(rank, among=rank.among or among)) for rank in _ranks(where))
        )

    def _reaches_zero(self, ref: c.SegmentRef, rank: c.Rank) -> bool:
        """Tell whether somebody is in because of a rank, and has nothing."""
        if not rank.top:
            return False
        for bound in (c.Number(Decimal(0)), c.Money(Decimal(0), self.workspace.project.currency)):
            found = self.count(c.AllOf((c.InSegment(ref), rank, c.Compare("<=", rank.by, bound))), self._of(ref))
            if found is not None:
                return found > 0
        return False

    def _of(self, ref: c.SegmentRef) -> str | None:
        return getattr(self.workspace.definitions[ref.name], "of", None)


def _ranks(node: c.Condition) -> list[c.Rank]:
    if isinstance(node, c.Rank):
        return [node]
    if isinstance(node, c.AllOf | c.AnyOf | c.NoneOf | c.SomeOf):
        return [rank for item in node.items for rank in _ranks(item)]
    return _ranks(node.item) if isinstance(node, c.Not) else []


# ------------------------------------------------------------------ kept


def keep_statistics(cache: Path, root: Path, found: Statistics) -> None:
    """Write the statistics, and forget the kept check of the workspace: its warnings say other numbers now."""
    row = {
        "form": FORM,
        "as_of": found.as_of.isoformat(),
        "people": dict(found.people),
        "unknown": dict(found.unknown),
        "never": dict(found.never),
        "cells": {name: [cell.people, cell.revenue] for name, cell in found.cells.items()},
        "zero": list(found.zero),
    }
    path = statistics_path(cache, root)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(row), encoding="utf-8")
    os.replace(part, path)
    Path(keep_path(str(cache), str(root))).unlink(missing_ok=True)


def kept_statistics(cache: Path, root: Path) -> Statistics | None:
    """Give what was kept, None when there is nothing or it cannot be read."""
    try:
        row: dict[str, Any] = json.loads(statistics_path(cache, root).read_text(encoding="utf-8"))
        if row["form"] != FORM:
            return None
        return Statistics(
            dt.datetime.fromisoformat(row["as_of"]),
            {str(name): int(n) for name, n in row["people"].items()},
            {str(name): float(share) for name, share in row["unknown"].items()},
            {str(name): float(share) for name, share in row["never"].items()},
            {str(name): Cell(int(n), revenue) for name, (n, revenue) in row["cells"].items()},
            tuple(map(str, row["zero"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
