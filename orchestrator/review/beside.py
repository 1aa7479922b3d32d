"""Sentences of a plan about who is in or out for a reason that the sizes do not show (A30, A62)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from orchestrator.audience import count
from orchestrator.compile import Aside, Query, asides, tied_query, too_late_query
from orchestrator.model import condition as c
from orchestrator.model.campaign import Status
from orchestrator.model.errors import OrchestratorError
from orchestrator.model.workspace import Workspace
from orchestrator.run import House


def beside(workspace: Workspace, house: House, as_of: dt.datetime) -> Iterator[str]:
    """Yield how many people are tied at the edge of each rank, and how many histories begin too late to be asked."""
    planned = tuple(name for name, one in workspace.campaigns.items() if one.status is not Status.ARCHIVED)
    found = list(asides(workspace, planned))
    for done, aside in enumerate(found):
        house.progress("looking at edges", done, len(found))
        try:
            yield from _one(workspace, house, as_of, aside)
        except OrchestratorError:  # what cannot be asked has its finding elsewhere
            continue
    house.progress("looking at edges", len(found), len(found))


def _one(workspace: Workspace, house: House, as_of: dt.datetime, aside: Aside) -> Iterator[str]:
    dialect, words = house.warehouse.dialect, _words(workspace, aside.node)
    if isinstance(aside.node, c.Held):
        late = _count(house, too_late_query(workspace, aside, as_of, dialect))
        if late:
            about = f"the history of {late:,} begins later" if late > 1 else "the history of one begins later"
            yield f"{aside.owner}: `{words}` is false where nobody knows: {about} than it asks"
        return
    tied = _count(house, tied_query(workspace, aside, as_of, dialect, False))
    if not tied:
        return
    inside = tied if aside.node.share is not None else _count(house, tied_query(workspace, aside, as_of, dialect, True))
    fate = "all of them are in" if inside == tied else f"{inside:,} of them are in, by the hash of their id"
    yield f"{aside.owner}: {tied:,} people are tied at the edge of `{words}`; {fate}"


def _count(house: House, query: Query | None) -> int:
    if query is None:
        return 0
    with house.warehouse.read() as connection:
        return count(connection, query)


def _words(workspace: Workspace, node: c.Rank | c.Held) -> str:
    """Give the author's own words on one line."""
    source, span = workspace.sources.get(node.span.path), node.span
    if source is None or span.start < 0:
        return "the rank" if isinstance(node, c.Rank) else "has been"
    return " ".join(source[span.start : span.end].split())
