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
