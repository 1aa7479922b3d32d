"""The way of a message through the ledger, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest
from ledger_desk import Desk, epochs, planned, receipt, rule

from orchestrator.ledger import Reaped, Reason, Recorded
from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.delivery import MessageKey, Outcome, Receipt
from orchestrator.model.people import address_hash
from orchestrator.model.project import Ambiguous, Cap, Quiet


def test_a_message_goes_from_planned_to_accepted(desk: Desk) -> None:
    """Everybody planned is claimed, guarded, recorded; afterwards nothing is open and the audit is empty."""
    occurrence = desk.snapshot([planned(str(n)) for n in range(10)])
    assert occurrence.state == "sending"
    assert (occurrence.audience, occurrence.planned) == (10, 10)
    claims = desk.send()
    assert len(claims) == 10
    done = desk.ledger.record("w1", [receipt(c) for c in claims], epochs(claims))
    assert done == Recorded(accepted=10)
    assert desk.ledger.finish_occurrences() == 1
    assert desk.ledger.occurrence(occurrence.id).state == "done"
    assert desk.ledger.open_messages() == 0
    assert desk.ledger.audit() == []


def test_a_message_keeps_its_identity(desk: Desk) -> None:
    """The id of a message is that of its key, which a restart computes again."""
    desk.snapshot([planned("7")])
    (claim,) = desk.ledger.claim("w1")
    key = MessageKey("test", "spring", "2026-11-23T12:00", "7", "offer", "email")
    assert claim.id == key.id
    assert (claim.address, claim.facts, claim.variant, claim.slot) == ("7@example.com", "{}", "a", key.slot)


def test_facts_are_forgotten_when_settled(desk: Desk) -> None:
    """Address, zone and facts of a person are gone as soon as the message needs them no more."""
    desk.snapshot([planned("1"), planned("2"), planned("3", reason=Reason.HOLDOUT), planned("4")])
    assert desk.sql("select count(*) from {}orc_recipient")[0][0] == 3
    claims = desk.send()
    said = [receipt(claims[0]), receipt(claims[1], Outcome.RETRY), receipt(claims[2], Outcome.FAILED)]
    desk.ledger.record("w1", said, epochs(claims))
    assert desk.sql("select address from {}orc_recipient") == [(claims[1].address,)]


def test_two_workers_never_claim_the_same(desk: Desk) -> None:
    """A message is lent to one worker at a time."""
    desk.snapshot([planned(str(n)) for n in range(30)])
    first, second = desk.ledger.claim("w1", 20), desk.another().claim("w2", 20)
    assert len(first) == 20
    assert len(second) == 10
    assert not {c.id for c in first} & {c.id for c in second}


def test_a_big_occurrence_does_not_hold_up_a_small_one(desk: Desk) -> None:
    """Occurrences take turns at being claimed first."""
    desk.snapshot([planned(str(n)) for n in range(50)], "big")
    desk.snapshot([planned("x")], "small")
    seen = {claim.campaign for _ in range(2) for claim in desk.ledger.claim("w1", 5)}
    assert seen == {"big", "small"}


def test_a_retry_comes_back_later_with_its_cap_refunded(desk: Desk) -> None:
    """A definite no for now is tried again after a pause, and has cost the person nothing."""
    one = rule(caps=(Cap(1, Duration(7, Unit.DAY)),))
    desk.snapshot([planned("1")])
    claims = desk.send(rules=one)
    done = desk.ledger.record("w1", [receipt(claims[0], Outcome.RETRY)], epochs(claims), jitter=lambda: 1.0)
    assert done == Recorded(retry=1)
    assert desk.send(rules=one) == []
    desk.wait(29)
    assert desk.ledger.claim("w1") == []
    desk.wait(1)
    assert [c.tries for c in desk.send(rules=one)] == [1]


def test_retry_after_is_honoured(desk: Desk) -> None:
    """When the other side says how long to wait, we wait at least that long."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claims[0], Outcome.RETRY, retry_after=120.0)], epochs(claims), lambda: 0.5)
    desk.wait(119)
    assert desk.ledger.claim("w1") == []
    desk.wait(1)
    assert len(desk.ledger.claim("w1")) == 1


def test_tries_are_counted_and_used_up(desk: Desk) -> None:
    """After six definite noes a message has failed."""
    desk.snapshot([planned("1")])
    for n in range(6):
        claims = desk.send()
        assert len(claims) == 1, n
        desk.ledger.record("w1", [receipt(claims[0], Outcome.RETRY)], epochs(claims))
        desk.wait(3601)
    assert desk.states() == {"1": ("failed", "tries_used_up")}
    assert desk.ledger.audit() == []


