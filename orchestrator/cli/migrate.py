"""``orc migrate``: the tables of the state database, made or renewed."""

from __future__ import annotations

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import format_option
from orchestrator.cli.say import facts


@click.command()
@format_option("text", "json")
@pass_here
def migrate(here: Here, format_: str) -> None:
    """Bring the tables of the state database to this release. Safe to run twice, also at the same time.

    The default state, a file in .orc, is kept up to date by every verb; a database that you name is changed by this
    verb only.
    """
    from orchestrator.ledger import migrate as bring_up

    settings = here.settings_with_deployment()
    at = bring_up(settings.state_url, settings.deployment)
    if format_ == "json":
        facts({"revision": at, "deployment": settings.deployment})
    else:
        click.echo(f"the state database is at revision {at}, for the deployment {settings.deployment}")
