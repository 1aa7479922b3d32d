"""Where findings go while conditions are checked, and the author's own words for the text to paste."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.compile.names import Mistake
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Diagnostic, Fix, Severity, Span

MOST_PASTED = 500
"""Characters that a text to paste may have."""


class Reporter:
    """Collects diagnostics, and reads the author's own words for the text to paste."""

    def __init__(self, sources: Callable[[str], str | None]) -> None:
        """Keep where sources are found."""
        self.found: list[Diagnostic] = []
        self.subjects: dict[tuple[str, Span], object] = {}
        self._sources = sources

    def error(self, code: str, node: Span, message: str, *help: str | None, label: str = "") -> None:
        """Report an error with texts to paste (None is left out)."""
        self.found.append(Diagnostic(node, code, message, _short(help), label))

    def mended(self, code: str, node: Span, message: str, text: str | None) -> None:
        """Report an error with the text that says what was meant, in place of the whole of it."""
        fix = None if text is None or node.start < 0 else Fix(node, text)
        self.found.append(Diagnostic(node, code, message, () if text is None else (text,), fix=fix))

    def warn(
        self, code: str, node: Span, message: str, *help: str | None, label: str = "", about: object = None
    ) -> None:
        """Report a warning; ``about`` is the field or the event's name of which somebody may have counts."""
        self.subjects[code, node] = about
        self.found.append(Diagnostic(node, code, message, _short(help), label, severity=Severity.WARNING))

    def caught(self, error: Mistake) -> None:
        """Report a name that means nothing."""
        self.found.append(error.diagnostic)

    def words(self, span: Span) -> str | None:
        """Give what the author wrote there, on one line; None where it cannot be told or holds a comment."""
        source = self._sources(span.path)
        if source is None or span.start < 0 or span.end <= span.start:
            return None
        lines = source[span.start : span.end].strip().splitlines()
        if not lines or (len(lines) > 1 and any("#" in line for line in lines)):
            return None
        return " ".join(line.strip() for line in lines)

    def said(self, node: c.Node, *after: str) -> str | None:
        """Give the author's words for a node with others behind them."""
        own = self.words(node.span)
        return None if own is None else " ".join([own, *after])


def _short(helps: tuple[str | None, ...]) -> tuple[str, ...]:
    """Give the texts that somebody can read: not those with a list of thousands of entries."""
    return tuple(text for text in helps if text is not None and len(text) <= MOST_PASTED)
