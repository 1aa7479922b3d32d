"""Definitions that are defined by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from orchestrator.model.condition import Attr, Event, SegmentRef
from orchestrator.model.diagnostic import Diagnostic, Related, Span
from orchestrator.model.segment import Definition, EventDef, Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

DEEPEST = 50
"""How many definitions may stand on one another."""


@dataclass(frozen=True, slots=True)
class Circle:
    """The names of definitions that lead back to the first one, and the finding at the closing reference."""

    names: tuple[str, ...]
    diagnostic: Diagnostic


def circles(workspace: Workspace) -> list[Circle]:
    """Give every circle of definitions once (E401)."""
    links = {name: list(_links(workspace, d)) for name, d in workspace.definitions.items()}
    found: list[Circle] = []
    done: set[str] = set()
    for start in links:
        if start not in done:
            _walk(workspace, start, links, done, found)
    return found


def too_deep(workspace: Workspace) -> list[Diagnostic]:
    """Give one E402 for each definition that stands on a tower of more than ``DEEPEST`` others."""
    links = {name: [used for used, _ in _links(workspace, d)] for name, d in workspace.definitions.items()}
    heights: dict[str, int] = {}
    for start in links:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            below = [used for used in links.get(name, ()) if used not in heights and used not in waiting]
            if below:
                waiting.append(below[0])
                continue
            waiting.pop()
            heights[name] = 1 + max((heights.get(used, 0) for used in links.get(name, ())), default=0)
    return [
        Diagnostic(
            workspace.definitions[name].span, "E402", f"`{name}` stands on more than {DEEPEST} definitions in a row"
        )
        for name, height in heights.items()
        if height == DEEPEST + 1
    ]


def _walk(
    workspace: Workspace,
    start: str,
    links: dict[str, list[tuple[str, Span]]],
    done: set[str],
    found: list[Circle],
) -> None:
    trail: list[str] = [start]
    waiting: list[Iterator[tuple[str, Span]]] = [iter(links[start])]
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            done.add(trail.pop())
            waiting.pop()
            continue
        name, span = step
        if name in trail:
            circle = trail[trail.index(name) :]
            path = " -> ".join([*circle, name])
            related = tuple(Related(workspace.definitions[n].span, f"`{n}` is defined here") for n in circle)
            message = f"`{name}` is defined by itself: {path}"
            found.append(Circle(tuple(circle), Diagnostic(span, "E401", message, related=related)))
        elif name not in done and name in links:
            trail.append(name)
            waiting.append(iter(links[name]))


def _links(workspace: Workspace, definition: Definition) -> Iterator[tuple[str, Span]]:
    if isinstance(definition, Segment):
        yield from _named(workspace, definition.where)
    elif isinstance(definition, Partition):
        yield from _named(workspace, definition.cases)
        yield from _named(workspace, definition.among)
    elif isinstance(definition, Trait):
        yield from _named(workspace, definition.value)
    elif isinstance(definition, EventDef):
        yield from _named(workspace, definition.event)


def _named(workspace: Workspace, node: object) -> Iterator[tuple[str, Span]]:
    if isinstance(node, tuple):
        for item in node:
            yield from _named(workspace, item)
        return
    if not is_dataclass(node) or isinstance(node, Span):
        return
    if isinstance(node, SegmentRef):
        if isinstance(workspace.definitions.get(node.name), Segment | Partition):
            yield node.name, node.span
        return
    if isinstance(node, Event) and isinstance(workspace.definitions.get(node.name), EventDef):
        yield node.name, node.span
    if isinstance(node, Attr):
        for name in (node.name, ".".join(node.path[1:])):
            if isinstance(workspace.definitions.get(name), Trait):
                yield name, node.span
                return
        return
    for field in fields(node):
        yield from _named(workspace, getattr(node, field.name))
