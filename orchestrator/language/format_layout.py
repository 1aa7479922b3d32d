"""How a condition or a definition falls into lines when it does not fit on one.

A :class:`Line` remembers where in the source its words stood, so that comments find their way back to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.language import format_elsewhere, format_raw  # noqa: F401  (they register their words)
from orchestrator.language.format_related import item_filter, item_head, list_head
from orchestrator.language.format_words import (
    did_head,
    did_tail,
    entries,
    group_head,
    grouped,
    is_mixed,
    operand,
    quoted,
    step_tail,
    verb,
    words,
)
from orchestrator.model import condition as c
from orchestrator.model import segment as s

WIDTH = 100
STEP = 2
Breaks = Callable[[c.Node], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output: spaces, words, and the offset in the source at which its first word stood."""

    indent: int
    text: str
    start: int

    def __str__(self) -> str:
        """Give the line as it is written."""
        return " " * self.indent + self.text


class Layout:
    """Breaks conditions into lines of at most ``width``; ``breaks`` forces a node apart (a comment is inside)."""

    def __init__(self, breaks: Breaks = lambda node: False, width: int = WIDTH) -> None:
        """Keep the rules."""
        self.breaks, self.width = breaks, width

    def condition(
        self, node: c.Condition, indent: int, prefix: str = "", bracket: bool = False, suffix: str = ""
    ) -> list[Line]:
        """Give the lines of a condition behind ``prefix``, in brackets if asked for, ``suffix`` at its end."""
        flat = operand(node) if bracket else words(node)
        start = node.span.start
        fits = indent + len(prefix) + len(flat) + len(suffix) <= self.width and not self.breaks(node)
        crowded = prefix.startswith("where") and is_mixed(node) and len(node.items) > 2
        if fits and not crowded:
            return [Line(indent, f"{prefix}{flat}{suffix}", start)]
        if bracket and is_mixed(node):
            return self._brackets(node, indent, f"{prefix}(", f"){suffix}", start)
        if isinstance(node, c.AllOf | c.AnyOf) and len(node.items) > 1:
            word = "and " if isinstance(node, c.AllOf) else "or "
            lines = self.condition(node.items[0], indent, prefix, bracket=True)
            further = indent + STEP if prefix else indent
            for i, item in enumerate(node.items[1:], 2):
                lines += self.condition(
                    item, further, word, bracket=True, suffix=suffix if i == len(node.items) else ""
                )
            return lines
        if isinstance(node, c.AllOf | c.AnyOf | c.NoneOf | c.SomeOf):
            further = indent + STEP if prefix.startswith(("where ", "case ")) else indent
            lines = [Line(indent, f"{prefix}{group_head(node)} (", start)]
            for item in node.items:
                lines += self.condition(item, further + STEP, suffix=",")
            return [*lines, Line(further, f"){suffix}", node.span.end - 1)]
        if isinstance(node, c.Not) and not isinstance(node.item, c.NEGATABLE):
            return self._brackets(node.item, indent, f"{prefix}not (", f"){suffix}", start)
        if isinstance(node, c.Did) and node.event.where is not None:
            head = f"{prefix}{did_head(node)} {node.event.name} where ("
            return self._brackets(node.event.where, indent, head, f"){did_tail(node)}{suffix}", start)
        if isinstance(node, c.Sequence):
            return self._sequence(node, indent, prefix, suffix)
        if isinstance(node, c.HasItem | c.HasRelated) and (where := item_filter(node)) is not None:
            return self._brackets(where, indent, f"{prefix}{item_head(node)} where (", f"){suffix}", start)
        if isinstance(node, c.HasItems) and isinstance(node.items, tuple) and len(node.items) > 1:
            head = f"{prefix}{list_head(node)} ("
            return self.entries(node.items, indent, head, suffix, start, node.span.end - 1, self.breaks(node))
        if isinstance(node, c.OneOf) and isinstance(node.items, tuple):
            head = f"{prefix}{words(node.value)} {verb(node.negated)} one of ("
            return self.entries(node.items, indent, head, suffix, start, node.span.end - 1, self.breaks(node))
        return [Line(indent, f"{prefix}{flat}{suffix}", start)]

    def _sequence(self, node: c.Sequence, indent: int, prefix: str, suffix: str) -> list[Line]:
        """Give one line for each step, below the first event; a filter that is too long breaks further."""
        window = "" if node.window is None else f" {words(node.window)}"
        lines = self._happening(node, node.event, indent, f"{prefix}did ", window)
        for step in node.steps:
            last = suffix if step is node.steps[-1] else ""
            lines += self._happening(step, step.event, indent + STEP, f"{step.link.value} ", f"{step_tail(step)}{last}")
        return lines

    def _happening(self, node: c.Node, event: c.Event, indent: int, head: str, tail: str) -> list[Line]:
        text = f"{head}{words(event)}{tail}"
        if event.where is None or (indent + len(text) <= self.width and not self.breaks(event)):
            return [Line(indent, text, node.span.start)]
        return self._brackets(event.where, indent, f"{head}{event.name} where (", f"){tail}", node.span.start)

    def _brackets(self, inner: c.Condition, indent: int, head: str, tail: str, start: int) -> list[Line]:
        further = indent + STEP if head.startswith(("where ", "case ")) else indent
        body = self.condition(inner, further + STEP)
        return [Line(indent, head, start), *body, Line(further, tail, inner.span.end)]

    def entries(
        self, items: Sequence[c.Literal], indent: int, head: str, suffix: str, start: int, end: int, apart: bool
    ) -> list[Line]:
        """Give the lines of a written list: filled up, or one entry a line where ``apart``."""
        lines = [Line(indent, head, start)]
        current, at = "", -1
        for item in items:
            word = f"{words(item)},"
            if current and (apart or indent + STEP + len(current) + 1 + len(word) > self.width):
                lines.append(Line(indent + STEP, current, at))
                current = ""
            if not current:
                at = item.span.start
            current = f"{current} {word}" if current else word
        return [*lines, Line(indent + STEP, current, at), Line(indent, f"){suffix}", end)]


