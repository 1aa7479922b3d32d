"""One small shop for all sentences, and its judges: the reference, and every engine that is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from elsewhere import Homes
from engines import Store
from meaning_belongings import asker
from reference import Reference

from orchestrator.audience import cells as cells_of
from orchestrator.audience import ids
from orchestrator.audience.joining import rows as rows_of
from orchestrator.compile import Query, cells_query, members_query, trait_query
from orchestrator.language import parse_definitions
from orchestrator.model.condition import SegmentRef
from orchestrator.model.messages import OURS, our_events
from orchestrator.model.place import Box, Polygon, Spot
from orchestrator.model.project import Policies, Project
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Field, History, Schema, Table, TimeFormat, Type
from orchestrator.model.workspace import Workspace

AS_OF = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)  # Sunday, 10:00 in Berlin


def _fields(text: str) -> dict[str, Field]:
    found = {}
    for word in text.split():
        name, kind = word.split(":")
        currency = "EUR" if kind == "money" else None
        found[name] = Field(name, Type(kind), name, currency=currency)
    return found


HISTORIES = {"plan": "plan_history", "points": "points_history"}


LOCATION = Field("location", Type.PLACE, "lat", longitude="lon")
PLACES = {
    "store": Spot(45.75, 4.85),
    "round_store": Spot(45.75, 4.85, 25_000.0),
    "fiji": Box(-20.0, 177.0, -12.0, -178.0),
    "square": Polygon(((10.0, 10.0), (10.0, 20.0), (20.0, 20.0), (20.0, 10.0))),
    "neighbour": Polygon(((10.0, 20.0), (10.0, 30.0), (20.0, 30.0), (20.0, 20.0))),
    "star": Polygon(((0.0, 0.0), (8.0, 4.0), (0.0, 8.0), (6.0, 0.0), (6.0, 8.0))),
    "pacific": Polygon(((-10.0, 170.0), (-10.0, -170.0), (10.0, -170.0), (10.0, 170.0))),
}


def _historic(fields: dict[str, Field]) -> dict[str, Field]:
    for name, table in HISTORIES.items():
        past = History(Table(table), "customer_id", "value", "at", id="id")
        fields[name] = replace(fields[name], history=past)
    return fields | {"location": LOCATION}


SCHEMA = Schema(
    entities={
        "customer": Entity(
            "customer",
            Table("customers"),
            "id",
            _historic(
                _fields(
                    "billing:text shipping:text name:text email:text country:text plan:text timezone:text "
                    "age:int points:int os_version:version min_version:version "
                    "score:decimal balance:money vip:bool birth_date:date renewal_date:date created_at:timestamp "
                    "renews_at:timestamp"
                )
            ),
            zone="timezone",
            addresses={"email": "email"},
        )
    },
    events={
        "purchase": EventTable(
            "purchase",
            "customer",
            Table("orders"),
            "customer_id",
            "at",
            TimeFormat(),
            _fields("amount:money coupon:text category:text items:int gift:bool due:timestamp"),
            id="id",
            plural="purchases",
        ),
        "add_to_cart": EventTable(
            "add_to_cart",
            "customer",
            Table("shop_events"),
            "customer_id",
            "at",
            TimeFormat(),
            _fields("value:money"),
            id="id",
            where={"kind": "cart"},
        ),
        "visit": EventTable(
            "visit",
            "customer",
            Table("shop_events"),
            "customer_id",
            "at",
            TimeFormat(),
            _fields("device:text app_version:version"),
            id="id",
            where={"kind": "visit"},
        ),
        "signup": EventTable("signup", "customer", Table("signups"), "customer_id", "at", TimeFormat(), {}, id="id"),
    },
    consent=ConsentTable(Table("consents"), "customer_id", "channel", "topic", "granted", at="at", id="id"),
)

_TABLE = {
    "purchase": ("orders", {}),
    "add_to_cart": ("shop_events", {"kind": "cart"}),
    "visit": ("shop_events", {"kind": "visit"}),
    "signup": ("signups", {}),
}


def at(text: str) -> dt.datetime:
    """Read ``2026-11-22 09:00`` or a longer form as UTC without a zone, as the tables hold it."""
    return dt.datetime.fromisoformat(text)


def _raw(value: Any, field: Field) -> Any:
    if isinstance(value, str) and field.type is Type.TIMESTAMP:
        return at(value)
    if isinstance(value, str) and field.type is Type.DATE:
        return dt.date.fromisoformat(value)
    if isinstance(value, str) and field.type in (Type.MONEY, Type.DECIMAL):
        return Decimal(value)
    return value


def _put_ours(tables: dict[str, list[dict[str, Any]]], event: str, rows: Any) -> None:
    """Lay out rows of one of our own events; ``clicked_at`` is the moment of a first click."""
    table = our_events("customer", ())[event]
    kept = tables.setdefault(str(table.table), [])
    columns = {name for other in our_events("customer", ()).values() if other.table == table.table for name in
               (*other.where, *(p.column for p in other.properties.values()))}  # fmt: skip
    for person, moment, *rest in rows:
        row = {"seq": len(kept), "person": person, "at": at(moment), **dict.fromkeys(columns), **table.where}
        given = dict(rest[0]) if rest else {}
        if "clicked_at" in given:
            given["clicked_at"] = at(given["clicked_at"])
        kept.append(row | given)


class Judges:
    """Ask all of them who is in; they must agree."""

    def __init__(self, stores: list[Store]) -> None:
        self.stores = stores
        self.homes = Homes()

    def tables(
        self,
        people: Mapping[str, Mapping[str, Any]],
        events: Mapping[str, Any],
        consents: Any,
        histories: Any = None,
    ) -> dict[str, list[dict[str, Any]]]:
        """Lay the rows out as the tables of the shop hold them. An event is (person, at, properties)."""
        attributes = SCHEMA.first.attributes
        tables: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("customers", "orders", "shop_events", "signups", "consents", *HISTORIES.values())
        }
        for person, values in people.items():
            row = {"id": person, **dict.fromkeys(attributes), "lat": None, "lon": None}
            if "location" in values:
                row["lat"], row["lon"] = (None if v is None else Decimal(str(v)) for v in values["location"])
            row.update({n: _raw(value, attributes[n]) for n, value in values.items() if n != "location"})
            tables["customers"].append(row)
        number = 0
        for name, moments in (histories or {}).items():
            for person, value, moment in moments:
                number += 1
                tables[HISTORIES[name]].append({"id": number, "customer_id": person, "value": value, "at": at(moment)})
        for event, rows in events.items():
            if event in OURS:
                _put_ours(tables, event, rows)
                continue
            table, fixed = _TABLE[event]
            width = {c for e in SCHEMA.events.values() if str(e.table) == table for c in e.properties}
            for person, moment, *rest in rows:
                number += 1
                properties = rest[0] if rest else {}
                row = {
                    "id": number,
                    "customer_id": person,
                    "at": at(moment) if moment else None,
                    **fixed,
                    **dict.fromkeys(width),
                }
                row.update(
                    {k: _raw(v, SCHEMA.events[event].properties[k]) if k != "id" else v for k, v in properties.items()}
                )
                tables[table].append(row)
        for number, (person, channel, topic, granted, moment) in enumerate(consents):
            tables["consents"].append(
                {
                    "id": number,
                    "customer_id": person,
                    "channel": channel,
                    "topic": topic,
                    "granted": granted,
                    "at": at(moment),
                }
            )
        return tables

    def workspace(self, text: str, project: Project) -> Workspace:
        """Read definitions into a workspace over the shop."""
        definitions, problems = parse_definitions(text, "campaigns/segments/test.seg")
        assert not [p for p in problems if p.severity.value == "error"], problems
        return Workspace(Path("."), project, SCHEMA, Policies(), {d.name: d for d in definitions}, {})

    def ask(
        self,
        sentence: str,
        people: Mapping[str, Mapping[str, Any]],
        events: Mapping[str, Any] | None = None,
        consents: Any = (),
        *,
        definitions: str = "",
        as_of: str | None = None,
        zone: str = "Europe/Berlin",
        week_starts: int = 0,
        periods: Any = None,
        cells: bool = False,
        trait: bool = False,
        histories: Any = None,
    ) -> Any:
        """Give the members of ``sentence`` as a sorted text ("PQ"), or cells or values by person."""
        moment = AS_OF if as_of is None else at(as_of).replace(tzinfo=dt.UTC)
        project = Project(1, "test", zone=zone, week_starts=week_starts, periods=periods or {}, places=PLACES)
        text = definitions + ("" if cells or trait else f"\nsegment asked where {sentence}\n")
        workspace = self.workspace(text, project)
        tables = self.tables(people, events or {}, consents, histories)
        world = Reference(workspace, tables, moment)
        if cells:
            expected: Any = world.cells(sentence)
        elif trait:
            expected = world.trait(sentence)
        else:
            expected = sorted(world.members(SegmentRef("asked")))
        for store in self.stores:
            if cells:
                query = cells_query(workspace, sentence, moment, store.dialect)
            elif trait:
                query = trait_query(workspace, sentence, moment, store.dialect)
            else:
                query = members_query(workspace, SegmentRef("asked"), moment, store.dialect)
            if query.state("sqlite") is None:
                with store.holding(SCHEMA, tables) as connection:
                    _judge(store.dialect, _answer(connection, query, cells, trait), expected, query)
                continue
            with self.homes.holding(store, workspace.known, tables) as (connection, state):
                for way in self.homes.ways(store, connection, state):
                    _judge(f"{store.dialect} {way}", _answer(connection, query, cells, trait), expected, query)
        return expected if cells or trait else "".join(expected)


def _answer(connection: Any, query: Query, cells: bool, trait: bool) -> Any:
    if cells:
        return dict(cells_of(connection, query))
    return dict(rows_of(connection, query, 1000)) if trait else list(ids(connection, query))


def _judge(who: str, got: Any, expected: Any, query: Query) -> None:
    values = expected.values() if isinstance(expected, dict) else ()
    if any(value is not None and not isinstance(value, str) for value in values):
        assert set(got) == set(expected)
        for person, value in got.items():
            assert _near(value, expected[person]), (who, person, value, expected[person])
        return
    assert got == expected, (
        f"{who}: {got}, reference: {expected}\n{query.sql()}\n{query.together and query.together.sql()}"
    )


def _near(value: Any, expected: Any) -> bool:
    if value is None or expected is None:
        return value is None and expected is None
    if isinstance(expected, str | bool | dt.date | dt.datetime):
        return bool(value == expected)
    return abs(float(value) - float(expected)) < 1e-9


@pytest.fixture(scope="session")
def judges(stores: list[Store]) -> Judges:
    """Give the judges: all engines that are there."""
    return Judges(stores)


@pytest.fixture
def ask(judges: Judges) -> Callable[..., Any]:
    """Give the question itself: ``ask(sentence, people, events)`` is "P", "Q", "PQ" or ""."""
    return judges.ask


@pytest.fixture
def asked(stores: list[Store]) -> Callable[..., str]:
    """Give the question about the shop of meaning_belongings.py."""
    return asker(stores)
