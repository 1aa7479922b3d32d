"""``orc show``: how many people a segment has, and what some of them look like, masked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here, referred
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import facts, moment, people, table

if TYPE_CHECKING:
    from orchestrator.audience import Warehouse
    from orchestrator.model.people import Fact
    from orchestrator.model.workspace import Workspace

COLUMNS = 6


@click.command()
@click.argument("segment")
@click.option(
    "--limit", metavar="N", default=5, show_default=True, type=click.IntRange(0, 100), help="People in the sample."
)
@as_of_option
@format_option("text", "json")
@pass_here
def show(here: Here, segment: str, limit: int, as_of: dt.datetime | None, format_: str) -> None:
    """Count a segment, a partition by cell, or one cell, and show a sample with personal data masked."""
    from orchestrator.audience import count, groups
    from orchestrator.cli.refresh import membership_notes
    from orchestrator.compile import cell_counts_query, count_query, english, with_values
    from orchestrator.model.condition import Everyone
    from orchestrator.model.segment import Partition

    workspace = here.segment(segment)
    frozen = here.as_of(as_of)
    reference = referred(segment)
    base, cell = reference.name, reference.cell
    definition = with_values(workspace, reference)
    cells: dict[str, int] = {}
    with here.warehouse() as warehouse:
        with warehouse.read() as connection:
            size = count(connection, count_query(workspace, reference, frozen, warehouse.dialect))
            whole = count(connection, count_query(workspace, Everyone(), frozen, warehouse.dialect))
            if isinstance(definition, Partition) and not cell:
                found = groups(connection, cell_counts_query(workspace, base, frozen, warehouse.dialect))
                cells = {name: found.get(name, 0) for name in definition.cells}
        rows = _sample(warehouse, workspace, reference, frozen, limit)
    words = english(workspace, definition)
    notes = membership_notes(here, workspace, base)
    if format_ == "json":
        shown = {"segment": segment, "as_of": frozen, "size": size, "of": whole, "english": words}
        facts(shown | ({"cells": cells} if cells else {}) | {"sample": rows, "notes": notes})
        return
    share = f", {size / whole:.1%} of {whole:,}" if whole else ""
    click.echo(f"{click.style(segment, bold=True)}  {people(size)}{share}  ({moment(frozen)})")
    click.echo(click.style(words, dim=True))
    for note in notes:
        click.echo(f"note: {note}")
    if cells:
        widest = max(cells.values()) or 1
        click.echo("")
        rows_ = [(name, n, f"{n / (size or 1):.1%}", "█" * round(30 * n / widest)) for name, n in cells.items()]
        table(("cell", "people", "share", ""), rows_, right=(1, 2))
    if rows:
        click.echo("")
        table(list(rows[0]), [list(row.values()) for row in rows])


def _sample(
    warehouse: Warehouse, workspace: Workspace, reference: object, as_of: dt.datetime, limit: int
) -> list[dict[str, Fact]]:
    """Give a few people with the attributes that the segment asks about first."""
    from orchestrator.audience import sample
    from orchestrator.compile import dependencies, fact_fields, sample_query
    from orchestrator.model.condition import SegmentRef

    if limit == 0 or not isinstance(reference, SegmentRef):
        return []
    definition = workspace.definitions[reference.name]
    entity = workspace.schema.entity(getattr(definition, "of", None))
    used = {name.removeprefix("schema:") for name in dependencies(workspace, reference.name)}
    names = [name for name in entity.attributes if name in used]
    names += [name for name in (*entity.addresses.values(), *entity.attributes) if name not in names]
    chosen = names[:COLUMNS]
    query = sample_query(workspace, reference, as_of, warehouse.dialect, limit, chosen)
    with warehouse.read() as connection:
        return sample(connection, query, fact_fields(workspace, chosen))
