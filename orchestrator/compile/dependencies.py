"""What a definition or a campaign refers to, directly and through what it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from orchestrator.compile.raw import reads
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Aggregate, Attr, Event, Link, ListRef, Pick, RawSql, SegmentRef, Sequence
from orchestrator.model.diagnostic import Span
from orchestrator.model.segment import Definition, EventDef, ListDef, Partition, Segment, Trait
from orchestrator.model.workspace import Workspace


def dependencies(workspace: Workspace, name: str) -> frozenset[str]:
    """Give the names of all definitions that ``name`` uses, transitively, and of what it reads of the schema.

    ``name`` is a definition or a campaign (``campaign:NAME`` where a definition has the same name); campaigns
    include ``exclude`` of the policies. Names of the schema read ``schema:purchase``, ``schema:purchase.amount``
    and ``schema:country``. A name that means nothing is passed over; a circle ends where it closes.
    """
    found: set[str] = set()
    waiting: list[Definition | Campaign] = list(_called(workspace, name))
    while waiting:
        for used in uses(workspace, waiting.pop()):
            if used in found:
                continue
            found.add(used)
            if used in workspace.definitions:
                waiting.append(workspace.definitions[used])
    return frozenset(found)


def _called(workspace: Workspace, name: str) -> Iterator[Definition | Campaign]:
    bare = name.removeprefix("campaign:")
    if bare in workspace.campaigns:
        yield workspace.campaigns[bare]
    if name in workspace.definitions:
        yield workspace.definitions[name]


def uses(workspace: Workspace, what: Definition | Campaign) -> Iterator[str]:
    """Yield the names that something uses itself, in the order in which it says them."""
    match what:
        case Campaign():
            roots: tuple[object, ...] = (what.audience, what.exclude, workspace.policies.exclude, what.expects)
        case Segment():
            roots = (what.where, what.expects)
        case Partition():
            roots = (what.cases, what.among, what.expects)
        case Trait():
            roots = (what.value,)
        case EventDef():
            roots = (what.event,)
        case ListDef():
            roots = ()
    for root in roots:
        yield from _named(workspace, root, None)


def _named(workspace: Workspace, node: object, event: str | None) -> Iterator[str]:
    """Yield what a node names; ``event`` is the event whose filter it stands in."""
    if isinstance(node, tuple):
        for item in node:
            yield from _named(workspace, item, event)
        return
    if not is_dataclass(node) or isinstance(node, Span):
        return
    match node:
        case SegmentRef() | ListRef():
            yield node.name
        case Event():
            yield node.name if node.name in workspace.definitions else f"schema:{_related(workspace, node.name)}"
            yield from _named(workspace, node.where, node.name)
            return
        case Attr():
            yield _attribute(workspace, node.path, event)
        case Aggregate() | Pick() if node.prop:
            yield _attribute(workspace, node.prop, node.event.name)
        case RawSql():
            yield from reads(workspace, node)
        case Sequence():
            yield from _same(workspace, node)
    for field in fields(node):
        yield from _named(workspace, getattr(node, field.name), event)


def _same(workspace: Workspace, node: Sequence) -> Iterator[str]:
    """Yield the properties of both events that a step holds against each other."""
    before = node.event.name
    for step in node.steps:
        if step.same is not None:
            yield from (_attribute(workspace, (step.same,), event) for event in (before, step.event.name))
        if step.link is Link.THEN:
            before = step.event.name


def _attribute(workspace: Workspace, path: tuple[str, ...], event: str | None) -> str:
    name = ".".join(path)
    if event is not None:
        base = _base(workspace, event)
        table = workspace.known.events.get(base)
        if table is None or name in table.properties or name in ("happened_at", "nth", "days_since_previous"):
            return f"schema:{base}.{name}"
    if path[0] in workspace.schema.entities and len(path) > 1:
        name = ".".join(path[1:])
    return name if isinstance(workspace.definitions.get(name), Trait) else f"schema:{name}"


def _base(workspace: Workspace, event: str) -> str:
    seen: set[str] = set()
    while event not in seen and isinstance(found := workspace.definitions.get(event), EventDef):
        seen.add(event)
        event = found.event.name
    return _related(workspace, event)


def _related(workspace: Workspace, name: str) -> str:
    """Give the relation or entity behind its plural (``devices``), any other name as it is."""
    schema = workspace.schema
    if name in workspace.known.events:
        return name
    plurals = {one.plural: one.name for one in schema.relations.values()}
    plurals |= {one.plural: one.name for one in schema.entities.values()}
    return name if name in schema.relations or name in schema.entities else plurals.get(name, name)
