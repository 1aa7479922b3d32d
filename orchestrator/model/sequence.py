"""Sequences of events: a first one with a window, and steps that come later than the one before.

Time between steps is elapsed time: a day is 24 hours on every clock, so months, quarters and years are no such time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.model.literal import Node, Unit
from orchestrator.model.value import Event, Window

ELAPSED = {
    Unit.MINUTE: dt.timedelta(minutes=1),
    Unit.HOUR: dt.timedelta(hours=1),
    Unit.DAY: dt.timedelta(hours=24),
    Unit.WEEK: dt.timedelta(hours=7 * 24),
}
"""The units that have one length whatever the calendar says."""


class Link(StrEnum):
    """How a step hangs on the last step that did happen."""

    THEN = "then"
    NOT = "then not"
    NOT_YET = "then not yet"


@dataclass(frozen=True, slots=True)
class Within(Node):
    """``within 3 days``: elapsed time from the step before, its end inside. ``unit`` is one of :data:`ELAPSED`."""

    count: int
    unit: Unit

    @property
    def length(self) -> dt.timedelta:
        """Give the time itself."""
        return self.count * ELAPSED[self.unit]


@dataclass(frozen=True, slots=True)
class Step(Node):
    """``then add_to_cart with same product_id within 1 day``.

    It counts from the last step without a ``not``. ``THEN``: the event came strictly later, inside ``within``.
    ``NOT``: it did not, and ``within`` (never None there) is over. ``NOT_YET``: it did not until now. ``same`` is a
    property that both events have and whose value is known and equal; None: any object.
    """

    link: Link
    event: Event
    same: str | None = None
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """``did view_product in last 30 days then add_to_cart within 1 day``: some chain of events fits all steps.

    ``window`` is that of the first event; None only where the author left it out, a diagnostic of ``compile/``.
    """

    event: Event
    window: Window | None
    steps: tuple[Step, ...]
