"""The house of a simulated year: its people, the campaign files of each day, and a provider that has bad days."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.model.delivery import Message, Outcome, Receipt
from tests.long.year_check import Rules

ZONES = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin")
"""Two with an hour of daylight saving, one with half an hour, one without."""
HOME = "Europe/Berlin"
IN_FLIGHT = 32
RULES = Rules(
    caps={"promotional": (5, dt.timedelta(days=7))},
    quiet={"tips": (21, 7)},
    refusable=frozenset({"promotional", "tips"}),
)
GROUP = 100
"""People of one group; a campaign is sent to half a group, to one, or to two."""
RECURRING = 500
"""One campaign of so many is sent every day for some weeks."""
STAYS = 3
"""Days for which a campaign's file stays after its day."""

FIXED = {
    "campaigns/project.yml": """edition: 1
name: year
zone: Europe/Berlin
postal_address: 1 Road, Town
public_url: https://mail.example.com
unsubscribe: external
teams: {crm: [ann]}
senders:
  news: {address: news@example.com, display: News}
providers:
  one: {kind: outbox}
  two: {kind: outbox}
categories:
  promotional: {topic: promotions, caps: [5 per 7 days]}
  tips: {topic: tips, consent: false, quiet_hours: "21:00-07:00"}
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
      first_name: text
      grp: {type: int, nullable: false}
      half: {type: int, nullable: false}
consent:
  table: consents
  key: customer_id
  channel: channel
  topic: topic
  granted: granted
  at: at
""",
    "templates/letter.html.j2": "<p>Dear {{ person.first_name | default('you') }}</p>"
    '<p><a href="{{ links.unsubscribe }}">unsubscribe</a></p>',
}


def people(path: Path, number: int) -> dict[str, str]:
    """Write a warehouse, and give in which zone each person lives.

    One in fifty has no address, one in fifty shares a mailbox, one in twenty does not consent to promotions.
    """
    lives = {}
    with sqlite3.connect(path) as db:
        db.executescript(
            "create table customers (id integer primary key, email text, first_name text, grp int, half int, "
            "zone text);"
            "create table consents (customer_id int, channel text, topic text, granted int, at text);"
            "create index by_group on customers (grp); create index of_person on consents (customer_id)"
        )
        for n in range(1, number + 1):
            email = None if n % 50 == 7 else f"P{n - 1}@example.com" if n % 50 == 9 else f"p{n}@example.com"
            zone = None if n % 33 == 0 else ZONES[n % len(ZONES)]
            row = (n, email, None if n % 3 == 0 else f"Ann{n}", n % (number // GROUP), n // 7 % 2, zone)
            db.execute("insert into customers values (?, ?, ?, ?, ?, ?)", row)
            said = (n, "email", "promotions", n % 20 != 11, "2025-01-01 00:00:00")
            db.execute("insert into consents values (?, ?, ?, ?, ?)", said)
            lives[str(n)] = zone or HOME
    return lives


@dataclass
class Planned:
    """A campaign of the year: its file but for the revision, and how many occurrences it will have.

    One that recurs is taken away at noon of its last day, others ``stays`` days later.
    """

    name: str
    day: int
    last: int
    occurrences: int
    body: str
    stays: int
    revision: int = 1

    @property
    def text(self) -> str:
        """Give the file as it stands."""
        return self.body.replace("REVISION", f"r{self.revision}")

    def end_by(self, day: int) -> None:
        """Take its slots of later days away."""
        if self.last > day:
            self.occurrences -= self.last - day
            self.last = day


def campaigns(luck: random.Random, number: int, first: dt.date, days: int, groups: int) -> list[Planned]:
    """Make all campaigns: most are sent once, on some day of the year; a few every day for some weeks."""
    found = []
    for n in range(number):
        name = f"c{n:05}"
        day = 1 + n * (days - 1) // number
        recurring = n % RECURRING == RECURRING // 2
        last = min(days, day + 28) if recurring else day
        zone = luck.choice(("project", "project", "project", "person", "America/New_York"))
        hour, minute = (2, 30) if recurring else (luck.randrange(24), luck.choice((0, 15, 30, 59)))
        if recurring:
            zone = "Europe/Berlin"
            trigger = f"{{every: day, at: '{hour:02}:{minute:02}', zone: {zone}}}"
        else:
            once = first + dt.timedelta(days=day)
            trigger = f"{{once: {once}T{hour:02}:{minute:02}, zone: {zone}}}"
        group = luck.randrange(groups)
        audience = luck.choice((
            f"grp is {group}", f"grp is {group}", f"grp is {group}", f"grp is {group} and half is 1",
            f"grp is one of ({group}, {(group + 1) % groups})",
        ))  # fmt: skip
        category = luck.choice(("promotional", "promotional", "tips", "service"))
        body = f"""name: {name}
owner: crm
status: active
audience: {audience}
trigger: {trigger}
steps:
  - id: mail
    send:
      channel: email
      provider: {luck.choice(("one", "two"))}
      category: {category}
      from: news
      template: letter.html.j2
      expires: 12 hours
      variants:
        - {{name: plain, subject: "{name} plain REVISION"}}
        - {{name: loud, subject: "{name} loud REVISION"}}
experiment: {{holdout: 10%}}
"""
        found.append(
            Planned(
                name, day, last, len(ZONES) if zone == "person" else last - day + 1, body, 0 if recurring else STAYS
            )
        )
    return found


def files(of_today: Sequence[Planned]) -> Mapping[str, str]:
    """Give the files of a version."""
    return {**FIXED, **{f"campaigns/{one.name}.yml": one.text for one in of_today}}


@dataclass
class Provider:
    """The other side of the wire, for all daemons. ``mood`` says what it does just now.

    ``well``: takes nearly everything; ``away``: refuses everything for the moment; ``mute``: answers nothing, and takes
    half of it.
    """

    luck: random.Random
    write: Callable[..., None]
    turn: Callable[[], None]
    """Asked before and after each message: others may act, and this worker may die."""
    took: Callable[[Message], None]
    mood: str = "well"
    refused: set[str] = field(default_factory=set)

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
        """Answer each message, as the mood is."""
        for message in messages:
            self.turn()
            receipt = self._answer(message)
            self.turn()
            if receipt is not None:
                yield receipt

    def _answer(self, message: Message) -> Receipt | None:
        if self.mood == "away":
            return Receipt(message.id, Outcome.RETRY, "connect", "connection refused", outage=True)
        chance = self.luck.random()
        if self.mood == "mute" or chance < 0.0003:
            if self.luck.random() < 0.5:
                self._take(message)
            self.write("silent", id=str(message.id))
            return None
        if chance < 0.006 or message.to in self.refused:
            self.refused.add(message.to) if chance < 0.0005 else None
            return Receipt(message.id, Outcome.FAILED, "550", "5.7.1 no")
        if chance < 0.015:
            return Receipt(message.id, Outcome.RETRY, "451", "4.3.0 later")
        self._take(message)
        return Receipt(
            message.id, Outcome.ACCEPTED, "250", "2.0.0 Ok", f"q{uuid.UUID(int=message.id.int >> 64).hex[:8]}"
        )

    def _take(self, message: Message) -> None:
        self.write("taken", id=str(message.id), to=message.to, subject=message.subject)
        self.took(message)
