"""Whatever a server does, each message has one receipt, and `unknown` only where the final dot may have counted."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestrator.deliver import open_channel
from orchestrator.deliver.channel import deliver_all
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError, SettingsError
from orchestrator.model.project import Provider
from tests.deliver.servers import Drop, Script, Sink, message, running

A, R, F, U = Outcome.ACCEPTED, Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN


def channel(sink: Sink, **settings: Any) -> Any:
    """Give a channel to a sink, with short times."""
    known = {
        "host": "127.0.0.1",
        "port": sink.port,
        "tls": "none",
        "timeout": 0.4,
        "data_timeout": 0.4,
        "hostname": "us",
    }
    return open_channel(Provider("mail", "smtp", settings={**known, **settings}), None, Path("unused"))


def send(sink: Sink, messages: Sequence[Message], **settings: Any) -> list[Receipt]:
    """Send to a sink and give the receipts in the order of the messages."""

    async def go() -> list[Receipt]:
        async with running(sink):
            way = channel(sink, **settings)
            receipts = await deliver_all(way, messages)
            await way.close()
            return receipts

    receipts = {receipt.id: receipt for receipt in asyncio.run(go())}
    assert len(receipts) == len(messages)
    return [receipts[one.id] for one in messages]


def outcomes(receipts: Sequence[Receipt]) -> list[Outcome]:
    return [receipt.outcome for receipt in receipts]


BOTH = pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "plain"])


@BOTH
@pytest.mark.parametrize("connections", [1, 4])
def test_everything_arrives_once_and_whole(pipelining: bool, connections: int) -> None:
    """A hundred messages arrive once each, bytes as made, over few connections."""
    sink = Sink(pipelining=pipelining)
    receipts = send(sink, [message(n) for n in range(100)], connections=connections)
    assert set(outcomes(receipts)) == {A}
    assert receipts[0].provider_id == "4F1A2B3C"
    assert sorted(rcpt for _, rcpts, _ in sink.accepted for rcpt in rcpts) == sorted(
        f"TO:<person{n}@example.com>" for n in range(100)
    )
    assert sink.connections == connections
    body = email.message_from_bytes(sink.accepted[0][2], policy=email.policy.default)
    n = str(body["Subject"]).split()[1]
    part = body.get_body(("html",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == f"<p>Hello {n}</p>\n.\n..dots\n"


def test_pipelining_puts_the_next_envelope_behind_the_body() -> None:
    """With PIPELINING the next envelope travels with this body; without it every command waits for its answer."""
    piped, plain = Sink(), Sink(pipelining=False)
    send(piped, [message(n) for n in range(3)], connections=1)
    send(plain, [message(n) for n in range(3)], connections=1)
    expected = ["MAIL", "RCPT", "DATA", "<body>"] * 3
    assert [line.split()[0] for line in piped.log if not line.startswith(("EHLO", "QUIT"))] == expected
    assert piped.log == plain.log


@BOTH
def test_answers_in_pieces_and_in_many_lines(pipelining: bool) -> None:
    """Answers of several lines, cut anywhere, are read as one."""

    def script(sink: Sink, verb: str, argument: str, n: int) -> str | None:
        return {"mail": "250-one\r\n250-two\r\n250 three", "body": "250-2.0.0 first\r\n250 queued as ABCDEF"}.get(verb)

    receipts = send(Sink(script, pipelining, chunks=1), [message(n) for n in range(3)], connections=1)
    assert [(r.outcome, r.provider_id) for r in receipts] == [(A, "ABCDEF")] * 3


def at(wanted: str, answer: str | None, nth: int = 2) -> Script:
    """Give a script that answers the nth ``wanted`` its own way; None drops the connection there."""

    def script(sink: Sink, verb: str, argument: str, n: int) -> str | None:
        if verb == wanted and n == nth:
            if answer is None:
                raise Drop
            return answer
        return None

    return script


@BOTH
@pytest.mark.parametrize(
    ("phase", "answer", "expected", "code"),
    [
        ("mail", "450 4.1.8 later", R, "450"),
        ("mail", "550 5.1.8 no such sender", F, "550"),
        ("mail", "530 5.7.0 login first", R, "530"),
        ("rcpt", "450 4.2.1 greylisted", R, "450"),
        ("rcpt", "452 4.2.2 full", R, "452"),
        ("rcpt", "550 5.1.1 unknown user", F, "550"),
        ("rcpt", "553-5.1.3 bad\r\n553 5.1.3 syntax", F, "553"),
        ("data", "451 4.3.0 later", R, "451"),
        ("data", "554 5.7.1 no", F, "554"),
        ("body", "451 4.3.0 later", R, "451"),
        ("body", "552 5.3.4 too big", F, "552"),
        ("body", "554 5.7.1 spam", F, "554"),
        ("body", "250 2.0.0 fine", A, "250"),
        ("body", "251 fine too", A, "251"),
        ("body", "354 what?", U, "354"),
        ("body", "nonsense", U, "protocol"),
        ("body", "99 nonsense", U, "protocol"),
        ("body", None, U, "closed"),
        ("body", "", U, "timeout"),
        ("body", "250-half an answer~", U, "timeout"),
    ],
)
def test_each_answer_in_each_phase(
    pipelining: bool, phase: str, answer: str | None, expected: Outcome, code: str
) -> None:
    """The second of five messages meets the answer; it has its outcome, and the four others are accepted once."""
    sink = Sink(at(phase, answer), pipelining)
    receipts = send(sink, [message(n) for n in range(5)], connections=1)
    assert outcomes(receipts) == [A, expected, A, A, A]
    assert receipts[1].code == code
    arrived = [rcpts[0] for _, rcpts, _ in sink.accepted]
    assert len(arrived) == len(set(arrived))
    others = {f"TO:<person{n}@example.com>" for n in (0, 2, 3, 4)}
    assert others <= set(arrived)
    if expected in (R, F):
        assert set(arrived) == others


@BOTH
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("answer", [None, "421 4.3.2 going down", "rubbish"])
def test_a_connection_lost_before_the_body_costs_nothing(pipelining: bool, phase: str, answer: str | None) -> None:
    """Nothing was handed over, so the message goes over a new connection and everything is accepted once."""
    sink = Sink(at(phase, answer), pipelining)
    receipts = send(sink, [message(n) for n in range(5)], connections=1)
    assert outcomes(receipts) == [A] * 5
    assert len(sink.accepted) == 5


@BOTH
def test_421_after_the_body_is_a_definite_no(pipelining: bool) -> None:
    """A server that goes down instead of accepting has not accepted: retry, and the rest over a new connection."""
    sink = Sink(at("body", "421 4.3.2 going down"), pipelining)
    assert outcomes(send(sink, [message(n) for n in range(4)], connections=1)) == [A, R, A, A]


@BOTH
def test_a_server_that_always_closes_ends_in_retry(pipelining: bool) -> None:
    """Nobody is tried for ever: two lost connections under one message and it is for later."""

    def script(sink: Sink, verb: str, argument: str, n: int) -> str | None:
        if verb == "mail":
            raise Drop
        return None

    sink = Sink(script, pipelining)
    assert set(outcomes(send(sink, [message(n) for n in range(6)], connections=2))) == {R}
    assert sink.connections <= 12


def test_data_asked_for_after_a_refused_recipient() -> None:
    """A server that refuses the recipient and wants the body all the same gets an empty end, and goes on."""
    seen: list[str] = []

    def script(sink: Sink, verb: str, argument: str, n: int) -> str | None:
        seen.append(verb)
        if verb == "rcpt" and n == 2:
            return "550 5.1.1 unknown"
        return "354 go on" if verb == "data" and n == 2 else None

    sink = Sink(script)
    receipts = send(sink, [message(n) for n in range(4)], connections=1)
    assert outcomes(receipts) == [A, F, A, A]
    assert len(sink.accepted) == 3


def test_a_server_that_does_not_answer_is_left() -> None:
    """Silence before the body is retry after the timeout, and other connections go on meanwhile."""
    sink = Sink(at("mail", "", 1))
    receipts = send(sink, [message(n) for n in range(20)], connections=2)
    assert sorted(outcomes(receipts)) == sorted([R] + [A] * 19)


def test_nothing_new_begins_when_patience_is_over() -> None:
    """A slow server gets a part of the batch; the rest is retry, known as not handed over."""

    class Slow(Sink):
        async def _say(self, writer: asyncio.StreamWriter, verb: str, argument: str, usual: str) -> str:
            await asyncio.sleep(0.05 if verb == "body" else 0)
            return await super()._say(writer, verb, argument, usual)

    sink = Slow()
    receipts = send(sink, [message(n) for n in range(60)], connections=1, patience=1.5)
    assert {A, R} == set(outcomes(receipts))
    assert len(sink.accepted) == outcomes(receipts).count(A)
    assert {r.code for r in receipts if r.outcome is R} == {"slow"}


def test_who_is_cancelled_hears_what_had_not_left() -> None:
    """The time for a whole batch is over first: only what was behind its final dot is unknown, the rest never left."""

    class Deaf(Sink):
        async def _say(self, writer: asyncio.StreamWriter, verb: str, argument: str, usual: str) -> str:
            if verb == "body" and len(self.accepted) >= 5:
                await asyncio.sleep(60)
            return await super()._say(writer, verb, argument, usual)

    sink, receipts = Deaf(), list[Receipt]()

    async def listen(way: Any) -> None:
        async with asyncio.timeout(1):
            async for receipt in way.deliver([message(n) for n in range(60)]):
                receipts.append(receipt)

    async def go() -> None:
        async with running(sink):
            way = channel(sink, connections=2, patience=100, data_timeout=100, timeout=100)
            with pytest.raises(TimeoutError):
                await listen(way)
            await way.close()

    asyncio.run(go())
    assert len({receipt.id for receipt in receipts}) == 60
    found = outcomes(receipts)
    assert found.count(A) == len(sink.accepted) == 5
    assert found.count(U) == 2
    assert found.count(R) == 53


def test_a_server_that_is_down() -> None:
    """Opening says at once that nothing can be sent; a server that goes down between batches makes them retry."""

    async def go() -> None:
        sink = Sink()
        async with running(sink):
            way = channel(sink)
            await way.open()
            assert outcomes(await deliver_all(way, [message(1)])) == [A]
        receipts = await deliver_all(way, [message(2), message(3)])
        assert [(r.outcome, r.code) for r in receipts] == [(R, "connect")] * 2
        with pytest.raises(DeliveryError) as error:
            await channel(sink).open()
        assert "127.0.0.1" in str(error.value)
        assert error.value.remedy
        await way.close()

    asyncio.run(go())


@pytest.mark.parametrize(
    ("verb", "answer"),
    [("connect", "554 no"), ("connect", "421 busy"), ("connect", None), ("connect", ""), ("ehlo", None)],
)
def test_a_handshake_that_fails(verb: str, answer: str | None) -> None:
    """A server that refuses, hangs or closes in the greeting cannot be used, and says so before any message."""

    def script(sink: Sink, said: str, argument: str, n: int) -> str | None:
        if said == verb and answer is None:
            raise Drop
        return answer if said == verb else None

    async def go() -> None:
        async with running(Sink(script)) as sink:
            with pytest.raises(DeliveryError):
                await channel(sink).open()
            assert set(outcomes(await deliver_all(channel(sink), [message(1), message(2)]))) == {R}

    asyncio.run(go())


def test_an_idle_connection_that_was_closed_is_replaced() -> None:
    """A server may close while nothing is sent; the next batch goes over a new connection."""

    async def go() -> None:
        sink = Sink()
        async with running(sink):
            way = channel(sink, connections=1)
            assert outcomes(await deliver_all(way, [message(1)])) == [A]
            way._lines[0].dialogue._transport.abort()
            await asyncio.sleep(0.05)
            assert outcomes(await deliver_all(way, [message(2)])) == [A]
            assert sink.connections == 2
            await way.close()
            await way.close()

    asyncio.run(go())


def test_whoever_stops_listening_leaves_nothing_running() -> None:
    """A caller that gives up gets no more receipts; connections in the middle of a message are not used again."""

    async def go() -> None:
        sink = Sink(at("body", "", 2))
        async with running(sink):
            way = channel(sink, connections=1, data_timeout=20)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(deliver_all(way, [message(n) for n in range(3)]), 0.3)
            assert outcomes(await deliver_all(way, [message(9)])) == [A]
            await way.close()

    asyncio.run(go())


def test_the_server_is_told_what_it_offers_only() -> None:
    """Letters outside ASCII before the @ need SMTPUTF8; a message over the server's SIZE is not begun."""
    foreign = message(1, to="zoë@example.com")
    assert outcomes(send(Sink(), [foreign])) == [A]
    refused = send(Sink(extensions=("SIZE 900",)), [foreign, message(2), message(3, text="x" * 2000)])
    assert [(r.outcome, r.code) for r in refused] == [(F, "invalid_address"), (A, "250"), (F, "too_large")]


def test_evidence_has_no_address() -> None:
    """The server's words are kept, without the recipient's address and without what a terminal obeys."""
    sink = Sink(at("rcpt", "550 5.1.1 <Person0@Example.com>: \x1b[31mno\u202e such\x9b2J\x85\u2028user, 李", 1))
    (receipt,) = send(sink, [message(0)])
    assert receipt.evidence == "5.1.1 <…>:  [31mno  such 2J user, 李"


@pytest.mark.parametrize(
    "settings",
    [
        {"host": ""},
        {"host": "a b"},
        {"port": "70000"},
        {"port": "x"},
        {"tls": "maybe"},
        {"connections": "0"},
        {"timeout": "-1"},
        {"hosst": "x"},
        {"host": "mail.example", "username": "u", "tls": "none"},
        {"host": "${ORC_NOT_SET_ANYWHERE}"},
    ],
)
def test_a_setting_that_is_wrong_is_named(settings: dict[str, str]) -> None:
    """A setting that cannot be understood stops before anything is connected, and a password never goes in clear."""
    with pytest.raises(SettingsError) as error:
        open_channel(Provider("mail", "smtp", settings={"host": "h", **settings}), None, Path("unused"))
    assert "'mail'" in str(error.value)
