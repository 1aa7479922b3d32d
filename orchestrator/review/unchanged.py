"""Has anything changed since a check that found no problem? Asked before anything is loaded.

The standard library's ``os``, ``json`` and ``hashlib`` are enough: an unchanged workspace of a thousand files is
answered in the time that an ordinary import takes. In the least doubt the answer is None, and the check runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import Any

import orchestrator

FORM = 2
RECENT = 3_000_000_000
"""Nanoseconds in which a file may change again without a new time on it."""


def unchanged(root: str, cache: str) -> tuple[int, int, int] | None:
    """Give (definitions, campaigns, files) when the kept check of ``root`` found nothing and nothing was touched.

    Every file and every folder must have the times, size and inode that it had, all well before that check.
    """
    kept = load(keep_path(cache, root))
    if kept is None or kept.get("findings") or kept.get("shape") or not kept.get("folders"):
        return None
    trusted = kept["checked"] - RECENT
    try:
        for place, before in (*kept["stamps"].items(), *kept["folders"].items()):
            stat = os.stat(f"{root}/{place}")
            now = [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]
            if now != before[:4] or now[0] >= trusted or now[1] >= trusted:
                return None
    except OSError:
        return None
    if kept.get("release") != release():
        return None
    return kept["definitions"], kept["campaigns"], len(kept["stamps"])


def folders(root: str) -> dict[str, list[int]]:
    """Give [time, change time, size, inode] of each folder: its time moves when a file comes or goes."""
    found: dict[str, list[int]] = {}
    for top in ("campaigns", "templates"):
        for folder, _, _ in os.walk(os.path.join(root, top)):
            stat = os.stat(folder)
            place = os.path.relpath(folder, root)
            found[place] = [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]
    return found


def keep_path(folder: str, root: str) -> str:
    """Give the file in which the result of one workspace is kept."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:24]
    return os.path.join(folder, "check", f"{name}.json")


def release() -> str:
    """Give a text that changes with every release and with every edit of an installation."""
    home = os.path.dirname(os.path.abspath(orchestrator.__file__))
    digest = hashlib.sha256(f"{FORM} {orchestrator.__version__} {sys.version}".encode())
    stack = [home, os.path.join(os.path.dirname(home), "grammar")]
    while stack:
        folder = stack.pop()
        for entry in _entries(folder):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    stack.append(entry.path)
            elif entry.name.endswith((".py", ".lark")):
                stat = entry.stat()
                digest.update(f"{entry.name} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    return digest.hexdigest()


def load(path: str) -> dict[str, Any] | None:
    """Give what is kept, None when there is nothing or it cannot be read."""
    try:
        with open(path, "rb") as file:
            kept = json.loads(file.read())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) and kept.get("form") == FORM else None


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
