"""Hazard 18 with many seeds: connections to PostgreSQL that are cut at a COMMIT, and between any two packets.

    python -m tests.long.cuts --seeds 500

Each seed is three campaigns (cut before COMMIT arrives, after it without its reply, anywhere), each on a database of
its own on the server that ORC_TEST_POSTGRES names. Prints one JSON line; ``wrong`` must be empty. Everybody must have
got one message; nothing may be lost, doubled, unknown, or end with an error that is not the ledger's own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.ledger import store as storing
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.run import send as sending
from tests.run.conftest import FILES, Clock, Wire, fill
from tests.run.cut_trial import FLIGHT, check, send_through_cuts

WHERE = ("before", "after", "anywhere")
SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


class Databases:
    """A migrated database with one version of the files, and copies of it."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._pattern = f"orc_cuts_{os.getpid()}"
        self._sql(f"create database {self._pattern}")
        self.url = self._url(self._pattern)
        migrate(self.url, "test")
        clock = Clock()
        clock.at = clock.at.replace(month=11)
        ledger = open_ledger(self.url, deployment="test", clock=clock)
        ledger.publish(NewVersion("d", FILES, "ann"), None)
        ledger.close()

    def copy(self) -> str:
        """Make the one copy afresh and give its URL."""
        self._sql(f"drop database if exists {self._pattern}_copy with (force)")
        self._sql(f"create database {self._pattern}_copy template {self._pattern}")
        return self._url(f"{self._pattern}_copy")

    def drop(self) -> None:
        """Leave nothing behind."""
        for name in (f"{self._pattern}_copy", self._pattern):
            self._sql(f"drop database if exists {name} with (force)")

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _sql(self, text: str) -> None:
        plain = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(text)


def trial(url: str, where: str, seed: int) -> tuple[int, Counter[str], str]:
    """Run one campaign; give the cuts, the messages by state, and what was wrong, if anything was."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root / "shop.db")
        clock, wire = Clock(), Wire()
        ledger = open_ledger(url, deployment="test", clock=clock, in_flight=FLIGHT)
        settings = Settings(f"sqlite:///{root / 'shop.db'}", url, root / "outbox", "test", "k" * 32, in_flight=FLIGHT)
        house = House(open_warehouse(settings.warehouse_url, prepare), ledger, settings)
        sending.open_channel = lambda *_: wire  # type: ignore[assignment]
        cuts, states = 0, Counter[str]()
        try:
            cuts = send_through_cuts(house, clock, root / "outbox", where, seed)
            states = check(house, wire)
            wrong = "" if set(states) == {"accepted", "skipped"} else f"ended {dict(states)}"
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            wrong = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {str(error)[:300]}"
            if os.environ.get("ORC_CUTS_TRACE"):
                traceback.print_exc()
        ledger.close()
        return cuts, states, wrong


def main(first: int, seeds: int, places: list[str], minutes: float) -> int:
    """Run so many seeds, or those for which there is time, print the figures, and give the exit status."""
    sending.AGAIN = (0.0,)
    hasty = {"sleep": staticmethod(lambda _: None), "monotonic": staticmethod(time.monotonic)}
    storing.time = type("Hasty", (), hasty)  # type: ignore[assignment]
    databases = Databases(os.environ.get("ORC_TEST_POSTGRES", SERVER))
    began, cuts, accepted = time.monotonic(), Counter[str](), 0
    wrong: dict[str, str] = {}
    done_seeds = 0
    try:
        for seed in range(first, first + seeds):
            if time.monotonic() - began > minutes * 60:
                break
            done_seeds += 1
            for where in places:
                done, states, bad = trial(databases.copy(), where, seed)
                cuts[where] += done
                accepted += states["accepted"]
                if bad:
                    wrong[f"{where} {seed}"] = bad
                    print(f"{where} {seed}: {bad}", file=sys.stderr, flush=True)
    finally:
        databases.drop()
    seconds = round(time.monotonic() - began, 1)
    print(
        json.dumps(
            {
                "first": first,
                "seeds": done_seeds,
                "cuts": cuts,
                "accepted": accepted,
                "seconds": seconds,
                "wrong": wrong,
            }
        )
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", type=int, default=200)
    words.add_argument("--first", type=int, default=1)
    words.add_argument("--where", choices=WHERE, action="append")
    words.add_argument("--minutes", type=float, default=24 * 60, help="begin no further seed after so long")
    given = words.parse_args()
    sys.exit(main(given.first, given.seeds, given.where or list(WHERE), given.minutes))
