"""Parse tree to parameters of segments and to the values that a reference gives them.

Left to ``compile/``: whether a name is declared, and whether a value is of its type.
"""

from __future__ import annotations

from lark import Token, Tree

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, Leaf, branches
from orchestrator.model import condition as c
from orchestrator.model.parameter import Given


class Parameters(Times):
    """Reads them."""

    def parameters(self, at: Branch) -> tuple[c.Parameter, ...]:
        """Read ``($min: money = 500 EUR, $days: int)``."""
        return tuple(self._parameter(child) for child in branches(at))

    def _parameter(self, at: Branch) -> c.Parameter:
        name, type_, default = at.children
        if not isinstance(type_, Tree):
            raise TypeError(type_)
        word, *of = (str(part) for part in type_.children if part is not None)
        given = None if default is None else self.given(default)
        return c.Parameter(str(name)[1:], word, of[0] if of else None, given, span=self.span(at))

    def arguments(self, at: Branch) -> tuple[c.Argument, ...]:
        """Read ``($min = 900 EUR)``."""
        return tuple(
            c.Argument(str(child.children[0])[1:], self.given(child.children[-1]), span=self.span(child))
            for child in branches(at)
        )

    def given(self, at: Leaf) -> Given:
        """Read a literal, or a list in brackets."""
        if isinstance(at, Token) or at.data != "items":
            return self.literal(at)
        return tuple(self.literal(child) for child in at.children if child is not None)
