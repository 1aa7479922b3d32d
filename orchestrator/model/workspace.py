"""Everything the author's files say, after they were read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Argument, SegmentRef
from orchestrator.model.diagnostic import NOWHERE, Span
from orchestrator.model.messages import our_events
from orchestrator.model.project import Policies, Project
from orchestrator.model.schema import Schema
from orchestrator.model.segment import Definition, EventDef, ListDef, Partition, Segment, Trait

D = TypeVar("D", Segment, Partition, Trait, EventDef, ListDef)


@dataclass(frozen=True, slots=True)
class Given:
    """One row of a workspace test: the values of one person or event, by attribute or property name."""

    values: Mapping[str, str | None]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


class Nested(str):
    """A list or an object of a test's row, as JSON: no value of a column that holds a single one."""


@dataclass(frozen=True, slots=True)
class TestCase:
    """One case of ``campaigns/tests/*.yml``: given people and events, at ``as_of``, who is in ``segment``.

    ``people`` are rows of the entity (the key under its own name); ``events`` maps an event's name to rows
    whose ``key`` names the person and whose ``at`` is the moment; ``consents`` are rows of channel, topic,
    granted, at; ``membership`` rows of segment, key, at and change (``entered`` or ``left``). ``members`` are the
    ids expected; ``cells`` maps cell to ids where ``segment`` is a partition. ``relations`` maps a relation or
    another entity to rows, ``history`` an attribute to its former values. Values are texts as written in YAML,
    typed by the schema; None is unknown. ``args`` are given to the segment.
    """

    __test__ = False

    name: str
    segment: str
    as_of: dt.datetime
    people: tuple[Given, ...]
    events: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    consents: tuple[Given, ...] = ()
    relations: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    membership: tuple[Given, ...] = ()
    history: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    members: tuple[str, ...] | None = None
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    args: tuple[Argument, ...] = ()

    @property
    def ref(self) -> SegmentRef:
        """Give the reference to what is tested, with its values."""
        base, _, cell = self.segment.partition("(")[0].partition(".")
        return SegmentRef(base.strip(), cell.strip() or None, self.args)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The files of one folder, read. ``sources`` maps each path (relative, ``/``) to its text.

    ``templates`` maps a path below ``templates/`` to its text. ``definitions`` holds everything of the ``.seg``
    files by name; names are unique over all kinds. ``broken`` names the campaigns whose file has an error: what
    could be read of them is here to be checked further, and nobody may plan or send it.
    """

    root: Path
    project: Project
    schema: Schema
    policies: Policies
    definitions: Mapping[str, Definition]
    campaigns: Mapping[str, Campaign]
    templates: Mapping[str, str] = field(default_factory=dict)
    tests: tuple[TestCase, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    @property
    def known(self) -> Schema:
        """Give the schema with the events that we record ourselves, which are part of every workspace."""
        ours = our_events(self.schema.first.name, self.campaigns, self.project.categories)
        return replace(self.schema, events={**self.schema.events, **ours})

    def of_kind(self, kind: type[D]) -> dict[str, D]:
        """Give the definitions of one kind by name, in the order of the files."""
        return {name: d for name, d in self.definitions.items() if isinstance(d, kind)}
