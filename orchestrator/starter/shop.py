"""A simulated shop of two years, the same for the same seed and day: the warehouse of the demo and of the tests.

A few of its rows are as bad as real ones: missing and broken addresses, two people with one mailbox, empty names,
a time zone on Mars. All addresses end in ``example.com``, ``example.org`` or ``example.net``, which belong to nobody.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from orchestrator.starter import belongings
from orchestrator.starter.doings import DAY, Life, Row
from orchestrator.starter.people import Customer, customers

YEARS = 2
NAME = "shop.db"

COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": (
        "id INTEGER PRIMARY KEY", "email TEXT", "first_name TEXT", "last_name TEXT", "gender TEXT", "birth_date DATE",
        "household_size INTEGER", "has_children BOOLEAN", "has_garden BOOLEAN", "income_band TEXT", "country TEXT",
        "state TEXT", "city TEXT", "postal_code TEXT", "latitude DOUBLE PRECISION", "longitude DOUBLE PRECISION",
        "language TEXT NOT NULL", "timezone TEXT", "eco_importance INTEGER", "shopping_style TEXT",
        "main_interest TEXT", "device TEXT", "os TEXT", "os_version TEXT", "app_installed BOOLEAN NOT NULL",
        "created_at TIMESTAMP NOT NULL", "source TEXT", "tier TEXT NOT NULL", "points INTEGER NOT NULL",
        "favourite_category TEXT", "staff BOOLEAN NOT NULL", "predicted_ltv NUMERIC(10, 2)", "interests TEXT",
        "survey TEXT", "plan TEXT", "renews_at TIMESTAMP",
    ),
    "orders": (
        "id INTEGER PRIMARY KEY", "ordered_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "amount NUMERIC(10, 2) NOT NULL", "currency TEXT NOT NULL", "category TEXT NOT NULL", "items INTEGER NOT NULL",
        "coupon TEXT", "status TEXT NOT NULL", "sales_channel TEXT NOT NULL", "store TEXT", "lines TEXT",
    ),
    "refunds": (
        "id INTEGER PRIMARY KEY", "refunded_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "amount NUMERIC(10, 2) NOT NULL", "reason TEXT",
    ),
    "sessions": (
        "id INTEGER PRIMARY KEY", "started_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "device TEXT NOT NULL", "os TEXT", "browser TEXT", "pages INTEGER NOT NULL", "referrer TEXT",
    ),
    "product_views": (
        "id INTEGER PRIMARY KEY", "viewed_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "product_id TEXT NOT NULL", "category TEXT NOT NULL", "price NUMERIC(10, 2)",
    ),
    "cart_events": (
        "id INTEGER PRIMARY KEY", "happened_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "kind TEXT NOT NULL", "product_id TEXT", "category TEXT", "value NUMERIC(10, 2) NOT NULL",
    ),
    "survey_answers": (
        "id INTEGER PRIMARY KEY", "answered_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "survey TEXT NOT NULL", "score INTEGER NOT NULL", "comment TEXT",
    ),
    "tickets": (
        "id INTEGER PRIMARY KEY", "opened_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "topic TEXT", "status TEXT NOT NULL",
    ),
    "consents": (
        "id INTEGER PRIMARY KEY", "changed_at TIMESTAMP NOT NULL", "customer_id INTEGER NOT NULL",
        "channel TEXT NOT NULL", "topic TEXT NOT NULL", "granted BOOLEAN", "source TEXT",
    ),
    **belongings.COLUMNS,
}  # fmt: skip

INDEXES = (
    "CREATE INDEX orders_by_customer ON orders (customer_id, ordered_at)",
    "CREATE INDEX refunds_by_customer ON refunds (customer_id, refunded_at)",
    "CREATE INDEX sessions_by_customer ON sessions (customer_id, started_at)",
    "CREATE INDEX views_by_customer ON product_views (customer_id, viewed_at)",
    "CREATE INDEX carts_by_customer ON cart_events (customer_id, kind, happened_at)",
    "CREATE INDEX answers_by_customer ON survey_answers (customer_id, survey, answered_at)",
    "CREATE INDEX tickets_by_customer ON tickets (customer_id, opened_at)",
    "CREATE INDEX consents_by_customer ON consents (customer_id, channel, topic, changed_at)",
    *belongings.INDEXES,
)

Progress = Callable[[str, int, int], None]


def generate(
    path: Path,
    customers: int = 20_000,
    seed: int = 7,
    *,
    until: dt.date | dt.datetime,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write the shop into a new SQLite file and give the number of rows per table.

    ``path`` is the file, or a folder that gets ``shop.db``. The simulated time is the two years before ``until``
    (an instant, or midnight UTC of a day). ``progress`` hears (what, done, total). A file that is there is
    replaced, and only once the new one is complete.
    """
    target = path / NAME if path.is_dir() else path
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    counts: dict[str, int] = {}
    connection = sqlite3.connect(draft)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        for statement in create_tables():
            connection.execute(statement)
        for table, rows in shop_rows(customers, seed, until=until, progress=progress):
            marks = ", ".join("?" * len(COLUMNS[table]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 (names of our own)
            counts[table] = len(rows)
        for statement in INDEXES:
            connection.execute(statement)
        connection.execute("ANALYZE")
        connection.commit()
    finally:
        connection.close()
    draft.replace(target)
    return counts


def create_tables() -> Iterator[str]:
    """Give the statements that create the shop's tables, in words that SQLite and PostgreSQL share."""
    for table, columns in COLUMNS.items():
        yield f"CREATE TABLE {table} ({', '.join(columns)})"


def shop_rows(
    count: int, seed: int = 7, *, until: dt.date | dt.datetime, progress: Progress | None = None
) -> Iterator[tuple[str, list[Row]]]:
    """Yield (table, rows) for every table: rows in the order of :data:`COLUMNS`, ids from 1 in order of time.

    Moments are texts of UTC (``2026-11-23 08:15:00``); nothing happens at or after ``until``.
    """
    if count < 1:
        raise ValueError("a shop needs at least one customer")
    end = _instant(until)
    start = _years_before(end.date(), YEARS)
    seconds = int((end - dt.datetime.combine(start, dt.time(), dt.UTC)).total_seconds())
    rng = Random(f"{seed}:{count}")  # noqa: S311 (a simulation, no secret)
    people = customers(rng, count, end.date(), seconds)
    life = Life(rng, start, seconds)
    things = belongings.Belongings(f"{seed}:{count}", seconds)
    for done, who in enumerate(people, 1):
        life.live(who)
        things.own(who)
        things.wake(who, life.offset(who, life.days - 2))
        if progress is not None and (done % 500 == 0 or done == count):
            progress("living through two years", done, count)
    moments = Moments(start)
    yield "customers", [(*_customer_row(who, life, moments, rng), *_extras(who, things, start)) for who in people]
    life.rows["product_views"] += things.views
    life.rows["survey_answers"] += things.answered
    life.rows["tickets"] += things.tickets
    life.rows["orders"] = [(*row, things.lines(row)) for row in [*life.rows["orders"], *things.orders]]
    for table, rows in [*life.rows.items(), *things.rows.items(), *things.companies(count)]:
        rows = [row for row in rows if row[0] < seconds]
        if table not in ("accounts", "users"):  # their numbers are named elsewhere
            rows.sort(key=lambda row: (row[0], row[1]))
        yield table, [(number, moments.text(row[0]), *row[1:]) for number, row in enumerate(rows, 1)]
        if progress is not None:
            progress(f"writing {table}", len(rows), len(rows))


class Moments:
    """Turns seconds from the start into the text of an instant, quickly."""

    def __init__(self, start: dt.date) -> None:
        """Count from midnight UTC of ``start``."""
        self._start = start
        self._days: dict[int, str] = {}
        self._times = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)]

    def text(self, seconds: int) -> str:
        """Give ``2026-11-23 08:15:00``."""
        day, rest = divmod(seconds, DAY)
        if day not in self._days:
            self._days[day] = (self._start + dt.timedelta(days=day)).isoformat()
        return f"{self._days[day]} {self._times[rest]}"


