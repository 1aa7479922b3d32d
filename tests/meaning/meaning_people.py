"""People for the sentences of this folder."""

from __future__ import annotations

from typing import Any


def blank(names: str) -> dict[str, dict[str, Any]]:
    """Give people of whom nothing is known."""
    return {name: {} for name in names}
