"""What the customers of the simulated shop do in two years: visits, views, carts, orders, refunds, complaints."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import accumulate
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.starter.geography import CATEGORIES, MONTH, PRICE, SEASON
from orchestrator.starter.people import Customer

DAY = 86_400
_HOURS = (3, 2, 1, 1, 1, 2, 4, 8, 10, 11, 12, 13, 15, 13, 12, 12, 13, 16, 20, 26, 29, 25, 15, 7)
_BROWSER = {"ios": "Safari", "macos": "Safari", "android": "Chrome", "windows": "Edge", "linux": "Firefox"}
_REFERRERS = ("direct", "search", "newsletter", "social", None)
_STORES = ("Hamburg", "München", "Lyon")
Row = tuple[Any, ...]


class Life:
    """Lives all customers' lives: :meth:`live` fills :attr:`rows`, one list of rows without ids per table.

    The first value of every row is the moment, in seconds from the start; the second is the customer's id.
    """

    def __init__(self, rng: Random, start: dt.date, seconds: int) -> None:
        """Lay out the simulated time: it begins at midnight UTC of ``start``."""
        self.rng = rng
        self.start = start
        self.seconds = seconds
        self.days = -(-seconds // DAY)
        months = [(start + dt.timedelta(days=day)).month - 1 for day in range(self.days)]
        self.busy = list(accumulate(MONTH[month] for month in months))
        self.shelves = [list(accumulate(SEASON[c][month] for c in CATEGORIES)) for month in range(12)]
        self.month_of = months
        self.hours = list(accumulate(_HOURS))
        self.offsets: dict[tuple[str, int], int] = {}
        tables = "orders refunds sessions product_views cart_events survey_answers tickets consents"
        self.rows: dict[str, list[Row]] = {table: [] for table in tables.split()}
        self.spent: Counter[int] = Counter()
        self.seen: dict[int, Counter[str]] = {}

    def live(self, who: Customer) -> None:
        """Let one customer live: everything they do lands in :attr:`rows`."""
        self._consent(who)
        self.seen[who.id] = Counter()
        for at in self._moments(who, who.visits):
            self._visit(who, at)
        if who.city is not None and who.city.name in _STORES:
            for at in self._moments(who, who.visits * 0.12, opening_hours=True):
                self._order(who, at, self._category(who, at), "store", None, who.city.name)
        self._answer(who)

    def _moments(self, who: Customer, often: float, opening_hours: bool = False) -> list[int]:
        """Give the moments in which somebody comes, more of them in busy months, none before or after their time."""
        rng, found = self.rng, []
        count = int(often) + (rng.random() < often % 1)
        for day in rng.choices(range(self.days), cum_weights=self.busy, k=count):
            hour = 9 + int(rng.random() * 10) if opening_hours else rng.choices(range(24), cum_weights=self.hours)[0]
            at = day * DAY + hour * 3600 + int(rng.random() * 3600) - self.offset(who, day)
            if max(who.created, 0) < at < min(who.gone, self.seconds):
                found.append(at)
        if who.created >= 0 and self.rng.random() < 0.55:
            found.append(who.created + 30)  # they signed up because they wanted something
        return sorted(at for at in found if at < self.seconds)

    def offset(self, who: Customer, day: int) -> int:
        """Give by how many seconds somebody's clock is ahead of UTC at noon of a simulated day."""
        zone = who.city.zone if who.city else "Europe/Berlin"
        key = (zone, day)
        if key not in self.offsets:
            noon = dt.datetime.combine(self.start + dt.timedelta(days=day), dt.time(12), ZoneInfo(zone))
            self.offsets[key] = int((noon.utcoffset() or dt.timedelta()).total_seconds())
        return self.offsets[key]

    def _category(self, who: Customer, at: int) -> str:
        if self.rng.random() < 0.55:
            return who.interest
        month = self.month_of[min(max(at // DAY, 0), self.days - 1)]
        return self.rng.choices(CATEGORIES, cum_weights=self.shelves[month])[0]

    def _visit(self, who: Customer, at: int) -> None:
        chance = self.rng.random
        device, os = (who.device, who.os) if chance() < 0.8 else ("desktop", "windows")
        views = int(chance() ** 1.7 * 5)
        browser = "App" if who.app_installed and device == "phone" else _BROWSER[os]
        referrer = _REFERRERS[int(chance() * 5)]
        self.rows["sessions"].append((at, who.id, device, os, browser, views + 1 + int(chance() * 3), referrer))
        moment = at
        for _ in range(views):
            moment += 20 + int(chance() * 240)
            category = self._category(who, at)
            self.seen[who.id][category] += 1
            product = f"{category[:2].upper()}-{100 + int(chance() ** 2 * 60)}"
            price = round(PRICE[category] * (0.4 + 1.4 * chance()), 2)
            self.rows["product_views"].append((moment, who.id, product, category, price))
        if views and chance() < 0.62:
            self._fill_cart(who, moment, category, product)

    def _fill_cart(self, who: Customer, at: int, category: str, product: str) -> None:
        chance = self.rng.random
        value = round(PRICE[category] * who.spend * self.rng.lognormvariate(0.0, 0.5), 2)
        at += 15 + int(chance() * 120)
        self.rows["cart_events"].append((at, who.id, "add_to_cart", product, category, value))
        if chance() > 0.76:
            return
        at += 30 + int(chance() * 600)
        self.rows["cart_events"].append((at, who.id, "start_checkout", None, None, value))
        if chance() < 0.82:
            where = "app" if who.app_installed and chance() < 0.7 else "web"
            self._order(who, at + 60 + int(chance() * 300), category, where, value, None)

    def _order(self, who: Customer, at: int, category: str, where: str, value: float | None, store: str | None) -> None:
        chance = self.rng.random
        if value is None:
            value = round(PRICE[category] * who.spend * self.rng.lognormvariate(0.0, 0.5), 2)
        saver = 0.55 if who.shopping_style == "bargain" else 0.12
        coupon = self.rng.choice(("WELCOME10", "SUMMER", "FRIEND")) if chance() < saver else None
        amount = round(value * 0.9, 2) if coupon else value
        fate = chance()
        status = "completed" if fate < 0.91 else ("returned" if fate < 0.97 else "cancelled")
        items = 1 + int(chance() ** 3 * 4)
        self.rows["orders"].append((at, who.id, amount, "EUR", category, items, coupon, status, where, store))
        if status == "completed":
            self.spent[who.id] += round(amount * 100)
        if status == "returned":
            reason = self.rng.choice(("size", "damaged", "taste", None))
            self.rows["refunds"].append((at + int((2 + chance() * 12) * DAY), who.id, amount, reason))
        if chance() < 0.05:
            topic = self.rng.choice(("delivery", "return", "product", "invoice"))
            opened = at + int((1 + chance() * 6) * DAY)
            recent = opened > self.seconds - 21 * DAY
            self.rows["tickets"].append((opened, who.id, topic, "open" if recent and chance() < 0.6 else "solved"))
        if chance() < 0.1:
            score = min(10, int(who.mood * 9 + chance() * 3))
            comment = "" if chance() < 0.5 else (None if chance() < 0.6 else "Nice people.")
            self.rows["survey_answers"].append((at + 14 * DAY, who.id, "nps", score, comment))

    def _answer(self, who: Customer) -> None:
        if who.eco_importance is not None and who.created >= 0:
            self.rows["survey_answers"].append((who.created + 3600, who.id, "welcome", who.eco_importance, None))

    def _consent(self, who: Customer) -> None:
        """Write down what they allowed when they signed up, and what they took back (or allowed) later."""
        chance = self.rng.random
        for topic, likely in (("promotions", 0.74), ("newsletter", 0.66)):
            if chance() < 0.08:
                continue  # never asked: old imports
            granted: bool | None = chance() < likely
            self.rows["consents"].append((who.created, who.id, "email", topic, granted, "sign-up"))
            if chance() < 0.1:
                later = max(who.created, 0) + int((self.seconds - max(who.created, 0)) * chance())
                changed: bool | None = None if chance() < 0.03 else not granted
                self.rows["consents"].append((later, who.id, "email", topic, changed, "preferences"))
        if chance() < 0.15:
            self.rows["consents"].append((who.created, who.id, "sms", "promotions", chance() < 0.8, "sign-up"))
