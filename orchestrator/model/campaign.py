"""What a campaign file says: to whom, when, what, and how it is tested."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from orchestrator.model.condition import Condition, Unit
from orchestrator.model.diagnostic import NOWHERE, Span
from orchestrator.model.segment import Expect
from orchestrator.model.utm import Utm


class Status(StrEnum):
    """Where a campaign stands in its life. Only ``active`` is scheduled; ``draft`` is planned and previewed."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Duration:
    """``5 hours``. Minutes and hours are exact, longer units follow the calendar."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        """Give the words an author would write."""
        return f"{self.count} {self.unit.value}{'' if self.count == 1 else 's'}"


class Catch(StrEnum):
    """What a daemon does with slots that passed while it was away."""

    SKIP = "skip"
    LAST = "last"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Late:
    """``skip``, ``up to 5 hours`` (the last missed slot, if not older) or ``all within 5 hours``."""

    catch: Catch = Catch.LAST
    within: Duration | None = Duration(2, Unit.HOUR)


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a campaign is due: exactly one of ``once`` (wall clock, naive), ``cron`` or ``every``.

    ``every`` is day, week or month; ``days`` are 0 (Monday) to 6, for ``every: month`` days of the month;
    ``at`` are wall-clock times. ``zone`` is ``person``, ``project`` or an IANA name.
    """

    once: dt.datetime | None = None
    every: Unit | None = None
    days: tuple[int, ...] = ()
    at: tuple[dt.time, ...] = ()
    cron: str | None = None
    zone: str = "project"
    late: Late = Late()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Variant:
    """One version of a message. ``weight`` is a whole number above 0; unset parts are the step's.

    ``subject_span`` and ``preheader_span`` are the places of the text itself, without quotes.
    """

    name: str
    weight: int = 1
    subject: str | None = None
    preheader: str | None = None
    template: str | None = None
    text: str | None = None
    params: Mapping[str, str | int | Decimal | bool] = field(default_factory=dict)
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    subject_span: Span = field(default=NOWHERE, compare=False, repr=False)
    preheader_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One ``send``. ``variants`` always has at least one entry (named ``only`` when the author wrote none).

    ``sender`` and ``reply_to`` name senders of the project; ``expires`` is a duration from the slot or a wall
    clock instant in the trigger's zone. Every variant's subject, preheader, template, text and params are
    already filled in from the step where the variant leaves them out. ``utm`` is what the step says of its links,
    None where it says nothing; ``campaign`` the name of the campaign that it belongs to.
    """

    id: str
    channel: str
    provider: str
    category: str
    variants: tuple[Variant, ...]
    sender: str | None = None
    reply_to: str | None = None
    expires: Duration | dt.datetime | None = None
    utm: Utm | None = None
    campaign: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign file. ``holdout`` is a share (0.1).

    ``spans`` maps a dotted key to the place of its value: ``audience``, ``trigger.once``, ``steps.0.send.from``.
    """

    name: str
    audience: Condition
    trigger: Trigger
    steps: tuple[Step, ...]
    title: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    status: Status = Status.DRAFT
    exclude: Condition | None = None
    holdout: Decimal = Decimal(0)
    max_recipients: int | None = None
    expects: tuple[Expect, ...] = ()
    path: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)

    @property
    def salt(self) -> str:
        """Give the text that seeds its arms: sticky per campaign."""
        return self.name
