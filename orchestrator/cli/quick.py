"""``orc check`` where nothing has changed: answered before the command line itself is loaded."""

from __future__ import annotations

import os
from collections.abc import Sequence


def quick_check(args: Sequence[str]) -> str | None:
    """Give what ``orc check`` prints when a kept check found nothing and nothing changed since; None otherwise.

    Only the plain call is answered: ``check``, alone or behind ``-C DIR``.
    """
    start = os.getcwd()
    if len(args) == 3 and args[0] == "-C":
        start = os.path.join(start, args[1])
    if args[-1:] != ["check"] or len(args) not in (1, 3) or (len(args) == 3 and args[0] != "-C"):
        return None
    from orchestrator.language import cache_place
    from orchestrator.review import unchanged

    root = _root(os.path.realpath(start))
    try:
        counts = unchanged(root, cache_place()) if root else None
    except (RuntimeError, KeyError, TypeError, ValueError):
        return None
    return None if counts is None else f"no problems in {looked_at(*counts)}"


def looked_at(definitions: int, campaigns: int, files: int) -> str:
    """Give how much was read: ``3 definitions, 1 campaign, 9 files``."""
    return f"{many(definitions, 'definition')}, {many(campaigns, 'campaign')}, {many(files, 'file')}"


def many(number: int, word: str) -> str:
    """Give ``1 file`` or ``3 files``."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _root(here: str) -> str | None:
    while not os.path.isfile(os.path.join(here, "campaigns", "project.yml")):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here
