"""The one form that everybody's segments have: printing from the tree, comments kept, and again the same.

What does not parse, or cannot be run yet, is given back unchanged together with its findings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from orchestrator.language import format_population as _format_population  # noqa: F401  (registers its words)
from orchestrator.language.format_layout import Definitions, Layout, Line
from orchestrator.language.format_special import words  # with the words of every construct
from orchestrator.language.segment import BOM, parse_definitions, parse_expression
from orchestrator.model.condition import Condition, Node, Value
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.segment import Definition, EventDef, ListDef, Trait

Findings = tuple[Diagnostic, ...]

_SQL = r"""\bsql\s*\([^()]*\)\s*\{(?:[^{}'"]|'[^']*'|"[^"]*")*\}"""
_SILENT = re.compile(_SQL + r'|"(?:\\.|[^"\\\n])*"|#[^\n]*')
ROUNDS = 5


def print_condition(c: Condition) -> str:
    """Give the canonical text of a condition on one line."""
    return words(c)


def print_value(v: Value) -> str:
    """Give the canonical text of a value on one line."""
    return words(v)


def print_definition(d: Definition) -> str:
    """Give the canonical text of a definition, broken into lines, without a line end behind it."""
    return "\n".join(map(str, Definitions().definition(d)))


def format_segments(text: str, path: str = "<text>") -> tuple[str, Findings]:
    """Give a ``.seg`` file in the canonical form, and its findings; unchanged where anything is wrong."""
    current = text
    for _ in range(ROUNDS):
        definitions, findings = parse_definitions(current, path)
        if findings:
            return text, findings
        made = _file(current, definitions)
        if made == current:
            break
        current = made
    return current, ()


def format_expression(
    text: str, path: str = "<text>", start: int = 0, end: int | None = None, width: int = 100
) -> tuple[str, Findings]:
    """Give one condition in the canonical form; the first line has no indent, and no line end stands behind."""
    end = len(text) if end is None else end
    condition, findings = parse_expression(text, path, start, end)
    current = text[start:end]
    for _ in range(ROUNDS):
        if condition is None or findings:
            return text[start:end], findings
        source = _Source(current)
        if current == text[start:end]:
            condition, _ = parse_expression(current)
        lines = Layout(source.breaks, width).condition(condition, 0) if condition else []
        made = "\n".join(source.written(lines, 0, len(current)))
        if made == current:
            break
        current = made
        condition, findings = parse_expression(current)
    return current, ()


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment, the offset of its ``#``, and whether it has a line for itself."""

    start: int
    text: str
    alone: bool


class _Source:
    """A text, the places of its comments, and where words stand outside of texts and comments."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[_Comment] = []

        def mask(match: re.Match[str]) -> str:
            if match[0][0] != "#":
                return match[0][0] + " " * (len(match[0]) - 1)
            before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            self.comments.append(_Comment(match.start(), match[0].rstrip(), not before.strip(f" \t{BOM}")))
            return " " * len(match[0])

        self.masked = _SILENT.sub(mask, text)
        self.starts = [comment.start for comment in self.comments]

    def find(self, word: str, offset: int) -> int:
        match = re.compile(rf"\b{word}\b" if word.isalpha() else re.escape(word)).search(self.masked, max(offset, 0))
        return match.start() if match else -1

    def between(self, start: int, end: int) -> list[_Comment]:
        return self.comments[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def breaks(self, node: Node) -> bool:
        return bool(self.between(node.span.start, node.span.end))

    def line_end(self, offset: int) -> int:
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found

    def written(self, lines: list[Line], start: int, end: int) -> list[str]:
        """Give lines with the comments of ``start`` to ``end`` put back: each before or behind what it stood by."""
        starts: list[int] = []
        for line in lines:  # lines stand in the order of the source; one whose place is unknown stands by its neighbour
            starts.append(max(line.start, starts[-1] if starts else start))
        above: list[list[str]] = [[] for _ in lines]
        behind: list[str] = ["" for _ in lines]
        for comment in self.between(start, end):
            at = bisect_left(starts, comment.start)
            if not comment.alone and at > 0 and not behind[at - 1]:
                behind[at - 1] = f"  {comment.text}"
            else:
                above[min(at, len(lines) - 1)].append(comment.text)
        made: list[str] = []
        for line, comments, tail in zip(lines, above, behind, strict=True):
            made += [" " * line.indent + comment for comment in comments]
            made.append(f"{line}{tail}")
        return made


def _file(text: str, definitions: tuple[Definition, ...]) -> str:
    source = _Source(text)
    made: list[str] = []
    position = 1 if text.startswith(BOM) else 0
    before = False  # whether the definition above wants an empty line below it
    for i, d in enumerate(definitions):
        following = definitions[i + 1].span.start if i + 1 < len(definitions) else len(text)
        end = min(source.line_end(d.span.end), following)
        lines = Definitions(source.breaks, source.find).definition(d)
        body = source.written(lines, d.span.start, end)
        apart = len(body) > 1 or not isinstance(d, ListDef | EventDef | Trait)
        leading = _between(source, position, d.span.start)
        if made and (apart or before) and leading[:1] != [""]:
            leading = ["", *leading]
        made += leading if made else leading[leading[:1] == [""] :]
        made += body
        before, position = apart, end
    made += _between(source, position, len(text))
    while made and not made[-1]:
        made.pop()
    return "\n".join(made) + "\n" if made else ""


def _between(source: _Source, start: int, end: int) -> list[str]:
    """Give the comments between two definitions, with one empty line wherever there were some."""
    made: list[str] = []
    position = start
    for comment in source.between(start, end):
        if source.text.count("\n", position, comment.start) > 1:
            made.append("")
        made.append(comment.text)
        position = comment.start + len(comment.text)
    if source.text.count("\n", position, end) > 1:
        made.append("")
    return made
