"""A hundred presses of the kill switch at random messages: what still left after the commit, and for how long.

Run ``python -m tests.long.kill_switch [PRESSES]``, on PostgreSQL with ``--postgresql`` (a cluster of our own), with
several workers with ``--workers 4``: prints one JSON line with the most messages after the commit, the batch size that
bounds them for each worker, and the seconds from the commit to silence (median and 99th percentile).
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import random
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
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
from tests.long.cluster import Cluster, cluster
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


def press(house: House, wire: Wire, at: int, in_flight: int, workers: int = 1) -> Pressed:
    """Send, press the switch from inside the provider at its ``at``-th message, then lift it and send the rest.

    More than one worker are threads, each with a ledger of its own.
    """
    house.settings = dataclasses.replace(house.settings, in_flight=in_flight)
    moments: list[float] = []
    pressed = 0.0
    lock, begun = threading.Lock(), threading.Event()

    def answer(message: Message) -> Receipt:
        nonlocal pressed
        begun.set()
        with lock:
            mine = len(moments) == at and not pressed
        if mine:
            house.ledger.stop("test")
            pressed = time.monotonic()
        time.sleep(PAUSE)
        with lock:
            moments.append(time.monotonic())
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    def work(n: int) -> None:
        if n == 0:
            asyncio.run(run_once(house))
            return
        begun.wait(60)
        clock = house.ledger._clock
        another = open_ledger(house.settings.state_url, deployment="test", clock=clock, in_flight=in_flight)
        asyncio.run(run_once(House(house.warehouse, another, house.settings)))
        another.close()

    wire.answer = answer
    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
    else:
        work(0)
    sent = len(moments)
    after = sum(moment > pressed for moment in moments) - 1
    left = house.ledger.open_messages()
    asyncio.run(run_once(house))
    if len(moments) != sent:
        raise AssertionError("a stopped deployment sent something")
    house.ledger.resume_all("test")
    asyncio.run(run_once(house))
    return Pressed(after, max(moments[:sent]) - pressed, left, len(moments) - sent)


def main(presses: int, workers: int, server: Cluster | None) -> None:
    """Press so often, each time on a fresh state, and print the figures."""
    chance = random.Random(4)
    found = []
    for n in range(presses):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            fill(root / "shop.db", PEOPLE * workers)
            url = f"sqlite:///{root / 'state.db'}"
            if server is not None:
                server.ask(f"create database press{n}")
                url = server.url.removesuffix("postgres") + f"press{n}"
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
            sending.CLAIM = 100  # so that every worker has something to do
            found.append(press(house, wire, chance.randrange(1, 120), IN_FLIGHT, workers))
            ledger.close()
            if server is not None:
                server.ask(f"drop database press{n} with (force)")
    cuts = quantiles((one.seconds for one in found), n=100)
    print(
        json.dumps(
            {
                "state": "sqlite" if server is None else "postgresql",
                "workers": workers,
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
    words = argparse.ArgumentParser()
    words.add_argument("presses", type=int, nargs="?", default=100)
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--postgresql", action="store_true")
    given = words.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orc-switch-")))
        main(given.presses, given.workers, stack.enter_context(cluster(place)) if given.postgresql else None)
