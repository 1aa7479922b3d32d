"""``orc init``: a small workspace to begin with, and the wiring of this copy."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.schema import PLACE, write_schemas
from orchestrator.model.errors import UsageError

IGNORED = "# The wiring, the keys and the data of one copy: never in git.\n.orc/\nprofiles.yml\n"


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@pass_here
def init(here: Here, folder: Path | None) -> None:
    """Write a new workspace into a folder (the current one by default).

    Nothing that is there is overwritten. In a folder that already is a workspace only profiles.yml is written:
    the id and the key of this copy, readable by you alone.
    """
    root = here.start / folder if folder else here.start
    made = write_workspace(root) if not (root / "campaigns" / "project.yml").exists() else []
    if made:
        made += [path.relative_to(root).as_posix() for path in write_schemas(root / PLACE)]
    profile = write_profile_beside(root)
    if made:
        click.echo(f"wrote {len(made)} files into {root}")
        for path in made:
            click.echo(f"  {path}")
    else:
        click.echo(f"{root} already is a workspace: its files stay as they are")
    click.echo(f"{'wrote' if profile else 'kept'} profiles.yml: the id and the key of this copy, never in git")
    click.echo("\nnext:")
    if root != here.start:
        click.echo(f"  cd {folder}")
    click.echo("  orc check         find every problem in the files")
    click.echo("  orc demo          fill a simulated shop and send into a local folder")
    click.echo("  orc schema pull   draft schema.yml from your own database (ORC_WAREHOUSE_URL)")


def write_workspace(root: Path) -> list[str]:
    """Write the small workspace below ``root`` and give its paths; raises UsageError when a file is in the way."""
    from orchestrator.starter import workspace_files

    files = workspace_files()
    taken = [path for path in files if (root / path).exists()]
    if taken:
        raise UsageError(f"{root / taken[0]} is already there", "choose an empty folder: orc init shop")
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    ignore = root / ".gitignore"
    if not ignore.exists():
        ignore.write_text(IGNORED, encoding="utf-8")
        return [*files, ".gitignore"]
    return list(files)


def write_profile_beside(root: Path) -> bool:
    """Write ``profiles.yml`` and tell whether it is new; git is told to leave it alone."""
    from orchestrator.cli.settings import PROFILE, write_profile

    if (root / PROFILE).exists():
        return False
    ignore = root / ".gitignore"
    known = ignore.read_text(encoding="utf-8").splitlines() if ignore.exists() else []
    missing = [line for line in (".orc/", PROFILE) if line not in known]
    if missing:
        with ignore.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in missing) if known else IGNORED)
    write_profile(root)
    return True
