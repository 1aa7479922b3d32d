"""Hazard 1 with real daemons that die: several ``orc run`` share one state, and one after the other is killed.

    python -m tests.long.daemon_deaths --kills 6 --daemons 3

On a PostgreSQL cluster of our own. Every other death is held between claim and send: the gate that guards pass is
kept shut until a daemon has claims and waits there; the others fall after its first message. Leases of the dead are
ended by hand instead of waiting for minutes, and a new daemon takes its place. Prints the report of
``tests.long.crash``: as many occurrences as slots, nobody twice, and after a death between claim and send nobody
unknown.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from orchestrator.ledger.store import GATE
from tests.long.cluster import cluster
from tests.long.crash import IN_FLIGHT, Harness, Report, tell

Daemon = subprocess.Popen[bytes]
LONGEST = 120.0
"""Seconds for which anything is waited for."""


def bear(harness: Harness) -> Daemon:
    """Start one ``orc run`` that stays."""
    silent = subprocess.DEVNULL
    return subprocess.Popen(harness.command("run"), env=harness.environment, stdout=silent, stderr=silent)


def holders(harness: Harness, state: str) -> dict[int, str]:
    """Give the owners of messages in that state by their process."""
    rows = harness.sql(f"select distinct owner from {{}}orc_message where state = '{state}' and owner is not null")
    return {int(row[0].split(":")[1]): row[0] for row in rows}


def awaited(harness: Harness, daemons: list[Daemon], state: str) -> tuple[Daemon, str]:
    """Wait until a daemon holds messages in that state; give it and its owner's name."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        held = holders(harness, state)
        for daemon in daemons:
            if daemon.pid in held:
                return daemon, held[daemon.pid]
        time.sleep(0.005)
    raise RuntimeError(f"no daemon had messages {state} within {LONGEST:.0f} s")


def end(harness: Harness, daemons: list[Daemon], victim: Daemon, owner: str) -> None:
    """Kill a daemon, end its leases, and let another one take its place."""
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    past = "lease_until = now() - interval '1 second'"
    harness.sql(f"update {{}}orc_message set {past} where lease_until is not null and owner = '{owner}'")
    harness.sql("update {}orc_message set crashes = 0 where crashes > 0")  # nobody is poison here
    daemons[daemons.index(victim)] = bear(harness)


def run(folder: Path, kills: int, daemons: int, people: int, seed: int) -> Report:
    """Kill so many daemons, half of them between claim and send; give the report."""
    place = folder / "server"
    place.mkdir()
    with cluster(place) as server, Harness(folder, server.url, people, seed) as harness:
        report = harness.report
        alive = [bear(harness) for _ in range(daemons)]
        try:
            for n in range(kills):
                if n % 2 == 0:
                    before = unknown(harness)
                    with harness.ledger._engine.connect() as gate, gate.begin():
                        gate.execute(sa.select(sa.func.pg_advisory_xact_lock(GATE)))
                        harness.slot()
                        victim, owner = awaited(harness, alive, "claimed")
                        time.sleep(harness.random.uniform(0, 0.3))
                        end(harness, alive, victim, owner)
                else:
                    before = unknown(harness) + IN_FLIGHT
                    harness.slot()
                    size = harness.log.stat().st_size
                    victim, owner = awaited(harness, alive, "attempting")
                    report.killed_while_sending += harness.log.stat().st_size > size
                    end(harness, alive, victim, owner)
                report.kills += 1
                quiet(harness)
                if unknown(harness) > before:
                    report.wrong.append(f"{unknown(harness)} unknown after death {n + 1}, at most {before} allowed")
                tell(f"{report.kills} kills, {len(harness.delivered())} messages taken")
        finally:
            for daemon in alive:
                daemon.terminate()
            for daemon in alive:
                daemon.wait(60)
        harness.orc("audit", "--ledger")
        harness.compare()
    return report


def unknown(harness: Harness) -> int:
    """Give the number of messages whose fate nobody knows."""
    return int(harness.sql("select count(*) from {}orc_message where state = 'unknown'")[0][0])


def quiet(harness: Harness) -> None:
    """Wait until the living have sent everything."""
    until = time.monotonic() + LONGEST
    open_slots = "select 1 from {}orc_occurrence where state in ('planned', 'snapshotting')"
    while harness.ledger.open_messages() or harness.sql(open_slots):
        if time.monotonic() > until:
            raise RuntimeError(f"{harness.ledger.open_messages()} messages are still open after {LONGEST:.0f} s")
        time.sleep(0.05)


def main() -> None:
    """Run from the command line and print the report as JSON; status 1 when something is wrong."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    words.add_argument("--kills", type=int, default=6)
    words.add_argument("--daemons", type=int, default=3)
    words.add_argument("--people", type=int, default=800)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="orc-daemons-") as folder:
        report = run(Path(folder), given.kills, given.daemons, given.people, given.seed)
    print(json.dumps(asdict(report), indent=1))
    raise SystemExit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
