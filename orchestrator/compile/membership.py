"""Whose membership must be stored: segments and cells that something asks about with ``entered`` or ``left``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from orchestrator.compile.dependencies import dependencies
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Moved
from orchestrator.model.diagnostic import Span
from orchestrator.model.workspace import Workspace


def stored_segments(workspace: Workspace, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Give them as written (``vip``, ``stage.risk``), sorted: those of the whole workspace, or of what ``names`` use.

    ``names`` are definitions or campaigns; what they are made of is looked into, too.
    """
    roots: list[object] = []
    if names is None:
        roots += [*workspace.definitions.values(), *workspace.campaigns.values(), workspace.policies.exclude]
    else:
        for name in names:
            for each in (name, *dependencies(workspace, name)):
                bare = each.removeprefix("campaign:")
                roots += [workspace.definitions.get(each), workspace.campaigns.get(bare) if each == name else None]
    return tuple(sorted({str(moved.ref) for root in roots for moved in _moved(root)}))


def _moved(node: object) -> Iterator[Moved]:
    if isinstance(node, Moved):
        yield node
        return
    if isinstance(node, tuple):
        for item in node:
            yield from _moved(item)
    elif isinstance(node, Campaign):
        yield from _moved((node.audience, node.exclude))
    elif is_dataclass(node) and not isinstance(node, Span):
        for field in fields(node):
            yield from _moved(getattr(node, field.name))
