"""Hazards 15 and 19: what a start refuses, and what is decided after a backup was restored."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import StateError
from orchestrator.run import House
from orchestrator.run.journal import journal_folder
from orchestrator.run.mark import HighWater, Seen
from orchestrator.run.trust import undecided
from orchestrator.schedule import run_once
from tests.run.conftest import Clock, Wire

Build = Callable[..., House]


def states(house: House) -> set[str]:
    """Give the states of all messages."""
    return {row.state.value for row in house.ledger.messages()}


@pytest.fixture
def sent_then_restored(build: Build, wire: Wire, tmp_path: Path, clock: Clock) -> tuple[House, Wire]:
    """Send half of a campaign, keep a copy, send the rest, and put the copy back (SQLite: a file is a database)."""
    house = build()
    file = tmp_path / "state.db"
    object.__setattr__(house.settings, "in_flight", 1)
    kept = []

    def answer(message: Message) -> Receipt:
        if len(wire.taken) == 5:
            house.ledger.close()
            shutil.copy(file, tmp_path / "backup.db")
            for name in ("state.db-wal", "state.db-shm"):
                if (tmp_path / name).exists():
                    shutil.copy(tmp_path / name, tmp_path / name.replace("state", "backup"))
            kept.append(True)
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = answer
    asyncio.run(run_once(house))
    assert kept
    house.ledger.close()
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
        if (tmp_path / name.replace("state", "backup")).exists():
            shutil.copy(tmp_path / name.replace("state", "backup"), tmp_path / name)
    return house, wire


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_hazard_19_an_older_copy_is_refused_and_then_decided(sent_then_restored: tuple[House, Wire]) -> None:
    """Hazard 19: the copy does not know the last attempt, so nothing leaves; afterwards all of the rest is unknown."""
    house, wire = sent_then_restored
    before = len(wire.taken)
    with pytest.raises(StateError, match="forgotten an attempt") as refused:
        asyncio.run(run_once(house))
    assert "orc resume --after-restore" in refused.value.remedy
    assert len(wire.taken) == before
    found = house.ledger.resume_after_restore("ann")
    assert [(one.campaign, one.slots) for one in found] == [("hello", 0)]
    assert found[0].messages == before - 5
    HighWater(journal_folder(house.settings), house.settings.deployment).forget()
    assert house.ledger.audit() == []
    asyncio.run(run_once(house))
    assert len(wire.taken) == before
    assert states(house) == {"accepted", "skipped", "unknown"}
    assert len(house.ledger.unknown("hello")) == found[0].messages
    assert [action.action for action in house.ledger.actions(1)] == ["resume after restore"]


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("minutes", "told"), [(-5, True), (5, False)])
def test_hazard_19_one_decision_holds_for_every_machine(
    sent_then_restored: tuple[House, Wire], clock: Clock, minutes: int, told: bool
) -> None:
    """A mark of before the decision is covered by it; one of after it was written from another copy, and is refused."""
    house, _ = sent_then_restored
    house.ledger.resume_after_restore("ann")
    mark = HighWater(journal_folder(house.settings), house.settings.deployment)
    moment = (clock.at + dt.timedelta(minutes=minutes)).timestamp()
    os.utime(mark.path, (moment, moment))
    assert (undecided(house.ledger, house.settings) is None) == told


def test_hazard_19_slots_that_the_copy_does_not_know_are_missed(build: Build, wire: Wire, clock: Clock) -> None:
    """A slot that was sent after the backup is not in it: it must not be planned again as if it were due."""
    house = build()
    house.ledger.resume_after_restore("ann")
    turn = asyncio.run(run_once(house))
    assert [due.missed for due in turn.due] == [True]
    assert wire.taken == []


def test_hazard_19_slots_that_were_not_begun_are_halted(build: Build, wire: Wire, clock: Clock) -> None:
    """A slot that was written down and due may have been sent from the lost state: somebody must look."""
    house = build()
    now = house.ledger.now()
    later = now + dt.timedelta(hours=2)
    assert house.ledger.plan_occurrence("hello", "s", now, later, version=1, local_slot="s", zone="Europe/Berlin")
    found = house.ledger.resume_after_restore("ann")
    assert [(one.campaign, one.messages, one.slots) for one in found] == [("hello", 0, 1)]
    asyncio.run(run_once(house))
    halted = [o for o in house.ledger.occurrences() if o.slot == "s"]
    assert [(o.state.value, o.reason) for o in halted] == [
        ("halted", "it may have been sent after the backup that this state was restored from")
    ]
    assert wire.taken == []


def test_a_mark_of_another_deployment_or_half_a_mark_says_nothing(tmp_path: Path) -> None:
    """Two copies may share a folder; a mark that was cut off by a crash is no mark."""
    seen = Seen(uuid.uuid4(), 3)
    HighWater(tmp_path, "one").rise(seen)
    assert HighWater(tmp_path, "one").seen() == seen
    assert HighWater(tmp_path, "two").seen() is None
    for name, one in (("a longer one", Seen(uuid.uuid4(), 10**9)), ("one", Seen(uuid.uuid4(), 10**9)), ("one", seen)):
        HighWater(tmp_path / "new folder", name).rise(one)
        assert HighWater(tmp_path / "new folder", name).seen() == one
    mark = HighWater(tmp_path, "one")
    mark.path.write_text(mark.path.read_text()[:20])
    assert mark.seen() is None
    mark.forget()
    mark.forget()
    assert mark.seen() is None


def test_a_second_machine_on_one_sqlite_file_is_refused(
    build: Build, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another machine was heard of within ten minutes, this one sends nothing; on PostgreSQL many may work."""
    house = build()
    monkeypatch.setattr("orchestrator.run.trust.machine", lambda: "first")
    asyncio.run(run_once(house))
    sent = len(wire.taken)
    monkeypatch.setattr("orchestrator.run.trust.machine", lambda: "second")
    if house.ledger.dialect == "postgresql":
        asyncio.run(run_once(house))
        return
    clock.at += dt.timedelta(minutes=9)
    with pytest.raises(StateError, match=r"another machine \(first\) uses this SQLite state"):
        asyncio.run(run_once(house))
    clock.at += dt.timedelta(minutes=2)
    asyncio.run(run_once(house))
    monkeypatch.setattr("orchestrator.run.trust.machine", lambda: "first")
    with pytest.raises(StateError, match=r"another machine \(second\)"):
        asyncio.run(run_once(house))
    assert len(wire.taken) == sent
