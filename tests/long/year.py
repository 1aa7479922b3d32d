"""A simulated year: thousands of campaigns, several daemons on one state, and everything that goes wrong in a year.

    python -m tests.long.year --campaigns 10000 --days 365 --daemons 3
    python -m tests.long.year --state postgresql+psycopg://user@host/empty_database
    python -m tests.long.year --hours 2     # ends in order on the day of then, and checks everything up to it

With 10,000 campaigns about a million rows are planned: one for each recipient of each occurrence. Every day a change
of the files is merged: the campaigns of tomorrow come, some of those that wait are edited, old ones go. Daemons wake at
random moments, several at once, and take turns at random between any two statements and any two messages (each in a
thread of its own; one runs at a time). They die at random, the provider is away or mute, the database's clock jumps,
operators pause, cancel and stop, people leave. Time is simulated; the ledger, the planning, the letters and the guard
are the product's own.

Afterwards ``year_check.py`` reads the provider's log and the ledger, and nothing else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from unittest import mock

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import Ledger, NewVersion, migrate
from orchestrator.ledger.store import open_engine
from orchestrator.model.delivery import Message
from orchestrator.model.people import address_hash
from orchestrator.model.settings import Settings
from orchestrator.run import House
from tests.long.year_check import Found, check
from tests.long.year_daemon import Daemon, Stage
from tests.long.year_log import Notebook
from tests.long.year_world import IN_FLIGHT, RULES, Planned, Provider, campaigns, files, people

FIRST = dt.date(2026, 1, 1)
BEATS = 30
"""Moments of a day at which some daemons wake."""
QUIET_END = 4
"""Days without new campaigns at the end, in which everything comes to its end."""
TOLD = 120.0
"""Seconds between two lines of progress."""


class Year:
    """The world: time, people, operators, and whose turn it is."""

    def __init__(
        self, folder: Path, state_url: str, seed: int, number: int, days: int, daemons: int, crowd: int, beats: int
    ) -> None:
        """Make the shop and an empty state."""
        self.luck = random.Random(seed)
        self.folder, self.state_url, self.days, self.beats = folder, state_url, days, beats
        self.now = dt.datetime.combine(FIRST, dt.time(), dt.UTC)
        self.skew = dt.timedelta()
        self.main, self.back = threading.current_thread(), threading.Semaphore(0)
        self.over = False
        self.broken: list[str] = []
        self.troubles: list[str] = []
        lives = people(folder / "shop.db", crowd)
        migrate(state_url, "year")
        self.notebook = Notebook(folder / "log.jsonl")
        self.write("crowd", zones=lives)
        self.warehouse = open_warehouse(f"sqlite:///{folder / 'shop.db'}", prepare)
        self.settings = Settings(
            f"sqlite:///{folder / 'shop.db'}", state_url, folder / "outbox", "year", "k" * 32, in_flight=IN_FLIGHT
        )
        self.office = Ledger(open_engine(state_url), self.clock, "year")
        self.workspaces: dict[int, Any] = {}
        self.writings: dict[Any, Any] = {}
        self.daemons = [Daemon(self, n) for n in range(daemons)]
        self.active: Daemon | None = None
        self.provider = Provider(self.luck, self.write, self._turn, self._took)
        self.plan = campaigns(self.luck, number, FIRST, days, crowd // 100)
        self.held: dict[str, dt.datetime] = {}
        self.stopped_until: dt.datetime | None = None
        self.gone: set[str] = set()
        self.stopped_on: int | None = None
        """The day after which nothing new came because the time given was over."""
        self.deaths = 0
        self._begun = self._told = time.monotonic()

    # -------------------------------------------------------------- what the rest of the world is asked

    def clock(self, _connection: object) -> dt.datetime:
        """Give the database's time; every look takes a while."""
        self.now += dt.timedelta(milliseconds=2)
        return self.now + self.skew

    def write(self, kind: str, **more: Any) -> None:
        """Write into the notebook."""
        self.notebook.write(kind, self.now.isoformat(), **more)

    def house(self, daemon: Daemon) -> House:
        """Give what a new process holds."""
        ledger = Stage(open_engine(self.state_url), self.clock, "year")
        ledger.turn, ledger.in_flight = daemon.turn, IN_FLIGHT
        return House(self.warehouse, ledger, self.settings, _workspaces=self.workspaces, _writings=self.writings)

    def sleep(self, seconds: float) -> None:
        """Let time pass instead of waiting."""
        self.now += dt.timedelta(seconds=seconds)
        self._turn()

    def _turn(self) -> None:
        if self.active is not None:
            self.active.turn()

    def _took(self, message: Message) -> None:
        self.now += dt.timedelta(milliseconds=5)
        if self.luck.random() < 0.0008 and message.to.lower() not in self.gone:
            self.gone.add(message.to.lower())
            self.office.suppress("email", "marketing", address_hash(message.to), "unsubscribed", "year")
            self.write("left", to=message.to, in_flight=self.flying())

    def flying(self, owner: str | None = None) -> list[str]:
        """Give the ids of the messages that are being attempted just now, by everybody or by one worker."""
        prefix = "" if self.state_url.startswith("sqlite") else "orc."
        with self.office._engine.connect() as connection:
            query = f"select id, owner from {prefix}orc_message where state in ('attempting', 'claimed')"
            query += " and state = 'attempting'"  # behind the words of the index of leases
            rows = connection.exec_driver_sql(query).all()
        return [str(row.id) for row in rows if owner in (None, row.owner)]

    # -------------------------------------------------------------- its end and its progress

    def _stop_on(self, day: int) -> None:
        """Let the year end with this day's campaigns; those of later days never come, nor the later slots of others."""
        self.stopped_on = self.days = day
        self.plan = [c for c in self.plan if c.day <= day]
        for campaign in self.plan:
            campaign.end_by(day)
        self.write("ends", promises={c.name: c.occurrences for c in self.plan})

    def _tell(self, day: int) -> None:
        """Say now and then how far the year is."""
        if time.monotonic() - self._told < TOLD:
            return
        self._told = time.monotonic()
        prefix = "" if self.state_url.startswith("sqlite") else "orc."
        with self.office._engine.connect() as connection:
            occurrences, rows = (
                connection.exec_driver_sql(f"select count(*) from {prefix}orc_{table}").scalar_one()
                for table in ("occurrence", "message")
            )
        known = {"day": day, "occurrences": occurrences, "planned": rows, "deaths": self.deaths}
        known |= {"seconds": round(self._told - self._begun), "cpu_seconds": round(time.process_time())}
        print(json.dumps(known), flush=True)

    # -------------------------------------------------------------- days

    def live(self, seconds: float | None = None) -> None:
        """Live all days, or those that begin within so many seconds; then the quiet days, in which all ends."""
        for daemon in self.daemons:
            daemon.start()
        with (
            mock.patch("orchestrator.run.send.open_channel", return_value=self.provider),
            mock.patch.object(time, "sleep", self.sleep),
        ):
            day = 0
            while day < self.days + QUIET_END and not self.broken:
                self._day(day)
                day += 1
                if seconds is not None and day < self.days and time.monotonic() - self._begun > seconds:
                    self._stop_on(day)
                self._tell(day)
        self.over = True
        for daemon in self.daemons:
            daemon.resume()
        self.notebook.close()
        self.office.close()

    def _day(self, day: int) -> None:
        begins = dt.datetime.combine(FIRST + dt.timedelta(days=day), dt.time(), dt.UTC)
        noon = begins + dt.timedelta(hours=12)
        moments = sorted(begins + dt.timedelta(seconds=self.luck.uniform(60, 86_340)) for _ in range(self.beats))
        merged = False
        for moment in moments:
            if not merged and moment > noon:
                self._merge(day, noon)
                merged = True
            self.now = max(self.now, moment)
            self._weather(quiet=day >= self.days)
            self._operators(quiet=day >= self.days)
            awake = [d for d in self.daemons if d.asleep_until <= self.now]
            self._together(self.luck.sample(awake, self.luck.randint(min(1, len(awake)), len(awake))))
        if not merged:
            self._merge(day, noon)

    def _together(self, daemons: list[Daemon]) -> None:
        """Let these daemons have a beat at the same time, in turns."""
        for daemon in daemons:
            daemon.working = True
            if self.luck.random() < 0.01:
                daemon.steps_to_live = self.luck.randrange(400)
        while waiting := [d for d in daemons if d.working]:
            self.active = self.luck.choice(waiting)
            self.active.resume()
        self.active = None

    def _merge(self, day: int, noon: dt.datetime) -> None:
        """Apply what tomorrow needs; edit some of those that wait; take away what is long over."""
        self.now = max(self.now, noon)
        there = [c for c in self.plan if c.day <= day + 1 and day < c.last + c.stays]
        for campaign in there:
            campaign.revision += self.luck.random() < 0.1
        number = self.office.current_number()
        version = (number or 0) + 1
        self.office.publish(NewVersion(f"d{version}", files(there), "ann"), number)
        self.write(
            "merged",
            version=version,
            promises={c.name: c.occurrences for c in there},
            texts={c.name: f"r{c.revision}" for c in there},
        )
        self.workspaces.pop(version - 40, None)
        for key in [key for key in self.writings if key[0] < version - 8]:
            del self.writings[key]

    def _weather(self, quiet: bool) -> None:
        """Change the provider's mood and the database's clock."""
        chance, mood = self.luck.random(), self.provider.mood
        if mood != "well":
            mood = "well" if chance < 0.5 or quiet else mood
        elif chance < 0.008 and not quiet:
            mood = "away" if chance < 0.006 else "mute"
        if mood != self.provider.mood:
            self.provider.mood = mood
            self.write(mood)
        if self.luck.random() < 0.05:
            self.skew = dt.timedelta(seconds=self.luck.uniform(-90, 90))

    def _operators(self, quiet: bool) -> None:
        """Pause, resume, cancel, stop and start."""
        for name in [name for name, until in self.held.items() if until <= self.now or quiet]:
            del self.held[name]
            self.write("resumed", campaign=name)
            self.office.resume(name, "ann")
        if self.stopped_until is not None and (self.stopped_until <= self.now or quiet):
            self.stopped_until = None
            self.write("started")
            self.office.resume_all("ann")
        if quiet:
            return
        today = (self.now.date() - FIRST).days
        if self.luck.random() < 0.03 and (due := [c for c in self.plan_of(today) if c.name not in self.held]):
            name = self.luck.choice(due).name
            self.office.pause(name, "ann")
            self.held[name] = self.now + dt.timedelta(hours=self.luck.uniform(0.1, 20))
            self.write("paused", campaign=name, in_flight=self.flying())
        if self.luck.random() < 0.004 and self.stopped_until is None:
            self.office.stop("ann")
            self.stopped_until = self.now + dt.timedelta(minutes=self.luck.uniform(1, 90))
            self.write("stopped", in_flight=self.flying())

    def plan_of(self, day: int) -> list[Planned]:
        """Give the campaigns of a day."""
        return [c for c in self.plan if c.day <= day <= c.last]


