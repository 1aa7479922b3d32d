"""The differential test for hours: ``python -m tests.long.differential --schemas 200 --segments 500``.

Every schema has a seed, which is printed; ``--seed N`` runs one of them alone. A run that is stopped says how far it
came. PostgreSQL and MariaDB take
part where ORC_TEST_POSTGRES and ORC_TEST_MYSQL or the usual local ports answer.
"""

from __future__ import annotations

import argparse
import atexit
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "differential")]

import servers  # noqa: E402
from comparing import Difference, beyond, run  # noqa: E402
from engines import IN_MEMORY, Store, open_store  # noqa: E402

LOCAL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
OWN = f"orc_long_{os.getpid()}"
"""A database of this run's own on each server: tables of the same names would wait for each other."""


@dataclass
class Count:
    """What a run has done so far: it is printed also when the run is stopped in the middle."""

    asked: int = 0
    different: int = 0
    stopped: bool = False
    """Whether the run is to end behind the question that is being answered: an engine would count it as a failure."""
    began: float = field(default_factory=time.monotonic)

    def add(self, difference: Difference | None) -> None:
        """Count a question, and print it where the answers differ; every thousandth says how far the run is."""
        self.asked += 1
        if difference is not None:
            self.different += 1
            print(difference, end="\n\n", flush=True)
        if self.asked % 1000 == 0:
            print(self, flush=True)
        if self.stopped:
            sys.exit(1)

    def stop(self) -> None:
        """Let the run end behind this question, and drop its databases."""
        self.stopped = True

    def __str__(self) -> str:
        used = os.times()
        return (
            f"{self.asked} questions, {self.different} differ, {len(beyond)} too deep for SQLite; "
            f"{time.monotonic() - self.began:.0f} s, of which {used.user + used.system:.0f} s at work here"
        )


def stores(only: list[str]) -> list[Store]:
    """Give the engines in memory, and PostgreSQL and MariaDB where one answers; ``only`` names those wanted."""
    found = [open_store(url) for url in IN_MEMORY]
    maria, reason = servers.find()
    if maria is not None:
        servers.run(maria, f"create database {OWN}")
        atexit.register(servers.run, maria, f"drop database {OWN}")
        found.append(open_store(maria.rstrip("/") + f"/{OWN}"))
    else:
        print(reason)
    server = open_store(os.environ.get("ORC_TEST_POSTGRES", LOCAL))
    try:
        _ordered(server, f"create database {OWN}")
    except Exception as error:
        print(f"without PostgreSQL: {error}".splitlines()[0])
    else:
        postgres = open_store(server.engine.url.set(database=OWN).render_as_string(hide_password=False))
        atexit.register(lambda: (postgres.engine.dispose(), _ordered(server, f"drop database {OWN}")))
        found.append(postgres)
    return [store for store in found if not only or store.dialect in only]


def _ordered(server: Store, statement: str) -> None:
    """Run a statement that stands in no transaction."""
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)


def main() -> int:
    """Run all worlds; give 1 when something differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemas", type=int, default=200, help="how many worlds")
    parser.add_argument("--segments", type=int, default=500, help="how many segments in each")
    parser.add_argument("--start", type=int, default=1_000_000, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--engine", action="append", default=[], help="only this one (again for another)")
    given = parser.parse_args()
    count = Count()
    signal.signal(signal.SIGTERM, lambda *_: count.stop())
    seeds = [given.seed] if given.seed is not None else range(given.start, given.start + given.schemas)
    engines = stores(given.engine)
    print("engines: " + ", ".join(engine.dialect for engine in engines), flush=True)
    try:
        for seed in seeds:
            try:
                run(seed, given.segments, engines, stop=False, each=count.add)
            except Difference as difference:
                count.add(difference)
            print(f"seed {seed}: {count}", flush=True)
    finally:
        print(f"asked from seed {seeds[0]} on: {count}", flush=True)
    return 1 if count.different else 0


if __name__ == "__main__":
    sys.exit(main())
