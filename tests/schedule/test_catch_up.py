"""What becomes of slots that passed while nobody was awake."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from orchestrator.run import House
from orchestrator.schedule import plan_due, run_once
from tests.run.conftest import FILES, Clock, Wire

Build = Callable[..., House]
UTC = dt.UTC


def daily(late: str) -> dict[str, str]:
    """Give the campaign as a daily one, at nine in Berlin."""
    trigger = f"trigger:\n  every: day\n  at: 09:00\n  late: {late}\n"
    return {
        "campaigns/hello.yml": FILES["campaigns/hello.yml"].replace("trigger:\n  once: 2026-12-01T10:00\n", trigger)
    }


@pytest.mark.parametrize(
    ("late", "found"),
    [
        ("skip", [True, True]),
        ("up to 5 hours", [True, False]),
        ("up to 1 hour", [True, True]),
        ("all within 20 hours", [True, False]),
        ("all within 30 hours", [False, False]),
    ],
)
def test_late_says_which_passed_slots_are_sent(build: Build, clock: Clock, late: str, found: list[bool]) -> None:
    """Awake again at noon after two days: skipped, the last, or all that are young enough; the rest are `missed`."""
    house = build(**daily(late))
    clock.at = dt.datetime(2026, 12, 2, 11, 0, tzinfo=UTC)
    assert [due.missed for due in plan_due(house, clock.at)] == found
    assert plan_due(house, clock.at) == []


def test_a_campaign_is_not_late_for_what_came_before_it(build: Build, clock: Clock, wire: Wire) -> None:
    """Applied at 10:30, the slot of 09:00 that day is not made up for."""
    house = build(**daily("up to 5 hours"))
    clock.at = dt.datetime(2026, 11, 30, 9, 31, tzinfo=UTC)
    assert plan_due(house, clock.at) == []


def test_a_zone_that_is_new_has_no_past(build: Build, clock: Clock, wire: Wire) -> None:
    """Somebody moves to a zone where nobody lived: no row is written for the months before."""
    files = daily("up to 5 hours")
    files["campaigns/hello.yml"] = files["campaigns/hello.yml"].replace(
        "  at: 09:00\n", "  at: 09:00\n  zone: person\n"
    )
    house = build(**files)
    clock.at = dt.datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    asyncio.run(run_once(house))
    before = len(house.ledger.occurrences(limit=500))
    import sqlite3

    with sqlite3.connect(house.settings.warehouse_url.removeprefix("sqlite:///")) as db:
        db.execute("update customers set zone = 'Asia/Tokyo' where id = 1")
    clock.at += dt.timedelta(minutes=11)
    asyncio.run(run_once(house))
    assert len(house.ledger.occurrences(limit=500)) == before


def test_a_zones_first_slot_that_nobody_saw_leaves_a_trace(build: Build, clock: Clock, wire: Wire) -> None:
    """One slot a zone, and the daemon away for the second one: it is `missed`, and not forgotten."""
    house = build(
        **{
            "campaigns/hello.yml": FILES["campaigns/hello.yml"].replace(
                "  once: 2026-12-01T10:00\n", "  once: 2026-12-01T10:00\n  zone: person\n"
            )
        }
    )
    clock.at = dt.datetime(2026, 11, 30, 21, 5, tzinfo=UTC)  # ten in Auckland
    assert [(due.slot.zone, due.missed) for due in plan_due(house, clock.at)] == [("Pacific/Auckland", False)]
    clock.at = dt.datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    assert [(due.slot.zone, due.missed) for due in plan_due(house, clock.at)] == [("Europe/Berlin", True)]


def test_paused_campaigns_wait(build: Build, clock: Clock, wire: Wire) -> None:
    """While it is on hold nothing leaves; resumed in time, its slot is sent."""
    house = build(**daily("up to 5 hours"))
    house.ledger.pause("hello", "ann")
    clock.at = dt.datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    asyncio.run(run_once(house))
    assert not wire.taken
    house.ledger.resume("hello", "ann")
    asyncio.run(run_once(house))
    assert wire.taken
