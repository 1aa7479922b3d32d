"""A worker that is told to stop, or torn away: nothing that was answered is lost, nothing stays behind claimed."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from orchestrator.ledger import Recorded
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.run.conftest import Clock, Wire
from tests.run.test_walk import states

Build = Callable[..., House]
ANSWERED = 3


def after_some(wire: Wire, then: Callable[[], None]) -> None:
    """Accept a few messages, then do something else."""

    def answer(message: Message) -> Receipt:
        if len(wire.taken) == ANSWERED:
            then()
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = answer


@pytest.mark.parametrize("error", [RuntimeError("a bug of a provider's"), DeliveryError("the provider is gone")])
def test_what_was_answered_before_a_provider_broke_is_recorded(build: Build, wire: Wire, error: Exception) -> None:
    """It raises in the middle of a batch: who was accepted before is accepted; of the others nobody can know."""

    def breaks() -> None:
        raise error

    after_some(wire, breaks)
    house = build()
    object.__setattr__(house.settings, "in_flight", 8)
    with contextlib.suppress(RuntimeError):  # which goes on to whoever can mend it
        asyncio.run(run_once(house))
    found = states(house)
    assert (found["accepted"], found["attempting"]) == (ANSWERED, 8 - ANSWERED)
    assert len(wire.taken) == ANSWERED


def test_what_was_answered_before_it_was_torn_away_is_recorded(build: Build, wire: Wire) -> None:
    """A second Ctrl-C while it hands over: the answers are kept, and what it had only claimed is free at once."""
    house = build()
    object.__setattr__(house.settings, "in_flight", 8)

    async def torn() -> None:
        work = asyncio.create_task(run_once(house))
        after_some(wire, lambda: work.cancel() and None)
        await work

    class Waiting(Wire):
        async def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
            async for receipt in Wire.deliver(self, messages):
                yield receipt
                await asyncio.sleep(0)

    wire.__class__ = Waiting
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(torn())
    found = states(house)
    assert found["accepted"] == len(wire.taken) == ANSWERED + 1
    assert found["attempting"] == 8 - ANSWERED - 1
    assert found["claimed"] == 0


def test_a_snapshot_stops_when_it_is_told_to(build: Build, wire: Wire, clock: Clock) -> None:
    """A signal is heard while an audience is read; the slot is given back, and read anew by whoever comes next."""
    house = build()
    told = asyncio.Event()

    async def run() -> None:
        asyncio.get_running_loop().call_soon(told.set)  # as the loop does with a signal
        await run_once(house, told.is_set)

    asyncio.run(run())
    assert not wire.taken
    (occurrence,) = house.ledger.occurrences()
    assert (occurrence.state.value, occurrence.owner) == ("snapshotting", None)
    asyncio.run(run_once(house))
    assert states(house)["accepted"] == len(wire.taken) > 20
    assert house.ledger.audit() == []


def test_a_signal_is_heard_where_nothing_may_leave(build: Build, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard keeps one batch after the other back: it stops between two of them all the same."""
    house = build()
    object.__setattr__(house.settings, "in_flight", 2)
    told = asyncio.Event()
    guards: list[int] = []

    def guard(*_: object, **__: object) -> tuple[Recorded, list[uuid.UUID]]:
        guards.append(1)
        asyncio.get_running_loop().call_soon(told.set)
        return Recorded(), []

    monkeypatch.setattr(house.ledger, "record_and_guard", guard)
    asyncio.run(run_once(house, told.is_set))
    assert len(guards) == 1
    assert states(house)["pending"] == 20
