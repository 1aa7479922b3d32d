"""Slots and snapshots: once, whole, and nobody in them twice."""

from __future__ import annotations

import datetime as dt

import pytest
from ledger_desk import NOON, Desk, planned

from orchestrator.ledger import Enqueued, OccurrenceState, Planned, Reason
from orchestrator.model.errors import GateError, UsageError


def test_a_slot_is_planned_once(desk: Desk) -> None:
    """However often a slot is planned, it stands once."""
    args = ("spring", "s", NOON, NOON + dt.timedelta(hours=1))
    assert desk.ledger.plan_occurrence(*args, version=1, local_slot="s")
    assert not desk.ledger.plan_occurrence(*args, version=2, local_slot="s")
    assert [o.version for o in desk.ledger.occurrences("spring")] == [1]


def test_a_slot_is_not_taken_before_it_is_due(desk: Desk) -> None:
    """Nothing begins early, and what is due first begins first."""
    desk.slot("late", due=NOON + dt.timedelta(minutes=2))
    desk.slot("soon", due=NOON + dt.timedelta(minutes=1))
    assert desk.ledger.take_occurrence("w1") is None
    desk.wait(180)
    taken = [desk.ledger.take_occurrence("w1"), desk.ledger.take_occurrence("w2"), desk.ledger.take_occurrence("w3")]
    assert [o and o.campaign for o in taken] == ["soon", "late", None]


def test_a_slot_past_its_deadline_is_missed(desk: Desk) -> None:
    """What nobody began in time is not begun at all, and is seen."""
    desk.slot()
    desk.wait(2 * 3600)
    assert desk.ledger.take_occurrence("w1") is None
    assert desk.ledger.occurrences()[0].state == "missed"
    late = NOON - dt.timedelta(days=3)
    desk.ledger.plan_occurrence("old", "s", late, late, version=1, local_slot="s", state=OccurrenceState.MISSED)
    assert desk.ledger.occurrences("old")[0].state == "missed"


def test_a_lease_that_ends_lets_another_daemon_begin_again(desk: Desk) -> None:
    """A snapshot whose daemon died is done anew, without its half-written rows, and the dead one is fenced."""
    desk.slot()
    first = desk.ledger.take_occurrence("w1", 60)
    desk.ledger.begin_snapshot(first)
    desk.ledger.enqueue(first, [planned("gone"), planned("stays")], 1)
    assert desk.ledger.take_occurrence("w2") is None
    desk.wait(61)
    second = desk.ledger.take_occurrence("w2")
    assert second.epoch == first.epoch + 1
    assert second.state == "snapshotting"
    assert desk.ledger.begin_snapshot(second)
    assert not desk.ledger.renew(first)
    assert not desk.ledger.begin_snapshot(first)
    assert not desk.ledger.halt(first, "?")
    with pytest.raises(GateError, match="not ours any more"):
        desk.ledger.enqueue(first, [planned("gone")], 1)
    desk.ledger.enqueue(second, [planned("stays")], 1)
    assert not desk.ledger.finish_snapshot(first, 2)
    assert desk.ledger.finish_snapshot(second, 1)
    assert list(desk.states()) == ["stays"]
    assert desk.ledger.audit() == []


def test_nothing_is_claimed_from_an_open_snapshot(desk: Desk) -> None:
    """Messages can be claimed only when the whole audience is frozen."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    desk.ledger.enqueue(occurrence, [planned("1")], 1)
    assert desk.ledger.claim("w1") == []
    desk.ledger.finish_snapshot(occurrence, 1)
    assert len(desk.ledger.claim("w1")) == 1


def test_a_released_occurrence_can_be_taken_at_once(desk: Desk) -> None:
    """A daemon that ends in order leaves its slot to the next one."""
    desk.slot()
    desk.ledger.release(desk.ledger.take_occurrence("w1"))
    assert desk.ledger.take_occurrence("w2") is not None


@pytest.mark.parametrize("order", [["9", "10", "x"], ["x", "10", "9"], ["10", "9", "x"]])
@pytest.mark.parametrize("together", [True, False])
def test_one_mailbox_gets_one_message(desk: Desk, order: list[str], together: bool) -> None:
    """Of the people who share a mailbox the lowest id gets the message, whatever the order of rows and chunks."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    rows = [planned(person, "Shared@Example.com") for person in order]
    for n, chunk in enumerate([rows] if together else [[row] for row in rows]):
        desk.ledger.enqueue(occurrence, chunk, n)
    desk.ledger.finish_snapshot(occurrence, 3)
    duplicate = ("skipped", "duplicate_address")
    assert desk.states() == {"9": ("pending", None), "10": duplicate, "x": duplicate}
    assert {row.variant for row in desk.ledger.messages() if row.person != "9"} == {None}
    assert len(desk.ledger.claim("w1")) == 1
    assert desk.ledger.audit() == []


def test_a_held_out_person_keeps_the_mailbox(desk: Desk) -> None:
    """A household whose first member is held out gets nothing: mailboxes are settled before arms are."""
    desk.snapshot([planned("1", "a@x.com", reason=Reason.HOLDOUT), planned("2", "a@x.com")])
    assert desk.states() == {"1": ("skipped", "holdout"), "2": ("skipped", "duplicate_address")}


