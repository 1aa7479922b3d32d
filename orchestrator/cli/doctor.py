"""``orc doctor``: is the database in the shape that segments need, and how many people are there of each kind."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import counted, facts, people, table
from orchestrator.model.errors import OrchestratorError
from orchestrator.model.symptom import Symptom

if TYPE_CHECKING:
    from orchestrator.model.statistics import Statistics


@click.command()
@click.option("--statistics/--no-statistics", default=True, help="Count for `orc check`, too; kept on this computer.")
@as_of_option
@format_option("text", "json")
@pass_here
def doctor(here: Here, statistics: bool, as_of: dt.datetime | None, format_: str) -> int:
    """Examine the warehouse and the state database: indexes, keys, zones, times; and count for `orc check`.

    Nothing is changed: statements to run are printed. The counts (unknown values, sizes of segments and cells) are
    kept in your cache folder, and `orc check` says them beside its warnings. Exit status 1: something was found.
    """
    from orchestrator.audience import COLUMNAR, examine

    workspace = here.loaded.workspace
    here.refuse([d for d in here.loaded.diagnostics if d.is_error and not d.span.path.endswith(".seg")])
    now = here.as_of(as_of)
    found = [*untried(here), *state(here), *keys(here)]
    counts: Statistics | None = None
    with here.warehouse() as warehouse:
        with warehouse.read() as connection:
            found += examine(connection, workspace.schema, used(here), now)
        label, engine = warehouse.label, warehouse.dialect
        if statistics and not any(symptom.code == "D100" for symptom in found):
            from orchestrator.review import collect

            counts = collect(warehouse, workspace, now)
            _keep(here, counts)
    if format_ == "json":
        rows = [{"code": s.code, "where": s.where, "text": s.text, "remedy": s.remedy} for s in found]
        facts({"warehouse": label, "findings": rows, "statistics": None if counts is None else numbers(counts)})
        return FOUND if found else 0
    for symptom in found:
        click.echo(f"{click.style(symptom.code, fg='yellow', bold=True)}  {symptom.text}")
        if symptom.remedy:
            click.echo(f"      {symptom.remedy}")
    if found:
        click.echo("")
    if counts is not None:
        _draw(counts)
    if engine in COLUMNAR:
        click.echo(COLUMNAR[engine])
    click.echo(f"{counted(len(found), 'finding')} in {label}" if found else f"{label} is well")
    return FOUND if found else 0


def used(here: Here) -> list[str]:
    """Give the events of the schema that definitions and campaigns read, all of them where nothing does."""
    from orchestrator.compile import dependencies

    workspace = here.loaded.workspace
    names = [*workspace.definitions, *(f"campaign:{name}" for name in workspace.campaigns)]
    read = {used for name in names for used in dependencies(workspace, name)}
    events = [name for name in workspace.schema.events if f"schema:{name}" in read]
    return events or list(workspace.schema.events)


def untried(here: Here) -> list[Symptom]:
    """Say that an engine's dialect is experimental."""
    from orchestrator.compile import EXPERIMENTAL

    if here.dialect not in EXPERIMENTAL:
        return []
    text = f"the dialect for {here.dialect} is experimental: our tests have parsed its statements, but never run them"
    return [Symptom("D108", "warehouse", text, "compare `orc show` with counts of your own before you send anything")]


def state(here: Here) -> list[Symptom]:
    """Look whether the state database answers and is of this release; one that is not there yet is none."""
    from orchestrator.cli.settings import is_default_state

    settings = here.settings
    if is_default_state(here.root, settings) and not (here.root / ".orc" / "state.sqlite").exists():
        return []
    from orchestrator.ledger import open_ledger

    try:
        open_ledger(settings.state_url, deployment=None, clock=here.clock, in_flight=settings.in_flight).close()
    except OrchestratorError as error:
        return [Symptom("D107", "state", str(error), error.remedy)]
    return []


def keys(here: Here) -> list[Symptom]:
    """Say which provider's DKIM key cannot be read here."""
    from orchestrator.deliver import open_channel

    found = []
    for provider in here.loaded.workspace.project.providers.values():
        if any(name.startswith("dkim.") for name in provider.settings):
            try:
                open_channel(provider, None, here.settings.outbox)
            except OrchestratorError as error:
                found.append(Symptom("D109", f"provider {provider.name}", str(error), error.remedy))
    return found


def numbers(found: Statistics) -> dict[str, Any]:
    """Give the counts as plain facts."""
    return {
        "as_of": found.as_of,
        "people": dict(found.people),
        "unknown": {name: round(share, 4) for name, share in found.unknown.items()},
        "never": {name: round(share, 4) for name, share in found.never.items()},
        "cells": {name: {"people": cell.people, "revenue": cell.revenue} for name, cell in found.cells.items()},
        "zero": list(found.zero),
    }


def _keep(here: Here, counts: Statistics) -> None:
    from orchestrator.language import cache_folder
    from orchestrator.review import keep_statistics

    try:
        keep_statistics(cache_folder(), here.root, counts)
    except (OSError, RuntimeError) as error:
        click.echo(f"the counts could not be kept for `orc check`: {error}", err=True)


def _draw(counts: Statistics) -> None:
    for entity, n in counts.people.items():
        click.echo(f"{entity}: {people(n)}")
    missing = [(name, f"{share:.1%}") for name, share in counts.unknown.items() if share > 0]
    if missing:
        table(["no value", "share"], missing, right=(1,))
    cells = [
        (name, cell.people, None if cell.revenue is None else f"{cell.revenue:.1%}")
        for name, cell in counts.cells.items()
    ]
    if cells:
        click.echo("")
        table(["segment", "people", "revenue"], cells, right=(1, 2))
    click.echo("")
