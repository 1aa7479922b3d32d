"""The worked example finds the same people on every engine, read by a role that may only read where there are roles."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import servers
import shops
from sqlalchemy.engine import make_url
from starter.conftest import Opener

from orchestrator.audience import Warehouse, cells, ids, open_warehouse, reflect
from orchestrator.compile import audience_query, cells_query, members_query, prepare
from orchestrator.language import load_workspace
from orchestrator.model.condition import SegmentRef
from orchestrator.model.segment import Partition, Segment
from orchestrator.starter import generate

AS_OF = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PEOPLE = 1_500
EXAMPLE = load_workspace(Path(__file__).parent.parent.parent).workspace


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, records: Opener
) -> Iterator[list[Warehouse]]:
    """Give the shop on SQLite, DuckDB, and every server that is there (on CI a missing one fails)."""
    folder = tmp_path_factory.mktemp("shop")
    generate(folder / "shop.db", PEOPLE, until=AS_OF)
    shops.into_duckdb(folder / "shop.duckdb", PEOPLE, AS_OF)
    with ExitStack() as stack:
        places = [f"sqlite:///{folder / 'shop.db'}", f"duckdb:///{folder / 'shop.duckdb'}"]
        with suppress(pytest.skip.Exception):
            url = request.getfixturevalue("fresh_database")()
            shops.into_postgresql(url, PEOPLE, AS_OF)
            places.append(request.getfixturevalue("readonly_postgres")(url))
        with suppress(pytest.skip.Exception):
            server = request.getfixturevalue("mysql_server")
            url = request.getfixturevalue("fresh_mysql")()
            shops.into_mysql(url, PEOPLE, AS_OF)
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
