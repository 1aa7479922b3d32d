"""A bounded memory of what a function gave for short texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V")
MOST, LONGEST = 4096, 100


class Memo(dict[str, V]):
    """Give for ``memo[text]`` what ``make(text)`` gives; 4,096 texts of up to 100 characters are remembered."""

    def __init__(self, make: Callable[[str], V]) -> None:
        """Begin with nothing."""
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> V:
        made = self._make(text)
        if len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[text] = made
        return made
