"""SQL laid out for reading: one clause a line, brackets indented, nothing wider than the terminal; and two columns."""

from __future__ import annotations

import re
import textwrap
from itertools import zip_longest

BEFORE = {"FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LEFT", "JOIN", "AND", "OR", "WHEN", "ELSE", "UNION", "LIMIT"}
"""Words that begin a line."""
FURTHER = {"AND", "OR", "WHEN", "ELSE"}
"""Those of them whose line stands further in than the clause that they go on with."""
_QUOTED = r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|`[^`]*`"
_SLASHED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`"
_REST = r"[(),]|[^\s(),\"'`]+|\s+|."
_TOKEN = {slashes: re.compile(f"{quoted}|{_REST}", re.S) for slashes, quoted in ((False, _QUOTED), (True, _SLASHED))}
ESCAPING = {"mysql", "clickhouse", "bigquery", "databricks", "snowflake"}
"""Dialects in whose quotes a back-slash says something about the letter behind it."""


def laid_out(sql: str, width: int, dialect: str = "") -> str:
    """Give the same statement in lines of at most ``width`` signs, as far as its words allow.

    Nothing but spaces and line ends outside of quotes is changed, so what comes out can be run.
    """
    lines: list[tuple[int, list[str]]] = []
    words: list[str] = []
    depth, indent, window = 0, 0, 0
    between, apart, before = False, True, ""
    asks: list[bool] = []  # for each open bracket, whether a statement stands in it
    for piece in _TOKEN[dialect in ESCAPING].findall(sql):
        if piece.isspace():
            apart = True
            continue
        word = piece.upper()
        begins = word in BEFORE and not (word == "AND" and between) and not (window and depth >= window)
        begins = begins and not (word == "JOIN" and before in ("LEFT", "OUTER", "CROSS"))
        begins = begins and not (word in ("FROM", "AND") and asks and not asks[-1])
        if asks and word in ("SELECT", "WITH") and before == "(":
            asks[-1] = True
        ends = piece == ")" and bool(asks) and asks.pop()
        if begins or ends or (word == "SELECT" and words):
            if words:
                lines.append((indent, words))
            words, apart = [], True
            inside = bool(asks) and not asks[-1] and not ends
            indent = sum(asks) + (word in FURTHER) + inside
        between = word == "BETWEEN" or (between and word != "AND")
        if piece == ")":
            depth -= 1
            window = 0 if depth < window else window
        if piece == "(":
            depth += 1
            asks.append(False)
            if words and words[-1].upper() == "OVER":
                window = depth
        if apart or not words:
            words.append(piece)
        else:
            words[-1] += piece
        apart, before = False, word
    lines.append((indent, words))
    return "\n".join(line for level, words in lines for line in _wrapped(words, "  " * min(level, 8), max(width, 40)))


def _wrapped(words: list[str], pad: str, width: int) -> list[str]:
    """Give the words in lines, those below the first further in."""
    made: list[str] = []
    for word in words:
        if made and len(made[-1]) + 1 + len(word) <= width:
            made[-1] += f" {word}"
        else:
            made.append(pad + ("    " if made else "") + word)
    return made


def folded(text: str, width: int) -> str:
    """Give text whose long lines go on below, indented like a bullet's words."""
    made: list[str] = []
    for line in text.splitlines():
        pad = re.match(r"\s*(- )?", line)
        indent = " " * len(pad.group()) if pad else ""
        made += textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False) or [""]
    return "\n".join(made)


def beside(left: str, right: str, width: int) -> str:
    """Give two texts as two columns, the left one ``width`` wide."""
    pairs = zip_longest(left.splitlines(), right.splitlines(), fillvalue="")
    return "\n".join(f"{one.ljust(width)} │ {other}".rstrip() for one, other in pairs)
