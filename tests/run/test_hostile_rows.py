"""What a row of the warehouse may hold that no database of ours could keep, or no message may show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
import sqlalchemy as sa

from orchestrator.audience.people import people
from orchestrator.model.errors import WarehouseError
from orchestrator.model.people import canonical_id
from orchestrator.run.facts import dumps, loads


@dataclass(frozen=True)
class Query:
    """A query that the warehouse answers whole."""

    select: sa.Select
    columns: tuple[str, ...]
    joined: None = None
    together: None = None


ODD = ["\0", "a\0b", "\ud800", "a\udfffb", "\x1b[31m", "\u202e", "\U0001f600", "x" * 70_000, "\r\n.\r\n", '"}', "\\"]


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_facts_are_kept_whatever_they_hold(text: str) -> None:
    """Facts wait as text that has bytes and no NUL, and come back as they were."""
    facts = {"first_name": text, "points": 3, "since": dt.date(2026, 1, 2), "spent": Decimal("1.50"), text: None}
    kept = dumps(facts)
    assert "\0" not in kept
    assert kept.encode()
    assert loads(kept) == facts


@pytest.mark.parametrize(("zone", "expected"), [("Europe/Paris", "Europe/Paris"), ("Eu\0rope", None), ("Zürich", None)])
def test_what_can_be_no_zone_is_none(zone: str, expected: str | None) -> None:
    """A broken zone is somebody's slip: that person is in the project's zone, and everybody else gets their mail."""
    with sa.create_engine("sqlite://").connect() as connection:
        query = sa.select(sa.literal("1").label("id"), sa.literal(zone).label("zone"))
        ((person,),) = people(connection, Query(query, ("id", "zone")))
    assert (person.id, person.zone) == ("1", expected)


@pytest.mark.parametrize("key", ["a\0b", "\ud800", "ann\udfff"], ids=ascii)
def test_an_id_that_nothing_can_keep_is_said_so(key: str) -> None:
    """Such a row has no identity that the ledger could hold: an error that says what to do, never a traceback."""
    with pytest.raises(WarehouseError, match="NUL or half a character"):
        canonical_id(key)
    assert canonical_id("Zoë \U0001f600") == "Zoë \U0001f600"
