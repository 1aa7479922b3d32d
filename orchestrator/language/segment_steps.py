"""Parse tree to sequences of events.

Rules kept here: E118 for a time of no length, E145 for a time between steps that depends on the calendar.
"""

from __future__ import annotations

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, Leaf, branch, branches
from orchestrator.language.segment_values import WINDOWS
from orchestrator.model import condition as c
from orchestrator.model.sequence import ELAPSED

ROUGHLY = {c.Unit.MONTH: 30, c.Unit.QUARTER: 90, c.Unit.YEAR: 365}
"""Days to write in place of a unit that has no length of its own."""


class Steps(Times):
    """Reads sequences."""

    def on_sequence(self, at: Branch) -> c.Sequence:
        """Read ``did view in last 30 days then add_to_cart within 1 day``."""
        steps = tuple(self.read(child) for child in branches(at) if child.data in STEPS)
        return c.Sequence(self.event(branches(at)[0]), self.window(branch(at, *WINDOWS)), steps, span=self.span(at))

    def on_step(self, at: Branch) -> c.Step:
        """Read ``then add_to_cart within 1 day``."""
        return self._step(at, c.Link.THEN)

    def on_step_not(self, at: Branch) -> c.Step:
        """Read ``then not purchase within 3 days``."""
        return self._step(at, c.Link.NOT)

    def on_step_not_yet(self, at: Branch) -> c.Step:
        """Read ``then not yet purchase``."""
        return self._step(at, c.Link.NOT_YET)

    def _step(self, at: Branch, link: c.Link) -> c.Step:
        same, time = branch(at, "same"), branch(at, "duration")
        name = None if same is None else str(same.children[-1])
        event = self.event(next(child for child in branches(at) if child.data == "event"))
        return c.Step(link, event, name, None if time is None else self._within(time), span=self.span(at))

    def _within(self, at: Leaf) -> c.Within:
        count, unit, local = self.duration(at)
        if unit not in ELAPSED:
            days = f"{count * ROUGHLY[unit]} days"
            message = f"a {unit.value} has no fixed length, and the time between steps is elapsed time"
            self.problem("E145", at, message, help=(days,), label="count days", fix=days, sure=False)
            return c.Within(count * ROUGHLY[unit], c.Unit.DAY, span=self.span(at))
        if local:
            plain = f"{count} {unit.value}{'' if count == 1 else 's'}"
            message = "the time between steps is elapsed time, the same on all clocks: `local` has no place in it"
            self.problem("E145", at, message, help=(plain,), fix=plain, sure=False)
        return c.Within(count, unit, span=self.span(at))


STEPS = ("step", "step_not", "step_not_yet")
