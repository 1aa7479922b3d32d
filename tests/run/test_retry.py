"""`orc retry`: those who failed get one more chance, everybody else is left alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from orchestrator.ledger import NewVersion, Reason
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import UsageError
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.run.conftest import FILES, Clock, Wire

Build = Callable[..., House]
REFUSED = ("p1@example.com", "p2@example.com")


def refusing(*boxes: str) -> Callable[[Message], Receipt]:
    """Answer a definite no to these mailboxes."""

    def answer(message: Message) -> Receipt:
        outcome = Outcome.FAILED if message.to in boxes else Outcome.ACCEPTED
        return Receipt(message.id, outcome, "550" if outcome is Outcome.FAILED else "250")

    return answer


@pytest.fixture
def sent(build: Build, wire: Wire) -> House:
    """Give a house that has sent a campaign without holdout, in which two people were refused."""
    wire.answer = refusing(*REFUSED)
    hello = FILES["campaigns/hello.yml"].replace("experiment:\n  holdout: 20%\n", "")
    house = build(**{"campaigns/hello.yml": hello})
    asyncio.run(run_once(house))
    return house


def test_only_those_who_failed_are_tried_again(sent: House, wire: Wire, clock: Clock) -> None:
    """One of the two gets it now; the other can be tried once more; nobody else hears anything."""
    ledger = sent.ledger
    (slot,) = ledger.unreached("hello")
    assert slot.reasons == {Reason.REFUSED: 2}
    before = len(wire.taken)
    wire.answer = refusing(REFUSED[1])
    clock.at += dt.timedelta(hours=5)
    assert ledger.plan_retry(slot.occurrence, 1, "ann").endswith("+retry1")
    with pytest.raises(UsageError, match="on its way"):
        ledger.plan_retry(slot.occurrence, 1, "ann")
    asyncio.run(run_once(sent))
    assert [message.to for message in wire.taken[before:]] == [REFUSED[0]]
    (slot,) = ledger.unreached("hello")
    assert slot.people == 1
    wire.answer = refusing()
    assert ledger.plan_retry(slot.occurrence, 1, "ann").endswith("+retry2")
    asyncio.run(run_once(sent))
    assert [message.to for message in wire.taken[before:]] == list(REFUSED)
    assert ledger.unreached("hello") == []
    with pytest.raises(UsageError, match="no message of"):
        ledger.plan_retry(slot.occurrence, 1, "ann")
    assert ledger.audit() == []
    assert [action.action for action in ledger.actions(2)] == ["retry", "retry"]
    assert len({message.id for message in wire.taken}) == len(wire.taken)


def test_a_retry_is_due_in_the_minute_that_it_is_planned_in(sent: House, wire: Wire, clock: Clock) -> None:
    """The clock of a rehearsal begins anew in each process: by it, the run may be earlier than the retry was."""
    ledger = sent.ledger
    (slot,) = ledger.unreached("hello")
    before, wire.answer = len(wire.taken), refusing()
    clock.at = clock.at.replace(second=40)
    ledger.plan_retry(slot.occurrence, 1, "ann")
    clock.at -= dt.timedelta(seconds=39)
    asyncio.run(run_once(sent))
    assert sorted(message.to for message in wire.taken[before:]) == list(REFUSED)


def test_a_retry_takes_the_files_that_are_applied_now(sent: House, wire: Wire, clock: Clock) -> None:
    """What failed for a mistake in the files succeeds with the mended ones."""
    wire.answer = refusing()
    hello = FILES["campaigns/hello.yml"].replace("HELLO", "Mended").replace("Hello", "Mended")
    files = {**FILES, "campaigns/hello.yml": hello.replace("experiment:\n  holdout: 20%\n", "")}
    sent.ledger.publish(NewVersion("d2", files, "ann"), 1)
    (slot,) = sent.ledger.unreached("hello")
    sent.ledger.plan_retry(slot.occurrence, 2, "ann")
    asyncio.run(run_once(sent))
    assert {message.subject.split()[0] for message in wire.taken[-2:]} == {"Mended"}


def test_who_left_meanwhile_is_not_tried_again(sent: House, wire: Wire, clock: Clock) -> None:
    """A retry asks suppression like any occurrence."""
    from orchestrator.model.people import address_hash

    wire.answer = refusing()
    before = len(wire.taken)
    sent.ledger.suppress("email", "*", address_hash(REFUSED[0]), "unsubscribed", "test")
    (slot,) = sent.ledger.unreached("hello")
    sent.ledger.plan_retry(slot.occurrence, 1, "ann")
    asyncio.run(run_once(sent))
    assert [message.to for message in wire.taken[before:]] == [REFUSED[1]]


def test_a_retry_does_not_move_the_calendar(sent: House, clock: Clock) -> None:
    """Slots after the repeated one are still due: a retry is no slot of the campaign's calendar."""
    before = sent.ledger.last_slots(["hello"])
    clock.at += dt.timedelta(days=3)
    (slot,) = sent.ledger.unreached("hello")
    sent.ledger.plan_retry(slot.occurrence, 1, "ann")
    assert sent.ledger.last_slots(["hello"]) == before
