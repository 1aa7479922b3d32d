"""Hazards 4, 15, 18 and 20 in mid-run: slow servers, connections cut at a commit, full disks, clocks that jump."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from orchestrator.ledger import open_ledger
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import StateError
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.run.conftest import Clock, Wire
from tests.run.cut_trial import FLIGHT, check, send_through_cuts

Build = Callable[..., House]


@pytest.fixture
def small(build: Build, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house with small batches that does not wait before it asks its ledger again."""
    monkeypatch.setattr("orchestrator.run.send.AGAIN", (0.0,))
    monkeypatch.setattr("orchestrator.ledger.store.time.sleep", lambda _: None)
    house = build()
    object.__setattr__(house.settings, "in_flight", FLIGHT)
    return house


@pytest.mark.parametrize(("where", "seed"), [("before", 5), ("after", 8), ("anywhere", 16), ("anywhere", 70)])
@pytest.mark.parametrize("state_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_hazard_18_connections_cut_at_a_commit(
    small: House, wire: Wire, clock: Clock, tmp_path: Path, where: str, seed: int
) -> None:
    """Hazard 18: cut before COMMIT arrives, after it without its reply, or between any two packets: nothing is lost."""
    assert send_through_cuts(small, clock, tmp_path / "outbox", where, seed) >= 2
    states = check(small, wire)
    assert set(states) == {"accepted", "skipped"}
    assert states["accepted"] == len(wire.taken) > 20


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("arrived", [False, True])
def test_hazard_18_outages_make_nobody_poison(
    small: House, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    """Hazard 18: five outages at the guard, whether it landed or not, cost no message a try, a crash, or a doubt."""
    work = small.ledger.record_and_guard

    def away(*given: Any, unsure: list[Any], **names: Any) -> None:
        if arrived:
            unsure[:] = unsure or [work(*given, **names)]
        raise StateError("the state database does not answer")

    for _ in range(5):
        with monkeypatch.context() as patch:
            patch.setattr(small.ledger, "record_and_guard", away)
            with pytest.raises(StateError, match="does not answer"):
                asyncio.run(run_once(small))
        clock.at += dt.timedelta(minutes=20)
    assert not wire.taken
    for _ in range(3):
        asyncio.run(run_once(small))
        clock.at += dt.timedelta(minutes=20)
    assert set(check(small, wire)) == {"accepted", "skipped"}


@pytest.mark.parametrize("journal", ["works", "full"])
@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_hazard_20_a_full_disk_stops_the_sending(
    small: House, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch, journal: str
) -> None:
    """Hazard 20: after the first write that fails nothing leaves; with room again, everything else goes out once."""
    full = {"on": False}

    @sa.event.listens_for(small.ledger._engine, "checkout")
    def limit(connection: sqlite3.Connection, *_: object) -> None:
        if full["on"]:
            raise sqlite3.OperationalError("database or disk is full")

    def answer(message: Message) -> Receipt:
        full["on"] = full["on"] or len(wire.taken) == 2 * FLIGHT - 1
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    wire.answer = answer
    if journal == "full":
        monkeypatch.setattr("orchestrator.run.journal.os.fsync", no_room)
    with pytest.raises(StateError, match="disk of the state database is full") as told:
        asyncio.run(run_once(small))
    assert ("nor can" in str(told.value)) == (journal == "full")
    assert len(wire.taken) == 2 * FLIGHT
    monkeypatch.undo()
    monkeypatch.setattr("orchestrator.run.send.open_channel", lambda *_: wire)
    full["on"], wire.answer = False, lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(minutes=10)
    asyncio.run(run_once(small))
    states = check(small, wire)
    assert states["unknown"] == (FLIGHT if journal == "full" else 0)
    assert states["accepted"] + states["unknown"] == len(wire.taken) > 20


def test_hazard_20_no_room_for_the_mark_hands_nothing_over(
    small: House, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard 20: the guarded batch is a definite no that costs no try, and everything goes out with room again."""

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("orchestrator.run.mark.os.write", no_room)
        with pytest.raises(StateError, match="cannot be written to"):
            asyncio.run(run_once(small))
    assert not wire.taken
    for _ in range(2):
        clock.at += dt.timedelta(minutes=10)
        asyncio.run(run_once(small))
    states = check(small, wire)
    assert set(states) == {"accepted", "skipped"}


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_hazard_4_a_slow_server_costs_nobody_a_claim(
    small: House, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard 4: where every answer takes 20 seconds, no reaper takes what still waits for the work of a dead worker."""
    other = open_ledger(small.settings.state_url, deployment="test", clock=clock)
    begun = clock.at
    returned: list[int] = []
    now = SimpleNamespace(monotonic=lambda: (clock.at - begun).total_seconds())
    monkeypatch.setattr("orchestrator.run.send.time", now)

    def answer(message: Message) -> Receipt:
        clock.at += dt.timedelta(seconds=20)
        returned.append(other.reap().returned)
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = answer
    asyncio.run(run_once(small))
    assert clock.at - begun > dt.timedelta(minutes=6)
    assert set(returned) == {0}
    assert set(check(small, wire)) == {"accepted", "skipped"}


@pytest.mark.parametrize("jumps", [(1,), (-1,), (6, -6), (-24, 24), (1, -1, 1, -1)], ids=str)
def test_hazard_15_clocks_that_jump(small: House, wire: Wire, clock: Clock, jumps: tuple[int, ...]) -> None:
    """Hazard 15: hours to and fro between two answers, and another worker takes what it may: nobody gets two."""
    left = list(jumps)
    other = open_ledger(small.settings.state_url, deployment="test", clock=clock)
    stolen: list[int] = []

    def answer(message: Message) -> Receipt:
        if len(wire.taken) % 5 == 2 and left:
            hours = left.pop(0)
            clock.at += dt.timedelta(hours=hours)
            lapsed = other.reap()
            stolen.append(sum(row.state == "unknown" for row in other.messages()))
            if hours < 0 and len(stolen) == 1:  # no lease has ended by a clock that went back
                assert stolen == [0], lapsed
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = answer
    asyncio.run(run_once(small))
    clock.at += dt.timedelta(hours=25 if min(jumps) < -1 else 1)
    asyncio.run(run_once(small))
    assert not left
    states = check(small, wire)
    assert states["unknown"] <= FLIGHT * len(jumps)
    assert states["accepted"] + states["unknown"] + states["expired"] + states["skipped"] == states.total()
    other.close()


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_hazard_1_what_a_dead_worker_had_claimed_is_sent_by_the_next_walk(
    small: House, wire: Wire, clock: Clock
) -> None:
    """Hazard 1: claims outlive a worker that died before it handed anything over, until their lease ends; no longer."""

    def dies(message: Message) -> Receipt:
        raise KeyboardInterrupt

    wire.answer = dies
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run_once(small))
    wire.answer = lambda message: Receipt(message.id, Outcome.ACCEPTED, "250")
    asyncio.run(run_once(small))
    assert not wire.taken, "they are still lent"
    clock.at += dt.timedelta(minutes=10)
    asyncio.run(run_once(small))
    states = check(small, wire)
    assert states["accepted"] == len(wire.taken) > 10
    assert states["unknown"] <= FLIGHT
