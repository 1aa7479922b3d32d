"""Rows made up from a seed: every type and format, with unknowns, ties, duplicates and edges of time."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import declaring
from documents import Belongings, in_json
from reference import clock

from orchestrator.model import condition as c
from orchestrator.model.messages import our_events
from orchestrator.model.people import canonical_id
from orchestrator.model.place import Box, Polygon, Spot
from orchestrator.model.project import Project
from orchestrator.model.schema import EventTable, Field, Schema, TimeFormat, Type

PEOPLES_ZONES = (*declaring.ZONES, "Mars/Olympus", "", None, "America/Los_Angeles", "Pacific/Kiritimati")
MOMENTS = (
    "2026-11-22T09:00:00", "2026-10-25T00:30:00", "2026-10-25T01:30:00", "2026-03-29T01:00:00", "2026-03-31T08:15:30",
    "2028-02-29T12:00:00", "2027-03-01T00:00:00", "2026-12-31T23:30:00", "2026-11-01T05:30:00", "2026-06-15T22:00:00",
)  # fmt: skip
TEXTS = (
    "a",
    "A",
    "ab",
    "b",
    "B ",
    "",
    "ä",
    "Ä",
    "ÄB",
    "ß",
    "Σ",
    "σ",
    "ς",
    "Яa",
    "яA",
    "i",
    "I",
    "İ",
    "ı",
    "a%",
    "a_b",
    "a'b",
    "a\\b",
    "10",
    "9",
)
VERSIONS = (
    "4.2", "4.2.0", "4.10", "4.9", "17", "4.2-beta", "4.2-RC1", "4.2+x", "04.2", "latest", "4.", "", "v4.2", "4.2-",
)  # fmt: skip
PLACES = {
    "spot": Spot(0.5, 179.75, 60_000.0),
    "box": Box(-1.0, 179.5, 1.0, -179.5),
    "flat": Box(-1.0, 0.0, 0.5, 1.0),
    "kite": Polygon(((-1.0, 0.5), (0.5, 1.0), (1.0, 0.5), (0.5, 0.0))),
    "line": Polygon(((-1.0, 179.5), (-1.0, -179.5), (0.5, -179.75), (1.0, -179.5), (1.0, 179.5))),
}
DEGREES = (
    (-1, -0.5, 0, 0.25, 0.5, 0.75, 1, 91),
    (0, 0.25, 0.5, 0.75, 1, 179.5, 179.75, 180, -180, -179.75, -179.5, 181),
)
COUNTS = (1, 2, 3, 7, 30)
UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")


@dataclass
class World:
    """A schema, rows, and the moment at which everybody is looked at."""

    schema: Schema
    project: Project
    tables: dict[str, list[dict[str, Any]]]
    as_of: dt.datetime
    seed: int


def instants(as_of: dt.datetime, zone: str) -> list[dt.datetime]:
    """Give moments at which a window of this clock begins or ends."""
    info, found = ZoneInfo(zone), [as_of]
    for unit in UNITS:
        for count in COUNTS:
            found += [clock.move(as_of, sign * count, unit, info) for sign in (-1, -1, 1)]
        if unit not in clock.EXACT:
            for back in (0, 1, 2, 3):
                found += clock.clock_unit(as_of, unit, back, info, 0)
    return found


def make(seed: int) -> World:
    """Give the world of a seed."""
    rng = random.Random(seed)
    zone = rng.choice(declaring.ZONES)
    week_starts = rng.choice((0, 6, 0))
    as_of = dt.datetime.fromisoformat(rng.choice(MOMENTS)).replace(tzinfo=dt.UTC)
    project = Project(1, "made", zone=zone, week_starts=week_starts, periods=_periods(as_of), places=PLACES)
    schema = declaring.schema(rng)
    edges = instants(as_of, zone) + instants(as_of, rng.choice(declaring.ZONES))
    rows = _Rows(rng, schema, as_of, edges)
    tables = rows.tables()
    rows.belongings(random.Random(seed + 2_000_000), tables)
    tables |= rows.ours(random.Random(seed + 1_000_000))
    return World(schema, project, tables, as_of, seed)


def _periods(as_of: dt.datetime) -> dict[str, tuple[c.FromTo, ...]]:
    """Give two periods around ``as_of``: of days, and of days and instants that overlap."""
    day, wall = (lambda n: c.Date((as_of + dt.timedelta(days=n)).date())), as_of.replace(tzinfo=None)
    sales = (c.FromTo(day(-31), day(-30)), c.FromTo(day(-1), day(5)))
    mixed = (c.FromTo(day(-7), c.DateTime(wall)), c.FromTo(c.DateTime(wall - dt.timedelta(days=2)), day(0)))
    return {"sales": sales, "mixed": mixed}


class _Rows(Belongings):
    """The rows of one schema."""

    def __init__(self, rng: random.Random, schema: Schema, as_of: dt.datetime, edges: list[dt.datetime]) -> None:
        self.rng, self.schema, self.as_of, self.edges = rng, schema, as_of, edges
        self.text_ids: dict[str, bool] = {}
        self.unknown = rng.choice((0.1, 0.3, 0.6))
        self.words = rng.sample(TEXTS, rng.randint(3, 8))
        text = rng.random() < 0.4
        self.keys: list[Any] = [
            rng.choice(("", "a", "B", "ä")) + str(n) if text else n * 3 - 7 for n in range(1, rng.randint(8, 18))
        ]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Give all rows by table."""
        person = self.schema.first
        found: dict[str, list[dict[str, Any]]] = {
            "customers": [],
            "orders": [],
            "visits": [],
            "shared": [],
            "consents": [],
        }
        for key in self.keys:
            row = {person.key: key} | {f.column: self.cell(f) for f in person.attributes.values() if not in_json(f)}
            if person.zone is not None:
                row["tz_name"] = self.rng.choice(PEOPLES_ZONES)
            for column, degrees in (("home_lat", DEGREES[0]), ("home_lon", DEGREES[1])):
                row[column] = None if self.rng.random() < 0.1 else Decimal(str(self.rng.choice(degrees)))
            found["customers"].append(row)
        for event in self.schema.events.values():
            if event.entity == person.name:
                found[str(event.table)] += self.events(event, self.keys)
        for past in self.schema.histories().values():
            found[str(past.table)] = self.events(past, self.keys)
        consent = self.schema.consent
        assert consent is not None
        for number in range(len(self.keys) * 3):
            granted = self.rng.choice(
                ("yes", "no", "y", "Y", None) if consent.granted_values else (True, False, True, None)
            )
            found["consents"].append(
                {"who": self.rng.choice(self.keys), "channel": self.rng.choice(("email", "sms")), "granted": granted,
                 "cid": number,
                 "topic": self.rng.choice(("promotions", "news")), "changed_at": self.stored(self.near(), consent.time)}
            )  # fmt: skip
        for rows in found.values():
            self.rng.shuffle(rows)
        return found

    def ours(self, rng: random.Random) -> dict[str, list[dict[str, Any]]]:
        """Give the rows of our own tables, whose ids are texts; they have dice of their own."""
        self.rng, found = rng, dict[str, list[dict[str, Any]]]()
        known = our_events(self.schema.first.name, ())
        for name in ("receive_message", "click_message", "entered segment", "left segment"):
            rows = found.setdefault(str(known[name].table), [])
            for key in [*self.keys, "nobody"]:
                for _ in range(rng.choice((0, 1, 1, 2, 4))):
                    columns = dict.fromkeys(p.column for e in known.values() if e.table == known[name].table
                                            for p in e.properties.values())  # fmt: skip
                    values = {"campaign": rng.choice(("spring", "autumn", None))}
                    values["segment"] = rng.choice(("base", "other"))
                    at = clock.wall(self.near(), dt.UTC)
                    row = {"seq": len(rows), "person": canonical_id(key), "at": at, **columns, **known[name].where}
                    rows.append(row | {k: v for k, v in values.items() if k in columns})
        return found

    def events(self, event: EventTable, keys: list[Any]) -> list[dict[str, Any]]:
        """Give the rows of one event: some people have none, some have many, ties and duplicates included."""
        rows: list[dict[str, Any]] = []
        text = self.text_ids.setdefault(str(event.table), self.rng.random() < 0.3)
        nobody = "nobody" if isinstance(keys[0], str) else 999_999
        for key in [*keys, nobody]:
            for _ in range(self.rng.choice((0, 0, 1, 2, 3, 5))):
                row = {"who": key, "at": self.stored(self.near(), event.time), "event_id": None, **event.where}
                row |= self.cells(event)
                rows.append(row)
                if self.rng.random() < 0.2:  # another one at the same moment; without ids it must be the same one
                    rows.append(dict(row) if event.id is None else row | self.cells(event))
        if event.id is None:
            seen: dict[Any, dict[str, Any]] = {}
            rows = [
                row if row["at"] is None else dict(seen.setdefault((row["who"], str(row["at"])), row)) for row in rows
            ]
        if event.where:
            other = {name: value + 1 if isinstance(value, int) else "other" for name, value in event.where.items()}
            rows += [row | other for row in self.rng.sample(rows, len(rows) // 4)]
        for number, row in enumerate(rows):
            row["event_id"] = (self.rng.choice("aBäZ") + str(number) if text else number) if event.id else None
            if event.id is None:
                del row["event_id"]
            if self.rng.random() < 0.03:
                row["at"] = None
        return rows

    def cells(self, event: EventTable) -> dict[str, Any]:
        """Give the properties that lie in columns of their own."""
        return {f.column: self.cell(f) for f in event.properties.values() if not in_json(f)}

    def near(self) -> dt.datetime:
        """Give a moment: on an edge of some window, a second beside it, or anywhere in five years."""
        if self.rng.random() < 0.75:
            return self.rng.choice(self.edges) + dt.timedelta(seconds=self.rng.choice((0, 0, 1, -1)))
        return self.as_of + dt.timedelta(seconds=self.rng.randint(-5 * 366 * 86_400, 200 * 86_400))

    def stored(self, moment: dt.datetime, how: TimeFormat) -> Any:
        """Give a moment as its column holds it."""
        if how.kind == "epoch":
            return int(moment.timestamp())
        if how.kind == "epoch_ms":
            return int(moment.timestamp()) * 1000
        here = clock.wall(moment, ZoneInfo(how.zone))
        if how.kind == "pattern":
            return here.strftime(how.pattern)
        if how.kind == "native":
            return here
        return here.isoformat(sep="T" if how.kind == "iso_t" else " ")

    def cell(self, field: Field) -> Any:
        """Give a value of a column, or None."""
        if self.rng.random() < self.unknown:
            return None
        kind = field.type
        if kind is Type.TEXT:
            return self.rng.choice(self.words)
        if kind is Type.BOOL:
            return self.rng.random() < 0.5
        if kind is Type.VERSION:
            return self.rng.choice(VERSIONS)
        if kind is Type.INT:
            return self.rng.choice((0, 1, 1, 2, 2, 3, 5, 30, -1, 1_000))
        if kind is Type.DECIMAL:
            return Decimal(self.rng.choice((0, 1, 2, 3, 6, 10, -5))) / 4
        if kind is Type.MONEY:
            cents = self.rng.choice((0, 1, 10, 30, 70, 100, 101, 1_999, 50_000, 50_001, -250))
            return cents if field.minor else Decimal(cents) / 100
        if kind is Type.TIMESTAMP:
            return self.stored(self.near(), field.time)
        day = self.near().date()
        if self.rng.random() < 0.15:
            day = self.rng.choice(
                (
                    dt.date(2008, 2, 29),
                    dt.date(2000, 2, 29),
                    dt.date(1999, 3, 1),
                    dt.date(2007, 2, 28),
                    dt.date(1990, 12, 31),
                )
            )
        if field.time.kind == "native":
            return day
        return day.strftime(field.time.pattern) if field.time.kind == "pattern" else day.isoformat()
