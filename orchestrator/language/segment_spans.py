"""Parse tree to windows beside the plain ones: each of several units, spans hung on a point, named periods."""

from __future__ import annotations

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, branches, leaves
from orchestrator.model import condition as c


class Spans(Times):
    """Reads the windows of ``model/span.py``."""

    def on_in_each(self, at: Branch) -> c.InEach:
        """Read ``in each of previous 4 quarters``."""
        count_at, unit_at = branches(at)
        unit, local = self.unit(unit_at)
        count = self.bounded(self.count(count_at), unit, at)
        return c.InEach(unit, count, local, span=self.span(at))

    def on_after_point(self, at: Branch) -> c.Beside:
        """Read ``in first 7 days after created_at``."""
        return self._beside(at, before=False)

    def on_before_point(self, at: Branch) -> c.Beside:
        """Read ``in last 7 days before renews_at``."""
        return self._beside(at, before=True)

    def _beside(self, at: Branch, before: bool) -> c.Beside:
        count, unit, local = self.duration(next(child for child in branches(at) if child.data == "duration"))
        return c.Beside(count, unit, self.point(at.children[-1]), before, local, span=self.span(at))

    def on_period(self, at: Branch) -> c.During:
        """Read ``during sale_periods`` and ``outside sale_periods``."""
        words = leaves(at)
        return c.During(str(words["NAME"]), "OUTSIDE" in words, span=self.span(at))
