"""The worked example finds the same people on SQLite and on PostgreSQL, read by a role that may only read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starter.conftest import Opener

from orchestrator.audience import Warehouse, cells, ids, open_warehouse
from orchestrator.compile import audience_query, cells_query, members_query, prepare
from orchestrator.language import load_workspace
from orchestrator.model.condition import SegmentRef
from orchestrator.model.segment import Partition, Segment
from orchestrator.starter import create_tables, generate, shop_rows

AS_OF = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PEOPLE = 1_500
EXAMPLE = load_workspace(Path(__file__).parent.parent.parent).workspace
Engines = tuple[Warehouse, Warehouse]


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory,
    fresh_database: Callable[[], str],
    readonly_postgres: Callable[[str], str],
    records: Opener,
) -> Iterator[Engines]:
    import psycopg

    path = tmp_path_factory.mktemp("shop") / "shop.db"
    generate(path, PEOPLE, until=AS_OF)
    url = fresh_database()
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        for statement in create_tables():
            connection.execute(statement)
        for table, rows in shop_rows(PEOPLE, until=AS_OF):
            with connection.cursor().copy(f"copy {table} from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
    with ExitStack() as stack:
        opened = []
        for place in (f"sqlite:///{path}", readonly_postgres(url)):
            warehouse = open_warehouse(place, prepare, records)
            stack.callback(warehouse.dispose)
            opened.append(warehouse)
        yield opened[0], opened[1]


@pytest.mark.postgres
@pytest.mark.parametrize("name", [n for n, d in EXAMPLE.definitions.items() if isinstance(d, Segment)])
def test_a_segment_has_the_same_members_on_both(name: str, engines: Engines) -> None:
    """Moving to a bigger database changes nobody's membership."""
    found = []
    for warehouse in engines:
        with warehouse.read() as connection:
            found.append(list(ids(connection, members_query(EXAMPLE, SegmentRef(name), AS_OF, warehouse.dialect))))
    assert found[0] == found[1]


@pytest.mark.postgres
@pytest.mark.parametrize("name", [n for n, d in EXAMPLE.definitions.items() if isinstance(d, Partition)])
def test_a_partition_has_the_same_cells_on_both(name: str, engines: Engines) -> None:
    """Nobody changes their cell with the engine."""
    found = []
    for warehouse in engines:
        with warehouse.read() as connection:
            found.append(sorted(cells(connection, cells_query(EXAMPLE, name, AS_OF, warehouse.dialect))))
    assert found[0] == found[1]


@pytest.mark.postgres
@pytest.mark.parametrize("name", EXAMPLE.campaigns)
def test_a_campaign_has_the_same_audience_on_both(name: str, engines: Engines) -> None:
    """Audience, exclusions and policies mean the same on both."""
    found = []
    for warehouse in engines:
        query = audience_query(EXAMPLE, EXAMPLE.campaigns[name], AS_OF, warehouse.dialect, (), (), ("email",), None)
        with warehouse.read() as connection:
            found.append(list(ids(connection, query)))
    assert found[0] == found[1]
