"""Hazards 15, 18 and 20: connections cut at a commit, disks that take no more, clocks that jump, in mid-run."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import errno
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import Ledger, open_ledger
from orchestrator.ledger.store import open_engine
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import StateError
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.run.conftest import Clock, Wire
from tests.run.cutter import Cutter

Build = Callable[..., House]
FLIGHT = 4


def check(house: House, wire: Wire) -> Counter[str]:
    """Hold the provider's list against the ledger; give the number of messages by state."""
    rows = {row.id: row for row in house.ledger.messages()}
    taken = Counter(message.id for message in wire.taken)
    assert set(taken.values()) <= {1}
    assert {i for i, row in rows.items() if row.state == "accepted"} <= set(taken)
    assert all(rows[i].state in ("accepted", "unknown") for i in taken)
    assert house.ledger.audit() == []
    return Counter(row.state.value for row in rows.values())


@pytest.fixture
def small(build: Build, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house with small batches that does not wait before it asks its ledger again."""
    monkeypatch.setattr("orchestrator.run.send.AGAIN", (0.0,))
    monkeypatch.setattr("orchestrator.ledger.store.time.sleep", lambda _: None)
    house = build()
    object.__setattr__(house.settings, "in_flight", FLIGHT)
    return house


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("where", ["before", "after", "anywhere"])
@pytest.mark.parametrize("state_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_hazard_18_connections_cut_at_a_commit(
    small: House, wire: Wire, clock: Clock, tmp_path: Path, where: str, seed: int
) -> None:
    """Hazard 18: cut before COMMIT arrives, after it without its reply, or between any two packets: nothing is lost."""
    dice = random.Random(seed)
    server = make_url(small.settings.state_url)
    with Cutter(server.host or "127.0.0.1", server.port or 5432, where, lambda: dice.random() < 0.3) as cutter:
        url = server.set(host="127.0.0.1", port=cutter.port).render_as_string(hide_password=False)
        ledger = Ledger(open_engine(url), clock, "test")
        ledger.in_flight = FLIGHT
        settings = Settings(small.settings.warehouse_url, url, tmp_path / "outbox", "test", "k" * 32, in_flight=FLIGHT)
        house = House(open_warehouse(settings.warehouse_url, prepare), ledger, settings)
        for _ in range(20):
            with contextlib.suppress(StateError):  # it gave up in order; the next one goes on
                asyncio.run(run_once(house))
            if {row.state.value for row in small.ledger.messages()} == {"accepted", "skipped"}:
                break
            clock.at += dt.timedelta(minutes=10)
        ledger.close()
    assert cutter.cuts >= 2
    states = check(small, wire)
    assert set(states) == {"accepted", "skipped"}
    assert states["accepted"] == len(wire.taken) > 20


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
        patch.setattr("orchestrator.run.mark.Path.write_text", no_room)
        with pytest.raises(StateError, match="cannot be written to"):
            asyncio.run(run_once(small))
    assert not wire.taken
    for _ in range(2):
        clock.at += dt.timedelta(minutes=10)
        asyncio.run(run_once(small))
    states = check(small, wire)
    assert set(states) == {"accepted", "skipped"}


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
