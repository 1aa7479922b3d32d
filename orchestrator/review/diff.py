"""Two versions of the files: what was added, changed, removed, and what a change reaches without touching it.

Comments, formatting, the order of keys and the place of a file do not count. Lines of a difference are printed
from the texts as they were written.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.model.campaign import Campaign
from orchestrator.model.diagnostic import Span
from orchestrator.model.project import Project
from orchestrator.model.workspace import Workspace
from orchestrator.review.meaning import fingerprint, kind, parts, templates_of

MOST_LINES = 40

Dependencies = Callable[[Workspace, str], frozenset[str]]


class How(StrEnum):
    """What became of one thing. ``AFFECTED``: its own text is the same, something it uses is not."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    AFFECTED = "affected"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a difference: ``what`` is ``segment vip``, ``place`` is ``path:line``.

    ``lines`` are the lines that went (``- …``) and came (``+ …``); ``via`` names what an affected thing uses.
    """

    what: str
    how: How
    place: str = ""
    lines: tuple[str, ...] = ()
    via: tuple[str, ...] = ()


def diff(before: Workspace | None, after: Workspace, dependencies: Dependencies) -> tuple[Change, ...]:
    """Give every change from ``before`` (None: nothing was applied yet) to ``after``, in the order of the files.

    ``dependencies`` gives the names that a definition or campaign uses, as ``compile.dependencies`` does.
    """
    old = {} if before is None else parts(before)
    new = parts(after)
    found = []
    for what in [*new, *(name for name in old if name not in new)]:
        if old.get(what) == new.get(what) or (before is None and not _worth_telling(what)):
            continue
        how = How.ADDED if what not in old else How.REMOVED if what not in new else How.CHANGED
        place, lines = _written(before, after, what)
        found.append(Change(what, how, place, lines))
    if before is None:
        return tuple(found)
    return (*found, *_affected(before, after, {change.what for change in found}, dependencies))


def _worth_telling(what: str) -> bool:
    """Tell whether the first version should name it: the frame (schema, senders, …) is new as a whole then."""
    return what.split()[0] in ("segment", "partition", "trait", "event", "list", "campaign")


def _affected(before: Workspace, after: Workspace, changed: set[str], dependencies: Dependencies) -> Iterator[Change]:
    names = {what.split(" ", 1)[-1] for what in changed if what.split()[0] in _DEFINED} | _schema(before, after)
    clock = _frame(before.project) != _frame(after.project)
    for name, definition in after.definitions.items():
        what = f"{kind(definition)} {name}"
        via = sorted(_plain(found) for found in dependencies(after, name) & names)
        if what not in changed and (via or clock):
            yield Change(what, How.AFFECTED, str(_place(definition.span)), via=tuple(via) or ("project",))
    for name, campaign in after.campaigns.items():
        if (what := f"campaign {name}") in changed:
            continue
        via = sorted(_plain(found) for found in dependencies(after, name) & names)
        via += sorted(changed & _frame_of(after, campaign))
        if clock or before.project.public_url != after.project.public_url:
            via.append("project")
        if via:
            yield Change(what, How.AFFECTED, campaign.path, via=tuple(dict.fromkeys(via)))


_DEFINED = frozenset({"segment", "partition", "trait", "event", "list"})


def _frame_of(workspace: Workspace, campaign: Campaign) -> set[str]:
    """Give what a campaign uses beside definitions: templates, categories, senders, providers, policies."""
    found = {f"template {path}" for path in templates_of(workspace, campaign)} | {"policies", "schema consent"}
    for step in campaign.steps:
        found |= {f"category {step.category}", f"provider {step.provider}"}
        found |= {f"sender {name}" for name in (step.sender, step.reply_to) if name}
    return found


def _schema(before: Workspace, after: Workspace) -> set[str]:
    """Give the names ``schema:<event, relation or attribute>`` whose description differs.

    All of an entity whose table differs, and the entity itself, whose rows another one may count.
    """
    found = set()
    for name in before.schema.relations.keys() | after.schema.relations.keys():
        if fingerprint(before.schema.relations.get(name)) != fingerprint(after.schema.relations.get(name)):
            found.add(f"schema:{name}")
    for name in before.schema.events.keys() | after.schema.events.keys():
        if fingerprint(before.schema.events.get(name)) != fingerprint(after.schema.events.get(name)):
            found.add(f"schema:{name}")
    for name in before.schema.entities.keys() | after.schema.entities.keys():
        old, new = before.schema.entities.get(name), after.schema.entities.get(name)
        fields = [{} if entity is None else entity.attributes for entity in (old, new)]
        whole = old is None or new is None or _table(old) != _table(new)
        found |= {f"schema:{name}"} if whole else set()
        for field in fields[0].keys() | fields[1].keys():
            if whole or fingerprint(fields[0].get(field)) != fingerprint(fields[1].get(field)):
                found |= {f"schema:{field}", f"schema:{name}.{field}"}
    return found


def _table(entity: object) -> str:
    return fingerprint(replace(entity, attributes={}, title=""))  # type: ignore[type-var]


def _frame(project: Project) -> str:
    """Give the fingerprint of what every condition is counted by: zone, weeks, currency, places, periods."""
    return fingerprint((project.zone, project.week_starts, project.currency, project.places, project.periods))


def _plain(name: str) -> str:
    return name.replace("schema:", "schema ")


def _written(before: Workspace | None, after: Workspace, what: str) -> tuple[str, tuple[str, ...]]:
    """Give the place of a thing and the lines that differ between its two texts."""
    old_place, old = ("", "") if before is None else _text(before, what)
    place, new = _text(after, what)
    if not old:
        return place, ()  # a new thing is read in its file
    rows = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
    found = [f"{row[0]} {row[1:].rstrip()}" for row in rows if not row.startswith("@@") and row[1:].strip()]
    if len(found) > MOST_LINES:
        found = [*found[:MOST_LINES], f"… {len(found) - MOST_LINES} more lines"]
    return place or old_place, tuple(found)


def _text(workspace: Workspace, what: str) -> tuple[str, str]:
    """Give the place and the text of a thing as its author wrote it, empty where it is not there."""
    word, _, name = what.partition(" ")
    if word in _DEFINED:
        definition = workspace.definitions.get(name)
        if definition is None:
            return "", ""
        span = definition.span
        text = workspace.sources.get(span.path, "")
        return str(_place(span)), text[span.start : span.end] if span.start >= 0 else text
    if word == "campaign":
        campaign = workspace.campaigns.get(name)
        return ("", "") if campaign is None else (campaign.path, workspace.sources.get(campaign.path, ""))
    if word == "template":
        return (f"templates/{name}", workspace.templates[name]) if name in workspace.templates else ("", "")
    file = {"schema": "schema.yml", "policies": "policies.yml"}.get(word, "project.yml")
    return f"campaigns/{file}", workspace.sources.get(f"campaigns/{file}", "")


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}"


def names(changes: tuple[Change, ...], word: str) -> Mapping[str, How]:
    """Give name to change of all things of one kind: ``names(changes, "campaign")``."""
    return {c.what.partition(" ")[2]: c.how for c in changes if c.what.partition(" ")[0] == word}
