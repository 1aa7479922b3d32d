"""What every reader of a parse tree needs: places, findings, and the way from a rule to the method for it.

A reader never stops at the first finding: :class:`Refused` ends one condition, and its neighbours are still read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lark import Token, Tree

from orchestrator.language.segment_later import LATER, sentence
from orchestrator.model.condition import Attr, Condition, Event, Literal, SegmentRef, Value, Window
from orchestrator.model.diagnostic import Diagnostic, Fix, Span

Branch = Tree[Token]
Leaf = Branch | Token


class Refused(Exception):
    """Ends the reading of one condition; its finding was already written down."""


class Reader:
    """Reads one text. ``found`` collects the findings, each with its place in the file ``path``."""

    def __init__(self, text: str, path: str) -> None:
        """Read parts of ``text``, whose positions are positions in the whole file."""
        self.text = text
        self.path = path
        self.found: list[Diagnostic] = []
        self.declared: dict[str, str] = {}
        """The parameters of the segment that is read, by name, with the word for their type."""

    def span(self, at: Leaf) -> Span:
        """Give the place of a branch or a word."""
        m: Any = at if isinstance(at, Token) else at.meta
        return Span(self.path, m.line, m.column, m.end_line, m.end_column, m.start_pos, m.end_pos)

    def quote(self, at: Leaf) -> str:
        """Give the text of a branch on one line."""
        span = self.span(at)
        return " ".join(self.text[span.start : span.end].split())

    def problem(
        self,
        code: str,
        at: Leaf | Span,
        message: str,
        help: Sequence[str] = (),
        label: str = "",
        notes: Sequence[str] = (),
        fix: str | None = None,
        sure: bool = True,
    ) -> None:
        """Write a finding down; ``fix`` is the text that replaces the place, ``sure`` where nothing else is meant."""
        span = at if isinstance(at, Span) else self.span(at)
        replacement = None if fix is None else Fix(span, fix, safe=sure)
        self.found.append(Diagnostic(span, code, message, tuple(help), label, tuple(notes), fix=replacement))

    def later(self, key: str, at: Leaf) -> Refused:
        """Write down that a construct comes later, and give what to raise."""
        self.problem("E190", at, sentence(key), label="not yet")
        return Refused()

    def read(self, at: Leaf) -> Any:
        """Give the value of a branch or of a literal word; raises Refused."""
        name = at.type if isinstance(at, Token) else str(at.data)
        method = getattr(self, f"on_{name}", None)
        if method is not None:
            return method(at)
        if name in LATER:
            raise self.later(name, at)
        raise LookupError(f"no reader for the rule {name!r}")  # a bug: a test walks over all rules

    def condition(self, at: Leaf) -> Condition:
        """Read a branch that is a condition."""
        made: Condition = self.read(at)
        return made

    def value(self, at: Leaf) -> Value:
        """Read a branch that is a value."""
        made: Value = self.read(at)
        return made

    def literal(self, at: Leaf) -> Literal:
        """Read a branch that is a literal."""
        made: Literal = self.read(at)
        return made

    def attr(self, at: Leaf) -> Attr:
        """Read a branch that is a dotted name."""
        made: Attr = self.read(at)
        return made

    def event(self, at: Leaf) -> Event:
        """Read an event and its filter."""
        made: Event = self.read(at)
        return made

    def window(self, at: Leaf | None) -> Window | None:
        """Read a window; None where the author wrote none."""
        return None if at is None else self.read(at)

    def ref(self, at: Leaf) -> SegmentRef:
        """Read the name of a segment or of a cell."""
        made: SegmentRef = self.read(at)
        return made


def leaves(at: Branch) -> dict[str, Token]:
    """Give the words that stand directly in a branch, by terminal; of several the last."""
    return {child.type: child for child in at.children if isinstance(child, Token)}


def branches(at: Branch) -> list[Branch]:
    """Give the branches that stand directly in a branch."""
    return [child for child in at.children if isinstance(child, Tree)]


def branch(at: Branch, *names: str) -> Branch | None:
    """Give the first branch of one of these rules."""
    return next((child for child in branches(at) if child.data in names), None)
