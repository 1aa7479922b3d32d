"""Hazard 18 for real: every process of the state's PostgreSQL is killed in the middle of sending, and started again.

    python -m tests.long.server_deaths --kills 20

A cluster of our own holds the state; ``orc run --once`` sends to a mail server that writes everything down. The
cluster dies with SIGKILL at a random moment and comes back after a moment, or after longer than a worker waits for
it: then the worker gives up in order, and the next one goes on. Prints the report of ``tests.long.crash``; nothing
under ``wrong``, and nobody unknown: no worker died.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.long.cluster import cluster
from tests.long.crash import Harness, Report, tell

PATIENCE = 60.0
"""Seconds of outage after which every worker has given up."""


def run(folder: Path, kills: int, people: int, seed: int, long_outages: int) -> tuple[Report, int]:
    """Kill the server so often while it is written to; give the report and how often a worker gave up."""
    place = folder / "server"
    place.mkdir()
    gave_up = 0
    with cluster(place) as server, Harness(folder, server.url, people, seed) as harness:
        outages = [harness.random.uniform(0.0, 2.0) for _ in range(kills - long_outages)] + [PATIENCE] * long_outages
        harness.random.shuffle(outages)
        while outages:
            if harness.ledger.open_messages() == 0:
                harness.slot()
            before = harness.log.stat().st_size
            life = harness.nursery.bear()
            while harness.log.stat().st_size == before and life.alive():
                time.sleep(0.002)
            time.sleep(harness.random.uniform(0, 0.6))
            if life.alive():
                harness.report.killed_while_sending += harness.log.stat().st_size > before
                server.kill()
                back = time.monotonic() + outages.pop()
                while time.monotonic() < back and life.alive():
                    time.sleep(0.02)
                gave_up += not life.alive()
                server.start()
                harness.report.kills += 1
                tell(f"{harness.report.kills} kills, {len(harness.delivered())} messages taken")
            life.wait()
            due = "update {}orc_message set not_before = updated_at where state = 'retry'"
            harness.sql(due)
            for finding in harness.ledger.audit():
                harness.report.wrong.append(f"audit after kill {harness.report.kills}: {finding}")
        for _ in range(5):
            harness.orc("run", "--once")
            harness.sql("update {}orc_occurrence set lease_until = now() where lease_until is not null")
            harness.sql(due)
            if harness.ledger.open_messages() == 0:
                break
        harness.compare()
        if harness.report.unknown:
            harness.report.wrong.append(f"{harness.report.unknown} unknown, though no worker died")
        crashes = harness.sql("select count(*) from {}orc_message where crashes > 0")[0][0]
        if crashes:
            harness.report.wrong.append(f"{crashes} messages count a crash, though no worker died")
    return harness.report, gave_up


def main() -> None:
    """Run from the command line and print the report as JSON; status 1 when something is wrong."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--people", type=int, default=1500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--long", type=int, default=2, help="outages that no worker waits for")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="orc-server-") as folder:
        report, gave_up = run(Path(folder), given.kills, given.people, given.seed, given.long)
    print(json.dumps({**asdict(report), "gave_up": gave_up}, indent=1))
    raise SystemExit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
