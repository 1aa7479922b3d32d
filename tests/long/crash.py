"""Real workers, killed at random moments, and what their recipients really got.

    python -m tests.long.crash --kills 200 --state sqlite
    python -m tests.long.crash --kills 2000 --state postgresql+psycopg://user@host/empty_database --people 600

A server process takes mail over SMTP and writes down every message before it answers. ``orc run --once`` is
started (forked by ``nursery.py``, so that a life costs no imports), killed with SIGKILL at a random moment, and
started again, over and over. Between two lives nobody is alive, so leases are ended by hand instead of waiting for
minutes, and some people unsubscribe. At the end the server's log, the ledger, and the list of people are compared,
from outside.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import sqlalchemy as sa

from orchestrator.ledger import Ledger, Reason, migrate, open_ledger
from orchestrator.model.people import address_hash
from tests.long.nursery import Nursery

DEPLOYMENT = "crash"
IN_FLIGHT = 64

FILES = {
    "campaigns/project.yml": """edition: 1
name: crash
zone: UTC
postal_address: 1 Road, Town
public_url: https://mail.example.com
unsubscribe: external
teams: {crm: [ann]}
senders:
  news: {address: news@example.com, display: News}
providers:
  wire: {kind: smtp, host: 127.0.0.1, port: "PORT", tls: none, timeout: 10}
categories:
  news: {topic: news, consent: false}
""",
    "campaigns/schema.yml": """entities:
  customer:
    table: customers
    key: id
    addresses: {email: email}
    attributes:
      email: {type: text, tags: [personal]}
      first_name: {type: text}
""",
    "campaigns/offer.yml": """name: offer
owner: crm
status: active
audience: everyone
trigger:
  once: 2020-01-01T10:00
  late: skip
steps:
  - id: mail
    send:
      channel: email
      provider: wire
      category: news
      from: news
      template: offer.html.j2
      expires: 24 hours
      variants:
        - {name: plain, weight: 1, subject: "Hello {{ person.first_name | default('you') }}"}
        - {name: loud, weight: 1, subject: "HELLO"}
experiment:
  holdout: 5%
