"""Retention, and hazard 22: a ledger that grows stays as quick, and one that is pruned still adds up."""

from __future__ import annotations

import datetime as dt

import pytest
from ledger_desk import NOON, Desk, epochs, planned, receipt

from orchestrator.ledger import MessageState
from orchestrator.ledger import pruning as prunes
from orchestrator.model.delivery import Outcome
from orchestrator.model.people import address_hash

LATER = NOON + dt.timedelta(days=200)
BEFORE = NOON + dt.timedelta(days=100)


def settled(desk: Desk, campaign: str, outcomes: dict[str, Outcome], **more: object) -> None:
    """Send a campaign to people with these answers, and close it."""
    desk.snapshot([planned(f"{campaign}-{n}") for n in outcomes], campaign, **more)
    claims = desk.send()
    told = [receipt(claim, outcomes[claim.person.split("-")[1]]) for claim in claims]
    desk.ledger.record("w1", told, epochs(claims))
    desk.ledger.finish_occurrences()


@pytest.fixture
def aged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a ledger with an old campaign, an old one with an unknown message, and one of today."""
    monkeypatch.setattr(prunes, "BATCH", 2)
    settled(desk, "spring", {"1": Outcome.ACCEPTED, "2": Outcome.FAILED, "3": Outcome.ACCEPTED})
    settled(desk, "doubt", {"1": Outcome.ACCEPTED, "2": Outcome.UNKNOWN})
    desk.ledger.suppress("email", "*", address_hash("x@example.com"), "unsubscribed", "test")
    desk.time = LATER
    settled(desk, "autumn", {"1": Outcome.ACCEPTED}, slot="2027-06-11T12:00[UTC]", due=LATER)
    return desk


def test_what_is_over_becomes_numbers_and_adds_up(aged: Desk) -> None:
    """Sums, status and audit say the same before and after; what is unknown or new stays row by row."""
    ledger = aged.ledger
    sums, counts = ledger.sums(), {s.occurrence.campaign: set(s.counts) for s in ledger.status()}
    assert (ledger.old(BEFORE).occurrences, ledger.old(BEFORE).messages, ledger.old(BEFORE).kept) == (1, 3, 1)
    found = ledger.prune(BEFORE, "ann")
    assert found.messages == 3
    assert ledger.sums() == sums
    assert {s.occurrence.campaign: set(s.counts) for s in ledger.status()} == counts
    assert ledger.audit() == []
    assert sorted(row.person for row in ledger.messages()) == ["autumn-1", "doubt-1", "doubt-2"]
    assert ledger.old(BEFORE).messages == 0
    assert ledger.prune(BEFORE, "ann").messages == 0
    assert [action.action for action in ledger.actions(1)] == ["prune"]
    assert aged.sql("select count(*) from {}orc_attempt")[0][0] == 3


def test_what_protects_people_stays(aged: Desk) -> None:
    """Suppressions are kept, and the slot cannot be planned a second time."""
    aged.ledger.prune(BEFORE, "ann")
    hashed = address_hash("x@example.com")
    assert aged.ledger.suppressed("email", {hashed}, ["news"]) == {hashed}
    late = LATER + dt.timedelta(hours=2)
    assert not aged.ledger.plan_occurrence(
        "spring", "2026-11-23T12:00[UTC]", NOON, late, version=1, local_slot="2026-11-23T12:00"
    )


def test_a_mark_older_than_the_pruning_is_no_alarm(aged: Desk) -> None:
    """An attempt that was pruned is not forgotten: the state says up to when attempts may be gone."""
    assert aged.ledger.pruned_before() is None
    aged.ledger.prune(BEFORE, "ann")
    assert aged.ledger.pruned_before() == BEFORE


def test_hazard_22_claims_look_at_open_messages_only(desk: Desk) -> None:
    """Claims, leases and unknown messages are found by indexes that hold nothing else, however many are settled."""
    desk.snapshot([planned(str(n)) for n in range(2000)])
    desk.sql("update {}orc_message set state = 'skipped', reason = 'suppressed' where person > '11'")
    desk.sql("analyze {}orc_message")
    end = "<= '2030-01-01 00:00:00'"
    shown = {
        "orc_message_work": f"state in ('pending', 'retry') and occurrence_id = 1 and not_before {end}",
        "orc_message_lease": f"state in ('claimed', 'attempting') and lease_until {end}",
        "orc_message_unknown": f"state in ('unknown') and updated_at {end}",
    }
    for index, condition in shown.items():
        with desk.ledger._engine.begin() as connection:
            if desk.ledger.dialect == "postgresql":
                asked = f"explain select id from orc.orc_message where {condition}"
            else:
                asked = f"explain query plan select id from orc_message where {condition}"
            plan = " ".join(str(row) for row in connection.exec_driver_sql(asked))
        assert index in plan, plan
    assert len(desk.ledger.messages(state=MessageState.PENDING)) < 200