def _customer_row(who: Customer, life: Life, moments: Moments, rng: Random) -> Row:
    spent = life.spent[who.id] / 100
    city = who.city
    favourite = life.seen[who.id].most_common(1)
    spread = rng.random() - 0.5
    return (
        who.id, who.email, who.first_name, who.last_name, who.gender, who.birth_date, who.household_size,
        who.has_children, who.has_garden, who.income_band, city and city.country, city and city.state,
        city and city.name, who.postal_code if city else None,
        round(city.latitude + spread * 0.2, 4) if city else None,
        round(city.longitude + (rng.random() - 0.5) * 0.2, 4) if city else None,
        who.language, who.zone, who.eco_importance, who.shopping_style, who.main_interest, who.device, who.os,
        who.os_version, who.app_installed, moments.text(who.created), who.source,
        "gold" if spent >= 900 else "silver" if spent >= 300 else "basic", int(spent / 2),
        favourite[0][0] if favourite else None, who.staff,
        round(spent * (0.5 + rng.random()) + 20 * rng.random(), 2) if rng.random() < 0.97 else None,
    )  # fmt: skip


def _extras(who: Customer, things: belongings.Belongings, start: dt.date) -> Row:
    plan, renews = things.plans[who.id]
    return (*things.answers(who), plan, None if renews is None else belongings.moment(renews, start))


def _instant(until: dt.date | dt.datetime) -> dt.datetime:
    if not isinstance(until, dt.datetime):
        return dt.datetime.combine(until, dt.time(), dt.UTC)
    if until.tzinfo is None:
        raise ValueError("`until` needs a zone: the shop's moments are UTC")
    return until.astimezone(dt.UTC).replace(microsecond=0)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, month=3, day=1)
