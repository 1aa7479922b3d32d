"""What the last counts say about the files: cells with too few people, and shares beside the warnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.compile.analyse_ranks import empty_rank
from orchestrator.model.diagnostic import Diagnostic, Severity, Span
from orchestrator.model.schema import Field, Schema
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.statistics import Statistics
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Workspace

LITTLE = 0.01
"""The share of the revenue below which a cell is hardly worth a campaign of its own."""


def told(
    found: list[Diagnostic], subjects: Mapping[tuple[str, Span], object], schema: Schema, statistics: Statistics | None
) -> list[Diagnostic]:
    """Give the findings again, with the share of people beside those that were counted.

    ``subjects`` maps (code, place) to what a finding is about: a field of the schema, or the name of an event.
    """
    if statistics is None:
        return found
    return [replace(d, notes=(*d.notes, *_share(d, subjects, schema, statistics))) for d in found]


def _share(
    finding: Diagnostic, subjects: Mapping[tuple[str, Span], object], schema: Schema, statistics: Statistics
) -> Iterator[str]:
    subject = subjects.get((finding.code, finding.span))
    when = _as_of(statistics.as_of)
    if isinstance(subject, str) and subject in statistics.never:
        yield f"{statistics.never[subject]:.1%} of all people never did one ({when})"
    elif isinstance(subject, Field):
        owners = [(name, entity.attributes) for name, entity in schema.entities.items()]
        owners += [(name, event.properties) for name, event in schema.events.items()]
        for owner, fields in owners:
            share = statistics.unknown.get(f"{owner}.{subject.name}")
            if share is not None and fields.get(subject.name) is subject:
                yield f"`{owner}.{subject.name}` is unknown in {share:.1%} of the rows ({when})"


def sizes(workspace: Workspace, statistics: Statistics | None) -> Iterator[Diagnostic]:
    """Yield what is too small by `segments:` of project.yml, and ranks that reach down to nothing."""
    project, traits = workspace.project, workspace.of_kind(Trait)
    if project.revenue is not None and project.revenue not in traits:
        near = closest(project.revenue, traits, 1)
        helps = (f"revenue: {near[0]}",) if near else ("define it: trait net_revenue: money = …",)
        yield Diagnostic(project.span, "E202", f"`segments.revenue` names no trait: `{project.revenue}`", helps)
    if statistics is None:
        return
    when = _as_of(statistics.as_of)
    floor = workspace.project.floor
    for name, cell in statistics.cells.items():
        if (found := _counted(workspace, name)) is None:
            continue
        span, what = found
        if floor is not None and cell.people < floor:
            yield Diagnostic(
                span,
                "W242",
                f"{what} has {cell.people:,} people, and `segments.floor` asks for {floor:,} ({when})",
                label="too few to learn from",
                severity=Severity.WARNING,
            )
        elif cell.revenue is not None and cell.revenue < LITTLE:
            yield Diagnostic(
                span,
                "W243",
                f"{what} brings {cell.revenue:.2%} of `{workspace.project.revenue}` ({when})",
                label="hardly worth a cell of its own",
                severity=Severity.WARNING,
            )
    for name in statistics.zero:
        if (found := _counted(workspace, name)) is not None:
            span, what = found
            message = f"the rank in {what} reaches down to people with the value 0 ({when})"
            yield replace(empty_rank(workspace, name, span), message=message)


def _counted(workspace: Workspace, name: str) -> tuple[Span, str] | None:
    """Give the place and the words of a segment or a ``partition.cell``, None where no file has it any more."""
    base, _, part = name.partition(".")
    definition = workspace.definitions.get(base)
    if isinstance(definition, Partition) and part in definition.cells:
        return _place(definition, part), f"the cell `{name}`"
    if isinstance(definition, Segment) and not part:
        return definition.span, f"`{name}`"
    return None


def _place(partition: Partition, cell: str) -> Span:
    return next((case.when.span for case in partition.cases if case.name == cell), partition.span)


def _as_of(moment: dt.datetime) -> str:
    return f"counted by `orc doctor` on {moment:%Y-%m-%d}"
