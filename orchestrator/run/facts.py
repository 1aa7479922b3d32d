"""What the templates of a campaign read of a person, in the form in which it waits in the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orchestrator.model.people import Fact


def dumps(facts: Mapping[str, Fact]) -> str:
    """Give facts as JSON text that :func:`loads` reads back to the same values; every database can keep it."""
    packed = {name: _packed(value) for name, value in facts.items()}
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character (a lone surrogate), which has no bytes of its own
        return json.dumps(packed, separators=(",", ":"))
    return text


def loads(text: str) -> dict[str, Fact]:
    """Read facts back."""
    facts: dict[str, Any] = json.loads(text)
    if text.find("{", 1) < 0:  # nothing is packed: nearly all
        return facts
    return {name: _unpacked(value) if type(value) is dict else value for name, value in facts.items()}


def _packed(value: Fact) -> Any:
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return value


def _unpacked(value: dict[str, str]) -> Fact:
    (kind, text), *_ = value.items()
    if kind == "t":
        return dt.datetime.fromisoformat(text)
    return dt.date.fromisoformat(text) if kind == "d" else Decimal(text)
