"""How far long work has come: a bar on a terminal, plain lines elsewhere. Always on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from orchestrator.cli.say import on_terminal

EVERY = 5.0  # seconds between two plain lines about the same work


class Plain:
    """Writes a line when something begins, every few seconds while it goes on, and when it is done."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: dict[str, float] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Take ``done`` of ``total`` (None where nobody knows)."""
        now = time.monotonic()
        finished = total is not None and done >= total
        if not finished and now - self._said.get(what, -EVERY) < EVERY:
            return
        if self._said.get(what) == float("inf"):
            return
        self._said[what] = float("inf") if finished else now
        if done or finished:
            click.echo(f"{what}: {done:,}{'' if total is None else f' of {total:,}'}", err=True)


class Drawn:
    """Draws one bar for each kind of work."""

    def __init__(self, bars: Any) -> None:
        """Keep the bars."""
        self._bars = bars
        self._tasks: dict[str, Any] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Take ``done`` of ``total``."""
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)


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
