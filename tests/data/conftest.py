"""The real shops on two engines: loaded once, read through a role (or a file) that can only be read."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestrator.audience import Warehouse, open_warehouse
from orchestrator.compile import cells_query, members_query, prepare
from orchestrator.language import load_workspace
from orchestrator.model.condition import SegmentRef
from orchestrator.model.workspace import Workspace

HERE = Path(__file__).parent


@dataclass
class Shop:
    """One data set: its workspace, two warehouses, and the rows for whoever counts by hand."""

    workspace: Workspace
    warehouses: list[Warehouse]
    as_of: dt.datetime
    customers: dict[int, dict[str, Any]]
    rows: dict[int, list[Any]]

    def members(self, segment: str) -> set[int]:
        """Give the members of a segment; both engines must give the same ones."""
        found = [self._ids(warehouse, segment) for warehouse in self.warehouses]
        assert found[0] == found[1], f"the engines differ: {sorted(found[0] ^ found[1])[:10]}"
        return found[0]

    def _ids(self, warehouse: Warehouse, segment: str) -> set[int]:
        query = members_query(self.workspace, SegmentRef(segment), self.as_of, warehouse.dialect)
        with warehouse.read() as connection:
            ids = [int(row[0]) for row in connection.execute(query.select)]
        assert len(ids) == len(set(ids)), "somebody is there twice"
        return set(ids)

    def cells(self, partition: str) -> dict[int, str]:
        """Give everybody's cell, the same on both engines."""
        found = []
        for warehouse in self.warehouses:
            query = cells_query(self.workspace, partition, self.as_of, warehouse.dialect)
            with warehouse.read() as connection:
                found.append({int(row.id): row.cell for row in connection.execute(query.select)})
        assert found[0] == found[1]
        return found[0]


def workspace(name: str) -> Workspace:
    """Read the workspace of a data set; it has no error."""
    loaded = load_workspace(HERE / name)
    assert not [problem for problem in loaded.diagnostics if problem.severity.value == "error"], loaded.diagnostics
    return loaded.workspace


Load = tuple[str, str, str, Sequence[tuple[Any, ...]]]


def fill(path: Path, url: str, tables: Sequence[Load], indexes: Sequence[str]) -> None:
    """Put rows into both engines. A table is its name, its columns for SQLite and for PostgreSQL, its rows."""
    import psycopg

    with sqlite3.connect(path) as small:
        small.execute("pragma synchronous = off")
        for name, columns, _, rows in tables:
            small.execute(f"create table {name} ({columns})")
            plain = ([float(v) if isinstance(v, Decimal) else v for v in row] for row in rows)
            small.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", plain)
        for index in indexes:
            small.execute(index)
    with psycopg.connect(url.replace("+psycopg", "")) as big:
        for name, _, columns, rows in tables:
            big.execute(f"create table {name} ({columns})")
            with big.cursor() as cursor, cursor.copy(f"copy {name} from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
        for index in indexes:
            big.execute(index)
        big.execute("analyze")


@pytest.fixture(scope="session")
def warehouses(
    tmp_path_factory: pytest.TempPathFactory,
    fresh_database: Callable[[], str],
    readonly_postgres: Callable[[str], str],
) -> Iterator[Callable[[Sequence[Load], Sequence[str]], list[Warehouse]]]:
    """Give a function that loads rows and opens both engines for reading only."""
    opened: list[Warehouse] = []

    def open_both(tables: Sequence[Load], indexes: Sequence[str]) -> list[Warehouse]:
        path, url = tmp_path_factory.mktemp("shop") / "shop.db", fresh_database()
        fill(path, url, tables, indexes)
        both = [open_warehouse(f"sqlite:///{path}", prepare), open_warehouse(readonly_postgres(url), prepare)]
        opened.extend(both)
        return both

    yield open_both
    for warehouse in opened:
        warehouse.dispose()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice; money in pence."""

    id: int
    invoice: str
    product: str
    description: str
    quantity: int
    at: str
    amount: int


@pytest.fixture(scope="session")
def retail(data_folder: Path, warehouses: Any) -> Shop:
    """Give Online Retail: 541,909 lines, 4,372 customers."""
    lines: list[tuple[Any, ...]] = []
    by_customer: dict[int, list[Line]] = defaultdict(list)
    customers: dict[int, dict[str, Any]] = {}
    with gzip.open(data_folder / "online_retail" / "online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for number, (invoice, product, description, quantity, at, price, customer, country) in enumerate(reader, 1):
            cents = int((Decimal(price) * int(quantity)).quantize(Decimal("0.01")) * 100)
            key = int(customer) if customer else None
            lines.append(
                (
                    number,
                    invoice,
                    product,
                    description or None,
                    int(quantity),
                    at,
                    Decimal(price),
                    Decimal(cents) / 100,
                    key,
                )
            )
            if key is not None:
                by_customer[key].append(Line(number, invoice, product, description, int(quantity), at, cents))
                known = customers.setdefault(key, {"country": country, "first_seen": at})
                known["first_seen"] = min(known["first_seen"], at)
    assert len(lines) == 541_909
    people = [(key, row["country"], row["first_seen"]) for key, row in customers.items()]
    columns = (
        "line_id bigint, invoice_no text, stock_code text, description text, quantity integer, invoice_date {}, "
        "unit_price numeric, amount {}, customer_id bigint"
    )
    both = warehouses(
        [
            ("customers", "customer_id bigint primary key, country text, first_seen text",
             "customer_id bigint primary key, country text, first_seen timestamp", people),
            ("invoice_lines", columns.format("text", "real"), columns.format("timestamp", "numeric"), lines),
        ],
        ["create index lines_of on invoice_lines (customer_id, invoice_date)"],
    )  # fmt: skip
    for found in by_customer.values():
        found.sort(key=lambda line: (line.at, line.id))
    return Shop(
        workspace("online_retail"), both, dt.datetime(2011, 12, 9, 13, tzinfo=dt.UTC), customers, dict(by_customer)
    )


@pytest.fixture(scope="session")
def music(data_folder: Path, warehouses: Any) -> Shop:
    """Give CDNOW: 69,659 orders of 23,570 customers as (day, discs, cents), days as YYYYMMDD."""
    rows: list[tuple[Any, ...]] = []
    by_customer: dict[int, list[Any]] = defaultdict(list)
    for number, line in enumerate((data_folder / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[1:], 1):
        if not line.strip():
            continue
        customer, day, discs, dollars = line.split()
        rows.append((number, int(customer), day, int(discs), Decimal(dollars)))
        by_customer[int(customer)].append((day, int(discs), int(Decimal(dollars) * 100), number))
    for found in by_customer.values():
        found.sort(key=lambda order: (order[0], order[3]))
    people = [(key, found[0][0]) for key, found in by_customer.items()]
    assert len(rows) == 69_659
    assert len(people) == 23_570
    both = warehouses(
        [
            ("customers", "customer_id integer primary key, first_day text",
             "customer_id bigint primary key, first_day text", people),
            ("purchases", "line integer, customer_id integer, day text, number_of_cds integer, dollar_value real",
             "line bigint, customer_id bigint, day text, number_of_cds integer, dollar_value numeric", rows),
        ],
        ["create index purchases_of on purchases (customer_id, day)"],
    )  # fmt: skip
    return Shop(
        workspace("cdnow"),
        both,
        dt.datetime(1998, 7, 1, 4, tzinfo=dt.UTC),
        {k: {} for k in by_customer},
        dict(by_customer),
    )
