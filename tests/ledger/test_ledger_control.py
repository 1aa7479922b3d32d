"""What an operator decides is obeyed from the next guard on."""

from __future__ import annotations

from ledger_desk import Desk, epochs, planned, receipt, rule

from orchestrator.ledger import Recorded
from orchestrator.model.delivery import Outcome
from orchestrator.model.project import Ambiguous


def test_the_kill_switch_stops_everything(desk: Desk) -> None:
    """After `stop` nothing is claimed, nothing passes the guard, no slot is taken; `resume --all` lifts it."""
    desk.snapshot([planned("1"), planned("2")])
    claims = desk.ledger.claim("w1", 1)
    desk.slot("next")
    desk.ledger.stop("ann")
    assert desk.ledger.stopped()
    assert desk.ledger.claim("w1") == []
    assert desk.ledger.guard("w1", [(claims[0], rule())]) == []
    assert desk.ledger.take_occurrence("w1") is None
    assert {state for state, _ in desk.states().values()} == {"pending"}
    desk.ledger.resume_all("ann")
    assert len(desk.send()) == 2
    assert [a.action for a in desk.ledger.actions()] == ["resume all", "stop"]


def test_a_paused_campaign_waits_and_loses_nobody(desk: Desk) -> None:
    """Pausing holds claimed and open messages; resuming sends exactly to those that were left."""
    desk.snapshot([planned(str(n)) for n in range(4)])
    claims = desk.ledger.claim("w1", 2)
    assert desk.ledger.guard("w1", [(claims[0], rule())]) == [claims[0].id]
    assert desk.ledger.pause("spring", "ann")
    assert not desk.ledger.pause("spring", "ann")
    assert desk.ledger.guard("w1", [(claims[1], rule())]) == []
    assert desk.ledger.claim("w1") == []
    assert desk.ledger.status()[0].paused
    desk.ledger.record("w1", [receipt(claims[0])], epochs(claims))
    assert desk.ledger.resume("spring", "ann")
    later = desk.send()
    assert len(later) == 3
    assert claims[0].id not in {claim.id for claim in later}
    assert desk.ledger.paused() == set()


def test_a_pause_without_an_open_occurrence_is_kept(desk: Desk) -> None:
    """A campaign paused before its slot is not begun until it is released."""
    desk.ledger.pause("spring", "ann")
    desk.slot()
    assert desk.ledger.take_occurrence("w1") is None
    desk.ledger.resume("spring", "ann")
    assert desk.ledger.take_occurrence("w1") is not None


def test_cancel_ends_what_has_not_left(desk: Desk) -> None:
    """Cancelled messages are settled as such; one that was leaving keeps its result; nothing is tried again."""
    occurrence = desk.snapshot([planned(str(n)) for n in range(5)])
    claims = desk.ledger.claim("w1", 3)
    desk.ledger.guard("w1", [(claim, rule()) for claim in claims[:2]])
    assert desk.ledger.cancel("spring", "ann") == 3
    assert desk.ledger.guard("w1", [(claims[2], rule())]) == []
    done = desk.ledger.record("w1", [receipt(claims[0]), receipt(claims[1], Outcome.RETRY)], epochs(claims))
    assert done == Recorded(accepted=1, cancelled=1)
    assert desk.ledger.occurrence(occurrence.id).state == "cancelled"
    assert desk.ledger.open_messages() == 0
    assert desk.ledger.audit() == []


def test_the_guard_looks_at_the_occurrence_itself(desk: Desk) -> None:
    """A claim that still stands when its occurrence is over does not leave."""
    desk.snapshot([planned("1")])
    claims = desk.ledger.claim("w1")
    desk.sql("update {}orc_occurrence set state = 'cancelled'")
    assert desk.ledger.guard("w1", [(claims[0], rule())]) == []
    assert desk.states() == {"1": ("cancelled", None)}


def test_the_policy_resend_ends_with_a_cancellation(desk: Desk) -> None:
    """What nobody knows of is not sent again for a campaign that was cancelled meanwhile."""
    desk.snapshot([planned("1", on_unknown=Ambiguous.RESEND)])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claims[0], Outcome.UNKNOWN)], epochs(claims))
    desk.sql("update {}orc_occurrence set state = 'cancelled'")
    desk.wait(1000)
    assert desk.ledger.reap(900).resent == 0
    assert desk.states() == {"1": ("unknown", "ambiguous")}


def test_an_unknown_of_a_cancelled_occurrence_is_not_sent_again(desk: Desk) -> None:
    """Cancelling wins over resending."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claims[0], Outcome.UNKNOWN)], epochs(claims))
    desk.ledger.cancel("spring", "ann")
    assert desk.ledger.resolve_unknown("resend", "ann", campaign="spring") == 0
    assert desk.ledger.resolve_unknown("failed", "ann", campaign="spring") == 1
