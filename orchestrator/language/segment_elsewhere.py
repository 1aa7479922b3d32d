"""Parse tree to conditions whose answer does not lie in the company's database."""

from __future__ import annotations

from lark import Token

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, branch, branches, leaves
from orchestrator.language.segment_values import WINDOWS
from orchestrator.model import condition as c


class Elsewhere(Times):
    """Reads them."""

    def on_sample(self, at: Branch) -> c.Sample:
        """Read ``in sample 5% salt "2026H2"``; E118 for a share that takes nobody or more than everybody."""
        words = leaves(at)
        size, salt = words["PERCENT"], words["STRING"]
        share = self.on_PERCENT(size).value
        if not 0 < share <= 1:
            self.problem("E118", size, "a share is more than 0% and at most 100%")
        return c.Sample(share, self._salt(salt), span=self.span(at))

    def on_moved(self, at: Branch) -> c.Moved:
        """Read ``entered segment vip in last 7 days``."""
        ref = self.ref(branches(at)[0])
        return c.Moved("ENTERED" in leaves(at), ref, self.window(branch(at, *WINDOWS)), span=self.span(at))

    def _salt(self, at: Token) -> str:
        text = self.on_STRING(at).value
        if not text.strip():
            message = "a sample needs a salt: it decides who is drawn, and two samples of one salt overlap"
            self.problem("E118", at, message, help=('salt "2026H2"',))
        return text
