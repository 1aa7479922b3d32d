"""``orc version``: the release, and what it runs on."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

import click

from orchestrator import __version__
from orchestrator.cli.options import format_option
from orchestrator.cli.say import facts

LIBRARIES = ("lark", "pyyaml", "jinja2", "sqlalchemy", "apscheduler", "httpx", "aiosmtplib", "psycopg", "fastapi")


@click.command()
@format_option("text", "json")
def version(format_: str) -> None:
    """Print the release and what it runs on."""
    found: dict[str, str | None] = {}
    for name in LIBRARIES:
        try:
            found[name] = installed(name)
        except PackageNotFoundError:
            found[name] = None
    if format_ == "json":
        facts({"orc": __version__, "python": platform.python_version(), "libraries": found})
        return
    click.echo(f"orc {__version__} on Python {platform.python_version()} ({sys.platform})")
    click.echo(", ".join(f"{name} {number or 'not installed'}" for name, number in found.items()))
