"""Whatever a server does and in whatever order: one receipt each, and none that is not true."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from orchestrator.deliver.channel import deliver_all
from orchestrator.model.delivery import Outcome
from tests.deliver.servers import Drop, Sink, message, running
from tests.deliver.test_smtp import channel

USUAL = ["mail", "rcpt", "data", "body", "rset", "connect", "ehlo"]


class Moody:
    """Answers at random; ``took`` counts what it decided to accept, told or not."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.mood = self.dice.uniform(0.02, 0.35)
        self.took: Counter[str] = Counter()

    def __call__(self, sink: Sink, verb: str, argument: str, n: int) -> str | None:
        dice = self.dice
        if dice.random() > self.mood:
            if verb == "body" and argument:
                self.took[argument] += 1
            return None
        choice = dice.randrange(9)
        if choice == 0:
            raise Drop
        if choice == 1 and verb == "body" and argument:
            self.took[argument] += 1
            raise Drop
        if choice == 2 and verb == "body" and argument:
            self.took[argument] += 1
            return dice.choice(["nonsense", "250-half~", "999 what", "354 again", ""])
        if choice == 3 and verb != "body":
            return dice.choice(["nonsense", "250-half~", ""])
        if choice == 4:
            return "421 4.3.2 closing"
        if choice == 5 and verb == "data":
            return "250 strange"
        if choice == 6 and verb == "rcpt":
            return "251-forwarded\r\n251 to elsewhere"
        return dice.choice(["450 4.2.0 later", "550 5.0.0 never", "452-4.2.2 full\r\n452 4.2.2 really"])


@pytest.mark.parametrize("seed", range(60))
def test_no_receipt_is_untrue(seed: int) -> None:
    """Accepted was taken once and said so; failed and retry were never taken; the rest is unknown."""
    dice = random.Random(1000 + seed)
    moody = Moody(seed)
    sink = Sink(moody, pipelining=bool(seed % 2), chunks=dice.choice([0, 0, 1, 3]))
    messages = [message(n) for n in range(dice.choice([1, 5, 30]))]

    async def go() -> dict[object, Outcome]:
        async with running(sink):
            way = channel(sink, connections=dice.choice([1, 3]), timeout=0.08, data_timeout=0.08, patience=20)
            receipts = await deliver_all(way, messages)
            await way.close()
            assert len(receipts) == len(messages)
            return {receipt.id: receipt.outcome for receipt in receipts}

    found = asyncio.run(go())
    assert len(found) == len(messages)
    for one in messages:
        taken = moody.took[f"TO:<{one.to}>"]
        assert taken <= 1
        if found[one.id] is Outcome.ACCEPTED:
            assert taken == 1
        elif found[one.id] is not Outcome.UNKNOWN:
            assert taken == 0
