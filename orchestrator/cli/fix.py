"""``orc fix``: every mistake whose remedy is sure, put right in the files."""

from __future__ import annotations

import difflib
import os
import tempfile
from pathlib import Path

import click

from orchestrator.cli.fmt import coloured
from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.say import counted
from orchestrator.model.errors import UsageError

BOM = "\ufeff".encode()


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when something could be fixed.")
@click.option("--diff", "show", is_flag=True, help="Change nothing; print what would change.")
@click.option("--unsafe", is_flag=True, help="Also apply the best guess where another remedy is thinkable.")
@pass_here
def fix(here: Here, paths: tuple[Path, ...], check: bool, show: bool, unsafe: bool) -> int:
    """Put right what `orc check` finds and can only mean one thing, in all files or in those given.

    Files are read again after each round until nothing changes. Comments stay, and nothing that was right comes to
    mean something else. Exit status 1: problems are left, or with --check and --diff: something would change.
    """
    from orchestrator.language import read_files
    from orchestrator.review import mend

    texts, _ = read_files(here.root)
    result = mend(texts, here.root, unsafe, _chosen(here.root, paths, texts) if paths else None)
    for path, text in result.texts.items():
        if show:
            lines = difflib.unified_diff(texts[path].splitlines(), text.splitlines(), path, path, lineterm="")
            click.echo("\n".join(coloured(line) for line in lines))
        elif check:
            click.echo(f"can be fixed: {path}")
        else:
            write(here.root / path, text)
            click.echo(f"fixed: {path}")
    dry = check or show
    errors = sum(finding.is_error for finding in result.left)
    if result.applied:
        made = f"{counted(len(result.applied), 'problem')} in {counted(len(result.texts), 'file')}"
        click.echo(f"{made} {'can be' if dry else ''}{' ' if dry else ''}fixed", err=True)
    if errors:
        click.echo(f"{counted(errors, 'error')} left for you: see `orc check`", err=True)
    elif not result.applied:
        click.echo("nothing to fix", err=True)
    return FOUND if errors or (dry and result.texts) else 0


def write(path: Path, text: str) -> None:
    """Replace a file in one step; its line ends, its byte order mark and its permissions stay."""
    path = path.resolve()
    old = path.read_bytes()
    data = text.encode("utf-8")
    if old.startswith(BOM):
        data = BOM + data
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, path.stat().st_mode & 0o7777)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _chosen(root: Path, paths: tuple[Path, ...], texts: dict[str, str]) -> frozenset[str]:
    chosen: set[str] = set()
    for given in paths:
        try:
            name = given.resolve().relative_to(root).as_posix()
        except ValueError:
            raise UsageError(f"{given} is not below {root}", "give files of this workspace") from None
        inside = {path for path in texts if path == name or path.startswith(f"{name}/")}
        if not inside:
            raise UsageError(f"{given} holds no file that `orc check` reads", "give files below campaigns/")
        chosen |= inside
    return frozenset(chosen)
