"""A hundred presses of the kill switch at random messages: what still left after the commit, and for how long.

Run ``python -m tests.long.kill_switch [PRESSES]``: prints one JSON line with the most messages after the commit, the
batch size that bounds them, and the seconds from the commit to silence (median and 99th percentile).
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.run import send as sending
from orchestrator.schedule import run_once
from tests.run.conftest import FILES, Clock, Wire, fill

PEOPLE = 200
IN_FLIGHT = 64
PAUSE = 0.002
"""Seconds for which the provider thinks about each message."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Messages after the commit, seconds from it to the last one, messages still open, those sent after a resume."""

    after: int
    seconds: float
    left: int
    resumed: int


def press(house: House, wire: Wire, at: int, in_flight: int) -> Pressed:
    """Send, press the switch from inside the provider at its ``at``-th message, then lift it and send the rest."""
    house.settings = dataclasses.replace(house.settings, in_flight=in_flight)
    moments: list[float] = []
    pressed = 0.0

    def answer(message: Message) -> Receipt:
        nonlocal pressed
        if len(moments) == at:
            house.ledger.stop("test")
            pressed = time.monotonic()
        time.sleep(PAUSE)
        moments.append(time.monotonic())
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    wire.answer = answer
    asyncio.run(run_once(house))
    sent = len(moments)
    left = house.ledger.open_messages()
    asyncio.run(run_once(house))
    if len(moments) != sent:
        raise AssertionError("a stopped deployment sent something")
    house.ledger.resume_all("test")
    asyncio.run(run_once(house))
    return Pressed(sent - at - 1, moments[sent - 1] - pressed, left, len(moments) - sent)


def main(presses: int) -> None:
    """Press so often, each time on a fresh state, and print the figures."""
    chance = random.Random(4)
    found = []
    for _ in range(presses):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            fill(root / "shop.db", PEOPLE)
            url = f"sqlite:///{root / 'state.db'}"
            migrate(url, "test")
            clock = Clock()
            ledger = open_ledger(url, deployment="test", clock=clock, in_flight=IN_FLIGHT)
            due, clock.at = clock.at, clock.at.replace(day=1, month=11)
            ledger.publish(NewVersion("d", FILES, "ann"), None)
            clock.at = due
            settings = Settings(f"sqlite:///{root / 'shop.db'}", url, root / "outbox", "test", "k" * 32)
            house = House(open_warehouse(settings.warehouse_url, prepare), ledger, settings)
            wire = Wire()
            sending.open_channel = lambda *_, wire=wire: wire  # type: ignore[assignment]
            found.append(press(house, wire, chance.randrange(1, 120), IN_FLIGHT))
            ledger.close()
    cuts = quantiles((one.seconds for one in found), n=100)
    print(
        json.dumps(
            {
                "presses": presses,
                "in_flight": IN_FLIGHT,
                "most_after": max(one.after for one in found),
                "seconds_p50": round(cuts[49], 4),
                "seconds_p99": round(cuts[98], 4),
                "lost": sum(one.left - one.resumed for one in found),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
