"""``orc check``: every problem of every file, without a database."""

from __future__ import annotations

import os
import sys

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import format_option


@click.command()
@format_option("text", "concise", "json", "github")
@click.option("--no-cache", is_flag=True, help="Read everything again, even when nothing has changed.")
@pass_here
def check(here: Here, format_: str, no_cache: bool) -> int:
    """Find every problem in every file, without a database.

    Exit status 0: nothing is wrong (there may be warnings). 1: there are errors.
    """
    from orchestrator.cli import drawing
    from orchestrator.language import cache_folder
    from orchestrator.review import check as check_files

    try:
        cache = None if no_cache else cache_folder()
    except RuntimeError:
        cache = None
    result = check_files(here.root, cache=cache)
    found = result.diagnostics
    if format_ == "json":
        click.echo(drawing.as_json(found), nl=False)
    elif format_ == "github":
        click.echo(drawing.github(found), nl=False)
    elif format_ == "concise":
        click.echo(drawing.concise(found), nl=False)
    else:
        colour = has_colour()
        drawn = drawing.text(found, lambda path: source(here, path), colour)
        line = drawing.counted(found, result.files, result.definitions, result.campaigns)
        click.echo(f"{drawn}\n{line}" if drawn else line, color=colour)
    return 1 if result.has_errors else 0


def has_colour() -> bool:
    """Tell whether standard output shows colours: a terminal, and nobody said NO_COLOR."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def source(here: Here, path: str) -> str | None:
    """Give the text of one of the author's files, None when it is not one or cannot be read."""
    if path.startswith(("/", "..")) or "\\" in path:
        return None
    try:
        with open(here.root / path, "rb") as file:
            return file.read(2_000_000).decode("utf-8-sig")
    except (OSError, ValueError):
        return None
