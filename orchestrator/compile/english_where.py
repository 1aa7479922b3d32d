"""What the names in a segment's English stand for, so that whoever reviews it need not look anything up."""

from __future__ import annotations

from orchestrator.compile.dependencies import uses
from orchestrator.compile.english import english
from orchestrator.model.campaign import Campaign
from orchestrator.model.segment import Definition, Partition, Segment
from orchestrator.model.workspace import Workspace


def where(workspace: Workspace, what: Definition | Campaign) -> str:
    """Give every definition that something uses, each once and in the order of its use; empty where it uses none."""
    found: dict[str, str] = {}
    waiting: list[Definition | Campaign] = [what]
    while waiting:
        for name in uses(workspace, waiting.pop(0)):
            used = workspace.definitions.get(name)
            if used is None or name in found or name == what.name:
                continue
            found[name] = _said(workspace, used)
            waiting.append(used)
    return "\n".join(["where:", *found.values()]) if found else ""


def _said(workspace: Workspace, used: Definition) -> str:
    words = english(workspace, used)
    if isinstance(used, Segment | Partition):
        words = f"`{used.name}`: {words[:1].lower()}{words[1:]}"
    first, *others = words.splitlines()
    return "\n".join([f"  - {first}", *(f"  {line}" for line in others)])
