"""A doctor finds in a database what makes segments slow or wrong, on SQLite, a real PostgreSQL and a real MariaDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.audience import examine, open_warehouse, unknowns
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Field, Schema, Table, TimeFormat, Type
from orchestrator.model.symptom import Symptom

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
TABLES = """
create table people (id integer primary key, zone varchar(40), email varchar(80));
create table orders (id integer primary key, who {other} not null, at timestamp not null, coupon varchar(9));
create table clicks (who integer not null, at bigint not null);
create table consents (who integer, channel varchar(9), topic varchar(9), granted boolean, at timestamp);
insert into people values (1, 'Europe/Berlin', 'a'), (2, 'Germany/Berlin', null), (3, 'CEST', null), (4, null, 'd');
insert into orders values (1, {1}, '2026-01-01 10:00:00', 'X'), (2, {1}, '2026-01-01 10:00:00', null),
  (3, {1}, '2026-01-02 10:00:00', null), (4, {2}, '2026-09-01 10:00:00', null);
insert into clicks values (1, 1767261600000), (1, 1767261600001);
"""
INDEXES = """
create index a on orders (who, at);
create index b on clicks (who, at);
create index c on consents (who, topic, channel);
"""


def schema(clicks: str = "epoch") -> Schema:
    """Describe the tables above."""
    email = Field("email", Type.TEXT, "email")
    coupon = Field("coupon", Type.TEXT, "coupon")
    return Schema(
        {"person": Entity("person", Table("people"), "id", {"email": email}, zone="zone")},
        {
            "order": EventTable("order", "person", Table("orders"), "who", "at", TimeFormat(), {"coupon": coupon}),
            "click": EventTable("click", "person", Table("clicks"), "who", "at", TimeFormat(clicks), {}),
        },
        ConsentTable(Table("consents"), "who", "channel", "topic", "granted", at="at"),
    )


SERVERS = {"postgresql": "fresh_database", "mysql": "fresh_mysql"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "mysql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give an empty database of each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.sqlite'}"
    else:
        yield request.getfixturevalue(SERVERS[request.param])()


def fill(url: str, more: str = "", other: str = "integer") -> None:
    """Make the tables; ``other`` is the type of the orders' key."""
    quote = "'" if other != "integer" else ""
    text = TABLES.replace("{other}", other).replace("{1}", f"{quote}1{quote}").replace("{2}", f"{quote}2{quote}") + more
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in text.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()


def found(url: str, made: Schema) -> list[Symptom]:
    """Examine both events."""
    warehouse = open_warehouse(url)
    with warehouse.read() as connection:
        symptoms = list(examine(connection, made, ["order", "click"], NOW))
    warehouse.dispose()
    return symptoms


def test_missing_indexes_come_with_their_statement(url: str) -> None:
    """Once the statements were run there is nothing to say about indexes."""
    fill(url)
    missing = [s.remedy for s in found(url, schema()) if s.code == "D101"]
    assert missing == [
        "CREATE INDEX ix_orders_who_at ON orders (who, at);",
        "CREATE INDEX ix_clicks_who_at ON clicks (who, at);",
        "CREATE INDEX ix_consents_who_channel_topic_at ON consents (who, channel, topic, at);",
    ]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in missing:
            connection.exec_driver_sql(statement)
    engine.dispose()
    assert not [s for s in found(url, schema()) if s.code == "D101"]


def test_two_events_of_one_table_need_one_index(url: str) -> None:
    """What tells the events apart stands in the index; an index without it serves, too, and nothing is said twice."""
    fill(url, "; alter table clicks add column kind varchar(9)")
    apart = schema()
    clicks = [replace(apart.events["click"], name=name, where={"kind": name}) for name in ("click", "order")]
    made = replace(apart, events={event.name: event for event in clicks})
    asked = [s.remedy for s in found(url, made) if s.code == "D101"]
    assert asked[0] == "CREATE INDEX ix_clicks_who_kind_at ON clicks (who, kind, at);"
    assert len([remedy for remedy in asked if "clicks" in remedy]) == 1
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE INDEX plain ON clicks (who, at)")
    engine.dispose()
    assert not [s for s in found(url, made) if s.code == "D101" and "clicks" in s.remedy]


def test_an_index_in_another_order_of_equals_does(url: str) -> None:
    """Of a person's consents the order of channel and topic is free; an index on the key alone is not enough."""
    fill(url, INDEXES)
    assert not [s for s in found(url, schema()) if s.code == "D101"]


def test_zones_times_and_ties_are_told(url: str) -> None:
    """Zones that are none, orders of the future, two at one moment, milliseconds read as seconds."""
    fill(url, INDEXES)
    told = {s.code: s for s in found(url, schema())}
    assert sorted(told) == ["D103", "D104", "D105", "D106"]
    assert "2 people have a zone that nobody knows" in told["D103"].text
    assert "`Germany/Berlin` (1)" in told["D103"].text
    assert told["D104"].text.startswith("1 of 4 `order` lie in the future")
    assert (told["D105"].where, told["D105"].remedy) == ("clicks.at", "format: epoch_ms")
    assert told["D106"].text.startswith("50% of a person's neighbouring `order`")
    assert "D105" not in {s.code for s in found(url, schema("epoch_ms"))}


def test_keys_of_two_types_are_told(url: str) -> None:
    """A text that points at a number."""
    fill(url, INDEXES, other="varchar(9)")
    told = [s for s in found(url, schema()) if s.code == "D102"]
    assert [s.where for s in told] == ["orders.who"]


def test_a_table_that_is_not_there_is_told(url: str) -> None:
    """And the rest is examined all the same."""
    fill(url, INDEXES)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table clicks")
    engine.dispose()
    codes = [s.code for s in found(url, schema())]
    assert "D100" in codes
    assert "D103" in codes


def test_unknown_values_are_counted_in_one_reading(url: str) -> None:
    """The share of rows without a value, for what may be missing."""
    fill(url)
    warehouse = open_warehouse(url)
    made = schema()
    with warehouse.read() as connection:
        person, order = made.entities["person"], made.events["order"]
        assert unknowns(connection, person.table, person.attributes) == (4, {"email": 0.5})
        assert unknowns(connection, order.table, order.properties) == (4, {"coupon": 0.75})
        assert unknowns(connection, order.table, order.properties, {"id": 1}) == (1, {"coupon": 0.0})
    warehouse.dispose()
