"""A broken template: nothing leaves when it fails for all, little when it fails for many, the rest when for few."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.ledger import Claimed
from orchestrator.model.delivery import Message
from orchestrator.model.schema import Field, Type
from orchestrator.run import House, Walked
from orchestrator.run.letters import compose
from orchestrator.run.preflight import FIRST, GENERATED, generated, too_many_broken
from orchestrator.schedule import run_once
from tests.run.conftest import FILES, Clock, Wire
from tests.run.test_walk import states

Build = Callable[..., House]
AGED = {
    "campaigns__schema.yml": FILES["campaigns/schema.yml"].replace(
        "      country: {type: text}", "      country: {type: text}\n      age: {type: int}"
    ),
    "campaigns__hello.yml": FILES["campaigns/hello.yml"]
    .replace("  holdout: 20%", "  holdout: 0%")
    .split("experiment")[0],
    "templates__hello.html.j2": FILES["templates/hello.html.j2"].replace(
        "<p>Dear", "<p>{{ 100 / person.age }}</p><p>Dear"
    ),
}


def crowd(path: Path, people: int, hostile: Callable[[int], bool]) -> None:
    """Put so many Germans of age 50 into the shop; the hostile ones are 0 years old."""
    with sqlite3.connect(path) as db:
        db.executescript("delete from customers; delete from consents; alter table customers add column age int")
        for n in range(1, people + 1):
            person = (n, f"p{n}@example.com", "Ann", "DE", "Europe/Berlin", 0 if hostile(n) else 50)
            db.execute("insert into customers values (?, ?, ?, ?, ?, ?)", person)
            db.execute("insert into consents values (?, 'email', 'promotions', 1, '2026-01-01 00:00:00')", (n,))


def run(house: House) -> Walked:
    """Do what is due."""
    return asyncio.run(run_once(house)).walked


def test_nothing_leaves_when_nobody_can_be_written_to(build: Build, wire: Wire, tmp_path: Path) -> None:
    """All twenty people who are tried fail: the occurrence is halted with the reason, and holds no messages."""
    crowd(tmp_path / "shop.db", 60, lambda n: True)
    house = build(**AGED)
    walked = run(house)
    assert wire.taken == []
    ((occurrence, reason),) = walked.halted
    assert reason.startswith("mail/plain can be written for none of 20 people tried: ")
    assert house.ledger.occurrence(occurrence.id).state == "halted"
    assert house.ledger.status()[0].occurrence.reason == reason
    assert house.ledger.open_messages() == 0


def test_equal_people_are_tried_once(build: Build, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty real people with the same facts cost one letter of a variant, and no generated ones are tried twice."""
    crowd(tmp_path / "shop.db", 60, lambda n: False)
    tried: list[str] = []

    def counted(*given: Any) -> Message:
        if given[2] == "nobody@example.com":
            tried.append(f"{given[4].variant.name} {sorted(given[3].items())}")
        return compose(*given)

    monkeypatch.setattr("orchestrator.run.preflight.compose", counted)
    assert run(build(**AGED)).halted == []
    assert len(wire.taken) == 60
    assert len(tried) == len(set(tried)) < 2 * (20 + GENERATED) - 2 * 19


def test_one_in_a_hundred_is_named_and_the_rest_is_sent(build: Build, wire: Wire, tmp_path: Path) -> None:
    """1,000 people, 10 of them hostile: 990 messages leave, 10 have failed, each with its reason."""
    crowd(tmp_path / "shop.db", 1000, lambda n: n % 100 == 50)
    house = build(**AGED)
    walked = run(house)
    assert (len(wire.taken), states(house)["render_error"], walked.halted) == (990, 10, [])
    number = house.ledger.occurrences()[0].id
    failed = [row for row in house.ledger.messages(number) if row.reason == "render_error"]
    assert len(failed) == 10
    assert {row.detail for row in failed} == {"templates/hello.html.j2:1: / has no result for these numbers"}


