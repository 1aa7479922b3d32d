"""SQL laid out for reading: one clause a line, brackets indented, nothing wider than the terminal; and two columns."""

from __future__ import annotations

import re
import textwrap
from itertools import zip_longest

BEFORE = {"FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LEFT", "JOIN", "AND", "OR", "WHEN", "ELSE", "UNION", "LIMIT"}
"""Words that begin a line."""
HELD = "\N{NO-BREAK SPACE}\N{WORD JOINER}"
"""Stands for a space inside quotes, where no line may be broken."""
_TOKEN = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|`[^`]*`|[(),]|[^\s(),\"'`]+|\s+")


def laid_out(sql: str, width: int) -> str:
    """Give the same statement in lines of at most ``width`` signs, as far as its words allow."""
    lines: list[tuple[int, str]] = []
    depth, line, between, window = 0, "", False, 0
    indent = 0

    def end() -> None:
        nonlocal line
        if line.strip():
            lines.append((indent, line.strip()))
        line = ""

    for piece in _TOKEN.findall(" ".join(sql.split(chr(10)))):
        word = piece.upper()
        if piece.isspace():
            line += " " if line and not line.endswith(" ") else ""
            continue
        inside = window and depth >= window
        starts = (word in BEFORE and not (word == "AND" and between) and not inside) or (
            word == "SELECT" and line.strip()
        )
        if starts:
            end()
            indent = depth
        between = word == "BETWEEN" or (between and word != "AND")
        if piece == ")":
            depth -= 1
            window = 0 if depth < window else window
        line += piece.replace(" ", HELD) if piece[0] in "\"'`" else piece
        if piece == "(":
            depth += 1
            if line.upper().rstrip("( ").endswith("OVER"):
                window = depth
    end()
    made: list[str] = []
    for level, text in lines:
        pad = "  " * min(level, 8)
        made += textwrap.wrap(
            text,
            max(width, 40),
            initial_indent=pad,
            subsequent_indent=pad + "    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(made).replace(HELD, " ")


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
