"""What one worker did, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields

from orchestrator.ledger import Recorded
from orchestrator.model.errors import DeliveryError


@dataclass
class Sent:
    """What one worker did, in messages. ``broken`` could not be written, ``held`` the guard kept back.

    The other numbers are those of :class:`~orchestrator.ledger.Recorded`. ``halted`` are occurrences whose campaign
    was put on hold because too many of their first messages could not be written, with the reason. ``answers`` are
    what providers said, by campaign, provider and outcome.
    """

    claimed: int = 0
    broken: int = 0
    held: int = 0
    accepted: int = 0
    retry: int = 0
    failed: int = 0
    expired: int = 0
    cancelled: int = 0
    unknown: int = 0
    fenced: int = 0
    errors: list[DeliveryError] = field(default_factory=list)
    halted: dict[int, str] = field(default_factory=dict)
    answers: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, recorded: Recorded) -> None:
        """Count what one recording led to."""
        for name in (one.name for one in fields(recorded)):
            setattr(self, name, getattr(self, name) + getattr(recorded, name))

    def summary(self) -> dict[str, int]:
        """Give the numbers that are not zero."""
        return {one.name: n for one in fields(self) if isinstance(n := getattr(self, one.name), int) and n}
