"""What the YAML parser says, in the words of somebody who edits campaigns."""

from __future__ import annotations

import re

import yaml

from orchestrator.language.places import Lines
from orchestrator.model.diagnostic import Diagnostic, Related, Span

_WORDS = re.compile(r"\b(in segment|did|is one of|is not|where|any of|all of|none of|consents to|in last|is)\b|\(")

_SAID: tuple[tuple[str, str, str], ...] = (
    # part of the parser's words, ours, what to do
    (
        "mapping values are not allowed",
        "a `:` stands where no key can be",
        "check the indentation, or put a text that holds `: ` in quotes",
    ),
    ("could not find expected ':'", "a line without `:`", "write `key: value`, or indent it under the line above"),
    ("did not find expected key", "the indentation does not fit", "line it up with the keys above, with spaces"),
    ("did not find expected '-' indicator", "the indentation does not fit the list", "line the `-` up with the others"),
    ("block sequence entries are not allowed", "a list cannot start here", "put the `-` on a line of its own"),
    ("found unexpected end of stream", "a quoted text is never closed", "add the closing quote"),
    ("found unknown escape character", "an unknown escape in a quoted text", "double the backslash, or use ' quotes"),
    ("found undefined tag handle", "a text starts with `!`", "put the text in quotes"),
    ("found undefined alias", "a text starts with `*`", "put the text in quotes"),
    ("did not find expected alphabetic", "a text starts with `*` or `&`", "put the text in quotes"),
    ("did not find expected ',' or '}'", "`{` is not closed properly", "write one key a line instead of braces"),
    ("did not find expected ',' or ']'", "`[` is not closed properly", "write one `- item` a line instead of brackets"),
)


def mistake(error: yaml.YAMLError, lines: Lines, brace: Span | None) -> Diagnostic:
    """Give the finding for a parser's error, at the place where it gave up."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error)
    start = min(mark.index if mark is not None else getattr(error, "position", 0) or 0, len(lines.text))
    rest = lines.rest_of_line(start)
    opened = getattr(error, "context_mark", None)
    if brace is not None:
        opening = lines.span(brace.start, brace.start + 1)
        inside = lines.text[brace.start : start] + rest
        if _WORDS.search(inside):
            return braces(lines, start, start + max(1, len(rest.split(",")[0])), opening)
        opened = None
        related: tuple[Related, ...] = (Related(opening, "opened here"),)
    else:
        related = ()
    if rest.startswith("\t") or ("cannot start any token" in said and "\t" in _indent(lines, start)):
        return Diagnostic(
            lines.span(start, start + 1),
            "Y002",
            "a tab is used for indentation",
            help=("use spaces: YAML does not allow tabs here",),
        )
    if "cannot start any token" in said and rest:
        sign = rest[0]
        return Diagnostic(
            lines.span(start, start + 1),
            "Y001",
            f"a value cannot start with `{sign}`",
            help=("put the value in quotes, or put an expression under `|`",),
        )
    if "unexpected end of stream" in said and opened is not None and opened.index < len(lines.text):
        start = opened.index
    if "nesting depth" in said:  # newer parsers stop at a depth of their own, before we have counted
        return Diagnostic(_caret(lines, start), "Y007", "brackets or lists are nested too deep", help=("flatten it",))
    for part, ours, remedy in _SAID:
        if part in said:
            return Diagnostic(_caret(lines, start), "Y001", ours, help=(remedy,), related=related)
    return Diagnostic(_caret(lines, start), "Y001", f"this is not valid YAML: {said}", related=related)


def braces(lines: Lines, start: int, end: int, opening: Span | None = None) -> Diagnostic:
    """Give the finding for words of the segment language inside ``{ }`` or ``[ ]``."""
    return Diagnostic(
        lines.span(start, end),
        "Y012",
        "an expression cannot stand inside braces or brackets of YAML",
        help=("give the key its own line and put the expression behind it, or under `|`",),
        notes=("inside { } and [ ], YAML reads a comma of the expression as the start of the next key",),
        related=(Related(opening, "opened here"),) if opening is not None else (),
    )


def _caret(lines: Lines, start: int) -> Span:
    text = lines.text
    while start >= len(text) and start > 0:
        start -= 1
    while start > 0 and start < len(text) and text[start] == "\n" and text[start - 1] not in "\n":
        start -= 1
    return lines.span(start, min(start + 1, len(text)))


def _indent(lines: Lines, start: int) -> str:
    begin = lines.text.rfind("\n", 0, start) + 1
    return lines.text[begin:start]
