"""What goes into the ledger and what comes out of it: states, reasons, and the values of its calls."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple

from orchestrator.model.project import Ambiguous, Cap, Quiet


class MessageState(StrEnum):
    """Where a message stands. Open: pending, claimed, attempting, retry. ``unknown`` waits for a decision."""

    PENDING = "pending"
    CLAIMED = "claimed"
    ATTEMPTING = "attempting"
    RETRY = "retry"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN = (MessageState.PENDING, MessageState.RETRY, MessageState.CLAIMED, MessageState.ATTEMPTING)
SETTLED = tuple(state for state in MessageState if state not in OPEN and state is not MessageState.UNKNOWN)


class OccurrenceState(StrEnum):
    """Where an occurrence stands. A paused campaign keeps ``sending``: the hold stands beside it."""

    PLANNED = "planned"
    SNAPSHOTTING = "snapshotting"
    SENDING = "sending"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"
    HALTED = "halted"


class Reason(StrEnum):
    """Why a message was skipped, failed, expired, or is unknown."""

    NO_ADDRESS = "no_address"
    INVALID_ADDRESS = "invalid_address"
    DUPLICATE_ADDRESS = "duplicate_address"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    CAPPED = "capped"
    HOLDOUT = "holdout"
    RENDER_ERROR = "render_error"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    TRIES_USED_UP = "tries_used_up"
    POISON = "poison"
    TOO_LATE = "too_late"
    QUIET_HOURS = "quiet_hours"
    WORKER_LOST = "worker_lost"
    AMBIGUOUS = "ambiguous"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What ``publish`` stores: ``files`` maps a path to its full text, ``sizes`` a segment to people."""

    digest: str
    files: Mapping[str, str]
    by: str
    commit: str = ""
    plan_digest: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """One applied version, whole. ``number`` counts from 1; ``at`` is UTC."""

    number: int
    digest: str
    files: Mapping[str, str]
    at: dt.datetime
    by: str
    commit: str
    plan_digest: str
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was saved. ``body`` is JSON text."""

    id: str
    digest: str
    body: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One slot of one campaign. ``as_of`` of its audience is ``due_at``.

    ``slot`` names the wall clock and the zone and is unique per campaign; ``local_slot`` is what messages are
    keyed by, the same for all zones of a slot in each person's zone. ``version`` is the applied version that it
    was planned from. ``audience`` is the number of people read, ``planned`` the number of rows written.
    """

    id: int
    campaign: str
    slot: str
    local_slot: str
    zone: str | None
    due_at: dt.datetime
    deadline_at: dt.datetime
    version: int
    state: OccurrenceState
    epoch: int
    owner: str | None
    audience: int | None = None
    planned: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One row to enqueue: one person, one step, one channel.

    ``reason`` None means that it is to be sent; otherwise it is written as skipped with that reason, and needs
    no address. ``address_hash`` comes from :func:`orchestrator.model.people.address_hash`. ``facts`` is JSON
    text for the templates; address, zone and facts are forgotten when the message is settled. ``variant`` is
    None for whoever got no arm. ``not_before`` None means at once, ``expires_at`` None never.
    """

    person: str
    step: str
    channel: str
    category: str
    variant: str | None = None
    address: str | None = None
    address_hash: bytes | None = None
    zone: str | None = None
    facts: str = "{}"
    reason: Reason | None = None
    expires_at: dt.datetime | None = None
    not_before: dt.datetime | None = None
    on_unknown: Ambiguous = Ambiguous.HOLD


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What became of the rows of one chunk. ``elsewhere``: planned already in another zone's occurrence."""

    pending: int
    skipped: int
    elsewhere: int


