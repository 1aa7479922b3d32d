"""One commit for two batches: the results of the one before, then the guard of the next."""

from __future__ import annotations

from ledger_desk import Desk, epochs, planned, receipt, rule

from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.delivery import Outcome
from orchestrator.model.project import Cap


def test_a_cap_given_back_is_free_in_the_same_commit(desk: Desk) -> None:
    """What was refused for good is recorded first, so that the next message to that person is not capped by it."""
    once = rule(caps=(Cap(1, Duration(7, Unit.DAY)),))
    for campaign in ("spring", "summer"):
        desk.snapshot([planned("1")], campaign)
    first, second = desk.ledger.claim("w1")
    assert desk.ledger.guard("w1", [(first, once)]) == [first.id]
    _, left = desk.ledger.record_and_guard(
        "w1", [receipt(first, Outcome.FAILED)], epochs([first]), [(second, once)], jitter=lambda: 1.0
    )
    assert left == [second.id]
    assert desk.ledger.audit() == []