def test_a_permanent_refusal_fails_at_once(desk: Desk) -> None:
    """A definite never is not tried again."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    assert desk.ledger.record("w1", [receipt(claims[0], Outcome.FAILED)], epochs(claims)) == Recorded(failed=1)
    assert desk.states() == {"1": ("failed", "refused")}


def test_what_nobody_knows_is_unknown_and_stays(desk: Desk) -> None:
    """An ambiguous reply is never resolved by itself when the policy is to hold."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claims[0], Outcome.UNKNOWN)], epochs(claims))
    desk.wait(100_000)
    desk.ledger.reap()
    assert desk.ledger.claim("w1") == []
    assert [(row.person, row.code, row.evidence) for row in desk.ledger.unknown("spring")] == [("1", "250", "ok")]
    assert desk.ledger.audit() == []


def test_the_policy_resend_sends_again_after_a_while(desk: Desk) -> None:
    """A transactional message whose fate is unknown is tried again after the wait, with the old worker fenced."""
    desk.snapshot([planned("1", on_unknown=Ambiguous.RESEND)])
    claims = desk.send()
    desk.wait(91)
    assert desk.ledger.reap().unknown == 1
    assert desk.ledger.finish_occurrences() == 1
    desk.wait(899)
    assert desk.ledger.reap().resent == 0
    desk.wait(1)
    assert desk.ledger.reap().resent == 1
    assert desk.ledger.record("w1", [receipt(claims[0])], epochs(claims)) == Recorded(fenced=1)
    (again,) = desk.send("w2")
    desk.ledger.record("w2", [receipt(again)], epochs([again]))
    assert desk.states() == {"1": ("accepted", None)}


@pytest.mark.parametrize(("outcome", "state"), [("accepted", "accepted"), ("failed", "failed"), ("resend", "retry")])
def test_an_operator_decides_about_the_unknown(desk: Desk, outcome: str, state: str) -> None:
    """Each of the three decisions is carried out and written down."""
    desk.snapshot([planned("1"), planned("2")])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(c, Outcome.UNKNOWN) for c in claims], epochs(claims))
    desk.ledger.finish_occurrences()
    assert desk.ledger.resolve_unknown(outcome, "ann", ids=[claims[0].id]) == 1
    assert desk.ledger.resolve_unknown(outcome, "ann", campaign="spring") == 1
    assert {s for s, _ in desk.states().values()} == {state}
    assert [a.action for a in desk.ledger.actions()] == [f"resolve as {outcome}"] * 2
    assert desk.ledger.audit() == []


def test_claims_go_back_when_a_worker_dies(desk: Desk) -> None:
    """What was only claimed had not left: it is pending again, and after three such deaths it is poison."""
    desk.snapshot([planned("1")])
    for n in (1, 2, 3):
        assert len(desk.ledger.claim("w1", lease_seconds=60)) == 1
        assert desk.ledger.reap().returned == 0
        desk.wait(60)
        reaped = desk.ledger.reap()
        assert (reaped.returned, reaped.poison) == ((1, 0) if n < 3 else (0, 0))
    desk.wait(15 * 60)
    assert desk.ledger.reap().poison == 1
    assert desk.states() == {"1": ("failed", "poison")}
    assert desk.ledger.audit() == []


def test_who_gives_up_in_order_is_no_crash(desk: Desk) -> None:
    """A worker that lets go of its claims, even after its lease, makes nothing suspect; what left stays where it is."""
    desk.snapshot([planned("1"), planned("2")])
    for n in range(6):
        claims = desk.ledger.claim("w1", limit=2, lease_seconds=60)
        assert len(claims) == (2 if n < 2 else 1)
        if n < 2:
            desk.wait(61)  # an outage; another machine looks first, and believes the first two times
            assert desk.ledger.reap().returned == 2
            continue
        desk.wait(61)
        assert desk.ledger.reap() == Reaped(0, 0, 0, 0)
        assert desk.ledger.let_go("somebody else") == 0
        assert desk.ledger.let_go("w1") == 1
        assert desk.ledger.let_go("w1") == 0
    (claim,) = desk.ledger.claim("w1")
    assert desk.ledger.guard("w1", [(claim, rule())]) == [claim.id]
    assert desk.ledger.let_go("w1") == 0
    assert desk.states()[claim.person] == ("attempting", None)
    assert desk.ledger.audit() == []


def test_attempts_of_a_dead_worker_become_unknown(desk: Desk) -> None:
    """Whoever may have got the message is listed, never written to again by itself."""
    desk.snapshot([planned("1")])
    desk.send()
    desk.wait(90)
    assert desk.ledger.reap().unknown == 1
    assert desk.ledger.claim("w2") == []
    assert desk.states() == {"1": ("unknown", "worker_lost")}