class Claimed(NamedTuple):
    """A message lent to a worker until the lease ends. ``slot`` is the local slot of its key.

    ``snapshot_at`` is when its audience was frozen (UTC), ``tries`` the attempts made before.
    """

    id: uuid.UUID
    epoch: int
    occurrence: int
    campaign: str
    slot: str
    version: int
    person: str
    step: str
    channel: str
    category: str
    variant: str | None
    address: str
    address_hash: bytes
    zone: str | None
    facts: str
    tries: int
    expires_at: dt.datetime | None
    snapshot_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the guard checks for one message, from its campaign's category. ``zone`` is the project's zone.

    ``topic`` is the scope of suppressions and withdrawals; ``marketing`` true (messages with an unsubscribe
    link) makes the scope ``marketing`` count as well; the scope ``*`` always counts. ``consent`` false leaves
    withdrawals aside. Caps count over all campaigns of ``category``.
    """

    category: str
    topic: str
    zone: str = "UTC"
    caps: tuple[Cap, ...] = ()
    quiet: Quiet | None = None
    consent: bool = True
    marketing: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many receipts led where. ``fenced`` came too late: somebody else had taken over."""

    accepted: int = 0
    retry: int = 0
    failed: int = 0
    expired: int = 0
    cancelled: int = 0
    unknown: int = 0
    fenced: int = 0


class Passage(StrEnum):
    """Whether a provider may be used: freely, by one message that tries it, or not now."""

    FREE = "free"
    PROBE = "probe"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class OpenBreaker:
    """A provider that is left alone. ``probe_at`` is when one message may try it, ``probes`` how many did."""

    provider: str
    opened_at: dt.datetime
    probe_at: dt.datetime
    probes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reaped:
    """What the reaper found: leases that ended, and ambiguities whose policy is to send again."""

    returned: int = 0
    poison: int = 0
    unknown: int = 0
    resent: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One message as ``messages`` and ``unknown`` list it; no address, no facts. ``at`` is its last change.

    ``code`` and ``evidence`` are what was said of its last attempt; only ``unknown`` gives them.
    """

    id: uuid.UUID
    campaign: str
    slot: str
    person: str
    step: str
    channel: str
    variant: str | None
    state: MessageState
    reason: Reason | None
    tries: int
    at: dt.datetime
    detail: str = ""
    code: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages of a step and variant stand where, and why."""

    step: str
    variant: str | None
    state: MessageState
    reason: Reason | None
    n: int


@dataclass(frozen=True, slots=True)
class OccurrenceStatus:
    """One occurrence with its counts; ``paused`` when its campaign is on hold.

    ``waits`` tells how many open messages wait for a later moment, and for which one the first of them does.
    """

    occurrence: Occurrence
    paused: bool
    counts: tuple[Count, ...]
    waits: tuple[int, dt.datetime] | None = None

    def total(self, *states: MessageState) -> int:
        """Give the number of messages in any of the states, all of them when none is named."""
        return sum(count.n for count in self.counts if not states or count.state in states)


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody who must not be written to on a channel: ``scope`` is ``*``, ``marketing`` or a topic."""

    channel: str
    scope: str
    address_hash: bytes
    reason: str
    source: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Action:
    """Who decided what, when: ``subject`` is a campaign or a version."""

    at: dt.datetime
    by: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the audit found wrong: a stable code, a sentence, and how many rows."""

    code: str
    text: str
    n: int


@dataclass(frozen=True, slots=True)
class Sum:
    """One occurrence's sum: how many were planned, and how many rows stand at each of ``TERMS`` (or are impossible)."""

    TERMS: ClassVar = ("accepted", "failed", "skipped", "expired", "cancelled", "unknown")

    campaign: str
    slot: str
    planned: int
    rows: Mapping[str, int]

    def missing(self) -> int:
        """Give how many planned rows stand nowhere; below zero, how many stand there that nobody planned."""
        return self.planned - sum(self.rows.get(term, 0) for term in (*self.TERMS, "open"))


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one refresh of a segment saw; ``at`` and ``last`` (the refresh before, None: this was the first) are UTC."""

    segment: str
    at: dt.datetime
    entered: int
    left: int
    total: int
    last: dt.datetime | None