""",
    "templates/offer.html.j2": "<p>Dear {{ person.first_name | default('you') }}</p>"
    '<p><a href="{{ links.unsubscribe }}">unsubscribe</a></p>',
}


@dataclass
class Report:
    """What one run showed. Everything under ``wrong`` must be empty."""

    state: str
    kills: int = 0
    killed_while_sending: int = 0
    people: int = 0
    occurrences: int = 0
    planned: int = 0
    in_sink: int = 0
    states: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    unknown_but_delivered: int = 0
    most_in_flight_at_a_kill: int = 0
    unsubscribed: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def sink(port: int, log: Path, pause: float) -> None:
    """Take mail until killed; write (Message-ID, recipient) down before each answer."""
    from aiosmtpd.controller import UnthreadedController

    class Handler:
        def __init__(self) -> None:
            self.file = log.open("a")

        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            head = envelope.content.split(b"\r\n\r\n", 1)[0].decode().splitlines()
            name = next(line for line in head if line.lower().startswith("message-id:")).split(":", 1)[1].strip()
            self.file.write(f"{name}\t{','.join(envelope.rcpt_tos)}\n")
            self.file.flush()
            await asyncio.sleep(random.expovariate(1 / pause) if pause else 0)
            return "250 taken"

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    UnthreadedController(Handler(), hostname="127.0.0.1", port=port, loop=loop).begin()
    print("ready", flush=True)
    loop.run_forever()


class Harness:
    """One workspace, one state, one server, and workers that die."""

    def __init__(self, folder: Path, state: str, people: int, seed: int, pause: float = 0.002) -> None:
        self.folder, self.state, self.people = folder, state, people
        self.random = random.Random(seed)
        self.report = Report(state.split(":")[0], people=people)
        self.log = folder / "sink.log"
        self.log.touch()
        self.unsubscribed: dict[str, int] = {}
        self.audit_every = 1
        self._read, self._taken = 0, list[tuple[str, str]]()
        with socket.socket() as probe:  # a port that nobody has; one made of the process's number was taken at times
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._sink = subprocess.Popen(
            [sys.executable, __file__, "--sink", str(self.port), str(self.log), str(pause)], stdout=subprocess.PIPE
        )
        assert self._sink.stdout is not None
        assert self._sink.stdout.readline() == b"ready\n"
        self._write()

    def __enter__(self) -> Harness:
        """Migrate the state and apply the files."""
        try:
            migrate(self.state, DEPLOYMENT)
            self.ledger: Ledger = open_ledger(self.state, deployment=DEPLOYMENT)
            plan = self.folder / "plan.json"
            self.orc("plan", "--out", str(plan))
            self.orc("apply", str(plan))
            self.nursery = Nursery(self.folder, self.environment)
        except BaseException:
            self._sink.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self.nursery.close()
        self.ledger.close()
        self._sink.kill()
        self._sink.wait()

    def _write(self) -> None:
        for name, text in FILES.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("PORT", str(self.port)))
        with sqlite3.connect(self.folder / "shop.sqlite") as connection:
            connection.execute("create table customers (id integer primary key, email text, first_name text)")
            rows = [(n, self.address(n), f"Name{n}") for n in range(1, self.people + 1)]
            connection.executemany("insert into customers values (?, ?, ?)", rows)

    def address(self, n: int) -> str | None:
        """Give a person's raw address: some have none, some share one, some cannot be right."""
        if n % 97 == 0:
            return None
        if n % 89 == 0:
            return "not an address"
        return f"p{n - 1 if n % 50 == 0 else n}@example.com"

    @property
    def environment(self) -> dict[str, str]:
        """Give what a worker's process sees."""
        return {
            **os.environ,
            "ORC_WAREHOUSE_URL": f"sqlite:///{self.folder / 'shop.sqlite'}",
            "ORC_STATE_URL": self.state,
            "ORC_DEPLOYMENT": DEPLOYMENT,
            "ORC_TOKEN_KEY": "k" * 40,
            "ORC_IN_FLIGHT": str(IN_FLIGHT),
            "ORC_OUTBOX": str(self.folder / "box" / "outbox"),
        }

    def command(self, *words: str) -> list[str]:
        """Give the command line of a verb in this workspace."""
        return [sys.executable, "-m", "orchestrator", "-C", str(self.folder), *words]

    def orc(self, *words: str) -> str:
        """Run a verb to its end and give what it printed; raises on any status but 0."""
        done = subprocess.run(self.command(*words), env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"orc {words[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def slot(self) -> None:
        """Make another occurrence due."""
        now = self.ledger.now()
        name = f"slot-{self.report.occurrences:04}"
        self.ledger.plan_occurrence(
            "offer", name, now, now.replace(year=now.year + 1), version=1, local_slot=name, zone="UTC"
        )
        self.report.occurrences += 1

    def sql(self, text: str) -> list[sa.Row]:
        """Run a statement on the state, as somebody who is not the ledger."""
        prefix = "orc." if self.ledger.dialect == "postgresql" else ""
        with self.ledger._engine.connect().execution_options(orc_writes=True) as connection, connection.begin():
            result = connection.exec_driver_sql(text.replace("{}", prefix))
            return list(result.all()) if result.returns_rows else []

    def kill_one(self, longest: float) -> None:
        """Start a worker, kill it at a random moment, and let time pass while nobody is alive."""
        before = self.log.stat().st_size
        life = self.nursery.bear()
        until = time.monotonic() + self.random.uniform(0, 2 * longest)
        if self.random.random() < 0.85:  # mostly while it sends: wait for its first message, then a little
            while self.log.stat().st_size == before and life.alive():
                time.sleep(0.002)
            until = time.monotonic() + self.random.uniform(0, longest / 2)
        while life.alive() and time.monotonic() < until:
            time.sleep(0.002)
        alive = life.alive()
        life.kill()
        if not alive:
            self.slot()
            return
        self.report.kills += 1
        self.report.killed_while_sending += self.log.stat().st_size > before
        self.night()

    def night(self) -> None:
        """Nobody is alive: leases end, some people unsubscribe, the audit is asked."""
        time.sleep(0.05)  # what the dead process still had on the wire arrives
        if self.ledger.dialect == "postgresql":
            while self.sql("select 1 from pg_stat_activity where datname = current_database() and state <> 'idle'"
                           " and pid <> pg_backend_pid()"):  # fmt: skip
                time.sleep(0.01)
        flying = self.sql("select count(*) from {}orc_message where state = 'attempting'")[0][0]
        self.report.most_in_flight_at_a_kill = max(self.report.most_in_flight_at_a_kill, flying)
        if flying > IN_FLIGHT:
            self.report.wrong.append(f"{flying} messages in flight at a kill")
        past = "now() - interval '1 second'" if self.ledger.dialect == "postgresql" else "'2000-01-01 00:00:00.000000'"
        self.sql(f"update {{}}orc_message set lease_until = {past} where lease_until is not null")
        self.sql(f"update {{}}orc_occurrence set lease_until = {past} where lease_until is not null")
        self.sql("update {}orc_message set crashes = 0 where crashes > 0")  # nobody is poison here
        for _ in range(2):
            address = self.address(self.random.randint(1, self.people))
            if address and "@" in address and address not in self.unsubscribed:
                self.unsubscribed[address] = sum(1 for _, to in self.delivered() if to == address)
                self.ledger.suppress("email", "*", address_hash(address), "unsubscribed", "crash")
        for finding in self.ledger.audit() if self.report.kills % self.audit_every == 0 else ():
            self.report.wrong.append(f"audit after kill {self.report.kills}: {finding}")

    def delivered(self) -> list[tuple[str, str]]:
        """Give what the server took: (message id, address)."""
        with self.log.open() as file:
            file.seek(self._read)
            for line in iter(file.readline, ""):
                if not line.endswith("\n"):
                    break  # the server is in the middle of it
                name, to = line.rstrip("\n").split("\t")
                self._taken.append((name.strip("<>").split("@")[0].replace("-", ""), to))
                self._read += len(line)
        return self._taken

    def run(
        self, kills: int, longest: float, tell: Callable[[str], None] = lambda _: None, minutes: float = 600
    ) -> Report:
        """Kill so many workers, or fewer when the minutes are over, let a healthy one finish, and give the report."""
        start = time.monotonic()
        self.slot()
        while self.report.kills < kills and time.monotonic() - start < 60 * minutes:
            if self.ledger.open_messages() == 0 and not self.sql(
                "select 1 from {}orc_occurrence where state in ('planned', 'snapshotting')"
            ):
                self.slot()
            self.kill_one(longest)
            tell(f"{self.report.kills} kills, {len(self.delivered())} messages taken")
        for _ in range(20):
            self.orc("run", "--once")
            if self.ledger.open_messages() == 0:
                break
            self.sql("update {}orc_message set not_before = updated_at where state = 'retry'")
        self.orc("audit", "--ledger")
        self.compare()
        self.report.seconds = round(time.monotonic() - start, 1)
        return self.report

    def compare(self) -> None:
        """Hold the server's log, the ledger and the list of people against each other."""
        wrong = self.report.wrong
        taken = self.delivered()
        self.report.in_sink = len(taken)
        self.report.unsubscribed = len(self.unsubscribed)
        by_id = Counter(name for name, _ in taken)
        wrong += [f"message {name} was taken {n} times" for name, n in by_id.items() if n > 1]
        rows = {
            str(row[0]).replace("-", ""): row
            for row in self.sql("select id, occurrence_id, person, state, reason from {}orc_message")
        }
        self.report.planned = len(rows)
        self.report.states = dict(Counter(f"{row[3]}({row[4]})" if row[4] else row[3] for row in rows.values()))
        mailboxes = Counter((rows[name][1], to) for name, to in taken if name in rows)
        wrong += [f"{place} got {n} messages" for place, n in mailboxes.items() if n > 1]
        wrong += [f"message {name} is in no ledger" for name in by_id if name not in rows]
        for name, (_, _, person, state, reason) in rows.items():
            if state not in ("accepted", "failed", "skipped", "unknown"):
                wrong.append(f"{person} is {state}")
            if state == "accepted" and not by_id[name]:
                wrong.append(f"{person} is accepted but nothing arrived")
            if state in ("failed", "skipped") and by_id[name]:
                wrong.append(f"{person} is {state} ({reason}) but got it")
            if state == "failed":
                wrong.append(f"{person} failed: {reason}")
        self.report.unknown = sum(row[3] == "unknown" for row in rows.values())
        self.report.unknown_but_delivered = sum(row[3] == "unknown" and by_id[n] > 0 for n, row in rows.items())
        if self.report.unknown > IN_FLIGHT * self.report.kills:
            wrong.append("more unknown than were in flight")
        per_occurrence = Counter(row[1] for row in rows.values())
        if set(per_occurrence.values()) != {self.people} or len(per_occurrence) != self.report.occurrences:
            wrong.append(f"planned per occurrence: {Counter(per_occurrence.values())}")
        reasons = {row[4] for row in rows.values() if row[3] == "skipped"}
        expected = {Reason.NO_ADDRESS, Reason.INVALID_ADDRESS, Reason.DUPLICATE_ADDRESS, Reason.HOLDOUT}
        if not {reason.value for reason in expected} <= reasons:
            wrong.append(f"reasons seen: {sorted(reasons)}")
        after = Counter(to for _, to in taken)
        wrong += [f"{to} got mail after unsubscribing" for to, n in self.unsubscribed.items() if after[to] > n]


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run from the command line and print the report as JSON; status 1 when something is wrong."""
    if sys.argv[1:2] == ["--sink"]:
        sink(int(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--state", default="sqlite")
    parser.add_argument("--longest", type=float, default=2.5, help="seconds that a worker lives at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600, help="fewer kills when this time is over")
    parser.add_argument("--folder", default="", help="where the files go, for example a folder in memory")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orc-crash-", dir=given.folder or None) as folder:
        state = f"sqlite:///{folder}/state.sqlite" if given.state == "sqlite" else given.state
        with Harness(Path(folder), state, given.people, given.seed) as harness:
            harness.audit_every = max(1, given.kills // 100)
            report = harness.run(given.kills, given.longest, tell, given.minutes)
    print(json.dumps(asdict(report), indent=1))
    raise SystemExit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
