"""Hazards 5 and 7: an outage costs no message anything, and refusals that mean "later" are spread and bounded."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.ledger import Claimed
from orchestrator.ledger.attempts import BASE, LONGEST, MAX_TRIES, backoff
from orchestrator.ledger.breaker import FAILURES
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.run import House
from orchestrator.run.letters import message_for
from orchestrator.run.send import send
from orchestrator.run.writing import Writing
from orchestrator.schedule import run_once
from tests.run.conftest import DUE, FILES, Clock, Wire, fill
from tests.run.test_walk import states

Build = Callable[..., House]
CAMPAIGN = FILES["campaigns/hello.yml"].replace("holdout: 20%", "holdout: 0%")


@pytest.fixture
def large(build: Build, tmp_path: Path) -> House:
    """Give a house with 200 people."""
    (tmp_path / "shop.db").unlink()
    fill(tmp_path / "shop.db", 200)
    house = build(**{"campaigns/hello.yml": CAMPAIGN})
    object.__setattr__(house.settings, "in_flight", 16)
    return house


def attempts(house: House) -> list[tuple[dt.datetime, str]]:
    """Give when each attempt began and how it ended."""
    engine = sa.create_engine(house.settings.state_url)
    schema = "" if engine.dialect.name == "sqlite" else "orc."
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"select started_at, outcome from {schema}orc_attempt order by seq").all()
    engine.dispose()

    def moment(value: object) -> dt.datetime:
        found = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        assert isinstance(found, dt.datetime)
        return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)

    return [(moment(at), outcome) for at, outcome in rows]


def test_half_an_hour_without_the_provider_costs_nothing(large: House, wire: Wire, clock: Clock) -> None:
    """In mid-run everything fails for 30 minutes: one message a minute tries, the rest waits, then all are sent."""
    out = [False]

    def answer(message: Message) -> Receipt:
        if len(wire.taken) == 100:
            out[0] = True
        if out[0] and clock.at < DUE + dt.timedelta(minutes=30):
            return Receipt(message.id, Outcome.RETRY, "421", "gone", outage=True)
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = answer
    turn = asyncio.run(run_once(large))
    assert "left alone" in str(turn.walked.errors[0])
    assert len(wire.taken) == 100
    untouched = states(large)["pending"]
    assert untouched > 50
    before = len(attempts(large))
    while clock.at < DUE + dt.timedelta(minutes=29):
        clock.at += dt.timedelta(seconds=40)
        asyncio.run(send(large, "daemon", lambda: False))
    (open_now,) = large.ledger.open_breakers()
    during = attempts(large)[before:]
    assert len(during) <= open_now.probes <= 30
    assert untouched - states(large)["pending"] <= open_now.probes
    for _ in range(10):
        clock.at += dt.timedelta(minutes=7)
        asyncio.run(send(large, "daemon", lambda: False))
    found = states(large)
    planned = sum(found.values())
    assert (
        found["accepted"]
        == len(wire.taken)
        == planned - found["no_address"] - found["invalid_address"] - found["duplicate_address"] - found["no_consent"]
    )
    assert not large.ledger.unknown()
    assert large.ledger.open_breakers() == []
    assert large.ledger.audit() == []


def test_nothing_is_written_for_a_provider_that_is_left_alone(
    large: House, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its breaker is open a round writes no letter; when it may be tried, one; when it answered, all others."""
    wire.answer = lambda message: Receipt(message.id, Outcome.RETRY, "421", "gone", outage=True)
    asyncio.run(run_once(large))
    left = {state: n for state, n in states(large).items() if state not in ("pending", "retry")}
    written: list[object] = []

    def write(house: House, claim: Claimed, use: Writing) -> Message:
        written.append(claim.id)
        return message_for(house, claim, use)

    monkeypatch.setattr("orchestrator.run.scribe.message_for", write)
    clock.at += dt.timedelta(seconds=5)
    asyncio.run(send(large, "daemon", lambda: False))
    assert written == []
    assert {state: n for state, n in states(large).items() if state not in ("pending", "retry")} == left
    clock.at += dt.timedelta(seconds=60)
    asyncio.run(send(large, "daemon", lambda: False))
    assert len(written) == 1
    wire.answer = lambda message: Receipt(message.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(seconds=3700)
    asyncio.run(send(large, "daemon", lambda: False))
    assert not {"pending", "retry"} & set(states(large))
    assert len(written) > 150


def test_two_workers_share_one_breaker(large: House, wire: Wire, clock: Clock) -> None:
    """What one worker found out keeps the other from trying: no attempt at all, and no error twice."""
    wire.answer = lambda m: Receipt(m.id, Outcome.RETRY, "connect", outage=True)
    asyncio.run(run_once(large))
    before = attempts(large)
    assert FAILURES <= len(before) <= 32
    sent = asyncio.run(send(large, "another worker", lambda: False))
    assert attempts(large) == before
    assert "left alone" in str(sent.errors[0])
    clock.at += dt.timedelta(seconds=61)
    asyncio.run(send(large, "another worker", lambda: False))
    asyncio.run(send(large, "a third", lambda: False))
    assert len(attempts(large)) == len(before) + 1


def test_silence_is_unknown_for_those_only_who_were_in_flight(large: House, wire: Wire, clock: Clock) -> None:
    """An outage that swallows answers leaves what was handed over unknown; nobody else, and nobody twice."""
    wire.answer = lambda message: None
    asyncio.run(run_once(large))
    assert FAILURES <= len(large.ledger.unknown()) <= 32
    unknown = len(large.ledger.unknown())
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(minutes=2)
    asyncio.run(run_once(large))
    assert len(large.ledger.unknown()) == unknown
    assert states(large)["accepted"] == len(wire.taken) > 150


def test_single_failures_do_not_open_it(large: House, wire: Wire) -> None:
    """Nineteen connections that broke in a run are no outage."""
    count = [0]

    def answer(message: Message) -> Receipt:
        count[0] += 1
        bad = count[0] % 9 == 0 and count[0] < 9 * 20
        return Receipt(message.id, Outcome.RETRY if bad else Outcome.ACCEPTED, "lost" if bad else "250", outage=bad)

    wire.answer = answer
    turn = asyncio.run(run_once(large))
    assert turn.walked.errors == []
    assert states(large)["pending"] == 0


def test_refusals_for_now_are_tried_six_times_and_spread(large: House, wire: Wire, clock: Clock) -> None:
    """A server that answers 451 to all: six tries each, no minute with more than a share of them, then failed."""
    wire.answer = lambda m: Receipt(m.id, Outcome.RETRY, "451", "later")
    asyncio.run(run_once(large))
    for _ in range(40):
        asyncio.run(send(large, "daemon", lambda: False))
        clock.at += dt.timedelta(minutes=1)
        if not {"pending", "retry", "claimed"} & set(states(large)):
            break
    found = states(large)
    tried = attempts(large)
    people = found["tries_used_up"]
    assert people > 150
    assert len(tried) == people * MAX_TRIES
    by_minute = Counter(int((at - DUE).total_seconds() // 60) for at, _ in tried)
    late = [n for minute, n in by_minute.items() if minute > 2]
    assert max(late) < people * 0.8, "about 0.62 are expected in the fullest minute, all of them without jitter"
    assert large.ledger.open_breakers() == []


@pytest.mark.parametrize("code", ["slow", "stalled"])
def test_what_was_not_begun_has_not_spent_a_try(large: House, wire: Wire, clock: Clock, code: str) -> None:
    """A server so slow that each batch waits fails nobody, and its breaker stays closed; all are sent in the end."""
    wire.answer = lambda m: Receipt(m.id, Outcome.RETRY, code, "not begun within 30 seconds")
    for _ in range(3 * MAX_TRIES):
        asyncio.run(run_once(large))
        clock.at += dt.timedelta(minutes=20)
    found = states(large)
    assert (found["tries_used_up"], found["retry"] > 150) == (0, True)
    assert large.ledger.open_breakers() == []
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    for _ in range(4):
        clock.at += dt.timedelta(minutes=20)
        asyncio.run(run_once(large))
    assert states(large)["accepted"] == len(wire.taken) == found["retry"]


@pytest.mark.parametrize("seed", range(20))
def test_the_pause_is_bounded_and_jittered(seed: int) -> None:
    """Between one second and the cap of its try, never before Retry-After, spread over the whole span."""
    dice = random.Random(seed)
    for tries in range(1, 40):
        most = min(LONGEST, BASE * 2 ** (tries - 1))
        pauses = [backoff(tries, dice.random(), None).total_seconds() for _ in range(400)]
        assert all(1 <= pause <= most for pause in pauses)
        halves = sum(pause < most / 2 for pause in pauses)
        assert 120 < halves < 280
        stated = dice.uniform(0, 7200)
        assert backoff(tries, dice.random(), stated).total_seconds() >= stated - 1e-6


def test_a_time_that_the_server_states_is_kept(build: Build, wire: Wire, clock: Clock) -> None:
    """Nobody is tried again before the 3,000 seconds are over."""
    wire.answer = lambda m: Receipt(m.id, Outcome.RETRY, "451", "try again in 3000 seconds", retry_after=3000.0)
    house = build()
    asyncio.run(run_once(house))
    first = len(attempts(house))
    wire.answer = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    clock.at += dt.timedelta(seconds=2999)
    asyncio.run(run_once(house))
    assert len(attempts(house)) == first
    clock.at += dt.timedelta(seconds=2)
    asyncio.run(run_once(house))
    assert states(house)["accepted"] == len(wire.taken) == first
