"""A message on its way: its key, its content, and what the other side said."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from orchestrator.model.quoted import Slots

NAMESPACE = uuid.UUID("5b1c6a52-6f0e-5a0f-9d5b-0c3b7e3f9a41")


@dataclass(frozen=True, slots=True)
class MessageKey:
    """Who gets which step of which slot: the identity of a message, the same on every retry."""

    deployment: str
    campaign: str
    slot: str
    person: str
    step: str
    channel: str

    @property
    def id(self) -> uuid.UUID:
        """Give the message's id: a UUIDv5 of all six parts, which a restart computes again."""
        parts = (self.deployment, self.campaign, self.slot, self.person, self.step, self.channel)
        return uuid.uuid5(NAMESPACE, "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts))


Part = str | Slots
"""A part of a message: a text, or the pieces that it was written in."""


class Links(NamedTuple):
    """The addresses that belong to one message: the page behind its footer link and the one-click target."""

    unsubscribe: str
    one_click: str


class Message(NamedTuple):
    """A rendered message. ``sender`` and ``to`` are mailboxes; ``headers`` come beside the usual ones.

    ``message_id`` is without angle brackets. ``rich`` (HTML) or ``plain`` (text) may be None, never both; what was
    written in pieces is kept so, for it is encoded in less time, and joined by ``html`` and ``text``.
    """

    id: uuid.UUID
    to: str
    sender: str
    subject: str
    rich: Part | None
    plain: Part | None
    sender_name: str = ""
    to_name: str = ""
    reply_to: str | None = None
    message_id: str = ""
    date: dt.datetime | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        return f"Message({self.id})"

    @property
    def html(self) -> str | None:
        """Give the HTML part as one text."""
        return None if self.rich is None else str(self.rich)

    @property
    def text(self) -> str | None:
        """Give the text part as one text."""
        return None if self.plain is None else str(self.plain)


class Outcome(StrEnum):
    """What became of one attempt.

    ``ACCEPTED``: the other side took it. ``RETRY``: it definitely did not, and may later. ``FAILED``: it
    definitely did not and never will. ``UNKNOWN``: nobody can tell.
    """

    ACCEPTED = "accepted"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


SLOW, STALLED = "slow", "stalled"
NOT_BEGUN = frozenset({SLOW, STALLED})
"""Codes of messages that nobody began with (a slow server, a worker that stood still): it costs them no try."""


class Receipt(NamedTuple):
    """The other side's word on one message. ``code`` is short (``250``, ``timeout``), ``evidence`` its text.

    ``retry_after`` is in seconds, None where the other side did not say. ``outage`` is true where the provider was
    the reason, whatever the message: no connection, a connection that broke, a server that went away.
    """

    id: uuid.UUID
    outcome: Outcome
    code: str = ""
    evidence: str = ""
    provider_id: str | None = None
    retry_after: float | None = None
    outage: bool = False
