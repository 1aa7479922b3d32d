"""The whole way of a campaign, on both state databases: who gets what, at most once, whatever happens."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.deliver.email.mime import assemble
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError, StateError
from orchestrator.model.people import address_hash
from orchestrator.model.project import Provider
from orchestrator.run import House
from orchestrator.schedule import run_once
from orchestrator.serve import build_app
from tests.run.conftest import DUE, FILES, Clock, Wire

Build = Callable[..., House]


def states(house: House) -> Counter[str]:
    """Count the messages of all occurrences by state, or by reason where there is one."""
    found: Counter[str] = Counter()
    for status in house.ledger.status():
        for count in status.counts:
            found[(count.reason or count.state).value] += count.n
    return found


def test_everybody_is_a_row_with_a_message_or_a_reason(build: Build, wire: Wire) -> None:
    """29 Germans: one has no address, one an impossible one, one shares a mailbox, one refused; the rest get arms."""
    house = build()
    asyncio.run(run_once(house))
    found = states(house)
    assert sum(found.values()) == 29
    assert (found["no_address"], found["invalid_address"], found["duplicate_address"], found["no_consent"]) == (
        1,
        1,
        1,
        1,
    )
    assert found["accepted"] == len(wire.taken) == 25 - found["holdout"]
    assert found["holdout"] > 0
    assert len({message.to.lower() for message in wire.taken}) == len(wire.taken)
    assert house.ledger.audit() == []


def test_a_second_run_sends_nothing(build: Build, wire: Wire) -> None:
    """The slot is one row: running again, at once or later that day, changes nothing."""
    house = build()
    asyncio.run(run_once(house))
    before = len(wire.taken)
    asyncio.run(run_once(house))
    assert len(wire.taken) == before > 0


def test_nothing_leaves_before_its_slot(build: Build, wire: Wire, clock: Clock) -> None:
    """At 08:59 UTC it is 09:59 in Berlin: one minute to go."""
    clock.at = dt.datetime(2026, 12, 1, 8, 59, tzinfo=dt.UTC)
    house = build()
    asyncio.run(run_once(house))
    assert not wire.taken
    clock.at = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
    asyncio.run(run_once(house))
    assert wire.taken


def test_a_slot_found_too_late_is_missed_and_said(build: Build, wire: Wire, clock: Clock) -> None:
    """Two hours are the patience when a campaign does not say; a third is a row `missed`, not silence."""
    clock.at = dt.datetime(2026, 12, 1, 12, 1, tzinfo=dt.UTC)
    house = build()
    turn = asyncio.run(run_once(house))
    assert [due.missed for due in turn.due] == [True]
    assert not wire.taken
    assert [o.state.value for o in house.ledger.occurrences()] == ["missed"]


def test_messages_say_what_they_should(build: Build, tmp_path: Path) -> None:
    """The outbox holds real messages: personal, with one-click unsubscribe, with an id that a retry repeats."""
    house = build()
    asyncio.run(run_once(house))
    files = sorted((tmp_path / "outbox").rglob("*.eml"))
    assert len(files) == states(house)["accepted"] > 0
    for file in files:
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert message["From"] == '"News, daily" <news@example.com>'
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].startswith("<https://mail.example.com/u/")
        body = message.get_body(("html",))
        assert body is not None
        assert "Dear Ann" in body.get_content() or "Dear you" in body.get_content()
        assert str(message["Message-ID"]).endswith("@example.com>")


def test_somebody_who_unsubscribed_after_the_snapshot_gets_nothing(build: Build, wire: Wire) -> None:
    """The guard asks once more, in the commit that allows the message."""
    house = build()

    def unsubscribe_all(message: Message) -> Receipt:
        for n in range(1, 31):
            house.ledger.suppress("email", "promotions", address_hash(f"p{n}@example.com"), "unsubscribed", "test")
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = unsubscribe_all
    object.__setattr__(house.settings, "in_flight", 1)
    asyncio.run(run_once(house))
    assert len(wire.taken) == 1
    assert states(house)["suppressed"] > 10


def test_one_click_is_seen_by_every_later_guard(build: Build, wire: Wire, clock: Clock) -> None:
    """The link of a real letter: opening it changes nothing, posting it keeps the next try from this mailbox."""
    testclient = pytest.importorskip("fastapi.testclient")
    seen: list[Message] = []

    def busy(message: Message) -> Receipt:
        seen.append(message)
        return Receipt(message.id, Outcome.RETRY, "451")

    wire.answer = busy
    house = build()
    asyncio.run(run_once(house))
    opener, clicker = seen[0], seen[1]
    app = build_app(house.tokens, house.ledger, "test", "small")
    with testclient.TestClient(app) as client:
        for message, method in ((opener, "GET"), (opener, "HEAD"), (clicker, "POST")):
            link = message.headers["List-Unsubscribe"].strip("<>").removeprefix("https://mail.example.com")
            assert client.request(method, link, content="List-Unsubscribe=One-Click").status_code == 200
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(hours=1, minutes=30)
    asyncio.run(run_once(house))
    assert {m.to for m in wire.taken} == {m.to for m in seen} - {clicker.to}
    assert states(house)["suppressed"] == 1
    person = clicker.to.removeprefix("p").removesuffix("@example.com")
    assert house.ledger.withdrawn("email", "promotions", [str(n) for n in range(31)]) == {person}


def test_a_template_that_fails_for_one_fails_for_one(build: Build, wire: Wire) -> None:
    """Her message is failed(render_error) with its reason; everybody else gets theirs."""
    broken = FILES["templates/hello.html.j2"] + "{{ 1 / (person.first_name | default('xx') | length - 4) }}"
    house = build(templates__hello__html__j2="", **{"templates/hello.html.j2": broken})
    asyncio.run(run_once(house))
    found = states(house)
    assert found["render_error"] > 0
    assert found["accepted"] == len(wire.taken) > 0


def test_who_got_no_receipt_is_unknown_and_never_sent_again(build: Build, wire: Wire, clock: Clock) -> None:
    """When nobody can tell, nobody is written to twice; the rows are listed and can be settled by a person."""
    wire.answer = lambda message: None
    house = build()
    asyncio.run(run_once(house))
    unknown = house.ledger.unknown()
    assert unknown
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(hours=1)
    asyncio.run(run_once(house))
    assert not wire.taken
    assert {row.id for row in house.ledger.unknown()} == {row.id for row in unknown}


def test_a_definite_no_is_tried_again_later(build: Build, wire: Wire, clock: Clock) -> None:
    """451 now, 250 in an hour: one message each, byte for byte the same one."""
    first: list[Message] = []

    def busy(message: Message) -> Receipt:
        first.append(message)
        return Receipt(message.id, Outcome.RETRY, "451")

    wire.answer = busy
    house = build()
    asyncio.run(run_once(house))
    assert states(house)["retry"] == len(first)
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(hours=1, minutes=30)
    asyncio.run(run_once(house))
    assert states(house)["accepted"] == len(first) == len(wire.taken)
    assert {m.id: assemble(m) for m in wire.taken} == {m.id: assemble(m) for m in first}


def test_results_survive_a_ledger_that_cannot_write(
    build: Build, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handed over is kept on disk, nothing more leaves, and the next start records it."""
    monkeypatch.setattr("orchestrator.run.send.AGAIN", ())
    house = build()
    real = house.ledger.record_and_guard
    calls = []

    def broken(owner: str, receipts: list[Receipt], *rest: object, **named: object) -> object:
        calls.append(len(receipts))
        if receipts:
            raise StateError("the disk is full")
        return real(owner, receipts, *rest, **named)  # type: ignore[arg-type]

    object.__setattr__(house.settings, "in_flight", 4)
    monkeypatch.setattr(house.ledger, "record_and_guard", broken)
    monkeypatch.setattr(house.ledger, "record", broken)
    with pytest.raises(StateError, match="disk is full"):
        asyncio.run(run_once(house))
    assert len(wire.taken) == 4
    assert list((tmp_path / "journal").glob("*.jsonl"))
    monkeypatch.undo()
    monkeypatch.setattr("orchestrator.run.send.open_channel", lambda *_: wire)
    asyncio.run(run_once(house))
    assert not list((tmp_path / "journal").glob("*.jsonl"))
    assert len(wire.taken) == len({m.to for m in wire.taken}) == states(house)["accepted"]
    assert not house.ledger.unknown()


