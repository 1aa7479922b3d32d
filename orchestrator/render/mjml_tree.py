"""An MJML letter as a tree, and everything that is wrong with it, at the author's own lines.

The compiler leaves out what it does not know, and reads HTML more strictly than a browser. So the letter is read
here first; the compiler sees only what was understood, and never what stands inside ``mj-text`` and its like.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.suggest import closest
from orchestrator.render.mjml_words import ELEMENTS
from orchestrator.render.source import Piece

MARK = "\ue0ff"
"""The sign that stands for a Jinja tag in the text that is read."""
MOST = 50
"""Findings in one letter; behind them it is not read."""
DEEPEST = 100
"""Elements that may stand in one another; MJML itself needs ten."""
_NAME = r"[A-Za-z][\w:-]*"
_OPEN = re.compile(rf"<({_NAME})")
_CLOSE = re.compile(rf"</({_NAME})\s*>")
_SIGNS = re.compile(rf"\s*([^\s=<>\"'/{MARK}]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?")
_MORE = re.compile(r"\s*(/?>)")
_OTHER = re.compile(rf"[^<{MARK}]+|<")
_MJ = re.compile(rf"<!--.*?(?:-->|\Z)|<(/?)(mj-{_NAME}|mjml\b)", re.S)
_HTML = re.compile(rf"<!--.*?(?:-->|\Z)|<(/?)({_NAME})(?:((?:[^\"'<>]|\"[^\"]*\"|'[^']*')*)>)?", re.S)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_CLOSED = _names(
    "a abbr b big blockquote center code del div em font h1 h2 h3 h4 h5 h6 i ins ol pre s small span strong sub sup "
    "table u ul"
)


class Row:
    """The pieces of a letter as one text, each Jinja tag as one sign, and the way back to pieces and places."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        """Join the pieces."""
        self.pieces = pieces
        self.begins: list[int] = []
        texts: list[str] = []
        size = 0
        for piece in pieces:
            self.begins.append(size)
            texts.append(piece.text.replace(MARK, " ") if piece.kind == "data" else MARK)
            size += len(texts[-1])
        self.text = "".join(texts)
        self._breaks = [match.start() for match in re.finditer("\n", self.text)]

    def piece(self, at: int) -> Piece:
        """Give the piece that stands at a place of the text."""
        return self.pieces[max(bisect_right(self.begins, at) - 1, 0)]

    def cut(self, start: int, end: int) -> list[Piece]:
        """Give the pieces between two places."""
        out: list[Piece] = []
        number = max(bisect_right(self.begins, start) - 1, 0)
        while number < len(self.pieces) and self.begins[number] < end:
            piece, begin = self.pieces[number], self.begins[number]
            if piece.kind != "data":
                out.append(piece)
            elif text := piece.text[max(start - begin, 0) : end - begin]:
                out.append(replace(piece, text=text, span=self.span(max(start, begin), min(end, begin + len(text)))))
            number += 1
        return out

    def span(self, start: int, end: int) -> Span:
        """Give the author's place of a stretch of the text."""
        if not self.pieces:
            return Span("")
        number = max(bisect_right(self.begins, start) - 1, 0)
        piece = self.pieces[number]
        if piece.kind != "data":
            return piece.span
        offset = start - self.begins[number]
        shown = piece.text[offset : offset + end - start].split("\n")[0]
        last = bisect_left(self._breaks, start)
        breaks = last - bisect_left(self._breaks, self.begins[number])
        line = piece.span.line + breaks
        column = start - self._breaks[last - 1] if breaks else piece.span.column + offset
        begin = piece.span.start + offset if piece.span.start >= 0 else -1
        stop = begin + len(shown) if begin >= 0 else -1
        return Span(piece.span.path, line, column, line, column + len(shown), begin, stop)


@dataclass
class Sign:
    """An attribute: its name, the pieces of its value, its place. ``fixed`` is the value where no Jinja is in it."""

    name: str
    value: list[Piece]
    fixed: str | None
    span: Span


