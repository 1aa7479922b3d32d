"""A finding as an author sees it: the place, the line with carets, what to paste; for people and for machines."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from orchestrator.cli.quick import looked_at, many
from orchestrator.model.diagnostic import Diagnostic, Severity, Span

Source = Callable[[str], str | None]
"""Gives the text of a file by its path, None when it cannot be read."""

WIDTH = 110
TAB = 4
NEAR = 3
_COLOURS = {"error": "1;31", "warning": "1;33", "gutter": "1;34", "bold": "1", "help": "1;36"}
_TURNED = {0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x200E, 0x200F}


def text(findings: Sequence[Diagnostic], source: Source, colour: bool = False) -> str:
    """Give all findings with their lines, one below the other, an empty line between them."""
    files = _Files(source)
    return "\n".join(_Drawing(finding, files, colour).lines() for finding in findings)


def concise(findings: Iterable[Diagnostic]) -> str:
    """Give one line a finding: ``path:line:column: CODE message``."""
    lines = []
    for finding in findings:
        tail = f" ({finding.label})" if finding.label else ""
        word = "" if finding.is_error else "warning: "
        lines.append(_plain(f"{finding.span}: {finding.code} {word}{finding.message}{tail}"))
    return "".join(f"{line}\n" for line in lines)


def as_json(findings: Iterable[Diagnostic]) -> str:
    """Give a JSON array with one record a finding."""
    return json.dumps([record(finding) for finding in findings], ensure_ascii=False, indent=2) + "\n"


def record(finding: Diagnostic) -> dict[str, Any]:
    """Give the JSON form of one finding. Lines and columns count from 1, ``end`` is the first column behind."""
    made: dict[str, Any] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "file": finding.span.path,
        "range": _range(finding.span),
    }
    if finding.label:
        made["label"] = finding.label
    if finding.help:
        made["help"] = list(finding.help)
    if finding.notes:
        made["notes"] = list(finding.notes)
    if finding.related:
        made["related"] = [
            {"file": r.span.path, "line": r.span.line, "column": r.span.column, "message": r.message}
            for r in finding.related
        ]
    if finding.fix is not None:
        edit = {**_range(finding.fix.span), "text": finding.fix.text}
        made["fix"] = {"applicability": "safe" if finding.fix.safe else "unsafe", "edits": [edit]}
    return made


def github(findings: Iterable[Diagnostic]) -> str:
    """Give workflow commands, which GitHub shows beside the lines of a pull request."""
    lines = []
    for finding in findings:
        span = finding.span
        level = "error" if finding.severity is Severity.ERROR else "warning"
        body = "\n".join([finding.message, *(f"help: {help}" for help in finding.help)])
        place = f"file={_property(span.path)},line={span.line},endLine={span.end_line},col={span.column}"
        if span.line == span.end_line:
            place += f",endColumn={span.end_column}"
        lines.append(f"::{level} {place},title={_property(finding.code)}::{_escaped(body)}")
    return "".join(f"{line}\n" for line in lines)


def counted(findings: Sequence[Diagnostic], files: int, definitions: int, campaigns: int) -> str:
    """Give the last line: how many problems, or that there are none and in how much."""
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    read = looked_at(definitions, campaigns, files)
    if not findings:
        return f"no problems in {read}"
    parts = [many(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    where = len({finding.span.path for finding in findings})
    sure = sum(finding.fix is not None and finding.fix.safe for finding in findings)
    mend = f"\n`orc fix` puts {sure} of them right" if sure else ""
    return f"{' and '.join(parts)} in {many(where, 'file')}, checked {read}{mend}"


def _range(span: Span) -> dict[str, Any]:
    return {
        "start": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line, "column": span.end_column},
    }


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _escaped(value).replace(":", "%3A").replace(",", "%2C")


class _Files:
    """The lines of files, split once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        """Give a line without its end; None where there is none."""
        if path not in self._lines:
            found = self._source(path)
            self._lines[path] = [] if found is None else found.split("\n")
        lines = self._lines[path]
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


