"""How many people each segment and each campaign's audience has, now and by the applied files, at one ``as_of``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orchestrator.audience import Warehouse, count, groups, ids
from orchestrator.compile import Query, audience_query, cell_counts_query, count_query, members_query
from orchestrator.model.campaign import Status
from orchestrator.model.condition import Condition, SegmentRef
from orchestrator.model.errors import WarehouseError
from orchestrator.model.segment import Partition, Segment
from orchestrator.model.workspace import Workspace
from orchestrator.run import reach


@dataclass(frozen=True, slots=True)
class Size:
    """The people of one thing: ``segment vip``, ``partition stage``, ``cell stage.active``, ``campaign launch``.

    ``before`` is what the applied definition gives at the same moment, ``entered`` and ``left`` who differs; all
    three are None where nothing was compared. ``last`` is the size at the last apply.
    """

    what: str
    after: int | None
    before: int | None = None
    entered: int | None = None
    left: int | None = None
    last: int | None = None

    @property
    def moved(self) -> int | None:
        """Give by how many people it grew (or shrank, below 0), None where nothing was compared."""
        return None if self.before is None or self.after is None else self.after - self.before


def sized(workspace: Workspace) -> Iterator[str]:
    """Yield the name of everything that has people, in the order of the files; archived campaigns are left out."""
    for name, definition in workspace.definitions.items():
        if isinstance(definition, Segment):
            if definition.required:
                continue  # nobody can be counted without values
            yield f"segment {name}"
        elif isinstance(definition, Partition):
            yield f"partition {name}"
            yield from (f"cell {name}.{cell}" for cell in definition.cells)
    for name, campaign in workspace.campaigns.items():
        if campaign.status is not Status.ARCHIVED:
            yield f"campaign {name}"


def members(workspace: Workspace, what: str, as_of: dt.datetime, dialect: str) -> Query | None:
    """Give the query for the ids of a sized thing, None where this workspace has none of that name."""
    kind, _, name = what.partition(" ")
    if kind == "campaign":
        campaign = workspace.campaigns.get(name)
        if campaign is None:
            return None
        return audience_query(workspace, campaign, as_of, dialect, facts=(), consents=(), channels=(), zone=None)
    base, _, cell = name.partition(".")
    definition = workspace.definitions.get(base)
    if isinstance(definition, Segment) and definition.required:
        return None
    if definition is None or (cell and (not isinstance(definition, Partition) or cell not in definition.cells)):
        return None
    return members_query(workspace, SegmentRef(base, cell or None), as_of, dialect)


class Sizes:
    """Counts against one warehouse at one moment, each number asked for once."""

    def __init__(self, warehouse: Warehouse, workspace: Workspace, as_of: dt.datetime) -> None:
        """Keep what is counted; nothing is read yet."""
        self._warehouse = warehouse
        self._workspace = workspace
        self._as_of = as_of
        self._known: dict[str, int] = {}

    def of(self, what: str) -> int:
        """Give the number of people now; raises WarehouseError."""
        if what not in self._known:
            kind, _, name = what.partition(" ")
            if kind == "cell":
                self._cells(name.partition(".")[0])
            else:
                condition = (
                    reach(self._workspace, self._workspace.campaigns[name]) if kind == "campaign" else SegmentRef(name)
                )
                self._known[what] = self._count(condition)
        return self._known[what]

    def compared(self, what: str, before: Workspace | None) -> Size:
        """Give the size with who entered and left against the applied files, read in one snapshot each."""
        query = members(self._workspace, what, self._as_of, self._warehouse.dialect)
        old = None if before is None else _attempt(lambda: members(before, what, self._as_of, self._warehouse.dialect))
        if old is None:
            return Size(what, None if query is None else self.of(what))
        try:
            return self._difference(what, old, query) if query is not None else self._gone(what, old)
        except WarehouseError:
            if query is None:
                return Size(what, None)
            return Size(what, self.of(what))  # what was applied names a table or column that is gone

    def _gone(self, what: str, old: Query) -> Size:
        with self._warehouse.read() as connection:
            was = sum(1 for _ in ids(connection, old))
        return Size(what, None, was, 0, was)

    def _difference(self, what: str, old: Query, new: Query) -> Size:
        with self._warehouse.read() as connection:
            was = set(ids(connection, old))
            after = kept = 0
            for person in ids(connection, new):
                after += 1
                kept += person in was
        self._known[what] = after
        return Size(what, after, len(was), after - kept, len(was) - kept)

    def _count(self, what: SegmentRef | Condition) -> int:
        with self._warehouse.read() as connection:
            return count(connection, count_query(self._workspace, what, self._as_of, self._warehouse.dialect))

    def _cells(self, partition: str) -> None:
        definition = self._workspace.definitions[partition]
        query = cell_counts_query(self._workspace, partition, self._as_of, self._warehouse.dialect)
        with self._warehouse.read() as connection:
            found = groups(connection, query)
        cells = definition.cells if isinstance(definition, Partition) else ()
        self._known |= {f"cell {partition}.{cell}": found.get(cell, 0) for cell in cells}


def _attempt(make: Callable[[], Query | None]) -> Query | None:
    """Give the query of an applied file, None where this release or this schema no longer understands it."""
    try:
        return make()
    except (KeyError, ValueError, TypeError):
        return None