def test_too_many_failures_hold_the_campaign(build: Build, wire: Wire, tmp_path: Path) -> None:
    """One in twenty: at most 200 leave, everybody else waits; `resume` sends to those who can be written to."""
    crowd(tmp_path / "shop.db", 1000, lambda n: n > 20 and n % 20 == 0)
    house = build(**AGED)
    walked = run(house)
    assert len(wire.taken) <= FIRST
    ((occurrence, reason),) = walked.halted
    assert "messages cannot be written: " in reason
    assert house.ledger.paused() == {"hello"}
    assert house.ledger.occurrence(occurrence.id).reason == reason
    assert house.ledger.open_messages() == 1000 - len(wire.taken)
    assert house.ledger.resume("hello", "ann")
    again = run(house)
    assert (len(wire.taken), states(house)["render_error"], again.halted) == (951, 49, [])
    assert house.ledger.audit() == []


@pytest.mark.parametrize(
    ("tried", "before", "broken", "held"),
    [
        (0, 0, range(4), False),  # four of 200 are 2 %
        (0, 0, range(5), True),
        (0, 0, range(200, 400), False),  # after the first 200
        (0, 0, range(196, 400), False),
        (0, 0, range(195, 400), True),
        (100, 4, range(99, 100), True),  # an earlier claim counts
        (100, 4, range(100, 110), False),
        (200, 0, range(400), False),
    ],
)
def test_the_rule_is_about_the_first_200(tried: int, before: int, broken: range, held: bool) -> None:
    """More than four of a run's first 200 messages, in the order in which they leave, however they are claimed."""
    claims = [cast(Claimed, SimpleNamespace(id=uuid.UUID(int=n), occurrence=7)) for n in range(400)]
    ledger = SimpleNamespace(tried=lambda _number: (tried, before))
    house = cast(House, SimpleNamespace(ledger=ledger))
    found = too_many_broken(house, claims, {uuid.UUID(int=n): "why" for n in broken})
    assert (7 in found) is held


def test_only_what_was_tried_is_among_the_first_200(build: Build, wire: Wire, clock: Clock, tmp_path: Path) -> None:
    """Messages whose time was over before their turn say nothing of a template: they use up none of the first 200."""
    crowd(tmp_path / "shop.db", 60, lambda n: False)
    house = build(**AGED)
    asyncio.run(run_once(house, lambda: any(o.state == "sending" for o in house.ledger.occurrences())))
    number = house.ledger.occurrences()[0].id
    assert states(house)["pending"] == 60
    clock.at += dt.timedelta(hours=13)
    house.ledger.finish_occurrences()
    assert states(house)["too_late"] == 60
    assert house.ledger.tried(number) == (0, 0)


@pytest.mark.parametrize("nullable", [True, False])
def test_generated_people_are_possible_ones(nullable: bool) -> None:
    """A value is missing only where the schema lets it be, and a closed list of texts is kept to."""
    fields = [Field(kind.value, kind, "c", nullable=nullable) for kind in Type if kind not in (Type.LIST, Type.PLACE)]
    fields.append(Field("plan", Type.TEXT, "c", nullable=nullable, values=("free", "paid")))
    people = list(generated(fields))
    assert len(people) == GENERATED
    assert any(None in person.values() for person in people) is nullable
    assert {person["plan"] for person in people} - {None} == {"free", "paid"}
    assert {type(person["int"]) for person in people} - {type(None)} == {int}


def test_what_fails_for_generated_people_only_is_a_warning(build: Build, wire: Wire, tmp_path: Path) -> None:
    """Nobody in this audience is 0 years old, but the schema allows it."""
    crowd(tmp_path / "shop.db", 30, lambda n: False)
    walked = run(build(**AGED))
    assert len(wire.taken) == 30
    assert walked.halted == []
    assert all("generated people: " in warning for _, warning in walked.warnings)
    assert len(walked.warnings) == 2
