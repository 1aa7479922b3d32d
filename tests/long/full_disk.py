"""Hazard 20 for real: a small disk that runs full in the middle of sending, and gets room again.

    python -m tests.long.full_disk --runs 5 --where sqlite        state, journal and mark on one full disk
    python -m tests.long.full_disk --runs 5 --where tablespace    PostgreSQL answers 53100, the journal has room
    python -m tests.long.full_disk --runs 5 --where cluster       PostgreSQL cannot write its log and goes down

The disk is a tmpfs that is mounted for it, so this needs root on Linux. Each run makes a slot due, fills the disk to
the last byte after the first message, waits until ``orc run --once`` has ended, makes room, and lets another one
finish. Prints one JSON line; ``wrong`` must be empty: nobody twice, the sum holds, and unknown are at most the
messages of one batch for each run, where the journal had no room either.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.long.cluster import Cluster, cluster
from tests.long.crash import IN_FLIGHT, Harness, tell

MEGABYTES = {"sqlite": 64, "tablespace": 96, "cluster": 128}


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of that size; it is gone with the block."""
    if os.getuid() != 0:
        raise SystemExit("only root may mount a small disk")
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill_up(disk: Path) -> None:
    """Write until the disk takes no byte more."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)


def run(folder: Path, where: str, runs: int, people: int, seed: int) -> dict[str, object]:
    """Fill the disk so often; give the figures."""
    box = folder / "box"
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(box if where == "sqlite" else folder / "disk", MEGABYTES[where]))
        server: Cluster | None = None
        state = f"sqlite:///{disk}/state.sqlite"
        if where != "sqlite":
            place = disk if where == "cluster" else folder / "server"
            place.mkdir(exist_ok=True)
            server = stack.enter_context(cluster(place, ["max_wal_size=64MB", "min_wal_size=32MB"]))
            state = server.url
        if server is not None and where == "tablespace":
            server.ask(f"create tablespace small location '{_given(disk / 'space')}'")
            server.ask("create database state tablespace small")
            state = state.removesuffix("postgres") + "state"
        harness = stack.enter_context(Harness(folder, state, people, seed))
        after, said = [], dict[str, int]()
        for n in range(runs):
            harness.slot()
            before = harness.log.stat().st_size
            worker = subprocess.Popen(
                harness.command("run", "--once"), env=harness.environment, stderr=subprocess.PIPE, text=True
            )
            while harness.log.stat().st_size == before and worker.poll() is None:
                time.sleep(0.002)
            fill_up(disk)
            full = len(harness.delivered())
            told = worker.communicate(timeout=300)[1].strip().splitlines()
            after.append(len(harness.delivered()) - full)
            harness.report.kills += worker.returncode != 0
            word = told[0][:160] if told and worker.returncode else "went on: there was room enough"
            said[word] = said.get(word, 0) + 1
            (disk / "ballast").unlink()
            if server is not None and where == "cluster":
                server.stop()
                (server.data / "postmaster.pid").unlink(missing_ok=True)
                server.start()
            _finish(harness)
            tell(f"{n + 1} runs, {len(harness.delivered())} messages taken: {word}")
        harness.compare()
        report = harness.report
        most = IN_FLIGHT * runs if where == "sqlite" else 0
        if report.unknown > most:
            report.wrong.append(f"{report.unknown} unknown")
        if not report.kills:
            report.wrong.append("no worker noticed that the disk was full")
    figures = ("planned", "in_sink", "states", "unknown", "unknown_but_delivered")
    return {
        "where": where,
        "runs": runs,
        "stopped": report.kills,
        "most_until_noticed": max(after),
        **{name: getattr(report, name) for name in figures},
        "wrong": report.wrong[:20],
        "said": said,
    }


def _given(place: Path) -> Path:
    """Make a folder that belongs to the server."""
    place.mkdir()
    if os.getuid() == 0:
        import shutil

        shutil.chown(place, "postgres", "postgres")
    return place


def _finish(harness: Harness) -> None:
    """End what the stopped worker had guarded, and let healthy ones send the rest."""
    past = "now() - interval '1 second'" if harness.ledger.dialect == "postgresql" else "'2000-01-01 00:00:00.000000'"
    for _ in range(6):
        harness.sql(f"update {{}}orc_occurrence set lease_until = {past} where lease_until is not null")
        harness.sql(f"update {{}}orc_message set lease_until = {past} where lease_until is not null")
        harness.sql("update {}orc_message set not_before = updated_at where state = 'retry'")
        harness.orc("run", "--once")
        if harness.ledger.open_messages() == 0:
            break
    harness.orc("audit", "--ledger")


def main() -> None:
    """Run from the command line; status 1 when something is wrong."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--where", choices=MEGABYTES, default="sqlite")
    words.add_argument("--people", type=int, default=2000)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="orc-disk-", ignore_cleanup_errors=True) as folder:
        figures = run(Path(folder), given.where, given.runs, given.people, given.seed)
    print(json.dumps(figures))
    raise SystemExit(1 if figures["wrong"] else 0)


if __name__ == "__main__":
    main()