def one(
    folder: Path,
    state_url: str,
    seed: int,
    number: int,
    days: int,
    daemons: int,
    crowd: int,
    beats: int = BEATS,
    seconds: float | None = None,
) -> tuple[Found, Year]:
    """Live a year, or what of it begins within so many seconds, and check it."""
    state_url = state_url or f"sqlite:///{folder / 'state.db'}"
    year = Year(folder, state_url, seed, number, days, daemons, crowd, beats)
    year.live(seconds)
    found = check(folder / "log.jsonl", year.state_url, RULES)
    found.wrong += [f"a daemon broke: {line}" for line in year.broken]
    return found, year


def main() -> int:
    """Run from the command line; 1 when a rule was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--campaigns", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--daemons", type=int, default=3)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", default="", help="an empty PostgreSQL database; without it, a file")
    parser.add_argument("--hours", type=float, help="end in order after so long, and check everything up to then")
    parser.add_argument("--folder", default="", help="where the files go, for example a folder in memory")
    given = parser.parse_args()
    begun, cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="orc-year-", dir=given.folder or None) as folder:
        found, year = one(
            Path(folder), given.state, given.seed, given.campaigns, given.days, given.daemons, given.people,
            seconds=given.hours and given.hours * 3600,
        )  # fmt: skip
    known = {
        "seed": given.seed, "campaigns": given.campaigns, "days": given.days, "daemons": given.daemons,
        "stopped_on_day": year.stopped_on,
        "occurrences": found.occurrences, "planned": found.planned, "states": found.states, "reasons": found.reasons,
        "taken": found.taken, "recorded_repeats": found.repeated,
        "happened": {k: n for k, n in found.happened.items() if k != "taken"},
        "troubles": len(year.troubles), "first_trouble": year.troubles[:1],
        "wrong": len(found.wrong), "first_wrong": found.wrong[:20],
        "seconds": round(time.monotonic() - begun), "cpu_seconds": round(time.process_time() - cpu),
    }  # fmt: skip
    print(json.dumps(known))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
