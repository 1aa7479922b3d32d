"""A small house to walk through: thirty people in SQLite, a ledger on either database, a scripted provider."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import Ledger, NewVersion, migrate, open_ledger
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.settings import Settings
from orchestrator.run import House

DUE = dt.datetime(2026, 12, 1, 9, 30, tzinfo=dt.UTC)

FILES = {
    "campaigns/project.yml": """edition: 1
name: small
zone: Europe/Berlin
postal_address: 1 Road, Town
public_url: https://mail.example.com
unsubscribe: external
teams: {crm: [ann]}
senders:
  news: {address: news@example.com, display: "News, daily"}
providers:
  box: {kind: outbox}
  wire: {kind: smtp, host: 127.0.0.1, port: "1"}
categories:
  promotional: {topic: promotions, caps: [2 per 7 days]}
  service: {topic: service, consent: false, unsubscribe: false, on_unknown: resend}
""",
    "campaigns/schema.yml": """entities:
  customer:
    table: customers
    key: id
    zone: zone
    addresses: {email: email}
    attributes:
      email: {type: text, tags: [personal]}
      first_name: {type: text}
      country: {type: text}
events:
  purchase:
    table: orders
    key: customer_id
    at: at
    id: id
    properties: {amount: {type: money, currency: EUR}}
consent:
  table: consents
  key: customer_id
  channel: channel
  topic: topic
  granted: granted
  at: at
""",
    "campaigns/segments/all.seg": 'segment germans\nwhere country is "DE"\n',
    "campaigns/hello.yml": """name: hello
owner: crm
status: active
audience: in segment germans
trigger:
  once: 2026-12-01T10:00
steps:
  - id: mail
    send:
      channel: email
      provider: box
      category: promotional
      from: news
      template: hello.html.j2
      expires: 12 hours
      variants:
        - {name: plain, weight: 1, subject: "Hello {{ person.first_name | default('you') }}"}
        - {name: loud, weight: 1, subject: "HELLO"}
experiment:
  holdout: 20%
""",
    "templates/hello.html.j2": "<p>Dear {{ person.first_name | default('you') }}</p>"
    '<p><a href="{{ links.unsubscribe }}">unsubscribe</a></p>',
}


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: dt.datetime = DUE

    def __call__(self, _connection: object) -> dt.datetime:
        """Give the time."""
        return self.at


@dataclass
class Wire:
    """A provider whose answers a test writes: by default everything is accepted."""

    answer: Callable[[Message], Receipt | None] = lambda m: Receipt(m.id, Outcome.ACCEPTED, "250")
    taken: list[Message] = field(default_factory=list)

    async def open(self) -> None:
        """Nothing to open."""

    async def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
        """Answer each message."""
        for message in messages:
            receipt = self.answer(message)
            if receipt is not None and receipt.outcome is Outcome.ACCEPTED:
                self.taken.append(message)
            if receipt is not None:
                yield receipt

    async def close(self) -> None:
        """Nothing to close."""


def fill(path: Path, people: int = 30) -> None:
    """Write people from id 1: 5 has no address, 6 an impossible one, 8 shares 7's, 9 refused, 10 lives in France."""
    with sqlite3.connect(path) as db:
        db.executescript(
            "create table customers (id integer primary key, email text, first_name text, country text, zone text);"
            "create table orders (id integer primary key, customer_id int, at text, amount real);"
            "create table consents (customer_id int, channel text, topic text, granted int, at text)"
        )
        for n in range(1, people + 1):
            email = {5: None, 6: "b@example.com\nBcc: x@y.z", 8: "P7@example.com"}.get(n, f"p{n}@example.com")
            name = None if n % 3 == 0 else f"Ann{n}"
            zone = "Pacific/Auckland" if n % 7 == 0 else "Europe/Berlin"
            db.execute(
                "insert into customers values (?, ?, ?, ?, ?)", (n, email, name, "FR" if n == 10 else "DE", zone)
            )
            db.execute("insert into consents values (?, 'email', 'promotions', ?, '2026-01-01 00:00:00')", (n, n != 9))


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a fresh state database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    make: Callable[[], str] = request.getfixturevalue("fresh_database")
    return make()


@pytest.fixture
def clock() -> Clock:
    """Give a clock half an hour after the slot of the launch's day."""
    return Clock()


@pytest.fixture
def build(tmp_path: Path, clock: Clock, state_url: str) -> Iterator[Callable[..., House]]:
    """Give a function that applies files (changes to ``FILES``) and opens the house."""
    opened: list[Ledger] = []
    fill(tmp_path / "shop.db")

    def make(**changes: str) -> House:
        migrate(state_url, "test")
        ledger = open_ledger(state_url, deployment="test", clock=clock)
        opened.append(ledger)
        before = clock.at
        clock.at = DUE - dt.timedelta(days=1)
        current = ledger.current_number()
        texts = {**FILES, **{path.replace("__", "/"): text for path, text in changes.items()}}
        ledger.publish(NewVersion(f"d{current}", texts, "ann"), current)
        clock.at = before
        settings = Settings(f"sqlite:///{tmp_path / 'shop.db'}", state_url, tmp_path / "outbox", "test", "k" * 32)
        return House(open_warehouse(settings.warehouse_url, prepare), ledger, settings)

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Replace every provider by a scripted one."""
    made = Wire()
    monkeypatch.setattr("orchestrator.run.send.open_channel", lambda *_: made)
    return made
