"""What to do about a rank that reaches down to people who have nothing (W327)."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.compile.names import Mistake, Scope, entity_of
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import Values
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Diagnostic, Severity, Span
from orchestrator.model.schema import Type
from orchestrator.model.segment import Partition, Segment
from orchestrator.model.workspace import Workspace


def empty_rank(workspace: Workspace, name: str, span: Span) -> Diagnostic:
    """Give the warning about a segment or ``partition.cell``, at the rank itself where it can be told.

    ``span`` is the place of the definition. Where the rank already says among whom, only the value is left to ask for.
    """
    base, _, cell = name.partition(".")
    definition = workspace.definitions[base]
    where: c.Condition | None = definition.where if isinstance(definition, Segment) else None
    among: c.SegmentRef | None = None
    if isinstance(definition, Partition):
        among = definition.among
        where = next((case.when for case in definition.cases if case.name == cell), None)
    ranks = [] if where is None else list(_ranks(where))
    note = "rank only those who have something: `among segment …`, or ask for the value too"
    if len(ranks) != 1:
        return Diagnostic(span, "W327", "", notes=(note,), severity=Severity.WARNING)
    rank = ranks[0]
    chosen = rank.among or among
    if chosen is not None:
        note = f"`{chosen}` holds people with 0, too: ask for the value"
    help_ = _with_value(workspace, definition, rank, alone=where is rank or isinstance(where, c.AllOf))
    return Diagnostic(rank.span, "W327", "", help_, notes=(note,), severity=Severity.WARNING)


def _ranks(node: c.Condition) -> Iterator[c.Rank]:
    if isinstance(node, c.Rank) and node.top:
        yield node
    elif isinstance(node, c.AllOf | c.AnyOf | c.NoneOf | c.SomeOf):
        for item in node.items:
            yield from _ranks(item)
    elif isinstance(node, c.Not):
        yield from _ranks(node.item)


def _with_value(workspace: Workspace, definition: object, rank: c.Rank, alone: bool) -> tuple[str, ...]:
    """Give the rank with the test that its value is more than nothing."""
    report = Reporter(workspace.sources.get)
    try:
        entity = entity_of(workspace, getattr(definition, "of", None), rank.span)
    except Mistake:
        return ()
    typed = Values(report, lambda _, __: None).typed(rank.by, Scope(workspace, entity))
    own, by = report.words(rank.span), report.words(rank.by.span)
    if typed is None or not typed.type.is_number or own is None or by is None:
        return ()
    nothing = f"0 {typed.currency}" if typed.type is Type.MONEY else "0"
    both = f"{own} and {by} > {nothing}"
    return (both if alone else f"({both})",)
