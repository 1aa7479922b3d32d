"""Findings that only repeat another one: a name is unknown because the place that declares it is broken, and such."""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestrator.language.segment import defined_names
from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.workspace import Workspace

_NAMES = re.compile(r"`([a-z_][a-z0-9_.]*)`")
_TEMPLATE = re.compile(r"templates/\S+")
_KEYS = re.compile(r"(?m)(?:^[ \t]*|[{,][ \t]*)([a-z][a-z0-9_]*)[ \t]*:")
_DECLARE = ("campaigns/project.yml", "campaigns/schema.yml")
_TOLD = {"E131": ("E315", "E213"), "E113": ("E213",)}
_BETTER = ("E213", "E315")
_OF_PROJECT = ("E220", "E221", "E222", "E223")


def without_echoes(found: Iterable[Diagnostic], workspace: Workspace) -> list[Diagnostic]:
    """Give the findings without those about a name that another file, with errors of its own, tries to declare.

    What a file declares that could not be read at all (too big, not UTF-8) nobody knows.
    """
    findings = _told_once(list(found))
    sort = (*_DECLARE, ".seg", ".j2")
    broken = {f.span.path for f in findings if f.is_error and f.span.path.endswith(sort)}
    if not broken:
        return findings
    tried: set[str] = set()
    for path in broken:
        text = workspace.sources.get(path, "")
        if path.endswith(".seg"):
            tried |= defined_names(text)
        elif path in _DECLARE:
            tried |= set(_KEYS.findall(text))
    tried -= _known(workspace)
    no_project = _DECLARE[0] not in workspace.sources
    unread = {f.span.path for f in findings if f.is_error and f.span.path not in workspace.sources}
    no_segments = any(path.endswith(".seg") for path in unread)

    def is_echo(finding: Diagnostic) -> bool:
        if finding.code == "E620" and unread & set(_TEMPLATE.findall(finding.message)):
            return True
        if finding.code == "E201" and no_segments:
            return True
        if finding.span.path in _DECLARE or not finding.code.startswith(("E2", "E631")) or finding.code == "E205":
            return False
        if no_project and finding.code in _OF_PROJECT:
            return True
        return any(part in tried for name in _NAMES.findall(finding.message) for part in name.split("."))

    return [finding for finding in findings if not is_echo(finding)]


def _told_once(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Give the findings without those about the time or the property of an event that is told to be none.

    `sum of purchase ever` is told with the properties that there are, `count of tgas` by its name only.
    """
    better = [f for f in findings if f.code in _BETTER]

    def is_told(finding: Diagnostic) -> bool:
        codes = _TOLD.get(finding.code, ())
        return any(f.code in codes and _overlap(f.span, finding.span) for f in better)

    return [finding for finding in findings if not is_told(finding)] if better else findings


def _overlap(a: Span, b: Span) -> bool:
    return a.path == b.path and a.start >= 0 and a.start < b.end and b.start < a.end


def _known(workspace: Workspace) -> set[str]:
    project, schema = workspace.project, workspace.schema
    known = {*workspace.definitions, *schema.entities, *schema.events}
    known |= {*project.teams, *project.senders, *project.providers, *project.categories}
    for entity in schema.entities.values():
        known |= set(entity.attributes)
    for event in schema.events.values():
        known |= set(event.properties)
    return known
