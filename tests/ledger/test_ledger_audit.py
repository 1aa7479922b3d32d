"""The audit finds every way in which a ledger may not add up."""

from __future__ import annotations

import sqlite3

import pytest
from ledger_desk import Desk, epochs, planned, receipt

from orchestrator.ledger import MessageState, Sum
from orchestrator.ledger.audit import _checks

TAMPERED = {
    "conservation": "update {}orc_occurrence set planned = planned + 1",
    "impossible_state": None,
    "no_occurrence": None,
    "no_message": None,
    "open_in_done": "update {}orc_occurrence set state = 'done'",
    "early_rows": "update {}orc_occurrence set state = 'planned'",
    "sent_from_snapshot": "update {}orc_occurrence set state = 'snapshotting'",
    "tries": "update {}orc_message set tries = tries + 1 where person = '1'",
    "untried": "update {}orc_message set state = 'accepted' where person = '3'",
    "no_receipt": "update {}orc_attempt set outcome = null, ended_at = null",
    "lost_yes": "update {}orc_message set state = 'failed' where person = '1'",
    "accepted_twice": (
        "insert into {}orc_attempt (seq, message_id, n, epoch, worker, started_at, ended_at, outcome) select 99,"
        " message_id, 2, 1, 'w', started_at, ended_at, outcome from {}orc_attempt where outcome = 'accepted'"
    ),
    "mailbox_twice": None,
    "not_forgotten": "update {}orc_message set state = 'expired' where person = '3'",
    "no_content": "delete from {}orc_recipient",
    "cap_use": (
        "insert into {}orc_cap_use select id, person, category, updated_at from {}orc_message where person = '3'"
    ),
}


def test_every_check_has_its_case() -> None:
    """No check of the audit is without a ledger that it finds fault with."""
    assert {code for code, _, _ in _checks()} == set(TAMPERED)


@pytest.mark.parametrize("code", [code for code, text in TAMPERED.items() if text])
def test_the_audit_finds_what_does_not_add_up(desk: Desk, code: str) -> None:
    """Each kind of damage is found by its own check."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claims[0])], epochs(claims))
    desk.snapshot([planned("2"), planned("3")], "summer")
    desk.send(limit=1)
    assert desk.ledger.audit() == []
    desk.sql(TAMPERED[code])
    assert code in {finding.code for finding in desk.ledger.audit()}


#: What only somebody with the file in hands can do, who turns the database's own rules off: (statement, what is found)
BY_HAND = [
    ("delete from orc_message where person = '3'", {"conservation"}),
    ("delete from orc_message where person = '1'", {"conservation", "no_message"}),
    ("update orc_message set state = 'sent' where person = '3'", {"impossible_state"}),
    ("delete from orc_attempt", {"tries"}),
    ("update orc_message set state = 'accepted' where person = '3'", {"untried", "not_forgotten"}),
    ("delete from orc_occurrence where campaign = 'summer'", {"no_occurrence"}),
]


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)  # its rules can be turned off beside other tests
@pytest.mark.parametrize(("damage", "codes"), BY_HAND)
def test_the_sum_shows_what_somebody_did_by_hand(desk: Desk, damage: str, codes: set[str]) -> None:
    """A lost row, a state that does not exist, an attempt of nobody, an acceptance without one: each is told."""
    desk.snapshot([planned("1")])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claims[0])], epochs(claims))
    desk.snapshot([planned("2"), planned("3")], "summer")
    desk.send(limit=1)
    assert [one.missing() for one in desk.ledger.sums()] == [0, 0]
    connection = sqlite3.connect(desk.url.removeprefix("sqlite:///"))
    connection.execute("pragma ignore_check_constraints = on")
    with connection:
        connection.execute(damage)
    connection.close()
    assert codes <= {finding.code for finding in desk.ledger.audit()}
    if codes & {"conservation", "impossible_state"}:
        assert sum(one.missing() for one in desk.ledger.sums()) == 1


def test_every_occurrence_has_its_sum(desk: Desk) -> None:
    """Planned is what is settled, unknown and open, in numbers, of each occurrence."""
    desk.snapshot([planned("1"), planned("2"), planned("3")])
    claims = desk.send(limit=2)
    desk.ledger.record("w1", [receipt(claims[0])], epochs(claims))
    desk.wait(1000)
    desk.ledger.reap()
    assert desk.ledger.sums() == [
        Sum("spring", "2026-11-23T12:00[UTC]", 3, {"accepted": 1, "unknown": 1, "open": 1}),
    ]


def test_the_database_itself_refuses_a_mailbox_twice(desk: Desk) -> None:
    """Even a defect of ours cannot write two open messages for one mailbox, or a state that does not exist."""
    desk.snapshot([planned("1"), planned("2")])
    with pytest.raises(Exception, match=r"(?i)unique"):
        desk.sql("update {}orc_message set address_hash = (select address_hash from {}orc_message where person = '1')")
    for damage in ("state = 'sent'", "reason = 'because'", "state = 'claimed'", "state = 'skipped'"):
        with pytest.raises(Exception, match=r"(?i)check"):
            desk.sql(f"update {{}}orc_message set {damage}")
    assert {row.state for row in desk.ledger.messages()} == {MessageState.PENDING}
