"""``orc members``: the ids of everybody in a segment, streamed."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator

import click

from orchestrator.cli.here import Here, pass_here, referred
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import cell, moment, people


@click.command()
@click.argument("segment")
@as_of_option
@format_option("ids", "csv", "json", "text")
@pass_here
def members(here: Here, segment: str, as_of: dt.datetime | None, format_: str) -> None:
    """Print the ids of everybody in a segment, a partition, or a cell (lifecycle.active), one a line.

    A segment with parameters takes values, in quotes: 'big_spenders($min = 900 EUR)'.

    csv has a header line and, for a partition, the cell of each person.
    """
    from orchestrator.cli.refresh import membership_notes

    workspace = here.segment(segment)
    frozen = here.as_of(as_of)
    for note in membership_notes(here, workspace, referred(segment).name):
        click.echo(f"note: {note}", err=True)
    with here.warehouse() as warehouse, warehouse.read() as connection:
        from orchestrator.audience import cells, ids
        from orchestrator.compile import cells_query, members_query
        from orchestrator.model.segment import Partition

        reference = referred(segment)
        base = reference.name
        by_cell = isinstance(workspace.definitions[base], Partition) and not reference.cell and format_ != "ids"
        if by_cell:
            pairs = cells_query(workspace, base, frozen, warehouse.dialect)
            rows: Iterator[tuple[str, str | None]] = ((who, where) for who, where in cells(connection, pairs))
        else:
            query = members_query(workspace, reference, frozen, warehouse.dialect)
            rows = ((person, None) for person in ids(connection, query))
        _print(rows, format_, segment, frozen, by_cell)


def _print(
    rows: Iterator[tuple[str, str | None]], format_: str, segment: str, as_of: dt.datetime, by_cell: bool
) -> None:
    out = sys.stdout
    if format_ == "json":
        out.write(f'{{"segment": {json.dumps(segment)}, "as_of": "{moment(as_of)}", "members": [')
        for n, (person, where) in enumerate(rows):
            value = {"id": person, "cell": where} if by_cell else person
            out.write(f"{',' if n else ''}\n  {json.dumps(value, ensure_ascii=False)}")
        out.write("\n]}\n")
        return
    if format_ == "csv":
        out.write("id,cell\n" if by_cell else "id\n")
    n = 0
    for n, (person, where) in enumerate(rows, 1):  # noqa: B007 (counted for the last line)
        if format_ == "csv":
            line = _quoted(cell(person)) + (f",{_quoted(cell(where))}" if by_cell else "")
        else:
            line = person.replace("\n", "\\n") + (f"  {where}" if by_cell else "")
        out.write(f"{line}\n")
    if format_ == "text":
        click.echo(f"{people(n)} in {segment} as of {moment(as_of)}", err=True)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text
