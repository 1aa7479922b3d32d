"""What the ledger costs per message on PostgreSQL: claim, guard with its attempt, and record, with and without caps.

Ours is what a worker does: claims of 500, then batches of 64, each recorded in the same commit as the next guard.
The rival is the usual way: one row at a time over the same SQLAlchemy Core and the same tables, with a commit for
the claim and its attempt and a commit for the outcome, and none of the guard's rules. Both settle every message.
Queueing the messages is set-up and not counted. Each side runs in a process of its own against a database of its
own; each round runs all of them, one after the other. What counts is the CPU time of our process per message; beside
it stands that of PostgreSQL, summed over the backends of that database.

Needs ORC_TEST_POSTGRES, the URL of a server on this machine on which databases may be created.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fresh import fresh_database

SIDES = ("plain", "capped", "naive")
CLAIM, IN_FLIGHT = 500, 64


@contextmanager
def filled(count: int) -> Iterator[str]:
    """Give the URL of a fresh state database in which ``count`` messages wait; it is dropped afterwards."""
    from orchestrator.ledger import Planned, migrate, open_ledger
    from orchestrator.model.people import address_hash

    with fresh_database() as url:
        migrate(url, "bench")
        ledger = open_ledger(url, deployment="bench")
        now = dt.datetime.now(dt.UTC)
        late = now + dt.timedelta(days=1)
        ledger.plan_occurrence("big", "slot", now - dt.timedelta(minutes=1), late, version=1, local_slot="slot")
        taken = ledger.take_occurrence("bench")
        assert taken is not None
        assert ledger.begin_snapshot(taken)
        facts = json.dumps({"first_name": "Zoë", "city": "Lyon", "points": 12, "tier": "gold"})
        for start in range(0, count, 5000):
            people = [(str(n), f"person{n}@example.com") for n in range(start, min(count, start + 5000))]
            rows = [
                Planned(key, "mail", "email", "news", "a", to, address_hash(to), "Europe/Paris", facts, expires_at=late)
                for key, to in people
            ]
            ledger.enqueue(taken, rows, start)
        ledger.finish_snapshot(taken, count)
        ledger.close()
        yield url


def ours(url: str, caps: bool) -> int:
    """Send everything that waits as a worker does; give how many were accepted."""
    from orchestrator.ledger import Claimed, Rules, open_ledger
    from orchestrator.model.campaign import Duration
    from orchestrator.model.condition import Unit
    from orchestrator.model.delivery import Outcome, Receipt
    from orchestrator.model.project import Cap

    rules = Rules("news", "promotions", "Europe/Paris", (Cap(3, Duration(7, Unit.DAY)),) if caps else ())
    ledger = open_ledger(url, deployment="bench")
    accepted = 0
    receipts: list[Receipt] = []
    epochs: dict[uuid.UUID, int] = {}
    while claims := ledger.claim("bench", CLAIM, 300):
        for start in range(0, len(claims), IN_FLIGHT):
            batch: dict[uuid.UUID, Claimed] = {claim.id: claim for claim in claims[start : start + IN_FLIGHT]}
            pairs = [(claim, rules) for claim in batch.values()]
            recorded, allowed = ledger.record_and_guard("bench", receipts, epochs, pairs, lease_seconds=120)
            accepted += recorded.accepted
            epochs = {i: batch[i].epoch for i in allowed}
            receipts = [Receipt(i, Outcome.ACCEPTED, "250", "250 2.0.0 queued as 4F1") for i in allowed]
    return accepted + ledger.record("bench", receipts, epochs).accepted


def naive(url: str) -> int:
    """Send one message after the other, each with two commits; give how many were accepted."""
    import sqlalchemy as sa

    from orchestrator.ledger.tables import ATTEMPT, MESSAGE, RECIPIENT

    engine = sa.create_engine(url)
    m, done = MESSAGE.c, 0
    first = (
        sa.select(m.id, m.epoch, RECIPIENT.c.address, RECIPIENT.c.facts)
        .join(RECIPIENT, RECIPIENT.c.message_id == m.id)
        .where(m.state == "pending")
        .limit(1)
        .with_for_update(skip_locked=True, of=MESSAGE)
    )
    while True:
        with engine.begin() as connection:
            row = connection.execute(first).first()
            if row is None:
                return done
            now = dt.datetime.now(dt.UTC)
            one = sa.update(MESSAGE).where(m.id == row.id)
            lease = now + dt.timedelta(minutes=2)
            connection.execute(one.values(state="attempting", owner="bench", lease_until=lease, updated_at=now))
            attempt = {"message_id": row.id, "n": 1, "epoch": row.epoch, "worker": "bench", "started_at": now}
            connection.execute(sa.insert(ATTEMPT).values(**attempt))
        with engine.begin() as connection:
            now = dt.datetime.now(dt.UTC)
            mine = sa.update(ATTEMPT).where(ATTEMPT.c.message_id == row.id, ATTEMPT.c.n == 1)
            connection.execute(mine.values(ended_at=now, outcome="accepted", code="250", evidence="queued"))
            connection.execute(one.values(state="accepted", owner=None, lease_until=None, updated_at=now))
            connection.execute(sa.delete(RECIPIENT).where(RECIPIENT.c.message_id == row.id))
        done += 1


def server_seconds(database: str) -> float:
    """Give the CPU seconds of all backends of a database so far."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            title = (process / "cmdline").read_bytes()
            if title.startswith(b"postgres:") and f" {database} ".encode() in title:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue  # it has ended
    return ticks / os.sysconf("SC_CLK_TCK")


def side(name: str, count: int) -> dict[str, float]:
    """Run one side and give microseconds per message: our CPU, the server's, and the wall's."""
    with filled(count) as url:
        before, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        database = url.rpartition("/")[2].partition("?")[0]
        server = server_seconds(database)
        accepted = naive(url) if name == "naive" else ours(url, name == "capped")
        after, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - wall
        server = server_seconds(database) - server
    if accepted != count:
        raise SystemExit(f"{name}: {accepted} of {count} were accepted")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_us": cpu / count * 1e6, "server_cpu_us": server / count * 1e6, "wall_us": wall / count * 1e6}


def main() -> None:
    """Print one JSON line, or with --side what one side needed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES)
    args = parser.parse_args()
    if args.side:
        print(json.dumps(side(args.side, args.messages)))
        return
    rounds: list[dict[str, dict[str, float]]] = []
    for n in range(args.rounds):
        found = {}
        for name in SIDES if n % 2 == 0 else SIDES[::-1]:
            count = args.messages // (10 if name == "naive" else 1)
            command = [sys.executable, "-m", "benchmarks.ledger", "--side", name, "--messages", str(count)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found[name] = json.loads(done.stdout.splitlines()[-1])
        rounds.append(found)
    line: dict[str, object] = {"benchmark": "ledger", "messages": args.messages, "rounds": args.rounds}
    for name in SIDES:
        for measure in rounds[0][name]:
            line[f"{name}_{measure}"] = round(statistics.median(found[name][measure] for found in rounds), 1)
    for name in ("plain", "capped"):
        ratios = sorted(found["naive"]["cpu_us"] / found[name]["cpu_us"] for found in rounds)
        line[f"ratio_{name}"] = round(statistics.median(ratios), 2)
        line[f"ratio_{name}_range"] = [round(ratios[0], 2), round(ratios[-1], 2)]
    print(json.dumps(line))


if __name__ == "__main__":
    main()
