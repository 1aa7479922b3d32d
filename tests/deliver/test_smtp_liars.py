"""Servers that break the protocol itself: they lie about PIPELINING, answer too much, too little, too late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from orchestrator.deliver.channel import deliver_all
from orchestrator.deliver.email.dialogue import LONGEST_ANSWER, LONGEST_LINE, ROOM
from orchestrator.model.delivery import Message, Outcome, Receipt
from tests.deliver.servers import Sink, message, running
from tests.deliver.test_smtp import at, channel, outcomes, send

A, R, F, U = Outcome.ACCEPTED, Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN
BOTH = pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "plain"])
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def talk(serve: Serve, messages: list[Message], **settings: object) -> list[Receipt]:
    """Send to a server that is a function, greeted by us; give the receipts in the order of the messages."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.write(b"220 liar\r\n")
            await reader.readline()
            writer.write(b"250-liar\r\n250 PIPELINING\r\n")
            await serve(reader, writer)
        writer.close()

    async def go() -> list[Receipt]:
        server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=2**24)
        sink = Sink(port=server.sockets[0].getsockname()[1])
        way = channel(sink, **{"connections": 1, **settings})
        receipts = await deliver_all(way, messages)
        await way.close()
        server.close()
        return receipts

    found = {receipt.id: receipt for receipt in asyncio.run(go())}
    assert len(found) == len(messages)
    return [found[one.id] for one in messages]


