"""What a batch costs is counted in statements: their number does not grow with the batch, and has a bound."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ledger_desk import Desk, epochs, planned, receipt, rule

from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.project import Cap

WEEKLY = (Cap(3, Duration(7, Unit.DAY)),)


def statements(desk: Desk, caps: tuple[Cap, ...], size: int) -> list[str]:
    """Give the statements with which one batch is recorded and the next one guarded, in one commit."""
    desk.snapshot([planned(f"{caps}{size}{n}") for n in range(2 * size)], campaign=f"of{size}{len(caps)}")
    claims = desk.ledger.claim("w1")
    pairs = [(claim, rule(caps=caps)) for claim in claims]
    allowed = desk.ledger.guard("w1", pairs[:size])
    assert len(allowed) == size
    seen: list[str] = []

    def see(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    sa.event.listen(desk.ledger._engine, "before_cursor_execute", see)
    receipts = [receipt(claim) for claim in claims[:size]]
    recorded, allowed = desk.ledger.record_and_guard("w1", receipts, epochs(claims[:size]), pairs[size:])
    sa.event.remove(desk.ledger._engine, "before_cursor_execute", see)
    assert recorded.accepted == len(allowed) == size
    desk.ledger.record("w1", [receipt(claim) for claim in claims[size:]], epochs(claims[size:]))
    return seen


@pytest.mark.parametrize(("caps", "most"), [((), 9), (WEEKLY, 11)], ids=["plain", "capped"])
def test_a_batch_takes_few_statements_whatever_its_size(desk: Desk, caps: tuple[Cap, ...], most: int) -> None:
    """Recording and guarding is a fixed number of statements: gate, people, and three for each of the two."""
    small, large = statements(desk, caps, 2), statements(desk, caps, 60)
    assert len(small) == len(large)
    if desk.ledger.dialect == "postgresql":
        assert len(large) <= most, large


def idle(desk: Desk) -> list[tuple[str, object]]:
    """Give the statements, with their parameters, of what a daemon asks when nothing is due and nothing is open."""
    seen: list[tuple[str, object]] = []

    def see(_: object, __: object, statement: str, given: object, *___: object) -> None:
        seen.append((statement, given))

    sa.event.listen(desk.ledger._engine, "before_cursor_execute", see)
    assert desk.ledger.let_go("w9") == desk.ledger.reap().unknown == desk.ledger.open_messages() == 0
    assert desk.ledger.take_occurrence("w9") is None
    assert desk.ledger.claim("w9") == []
    assert desk.ledger.finish_occurrences() == 0
    sa.event.remove(desk.ledger._engine, "before_cursor_execute", see)
    return seen


def test_an_idle_daemon_reads_no_table_whole(desk: Desk) -> None:
    """What is settled costs a look nothing: each statement finds the index of what is open."""
    desk.snapshot([planned(f"p{n}") for n in range(40)])
    claims = desk.send()
    desk.ledger.record("w1", [receipt(claim) for claim in claims], epochs(claims))
    assert desk.ledger.finish_occurrences() == 1
    asked = idle(desk)
    assert len([statement for statement, _ in asked if not statement.startswith("begin")]) == 6
    if desk.ledger.dialect != "sqlite":
        return
    assert [statement for statement, _ in asked].count("begin immediate") == 1  # of the claim
    for statement, parameters in asked:
        if statement.startswith("SELECT"):
            with desk.ledger._engine.connect() as connection:
                plan = connection.exec_driver_sql(f"explain query plan {statement}", parameters).all()
            whole = [row for row in plan if "SCAN main.orc_" in row[3] and "INDEX orc_" not in row[3]]
            assert whole == [], statement


def test_texts_pass_into_arrays_as_they_are(desk: Desk) -> None:
    """Quotes, braces, backslashes and commas of a person's id or a reply end no place in an array."""
    odd = ['a","b', "{1,2}", "\\", '\\"', "NULL", "null", "", " x ", "ä\U0001f600", "a\nb", "'; drop table orc_message"]
    desk.snapshot([planned(person, f"p{n}@example.com") for n, person in enumerate(odd)])
    claims = desk.send()
    assert sorted(claim.person for claim in claims) == sorted(odd)
    said = [receipt(claim, provider_id=claim.person or None) for claim in claims]
    assert desk.ledger.record("w1", said, epochs(claims)).accepted == len(odd)
    kept = {row[0] for row in desk.sql("select provider_id from {}orc_attempt")}
    assert kept == {person or None for person in odd}


def test_what_a_stranger_says_is_kept_as_far_as_it_can_be(desk: Desk) -> None:
    """One reply with a NUL, half a character or 10,000 letters among usual ones: each is kept for itself."""
    replies = ["2.0.0 Ok", "a\0b", "half \ud83d", "x" * 10_000, "é" * 600, ""]
    kept = ["2.0.0 Ok", "ab", "half ?", "x" * 500, "é" * 500, ""]
    desk.snapshot([planned(f"p{n}") for n in range(len(replies))])
    claims = desk.send()
    said = [receipt(claim)._replace(evidence=text) for claim, text in zip(claims, replies, strict=True)]
    assert desk.ledger.record("w1", said, epochs(claims)).accepted == len(replies)
    assert {row[0] for row in desk.sql("select evidence from {}orc_attempt")} == set(kept)
