"""Where a character of a file stands: offsets to lines and columns that count from 1."""

from __future__ import annotations

from bisect import bisect_right

from orchestrator.model.diagnostic import Span


class Lines:
    """The line starts of one text. Lines end at the line feed only, as editors and the segment parser count."""

    def __init__(self, text: str, path: str) -> None:
        """Find all line starts once."""
        self.text = text
        self.path = path
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        self._starts = starts

    def place(self, offset: int) -> tuple[int, int]:
        """Give (line, column) of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """Give the span from offset ``start`` up to, not including, ``end``."""
        line, column = self.place(start)
        end_line, end_column = self.place(end)
        return Span(self.path, line, column, end_line, end_column, start, end)

    def rest_of_line(self, offset: int) -> str:
        """Give what stands from ``offset`` to the end of its line."""
        end = self.text.find("\n", offset)
        return self.text[offset:] if end < 0 else self.text[offset:end]
