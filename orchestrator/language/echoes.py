"""Findings that only repeat another one: a name is unknown because the place that declares it is broken."""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestrator.language.segment import defined_names
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.workspace import Workspace

_NAMES = re.compile(r"`([a-z_][a-z0-9_.]*)`")
_KEYS = re.compile(r"(?m)(?:^[ \t]*|[{,][ \t]*)([a-z][a-z0-9_]*)[ \t]*:")
_DECLARE = ("campaigns/project.yml", "campaigns/schema.yml")
_OF_PROJECT = ("E220", "E221", "E222", "E223")


def without_echoes(found: Iterable[Diagnostic], workspace: Workspace) -> list[Diagnostic]:
    """Give the findings without those about a name that another file, with errors of its own, tries to declare."""
    findings = list(found)
    broken = {f.span.path for f in findings if f.is_error and (f.span.path in _DECLARE or f.span.path.endswith(".seg"))}
    if not broken:
        return findings
    tried: set[str] = set()
    for path in broken:
        text = workspace.sources.get(path, "")
        tried |= defined_names(text) if path.endswith(".seg") else set(_KEYS.findall(text))
    tried -= _known(workspace)
    no_project = _DECLARE[0] not in workspace.sources

    def is_echo(finding: Diagnostic) -> bool:
        if finding.span.path in _DECLARE or not finding.code.startswith(("E2", "E631")) or finding.code == "E205":
            return False
        if no_project and finding.code in _OF_PROJECT:
            return True
        return any(part in tried for name in _NAMES.findall(finding.message) for part in name.split("."))

    return [finding for finding in findings if not is_echo(finding)]


def _known(workspace: Workspace) -> set[str]:
    project, schema = workspace.project, workspace.schema
    known = {*workspace.definitions, *schema.entities, *schema.events}
    known |= {*project.teams, *project.senders, *project.providers, *project.categories}
    for entity in schema.entities.values():
        known |= set(entity.attributes)
    for event in schema.events.values():
        known |= set(event.properties)
    return known
