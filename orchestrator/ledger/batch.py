"""Many values in one parameter: statements of one text, whatever the size of the batch, planned once and kept.

PostgreSQL takes arrays (``= any(…)``, ``unnest``), SQLite takes JSON text (``json_each``).
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine


def among(connection: Connection, column: sa.ColumnElement[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Give the test ``column in values``."""
    items = list(values)
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, items, type_=sa.ARRAY(column.type)))
    if items and isinstance(items[0], bytes):
        return column.in_(items)
    each = sa.func.json_each(json.dumps([_plain(item) for item in items])).table_valued("value")
    return column.in_(sa.select(each.c.value))


def given(connection: Connection, columns: Mapping[str, tuple[TypeEngine[Any], Sequence[Any]]]) -> sa.FromClause:
    """Give a table of values, columnwise, to join an UPDATE or an INSERT with. No bytes on SQLite."""
    if connection.dialect.name == "postgresql":
        arrays = [sa.cast(list(values), sa.ARRAY(kind)) for kind, values in columns.values()]
        names = [sa.column(name, kind) for name, (kind, _) in columns.items()]
        return sa.func.unnest(*arrays).table_valued(*names, name="given").render_derived()
    lists = [[_plain(value) for value in values] for _, values in columns.values()]
    each = sa.func.json_each(json.dumps(list(zip(*lists, strict=True)))).table_valued("value", name="each")
    parts = [
        sa.type_coerce(sa.func.json_extract(each.c.value, f"$[{n}]"), kind).label(name)
        for n, (name, (kind, _)) in enumerate(columns.items())
    ]
    return sa.select(*parts).subquery("given")


def insert_many(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *key: str) -> None:
    """Insert rows of equal shape; those whose ``key`` (default: any) is there already are left alone."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(index_elements=key or None), rows)
        return
    columns = {name: (table.c[name].type, [row[name] for row in rows]) for name in rows[0]}
    news = given(connection, columns)
    insert = postgresql.insert(table).from_select(list(columns), sa.select(*(news.c[name] for name in columns)))
    connection.execute(insert.on_conflict_do_nothing(index_elements=key or None))


def _plain(value: Any) -> Any:
    """Give the form in which SQLite stores a value that JSON does not know."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
