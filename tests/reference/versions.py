"""Versions: numbers between points, a suffix comes before the release, what is no version is unknown."""

from __future__ import annotations

from functools import total_ordering
from typing import Any


@total_ordering
class Version:
    """One version, which may be held against another or against the text of one."""

    def __init__(self, numbers: list[int], suffix: str | None) -> None:
        while numbers and numbers[-1] == 0:
            numbers = numbers[:-1]
        self.place = (numbers, suffix is None, (suffix or "").lower())

    def __eq__(self, other: object) -> bool:
        return self.place == _other(other).place

    def __lt__(self, other: Any) -> bool:
        return self.place < _other(other).place

    def __hash__(self) -> int:
        return hash(str(self.place))


def version(text: str | None) -> Version | None:
    """Read a text, None where it is none or unknown."""
    if text is None:
        return None
    plain, plus, build = text.partition("+")
    front, dash, suffix = plain.partition("-")
    for mark, behind in ((plus, build), (dash, suffix)):
        if mark and (not behind or not all(s.isascii() and (s.isalnum() or s in ".-") for s in behind)):
            return None
    parts = front.split(".")
    if len(parts) > 6 or not all(0 < len(p) < 10 and p.isascii() and p.isdigit() for p in parts):
        return None
    return Version([int(part) for part in parts], suffix if dash else None)


def _other(other: object) -> Version:
    found = version(other) if isinstance(other, str) else other
    assert isinstance(found, Version)
    return found
