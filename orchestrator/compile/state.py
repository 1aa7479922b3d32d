"""The statement for the state database: everybody whom our own records know, and one row for everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Dialect
from orchestrator.compile.homes import events_of
from orchestrator.compile.ours import our_rows
from orchestrator.compile.statement import Statement
from orchestrator.model.schema import Entity, EventTable, Table
from orchestrator.model.workspace import Workspace


class StateStatement(Statement):
    """A statement whose people are those of our own records; one without an id stands for all others."""

    def __init__(
        self, workspace: Workspace, entity: Entity, dialect: Dialect, as_of: dt.datetime, nodes: Sequence[object]
    ) -> None:
        """Look for the events that the predicates and terms read."""
        dialect.joins = True  # our views have no index to look one person up by: read them once for everybody
        person = Entity(entity.name, Table("people"), "id", {})
        super().__init__(workspace.known, person, dialect, as_of, workspace.project.zone)
        self._names = sorted(events_of(nodes))

    def people(self) -> Any:
        """Give everybody who has a row of one of the events, and a row without an id."""
        tables = {self.schema.events[name].table.name: self.schema.events[name] for name in self._names}
        known = []
        for event in tables.values():
            person = self.events(event).c[event.key]
            known.append(sa.select(person.label("id")).where(person.is_not(None)))
        nobody = sa.select(sa.cast(sa.null(), sa.Text).label("id"))
        return sa.union(*known, nobody).subquery(self.alias("p"))

    def events(self, event: EventTable) -> Any:
        """Give one of our events under a name of its own."""
        return our_rows(event, self.dialect, self.as_of, self.alias("e"))
