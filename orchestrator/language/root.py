"""Where a workspace begins, and where this computer keeps what can be computed again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

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
    given = os.environ.get("ORC_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "campaign-orchestrator"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "campaign-orchestrator"
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else Path.home() / ".cache") / "campaign-orchestrator"
