"""Makes a plan: reads the applied version and the warehouse, writes neither."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from orchestrator.compile import dependencies
from orchestrator.model.campaign import Campaign, Status
from orchestrator.model.errors import StateError
from orchestrator.model.workspace import Workspace
from orchestrator.review.beside import beside
from orchestrator.review.diff import Change, How, diff
from orchestrator.review.meaning import digest
from orchestrator.review.plan import Line, Plan, Run, key
from orchestrator.review.sizes import Size, Sizes, sized
from orchestrator.run import House, forecast, frozen, unrefreshed, verdicts

NextTimes = Callable[[Campaign], Sequence[str]]
"""Gives the next run times of a campaign as texts: the schedule's knowledge, handed in by the door."""


def make_plan(
    workspace: Workspace, house: House, as_of: dt.datetime, now: dt.datetime, times: NextTimes, warnings: int = 0
) -> Plan:
    """Give the plan for files that have no errors, with every audience as of ``as_of`` (UTC, whole seconds).

    Raises WarehouseError and StateError. ``now`` is when the plan is made, from which its age counts.
    """
    current = house.ledger.current_version()
    before, notes = None, []
    if current is not None:
        try:
            before = house.workspace(current.number)
        except StateError as error:
            notes.append(f"{error}; nothing could be compared with it")
    changes = diff(before, workspace, dependencies)
    last = {} if current is None else dict(current.sizes)
    sizes = Sizes(house.warehouse, workspace, as_of)
    touched = {change.what for change in changes}
    whole = list(sized(workspace))
    counted = ("segment", "partition", "campaign")
    gone = [c.what for c in changes if c.how is How.REMOVED and c.what.split()[0] in counted]
    compared, still = [], []
    for done, what in enumerate([*whole, *gone]):
        house.progress("counting people", done, len(whole) + len(gone))
        if _of_partition(what) in touched or what in touched:
            compared.append(_with_last(sizes.compared(what, before), last))
        else:
            still.append(Size(what, sizes.of(what), last=last.get(key(what))))
    house.progress("counting people", len(whole) + len(gone), len(whole) + len(gone))
    return Plan(
        meaning=digest(workspace),
        base=None if current is None else current.number,
        as_of=frozen(as_of),
        made_at=now,
        zone=workspace.project.zone,
        changes=changes,
        sizes=tuple(compared),
        still=tuple(still),
        runs=tuple(_runs(workspace, house, as_of, times)),
        expectations=tuple(_expectations(workspace, house, as_of, last)),
        warnings=warnings,
        notes=(
            *notes,
            *_notes(changes),
            *unrefreshed(workspace, None, house.ledger.refreshes()),
            *beside(workspace, house, frozen(as_of)),
        ),
    )


def _of_partition(what: str) -> str:
    """Give the partition of a cell, whose change is the cell's."""
    kind, _, name = what.partition(" ")
    return f"partition {name.partition('.')[0]}" if kind == "cell" else what


def _with_last(size: Size, last: Mapping[str, int]) -> Size:
    return Size(size.what, size.after, size.before, size.entered, size.left, last.get(key(size.what)))


def _runs(workspace: Workspace, house: House, as_of: dt.datetime, times: NextTimes) -> Iterator[Run]:
    planned = [c for c in workspace.campaigns.values() if c.status is not Status.ARCHIVED]
    for done, campaign in enumerate(planned):
        house.progress("forecasting messages", done, len(planned))
        found = forecast(house.warehouse, house.ledger, workspace, campaign, as_of)
        left: Counter[str] = sum(found.skipped.values(), Counter())
        skipped = sorted(left.items(), key=lambda pair: (pair[0] != "holdout", -pair[1]))
        yield Run(
            campaign=campaign.name,
            status=campaign.status.value,
            audience=found.audience,
            variants={f"{step}/{name}": n for step, counted in found.variants.items() for name, n in counted.items()},
            skipped=dict(skipped),
            times=tuple(times(campaign)) if campaign.status is Status.ACTIVE else (),
            limit=campaign.max_recipients,
        )
    house.progress("forecasting messages", len(planned), len(planned))


def _expectations(workspace: Workspace, house: House, as_of: dt.datetime, last: Mapping[str, int]) -> Iterator[Line]:
    keys = [key(what) for what in sized(workspace) if not what.startswith("cell ")]
    for verdict in verdicts(house.warehouse, workspace, keys, as_of, last):
        yield Line(verdict.owner, str(verdict.span), verdict.holds, verdict.sentence)


def _notes(changes: tuple[Change, ...]) -> Iterator[str]:
    for change in changes:
        if change.how is How.REMOVED and change.what.startswith("campaign "):
            yield f"{change.what} is gone: it gets no new slots; `orc cancel {change.what[9:]}` ends what is on its way"
