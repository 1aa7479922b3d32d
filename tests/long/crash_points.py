"""Every passing of every crash point, and random pairs of them.

    python -m tests.long.crash_points                                  every point once, on SQLite
    python -m tests.long.crash_points --state postgresql+psycopg://user@host/empty_database
    python -m tests.long.crash_points --pairs 20000 --processes 2 --seed 1

A pair is a worker that dies at one point and its successor that dies at another, at most as many points after its
start as a whole story has. Prints one line of JSON; status 1 and the numbers of the story when something is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.crash.deployment import IN_FLIGHT, Seed, Story, seed

Result = tuple[int, int, int, list[str]]
"""Stories told, deaths in them, the most unknown in one of them, and what was wrong."""


def start(state: str, folder: Path) -> Seed:
    """Give a fresh deployment."""
    return seed(folder, f"sqlite:///{folder / 'state.db'}" if state == "sqlite" else state)


def told(made: Seed, stories: list[tuple[int, ...]]) -> Result:
    """Tell stories that die at these points."""
    deaths = unknown = 0
    wrong: list[str] = []
    for n, kills in enumerate(stories, 1):
        story = Story(made).tell(*kills)
        deaths += story.crashes
        unknown = max(unknown, sum(row.state.value == "unknown" for row in made.world.messages()))
        wrong += [f"{kills}: {line}" for line in story.wrong]
        if n % 500 == 0:
            print(f"{n} of {len(stories)} stories, {len(wrong)} findings", file=sys.stderr, flush=True)
    return len(stories), deaths, unknown, wrong


def one(work: tuple[str, int, int, str]) -> Result:
    """Tell so many random pairs in a folder of this process's own."""
    state, pairs, number, base = work
    with tempfile.TemporaryDirectory(prefix="orc-points-", dir=base or None) as folder:
        made = start(state, Path(folder))
        points = len(Story(made).tell().lives[0].names)
        dice = random.Random(number)
        result = told(made, [(dice.randint(1, points), dice.randint(1, points)) for _ in range(pairs)])
        made.close()
        return result


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--state", default="sqlite", help="sqlite, or the URL of an empty PostgreSQL database")
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1, help="for pairs on SQLite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default="", help="where the files go, for example a folder in memory")
    given = parser.parse_args()
    begun = time.monotonic()
    known: dict[str, object] = {"state": given.state.split(":")[0], "seed": given.seed}
    if given.pairs:
        share = given.pairs // given.processes
        work = [(given.state, share, given.seed + n, given.folder) for n in range(given.processes)]
        with ProcessPoolExecutor(given.processes) as pool:
            results = list(pool.map(one, work))
    else:
        with tempfile.TemporaryDirectory(prefix="orc-points-", dir=given.folder or None) as folder:
            made = start(given.state, Path(folder))
            life = Story(made).tell().lives[0]
            known |= {"points": len(life.names), "kinds": len(life.kinds)}
            results = [told(made, [(n,) for n in range(1, len(life.names) + 1)])]
            made.close()
    wrong = [line for *_, lines in results for line in lines]
    known |= {
        "stories": sum(r[0] for r in results),
        "deaths": sum(r[1] for r in results),
        "most_unknown": max(r[2] for r in results),
        "in_flight": IN_FLIGHT,
        "wrong": wrong[:20],
        "seconds": round(time.monotonic() - begun),
    }
    print(json.dumps(known))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
