"""The differential test for hours: ``python -m tests.long.differential --schemas 200 --segments 500``.

Every schema has a seed, which is printed; ``--seed N`` runs one of them alone. PostgreSQL and MariaDB take
part where ORC_TEST_POSTGRES and ORC_TEST_MYSQL or the usual local ports answer.
"""

from __future__ import annotations

import argparse
import atexit
import os
import signal
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "differential")]

import servers  # noqa: E402
from comparing import Difference, beyond, run  # noqa: E402
from engines import IN_MEMORY, Store, open_store  # noqa: E402

LOCAL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
OWN = f"orc_long_{os.getpid()}"
"""A database of this run's own on each server: tables of the same names would wait for each other."""


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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the databases are dropped
    seeds = [given.seed] if given.seed is not None else range(given.start, given.start + given.schemas)
    engines, began, wrong, asked = stores(given.engine), time.monotonic(), 0, 0
    for seed in seeds:
        try:
            different = run(seed, given.segments, engines, stop=False)
        except Difference as difference:
            different = [difference]
        asked += given.segments
        wrong += len(different)
        for difference in different:
            print(difference, end="\n\n", flush=True)
        print(f"seed {seed}: {given.segments} segments, {len(different)} differ; "
              f"{asked} in {time.monotonic() - began:.0f} s, {wrong} differ in all, "
              f"{len(beyond)} too deep for SQLite", flush=True)  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
