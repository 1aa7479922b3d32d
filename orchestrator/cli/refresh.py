"""``orc refresh``: store who is in a segment now, and who entered or left it since the last time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import facts, moment, table
from orchestrator.model.errors import OrchestratorError, UsageError

if TYPE_CHECKING:
    from orchestrator.model.workspace import Workspace


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]…")
@click.option("--all", "all_", is_flag=True, help="All segments and cells, also those that nothing asks about yet.")
@as_of_option
@format_option("text", "json")
@pass_here
def refresh(here: Here, segments: tuple[str, ...], all_: bool, as_of: dt.datetime | None, format_: str) -> None:
    """Store who is in segments, and who entered or left since the last refresh.

    `entered segment vip in last 7 days` and `left segment …` see what refreshes saw. Without names: every segment or
    cell that something asks about so. The first refresh of a segment takes everybody as there from the start.
    """
    from orchestrator.cli.progress import progress
    from orchestrator.run import refresh as walk

    names = _chosen(here, segments, all_)
    if not names:
        raise UsageError("nothing asks who entered or left a segment", "name one: orc refresh SEGMENT, or take --all")
    workspace = here.usable(dict.fromkeys(names))
    frozen = here.as_of(as_of)
    with progress() as shown, here.house(shown) as house:
        found = list(walk(house, workspace, names, frozen))
    if format_ == "json":
        rows = [
            {"segment": r.segment, "entered": r.entered, "left": r.left, "total": r.total, "last": r.last}
            for r in found
        ]
        facts({"as_of": frozen, "segments": rows})
        return
    click.echo(f"refreshed as of {moment(frozen)}\n")
    lines = [
        (r.segment, r.entered, r.left, r.total, "first refresh: all are there from the start" if r.last is None else "")
        for r in found
    ]
    table(("segment", "entered", "left", "total", ""), lines, right=(1, 2, 3))


def membership_notes(here: Here, workspace: Workspace, name: str) -> list[str]:
    """Give what a reader must know about the stored membership that a definition or campaign asks for."""
    from orchestrator.compile import stored_segments
    from orchestrator.run import unrefreshed

    asked = stored_segments(workspace, [name])
    if not asked:
        return []
    try:
        with here.ledger() as ledger:
            return list(unrefreshed(workspace, [name], ledger.refreshes()))
    except OrchestratorError as error:
        return [f"when {', '.join(asked)} was refreshed is not known: {error}"]


def _chosen(here: Here, segments: tuple[str, ...], all_: bool) -> list[str]:
    from orchestrator.compile import stored_segments
    from orchestrator.model.segment import Partition, Segment

    if segments and all_:
        raise UsageError("--all takes no names", "leave out one of them")
    if segments:
        for name in segments:
            here.segment(name)
        return list(dict.fromkeys(segments))
    workspace = here.loaded.workspace
    if not all_:
        asked = list(stored_segments(workspace))
        if not all(_is_there(workspace, name) for name in asked):
            here.sound()  # prints what is wrong where somebody asked for it, and ends
        return asked
    names: list[str] = []
    for name, definition in workspace.definitions.items():
        if isinstance(definition, Segment | Partition):
            names.append(name)
            names += [f"{name}.{cell}" for cell in getattr(definition, "cells", ())]
    return names


def _is_there(workspace: Workspace, name: str) -> bool:
    from orchestrator.model.segment import Partition

    base, _, cell = name.partition(".")
    definition = workspace.definitions.get(base)
    return not cell or (isinstance(definition, Partition) and cell in definition.cells)
