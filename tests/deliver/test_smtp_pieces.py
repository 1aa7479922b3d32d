"""However a server's answers are cut into pieces, the same is sent and the same is said about each message."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from orchestrator.deliver.email.dialogue import ROOM, Dialogue, Job, Manner
from orchestrator.deliver.email.mime import assemble
from orchestrator.model.delivery import Outcome, Receipt
from tests.deliver.servers import message

COUNT = 12
USUAL = {"mail": "250 2.1.0 Ok", "rcpt": "250 2.1.5 Ok", "data": "354 go on", "body": "250 queued as 4F1A2B3C"}
RARE = {
    "mail": ("251 fine", "250-one\r\n250 two", "450 later", "550 never", "250", "530 login", "421 going"),
    "rcpt": ("251 forwarded", "250-one\r\n250 two", "450 later", "550-no\r\n550 never", "421 going", "354 early"),
    "data": ("354-go\r\n354 on", "354", "451 later", "554 never", "250 no body", "421 going"),
    "body": ("251 fine", "250-one\r\n250 two", "451 later", "554 spam", "250", "421 going", "999 what", "354 more"),
}
Cut = Callable[[bytes], list[bytes]]


class Wire(asyncio.Transport):
    """A connection to a server that answers by dice, but only what has arrived; ``cut`` makes pieces of its answers."""

    def __init__(self, seed: int, cut: Cut) -> None:
        super().__init__()
        self.dice, self.cut = random.Random(seed), cut
        self.mood = self.dice.choice([0.0, 0.03, 0.15])
        self.listener: Any = None
        self.arrived = b""
        self.verbs: list[str] = []
        self.body = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Take the dialogue."""
        self.listener = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Leave it: everything has left at once."""

    def get_write_buffer_size(self) -> int:
        """Give how much has not left."""
        return 0

    def abort(self) -> None:
        """Be heard no more."""
        self.listener = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Answer all of it in one breath, a moment later."""
        self.arrived += data
        answers = b""
        while (verb := self.next()) is not None:
            self.verbs.append(verb)
            answers += self.answer(verb)
        asyncio.get_running_loop().call_soon(self.say, self.cut(answers))

    def next(self) -> str | None:
        """Give what has arrived whole, as the word that it is answered by."""
        end = b"\r\n.\r\n" if self.body and not self.arrived.startswith(b".\r\n") else b"\r\n"
        said, found, rest = self.arrived.partition(end)
        if not found:
            return None
        self.arrived = rest
        return "body" if self.body else said[:4].decode().lower()

    def answer(self, verb: str) -> bytes:
        """Give the usual answer or, by dice, another."""
        rare = RARE.get(verb)
        said = self.dice.choice(rare) if rare and self.dice.random() < self.mood else USUAL.get(verb, "250 clean")
        self.body = verb == "data" and said.startswith("354")
        return said.encode() + b"\r\n"

    def say(self, pieces: list[bytes]) -> None:
        """Hand the pieces over, as long as somebody listens."""
        for piece in pieces:
            if self.listener is not None:
                self.listener.data_received(piece)


def talk(seed: int, cut: Cut, pipelining: bool = True) -> tuple[list[str], list[Receipt], list[str]]:
    """Give what a server got, the receipts in their order, and whose messages came back."""
    wire, told, back = Wire(seed, cut), list[Receipt](), list[str]()
    waiting = [message(n) for n in range(COUNT)]

    async def go() -> None:
        dialogue = Dialogue(
            wire,
            lambda: Job(waiting[0], assemble(waiting.pop(0))) if waiting else None,
            told.append,
            lambda job: back.append(job.message.to),
            Manner(pipelining, 5, 5),
        )
        await asyncio.wait_for(dialogue.drain(), 5)

    asyncio.run(go())
    return wire.verbs, told, back


def by_byte(answers: bytes) -> list[bytes]:
    return [answers[n : n + 1] for n in range(len(answers))]


def by_line(answers: bytes) -> list[bytes]:
    return answers.splitlines(keepends=True)


def anywhere(answers: bytes) -> list[bytes]:
    places = sorted(random.Random(answers).sample(range(len(answers) + 1), min(2, len(answers))))
    return [answers[a:b] for a, b in zip([0, *places], [*places, len(answers)], strict=True) if a < b]


@pytest.mark.parametrize("cut", [by_byte, by_line, anywhere])
def test_pieces_change_nothing(cut: Cut) -> None:
    """Answers in one piece are read in one step where they are the usual ones; read line by line they say the same."""
    outcomes: Counter[Outcome] = Counter()
    for seed in range(300):
        whole, pieces = talk(seed, lambda answers: [answers]), talk(seed, cut)
        assert whole == pieces, seed
        outcomes.update(receipt.outcome for receipt in whole[1])
    assert set(outcomes) == set(Outcome)


def test_the_usual_answers_are_read_in_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a dozen accepted messages only the last answer, with no envelope behind it, is read line by line."""
    slow: list[int] = []
    answer = Dialogue._answer
    monkeypatch.setattr(Dialogue, "_answer", lambda self, *said: (slow.append(said[0]), answer(self, *said)))
    seed = next(n for n in range(100) if Wire(n, by_line).mood == 0.0)
    verbs, told, _ = talk(seed, lambda answers: [answers])
    assert verbs == ["mail", "rcpt", "data", "body"] * COUNT
    assert [receipt.outcome for receipt in told] == [Outcome.ACCEPTED] * COUNT
    assert slow == [250]


@pytest.mark.parametrize(
    "junk", [b"250-" + b"x" * 70_000, b"?" * 9000, b"250 unasked", b"\xff\xfe\r\n", b"421 going\r\n"]
)
def test_what_follows_an_answer_does_not_undo_it(monkeypatch: pytest.MonkeyPatch, junk: bytes) -> None:
    """A server that takes a message and then talks nonsense has taken it, however much comes in one piece."""
    answer = Wire.answer

    def with_junk(wire: Wire, verb: str) -> bytes:
        return answer(wire, verb) + (junk if verb == "body" and wire.verbs.count(verb) == 3 else b"")

    monkeypatch.setattr(Wire, "answer", with_junk)
    seed = next(n for n in range(100) if Wire(n, by_line).mood == 0.0)
    for size in (1, 100, 4096, ROOM):
        cut = partial(_pieces, size=size)
        _, told, _ = talk(seed, cut)
        assert [receipt.outcome for receipt in told[:3]] == [Outcome.ACCEPTED] * 3, size


def _pieces(answers: bytes, size: int) -> list[bytes]:
    return [answers[n : n + size] for n in range(0, len(answers), size)]
