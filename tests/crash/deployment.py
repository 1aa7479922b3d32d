"""A small deployment that dies at a point and starts again, and a checker that reads only two lists.

Eleven people, two campaigns of one capped category over SMTP, one of a service category into an outbox folder, people
without an address, with an impossible one, with a shared one, one refused for good, one put off once, somebody who
unsubscribes while it is sending, and a state database that is away for a moment just when there is something to record.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import shutil
import sqlite3
import sys
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import sqlalchemy as sa

from orchestrator.audience import Warehouse, open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import Ledger, NewVersion, migrate, open_ledger
from orchestrator.ledger.store import open_engine
from orchestrator.model.errors import StateError
from orchestrator.model.people import address_hash
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.crash.mailhouse import Mailhouse
from tests.crash.ports import Killed, Points, on_disk, on_engine
from tests.run.conftest import DUE, FILES, Clock

IN_FLIGHT = 4
PEOPLE = 11
REFUSED, PUT_OFF, LEAVER = "p2@example.com", "p3@example.com", "p11@example.com"
NIGHT = dt.timedelta(minutes=10)
"""Between two lives: longer than any lease."""
_MAIL = FILES["campaigns/hello.yml"].replace("provider: box", "provider: wire")
CAMPAIGNS = {
    "campaigns/project.yml": FILES["campaigns/project.yml"].replace("2 per 7 days", "1 per 7 days"),
    "campaigns/hello.yml": _MAIL,
    "campaigns/again.yml": _MAIL.replace("name: hello", "name: again").replace(
        "audience: in segment germans", 'audience: first_name is one of ("Ann1", "Ann2", "Ann4")'
    ),
    "campaigns/notes.yml": FILES["campaigns/hello.yml"]
    .replace("name: hello", "name: notes")
    .replace("category: promotional", "category: service")
    .replace("audience: in segment germans", 'audience: first_name is one of ("Ann1", "Ann3")'),
}


_SEEDED = "select tablename from pg_tables where schemaname = 'seed'"


@dataclass
class Seed:
    """A migrated state with its applied version, to start from again and again, and what is the same in every life."""

    folder: Path
    state_url: str
    workspaces: dict[int, object] = field(default_factory=dict)
    letters: dict[tuple[int, str, str, str], object] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    lives: list[Points] = field(default_factory=list)
    """The lives of the story that is told at the moment; ports belong to the last one."""
    settings: Settings = field(init=False)
    warehouse: Warehouse = field(init=False)
    engine: sa.Engine = field(init=False)
    world: Ledger = field(init=False)
    """The state as seen by everybody but the worker: no point of its belongs to a life."""

    def open(self) -> None:
        """Open what every life uses: its code, its settings, and engines without a connection."""
        self.settings = Settings(
            f"sqlite:///{self.folder / 'shop.db'}",
            self.state_url,
            self.folder / "outbox",
            "test",
            "k" * 32,
            in_flight=IN_FLIGHT,
        )
        self.world = open_ledger(self.state_url, deployment="test", clock=self._now)
        self.engine = open_engine(self.state_url)
        self.warehouse = open_warehouse(self.settings.warehouse_url, prepare)
        gc.freeze()  # so that cleaning up after a death looks at its own remains only
        on_engine(self.engine, lambda: self.lives[-1], "state")
        on_engine(self.warehouse.engine, lambda: self.lives[-1], "warehouse")

    def house(self) -> House:
        """Give what a new process holds: nothing is remembered but what files and code would say again."""
        ledger = Ledger(self.engine, self._now, "test")
        ledger.in_flight = IN_FLIGHT
        house = House(self.warehouse, ledger, self.settings)
        house._workspaces, house._letters = self.workspaces, self.letters  # type: ignore[assignment]
        return house

    def close(self) -> None:
        """Let go of all connections."""
        self.world.close()
        self.engine.dispose()

    def _now(self, _connection: object) -> dt.datetime:
        return self.clock.at

    @property
    def sqlite(self) -> bool:
        """Tell whether the state is a file."""
        return self.state_url.startswith("sqlite")

    def rewind(self) -> None:
        """Put the state back to where it was before the first life."""
        self.world.close()
        if self.sqlite:
            for name in self.folder.glob("state.db*"):
                name.unlink()
            shutil.copy(self.folder / "seed.db", self.folder / "state.db")
            return
        engine = sa.create_engine(self.state_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("set local session_replication_role = replica")  # in any order of tables
            for table in connection.exec_driver_sql(_SEEDED).scalars().all():
                connection.exec_driver_sql(f"delete from orc.{table}")
                connection.exec_driver_sql(f"insert into orc.{table} select * from seed.{table}")
        engine.dispose()

    def keep(self) -> None:
        """Remember the state as it is now."""
        if self.sqlite:
            with sqlite3.connect(self.folder / "state.db") as db:
                db.execute("pragma wal_checkpoint(truncate)")
            shutil.copy(self.folder / "state.db", self.folder / "seed.db")
            return
        engine = sa.create_engine(self.state_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("create schema seed")
            for (table,) in connection.exec_driver_sql(
                "select tablename from pg_tables where schemaname = 'orc' and tablename <> 'orc_revision'"
            ).all():
                connection.exec_driver_sql(f"create table seed.{table} as select * from orc.{table}")
        engine.dispose()


def seed(folder: Path, state_url: str) -> Seed:
    """Make the shop, the state, and the applied files; give what every run starts from."""
    with sqlite3.connect(folder / "shop.db") as db:
        db.executescript(
            "create table customers (id integer primary key, email text, first_name text, country text, zone text);"
            "create table orders (id integer primary key, customer_id int, at text, amount real);"
            "create table consents (customer_id int, channel text, topic text, granted int, at text)"
        )
        for n in range(1, PEOPLE + 1):
            email = {5: None, 6: "b@example.com\nBcc: x@y.z", 8: "P7@example.com"}.get(n, f"p{n}@example.com")
            db.execute("insert into customers values (?, ?, ?, 'DE', 'Europe/Berlin')", (n, email, f"Ann{n}"))
            db.execute("insert into consents values (?, 'email', 'promotions', 1, '2026-01-01 00:00:00')", (n,))
    migrate(state_url, "test")
    clock = Clock(DUE - dt.timedelta(days=1))
    ledger = open_ledger(state_url, deployment="test", clock=clock)
    ledger.publish(NewVersion("d1", {**FILES, **CAMPAIGNS}, "ann"), None)
    ledger.close()
    made = Seed(folder, state_url)
    made.keep()
    made.open()
    return made


@dataclass
class Story:
    """One run from the seed to quiet: lives that end at the given points, and what is wrong at the end."""

    seed: Seed
    post: Mailhouse = field(default_factory=Mailhouse)
    crashes: int = 0
    asked: bool = False
    """Whether the state database has been away already."""
    leaver_may_get: int | None = None
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seed.rewind()
        self.clock = self.seed.clock = Clock()
        self.lives = self.seed.lives = []
        shutil.rmtree(self.seed.folder / "outbox", ignore_errors=True)
        shutil.rmtree(self.seed.folder / "journal", ignore_errors=True)
        self.post.refuses = {REFUSED: ["550 5.1.1 nobody"] * 9, PUT_OFF: ["451 4.3.0 later"]}
        self.post.noticed = self._noticed

    def tell(self, *kills: int) -> Story:
        """Live, dying at each of these points in turn, then live on until nothing is left to do; check everything."""
        for kill in kills:
            self._live(kill)
            self.clock.at += NIGHT
        for _ in range(6):
            self._live(0)
            self.clock.at += NIGHT
            if not self.seed.world.open_messages() and len(self.seed.world.occurrences()) == 3:
                break
        self.check()
        return self

    def _noticed(self) -> None:
        """Act as the rest of the world: somebody leaves after two messages, the database is away after the third."""
        if len(self.post.taken) == 2 and self.leaver_may_get is None:
            rows = [row for row in self.seed.world.messages() if row.person == "11"]
            self.leaver_may_get = sum(row.state.value in ("attempting", "accepted", "unknown") for row in rows)
            self.seed.world.suppress("email", "*", address_hash(LEAVER), "unsubscribed", "test")
        if len(self.post.taken) == 3 and not self.asked:
            self.asked = True
            self.lives[-1].down = 2

    def _live(self, kill: int) -> None:
        """Start a worker as a new process would, and let it run to its end or its death."""
        points = Points(kill)
        self.lives.append(points)

        async def connect(_server: object) -> object:
            return self.post.connect(points)

        loop, threads = asyncio.new_event_loop(), ThreadPoolExecutor(1)
        loop.set_default_executor(threads)
        with (
            on_disk(points),
            mock.patch("orchestrator.deliver.providers.smtp.connect", connect),
            mock.patch.object(time, "sleep", return_value=None),
            mock.patch.object(sys, "unraisablehook", return_value=None),
        ):
            work = loop.create_task(run_once(self.seed.house()))
            try:
                loop.run_until_complete(work)
            except Killed:
                self.crashes += 1
            except StateError:
                pass  # the worker gave up in order; the next one goes on
            finally:
                del work
                _bury(loop, threads)
                self.seed.engine.dispose()
                points.bury()

    def check(self) -> None:
        """Hold the provider's list and the ledger against each other."""
        prefix = "" if self.seed.sqlite else "orc."
        with self.seed.world._engine.connect() as connection:
            rows = connection.exec_driver_sql(
                f"select m.id, o.campaign, m.person, m.state, m.reason from {prefix}orc_message m "
                f"join {prefix}orc_occurrence o on o.id = m.occurrence_id"
            ).all()
        wrong = self.wrong
        taken = [(uuid.UUID(name), to) for name, to in self.post.taken]
        files = [uuid.UUID(path.stem) for path in (self.seed.folder / "outbox").glob("*.eml")]
        found = {uuid.UUID(str(row.id)): row for row in rows}
        got = Counter(name for name, _ in taken) + Counter(files)
        wrong += [f"{found[i].campaign}/{found[i].person} got {n} copies" for i, n in got.items() if n > 1]
        boxes = Counter((found[i].campaign, to) for i, to in taken)
        wrong += [f"{place} got {n} messages" for place, n in boxes.items() if n > 1]
        expected = {"hello": PEOPLE, "again": 3, "notes": 2}
        if Counter(row.campaign for row in rows) != expected:
            wrong.append(f"planned {Counter(row.campaign for row in rows)}")
        for i, row in found.items():
            if row.state not in ("accepted", "failed", "skipped", "expired", "cancelled", "unknown"):
                wrong.append(f"{row.campaign}/{row.person} is still {row.state}")
            if row.state == "accepted" and not got[i]:
                wrong.append(f"{row.campaign}/{row.person} is accepted and lost")
            if row.state in ("failed", "skipped", "expired", "cancelled") and got[i]:
                wrong.append(f"{row.campaign}/{row.person} is {row.state} ({row.reason}) and got it")
        unknown = sum(row.state == "unknown" for row in rows)
        if unknown > IN_FLIGHT * self.crashes:
            wrong.append(f"{unknown} unknown after {self.crashes} crashes")
        promoted = Counter(to for i, to in taken if found[i].campaign != "notes")
        wrong += [f"{to} got {n} messages under a cap of one" for to, n in promoted.items() if n > 1]
        if self.leaver_may_get is not None and promoted[LEAVER] > self.leaver_may_get:
            wrong.append(f"{LEAVER} got mail after leaving")
        wrong += [f"audit: {finding}" for finding in self.seed.world.audit()]


def _bury(loop: asyncio.AbstractEventLoop, threads: ThreadPoolExecutor) -> None:
    """Drop what a dead process had going on. Its coroutines still unwind, but no port lets them do anything."""
    loop.set_exception_handler(lambda *_: None)
    for task in asyncio.all_tasks(loop):
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        with contextlib.suppress(BaseException):
            task.get_coro().close()  # type: ignore[union-attr]
    threads.shutdown()
    gc.collect()  # what else it held unwinds now, and not in the middle of the next life
    loop.close()
