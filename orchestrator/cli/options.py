"""Options that several verbs share, and how their values are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

F = TypeVar("F", bound=Callable[..., Any])


class Moment(click.ParamType[dt.datetime]):
    """An instant: ``2026-12-01`` (midnight), ``2026-12-01T10:00``, ``…T10:00Z``, ``…+01:00``, ``…[Europe/Berlin]``.

    Without a zone its value is naive: a wall clock, which the workspace reads on its project's zone.
    """

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Read a moment; fails with the forms that can be written."""
        if isinstance(value, dt.datetime):
            return value
        text, _, zone = str(value).strip().partition("[")
        try:
            moment = dt.datetime.fromisoformat(text)
            return moment.replace(tzinfo=ZoneInfo(zone.removesuffix("]"))) if zone else moment
        except (ValueError, KeyError, OSError):
            self.fail(f"`{value}` is not a moment: write 2026-12-01, 2026-12-01T10:00 or 2026-12-01T10:00Z", param, ctx)


def format_option(*formats: str) -> Callable[[F], F]:
    """Give ``--format`` with these choices; the first one is what nobody has to write."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print it.",
    )


def as_of_option(function: F) -> F:
    """Give ``--as-of``."""
    return click.option(
        "--as-of",
        "as_of",
        type=Moment(),
        metavar="MOMENT",
        help="Freeze the clock: 2026-12-01, 2026-12-01T10:00 (project's zone) or with Z or +01:00. Default: now.",
    )(function)


class Address(click.ParamType[tuple[str, int]]):
    """HOST:PORT, given as a pair."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Read it; refuse what is no port."""
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdecimal() or not int(port) < 65536:
            self.fail(f"`{value}` is no HOST:PORT, for example 127.0.0.1:9464", param, ctx)
        return host.strip("[]"), int(port)
