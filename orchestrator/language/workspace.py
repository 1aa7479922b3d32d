"""A folder to a :class:`Workspace`, with every problem of every file; a broken file never stops the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestrator.language.campaign_checks import Surroundings, check_campaign
from orchestrator.language.campaign_file import read_campaign
from orchestrator.language.echoes import without_echoes
from orchestrator.language.files import MAX_BYTES, Kind, kind_of, read_files, too_big
from orchestrator.language.policies_file import read_policies
from orchestrator.language.project_file import read_project
from orchestrator.language.root import PROJECT
from orchestrator.language.schema_file import read_schema
from orchestrator.language.segment import parse_definitions
from orchestrator.language.tests_file import read_tests
from orchestrator.language.yaml import Document, read_yaml
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Everyone
from orchestrator.model.diagnostic import Diagnostic, Related, Span
from orchestrator.model.project import Policies, Project
from orchestrator.model.schema import Schema
from orchestrator.model.segment import Definition
from orchestrator.model.workspace import TestCase, Workspace

SCHEMA, POLICIES = "campaigns/schema.yml", "campaigns/policies.yml"


@dataclass(frozen=True)
class Loaded:
    """What a folder says. The workspace is the best that could be read, never None."""

    workspace: Workspace
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Tell whether something in the files must be put right first."""
        return any(finding.is_error for finding in self.diagnostics)


def load_workspace(root: Path) -> Loaded:
    """Read the files below ``root`` once; places in the findings are relative to it."""
    texts, problems = read_files(root)
    return _load(texts, root, problems)


def load_texts(files: Mapping[str, str], root: Path) -> Loaded:
    """Read the same from texts by path (``campaigns/project.yml``, ``templates/…``); ``root`` is only kept."""
    return _load(files, root, [])


def _load(files: Mapping[str, str], root: Path, problems: list[Diagnostic]) -> Loaded:
    found = list(problems)
    unread = {finding.span.path for finding in problems if finding.is_error}
    by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for path in sorted(files):
        by_kind[kind_of(path)].append(path)

    def document(path: str, key: str) -> tuple[Document, list[Diagnostic]] | None:
        if path in files:
            return read_yaml(files[path], path)
        if path not in unread and key:
            found.append(Diagnostic(Span(path), "E021", f"there is no {path}", help=(key,)))
        return None

    project, schema, policies = Project(1, "unnamed"), Schema({}, {}), Policies()
    read = document(PROJECT, "edition: 1")
    if read is not None:
        project, said = read_project(*read)
        found += said
    read = document(SCHEMA, "draft it from your database: orc schema pull")
    if read is not None:
        schema, said = read_schema(*read, project.currency)
        found += said
    read = document(POLICIES, "")
    if read is not None:
        policies, said = read_policies(*read)
        found += said
    elif POLICIES in unread:
        policies = Policies(Everyone())
    definitions = _definitions(files, by_kind[Kind.SEGMENTS], project, found)
    templates = {path.removeprefix("templates/"): files[path] for path in by_kind[Kind.TEMPLATE]}
    around = Surroundings(project, schema, templates)
    campaigns: dict[str, Campaign] = {}
    broken: set[str] = set()
    for path in by_kind[Kind.CAMPAIGN]:
        campaign, of_file = _campaign(path, files[path])
        found += of_file
        if campaign is None:
            continue
        more = check_campaign(campaign, around)
        found += more
        if any(finding.is_error for finding in (*of_file, *more)):
            broken.add(campaign.name)
        other = campaigns.get(campaign.name)
        if other is not None:
            found.append(_taken("campaign", campaign.name, campaign.span, other.span))
            broken.add(campaign.name)
            continue
        campaigns[campaign.name] = campaign
    tests: list[TestCase] = []
    for path in by_kind[Kind.TESTS]:
        cases, said = read_tests(*read_yaml(files[path], path), project.zone)
        found += said
        tests += cases
    workspace = Workspace(
        root=root,
        project=project,
        schema=schema,
        policies=policies,
        definitions=definitions,
        campaigns=campaigns,
        templates=templates,
        tests=tuple(tests),
        sources=dict(files),
        broken=frozenset(broken),
    )
    return Loaded(workspace, tuple(sorted(set(without_echoes(found, workspace)), key=_order)))


def _order(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    span = finding.span
    return span.path, span.line, span.column, finding.code, finding.message


@lru_cache(maxsize=1000)
def _campaign(path: str, text: str) -> tuple[Campaign | None, tuple[Diagnostic, ...]]:
    """Read a campaign's file once, in however many versions it stands: a daemon reads all that it needs."""
    campaign, said = read_campaign(*read_yaml(text, path))
    return campaign, tuple(said)


def _definitions(
    files: Mapping[str, str], paths: list[str], project: Project, found: list[Diagnostic]
) -> dict[str, Definition]:
    definitions: dict[str, Definition] = {}
    for path in paths:
        text = files[path]
        if len(text) > MAX_BYTES:
            found.append(too_big(path, len(text), MAX_BYTES))
            continue
        parsed, said = parse_definitions(text, path)
        found += said
        for definition in parsed:
            first = definitions.get(definition.name)
            if first is not None:
                found.append(_taken("definition", definition.name, definition.span, first.span))
                continue
            definitions[definition.name] = definition
            owner = getattr(definition, "owner", "")
            if owner and owner not in project.teams:
                found.append(_no_team(definition, owner, project))
    return definitions


def _taken(kind: str, name: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        span,
        "E205",
        f"there is already a {kind} `{name}`",
        help=("give one of the two another name",),
        related=(Related(first, "the first one"),),
    )


def _no_team(definition: Definition, owner: str, project: Project) -> Diagnostic:
    from orchestrator.model.suggest import closest

    near = closest(owner, project.teams, 1)
    return Diagnostic(
        definition.span,
        "E220",
        f"there is no team `{owner}`, the owner of `{definition.name}`",
        help=(f"owner {near[0]}",) if near else ("declare it under `teams:` in project.yml",),
        label=f"did you mean `owner {near[0]}`?" if near else "",
    )
