"""How a table lies on each engine: the indexes that it has, and whether its rows lie in order of time.

DuckDB and ClickHouse read columns in blocks and pass over those whose least and greatest value rule them out: they need
no index for our statements, only rows in order of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Inspector

from orchestrator.model.schema import EventTable, Table
from orchestrator.model.symptom import Symptom

COLUMNAR = {
    "duckdb": "DuckDB needs no index for segments: it reads columns, and passes over blocks of other times",
    "clickhousedb": "ClickHouse needs no index for segments: it reads columns, and passes over blocks of other times",
}
"""What is true of indexes on engines that read columns."""
BLOCK = 122_880
"""The rows of one block of DuckDB, of which it knows the least and the greatest value."""
FEW = 10
"""Of a table of fewer blocks the order does not matter."""
LATEST = "0.95"
"""The latest twentieth of the rows; in order of time it lies in a twentieth of the blocks."""
PREFIX = 191
"""The signs of a longer text that an index on MySQL and MariaDB holds."""
_PROJECTED = re.compile(r"PROJECTION \S+ \(SELECT \* ORDER BY ([^)]*)\)", re.IGNORECASE)


def indexes(inspector: Inspector, connection: Connection, table: Table) -> list[tuple[str, ...]]:
    """Give the columns of every index that serves comparisons of all rows, in their order."""
    dialect = connection.dialect.name
    if dialect in ("mysql", "mariadb"):
        return _mysql_indexes(connection, table)
    primary = inspector.get_pk_constraint(table.name, schema=table.schema)["constrained_columns"]
    known = [tuple(primary or ())]
    known += [
        tuple(str(column) for column in index["column_names"])
        for index in inspector.get_indexes(table.name, schema=table.schema)
        if not index.get("dialect_options", {}).get(f"{dialect}_where")
    ]
    unique = inspector.get_unique_constraints(table.name, schema=table.schema)
    return known + [tuple(constraint["column_names"]) for constraint in unique]


def _mysql_indexes(connection: Connection, table: Table) -> list[tuple[str, ...]]:
    """Read them from ``information_schema``: not those for words or places, nor those that the server passes over."""
    query = sa.text(
        "select * from information_schema.statistics where table_schema = coalesce(:schema, database()) "
        "and table_name = :name order by index_name, seq_in_index"
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(query, {"schema": table.schema, "name": table.name}).mappings():
        told = {name.lower(): value for name, value in row.items()}
        served = told.get("ignored", "NO") == "NO" and told.get("is_visible", "YES") == "YES"
        if served and told["index_type"] in ("BTREE", "HASH"):
            found.setdefault(told["index_name"], []).append(str(told["column_name"]))
    return [tuple(columns) for columns in found.values()]


def collation(connection: Connection, table: Table, column: str) -> str | None:
    """Give the collation of a text on MySQL and MariaDB, where two of them cannot be compared; else None."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        return None
    query = sa.text(
        "select collation_name from information_schema.columns where table_schema = coalesce(:schema, database()) "
        "and table_name = :name and column_name = :column"
    )
    given = {"schema": table.schema, "name": table.name, "column": column}
    found: str | None = connection.execute(query, given).scalar()
    return found


def indexed(connection: Connection, column: str, type_: Any) -> str:
    """Give a column as it stands in CREATE INDEX; of a long text MySQL and MariaDB take the beginning only."""
    quoted: str = connection.dialect.identifier_preparer.quote(column)
    if connection.dialect.name in ("mysql", "mariadb") and isinstance(type_, sa.String | sa.LargeBinary):
        length = getattr(type_, "length", None)
        if length is None or length > PREFIX:
            return f"{quoted}({PREFIX})"
    return quoted


def disorder(connection: Connection, event: EventTable) -> Iterator[Symptom]:
    """Yield a finding where an engine that reads columns has an event's rows in no order of time."""
    if connection.dialect.name == "duckdb":
        yield from _duckdb_disorder(connection, event)
    elif connection.dialect.name == "clickhousedb":
        yield from _clickhouse_disorder(connection, event)


def _duckdb_disorder(connection: Connection, event: EventTable) -> Iterator[Symptom]:
    """Count the blocks that hold some of the latest rows."""
    table = sa.table(event.table.name, schema=event.table.schema)
    at: sa.ColumnClause[Any] = sa.column(event.at)
    number = sa.func.floor(sa.literal_column("rowid") / sa.literal_column(str(BLOCK)))
    blocks = sa.select(sa.func.max(at).label("newest")).select_from(table).group_by(number).subquery("blocks")
    if connection.execute(sa.select(sa.func.count()).select_from(blocks)).scalar_one() < FEW:
        return
    bound = sa.select(sa.func.quantile_disc(at, sa.literal_column(LATEST))).select_from(table).scalar_subquery()
    late = sa.func.count().filter(blocks.c.newest >= bound)
    n, hit = connection.execute(sa.select(sa.func.count(), late).select_from(blocks)).one()
    if hit * 2 > n:
        quote = connection.dialect.identifier_preparer.quote
        full = ".".join(quote(part) for part in (event.table.schema, event.table.name) if part)
        yield Symptom(
            "D110",
            f"{event.table}.{event.at}",
            f"the latest twentieth of `{event.table}` lies in {hit:,} of {n:,} blocks: every window reads them all",
            f"CREATE OR REPLACE TABLE {full} AS SELECT * FROM {full} ORDER BY {quote(event.at)};",  # noqa: S608 (printed)
        )


def _clickhouse_disorder(connection: Connection, event: EventTable) -> Iterator[Symptom]:
    """Look at the keys by which the table is sorted and divided."""
    query = sa.text(
        "select engine, sorting_key, partition_key, create_table_query from system.tables "
        "where database = coalesce(:schema, currentDatabase()) and name = :name"
    )
    known = connection.execute(query, {"schema": event.table.schema, "name": event.table.name}).first()
    if known is None or not str(known[0]).endswith("MergeTree"):
        return
    _, sorting, parts, made = (str(value) for value in known)
    if any(in_order(key, parts, event.at, event.where) for key in (sorting, *_PROJECTED.findall(made))):
        return
    quote = connection.dialect.identifier_preparer.quote
    full = ".".join(quote(part) for part in (event.table.schema, event.table.name) if part)
    name = quote(f"by_{event.at}")
    order = ", ".join(quote(column) for column in (*event.where, event.at))
    yield Symptom(
        "D110",
        f"{event.table}.{event.at}",
        f"`{event.table}` is sorted by `{sorting or 'nothing'}` and not by `{event.at}` first: windows read all of it",
        f"ALTER TABLE {full} ADD PROJECTION {name} (SELECT * ORDER BY {order}); "
        f"ALTER TABLE {full} MATERIALIZE PROJECTION {name};",
    )


def in_order(sorting: str, parts: str, at: str, equal: Iterable[str]) -> bool:
    """Tell whether ClickHouse can pass over rows of other times: by the key of its parts, or of its sorting.

    In the sorting key nothing may stand before the time but columns that every statement holds equal.
    """
    if at in _words(parts):
        return True
    free = set(equal)
    for key in sorting.split(","):
        words = _words(key)
        if at in words:
            return True
        if not words & free:
            return False
    return False


def _words(text: str) -> set[str]:
    return {word.strip("`") for word in re.findall(r"`[^`]+`|\w+", text)}