class _Drawing:
    """One finding."""

    def __init__(self, finding: Diagnostic, files: _Files, colour: bool) -> None:
        self.finding = finding
        self.files = files
        self.colour = colour
        self.out: list[str] = []
        spans = [finding.span, *(related.span for related in finding.related)]
        self.gutter = max(len(str(span.line)) for span in spans) + 1

    def lines(self) -> str:
        finding = self.finding
        word = finding.severity.value
        self.out.append(
            f"{self._paint(f'{word}[{finding.code}]', word)}{self._paint(': ' + _plain(finding.message), 'bold')}"
        )
        here: list[tuple[Span, str, str]] = [(finding.span, finding.label, "^")]
        away: list[tuple[Span, str, str]] = []
        for related in finding.related:
            near = related.span.path == finding.span.path and abs(related.span.line - finding.span.line) <= NEAR
            (here if near else away).append((related.span, related.message, "-"))
        self._block("-->", finding.span, here)
        for mark in away:
            self._block(":::", mark[0], [mark])
        for help in finding.help:
            self._say("help", help, first=help is finding.help[0])
        for note in finding.notes:
            self._say("note", note, first=True)
        return "\n".join(line.rstrip() for line in self.out) + "\n"

    def _block(self, arrow: str, place: Span, marks: list[tuple[Span, str, str]]) -> None:
        whole = place.start < 0 and place.column == place.end_column and place.line == place.end_line == 1
        shown = _plain(place.path if whole else str(place))
        self.out.append(f"{' ' * (self.gutter - 1)}{self._paint(arrow, 'gutter')} {shown}")
        drawn = False
        last = 0
        for span, label, sign in sorted(marks, key=lambda mark: (mark[0].line, mark[0].column)):
            line = None if whole else self.files.line(span.path, span.line)
            if line is None:
                continue
            if not drawn:
                self.out.append(self._bar())
            elif span.line > last + 1:
                self.out.append(self._paint("...", "gutter"))
            shown, before, width = _cut(line, span.column - 1, _end(span, line))
            if span.line != last:
                number = str(span.line).rjust(self.gutter)
                self.out.append(f"{self._paint(f'{number} |', 'gutter')} {shown}")
            caret = self._paint(
                sign * width + (f" {_plain(label)}" if label else ""), "error" if sign == "^" else "gutter"
            )
            self.out.append(f"{self._bar()} {' ' * before}{caret}")
            drawn, last = True, span.line
        if drawn and (arrow == "-->" and (self.finding.help or self.finding.notes or self.finding.related)):
            self.out.append(self._bar())

    def _say(self, word: str, said: str, first: bool) -> None:
        lines = said.split("\n")
        if first:
            head = f"{' ' * self.gutter} {self._paint('=', 'gutter')} {self._paint(word, 'help')}: "
            self.out.append(head + _plain(lines[0]))
            lines = lines[1:]
        for line in lines:
            self.out.append(f"{self._bar()} {' ' * (len(word) + 2)}{_plain(line)}")

    def _bar(self) -> str:
        return self._paint(f"{' ' * self.gutter} |", "gutter")

    def _paint(self, value: str, how: str) -> str:
        return f"\x1b[{_COLOURS[how]}m{value}\x1b[0m" if self.colour else value


def _end(span: Span, line: str) -> int:
    """Give the offset in ``line`` behind the last marked character; at least one is marked."""
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    return max(end, span.column)


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Give (text to show, cells before the mark, cells of the mark); a long line is cut around the mark."""
    start = min(start, len(line))
    end = max(min(end, len(line)), start)
    shown, before, marked = _cells(line), _cells(line[:start]), _cells(line[start:end])
    left, mark, right = before, marked, _cells(line[end:])
    if len(shown) and sum(map(_wide, (left, mark, right))) > WIDTH:
        if _wide(mark) > WIDTH - 20:
            mark = _head(mark, WIDTH - 20) + "…"
            right = ""
        room = max(WIDTH - _wide(mark), 20)
        keep = min(_wide(left), max(room // 2, room - _wide(right)))
        if keep < _wide(left):
            left = "…" + _tail(left, keep)
        if _wide(left) + _wide(mark) + _wide(right) > WIDTH:
            right = _head(right, max(WIDTH - _wide(left) - _wide(mark), 0)) + "…"
    return left + mark + right, _wide(left), max(_wide(mark), 1)


def _cells(value: str) -> str:
    """Give the text as it is printed: tabs as spaces, signs that would move the cursor made visible."""
    return _plain(value.replace("\t", " " * TAB))


def _plain(value: str) -> str:
    """Give a text that cannot move the cursor, change colours or turn the reading direction."""
    if value.isprintable():
        return value
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if ord(c) < 32 or 127 <= ord(c) < 160 or ord(c) in _TURNED else c for c in value
    )


def _wide(value: str) -> int:
    """Give how many cells of a terminal a text takes."""
    if value.isascii():
        return len(value)
    return sum(map(_cell, value))


def _cell(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def _head(value: str, cells: int) -> str:
    while _wide(value) > cells:
        value = value[: -max(1, (_wide(value) - cells) // 2)]
    return value


def _tail(value: str, cells: int) -> str:
    while _wide(value) > cells:
        value = value[max(1, (_wide(value) - cells) // 2) :]
    return value
