"""Which files a workspace is made of, and their texts: nothing outside the folder, nothing endless, nothing unseen."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path

from orchestrator.model.diagnostic import Diagnostic, Severity, Span

MAX_BYTES = 1_000_000
MAX_FILES = 20_000
RESERVED = ("campaigns/project.yml", "campaigns/schema.yml", "campaigns/policies.yml")


class Kind(Enum):
    """What a file is, by its path alone."""

    RESERVED = "reserved"
    SEGMENTS = "segments"
    CAMPAIGN = "campaign"
    TESTS = "tests"
    TEMPLATE = "template"
    OTHER = "other"


def kind_of(path: str) -> Kind:
    """Give the kind of a path that is relative to the workspace and written with ``/``."""
    if path in RESERVED:
        return Kind.RESERVED
    if path.startswith("templates/"):
        return Kind.TEMPLATE
    if path.startswith("campaigns/segments/") and path.endswith(".seg"):
        return Kind.SEGMENTS
    if path.startswith("campaigns/tests/") and path.endswith(".yml"):
        return Kind.TESTS
    if path.startswith("campaigns/") and path.endswith(".yml") and not path.startswith("campaigns/segments/"):
        return Kind.CAMPAIGN
    return Kind.OTHER


def list_files(root: Path) -> tuple[list[str], list[Diagnostic]]:
    """Give the paths of all files of a workspace, sorted, and what cannot be taken; hidden files are left out."""
    found: list[str] = []
    problems: list[Diagnostic] = []
    home = os.path.realpath(root)
    for top in ("campaigns", "templates"):
        stack = [top]
        if os.path.islink(root / top) and not _inside(home, os.path.realpath(root / top)):
            problems.append(_outside(top))
            continue
        while stack:
            folder = stack.pop()
            try:
                entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            except OSError as error:
                problems.append(_unreadable(folder, error))
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.name.startswith("."):
                    continue
                if entry.is_symlink():
                    target = os.path.realpath(entry.path)
                    if not _inside(home, target):
                        problems.append(_outside(path))
                        continue
                    if os.path.isdir(target):
                        problems.append(_linked_folder(path))
                        continue
                if entry.is_dir():
                    stack.append(path)
                elif entry.is_file():
                    found.append(path)
                else:
                    problems.append(Diagnostic(Span(path), "E023", "this is not a file", help=("take it away",)))
    return sorted(found), problems


def read_files(root: Path) -> tuple[dict[str, str], list[Diagnostic]]:
    """Give the text of every file by path, and what could not be read or will not be read, each with its reason."""
    paths, problems = list_files(root)
    texts: dict[str, str] = {}
    for path in paths[:MAX_FILES]:
        kind = kind_of(path)
        if kind is Kind.OTHER:
            said = _stray(path)
            if said is not None:
                problems.append(said)
            continue
        text = _text(root, path, kind, problems)
        if text is not None:
            texts[path] = text
    if len(paths) > MAX_FILES:
        problems.append(
            Diagnostic(Span("campaigns"), "E025", f"there are {len(paths):,} files, and {MAX_FILES:,} are read")
        )
    return texts, problems


def too_big(path: str, size: int, limit: int) -> Diagnostic:
    """Give the finding for a file of ``size`` bytes where ``limit`` are allowed."""
    return Diagnostic(
        Span(path),
        "Y006",
        f"the file is too big: {size:,} bytes, and {limit:,} are allowed",
        help=("keep data in the database and only decisions in this folder",),
    )


def _text(root: Path, path: str, kind: Kind, problems: list[Diagnostic]) -> str | None:
    try:
        size = os.stat(root / path).st_size
        if size > MAX_BYTES:
            if kind is not Kind.TEMPLATE or path.endswith(".j2"):
                problems.append(too_big(path, size, MAX_BYTES))
            return None
        with open(root / path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(_unreadable(path, error))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if kind is not Kind.TEMPLATE or path.endswith(".j2"):
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
            problems.append(
                Diagnostic(
                    Span(path, line, column, line, column + 1),
                    "Y004",
                    "the file is not UTF-8",
                    help=("save it as UTF-8 in your editor",),
                )
            )
        return None


def _inside(home: str, target: str) -> bool:
    return target == home or target.startswith(home + os.sep)


def _outside(path: str) -> Diagnostic:
    return Diagnostic(Span(path), "E022", "this link leaves the workspace", help=("copy the file into the workspace",))


def _linked_folder(path: str) -> Diagnostic:
    return Diagnostic(
        Span(path), "E022", "this folder is a link", help=("use a folder: links to folders are not read",)
    )


def _unreadable(path: str, error: OSError) -> Diagnostic:
    reason = error.strerror or type(error).__name__
    return Diagnostic(Span(path), "E023", f"the file cannot be read: {reason}", help=("check who may read it",))


def _stray(path: str) -> Diagnostic | None:
    """Give the finding for a file below campaigns/ that nobody reads; None where that is meant."""
    name = path.rsplit("/", 1)[-1]
    stem, _, suffix = name.rpartition(".")
    if suffix in ("md", "txt") and stem:
        return None
    if suffix == "yaml":
        return Diagnostic(Span(path), "E020", "this file is not read", help=(f"rename it to {stem}.yml",))
    if suffix == "seg":
        return Diagnostic(Span(path), "E020", "this file is not read", help=("move it to campaigns/segments/",))
    if suffix == "yml":
        return Diagnostic(Span(path), "E020", "this file is not read", help=("move it to campaigns/",))
    from orchestrator.model.suggest import closest

    near = closest(suffix, ["yml", "seg"], 1) if stem else []
    help = f"rename it to {stem}.{near[0]}" if near else "move it out of campaigns/"
    return Diagnostic(Span(path), "W012", "nobody reads this file", help=(help,), severity=Severity.WARNING)
