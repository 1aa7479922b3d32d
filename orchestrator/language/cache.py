"""Where this computer keeps what can be computed again: as text, so that asking loads next to nothing."""

from __future__ import annotations

import os
import sys

NAME = "campaign-orchestrator"


def cache_place() -> str:
    """Give the user's cache folder for orc, which may not exist yet; raises RuntimeError without a home folder."""
    given = os.environ.get("ORC_CACHE_DIR")
    if given:
        return given
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(_home(), "AppData", "Local")
    elif sys.platform == "darwin":
        base = os.path.join(_home(), "Library", "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(_home(), ".cache")
    return os.path.join(base, NAME)


def _home() -> str:
    home = os.path.expanduser("~")
    if home == "~":
        raise RuntimeError("there is no home folder")
    return home
