"""Where a workspace begins, and where this computer keeps what can be computed again."""

from __future__ import annotations

from pathlib import Path

from orchestrator.language.cache import cache_place
from orchestrator.model.errors import UsageError

PROJECT = "campaigns/project.yml"


def find_root(start: Path) -> Path:
    """Give the nearest folder, from ``start`` upwards, with a ``campaigns/project.yml``; raises UsageError."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT).is_file():
            return folder
    raise UsageError(
        f"{start} is not inside a workspace: no folder from there upwards has a {PROJECT}",
        "go into your workspace, give it with -C, or make one with `orc init`",
    )


def cache_folder() -> Path:
    """Give the user's cache folder for orc, which may not exist yet; raises RuntimeError without a home folder."""
    return Path(cache_place())
