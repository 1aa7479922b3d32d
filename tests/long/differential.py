"""The differential test for hours: ``python -m tests.long.differential --schemas 200 --segments 500``.

Every schema has a seed, which is printed; ``--seed N`` runs one of them alone. Needs ORC_TEST_POSTGRES or the usual
local server; without either only SQLite is compared with the reference.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "differential")]

from comparing import Difference, run  # noqa: E402
from engines import Store, sqlite_store  # noqa: E402

from orchestrator.compile import prepare  # noqa: E402

LOCAL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def stores() -> list[Store]:
    """Give SQLite, and PostgreSQL where one answers."""
    found = [sqlite_store(prepare)]
    postgres = Store(os.environ.get("ORC_TEST_POSTGRES", LOCAL))
    try:
        postgres.engine.connect().close()
    except Exception as error:
        print(f"without PostgreSQL: {error}".splitlines()[0])
        return found
    return [*found, postgres]


def main() -> int:
    """Run all worlds; give 1 when something differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemas", type=int, default=200, help="how many worlds")
    parser.add_argument("--segments", type=int, default=500, help="how many segments in each")
    parser.add_argument("--start", type=int, default=1_000_000, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one")
    given = parser.parse_args()
    seeds = [given.seed] if given.seed is not None else range(given.start, given.start + given.schemas)
    both, began, wrong, asked = stores(), time.monotonic(), 0, 0
    for seed in seeds:
        try:
            different = run(seed, given.segments, both, stop=False)
        except Difference as difference:
            different = [difference]
        asked += given.segments
        wrong += len(different)
        for difference in different:
            print(difference, end="\n\n", flush=True)
        print(f"seed {seed}: {given.segments} segments, {len(different)} differ; "
              f"{asked} in {time.monotonic() - began:.0f} s, {wrong} differ in all", flush=True)  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