def test_whoever_was_left_out_takes_no_mailbox(desk: Desk) -> None:
    """A suppressed or unreachable person does not stand in the way of the other one at that address."""
    desk.snapshot([planned("1", "a@x.com", reason=Reason.SUPPRESSED), planned("2", "a@x.com")])
    assert desk.states()["2"] == ("pending", None)


def test_skipped_people_are_rows_with_reasons(desk: Desk) -> None:
    """Somebody without an address is counted, not forgotten."""
    desk.snapshot([_without_address("1"), planned("2")])
    assert desk.states()["1"] == ("skipped", "no_address")
    (status,) = desk.ledger.status("spring")
    assert status.total() == 2
    assert {(c.state.value, c.n) for c in status.counts} == {("skipped", 1), ("pending", 1)}


def _without_address(person: str) -> Planned:
    return Planned(person, "offer", "email", "news", reason=Reason.NO_ADDRESS)


def test_a_chunk_may_be_written_twice(desk: Desk) -> None:
    """A chunk whose commit got no reply is repeated without harm."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    rows = [planned("1"), planned("2"), _without_address("3")]
    assert desk.ledger.enqueue(occurrence, rows, 1) == Enqueued(pending=2, skipped=1, elsewhere=0)
    assert desk.ledger.enqueue(occurrence, rows, 1) == Enqueued(pending=0, skipped=0, elsewhere=0)
    assert desk.ledger.enqueue(occurrence, [*rows, planned("4")], 1).pending == 1
    desk.ledger.finish_snapshot(occurrence, 4)
    assert desk.ledger.audit() == []


def test_somebody_who_moved_between_zones_is_planned_once(desk: Desk) -> None:
    """Who moved from Auckland to Los Angeles between the two slots of one local hour gets one message."""
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        desk.ledger.plan_occurrence(
            "spring", f"2026-11-23T09:00[{zone}]", NOON, NOON + dt.timedelta(hours=1),
            version=1, local_slot="2026-11-23T09:00", zone=zone,
        )  # fmt: skip
    enqueued = []
    for people in (["mover", "kiwi"], ["mover", "angel"]):
        occurrence = desk.ledger.take_occurrence("w1")
        desk.ledger.begin_snapshot(occurrence)
        enqueued.append(desk.ledger.enqueue(occurrence, [planned(person) for person in people], 1))
        desk.ledger.finish_snapshot(occurrence, 2)
    assert enqueued[1] == Enqueued(pending=1, skipped=0, elsewhere=1)
    assert sorted(claim.person for claim in desk.ledger.claim("w1")) == ["angel", "kiwi", "mover"]
    assert desk.ledger.audit() == []


def test_a_mailbox_is_shared_over_zones(desk: Desk) -> None:
    """Two people with one mailbox in two zones get one message: the one that was planned first."""
    for zone in ("A", "B"):
        desk.ledger.plan_occurrence(
            "spring", f"t[{zone}]", NOON, NOON + dt.timedelta(hours=1), version=1, local_slot="t", zone=zone
        )
    for person in ("2", "1"):
        occurrence = desk.ledger.take_occurrence("w1")
        desk.ledger.begin_snapshot(occurrence)
        desk.ledger.enqueue(occurrence, [planned(person, "both@x.com")], 1)
        desk.ledger.finish_snapshot(occurrence, 1)
    assert desk.states() == {"2": ("pending", None), "1": ("skipped", "duplicate_address")}


def test_a_halted_occurrence_sends_nothing(desk: Desk) -> None:
    """When a rule says no at the snapshot, nothing of it is kept or sent."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    desk.ledger.enqueue(occurrence, [planned("1")], 1)
    assert desk.ledger.halt(occurrence, "5 people, expected between 100 and 200")
    assert desk.ledger.claim("w1") == []
    assert desk.ledger.occurrence(occurrence.id).reason == "5 people, expected between 100 and 200"
    assert desk.ledger.messages() == []
    assert desk.ledger.audit() == []


def test_a_snapshot_cancelled_midway_is_not_opened(desk: Desk) -> None:
    """Cancelling while the audience is read ends it."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    desk.ledger.enqueue(occurrence, [planned("1")], 1)
    assert desk.ledger.cancel("spring", "ann") == 1
    with pytest.raises(GateError):
        desk.ledger.enqueue(occurrence, [planned("2")], 2)
    assert not desk.ledger.finish_snapshot(occurrence, 1)
    assert desk.ledger.audit() == []


def test_an_unknown_occurrence_is_a_usage_error(desk: Desk) -> None:
    """Asking for a number that does not exist says so."""
    with pytest.raises(UsageError, match="no occurrence 99"):
        desk.ledger.occurrence(99)


def test_a_message_to_send_needs_an_address(desk: Desk) -> None:
    """A row without an address and without a reason is a bug that is refused."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    with pytest.raises(ValueError, match="needs an address"):
        desk.ledger.enqueue(occurrence, [planned("1", address_hash=None)], 1)