def test_an_answer_is_recorded_whatever_breaks_next(build: Build, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second campaign's server refuses: who the first one reached is accepted, not unknown."""
    other = FILES["campaigns/hello.yml"].replace("name: hello", "name: zulu").replace("provider: box", "provider: wire")
    house = build(**{"campaigns/zulu.yml": other})

    async def ready(*_: object) -> None:
        return None

    def opened(provider: Provider, *_: object) -> Wire:
        if provider.kind == "smtp":
            raise DeliveryError("the server refuses the login")
        return wire

    monkeypatch.setattr(sys.modules["orchestrator.run.walk"], "ready", ready)
    monkeypatch.setattr("orchestrator.run.send.open_channel", opened)
    turn = asyncio.run(run_once(house))
    assert "refuses the login" in str(turn.walked.errors[0])
    assert wire.taken
    assert states(house)["accepted"] == len(wire.taken)
    assert not house.ledger.unknown()


def test_a_failed_expectation_halts_before_the_first_message(build: Build, wire: Wire) -> None:
    """`expect size` is judged again at the slot: nobody is skipped silently, nothing is sent."""
    text = FILES["campaigns/segments/all.seg"] + "expect size between 100 and 200\n"
    house = build(**{"campaigns/segments/all.seg": text})
    turn = asyncio.run(run_once(house))
    assert not wire.taken
    assert "expected between 100 and 200" in turn.walked.halted[0][1]
    assert house.ledger.occurrences()[0].state.value == "halted"


def test_more_recipients_than_allowed_halt(build: Build, wire: Wire) -> None:
    """`limits.max_recipients` is counted in messages that would leave."""
    house = build(**{"campaigns/hello.yml": FILES["campaigns/hello.yml"] + "limits: {max_recipients: 3}\n"})
    turn = asyncio.run(run_once(house))
    assert not wire.taken
    assert "more than 3 recipients" in turn.walked.halted[0][1]


def test_a_warehouse_that_is_down_leaves_the_slot_waiting(build: Build, wire: Wire, tmp_path: Path) -> None:
    """The error is reported, the slot stays planned, and the next run sends it."""
    house = build()
    (tmp_path / "shop.db").rename(tmp_path / "away.db")
    turn = asyncio.run(run_once(house))
    assert "not there" in str(turn.walked.errors[0])
    assert [o.state.value for o in house.ledger.occurrences()] == ["planned"]
    (tmp_path / "away.db").rename(tmp_path / "shop.db")
    asyncio.run(run_once(house))
    assert wire.taken


def test_real_mail_needs_everything_in_place(build: Build) -> None:
    """A rehearsal never opens a real provider."""
    text = FILES["campaigns/hello.yml"].replace("provider: box", "provider: wire")
    house = build(**{"campaigns/hello.yml": text})
    object.__setattr__(house.settings, "rehearsal", DUE)
    with pytest.raises(DeliveryError, match="rehearses"):
        asyncio.run(run_once(house))
    assert house.ledger.occurrences() == []


def test_each_zone_has_its_own_slot_and_nobody_is_in_two(
    build: Build, wire: Wire, clock: Clock, tmp_path: Path
) -> None:
    """Somebody who moves from Auckland to Berlin between the two slots gets one message (DECISIONS 37)."""
    text = FILES["campaigns/hello.yml"].replace("T10:00\n", "T10:00\n  zone: person\n")
    text = text.replace("experiment:\n  holdout: 20%\n", "")
    clock.at = dt.datetime(2026, 11, 30, 21, 0, tzinfo=dt.UTC)
    house = build(**{"campaigns/hello.yml": text})
    asyncio.run(run_once(house))
    assert sorted(m.to for m in wire.taken) == [
        "p14@example.com",
        "p21@example.com",
        "p28@example.com",
        "p7@example.com",
    ]
    import sqlite3

    with sqlite3.connect(tmp_path / "shop.db") as db:
        db.execute("update customers set zone = 'Europe/Berlin' where id = 14")
    clock.at = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
    asyncio.run(run_once(house))
    counts = Counter(m.to for m in wire.taken)
    assert counts["p14@example.com"] == 1
    assert max(counts.values()) == 1
    assert counts["p1@example.com"] == 1


def test_caps_hold_over_campaigns(build: Build, wire: Wire, clock: Clock) -> None:
    """Two promotional messages in seven days are the cap; the third campaign is skipped(capped) for everybody."""
    more = {
        f"campaigns/{name}.yml": FILES["campaigns/hello.yml"]
        .replace("name: hello", f"name: {name}")
        .replace("holdout: 20%", "holdout: 0%")
        for name in ("again", "more")
    }
    house = build(**more, **{"campaigns/hello.yml": FILES["campaigns/hello.yml"].replace("20%", "0%")})
    asyncio.run(run_once(house))
    assert max(Counter(m.to for m in wire.taken).values()) == 2
    assert states(house)["capped"] == 25


def test_consent_is_asked_again_when_messages_waited(build: Build, wire: Wire, clock: Clock, tmp_path: Path) -> None:
    """Withdrawn in the warehouse while her message waited: she gets nothing."""
    wire.answer = lambda m: Receipt(m.id, Outcome.RETRY, "451")
    house = build()
    asyncio.run(run_once(house))
    waiting = states(house)["retry"]
    import sqlite3

    with sqlite3.connect(tmp_path / "shop.db") as db:
        db.execute("insert into consents select id, 'email', 'promotions', 0, '2026-12-01 09:31:00' from customers")
    clock.at += dt.timedelta(hours=1, minutes=30)
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    asyncio.run(run_once(house))
    assert not wire.taken
    assert states(house)["no_consent"] == waiting + 1


def test_a_worker_that_stood_still_hands_nothing_over(
    build: Build, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped for longer than its patience between guard and handing over: tried again later, never sent late."""
    monkeypatch.setattr("orchestrator.run.send.PATIENCE", -1.0)
    house = build()
    asyncio.run(run_once(house))
    assert not wire.taken
    assert states(house)["retry"] > 20
    assert not house.ledger.unknown()


def test_a_provider_that_goes_silent_is_left_alone(
    build: Build, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch without an answer is unknown; the rest is held back and sent when the provider is well again."""
    monkeypatch.setattr("orchestrator.ledger.breaker.FAILURES", 8)
    wire.answer = lambda message: None
    house = build()
    object.__setattr__(house.settings, "in_flight", 8)
    turn = asyncio.run(run_once(house))
    assert len(house.ledger.unknown()) == 8
    assert "without an answer" in str(turn.walked.errors[0])
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(minutes=2)
    asyncio.run(run_once(house))
    assert len(house.ledger.unknown()) == 8
    assert states(house)["accepted"] == len(wire.taken) > 8


def test_a_provider_that_cannot_be_opened_stops_nobody_else(
    build: Build, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its messages wait with their claims given back; the error is told."""

    async def refuse() -> None:
        raise DeliveryError("the server greets with 554")

    monkeypatch.setattr(wire, "open", refuse)
    house = build()
    turn = asyncio.run(run_once(house))
    assert "554" in str(turn.walked.errors[0])
    found = states(house)
    assert found["pending"] > 20
    assert not house.ledger.unknown()
