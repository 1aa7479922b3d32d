"""How texts are searched: the fixed folding of A54, and patterns as A68 allows them."""

from __future__ import annotations

import re
import unicodedata

BLOCKS = {"LATIN": range(0x0000, 0x0180), "GREEK": range(0x0370, 0x0400), "CYRILLIC": range(0x0400, 0x0500)}


def _table() -> dict[int, str]:
    """Pair letters of Latin-1, Latin Extended-A, Greek and Cyrillic that have exactly one upper and one lower form."""
    table = {}
    for script, block in BLOCKS.items():
        for code in block:
            upper = chr(code)
            if not unicodedata.name(upper, "").startswith(script + " "):
                continue
            lower = upper.lower()
            if lower == upper or len(lower) != 1 or lower.upper() != upper:
                continue
            if any(ord(lower) in inside for inside in BLOCKS.values()):
                table[code] = lower
    return table


FOLD = _table()


def fold(text: str) -> str:
    """Give the text in small letters by the table; all else stays as it stands, accents count."""
    return "".join(FOLD.get(ord(letter), letter) for letter in text)


def matches(text: str, pattern: str) -> bool:
    """Tell whether the whole text fits the pattern; capitals count."""
    return re.fullmatch(pattern, text, re.DOTALL) is not None
