"""Texts: the one table of lower-case letters (A54), and the patterns that every engine reads alike (A68)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

RANGES = ((0x41, 0x17F), (0x370, 0x3E1), (0x3F0, 0x4FF))  # Latin-1, Latin Extended-A, Greek (not Coptic), Cyrillic


@lru_cache(maxsize=1)
def folding() -> dict[int, int]:
    """Give the lower-case letter for each upper-case one that has exactly one, both as code points."""
    table = {}
    for low, high in RANGES:
        for code in range(low, high + 1):
            letter = chr(code)
            small = letter.lower()
            if len(small) == 1 and small != letter and small.upper() == letter:
                table[code] = ord(small)
    return table


def fold(text: str) -> str:
    """Give a text in which those letters are small and all else stands as it is."""
    return text.lower() if text.isascii() else text.translate(folding())


@dataclass(frozen=True, slots=True)
class PatternError:
    """What is wrong in a pattern, and where: ``offset`` counts characters of the pattern from 0."""

    offset: int
    message: str


def check_pattern(pattern: str) -> PatternError | None:
    """Give the first thing in a pattern that not every engine reads alike, None when there is none.

    Allowed are literals, ``.``, classes with ranges, ``* + ? {m,n}``, groups and alternation.
    """
    depth, i, atom = [], 0, False
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            if i + 1 == len(pattern):
                return PatternError(i, "nothing follows the backslash")
            if pattern[i + 1].isalnum():
                return PatternError(i, f"`\\{pattern[i + 1]}` is not in the common subset; write a class such as [0-9]")
            i, atom = i + 2, True
        elif char == "[":
            end = _class_end(pattern, i)
            if isinstance(end, PatternError):
                return end
            i, atom = end, True
        elif char == "(":
            if pattern[i + 1 : i + 2] == "?":
                return PatternError(i, "groups with `(?` are not in the common subset; write a plain ( )")
            depth.append(i)
            i, atom = i + 1, False
        elif char == ")":
            if not depth:
                return PatternError(i, "this bracket closes nothing")
            depth.pop()
            i, atom = i + 1, True
        elif char in "*+?{":
            width = _repeat(pattern, i)
            if width == 0:
                return PatternError(i, "write a repetition as {m}, {m,} or {m,n} with numbers up to 255")
            if not atom:
                return PatternError(i, "there is nothing to repeat before this")
            i, atom = i + width, False
        elif char in "^$":
            return PatternError(i, f"`{char}` is not needed: `matches` always holds the whole text")
        elif char in "]}":
            return PatternError(i, f"write `\\{char}` for the character itself")
        else:
            i, atom = i + 1, char != "|"
    return PatternError(depth[-1], "this bracket is never closed") if depth else None


def portable(pattern: str) -> str:
    """Give a checked pattern in the one spelling that Python and PostgreSQL read alike, without anchors."""
    out, i = [], 0
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            out.append(_plain(pattern[i + 1]))
            i += 2
        elif char == "[":
            end = _class_end(pattern, i)
            out.append(_class(pattern[i : end if isinstance(end, int) else None]))
            i = end if isinstance(end, int) else len(pattern)
        elif char == "(":
            out.append("(?:")
            i += 1
        else:
            out.append(char)
            i += 1
    return "".join(out)


def _plain(char: str) -> str:
    return f"\\{char}" if char in ".[]{}()*+?|^$\\" else char


def _class(text: str) -> str:
    body, i, out = text[1:-1], 0, []
    negated = body.startswith("^")
    body = body[negated:]
    while i < len(body):
        escaped = body[i] == "\\"
        char = body[i + escaped]
        out.append(f"\\{char}" if char in "\\]^" or (char == "[") or (escaped and char == "-") else char)
        i += 1 + escaped
    return f"[{'^' if negated else ''}{''.join(out)}]"


def _class_end(pattern: str, start: int) -> int | PatternError:
    i = start + 1 + (pattern[start + 1 : start + 2] == "^")
    first = i
    before = ""
    while i < len(pattern):
        char = pattern[i]
        if char == "]":
            return PatternError(start, "the class is empty") if i == first else i + 1
        if char == "[" and pattern[i + 1 : i + 2] in (":", ".", "="):
            return PatternError(i, "named classes are not in the common subset; write a range such as [a-z]")
        width = 1
        if char == "\\":
            if i + 1 == len(pattern) or pattern[i + 1].isalnum():
                return PatternError(i, "only signs can be escaped inside a class")
            char, width = pattern[i + 1], 2
        elif char == "-" and before and pattern[i + 1 : i + 2] not in ("]", ""):
            high = pattern[i + 1] if pattern[i + 1] != "\\" else pattern[i + 2 : i + 3]
            if not high or high < before:
                return PatternError(i - 1, "the range ends before it begins")
            i += 2 + (pattern[i + 1] == "\\")
            before = ""
            continue
        before = char
        i += width
    return PatternError(start, "this class is never closed")


def _repeat(pattern: str, i: int) -> int:
    if pattern[i] != "{":
        return 1
    end = pattern.find("}", i)
    low, _, high = pattern[i + 1 : end].partition(",") if end > 0 else ("", "", "")
    if not low.isascii() or not low.isdigit() or (high and not (high.isascii() and high.isdigit())):
        return 0
    if int(low) > 255 or (high and (int(high) > 255 or int(high) < int(low))):
        return 0
    return end + 1 - i
