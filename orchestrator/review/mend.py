"""The files with every fix applied that is sure, checked again after each round until nothing changes.

Nothing that was right changes its meaning: what had no error before a round says the same after it, or the round is
taken back for that file. Comments and everything else between the fixes stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.language import Loaded, load_texts
from orchestrator.model.diagnostic import Diagnostic, Fix

ROUNDS = 20
"""How often is read again: a fix often shows the next mistake of the same sentence."""


@dataclass(frozen=True)
class Mended:
    """The new text of each file that changed, what was mended, and what is left for a person."""

    texts: Mapping[str, str]
    applied: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]


def mend(texts: Mapping[str, str], root: Path, unsafe: bool = False, only: frozenset[str] | None = None) -> Mended:
    """Apply the fixes to the texts by path; ``unsafe`` also those that are only the best guess.

    ``only`` names the files that may change, None for all. Nothing is written.
    """
    now = dict(texts)
    applied: list[Diagnostic] = []
    seen = {path: {text} for path, text in now.items()}
    loaded, found = _checked(now, root)
    for _ in range(ROUNDS):
        changed = False
        for path in sorted({finding.span.path for finding in found if finding.fix is not None}):
            if path not in now or (only is not None and path not in only):
                continue
            chosen = _chosen([d for d in found if d.span.path == path], now[path], unsafe)
            made = _edited(now[path], [fix for _, fix in chosen])
            if made in seen[path]:
                continue
            seen[path].add(made)
            tried = {**now, path: made}
            after, said = _checked(tried, root)
            if _sound(loaded, path, [d for d, _ in chosen]) - _same(loaded, after):
                continue
            now, loaded, found, changed = tried, after, said, True
            applied += [finding for finding, _ in chosen]
        if not changed:
            break
    different = {path: text for path, text in now.items() if text != texts[path]}
    return Mended(different, tuple(applied), found)


def _checked(texts: Mapping[str, str], root: Path) -> tuple[Loaded, tuple[Diagnostic, ...]]:
    from orchestrator.review.check import check_loaded

    loaded = load_texts(texts, root)
    return loaded, check_loaded(loaded)


def _chosen(findings: Iterable[Diagnostic], text: str, unsafe: bool) -> list[tuple[Diagnostic, Fix]]:
    """Give the findings whose fixes are made together: inside the file, and none touching another."""
    usable = [(d, d.fix) for d in findings if d.fix is not None and (d.fix.safe or unsafe)]
    chosen: list[tuple[Diagnostic, Fix]] = []
    end = -1
    for finding, fix in sorted(usable, key=lambda pair: (pair[1].span.start, pair[1].span.end)):
        span = fix.span
        if end < span.start <= span.end <= len(text) and span.path == finding.span.path:
            chosen.append((finding, fix))
            end = span.end
    return chosen


def _edited(text: str, fixes: list[Fix]) -> str:
    for fix in reversed(fixes):
        text = text[: fix.span.start] + fix.text + text[fix.span.end :]
    return text


def _sound(loaded: Loaded, path: str, mended: list[Diagnostic]) -> set[str]:
    """Give the names of what must say the same afterwards: all but the definitions and campaigns being mended."""
    workspace = loaded.workspace
    own = sorted((d.span.line, name) for name, d in workspace.definitions.items() if d.span.path == path)
    lines = [line for line, _ in own]
    touched = set()
    for finding in mended:
        at = bisect_right(lines, finding.span.line) - 1
        touched |= {own[at][1]} if at >= 0 else set()
    kept = {f"campaign {name}" for name, campaign in workspace.campaigns.items() if campaign.path != path}
    return kept | {name for name in workspace.definitions if name not in touched}


def _same(before: Loaded, after: Loaded) -> set[str]:
    """Give the names of all definitions and campaigns that say the same in both."""
    old, new = before.workspace, after.workspace
    same = {name for name, d in old.definitions.items() if new.definitions.get(name) == d}
    return same | {f"campaign {name}" for name, c in old.campaigns.items() if new.campaigns.get(name) == c}
