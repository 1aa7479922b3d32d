"""Larger walks through the model of the ledger, and many whole runs held against its edges.

    python -m tests.long.model --walk 0                    one of the larger walks (numbers from 0; all without it)
    python -m tests.long.model --runs 200 --seed 1         runs in turmoil on SQLite
    python -m tests.long.model --runs 50 --state postgresql+psycopg://user@host/postgres
    python -m tests.long.model --stories 300               stories that die at two random points

Each prints one line of JSON: states, ends and seconds of a walk; transitions seen, edges of the model that were not
seen, and what was wrong for runs and stories. Status 1 when something is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from tests.crash.deployment import Story, seed
from tests.model.conformance import EDGES, Edge, moves, watch
from tests.run.turmoil import tell

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "model"), str(ROOT / "ledger")]

from ledger_model import Limits  # noqa: E402
from test_ledger_model import explore  # noqa: E402

LARGER = (
    Limits(workers=2, deaths=3, tries=3, epochs=8, orders=2),
    Limits(workers=2, deaths=2, tries=3, epochs=7, orders=2, resend=True),
    Limits(workers=3, deaths=3, tries=2, epochs=5, orders=1, alike=True),
    Limits(messages=2, workers=2, deaths=2, tries=2, epochs=3, orders=1, cap=1, alike=True),
    Limits(messages=2, workers=3, deaths=1, tries=1, epochs=2, orders=1, cap=1, alike=True),
)


def walk(number: int) -> bool:
    """Visit every state of one larger model and print what was found; True when nothing is wrong."""
    start = time.monotonic()
    found = explore(LARGER[number])
    wrong = [*found.wrong, *(f"{edge} is not in EDGES" for edge in found.edges - EDGES)]
    about = {"walk": number, "limits": str(LARGER[number]), "states": found.states, "ends": found.ends}
    print(json.dumps({**about, "wrong": wrong, "seconds": round(time.monotonic() - start)}), flush=True)
    return not wrong


@contextmanager
def database(server: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty state: a file, or a database of this run's own on a server."""
    if server == "sqlite":
        yield f"sqlite:///{folder / 'state.db'}"
        return
    name = f"orc_model_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
        try:
            yield sa.engine.make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"drop database {name} with (force)")
    engine.dispose()


def runs(count: int, first: int, server: str) -> bool:
    """Run so many turmoils and print what they showed; True when nothing is wrong."""
    seen: Counter[Edge] = Counter()
    wrong: list[str] = []
    start = time.monotonic()
    for number in range(first, first + count):
        with tempfile.TemporaryDirectory(prefix="orc-model-") as folder, database(server, Path(folder)) as url:
            found, made = tell(Path(folder), url, number, lives=random.Random(number).randint(3, 15))
        seen.update(made)
        wrong += [f"seed {number}: {line}" for line in found]
    return told({"runs": count, "state": server.split(":")[0], "first_seed": first}, seen, wrong, start)


def stories(count: int, number: int) -> bool:
    """Tell so many crash stories with two deaths each and print what they showed; True when nothing is wrong."""
    seen: Counter[Edge] = Counter()
    wrong: list[str] = []
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orc-model-") as folder:
        made = seed(Path(folder), f"sqlite:///{folder}/state.db")
        watch(made.state_url)
        made.keep()
        points = len(Story(made).tell().lives[0].names)
        dice = random.Random(number)
        for _ in range(count):
            kills = (dice.randint(1, points), dice.randint(1, points))
            wrong += [f"{kills}: {line}" for line in Story(made).tell(*kills).wrong]
            seen.update(moves(made.state_url))
        made.close()
    return told({"stories": count, "seed": number}, seen, wrong, start)


def told(about: dict[str, object], seen: Counter[Edge], wrong: list[str], start: float) -> bool:
    """Print one line; True when nothing is wrong."""
    wrong += [f"{edge} is no edge of the model" for edge in seen.keys() - EDGES]
    about |= {"transitions": sum(seen.values()), "edges": len(seen), "of": len(EDGES)}
    about |= {"not_seen": sorted(map(str, EDGES - seen.keys())), "wrong": wrong[:20]}
    print(json.dumps({**about, "seconds": round(time.monotonic() - start)}), flush=True)
    return not wrong


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--walk", type=int, choices=range(len(LARGER)))
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--state", default="sqlite", help="for runs: sqlite, or the URL of a server")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.runs:
        well = runs(given.runs, given.seed, given.state)
    elif given.stories:
        well = stories(given.stories, given.seed)
    else:
        chosen = range(len(LARGER)) if given.walk is None else [given.walk]
        well = False not in {number: walk(number) for number in chosen}.values()
    raise SystemExit(0 if well else 1)


if __name__ == "__main__":
    main()
