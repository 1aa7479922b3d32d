"""What was frozen stays frozen while it is sent: the audience, the files, the arms; and holds come and go."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.ledger import NewVersion
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.run.conftest import FILES, Clock, Wire

Build = Callable[..., House]


def small_batches(house: House, size: int = 4) -> House:
    """Let so few messages out at once that there is a middle of a run."""
    object.__setattr__(house.settings, "in_flight", size)
    house.ledger.in_flight = size
    return house


def yes(message: Message) -> Receipt:
    """Accept a message."""
    return Receipt(message.id, Outcome.ACCEPTED, "250")


def test_hazard_2_an_audience_that_moves_is_the_one_that_was_read(build: Build, wire: Wire, tmp_path: Path) -> None:
    """People who come, go and change in the middle of a run change nothing about it: who was planned gets it."""
    house = small_batches(build())
    moved = []

    def answer(message: Message) -> Receipt:
        if not moved:
            moved.append(True)
            with sqlite3.connect(tmp_path / "shop.db") as shop:
                shop.execute("delete from customers where id > 20")
                shop.execute("update customers set email = 'moved-' || email, country = 'FR' where id <= 20")
                shop.execute("insert into customers values (99, 'new@example.com', 'New', 'DE', 'Europe/Berlin')")
        return yes(message)

    wire.answer = answer
    asyncio.run(run_once(house))
    accepted = {row.person for row in house.ledger.messages() if row.state.value == "accepted"}
    assert moved
    assert {message.to for message in wire.taken} == {f"p{person}@example.com" for person in accepted}
    assert any(int(person) > 20 for person in accepted)
    assert house.ledger.audit() == []


def test_hazard_23_a_version_that_is_applied_in_mid_run_waits_for_the_next_slot(build: Build, wire: Wire) -> None:
    """Every message of an occurrence is written from the files that it was planned from."""
    house = small_batches(build())
    hello = FILES["campaigns/hello.yml"].replace("HELLO", "Other").replace("Hello", "Other")

    def answer(message: Message) -> Receipt:
        if len(wire.taken) == 6:
            house.ledger.publish(NewVersion("d2", {**FILES, "campaigns/hello.yml": hello}, "ann"), 1)
        return yes(message)

    wire.answer = answer
    asyncio.run(run_once(house))
    assert house.ledger.current_number() == 2
    assert len(wire.taken) > 12
    assert not any(message.subject.startswith("Other") for message in wire.taken)
    assert [occurrence.version for occurrence in house.ledger.occurrences()] == [1]


def test_hazard_24_an_arm_never_flips(build: Build, wire: Wire, clock: Clock) -> None:
    """Each try of a message has the arm of the first one, whatever is tried again, by whichever worker."""
    house = small_batches(build())
    seen: dict[str, set[str]] = defaultdict(set)
    tries: dict[str, int] = defaultdict(int)

    def answer(message: Message) -> Receipt:
        seen[message.to].add(message.subject if message.subject == "HELLO" else "Hello")
        tries[message.to] += 1
        return yes(message) if tries[message.to] == 3 else Receipt(message.id, Outcome.RETRY, "451")

    wire.answer = answer
    for _ in range(8):
        asyncio.run(run_once(house))
        clock.at += dt.timedelta(minutes=20)
    assert set(tries.values()) == {3}
    assert all(len(arms) == 1 for arms in seen.values())
    assert {arm for arms in seen.values() for arm in arms} == {"Hello", "HELLO"}


@pytest.mark.parametrize("seed", range(4))
def test_hazard_9_holds_that_come_and_go_double_nobody(build: Build, wire: Wire, clock: Clock, seed: int) -> None:
    """Pause, resume, stop and resume --all at random moments, then perhaps cancel: at most one each, and all add up."""
    dice = random.Random(seed)
    house = small_batches(build(), 2)
    ledger = house.ledger

    def answer(message: Message) -> Receipt:
        step = dice.choice(("pause", "resume", "stop", "resume all", "nothing", "nothing"))
        if step == "pause":
            ledger.pause("hello", "ann")
        elif step == "resume":
            ledger.resume("hello", "ann")
        elif step == "stop":
            ledger.stop("ann")
        elif step == "resume all":
            ledger.resume_all("ann")
        return yes(message)

    wire.answer = answer
    for _ in range(12):
        asyncio.run(run_once(house))
        clock.at += dt.timedelta(minutes=10)
        if dice.random() < 0.7:
            ledger.resume("hello", "ann")
            ledger.resume_all("ann")
    if seed % 2:
        ledger.cancel("hello", "ann")
    ledger.resume("hello", "ann")
    ledger.resume_all("ann")
    wire.answer = yes
    asyncio.run(run_once(house))
    states = {row.state.value for row in ledger.messages()}
    assert states <= {"accepted", "skipped", "cancelled"}
    assert len({message.to for message in wire.taken}) == len(wire.taken)
    accepted = [row for row in ledger.messages() if row.state.value == "accepted"]
    assert len(accepted) == len(wire.taken) > 0
    assert ledger.audit() == []
