"""What is refused before anything is parsed: files too large, brackets too deep, signs that cannot be seen.

Everything here counts characters and simple tokens, so that neither a huge nor a deep text costs time or stack.
"""

from __future__ import annotations

import re
import unicodedata

from orchestrator.model.diagnostic import Diagnostic, Fix, Span

MOST_CHARACTERS = 2_000_000
DEEPEST = 64
LONGEST_SUM = 64

# Control characters, and characters that turn the direction of a text or take no room (CVE-2021-42574).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]|\r(?!\n)"
)
_STRING = r'"(?:\\.|[^"\\\n])*"'
_DEPTH = re.compile(
    rf"{_STRING}|#[^\n]*|[()]|[-+*/]|\b(?:and|or|is|where|when|by)\b|[<>,]|^(?:segment|partition|trait|event|list)\b",
    re.MULTILINE,
)
_SIMPLE = re.compile(r"[()+*/-]")


class Places:
    """Turns offsets of one text into places of a file."""

    def __init__(self, text: str, path: str) -> None:
        """Keep the text; nothing is counted yet."""
        self.text, self.path = text, path

    def span(self, start: int, end: int) -> Span:
        """Give the span between two offsets; ``end`` is the first one behind it."""
        line, column = self._at(start)
        end_line, end_column = self._at(end)
        return Span(self.path, line, column, end_line, end_column, start, end)

    def _at(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)


def guard(text: str, path: str, start: int = 0, end: int | None = None) -> tuple[Diagnostic, ...]:
    """Give what forbids to parse ``text[start:end]``; nothing when it may be parsed."""
    end = len(text) if end is None else end
    places = Places(text, path)
    if end - start > MOST_CHARACTERS:
        return (
            Diagnostic(
                Span(path, 1, 1, 1, 1, 0, 0),
                "E133",
                f"this file has {end - start:,} characters; at most {MOST_CHARACTERS:,} are read".replace(",", "_"),
                notes=("split it into several `.seg` files",),
            ),
        )
    hidden = [_hidden(match, places) for match in _first(_HIDDEN, text, start, end)]
    return tuple(hidden) or _deep(text, places, start, end)


def _first(pattern: re.Pattern[str], text: str, start: int, end: int, most: int = 20) -> list[re.Match[str]]:
    found = []
    for match in pattern.finditer(text, start, end):
        found.append(match)
        if len(found) == most:
            break
    return found


def _hidden(match: re.Match[str], places: Places) -> Diagnostic:
    sign = match[0]
    name = unicodedata.name(sign, "control character").lower()
    span = places.span(match.start(), match.end())
    kept = sign != "\0" and not "\ud800" <= sign <= "\udfff"  # what no database keeps, no text may hold
    return Diagnostic(
        span,
        "E101",
        f"here is a sign that cannot be seen (U+{ord(sign):04X}, {name})",
        notes=("remove it; inside a text write \\u and its four digits if you need it" if kept else "remove it",),
        fix=Fix(span, "", safe=False),
    )


def _deep(text: str, places: Places, start: int, end: int) -> tuple[Diagnostic, ...]:
    """Count how deep brackets and sums go; a tree deeper than that is never built."""
    if text.count("(", start, end) <= DEEPEST and len(_first(_SIMPLE, text, start, end, LONGEST_SUM)) < LONGEST_SUM:
        return ()
    depth, signs = 0, [0]
    for match in _DEPTH.finditer(text, start, end):
        word = match[0]
        first = word[0]
        if first in '"#':
            continue
        if word == "(":
            depth += 1
            signs.append(0)
            if depth > DEEPEST:
                return (_too_deep(places.span(*match.span()), f"brackets are nested more than {DEEPEST} deep"),)
        elif word == ")":
            depth = max(depth - 1, 0)
            if len(signs) > 1:
                signs.pop()
        elif first in "+-*/":
            signs[-1] += 1
            if signs[-1] > LONGEST_SUM:
                return (_too_deep(places.span(*match.span()), f"this calculation has more than {LONGEST_SUM} signs"),)
        elif word in ("segment", "partition", "trait", "event", "list") and _at_line_start(text, match.start()):
            depth, signs = 0, [0]
        else:
            signs[-1] = 0
    return ()


def _at_line_start(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n"


def _too_deep(span: Span, message: str) -> Diagnostic:
    return Diagnostic(span, "E132", message, notes=("give a part of it a name of its own: a segment or a trait",))
