"""Which known name an author may have meant by an unknown one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def closest(name: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """Give at most ``n`` candidates that look like ``name``, best first, ties by the alphabet.

    Case, underscores and hyphens do not count against a candidate: ``Life-Time`` finds ``lifetime``.
    """
    wanted = _plain(name)
    found = []
    for candidate in sorted(set(candidates)):
        if candidate == name:
            continue
        plain = _plain(candidate)
        if plain == wanted:
            found.append((1.0, candidate))
            continue
        matcher = SequenceMatcher(None, plain, wanted)
        if matcher.real_quick_ratio() < 0.6 or matcher.quick_ratio() < 0.6:
            continue
        ratio = matcher.ratio()
        if ratio >= (0.6 if len(wanted) > 3 else 0.66):
            found.append((ratio, candidate))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return [candidate for _, candidate in found[:n]]


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