def test_late_evidence_settles_an_unknown(desk: Desk) -> None:
    """A stalled worker that comes back with a yes is believed, as long as nobody tried again."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    desk.wait(500)
    desk.ledger.reap()
    assert desk.ledger.record("w1", [receipt(claims[0])], epochs(claims)) == Recorded(accepted=1)
    assert desk.ledger.audit() == []


def test_recording_twice_changes_nothing(desk: Desk) -> None:
    """A commit whose reply was lost may be repeated."""
    desk.snapshot([planned("1"), planned("2")])
    claims = desk.send()
    receipts = [receipt(claims[0]), receipt(claims[1], Outcome.FAILED)]
    first = desk.ledger.record("w1", receipts, epochs(claims))
    assert desk.ledger.record("w1", receipts, epochs(claims)) == first == Recorded(accepted=1, failed=1)
    assert desk.ledger.audit() == []


def test_record_and_guard_is_one_commit(desk: Desk) -> None:
    """The results of a batch and the attempts of the next one are durable together."""
    desk.snapshot([planned(str(n)) for n in range(4)])
    claims = desk.ledger.claim("w1")
    pairs = [(claim, rule()) for claim in claims]
    assert desk.ledger.guard("w1", pairs[:2]) == [c.id for c in claims[:2]]
    recorded, left = desk.ledger.record_and_guard("w1", [receipt(c) for c in claims[:2]], epochs(claims), pairs[2:])
    assert recorded == Recorded(accepted=2)
    assert left == [c.id for c in claims[2:]]


def test_a_batch_in_flight_is_bounded(desk: Desk) -> None:
    """More than 64 at once are refused, so that a crash leaves at most 64 unknown."""
    desk.snapshot([planned(str(n)) for n in range(65)])
    claims = desk.ledger.claim("w1")
    with pytest.raises(ValueError, match="at most 64"):
        desk.ledger.guard("w1", [(claim, rule()) for claim in claims])


def test_a_render_error_fails_one_and_leaves_the_others(desk: Desk) -> None:
    """One person's bad data never stops a campaign."""
    desk.snapshot([planned("1"), planned("2")])
    claims = desk.ledger.claim("w1")
    assert desk.ledger.fail("w1", [(claims[0], Reason.RENDER_ERROR, "offer.html.j2:3: 'x' is undefined")]) == 1
    assert desk.states()[claims[0].person] == ("failed", "render_error")
    assert desk.ledger.messages()[-1].detail.startswith("offer.html.j2:3") or desk.ledger.messages()[0].detail
    assert len(desk.ledger.guard("w1", [(c, rule()) for c in claims])) == 1


def test_claims_can_be_given_back(desk: Desk) -> None:
    """A worker that ends in order leaves nothing lent."""
    desk.snapshot([planned("1")])
    claims = desk.ledger.claim("w1")
    assert desk.ledger.give_back("w1", claims) == 1
    assert len(desk.ledger.claim("w2")) == 1


def test_caps_count_over_campaigns_and_within_a_batch(desk: Desk) -> None:
    """Two a week are two a week, whichever campaigns and batches they come in."""
    two = rule(caps=(Cap(2, Duration(7, Unit.DAY)),))
    for n in range(4):
        desk.snapshot([planned("1")], f"c{n}")
    claims = desk.ledger.claim("w1")
    assert len(desk.ledger.guard("w1", [(claim, two) for claim in claims[:1]])) == 1
    assert len(desk.ledger.guard("w1", [(claim, two) for claim in claims[1:]])) == 1
    assert sorted(row.state.value for row in desk.ledger.messages()) == ["attempting"] * 2 + ["skipped"] * 2
    desk.wait(7 * 86400 + 1)
    desk.snapshot([planned("1")], "later", due=desk.time)
    assert len(desk.send(rules=two)) == 1


def test_nobody_suppressed_passes_the_guard(desk: Desk) -> None:
    """Somebody who unsubscribed while we were sending gets nothing, in every scope that covers the message."""
    people = {"all": "*", "marketing": "marketing", "topic": "promotions", "other": "surveys"}
    desk.snapshot([planned(person) for person in people])
    claims = desk.ledger.claim("w1")
    for person, scope in people.items():
        assert desk.ledger.suppress("email", scope, address_hash(f"{person}@example.com"), "unsubscribed", "page")
        assert not desk.ledger.suppress("email", scope, address_hash(f"{person}@example.com"), "again", "page")
    left = desk.ledger.guard("w1", [(claim, rule()) for claim in claims])
    assert [claim.person for claim in claims if claim.id in left] == ["other"]
    assert desk.states()["topic"] == ("skipped", "suppressed")
    assert desk.ledger.suppression_count() == 4
    assert desk.ledger.audit() == []


