"""Who lost a message to time, to another worker or to an older try of itself cannot send it any more."""

from __future__ import annotations

from ledger_desk import Desk, epochs, planned, receipt, rule

from orchestrator.ledger import Reason, Recorded
from orchestrator.model.delivery import Outcome


def test_a_lost_lease_is_lost(desk: Desk) -> None:
    """A worker that slept over its lease cannot send, even before the reaper came."""
    desk.snapshot([planned("1")])
    claims = desk.ledger.claim("w1", lease_seconds=60)
    desk.wait(60)
    assert desk.ledger.guard("w1", [(claims[0], rule())]) == []
    desk.ledger.reap()
    assert len(desk.ledger.claim("w2")) == 1


def test_what_waits_for_its_turn_is_lent_on(desk: Desk) -> None:
    """A lease that its owner extends in time is no death; one that has gone to somebody else is not extended."""
    desk.snapshot([planned("1"), planned("2")])
    claims = desk.ledger.claim("w1", lease_seconds=60)
    desk.wait(50)
    assert desk.ledger.lend_on("w2", claims, 60) == 0
    assert desk.ledger.lend_on("w1", claims, 60) == 2
    desk.wait(50)
    assert desk.ledger.reap().returned == 0
    assert desk.ledger.guard("w1", [(claims[0], rule())]) == [claims[0].id]
    assert desk.ledger.lend_on("w1", claims, 60) == 1
    desk.wait(61)
    desk.ledger.reap()
    assert desk.ledger.lend_on("w1", claims, 60) == 0


def test_an_older_epoch_is_fenced(desk: Desk) -> None:
    """A worker that woke up late can neither guard nor record what its own name has claimed anew."""
    desk.snapshot([planned("1")])
    (old,) = desk.ledger.claim("w1")
    desk.wait(61)
    desk.ledger.reap()
    (new,) = desk.ledger.claim("w1")
    assert new.epoch > old.epoch
    assert desk.ledger.fail("w1", [(old, Reason.RENDER_ERROR, "")]) == 0
    assert desk.ledger.guard("w1", [(old, rule())]) == []
    assert desk.ledger.guard("w1", [(new, rule())]) == [new.id]
    assert desk.ledger.record("w1", [receipt(old, Outcome.FAILED)], epochs([old])) == Recorded(fenced=1)
    assert desk.ledger.fail("w1", [(old, Reason.RENDER_ERROR, "")]) == 0


def test_another_owner_is_fenced(desk: Desk) -> None:
    """Nobody guards or records what was lent to somebody else."""
    desk.snapshot([planned("1")])
    (claim,) = desk.ledger.claim("w1")
    assert desk.ledger.guard("w2", [(claim, rule())]) == []
    assert desk.ledger.fail("w2", [(claim, Reason.RENDER_ERROR, "")]) == 0
    assert desk.ledger.guard("w1", [(claim, rule())]) == [claim.id]
    assert desk.ledger.guard("w1", [(claim, rule())]) == []
    assert desk.ledger.record("w2", [receipt(claim)], epochs([claim])) == Recorded(fenced=1)


def test_a_message_twice_in_one_batch_does_not_leave(desk: Desk) -> None:
    """A worker that claimed a message again while it still held the old claim does not send it for both."""
    desk.snapshot([planned("1"), planned("2")])
    old = desk.ledger.claim("w1")
    desk.wait(61)
    desk.ledger.reap()
    new = desk.ledger.claim("w1", 1)
    both = [claim for claim in old if claim.id == new[0].id]
    assert desk.ledger.guard("w1", [(claim, rule()) for claim in both + new]) == []
    assert desk.ledger.guard("w1", [(claim, rule()) for claim in new]) == [new[0].id]


def test_what_has_left_cannot_be_given_back(desk: Desk) -> None:
    """Once attempted, a message is neither pending nor failed by anybody's mistake: only a receipt moves it."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    assert desk.ledger.give_back("w1", claims) == 0
    assert desk.ledger.skip("w1", [(claims[0], Reason.NO_CONSENT)]) == 0
    assert desk.ledger.fail("w1", [(claims[0], Reason.RENDER_ERROR, "")]) == 0
    assert desk.states() == {"1": ("attempting", None)}
