"""Pieces joined into one text that Jinja compiles, and the way back from its lines to the authors' files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from orchestrator.model.diagnostic import Span
from orchestrator.render.source import Piece


class Joined:
    """Pieces as one text to compile, each tag on a line of its own, and the way back from a line to its author's."""

    def __init__(self, parts: Iterable[Piece | str]) -> None:
        """Join; plain strings are text of no file. Line breaks are put *inside* the tags, where they mean nothing."""
        out: list[str] = []
        line = 1
        self.tags: dict[int, Piece] = {}
        for part in parts:
            if isinstance(part, str) or part.kind == "data":
                text = _literal(part if isinstance(part, str) else part.text)
            else:
                head = 3 if part.text[2:3] in ("-", "+") else 2
                text = part.text[:head] + "\n" + part.text[head:]
                for offset in range(part.text.count("\n") + 1):
                    self.tags[line + 1 + offset] = part
            out.append(text)
            line += text.count("\n")
        self.text = "".join(out)
        self._numbers = sorted(self.tags)

    def piece(self, line: int) -> Piece | None:
        """Give the tag that stands on a line of :attr:`text`, the nearest one before it if none does."""
        near = bisect_right(self._numbers, line)
        return self.tags[self._numbers[near - 1]] if near else None

    def span(self, line: int, path: str) -> Span:
        """Give the place of that tag in its author's file."""
        piece = self.piece(line)
        return piece.span if piece else Span(path)


def _literal(text: str) -> str:
    """Give text in which nothing is taken for a tag."""
    return re.sub(r"\{(?=[{%#])", "{{ '{' }}", text) if "{" in text else text
