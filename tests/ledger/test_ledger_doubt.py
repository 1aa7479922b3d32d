"""A message that may have arrived by an earlier try is not written down as one that did not, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from ledger_desk import NOON, Desk, epochs, planned, receipt, rule

from orchestrator.ledger import Reason
from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.delivery import Outcome
from orchestrator.model.project import Ambiguous, Cap


def refused(desk: Desk) -> None:
    (again,) = desk.send("w2")
    assert desk.ledger.record("w2", [receipt(again, Outcome.FAILED)], epochs([again])).unknown == 1


def suppressed(desk: Desk) -> None:
    desk.ledger.suppress("email", "*", planned("1").address_hash, "unsubscribed", "ann")
    assert desk.send("w2") == []


def unwritable(desk: Desk) -> None:
    (again,) = desk.ledger.claim("w2")
    assert desk.ledger.fail("w2", [(again, Reason.RENDER_ERROR, "no name")]) == 1


def poisonous(desk: Desk) -> None:
    for _ in range(3):
        assert len(desk.ledger.claim("w2")) == 1
        desk.wait(1000)
        desk.ledger.reap()


def late(desk: Desk) -> None:
    desk.wait(86400)
    desk.ledger.finish_occurrences()


def late_at_the_guard(desk: Desk) -> None:
    claims = desk.ledger.claim("w2", lease_seconds=100_000)
    desk.wait(86400)
    assert desk.ledger.guard("w2", [(claim, rule()) for claim in claims]) == []


def cancelled(desk: Desk) -> None:
    assert desk.ledger.cancel("spring", "ann") == 0


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (refused, "refused"),
        (suppressed, "suppressed"),
        (unwritable, "render_error"),
        (poisonous, "poison"),
        (late, "too_late"),
        (late_at_the_guard, "too_late"),
        (cancelled, "ambiguous"),
    ],
)
def test_what_may_have_arrived_stays_unknown(desk: Desk, end: Callable[[Desk], None], reason: str) -> None:
    """However the second try ends: nobody knows about the first. Nothing sends it a third time but a decision."""
    expires = NOON + dt.timedelta(hours=20)
    desk.snapshot([planned("1", on_unknown=Ambiguous.RESEND, expires_at=expires)])
    capped = rule(caps=(Cap(1, Duration(1, Unit.WEEK)),))
    desk.send(rules=capped)
    desk.wait(91)
    desk.ledger.reap()
    desk.wait(900)
    assert desk.ledger.reap().resent == 1
    end(desk)
    assert desk.states() == {"1": ("unknown", reason)}
    assert desk.sql("select count(*) from {}orc_recipient")[0][0] == 1, "whoever decides may still send it"
    assert desk.sql("select count(*) from {}orc_cap_use")[0][0] == 1, "it may have come, so it counts"
    desk.wait(5000)
    assert desk.ledger.reap().resent == 0
    desk.ledger.finish_occurrences()
    assert desk.ledger.audit() == []
    assert desk.ledger.resolve_unknown("failed", "ann", campaign="spring") == 1
    assert desk.states() == {"1": ("failed", "resolved")}


def test_a_definite_no_about_both_tries_is_a_no(desk: Desk) -> None:
    """When the first worker comes back late and knows that its try was refused, nothing is in doubt any more."""
    desk.snapshot([planned("1", on_unknown=Ambiguous.RESEND)])
    claims = desk.send()
    desk.wait(91)
    desk.ledger.reap()
    desk.wait(900)
    desk.ledger.reap()
    no = Outcome.FAILED
    assert desk.ledger.record("w1", [receipt(claims[0], no)], epochs(claims)).fenced == 1
    (again,) = desk.send("w2")
    assert desk.ledger.record("w2", [receipt(again, no)], epochs([again])).failed == 1
    assert desk.states() == {"1": ("failed", "refused")}


def test_a_try_later_gives_no_cap_back_that_an_earlier_try_may_have_used(desk: Desk) -> None:
    """The person may have got it already: until that is known, another message of the category has to wait."""
    capped = rule(caps=(Cap(1, Duration(1, Unit.WEEK)),))
    desk.snapshot([planned("1", on_unknown=Ambiguous.RESEND)])
    desk.send(rules=capped)
    desk.wait(91)
    desk.ledger.reap()
    desk.wait(900)
    desk.ledger.reap()
    (again,) = desk.send("w2", capped)
    assert desk.ledger.record("w2", [receipt(again, Outcome.RETRY)], epochs([again])).retry == 1
    desk.snapshot([planned("1")], "summer", slot="2026-11-23T12:30[UTC]")
    assert desk.send("w2", capped) == []
