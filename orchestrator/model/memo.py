"""A bounded memory of what a function gave for short texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

V = TypeVar("V")
MOST, LONGEST = 4096, 100


class Memo(dict[str, V]):
    """Give for ``memo[text]`` what ``make(text)`` gives; ``most`` texts of up to 100 characters are remembered.

    What is ``kept`` is known from the start, whatever its length, and never forgotten.
    """

    def __init__(
        self, make: Callable[[str], V], kept: Mapping[str, V] = MappingProxyType({}), most: int = MOST
    ) -> None:
        """Begin with what is kept."""
        super().__init__(kept)
        self._make, self._kept, self._most = make, kept, most + len(kept)

    def __missing__(self, text: str) -> V:
        made = self._make(text)
        if len(text) <= LONGEST:
            if len(self) >= self._most:
                self.clear()
                self.update(self._kept)
            self[text] = made
        return made
