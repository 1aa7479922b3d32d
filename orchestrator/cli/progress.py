"""How far long work has come: a bar on a terminal, plain lines elsewhere. Always on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from orchestrator.cli.say import on_terminal

EVERY = 5.0
"""Seconds after which a plain line is worth writing; work that takes less says nothing."""


class Plain:
    """Writes a line about work that lasts: every few seconds while it goes on, and when it is done."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._what = ""
        self._said = 0.0
        self._long = False

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Take ``done`` of ``total`` (None where nobody knows)."""
        now = time.monotonic()
        if what != self._what:
            self._what, self._said, self._long = what, now, False
        finished = total is not None and done >= total
        if now - self._said >= EVERY or (finished and self._long):
            self._said, self._long = now, not finished
            click.echo(f"{what}: {done:,}{'' if total is None else f' of {total:,}'}", err=True)


class Drawn:
    """Draws one bar for the work at hand."""

    def __init__(self, bars: Any) -> None:
        """Keep the bars."""
        self._bars = bars
        self._what = ""
        self._task: Any = None

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Take ``done`` of ``total``."""
        if what != self._what:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._what, self._task = what, self._bars.add_task(what, total=total)
        self._bars.update(self._task, completed=done, total=total)


@contextmanager
def progress() -> Iterator[Any]:
    """Give a callable ``(what, done, total)`` that shows how far work has come."""
    if not (on_terminal() and sys.stderr.isatty()):
        yield Plain()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Drawn(bars)