class Definitions(Layout):
    """Breaks definitions into lines. ``find(word, offset)`` gives where a word stands in the source, or -1."""

    def __init__(
        self, breaks: Breaks = lambda node: False, find: Callable[[str, int], int] = lambda word, offset: -1
    ) -> None:
        """Keep the rules."""
        super().__init__(breaks)
        self.find = find

    def definition(self, d: s.Definition) -> list[Line]:
        """Give all lines of one definition."""
        if isinstance(d, s.Segment):
            head = self._head("segment", d)
            return [*head, *self.condition(d.where, 0, "where "), *self._expects(d)]
        if isinstance(d, s.Partition):
            return self._partition(d)
        if isinstance(d, s.Trait):
            return self._trait(d)
        if isinstance(d, s.EventDef):
            return self._event(d)
        return self._list(d)

    def _head(self, kind: str, d: s.Definition, after_name: str = "") -> list[Line]:
        of = None if isinstance(d, s.ListDef) else d.of
        params = parameters(d.params) if isinstance(d, s.Segment) else ""
        text = f"{kind} {d.name}{params}" + (f" of {of}" if of else "") + after_name
        start = d.span.start
        lines = [Line(0, text, start)]
        if d.doc:
            doc = quoted(d.doc)
            if len(text) + 1 + len(doc) <= self.width:
                lines = [Line(0, f"{text} {doc}", start)]
            else:
                lines.append(Line(STEP, doc, self.find('"', start)))
        if d.owner:
            lines.append(Line(STEP, f"owner {d.owner}", self.find("owner", start)))
        if d.tags:
            lines.append(Line(STEP, f"tags {', '.join(d.tags)}", self.find("tags", start)))
        return lines

    def _expects(self, d: s.Segment | s.Partition) -> list[Line]:
        return [Line(0, f"expect {expectation(e)}", e.span.start) for e in d.expects]

    def _partition(self, d: s.Partition) -> list[Line]:
        lines = self._head("partition", d)
        if d.among is not None:
            lines.append(Line(STEP, f"among segment {d.among}", d.among.span.start))
        for case in d.cases:
            doc = f" {quoted(case.doc)}" if case.doc else ""
            body = self.condition(case.when, STEP, f"case {case.name}{doc} when ")
            lines += [Line(STEP, body[0].text, case.span.start), *body[1:]]
        rest = f" {quoted(d.otherwise_doc)}" if d.otherwise_doc else ""
        at = self.find("otherwise", d.cases[-1].span.end if d.cases else d.span.start)
        return [*lines, Line(STEP, f"otherwise {d.otherwise}{rest}", at), *self._expects(d)]

    def _joined(self, d: s.Definition, head: list[Line], tail: str) -> list[Line] | None:
        """Give head and tail as one line where they fit and nothing stands between them."""
        if len(head) > 1 or len(head[0].text) + 1 + len(tail) > self.width or self.breaks(d):
            return None
        return [Line(0, f"{head[0].text} {tail}", head[0].start)]

    def _trait(self, d: s.Trait) -> list[Line]:
        head = self._head("trait", d, f": {d.type}" if d.entry is None else f": {d.type}({d.entry})")
        value, default = words(d.value), "" if d.default is None else f"default {words(d.default)}"
        joined = self._joined(d, head, f"= {value} {default}".rstrip())
        if joined is not None:
            return joined
        lines = [*head, Line(STEP, f"= {value}", d.value.span.start)]
        return [*lines, Line(STEP, default, d.default.span.start)] if d.default is not None else lines

    def _event(self, d: s.EventDef) -> list[Line]:
        head = self._head("event", d)
        joined = self._joined(d, head, f"= {words(d.event)}")
        if joined is not None:
            return joined
        start = d.event.span.start
        if d.event.where is None:
            return [*head, Line(STEP, f"= {d.event.name}", start)]
        return [*head, *self._brackets(d.event.where, STEP, f"= {d.event.name} where (", ")", start)]

    def _list(self, d: s.ListDef) -> list[Line]:
        head = self._head("list", d)
        joined = self._joined(d, head, f"= ({', '.join(words(item) for item in d.items)})")
        if joined is not None:
            return joined
        apart, end = self.breaks(d), d.span.end - 1
        if len(head) == 1:
            return self.entries(d.items, 0, f"{head[0].text} = (", "", head[0].start, end, apart)
        return [*head, *self.entries(d.items, STEP, "= (", "", d.items[0].span.start - 1, end, apart)]


def parameters(params: tuple[c.Parameter, ...]) -> str:
    """Give ``($min: money = 500 EUR)``, nothing where there are none."""
    texts = []
    for param in params:
        kind = param.type if param.of is None else f"{param.type}({param.of})"
        default = param.default
        given = "" if default is None else f" = {entries(default) if isinstance(default, tuple) else words(default)}"
        texts.append(f"${param.name}: {kind}{given}")
    return f"({', '.join(texts)})" if texts else ""


def expectation(e: s.Expect) -> str:
    """Give the words of an expectation."""
    if isinstance(e, s.ExpectSize):
        return f"size between {grouped(e.low)} and {grouped(e.high)}"
    if isinstance(e, s.ExpectChange):
        return f"change under {words(c.Number(e.under, whole=False, percent=True))}"
    if isinstance(e, s.ExpectSubset):
        return f"subset of segment {e.of}"
    return f"disjoint from segment {e.other}"
