"""People for the sentences of this folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def blank(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give people of whom nothing is known."""
    return {name: {} for name in names}
