"""Parse tree to windows beside the plain ones: each of several units, spans hung on a point, named periods."""

from __future__ import annotations

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, branches
from orchestrator.model import condition as c


class Spans(Times):
    """Reads the windows of ``model/span.py``."""

    def on_in_each(self, at: Branch) -> c.InEach:
        """Read ``in each of previous 4 quarters``."""
        count_at, unit_at = branches(at)
        unit, local = self.unit(unit_at)
        count = self.bounded(self.count(count_at), unit, at)
        return c.InEach(unit, count, local, span=self.span(at))
