"""What is wrong in an author's file: the place, a stable code, one sentence, and what to do about it.

A :class:`Diagnostic` is a value. Rooms collect them and never stop at the first one; doors draw them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic weighs: an error makes ``orc check`` exit with 1, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a text file. Lines and columns count from 1; ``end_column`` is the first column behind it.

    ``start`` and ``end`` are character offsets into the whole file, or -1 where they are not known.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    start: int = -1
    end: int = -1

    def __str__(self) -> str:
        """Give ``path:line:column``, the form that editors open."""
        return f"{self.path}:{self.line}:{self.column}"

    def to(self, other: Span) -> Span:
        """Give the span from the start of this one to the end of ``other`` (same file)."""
        return Span(self.path, self.line, self.column, other.end_line, other.end_column, self.start, other.end)


NOWHERE = Span("<unknown>")


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement of the text in ``span`` by ``text``; ``safe`` when it cannot change anybody's meaning."""

    span: Span
    text: str
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the first, with the words to print beside it."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding in one place.

    ``label`` stands beside the caret, ``help`` is a text that can be pasted (each line was parsed again before
    it was put here), ``notes`` are further sentences.
    """

    span: Span
    code: str
    message: str
    help: tuple[str, ...] = ()
    label: str = ""
    notes: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    fix: Fix | None = None
    related: tuple[Related, ...] = field(default=())

    @property
    def is_error(self) -> bool:
        """Tell whether this finding forbids to go on."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class CodePage:
    """What ``orc explain CODE`` prints: a title, one to three sentences, and a bad and a good example."""

    code: str
    title: str
    explanation: str
    bad: str = ""
    good: str = ""
