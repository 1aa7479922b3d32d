"""What the doctor knows of each engine's tables: MariaDB's indexes, and the order of rows on DuckDB and ClickHouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.audience import examine, layout, open_warehouse
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Schema, Table, TimeFormat
from orchestrator.model.symptom import Symptom

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
ORDER = EventTable("order", "person", Table("orders"), "who", "at", TimeFormat(), {})
PEOPLE = Entity("person", Table("people"), "id", {})
CONSENT = ConsentTable(Table("consents"), "who", "channel", "topic", "granted", at="at")


def run(url: str, *statements: str) -> None:
    """Run statements as the owner."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def found(url: str, event: EventTable = ORDER, consent: ConsentTable | None = None) -> list[Symptom]:
    """Examine people, one event and consents."""
    warehouse = open_warehouse(url)
    with warehouse.read() as connection:
        symptoms = list(
            examine(connection, Schema({"person": PEOPLE}, {event.name: event}, consent), [event.name], NOW)
        )
    warehouse.dispose()
    return symptoms


# ------------------------------------------------------------------ MariaDB


@pytest.fixture
def maria(fresh_mysql: Callable[[], str]) -> str:
    """Give a database with people and orders that have no index."""
    url = fresh_mysql()
    run(
        url,
        "create table people (id varchar(40) character set utf8mb4 collate utf8mb4_bin primary key)",
        "create table orders (who varchar(40) character set utf8mb4 collate utf8mb4_bin, at datetime, kind text, "
        "index words (who), fulltext (kind))",
        "create table consents (who varchar(40) character set utf8mb4 collate utf8mb4_bin, channel text, "
        "topic varchar(900), granted int, at datetime)",
    )
    return url


def test_mariadb_long_texts_are_indexed_by_their_beginning(maria: str) -> None:
    """MariaDB refuses a TEXT in an index without a length; the printed statements run and settle it."""
    event = replace(ORDER, where={"kind": "order"})
    missing = [s.remedy for s in found(maria, event, CONSENT) if s.code == "D101"]
    assert missing == [
        "CREATE INDEX ix_orders_who_kind_at ON orders (who, kind(191), at);",
        "CREATE INDEX ix_consents_who_channel_topic_at ON consents (who, channel(191), topic(191), at);",
    ]
    run(maria, *missing)
    assert not [s for s in found(maria, event, CONSENT) if s.code == "D101"]


def test_mariadb_names_that_are_words_of_sql_are_quoted(maria: str) -> None:
    """A table called `order` with a column called `when`."""
    run(maria, "create table `order` (who varchar(40), `when` datetime)")
    event = replace(ORDER, table=Table("order"), at="when")
    (missing,) = [s.remedy for s in found(maria, event) if s.code == "D101"]
    assert missing == "CREATE INDEX ix_order_who_when ON `order` (who, `when`);"
    run(maria, missing)
    assert not [s for s in found(maria, event) if s.code == "D101"]


@pytest.mark.filterwarnings("ignore:Unknown schema content")  # SQLAlchemy does not know the word
def test_mariadb_an_index_that_the_server_passes_over_is_none(maria: str) -> None:
    """An ignored index, and one for words, serve nobody."""
    run(maria, "create index mine on orders (who, at)")
    assert not [s for s in found(maria) if s.code == "D101"]
    run(maria, "alter table orders alter index mine ignored")
    assert [s.where for s in found(maria) if s.code == "D101"] == ["orders"]


def test_mariadb_keys_of_two_collations_are_told(maria: str) -> None:
    """Two texts of two collations cannot be compared there at all."""
    assert not [s for s in found(maria) if s.code == "D102"]
    run(maria, "alter table orders modify who varchar(40) character set utf8mb4 collate utf8mb4_general_ci")
    (told,) = [s for s in found(maria) if s.code == "D102"]
    assert told.where == "orders.who"
    assert "collation utf8mb4_general_ci" in told.text
    assert "collation utf8mb4_bin" in told.text


# ------------------------------------------------------------------ DuckDB


@pytest.mark.parametrize(("order", "codes"), [("hash(n)", ["D110"]), ("n", [])])
def test_duckdb_rows_in_no_order_of_time_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str, codes: list[str]
) -> None:
    """No index is asked for; rows of a table that is large enough are best laid down in order of time."""
    monkeypatch.setattr(layout, "BLOCK", 2048)
    url = f"duckdb:///{tmp_path / 'shop.duckdb'}"
    run(
        url,
        "create table people as select n as id from range(9) t(n)",
        "create table orders as select n % 9 as who, timestamp '2026-01-01' + to_seconds(n) as at "
        f"from range(50000) t(n) order by {order}",
    )
    told = found(url)
    assert [s.code for s in told] == codes
    for symptom in told:
        assert symptom.text.startswith("the latest twentieth of `orders` lies in 25 of 25 blocks")
        assert symptom.remedy == 'CREATE OR REPLACE TABLE orders AS SELECT * FROM orders ORDER BY "at";'
        run(url, symptom.remedy)
        assert not found(url)


@pytest.mark.parametrize("kind", ["few rows", "view"])
def test_duckdb_is_silent_where_order_does_not_matter(tmp_path: Path, kind: str) -> None:
    """A small table is read at once, and a view has no blocks of its own."""
    url = f"duckdb:///{tmp_path / 'shop.duckdb'}"
    rows = "select n % 9 as who, timestamp '2026-01-01' + to_seconds(n) as at from range(5000) t(n) order by hash(n)"
    run(url, "create table people as select n as id from range(9) t(n)")
    run(url, f"create {'view' if kind == 'view' else 'table'} orders as {rows}")
    assert not found(url)


# ------------------------------------------------------------------ ClickHouse


@pytest.mark.parametrize(
    ("sorting", "parts", "told"),
    [
        ("at", "", True),
        ("kind, at", "", True),
        ("toDate(at), who", "", True),
        ("kind, `at`", "", True),
        ("who, kind, at", "", False),
        ("who", "toYYYYMM(at)", True),
        ("who", "toYYYYMM(created_at)", False),
        ("", "", False),
        ("sipHash64(who), at", "", False),
        ("kind", "", False),
    ],
)
def test_clickhouse_sorting_that_serves_windows(sorting: str, parts: str, told: bool) -> None:
    """The time comes first, behind columns that are held equal, or divides the table."""
    assert layout.in_order(sorting, parts, "at", {"kind": "order"}) is told
