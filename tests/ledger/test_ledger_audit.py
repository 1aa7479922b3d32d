"""The audit finds every way in which a ledger may not add up."""

from __future__ import annotations

import pytest
from ledger_desk import Desk, epochs, planned, receipt

from orchestrator.ledger import MessageState
from orchestrator.ledger.audit import _checks

TAMPERED = {
    "conservation": "update {}orc_occurrence set planned = planned + 1",
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


def test_the_database_itself_refuses_a_mailbox_twice(desk: Desk) -> None:
    """Even a defect of ours cannot write two open messages for one mailbox, or a state that does not exist."""
    desk.snapshot([planned("1"), planned("2")])
    with pytest.raises(Exception, match=r"(?i)unique"):
        desk.sql("update {}orc_message set address_hash = (select address_hash from {}orc_message where person = '1')")
    for damage in ("state = 'sent'", "reason = 'because'", "state = 'claimed'", "state = 'skipped'"):
        with pytest.raises(Exception, match=r"(?i)check"):
            desk.sql(f"update {{}}orc_message set {damage}")
    assert {row.state for row in desk.ledger.messages()} == {MessageState.PENDING}
