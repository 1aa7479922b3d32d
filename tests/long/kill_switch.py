"""A hundred presses of the kill switch at random messages: what still left after the commit, and for how long.

Run ``python -m tests.long.kill_switch [PRESSES]``, on PostgreSQL with ``--postgresql`` (a cluster of our own), with
several workers with ``--workers 4``: prints one JSON line with the most messages after the commit (in all, and of one
worker, whom ``in_flight`` bounds), and the seconds from the commit to silence (median and 99th percentile). Status 1
when more left than were behind the guard at the commit, or when anything was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.ledger.occurrences import in_state
from orchestrator.ledger.tables import MESSAGE
from orchestrator.ledger.values import MessageState
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.run import send as sending
from orchestrator.schedule import run_once
from tests.long.cluster import Cluster, cluster
from tests.run.conftest import FILES, Clock, Wire, fill

PEOPLE = 200
CLAIM = 100
"""Messages that a worker claims at once; there are at least as many people for each, so that all have work."""
IN_FLIGHT = 64
GUARDED = sa.select(sa.func.count()).select_from(MESSAGE).where(in_state(MESSAGE.c.state, MessageState.ATTEMPTING))
PAUSE = 0.002
"""Seconds for which the provider thinks about each message."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Messages after the commit, the most of one worker, those that were behind the guard then.

    And seconds from the commit to the last message, messages still open, those sent after a resume.
    """

    after: int
    of_one: int
    guarded: int
    seconds: float
    left: int
    resumed: int


def press(house: House, wire: Wire, at: int, in_flight: int, workers: int = 1) -> Pressed:
    """Send, press the switch from inside the provider at its ``at``-th message, then lift it and send the rest.

    More than one worker are threads, each with a ledger of its own; the first message of each waits until all have one.
    """
    house.settings = dataclasses.replace(house.settings, in_flight=in_flight)
    moments: list[float] = []
    senders: list[int] = []
    pressed, guarded, pause = 0.0, 0, PAUSE
    lock, begun, all_here, here = threading.Lock(), threading.Event(), threading.Barrier(workers), set[int]()

    def answer(message: Message) -> Receipt:
        nonlocal pressed, guarded
        begun.set()
        if threading.get_ident() not in here and not pressed:
            here.add(threading.get_ident())
            all_here.wait(60)
        with lock:
            mine = len(moments) == at and not pressed
        if mine:
            house.ledger.stop("test")
            guarded = house.ledger.read(lambda connection: connection.scalar(GUARDED) or 0)
            pressed = time.monotonic()
        time.sleep(pause)
        with lock:
            moments.append(time.monotonic())
            senders.append(threading.get_ident())
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
    late = Counter(sender for moment, sender in zip(moments, senders, strict=True) if moment > pressed)
    after = late.total() - 1
    pause = 0.0
    left = house.ledger.open_messages()
    asyncio.run(run_once(house))
    if len(moments) != sent:
        raise AssertionError("a stopped deployment sent something")
    house.ledger.resume_all("test")
    asyncio.run(run_once(house))
    return Pressed(after, max(late.values()), guarded, max(moments[:sent]) - pressed, left, len(moments) - sent)


def main(presses: int, workers: int, server: Cluster | None) -> int:
    """Press so often, each time on a fresh state, print the figures, and give the exit status."""
    chance = random.Random(4)
    found: list[Pressed] = []
    sending.CLAIM = CLAIM
    if server is not None:  # tables are made once and copied, which is most of what a press would cost
        server.ask("create database pattern")
        migrate(_database(server, "pattern"), "test")
    for n in range(presses):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            fill(root / "shop.db", max(PEOPLE, CLAIM * workers))
            url = f"sqlite:///{root / 'state.db'}"
            if server is None:
                migrate(url, "test")
            else:
                server.ask(f"create database press{n} template pattern")
                url = _database(server, f"press{n}")
            clock = Clock()
            ledger = open_ledger(url, deployment="test", clock=clock, in_flight=IN_FLIGHT)
            due, clock.at = clock.at, clock.at.replace(day=1, month=11)
            ledger.publish(NewVersion("d", FILES, "ann"), None)
            clock.at = due
            settings = Settings(f"sqlite:///{root / 'shop.db'}", url, root / "outbox", "test", "k" * 32)
            house = House(open_warehouse(settings.warehouse_url, prepare), ledger, settings)
            wire = Wire()
            sending.open_channel = lambda *_, wire=wire: wire  # type: ignore[assignment]
            found.append(press(house, wire, chance.randrange(1, 120), IN_FLIGHT, workers))
            print(f"{n + 1} presses, the last {found[-1]}", file=sys.stderr, flush=True)
            ledger.close()
            if server is not None:
                server.ask(f"drop database press{n} with (force)")
    cuts = quantiles((one.seconds for one in found), n=100)
    wrong = sum(one.after >= one.guarded or one.of_one > IN_FLIGHT or one.left != one.resumed for one in found)
    print(
        json.dumps(
            {
                "state": "sqlite" if server is None else "postgresql",
                "workers": workers,
                "presses": presses,
                "in_flight": IN_FLIGHT,
                "most_after": max(one.after for one in found),
                "most_after_of_one": max(one.of_one for one in found),
                "most_guarded": max(one.guarded for one in found),
                "seconds_p50": round(cuts[49], 4),
                "seconds_p99": round(cuts[98], 4),
                "lost": sum(one.left - one.resumed for one in found),
                "wrong": wrong,
            }
        )
    )
    return 1 if wrong else 0


def _database(server: Cluster, name: str) -> str:
    return server.url.removesuffix("postgres") + name


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("presses", type=int, nargs="?", default=100)
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--postgresql", action="store_true")
    given = words.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orc-switch-")))
        status = main(given.presses, given.workers, stack.enter_context(cluster(place)) if given.postgresql else None)
    sys.exit(status)
