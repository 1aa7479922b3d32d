"""People as they come out of the warehouse, and the one text form of their ids."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from orchestrator.model.errors import WarehouseError

_HALF = re.compile("[\ud800-\udfff]")
_ANY_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")

Fact = str | int | float | bool | Decimal | dt.date | dt.datetime | None


def canonical_id(value: object) -> str:
    """Give the one text form of a person's id, used for joining, hashing and storing.

    Whole numbers lose sign-plus, point and leading zeros when they come as numbers; texts stay as they are
    (``"007"`` is not ``7``); UUIDs are lower case with dashes. Raises ValueError for anything else, and
    WarehouseError for a text that no database of ours could keep.
    """
    if isinstance(value, bool):
        raise ValueError("a truth value cannot be an id")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        if "\0" in value or _HALF.search(value):
            raise WarehouseError(
                "an id in the warehouse holds a NUL or half a character, which no id of ours can hold",
                "mend that row, or leave it out of the audience",
            )
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal | float) and value == int(value):
        return str(int(value))
    if isinstance(value, bytes):
        return value.hex()
    raise ValueError(f"a value of type {type(value).__name__} cannot be an id")


def share_of(salt: str, person: str) -> float:
    """Give the person's place in [0, 1): the first 64 bits of sha256(salt ":" id) over 2^64 (A59)."""
    digest = hashlib.sha256(f"{salt}:{person}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def address_key(address: str) -> str:
    """Give the form of an address by which two mailboxes are the same: trimmed and lower case."""
    return address.strip().lower()


def address_hash(address: str) -> bytes:
    """Give the sha256 of :func:`address_key`, which stands for an address in the ledger (32 bytes)."""
    return hashlib.sha256(address_key(address).encode()).digest()


@dataclass(frozen=True, slots=True)
class Person:
    """One member of an audience, as read from the warehouse at the snapshot.

    ``id`` is canonical. ``zone`` is the text of the zone column, None where there is none. ``addresses`` maps a
    channel to the raw address. ``consents`` maps (channel, topic) to what the warehouse says: True, False, or
    None where the schema knows no consent table. ``facts`` are the attributes and traits that the templates
    read, in Python types; None is unknown.
    """

    id: str
    zone: str | None = None
    addresses: Mapping[str, str | None] = field(default_factory=dict)
    consents: Mapping[tuple[str, str], bool | None] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


def without_addresses(text: str) -> str:
    """Give a text in which whatever looks like a mail address is ``…``: servers repeat addresses in their answers."""
    return _ANY_ADDRESS.sub("…", text)
