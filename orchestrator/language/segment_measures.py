"""Parse tree to values made of many events: shares, medians, and the time between events."""

from __future__ import annotations

from orchestrator.language.segment_tree import Branch, branch, branches, leaves
from orchestrator.language.segment_values import WINDOWS, Values
from orchestrator.model import condition as c


class Measures(Values):
    """Reads what is measured over many events beside the plain aggregates."""

    def on_fraction(self, at: Branch) -> c.Share:
        """Read ``fraction of session where (…) in last 90 days``."""
        event, _ = self._subject(at)
        return c.Share(event, self.window(branch(at, *WINDOWS)), span=self.span(at))

    def on_gap(self, at: Branch) -> c.Spacing:
        """Read ``median days between purchase ever``."""
        found = {str(child.data): child for child in branches(at)}
        unit, local = self.unit(found["unit"])
        fn = c.Fn(str(leaves(at)["AGG"]))
        window = self.window(branch(at, *WINDOWS))
        return c.Spacing(fn, unit, self.event(found["event"]), window, local, span=self.span(at))