def test_a_transactional_message_ignores_marketing_suppression(desk: Desk) -> None:
    """A receipt reaches whoever unsubscribed from marketing, not whoever complained about everything."""
    desk.snapshot([planned("1"), planned("2")])
    desk.ledger.suppress("email", "marketing", address_hash("1@example.com"), "unsubscribed", "page")
    desk.ledger.suppress("email", "*", address_hash("2@example.com"), "complaint", "arf")
    sent = desk.send(rules=rule(topic="receipts", marketing=False, consent=False))
    assert [claim.person for claim in sent] == ["1"]


def test_a_withdrawn_consent_is_seen_by_the_guard(desk: Desk) -> None:
    """Consent taken back with us after the snapshot counts, unless the category needs none."""
    desk.snapshot([planned("1"), planned("2")])
    assert desk.ledger.record_withdrawal("1", "email", "promotions", "page")
    assert desk.ledger.withdrawn("email", "promotions", ["1", "2"]) == {"1"}
    assert [claim.person for claim in desk.send()] == ["2"]
    assert desk.states()["1"] == ("skipped", "no_consent")
    assert desk.ledger.lift_withdrawal("1", "email", "promotions")


def test_quiet_hours_wait_for_the_persons_morning(desk: Desk) -> None:
    """Nobody is written to at night on their own wall clock; the message goes out when the night is over."""
    night = rule(quiet=Quiet(dt.time(21), dt.time(8)), zone="Europe/Berlin")
    desk.snapshot([planned("la", zone="America/Los_Angeles"), planned("here"), planned("odd", zone="Mars/Base")])
    assert sorted(claim.person for claim in desk.send(rules=night)) == ["here", "odd"]
    desk.wait(4 * 3600 - 1)
    assert desk.ledger.claim("w1") == []
    desk.wait(1)
    assert [claim.person for claim in desk.send(rules=night)] == ["la"]


def test_quiet_hours_never_outlast_a_message(desk: Desk) -> None:
    """A message whose end falls into the night expires instead of arriving late."""
    night = rule(quiet=Quiet(dt.time(11), dt.time(14)))
    desk.snapshot([planned("1", expires_at=desk.time + dt.timedelta(hours=2))])
    assert desk.send(rules=night) == []
    assert desk.states() == {"1": ("expired", "quiet_hours")}


def test_an_expired_message_never_leaves(desk: Desk) -> None:
    """Neither the claim nor the guard lets a message out after its end."""
    end = desk.time + dt.timedelta(seconds=30)
    desk.snapshot([planned("1", expires_at=end), planned("2", expires_at=end)])
    claims = desk.ledger.claim("w1", 1)
    desk.wait(30)
    assert desk.ledger.claim("w1") == []
    assert desk.ledger.guard("w1", [(claims[0], rule())]) == []
    desk.ledger.finish_occurrences()
    assert set(desk.states().values()) == {("expired", "too_late")}
    assert desk.ledger.audit() == []


def test_a_capped_message_that_was_refused_costs_nothing(desk: Desk) -> None:
    """A definite no gives the cap back: the next campaign may use it."""
    one = rule(caps=(Cap(1, Duration(7, Unit.DAY)),))
    desk.snapshot([planned("1")])
    claims = desk.send(rules=one)
    desk.ledger.record("w1", [receipt(claims[0], Outcome.FAILED)], epochs(claims))
    desk.snapshot([planned("1")], "summer")
    assert len(desk.send(rules=one)) == 1


def test_a_strange_reply_can_be_recorded(desk: Desk) -> None:
    """Whatever bytes a server answers with, its answer is written down: nothing may stop a record."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    strange = Receipt(claims[0].id, Outcome.ACCEPTED, "250\0", "ok \udcff\0 " + "x" * 9999, "id\0\udcff")
    assert desk.ledger.record("w1", [strange], epochs(claims)) == Recorded(accepted=1)


def test_one_poisonous_message_takes_nobody_with_it(desk: Desk) -> None:
    """A message that kills its worker is found out alone: the others of its batch are sent."""
    desk.snapshot([planned(str(n)) for n in range(20)])
    sent: list[str] = []
    for _ in range(40):
        claims = desk.ledger.claim("w1")
        if any(claim.person == "13" for claim in claims):
            desk.wait(61)  # the worker is dead
            desk.ledger.reap()
            continue
        if not claims:
            desk.wait(15 * 60)  # nobody says that the third death was none
            desk.ledger.reap()
            continue
        left = desk.ledger.guard("w1", [(claim, rule()) for claim in claims])
        desk.ledger.record("w1", [receipt(claim) for claim in claims if claim.id in left], epochs(claims))
        sent += [claim.person for claim in claims]
    assert len(sent) == 19
    assert desk.states()["13"] == ("failed", "poison")
    assert desk.ledger.audit() == []
