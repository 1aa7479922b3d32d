"""The worked example finds the same people on every engine, read by a role that may only read where there are roles."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import servers
from sqlalchemy.engine import make_url
from starter.conftest import Opener

from orchestrator.audience import Warehouse, cells, ids, open_warehouse, reflect
from orchestrator.compile import audience_query, cells_query, members_query, prepare
from orchestrator.language import load_workspace
from orchestrator.model.condition import SegmentRef
from orchestrator.model.segment import Partition, Segment
from orchestrator.starter import create_tables, generate, shop_rows

AS_OF = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PEOPLE = 1_500
EXAMPLE = load_workspace(Path(__file__).parent.parent.parent).workspace


def _postgresql(url: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        for statement in create_tables():
            connection.execute(statement)
        for table, rows in shop_rows(PEOPLE, until=AS_OF):
            with connection.cursor().copy(f"copy {table} from stdin") as copy:
                for row in rows:
                    copy.write_row(row)


def _mysql(url: str) -> None:
    servers.run(url, *(statement.replace(" lines ", " `lines` ") for statement in create_tables()))  # a word of SQL
    with servers.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("set time_zone = '+00:00'")
        cursor.execute("begin")
        for table, rows in shop_rows(PEOPLE, until=AS_OF):
            held = list(rows)
            marks = ", ".join("%s" for _ in held[0])
            cursor.executemany(f"insert into {table} values ({marks})", held)
        connection.commit()


def _duckdb(path: Path) -> None:
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for statement in create_tables():
            connection.execute(statement)
        for table, rows in shop_rows(PEOPLE, until=AS_OF):
            held = path.with_suffix(".csv")
            with held.open("w", newline="", encoding="utf-8") as file:
                none = (["<none>" if value is None else value for value in row] for row in rows)
                csv.writer(file, quoting=csv.QUOTE_ALL).writerows(none)
            connection.execute(f"copy {table} from '{held}' (header false, nullstr '<none>', allow_quoted_nulls true)")


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, records: Opener
) -> Iterator[list[Warehouse]]:
    """Give the shop on SQLite, DuckDB, and every server that is there (on CI a missing one fails)."""
    folder = tmp_path_factory.mktemp("shop")
    generate(folder / "shop.db", PEOPLE, until=AS_OF)
    _duckdb(folder / "shop.duckdb")
    with ExitStack() as stack:
        places = [f"sqlite:///{folder / 'shop.db'}", f"duckdb:///{folder / 'shop.duckdb'}"]
        with suppress(pytest.skip.Exception):
            url = request.getfixturevalue("fresh_database")()
            _postgresql(url)
            places.append(request.getfixturevalue("readonly_postgres")(url))
        with suppress(pytest.skip.Exception):
            server = request.getfixturevalue("mysql_server")
            url = request.getfixturevalue("fresh_mysql")()
            _mysql(url)
            place, reader = make_url(url), f"orc_reader_{os.getpid()}"
            servers.run(
                server,
                f"create user {reader} identified by 'reader'",
                f"grant select on {place.database}.* to {reader}",
            )
            stack.callback(servers.run, server, f"drop user {reader}")
            places.append(place.set(username=reader, password="reader").render_as_string(hide_password=False))
        opened = []
        for here in places:
            warehouse = open_warehouse(here, prepare, records)
            stack.callback(warehouse.dispose)
            opened.append(warehouse)
        yield opened


def _agree(engines: list[Warehouse], ask: Callable[[Warehouse, Any], Any]) -> None:
    found = {}
    for warehouse in engines:
        with warehouse.read() as connection:
            found[warehouse.dialect] = ask(warehouse, connection)
    assert [name for name, answer in found.items() if answer != found["sqlite"]] == []


@pytest.mark.parametrize("name", [n for n, d in EXAMPLE.definitions.items() if isinstance(d, Segment)])
def test_a_segment_has_the_same_members_everywhere(name: str, engines: list[Warehouse]) -> None:
    """Moving to a bigger database changes nobody's membership."""
    _agree(engines, lambda w, c: list(ids(c, members_query(EXAMPLE, SegmentRef(name), AS_OF, w.dialect))))


@pytest.mark.parametrize("name", [n for n, d in EXAMPLE.definitions.items() if isinstance(d, Partition)])
def test_a_partition_has_the_same_cells_everywhere(name: str, engines: list[Warehouse]) -> None:
    """Nobody changes their cell with the engine."""
    _agree(engines, lambda w, c: sorted(cells(c, cells_query(EXAMPLE, name, AS_OF, w.dialect))))


@pytest.mark.parametrize("name", EXAMPLE.campaigns)
def test_a_campaign_has_the_same_audience_everywhere(name: str, engines: list[Warehouse]) -> None:
    """Audience, exclusions and policies mean the same on all."""
    campaign = EXAMPLE.campaigns[name]
    _agree(
        engines,
        lambda w, c: list(ids(c, audience_query(EXAMPLE, campaign, AS_OF, w.dialect, (), (), ("email",), None))),
    )


def test_tables_are_read_alike_everywhere(engines: list[Warehouse]) -> None:
    """`orc schema pull` finds the same tables, columns and number of rows."""
    _agree(engines, lambda _, c: [(t.name, t.rows, [(x.name, x.type) for x in t.columns]) for t in reflect(c)])
