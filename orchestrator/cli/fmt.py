"""``orc fmt``: segments and expressions in the one form."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.say import counted
from orchestrator.model.errors import UsageError


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when a file is not in the one form.")
@click.option("--diff", "show", is_flag=True, help="Change nothing; print what would change.")
@pass_here
def fmt(here: Here, paths: tuple[Path, ...], check: bool, show: bool) -> int:
    """Bring segment files, and the expressions inside campaign files, into the one form.

    Comments stay. A file that cannot be read is left as it is: `orc check` says why.
    """
    changed = broken = 0
    files = _files(here.root, paths)
    for path in files:
        name = path.relative_to(here.root).as_posix()
        text = path.read_bytes().decode("utf-8", errors="surrogateescape")
        made, readable = _formatted(text, name)
        if not readable:
            broken += 1
            click.echo(f"{name} left as it is: it has errors, see `orc check`", err=True)
        elif made != text:
            changed += 1
            if show:
                lines = difflib.unified_diff(text.splitlines(), made.splitlines(), name, name, lineterm="")
                click.echo("\n".join(coloured(line) for line in lines))
            else:
                click.echo(f"{'not in the one form' if check else 'formatted'}: {name}")
            if not (check or show):
                path.write_bytes(made.encode("utf-8", errors="surrogateescape"))
    if not changed and not broken:
        click.echo(f"{counted(len(files), 'file')} in the one form")
    return FOUND if broken or (changed and (check or show)) else 0


def _files(root: Path, paths: tuple[Path, ...]) -> list[Path]:
    home = root / "campaigns"
    if not paths:
        segments = sorted((home / "segments").rglob("*.seg"))
        return [*segments, *sorted(path for path in home.glob("**/*.yml") if _is_campaign(home, path))]
    found = []
    for given in paths:
        path = given.resolve()
        if home not in (path, *path.parents):
            raise UsageError(f"{given} is not below {home}", "give files of this workspace")
        inside = sorted(p for p in path.rglob("*") if p.suffix in (".seg", ".yml")) if path.is_dir() else [path]
        found += [p for p in inside if p.suffix == ".seg" or _is_campaign(home, p)]
    return found


def _is_campaign(home: Path, path: Path) -> bool:
    return path.relative_to(home).parts[0] not in ("tests", "segments", "project.yml", "schema.yml")


def _formatted(text: str, name: str) -> tuple[str, bool]:
    from orchestrator.language import format_campaign, format_segments

    made, findings = format_segments(text, name) if name.endswith(".seg") else format_campaign(text, name)
    return made, not any(finding.is_error for finding in findings)


def coloured(line: str) -> str:
    """Give a line of a diff in its colour."""
    colour = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour else line
