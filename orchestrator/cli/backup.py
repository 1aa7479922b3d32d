"""``orc backup`` and ``orc restore``: the memory of who got what, in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts, moment

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE)
@format_option("text", "json")
@pass_here
def backup(here: Here, file: Path, format_: str) -> None:
    """Write the state database into FILE: one consistent moment, checked by a sum, beside running daemons.

    The file has addresses in it (of messages that wait): keep it as carefully as the database.
    """
    from orchestrator.ledger import backup as write

    with here.ledger():
        made = write(here.settings.state_url, file)
    if format_ == "json":
        facts({"file": str(file), "deployment": made.deployment, "at": made.at, "rows": made.rows})
    else:
        click.echo(f"wrote {file}: {counted(made.rows, 'row')} of {moment(made.at)}")


@click.command()
@click.argument("file", type=_FILE)
@format_option("text", "json")
@pass_here
def restore(here: Here, file: Path, format_: str) -> None:
    """Read FILE into an empty state database, whole or not at all, also from SQLite into PostgreSQL.

    Nothing is sent from it until `orc resume --after-restore` has decided what may have left since the backup.
    """
    from orchestrator.ledger import migrate
    from orchestrator.ledger import restore as read

    settings = here.settings_with_deployment()
    migrate(settings.state_url, settings.deployment)
    made = read(settings.state_url, file, settings.deployment)
    if format_ == "json":
        facts({"file": str(file), "deployment": made.deployment, "at": made.at, "rows": made.rows})
    else:
        click.echo(f"restored {counted(made.rows, 'row')} of {moment(made.at)}")
        click.echo("nothing is sent from it yet; next: orc resume --after-restore")
