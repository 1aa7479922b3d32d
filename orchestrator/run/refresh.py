"""Refreshing stored membership: who is in now, against who was in, segment by segment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from orchestrator.audience import ids
from orchestrator.compile import members_query, stored_segments
from orchestrator.ledger import Refreshed
from orchestrator.model.condition import SegmentRef
from orchestrator.model.workspace import Workspace
from orchestrator.run.house import House


def refresh(house: House, workspace: Workspace, names: Sequence[str], as_of: dt.datetime) -> Iterator[Refreshed]:
    """Yield what came of each refresh; ``names`` are segments, partitions or cells free of errors.

    ``as_of`` is UTC with whole seconds. Every segment is a transaction of its own: one that fails leaves the others.
    """
    for done, name in enumerate(names):
        house.progress("refreshing segments", done, len(names))
        base, _, cell = name.partition(".")
        query = members_query(workspace, SegmentRef(base, cell or None), as_of, house.warehouse.dialect)
        with house.warehouse.read() as connection:
            members = list(ids(connection, query))
        yield house.ledger.refresh(name, as_of, members)
    house.progress("refreshing segments", len(names), len(names))


def unrefreshed(
    workspace: Workspace, names: Sequence[str] | None, refreshes: Mapping[str, dt.datetime]
) -> Iterator[str]:
    """Yield a sentence for each segment that ``entered`` or ``left`` asks about: when it was refreshed, or never.

    ``names`` are definitions or campaigns, None the whole workspace.
    """
    for segment in stored_segments(workspace, names):
        last = refreshes.get(segment)
        if last is None:
            yield f"{segment} was never refreshed, so nobody has entered or left it: run `orc refresh {segment}`"
        else:
            yield f"who entered or left {segment} is known up to its last refresh, {last:%Y-%m-%dT%H:%M:%SZ}"
