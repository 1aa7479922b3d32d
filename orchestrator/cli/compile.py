"""``orc compile``: the SQL that a segment becomes, and its values."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import facts, moment, on_terminal, plain
from orchestrator.cli.sql_layout import laid_out
from orchestrator.model.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.compile import Query
    from orchestrator.model.workspace import Workspace

PAPER = 100
"""Signs of a line where nobody watches."""
LONGEST = 160
"""Signs of a bound value that are shown to a reader: lists and tables of clocks may have thousands."""


@click.command(name="compile")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option(
    "--dialect",
    metavar="DIALECT",
    help="Name of an engine; default: the warehouse's. Experimental: bigquery, databricks, redshift, snowflake, trino.",
)
@as_of_option
@format_option("text", "sql", "json")
@pass_here
def compile_(here: Here, names: tuple[str, ...], dialect: str | None, as_of: dt.datetime | None, format_: str) -> None:
    """Print the SQL of segments, partitions, cells, traits or campaigns, and the values bound to it.

    Without names: of all segments and partitions. No database is asked.
    """
    from orchestrator.compile import DIALECTS, EXPERIMENTAL

    spelled = dialect or here.dialect
    if spelled not in DIALECTS:
        raise UsageError(f"there is no dialect `{spelled}`", f"dialects are {', '.join(DIALECTS)}")
    wanted = asked(here.loaded.workspace, names)
    workspace = here.usable(wanted) if wanted else here.sound()[0]
    frozen = here.as_of(as_of)
    made = list(queries(workspace, wanted, frozen, spelled))
    if spelled in EXPERIMENTAL:
        text = f"{spelled} is experimental: our tests have parsed its statements, but never run them"
        click.echo(text, err=True)
    if format_ == "json":
        rows = [printed(name, query, here.state_dialect) for name, query in made]
        facts({"dialect": spelled, "experimental": spelled in EXPERIMENTAL, "as_of": frozen, "queries": rows})
        return
    for n, (name, query) in enumerate(made):
        if n:
            click.echo("")
        if format_ == "sql":
            click.echo(f"{laid_out(query.sql(), paper(), query.dialect)};")
        else:
            show(name, query, frozen, here.state_dialect)


def asked(workspace: Workspace, names: Sequence[str]) -> list[str]:
    """Give the given names, or those of all segments and partitions that can be asked without values."""
    from orchestrator.model.segment import Partition, Segment

    given = [n for n, d in workspace.definitions.items() if isinstance(d, Segment | Partition)]
    without = {n for n, d in workspace.of_kind(Segment).items() if d.required}
    return list(names) or [name for name in given if name not in without]


def queries(
    workspace: Workspace, names: Sequence[str], as_of: dt.datetime, dialect: str
) -> Iterator[tuple[str, Query]]:
    """Yield (title, query) for each name: a partition gives the cell of everybody, a cell its members."""
    from orchestrator.cli.here import referred
    from orchestrator.compile import audience_query, cells_query, members_query, trait_query
    from orchestrator.model.segment import Partition, Segment, Trait

    for name in names:
        reference = referred(name)
        base, cell = reference.name, reference.cell
        definition = workspace.definitions.get(base)
        if isinstance(definition, Segment) or (isinstance(definition, Partition) and cell):
            yield f"segment {name}", members_query(workspace, reference, as_of, dialect)
        elif isinstance(definition, Partition):
            yield f"partition {name}", cells_query(workspace, base, as_of, dialect)
        elif isinstance(definition, Trait):
            yield f"trait {name}", trait_query(workspace, definition.name, as_of, dialect)
        elif definition is None:
            campaign = workspace.campaigns[base]
            query = audience_query(workspace, campaign, as_of, dialect, facts=(), consents=(), channels=(), zone=None)
            yield f"campaign {name}", query
        else:
            word = type(definition).__name__.lower().removesuffix("def")
            raise UsageError(f"{word} `{name}` has no SQL of its own", "compile a segment that uses it")


def printed(name: str, query: Query, state: str) -> dict[str, object]:
    """Give a query for machines; what is asked of the state database, or computed, stands beside it."""
    found: dict[str, object] = {"name": name, "sql": query.sql(), "values": query.parameters()}
    ours = query.state(state)
    if ours is not None:
        found["state"] = {"dialect": state, "sql": ours.sql(), "values": ours.parameters()}
    return found | ({"computed": list(query.computed())} if query.computed() else {})


def paper() -> int:
    """Give the width of the terminal, and ``PAPER`` where nobody watches."""
    return shutil.get_terminal_size((PAPER, 24)).columns if on_terminal() else PAPER


def show(title: str, query: Query, as_of: dt.datetime, state: str) -> None:
    """Print a query with its values as comments, so that the whole can be pasted.

    What the state database is asked for, in its dialect ``state``, follows, and then what is computed.
    """
    click.echo(statement(title, query, as_of, paper()))
    remarks(title, query, as_of, state, paper())


def statement(title: str, query: Query, as_of: dt.datetime, width: int) -> str:
    """Give a query in lines of at most ``width`` signs below its name, dialect and moment."""
    from orchestrator.compile import EXPERIMENTAL

    spoken = f"{query.dialect} (experimental)" if query.dialect in EXPERIMENTAL else query.dialect
    return f"-- {title} · {spoken} · as of {moment(as_of)}\n{laid_out(query.sql(), width, query.dialect)};"


def remarks(title: str, query: Query, as_of: dt.datetime, state: str, width: int) -> None:
    """Print what stands below a query: its values, what our own records are asked for, and what is computed."""
    _values(query)
    ours = query.state(state)
    if ours is not None:
        click.echo(f"\n{statement(f'{title}, from our own records', ours, as_of, width)}")
        _values(ours)
    for sentence in query.computed():
        click.echo(click.style(f"-- {sentence}", dim=True))


def _values(query: Query) -> None:
    for name, value in query.parameters().items():
        shown = repr(value) if isinstance(value, str) else plain(value) if isinstance(value, dt.date) else str(value)
        if len(shown) > LONGEST:
            shown = f"{shown[:LONGEST]} … ({len(shown):,} characters; whole: orc compile --format json)"
        click.echo(click.style(f"--   {name} = {shown}", dim=True))
