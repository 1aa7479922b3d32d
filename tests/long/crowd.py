"""Hazard 21: two hundred transactions at once on one cap, on one guard, and on everything together.

    python -m tests.long.crowd --workers 200

On a PostgreSQL cluster of our own. ``cap``: so many campaigns want the same five people at once, three messages each.
``guard``: so many wake up with the same claims of one worker. ``everything``: so many claim, guard and record while an
operator pauses, resumes and suppresses. Prints one JSON line; ``wrong`` must be empty, ``errors`` are exceptions that
reached a worker, ``deadlocks`` what the server counted (each is tried again by itself).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from orchestrator.ledger import Ledger, MessageState, migrate, open_ledger
from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.people import address_hash
from orchestrator.model.project import Cap
from tests.long.cluster import Cluster, cluster

sys.path.append(str(Path(__file__).parents[1] / "ledger"))
from ledger_desk import Desk, epochs, planned, receipt, rule

THREE = (Cap(3, Duration(7, Unit.DAY)),)
IN_FLIGHT = 64


class Crowd:
    """Workers with a connection each, started together."""

    def __init__(self, server: Cluster, name: str, workers: int) -> None:
        server.ask(f"create database {name}")
        url = server.url.removesuffix("postgres") + name
        migrate(url, "crowd")
        self.desk = Desk(url, None)  # type: ignore[arg-type]
        self.desk.ledger = open_ledger(url, clock=lambda _: self.desk.time)
        self.workers, self.errors = workers, list[str]()
        self._server, self._name = server, name
        self._ledgers = [self.desk.another() for _ in range(workers)]

    def at_once(self, work: Callable[[Ledger, int], object]) -> float:
        """Let each worker do it, give the seconds; what they raise is in ``errors``."""
        gate = threading.Barrier(self.workers)

        def one(i: int) -> None:
            self._ledgers[i].stopped()  # connected before the start
            gate.wait()
            try:
                work(self._ledgers[i], i)
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {str(error)[:120]}")

        began = time.monotonic()
        with ThreadPoolExecutor(self.workers) as pool:
            list(pool.map(one, range(self.workers)))
        return round(time.monotonic() - began, 2)

    def figures(self, seconds: float, wrong: list[str]) -> dict[str, object]:
        """Give what came of it, with the audit's findings."""
        for ledger in (*self._ledgers, self.desk.ledger):
            wrong += [str(finding) for finding in ledger.audit()] if ledger is self.desk.ledger else []
            ledger.close()
        time.sleep(1)  # the server's statistics follow
        (deadlocks,) = self._server.ask(f"select deadlocks from pg_stat_database where datname = '{self._name}'")[0]
        errors = dict(Counter(self.errors))
        return {"seconds": seconds, "deadlocks": deadlocks, "errors": errors, "wrong": wrong}


def cap(crowd: Crowd) -> dict[str, object]:
    """Let every campaign's worker guard the same five people, each in an order of its own."""
    people = [str(n) for n in range(5)]
    for n in range(crowd.workers):
        crowd.desk.snapshot([planned(person) for person in people], f"c{n}")
    batches = [crowd.desk.ledger.claim(f"w{i}", 5) for i in range(crowd.workers)]

    def guard(ledger: Ledger, i: int) -> None:
        mine = random.Random(i).sample(batches[i], len(batches[i]))
        ledger.guard(f"w{i}", [(claim, rule(caps=THREE)) for claim in mine])

    seconds = crowd.at_once(guard)
    got = Counter(row.person for row in crowd.desk.ledger.messages(state=MessageState.ATTEMPTING, limit=10_000))
    return crowd.figures(seconds, [] if got == Counter(dict.fromkeys(people, 3)) else [f"got {dict(got)}, not 3 each"])


def guard(crowd: Crowd) -> dict[str, object]:
    """Let everybody guard the same claims."""
    crowd.desk.snapshot([planned(str(n)) for n in range(IN_FLIGHT)])
    claims = crowd.desk.ledger.claim("w1")
    allowed: list[object] = []

    def again(ledger: Ledger, i: int) -> None:
        mine = random.Random(i).sample(claims, len(claims))
        allowed.extend(ledger.guard("w1", [(claim, rule()) for claim in mine]))

    seconds = crowd.at_once(again)
    once = sorted(map(str, allowed)) == sorted(str(claim.id) for claim in claims)
    return crowd.figures(seconds, [] if once else [f"{len(allowed)} let out, {len(set(allowed))} different"])


def everything(crowd: Crowd) -> dict[str, object]:
    """Let workers send three thousand messages with a cap while decisions fall."""
    for n in range(3):
        crowd.desk.snapshot([planned(str(person)) for person in range(1000)], f"c{n}")
    taken = Counter[str]()
    two = (Cap(2, Duration(7, Unit.DAY)),)

    def work(ledger: Ledger, i: int) -> None:
        dice = random.Random(i)
        if i % 20 == 0:  # an operator
            for _ in range(5):
                ledger.pause(f"c{i % 3}", "op")
                ledger.suppress("email", "*", address_hash(f"{dice.randrange(1000)}@example.com"), "x", "op")
                ledger.resume(f"c{i % 3}", "op")
            return
        while claims := ledger.claim(f"w{i}", 10):
            left = ledger.guard(f"w{i}", [(claim, rule(caps=two)) for claim in claims])
            mine = [claim for claim in claims if claim.id in left]
            taken.update(str(claim.id) for claim in mine)
            ledger.record(f"w{i}", [receipt(claim) for claim in mine], epochs(mine))

    seconds = crowd.at_once(work)
    for n in range(3):
        crowd.desk.ledger.resume(f"c{n}", "op")
    work(crowd.desk.ledger, 1)
    rows = crowd.desk.ledger.messages(limit=10_000)
    accepted = Counter(row.person for row in rows if row.state is MessageState.ACCEPTED)
    wrong = [] if set(taken.values()) == {1} else ["a message was let out twice"]
    wrong += [] if max(accepted.values()) == 2 else ["more than the cap"]
    wrong += [] if sum(accepted.values()) == len(taken) else ["accepted is not what was let out"]
    still = Counter(row.state.value for row in rows if row.state.value not in ("accepted", "skipped"))
    return crowd.figures(seconds, wrong + ([f"left: {dict(still)}"] if still else []))


def main() -> None:
    """Run from the command line; status 1 when something is wrong."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    words.add_argument("--workers", type=int, default=200)
    workers = words.parse_args().workers
    found = {}
    with tempfile.TemporaryDirectory(prefix="orc-crowd-") as folder, cluster(Path(folder)) as server:
        for name, scene in (("cap", cap), ("guard", guard), ("everything", everything)):
            found[name] = scene(Crowd(server, f"crowd_{name}", workers))
            print(name, found[name], file=sys.stderr, flush=True)
    print(json.dumps({"workers": workers, **found}))
    raise SystemExit(1 if any(one["wrong"] or one["errors"] for one in found.values()) else 0)


if __name__ == "__main__":
    main()
