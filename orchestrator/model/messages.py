"""The events that we record ourselves: what happened to our messages, and who entered or left a segment (rule 11).

They are events like the company's own, of the first entity, but their rows lie in the state database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from orchestrator.model.schema import EventTable, Field, Table, TimeFormat, Type

CLICKED_AT = "clicked_at"
"""When the first click of a received message was: whether it is clicked depends on the moment of the question."""

RECEIVED, ENTRY, HAPPENED, CHANGED = "orc_receive_message", "orc_enter_campaign", "orc_event", "orc_membership_change"
"""Views over the ledger, the table of all that is reported to us, and that of changes of membership."""

_OWN: dict[str, tuple[str, ...]] = {
    "receive_message": ("clicked",),
    "deliver_message": (),
    "open_message": (),
    "click_message": (),
    "bounce_message": ("code",),
    "complain": (),
    "unsubscribe": (),
    "enter_campaign": ("arm",),
    "convert": ("arm",),
    "confirm_consent": (),
}
_COMMON = ("campaign", "category", "variant", "channel", "step")
_TABLES = {"receive_message": RECEIVED, "enter_campaign": ENTRY}

MESSAGES = tuple(_OWN)
"""The names of the built-in events, which no event of the schema may have."""

ENTERED, LEFT = "entered segment", "left segment"
"""Events that no author can name: ``entered segment x`` and ``left segment x`` are made of them."""

OURS = frozenset({*MESSAGES, ENTERED, LEFT})
"""The events whose rows lie in the state database."""


def our_events(entity: str, campaigns: Iterable[str], categories: Iterable[str] = ()) -> Mapping[str, EventTable]:
    """Give them all for an entity; ``campaigns`` and ``categories`` are the names that there can be (none: any)."""
    return _events(entity, tuple(sorted(campaigns)), tuple(sorted(categories)))


@lru_cache(maxsize=64)
def _events(entity: str, campaigns: tuple[str, ...], categories: tuple[str, ...]) -> Mapping[str, EventTable]:
    found = {name: _message(name, entity, campaigns, categories) for name in MESSAGES}
    for name in (ENTERED, LEFT):
        fields = {"segment": Field("segment", Type.TEXT, "segment", nullable=False)}
        found[name] = _event(name, entity, CHANGED, fields, {"change": name.split()[0]})
    return found


def _message(name: str, entity: str, campaigns: tuple[str, ...], categories: tuple[str, ...]) -> EventTable:
    closed = {"campaign": campaigns, "category": categories}
    fields = {word: Field(word, Type.TEXT, word, values=closed.get(word, ())) for word in (*_COMMON, *_OWN[name])}
    if "clicked" in fields:
        fields["clicked"] = Field("clicked", Type.BOOL, CLICKED_AT, nullable=False)
    table = _TABLES.get(name, HAPPENED)
    return _event(name, entity, table, fields, {"event": name} if table == HAPPENED else {})


def _event(name: str, entity: str, table: str, fields: dict[str, Field], where: Mapping[str, str | int]) -> EventTable:
    return EventTable(name, entity, Table(table), "person", "at", TimeFormat(), fields, id="seq", where=where)