@dataclass
class Node:
    """An element, or what stands between elements: a Jinja tag or a comment, then without a name."""

    name: str
    span: Span
    signs: list[Sign] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    content: list[Piece] = field(default_factory=list)

    @property
    def steer(self) -> Piece | None:
        """Give the Jinja tag that this is."""
        return self.content[0] if not self.name and len(self.content) == 1 and self.content[0].kind != "data" else None

    def elements(self) -> Iterator[Node]:
        """Yield this element and all below it."""
        yield self
        for child in self.children:
            if child.name:
                yield from child.elements()


class Reader:
    """Reads one letter; what is wrong with its form is in ``found``."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        """Read the pieces."""
        self.row = Row(pieces)
        self.found: list[Diagnostic] = []
        self.top = Node("", self.row.span(0, 0))
        self.open = [self.top]
        self.torn = False
        self.at = 0
        while self.at < len(self.row.text) and len(self.found) < MOST:
            self._next()
            if len(self.open) > DEEPEST:
                span = self.open[-1].span
                self.wrong(span, "E608", f"more than {DEEPEST} elements stand in one another")
                self.torn = True
                break
        if self.torn:
            return
        for node in self.open[:0:-1]:
            self._unclosed(node)

    def wrong(self, span: Span, code: str, message: str, *help: str) -> None:
        """Note a finding."""
        self.found.append(Diagnostic(span, code, message, help))

    def _unclosed(self, node: Node) -> None:
        self.wrong(node.span, "E609", f"<{node.name}> is never closed", f"</{node.name}>")

    def _next(self) -> None:
        text, at, parent = self.row.text, self.at, self.open[-1]
        if text.startswith("<!--", at):
            end = text.find("-->", at)
            if end < 0:
                self.torn = True
                self.wrong(self.row.span(at, at + 4), "E609", "this comment is never closed", "-->")
            self.at = end + 3 if end >= 0 else len(text)
            parent.children.append(Node("", self.row.span(at, at + 4), content=self.row.cut(at, self.at)))
        elif close := _CLOSE.match(text, at):
            self.at = close.end()
            self._close(close.group(1), self.row.span(at, self.at))
        elif found := _OPEN.match(text, at):
            self._element(found)
        elif text[at] == MARK:
            self.at = at + 1
            piece = self.row.piece(at)
            parent.children.append(Node("", piece.span, content=[piece]))
        elif found := re.compile(r"\s+").match(text, at):
            self.at = found.end()
        else:
            self._other(at, parent)

    def _other(self, at: int, parent: Node) -> None:
        end = text_end(_OTHER, self.row.text, at)
        self.at = end
        span = self.row.span(at, end)
        if self.row.text.startswith(("<!", "<?"), at):
            self.at = self.row.text.find(">", at) + 1 or len(self.row.text)
            self.wrong(
                span, "E609", "a letter in MJML begins with <mjml>: what stands before it is written by the compiler"
            )
        elif parent is self.top:
            self.wrong(span, "E609", "text cannot stand outside of <mjml>", "<mj-text>…</mj-text>")
        elif parent.name in ELEMENTS:
            place = "<mj-raw>…</mj-raw>" if parent.name == "mj-head" else "<mj-text>…</mj-text>"
            self.wrong(span, "E609", f"text cannot stand in <{parent.name}>", place)

    def _close(self, name: str, span: Span) -> None:
        if name not in [node.name for node in self.open]:
            self.wrong(span, "E609", f"</{name}> closes nothing that is open")
            return
        while True:
            node = self.open.pop()
            if node.name == name:
                return
            self._unclosed(node)

    def _element(self, found: re.Match[str]) -> None:
        text, start = self.row.text, self.at
        node = Node(found.group(1), self.row.span(start, found.end()))
        self.open[-1].children.append(node)
        self.at = found.end()
        names: set[str] = set()
        while (end := _MORE.match(text, self.at)) is None:
            sign = _SIGNS.match(text, self.at)
            if sign is None or len(self.found) >= MOST:
                self._torn(node)
                return
            self._sign(node, sign, sign.group(1) in names)
            names.add(sign.group(1))
        self.at = end.end()
        if end.group(1) == "/>" or (node.name in _VOID):
            return
        if node.name in ELEMENTS and ELEMENTS[node.name].content:
            self._content(node)
        else:
            self.open.append(node)

    def _torn(self, node: Node) -> None:
        """Go on behind a tag that cannot be read further."""
        text, blank = self.row.text, re.compile(r"\s*").match(self.row.text, self.at)
        at = blank.end() if blank else self.at
        if at < len(text) and text[at] == MARK:
            piece = self.row.piece(at)
            message = "in a tag, Jinja can stand only in the value of an attribute"
            self.wrong(piece.span, "E612", message, 'color="{% if … %}red{% else %}blue{% endif %}"')
        elif at >= len(text) or text[at] == "<":
            self.wrong(node.span, "E609", f"the tag <{node.name}> is not closed: > is missing")
        else:
            self.wrong(self.row.span(at, at + 1), "E609", "this cannot stand in a tag", 'name="value"')
        end = text.find(">", at)
        self.at = len(text) if end < 0 else end + 1
        if text[end - 1 : end] != "/" and node.name not in _VOID:
            self._content(node) if node.name in ELEMENTS and ELEMENTS[node.name].content else self.open.append(node)

    def _sign(self, node: Node, sign: re.Match[str], again: bool) -> None:
        self.at = sign.end()
        name = sign.group(1)
        which = 2 if sign.group(2) is not None else 3
        span = self.row.span(sign.start(1), sign.end())
        if sign.group(which) is None:
            self.wrong(span, "E609", f"the value of `{name}` must stand in quotes", f'{name}="…"')
            loose = re.compile(r"\s*=\s*[^\s<>]*").match(self.row.text, self.at)
            self.at = loose.end() if loose else self.at
            return
        if again:
            self.wrong(span, "E609", f"<{node.name}> has `{name}` twice")
        value = self.row.cut(sign.start(which), sign.end(which))
        fixed = None if MARK in sign.group(which) else sign.group(which)
        node.signs.append(Sign(name, value, fixed, span))

    def _content(self, node: Node) -> None:
        """Take what stands in an element of HTML or text as it is."""
        start, end = self.at, len(self.row.text)
        for found in _MJ.finditer(self.row.text, start):
            if found.group(2) is None or len(self.found) >= MOST:
                continue
            if found.group(1) and found.group(2) == node.name:
                self.at = (self.row.text.find(">", found.end()) + 1) or end
                node.content = self.row.cut(start, found.start())
                self._balanced(node, start, found.start())
                return
            if found.group(1):
                if found.group(2) in [above.name for above in self.open]:
                    end = found.start()
                    break
                continue
            span = self.row.span(found.start(), found.end())
            self.wrong(
                span,
                "E610",
                f"<{found.group(2)}> cannot stand in <{node.name}>, which takes HTML",
                f"</{node.name}> before it",
            )
        self._unclosed(node)
        self.at = end

    def _balanced(self, node: Node, start: int, end: int) -> None:
        """Tell of HTML that is not closed and would swallow the rest of the letter; not where Jinja chooses tags."""
        if node.name in ("mj-raw", "mj-style") or any(piece.kind == "block" for piece in node.content):
            return
        waiting: list[tuple[str, Span]] = []
        counted: Counter[str] = Counter()
        for found in _HTML.finditer(self.row.text, start, end):
            name = (found.group(2) or "").lower()
            if not name or len(self.found) >= MOST:
                continue
            span = self.row.span(found.start(), found.end())
            if found.group(3) is None:
                self.wrong(span, "E609", f"this tag of <{name}> is not closed: > is missing")
            elif name not in _CLOSED:
                continue
            elif not found.group(1):
                waiting.append((name, span))
                counted[name] += 1
            elif counted[name]:
                while waiting[-1][0] != name:
                    lost, where = waiting.pop()
                    counted[lost] -= 1
                    self.wrong(where, "E609", f"<{lost}> is never closed", f"</{lost}>")
                waiting.pop()
                counted[name] -= 1
            else:
                self.wrong(span, "E609", f"</{name}> closes nothing in <{node.name}>")
        for name, where in waiting[:MOST]:
            self.wrong(where, "E609", f"<{name}> is never closed", f"</{name}>")


def text_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Give where a pattern that matches at a place ends, without white space."""
    found = pattern.match(text, at)
    return at + len(found.group().rstrip()) if found else at + 1


def near(name: str) -> list[str]:
    """Give the element that an author may have meant."""
    return closest(name, ELEMENTS, 1)
