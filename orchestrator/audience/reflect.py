"""Which tables and columns the warehouse has: the input of `orc schema pull`."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection, Inspector
from sqlalchemy.types import TypeEngine

from orchestrator.model.schema import ColumnInfo, TableInfo

_WORDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (sa.Boolean, "bool"),
    (sa.Integer, "int"),
    (sa.DateTime, "timestamp"),
    (sa.Date, "date"),
    (sa.Numeric, "decimal"),
    (sa.Float, "decimal"),
    (sa.String, "text"),
    (sa.Uuid, "text"),
)
_OURS = "orc"
_SHOWN = 12


def reflect(connection: Connection) -> list[TableInfo]:
    """Give every table and view with its columns, keys, row count and a few values of each text column.

    Tables of our own (a schema or a prefix ``orc``) are left out. A table that may not be read has no samples.
    """
    inspector = sa.inspect(connection)
    found = []
    for schema in _schemas(inspector, connection.dialect.name):
        names = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
        found += [_table(connection, inspector, name, schema) for name in sorted(names) if not _is_ours(name)]
    return found


def _schemas(inspector: Inspector, dialect: str) -> list[str | None]:
    if dialect == "duckdb":  # its names are those of the file and the schema
        names = (str(name).rpartition(".") for name in inspector.get_schema_names())
        own = [schema for file, _, schema in names if file not in ("system", "temp") and schema != _OURS]
        return [None, *(name for name in own if name != inspector.default_schema_name)]
    if dialect != "postgresql":
        return [None]
    hidden = {"information_schema", "pg_catalog", _OURS}
    hidden.add(inspector.default_schema_name or "public")
    return [None, *(name for name in inspector.get_schema_names() if name not in hidden)]


def _is_ours(name: str) -> bool:
    return name.startswith(f"{_OURS}_") or name == "alembic_version"


def _table(connection: Connection, inspector: Inspector, name: str, schema: str | None) -> TableInfo:
    key = tuple(inspector.get_pk_constraint(name, schema=schema).get("constrained_columns") or ())
    columns = tuple(
        ColumnInfo(str(row["name"]), _word(row["type"]), bool(row.get("nullable", True)), str(row["type"]))
        for row in inspector.get_columns(name, schema=schema)
    )
    foreign = tuple(
        (row["constrained_columns"][0], str(row["referred_table"]), row["referred_columns"][0])
        for row in inspector.get_foreign_keys(name, schema=schema)
        if len(row["constrained_columns"]) == 1
    )
    source = sa.table(name, *(sa.column(column.name) for column in columns), schema=schema)
    try:
        with _trying(connection):
            rows = int(connection.execute(sa.select(sa.func.count()).select_from(source)).scalar_one())
            shown = [column.name for column in columns if column.type == "text" and column.name not in key]
            samples = {column: _values(connection, source, column) for column in shown}
    except exc.SQLAlchemyError:
        return TableInfo(name, columns, schema, key, foreign)
    return TableInfo(name, columns, schema, key, foreign, rows, samples)


def _trying(connection: Connection) -> AbstractContextManager[Any]:
    """Let a statement fail; where the engine has savepoints, what comes after it goes on."""
    return nullcontext() if connection.dialect.name in ("duckdb", "clickhousedb") else connection.begin_nested()


def _values(connection: Connection, source: sa.TableClause, column: str) -> tuple[str, ...]:
    some = sa.select(source.c[column]).where(source.c[column].is_not(None)).limit(2000).subquery()
    distinct = sa.select(some.c[column]).distinct().limit(_SHOWN + 1)
    return tuple(str(row[0]) for row in connection.execute(distinct))


def _word(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, mysql.TINYINT) and kind.display_width == 1:
        return "bool"
    for types, word in _WORDS:
        if isinstance(kind, types):
            return word
    return ""
