"""Printing facts: JSON for machines, aligned columns for people, and CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import datetime as dt
import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import click

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def facts(value: Any) -> None:
    """Print ``value`` as JSON, in the order it was built."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def plain(value: Any) -> Any:
    """Give a value that JSON can hold: moments in ISO form, exact numbers as texts."""
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


def moment(value: dt.datetime) -> str:
    """Give an instant as ``2026-12-01T09:00:00Z``."""
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def cell(value: object) -> str:
    """Give a value for one CSV field: a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = "" if value is None else str(plain(value) if isinstance(value, dt.datetime) else value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def table(
    headers: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = (), notes: Sequence[str] = ()
) -> None:
    """Print aligned columns below their headers; ``right`` names the columns that are numbers.

    ``notes`` has one text for each row, that stands below it; nothing stands below a row with an empty one.
    """
    texts = [[number(value) for value in row] for row in rows]
    widths = [max([len(head), *(len(row[i]) for row in texts)]) for i, head in enumerate(headers)]

    def line(row: Sequence[str]) -> str:
        pairs = enumerate(zip(row, widths, strict=True))
        return "  ".join(text.rjust(width) if i in right else text.ljust(width) for i, (text, width) in pairs).rstrip()

    click.echo(click.style(line(headers), dim=True))
    for n, row in enumerate(texts):
        click.echo(line(row))
        for part in textwrap.wrap(notes[n], 72) if notes else ():
            click.echo(click.style(f"    {part}", dim=True))


def number(value: object) -> str:
    """Give a value as people read it: whole numbers with commas, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(plain(value)) if isinstance(value, dt.datetime) else str(value)


def harmless(text: str) -> str:
    """Give what a stranger said without addresses and without anything that a terminal obeys."""
    import re

    shown = "".join(char if char.isprintable() else " " for char in text)
    return re.sub(r"[^\s<>]+@[^\s<>]+", "…", shown)


def people(count: int) -> str:
    """Give ``1 person`` or ``12,410 people``."""
    return "1 person" if count == 1 else f"{count:,} people"


def counted(count: int, one: str, many: str = "") -> str:
    """Give ``1 campaign`` or ``3 campaigns``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def on_terminal() -> bool:
    """Tell whether a person watches: standard output is a terminal that can draw."""
    import os

    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def fields(rows: Mapping[str, object]) -> None:
    """Print names and values, one pair a line, aligned."""
    widest = max(map(len, rows), default=0)
    for name, value in rows.items():
        click.echo(f"{click.style(name.ljust(widest), dim=True)}  {number(value)}")
