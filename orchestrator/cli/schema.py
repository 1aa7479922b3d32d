"""``orc schema pull``: a first schema.yml from the database that is there."""

from __future__ import annotations

import json
from pathlib import Path

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.say import counted
from orchestrator.model.errors import UsageError

PLACE = Path(".orchestrator/schemas")
"""Where editors find the schemas of a workspace: in git, so that every clone has them."""


@click.group()
def schema() -> None:
    """Draft schema.yml from your own database, or write the schemas of all files for editors."""


@schema.command()
@click.option(
    "--to", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help=f"Where to; {PLACE} by default."
)
@pass_here
def export(here: Here, to: Path | None) -> None:
    """Write JSON Schemas of all YAML files, for the completion and the red lines of editors.

    A file says which one is its own in its first line: # yaml-language-server: $schema=../.orchestrator/schemas/…
    """
    folder = to or here.root / PLACE
    for path in write_schemas(folder):
        click.echo(f"wrote {path}")


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder and give the paths."""
    from orchestrator.language import json_schemas

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, made in json_schemas().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    return written


@schema.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write into this file; it must not exist.")
@click.option("--stdout", is_flag=True, help="Print it, whatever is there.")
@pass_here
def pull(here: Here, out: Path | None, stdout: bool) -> None:
    """Read the warehouse's tables and columns and draft campaigns/schema.yml from them.

    A file that is there is never overwritten: then the draft is printed, to be compared with it. Values are looked
    at to find formats and closed lists; none leaves this machine.
    """
    from orchestrator.audience import reflect
    from orchestrator.language import draft_schema

    target = out or here.root / "campaigns" / "schema.yml"
    if out is not None and out.exists():
        raise UsageError(f"{out} is already there", "choose another name: a draft never overwrites a file")
    with here.warehouse() as warehouse, warehouse.read() as connection:
        tables = reflect(connection)
        label = warehouse.label
    if not tables:
        raise UsageError(f"{label} has no tables that this role may see", "grant it the right to read them")
    text = draft_schema(tables)
    if stdout or target.exists():
        click.echo(text, nl=not text.endswith("\n"))
        if not stdout:
            click.echo(f"{target} is there and stays as it is: this is the draft to compare it with", err=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    click.echo(f"drafted {target} from {counted(len(tables), 'table')} of {label}")
    click.echo("next: read it, correct what was guessed, then `orc check`")
