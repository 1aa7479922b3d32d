"""What belongs to the customers of the simulated shop: devices, a club plan with its history, tours, companies.

It is drawn from a second row of dice, so that who buys what stays as it was before a shop had these tables. Lists and
nested values are JSON, as web shops store them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from orchestrator.starter.people import Customer

DAY = 86_400
Row = tuple[Any, ...]

COLUMNS: dict[str, tuple[str, ...]] = {
    "devices": (
        "id INTEGER PRIMARY KEY", "last_used_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL", "os TEXT NOT NULL",
        "os_version TEXT", "app_version TEXT",
    ),
    "plan_history": (
        "id INTEGER PRIMARY KEY", "changed_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL", "plan TEXT",
    ),
    "app_events": (
        "id INTEGER PRIMARY KEY", "happened_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "kind TEXT NOT NULL",
    ),
    "accounts": ("id INTEGER PRIMARY KEY", "created_at TIMESTAMP NOT NULL", "name TEXT NOT NULL", "plan TEXT NOT NULL"),
    "users": (
        "id INTEGER PRIMARY KEY", "created_at TIMESTAMP NOT NULL", "account_id INTEGER NOT NULL", "email TEXT",
        "role TEXT NOT NULL", "status TEXT NOT NULL",
    ),
    "user_events": (
        "id INTEGER PRIMARY KEY", "happened_at TIMESTAMP NOT NULL", "user_id INTEGER NOT NULL", "kind TEXT NOT NULL",
        "feature TEXT",
    ),
}  # fmt: skip

INDEXES = (
    "CREATE INDEX devices_by_customer ON devices (customer_id)",
    "CREATE INDEX plans_by_customer ON plan_history (customer_id, changed_at)",
    "CREATE INDEX app_events_by_customer ON app_events (customer_id, kind, happened_at)",
    "CREATE INDEX users_by_account ON users (account_id)",
    "CREATE INDEX user_events_by_user ON user_events (user_id, kind, happened_at)",
)

_INTERESTS = ("sustainability", "outdoor", "family", "travel", "cooking", "gear")
_COLORS = ("red", "green", "black", "sand")
_MEALS = ("Bacon", "Beans", "Chili", "Cheese")
_APPS = ("3.9", "4.0.2", "4.1", "4.2", "4.10")
_FEATURES = ("X", "quotes", "bulk_order", "returns")
_COMPANIES = ("Alpine Guides", "Harbour Sports", "City Rangers", "Trail School", "Camp & Co", "Green Offices")


class Belongings:
    """Draws everything for all customers; :attr:`plans` and the tables are filled by :meth:`own`.

    As elsewhere, the first value of a row is its moment in seconds from the start of the simulated time.
    """

    def __init__(self, seed: str, seconds: int) -> None:
        """Take other dice than the lives of the customers do."""
        self.rng = Random(f"belongings:{seed}")  # noqa: S311 (a simulation, no secret)
        self.seconds = seconds
        self.plans: dict[int, tuple[str | None, int | None]] = {}
        self.orders: list[Row] = []
        self.views: list[Row] = []
        self.answered: list[Row] = []
        self.tickets: list[Row] = []
        self.rows: dict[str, list[Row]] = {"devices": [], "plan_history": [], "app_events": []}

    def own(self, who: Customer) -> None:
        """Give one customer their devices, plan and tours."""
        chance = self.rng.random
        start = max(who.created, 0)
        for number in range(1 + int(chance() ** 3 * 3)):
            os, version = (who.os, who.os_version) if number == 0 else self.rng.choice(_SECOND)
            app = self.rng.choice(_APPS) if os in ("ios", "android") and chance() < 0.6 else None
            used = start + int((self.seconds - start) * chance())
            self.rows["devices"].append((used, who.id, os, version if chance() < 0.97 else None, app))
        self._plan(who, start)
        if chance() < 0.02:  # a popup store that many visit again and again
            for _ in range(1 + int(chance() * 8)):
                at, amount = self.seconds - int(chance() * 110 * DAY) - 60, round(40 + chance() * 160, 2)
                self.orders.append((at, who.id, amount, "EUR", who.interest, 1, None, "completed", "store", "Funan"))
        if chance() < 0.004 and start < self.seconds - 20 * DAY:
            self.answered.append((self.seconds - 10 * DAY, who.id, "nps", int(chance() * 6), "Still waiting."))
            self.tickets.append((self.seconds - 6 * DAY, who.id, "delivery", "open"))
        if chance() < 0.15:
            for _ in range(int(chance() ** 2 * 60)):
                at = start + int((self.seconds - start) * chance())
                self.rows["app_events"].append((at, who.id, "workout"))
                if chance() < 0.3:
                    self.rows["app_events"].append((at + 60, who.id, "use_tracking"))

    def wake(self, who: Customer, offset: int) -> None:
        """Let one in a hundred look at products in several nights; ``offset`` is their clock's, in seconds."""
        chance, last = self.rng.random, self.seconds // DAY - 1
        if chance() < 0.01:
            for night in range(last - 2 - int(chance() * 5), last):
                at = night * DAY + int((1 + chance() * 3) * 3600) - offset
                if at > who.created:
                    self.views.append((at, who.id, f"{who.interest[:2].upper()}-111", who.interest, 49.9))

    def _plan(self, who: Customer, start: int) -> None:
        chance, at, plan = self.rng.random, start, "free"
        changes: list[Row] = []
        while chance() < 0.35 and at < self.seconds - 30 * DAY:
            at += int((10 + chance() * 300) * DAY)
            if at >= self.seconds:
                break
            plan = self.rng.choice([other for other in ("free", "Plus", "Pro") if other != plan])
            changes.append((at, who.id, plan))
        self.rows["plan_history"] += [(start, who.id, "free"), *changes]
        renews = None if plan == "free" else self.seconds + int((1 + chance() * 364) * DAY)
        self.plans[who.id] = (plan if chance() < 0.98 else None, renews)

    def answers(self, who: Customer) -> tuple[str | None, str | None]:
        """Give the JSON of somebody's interests and of their survey; nothing for those who never answered."""
        if who.eco_importance is None:
            return None, None
        count = int(self.rng.random() * 4)
        interests = self.rng.sample(_INTERESTS, count)
        survey = {"eco_importance": who.eco_importance, "household": who.household_size, "topics": interests[:1]}
        return json.dumps(interests), json.dumps(survey)

    def lines(self, order: Row) -> str:
        """Give the JSON of an order's lines: as many as the order has items."""
        chance = self.rng.random
        made = []
        for _ in range(order[5]):
            line: dict[str, Any] = {"sku": f"SKU-{100 + int(chance() * 60)}", "color": self.rng.choice(_COLORS)}
            if order[1] % 40 == 0:
                line |= {"sku": "SKU-123", "color": "red"}  # their favourite
            line["price"] = round(order[2] / order[5], 2)
            if order[4] == "kitchen" and chance() < 0.4:
                line["modifiers"] = self.rng.sample(_MEALS, 1 + int(chance() * 2))
            made.append(line)
        return json.dumps(made)

    def companies(self, count: int) -> Iterator[tuple[str, list[Row]]]:
        """Yield (table, rows) of the companies that buy for their people, one for about a hundred customers."""
        chance, seconds = self.rng.random, self.seconds
        accounts: list[Row] = []
        users: list[Row] = []
        events: list[Row] = []
        for number in range(1, 3 + count // 100):
            born = int(chance() * seconds * 0.8)
            name = f"{_COMPANIES[number % len(_COMPANIES)]} {number}"
            accounts.append((born, name, self.rng.choice(("team", "company"))))
            for place in range(1 + int(chance() * 7)):
                person = len(users) + 1
                role = "admin" if place == 0 else self.rng.choice(("buyer", "viewer"))
                email = f"{role}{person}@company{number}.example.com" if chance() < 0.97 else None
                users.append((born + place, number, email, role, "active" if chance() < 0.8 else "left"))
                last = seconds - int(chance() ** 2 * 90 * DAY)
                for _ in range(int(chance() * 12)):
                    at = born + int(max(last - born, 1) * chance())
                    events.append((at, person, "login", None))
                    if chance() < 0.5:
                        events.append((at + 60, person, "use_feature", self.rng.choice(_FEATURES)))
                events.append((last - 60, person, *self.rng.choice((("use_feature", "X"), ("login", None)))))
        yield "accounts", accounts
        yield "users", users
        yield "user_events", events


_SECOND = (("ios", "16.7"), ("ios", "18.5"), ("android", "14"), ("windows", "11"))


def moment(seconds: int, start: dt.date) -> str:
    """Give the text of a moment that may lie behind the simulated time: ``2026-11-23 08:15:00``."""
    at = dt.datetime.combine(start, dt.time(), dt.UTC) + dt.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%d %H:%M:%S")
