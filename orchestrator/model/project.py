"""What holds for all campaigns of a workspace: ``project.yml`` and ``policies.yml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Condition, FromTo
from orchestrator.model.diagnostic import NOWHERE, Span
from orchestrator.model.place import Place
from orchestrator.model.utm import Utm


class Ambiguous(StrEnum):
    """What becomes of a message whose fate nobody knows: keep it and tell, or send again."""

    HOLD = "hold"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Cap:
    """``3 per 7 days``: at most ``count`` accepted messages of the category to one person in ``per``."""

    count: int
    per: Duration


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing of the category is sent, on the person's wall clock; may pass midnight."""

    start: dt.time
    end: dt.time


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of message. ``topic`` is what people consent to; ``consent`` false means none is needed.

    ``unsubscribe`` is true for categories whose messages carry the unsubscribe link and headers (marketing).
    """

    name: str
    topic: str
    consent: bool = True
    caps: tuple[Cap, ...] = ()
    quiet: Quiet | None = None
    on_unknown: Ambiguous = Ambiguous.HOLD
    unsubscribe: bool = True
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """A name and a mailbox that messages come from or are answered to."""

    name: str
    address: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A way out: ``kind`` is ``outbox`` or ``smtp``; ``settings`` are its own keys, already interpolated.

    A setting written as ``${NAME}`` is kept as written here; the door that sends resolves it.
    """

    name: str
    kind: str
    channel: str = "email"
    settings: Mapping[str, str | int | bool] = field(default_factory=dict)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Project:
    """``project.yml``. ``week_starts`` is 0 (Monday) to 6; ``places`` are points and areas by name.

    ``floor`` is the least number of people that a segment or a cell should have; ``revenue`` names the trait that
    says what people bring; ``unused`` asks for definitions that nobody uses. They only matter to `orc check`.
    ``periods`` maps a name to spans whose ends are days or wall-clock instants of ``zone``. ``utm`` is what the
    links of every letter carry, None where the file asks for nothing.
    """

    edition: int
    name: str
    zone: str = "UTC"
    week_starts: int = 0
    currency: str = "EUR"
    public_url: str | None = None
    unsubscribe: str = "orc"
    postal_address: str | None = None
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    senders: Mapping[str, Sender] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    floor: int | None = None
    revenue: str | None = None
    unused: bool = False
    periods: Mapping[str, tuple[FromTo, ...]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    utm: Utm | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Policies:
    """``policies.yml``: ``exclude`` is taken out of every audience, before arms are assigned."""

    exclude: Condition | None = None