def accepting(taken: list[bytes], discards: bool = False, answers: tuple[bytes, ...] = ()) -> Serve:
    """Give a server that takes everything. ``discards``: it throws away what came behind a body before its answer.

    ``answers`` replace the usual ones to MAIL, RCPT and DATA of a message that came pipelined behind another.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        piped = False
        while True:
            usual = answers if piped and answers else (b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")
            for answer in usual:
                line = await reader.readline()
                if not line or line.startswith(b"QUIT"):
                    return
                writer.write(answer)
            if not usual[-1].startswith(b"354"):
                await reader.read()
                return
            body = await reader.readuntil(b"\r\n.\r\n")
            taken.append(body)
            await asyncio.sleep(0.01)
            piped = bool(reader._buffer)  # type: ignore[attr-defined]
            if discards:
                reader._buffer.clear()  # type: ignore[attr-defined]
            writer.write(b"250 taken\r\n")

    return serve


def test_a_server_that_discards_pipelined_commands_is_spoken_to_plainly() -> None:
    """It offers PIPELINING and forgets what came behind a body: one timeout, then command by command, all accepted."""
    taken: list[bytes] = []
    receipts = talk(accepting(taken, discards=True), [message(n) for n in range(6)], timeout=0.3, data_timeout=0.3)
    assert outcomes(receipts) == [A] * 6
    assert len(taken) == 6


@pytest.mark.parametrize(
    "answers",
    [
        (b"354 go\r\n", b"250 ok\r\n", b"250 ok\r\n"),
        (b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n"),
        (b"250 ok\r\n", b"250 ok\r\n250 extra\r\n", b"354 go\r\n"),
        (b"250 ok\r\n", b"250 ok\r\n", b"250 no body please\r\n"),
        (b"250 ok\r\n", b"", b"354 go\r\n"),
        (b"250 ok\r\n", b"250 ok\r\n", b""),
        (b"250 ok\r\n", b"250 ok\r\n", b"334 what\r\n"),
    ],
    ids=["out of order", "early 354", "too many", "250 to DATA", "too few", "silent", "334"],
)
def test_answers_that_do_not_fit_end_the_connection_and_the_pipelining(answers: tuple[bytes, ...]) -> None:
    """Answers out of step: nothing of that message was handed over, so it goes again, command by command."""
    taken: list[bytes] = []
    receipts = talk(accepting(taken, answers=answers), [message(n) for n in range(5)], timeout=0.3, data_timeout=0.3)
    assert outcomes(receipts) == [A] * 5
    subjects = sorted(line for body in taken for line in body.split(b"\r\n") if line.startswith(b"Subject"))
    assert subjects == [f"Subject: Hello {n}".encode() for n in range(5)]


def test_a_body_is_not_accepted_before_it_was_sent() -> None:
    """A 250 in the same breath as the 354 cannot be about the body: it goes again."""
    first = [True]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first:
            first.clear()
            for _ in range(3):
                await reader.readline()
            writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n")
            await reader.read()
        else:
            await accepting([])(reader, writer)

    assert outcomes(talk(serve, [message(1)])) == [A]
    assert first == []


@BOTH
@pytest.mark.parametrize(
    "flood",
    [b"2" * (LONGEST_LINE + 10), b"250-x\r\n" * (LONGEST_ANSWER // 5), b"\xff\x00\x01" * 40 + b"\r\n", b"\r\n"],
    ids=["a line without end", "an answer without end", "garbage", "an empty line"],
)
@pytest.mark.parametrize(("verb", "expected"), [("rcpt", A), ("body", U)])
def test_what_is_no_answer(pipelining: bool, flood: bytes, verb: str, expected: Outcome) -> None:
    """Endless or unreadable answers end the connection: before the body nothing is lost, behind it unknown."""

    def script(sink: Sink, said: str, argument: str, n: int) -> str | None:
        return flood.decode("latin-1") if said == verb and n == 2 else None

    receipts = send(Sink(script, pipelining), [message(n) for n in range(3)], connections=1)
    assert outcomes(receipts) == [A, expected, A]


def test_an_endless_answer_takes_little_memory() -> None:
    """A server that answers for ever is left after 64 KB, whatever it would still send."""
    sent = [0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        for _ in range(4000):
            writer.write(b"250-" + b"x" * 4000 + b"\r\n")
            await writer.drain()
            sent[0] += 1

    assert outcomes(talk(serve, [message(1)], timeout=5)) == [R]
    assert sent[0] < 4000


def test_lines_of_one_answer_with_different_numbers_are_no_answer() -> None:
    """``250-`` and then ``550`` says neither yes nor no."""
    receipts = send(Sink(at("body", "250-fine\r\n550 not fine")), [message(n) for n in range(3)], connections=1)
    assert outcomes(receipts) == [A, U, A]


@BOTH
def test_a_late_answer_counts_until_the_time_is_over(pipelining: bool) -> None:
    """250 shortly before the end of ``data_timeout`` is accepted; after it, the message stays unknown."""

    class Late(Sink):
        async def _say(self, writer: asyncio.StreamWriter, verb: str, argument: str, usual: str) -> str:
            if verb == "body":
                await asyncio.sleep((0.0, 0.5, 1.6)[min(self.counts.get("body", 0), 2)])
            return await super()._say(writer, verb, argument, usual)

    receipts = send(Late(pipelining=pipelining), [message(n) for n in range(3)], connections=1, data_timeout=1)
    assert outcomes(receipts) == [A, A, U]


@pytest.mark.parametrize(("piece", "expected"), [(0.0, R), (0.5, R), (1.0, U)])
def test_a_connection_lost_inside_the_body(piece: float, expected: Outcome) -> None:
    """A body that had not left us is a definite no; one whose final dot may have is unknown."""
    big = message(1, text="x" * 70 + "\n", html="<p>" + ("y" * 70 + "\n") * 400_000)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            await reader.readline()
            writer.write(answer)
        if piece == 1.0:
            await reader.readuntil(b"\r\n.\r\n")
        else:
            await reader.readexactly(1 + int(piece * 10_000_000))
        writer.transport.abort()

    receipts = talk(serve, [big], timeout=10, data_timeout=10) if piece < 1 else talk(serve, [message(1)])
    assert outcomes(receipts) == [expected]
    assert receipts[0].outage


@BOTH
@pytest.mark.parametrize("verb", ["mail", "rcpt", "data", "body", "rset"])
def test_421_at_every_stage(pipelining: bool, verb: str) -> None:
    """421 takes the connection with it; a message waits whose body was refused so, or on a connection without use."""

    def script(sink: Sink, said: str, argument: str, n: int) -> str | None:
        if verb == "rset" and said == "rcpt" and n == 1:
            return "550 5.1.1 unknown"
        return "421 4.3.2 going down" if said == verb and n == (1 if verb == "rset" else 2) else None

    found = outcomes(send(Sink(script, pipelining), [message(n) for n in range(4)], connections=1))
    assert found == {"body": [A, R, A, A], "rset": [F, R, A, A]}.get(verb, [A] * 4)


@BOTH
@pytest.mark.parametrize("verb", ["mail", "rcpt", "data", "body"])
@pytest.mark.parametrize("answer", ["4{}0 4.0.0 later", "5{}0 5.0.0 never"])
def test_every_message_refused_at_one_stage(pipelining: bool, verb: str, answer: str) -> None:
    """A server that refuses all at one stage gets all of them over one connection, and each has its answer."""

    def script(sink: Sink, said: str, argument: str, n: int) -> str | None:
        return answer.format("5") if said == verb else None

    sink = Sink(script, pipelining)
    found = send(sink, [message(n) for n in range(12)], connections=1)
    assert outcomes(found) == [R if answer[0] == "4" else F] * 12
    assert sink.connections == 1
    assert not sink.accepted


def test_a_refusal_that_states_a_time() -> None:
    """The seconds a server states travel with the receipt."""
    sink = Sink(at("rcpt", "451 4.7.1 Greylisted, try again in 300 seconds", 1))
    receipts = send(sink, [message(0), message(1)], connections=1)
    assert [(r.outcome, r.retry_after) for r in receipts] == [(R, 300.0), (A, None)]


def test_garbage_while_nothing_is_sent() -> None:
    """What a server says between two batches ends the connection; the next batch has another."""

    async def go() -> None:
        sink = Sink()
        async with running(sink):
            way = channel(sink, connections=1)
            await deliver_all(way, [message(1)])
            way._lines[0].dialogue.data_received(b"\x00\x01\r\n")
            assert outcomes(await deliver_all(way, [message(2)])) == [A]
            assert sink.connections == 2
            await way.close()

    asyncio.run(go())


def test_asyncio_reads_answers_into_little_memory() -> None:
    """The transport of asyncio's own loop takes memory for an answer, not 256 KB that go back at once."""

    async def go() -> None:
        async with running(Sink()) as sink:
            way = channel(sink, connections=1)
            await deliver_all(way, [message(1)])
            assert way._lines[0].offers.transport.max_size == ROOM
            await way.close()

    asyncio.run(go())
