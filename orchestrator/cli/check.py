"""``orc check``: every problem of every file, without a database."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import format_option

if TYPE_CHECKING:
    from orchestrator.model.diagnostic import Diagnostic


@click.command()
@format_option("text", "concise", "json", "github", "gitlab", "sarif", "junit")
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
    if format_ != "text":
        click.echo(printed(here, found, format_), nl=False)
    else:
        colour = has_colour()
        drawn = drawing.text(found, lambda path: source(here, path), colour)
        line = drawing.counted(found, result.files, result.definitions, result.campaigns)
        click.echo(f"{drawn}\n{line}" if drawn else line, color=colour)
    return 1 if result.has_errors else 0


def printed(here: Here, found: Sequence[Diagnostic], format_: str) -> str:
    """Give the findings in one of the forms for machines."""
    from orchestrator.cli import drawing, formats

    if format_ in ("json", "github", "concise"):
        draw = {"json": drawing.as_json, "github": drawing.github, "concise": drawing.concise}[format_]
        return draw(found)
    if format_ == "junit":
        return formats.junit(found)
    if format_ == "gitlab":
        return formats.gitlab(found, lambda path: source(here, path))
    from orchestrator import __version__
    from orchestrator.cli.explain import pages

    return formats.sarif(found, lambda path: source(here, path), pages(), __version__)


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
