"""Databases for tests: rows as dictionaries go in, the ids that a query finds come out.

A ``Store`` is one engine: SQLite and DuckDB in memory, PostgreSQL and MariaDB on their servers. Nothing stays: rows lie
in a transaction that is rolled back, or in temporary tables. Where the engine can do that, queries run under a role
or in a transaction that may only read. ``open_store`` gives the store of a URL.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from orchestrator.model.schema import Field, Schema, Type

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
LONG = 100_000
"""Signs from which on a text is kept as MariaDB's driver has written it."""
KEY = "key"
"""The title of a column of ids."""
READER = f"orc_test_reader_{os.getpid()}"


def columns(schema: Schema) -> dict[str, dict[str, Field]]:
    """Give the columns of every table that a schema speaks of, as fields (type and format)."""
    found: dict[str, dict[str, Field]] = {}

    def put(table: object, column: str | None, field: Field) -> None:
        if column is not None:
            found.setdefault(str(table), {}).setdefault(column, field)

    for entity in schema.entities.values():
        for attribute in entity.attributes.values():
            put(entity.table, attribute.column, attribute)
            put(entity.table, attribute.currency_column, Field("", Type.TEXT, ""))
            put(entity.table, attribute.longitude, Field("", Type.DECIMAL, ""))
        put(entity.table, entity.zone if entity.zone not in entity.attributes else None, Field("", Type.TEXT, ""))
    for event in {**schema.events, **schema.histories()}.values():
        put(event.table, event.at, Field("", Type.TIMESTAMP, event.at, time=event.time))
        for name, value in event.where.items():
            put(event.table, name, Field("", Type.INT if isinstance(value, int) else Type.TEXT, ""))
        for prop in event.properties.values():
            held = Field("", Type.TIMESTAMP, prop.column) if prop.column == "clicked_at" else prop
            put(event.table, prop.column, held)
            put(event.table, prop.currency_column, Field("", Type.TEXT, ""))
    for relation in schema.relations.values():
        for name, value in relation.where.items():
            put(relation.table, name, Field("", Type.INT if isinstance(value, int) else Type.TEXT, ""))
        for prop in relation.properties.values():
            put(relation.table, prop.column, prop)
            put(relation.table, prop.longitude, Field("", Type.DECIMAL, ""))
    if schema.consent is not None:
        consent = schema.consent
        put(consent.table, consent.channel, Field("", Type.TEXT, ""))
        put(consent.table, consent.topic, Field("", Type.TEXT, ""))
        put(consent.table, consent.granted, Field("", Type.TEXT if consent.granted_values else Type.BOOL, ""))
        put(consent.table, consent.at, Field("", Type.TIMESTAMP, "", time=consent.time))
    return found


def _keys(schema: Schema, tables: Tables) -> dict[str, dict[str, Field]]:
    """Add keys and ids, whose type is what the rows hold."""
    found = columns(schema)
    sources = [(e.table, (e.key,)) for e in schema.entities.values()]
    sources += [(e.table, (e.key, e.id)) for e in {**schema.events, **schema.histories()}.values()]  # type: ignore[misc]
    sources += [(e.table, (e.parent.column,)) for e in schema.entities.values() if e.parent is not None]
    sources += [(r.table, (r.key, r.ref)) for r in schema.relations.values()]  # type: ignore[misc]
    keys = {(str(table), names[0]) for table, names in sources}
    texts = not any(isinstance(row.get(key), int) for table, key in keys for row in tables.get(table, ()))
    if schema.consent is not None:
        sources.append((schema.consent.table, (schema.consent.key, schema.consent.id)))  # type: ignore[arg-type]
    for table, names in sources:
        for name in names:
            if name is not None and name not in found.setdefault(str(table), {}):
                values = [row[name] for row in tables.get(str(table), ()) if row.get(name) is not None]
                text = isinstance(values[0], str) if values else texts
                found[str(table)][name] = Field(name, Type.TEXT if text else Type.INT, name, title=KEY)
    return found


OUR_SCHEMA = "select nspname from pg_namespace where nspname = 'orc'"


class Store:
    """One engine. ``holding`` gives a connection on which the rows lie and nothing can be written."""

    names: ClassVar[Mapping[str, str]] = {}
    """The engine's names of types: ``text``, ``bool``, ``int``, ``decimal``, ``date``, ``instant``, ``wall``."""
    create = "create table"
    mark = "?"
    savepoints = False
    """Whether a statement that fails takes the rows with it, so that each stands behind a savepoint."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name

        @sa.event.listens_for(engine, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            from orchestrator.compile import prepare  # some tests run beside a part of the house

            prepare(self.dialect, connection)

    def __str__(self) -> str:
        return self.dialect

    @contextmanager
    def holding(self, schema: Schema, tables: Tables) -> Iterator[sa.Connection]:
        """Create the tables, put the rows in, and give a connection that may read them; all is undone afterwards."""
        found = _keys(schema, tables)
        with self.engine.connect() as connection:
            try:
                self.begin(connection, list(found))
                for table, fields in found.items():
                    parts = ", ".join(f"{self.quoted(name)} {self.kind(field)}" for name, field in fields.items())
                    connection.exec_driver_sql(f"{self.create} {self.quoted(table)} ({parts})")
                    rows = [tuple(self.cell(row.get(n), f) for n, f in fields.items()) for row in tables.get(table, ())]
                    if rows:
                        self.insert(connection, table, fields, rows)
                self.only_read(connection)
                yield connection
            finally:
                connection.rollback()
                self.undo(connection, list(found))

    @contextmanager
    def trying(self, connection: sa.Connection) -> Iterator[None]:
        """Let a statement fail without the rows being lost."""
        if self.savepoints:
            with connection.begin_nested():
                yield
        else:
            yield

    def begin(self, connection: sa.Connection, tables: list[str]) -> None:
        """Make the places for tables."""

    def quoted(self, name: str) -> str:
        """Give a name as the engine quotes it."""
        return f'"{name}"'

    def kind(self, field: Field) -> str:
        """Give the type of a column."""
        if field.path or field.type is Type.LIST:
            return self.names["text"]
        if field.type.is_time:
            form = field.time.kind
            if form in ("epoch", "epoch_ms"):
                return self.names["int"]
            if form in ("iso", "iso_t", "pattern"):
                return self.names["text"]
            if field.type is Type.DATE:
                return self.names["date"]
            return self.names["instant" if field.time.zone == "UTC" else "wall"]
        if field.type in (Type.TEXT, Type.VERSION):
            return self.names["text"]
        if field.type is Type.BOOL:
            return self.names["bool"]
        return self.names["int" if field.type is Type.INT or field.minor else "decimal"]

    def cell(self, value: Any, field: Field) -> Any:
        """Give a value as the driver takes it."""
        return value

    def insert(self, connection: sa.Connection, table: str, fields: Mapping[str, Field], rows: list[Any]) -> None:
        """Put rows in."""
        marks = ", ".join(self.mark for _ in fields)
        cursor = driver(connection).cursor()
        cursor.executemany(f"insert into {self.quoted(table)} values ({marks})", rows)
        cursor.close()

    def only_read(self, connection: sa.Connection) -> None:
        """Take away the right to write."""

    def undo(self, connection: sa.Connection, tables: list[str]) -> None:
        """Take the tables away where a rollback has not."""


def driver(connection: sa.Connection) -> Any:
    """Give the driver's own connection."""
    return connection.connection.driver_connection


class SQLite(Store):
    """In memory, with whatever type a value has."""

    names: ClassVar[Mapping[str, str]] = {
        "text": "text", "bool": "integer", "int": "integer", "decimal": "real",
        "date": "text", "instant": "text", "wall": "text",
    }  # fmt: skip

    def cell(self, value: Any, field: Field) -> Any:
        """Give moments as texts, exact numbers as floats."""
        if isinstance(value, dt.datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, dt.date):
            return value.isoformat()
        return float(value) if isinstance(value, Decimal) else value

    def only_read(self, connection: sa.Connection) -> None:
        """Let the engine refuse to write."""
        connection.commit()
        connection.exec_driver_sql("pragma query_only = on")

    def undo(self, connection: sa.Connection, tables: list[str]) -> None:
        """Drop the tables."""
        connection.exec_driver_sql("pragma query_only = off")
        for table in tables:
            connection.exec_driver_sql(f"drop table if exists {self.quoted(table)}")
        connection.commit()


class PostgreSQL(Store):
    """On a server, under a role that may only read."""

    names: ClassVar[Mapping[str, str]] = {
        "text": "text", "bool": "boolean", "int": "bigint", "decimal": "numeric",
        "date": "date", "instant": "timestamptz", "wall": "timestamp",
    }  # fmt: skip
    savepoints = True

    def cell(self, value: Any, field: Field) -> Any:
        """Give moments of UTC their zone."""
        if isinstance(value, dt.datetime) and field.time.zone == "UTC" and value.tzinfo is None:
            return value.replace(tzinfo=dt.UTC)
        return value

    def begin(self, connection: sa.Connection, tables: list[str]) -> None:
        """Give our own tables their schema; compiling a plan to machine code costs more than so few rows do."""
        connection.exec_driver_sql("set local jit = off")
        if any(table.startswith("orc_") for table in tables):
            connection.exec_driver_sql("create schema if not exists orc")

    def quoted(self, name: str) -> str:
        """Put our own tables into their schema."""
        return f'orc."{name}"' if name.startswith("orc_") else f'"{name}"'

    def insert(self, connection: sa.Connection, table: str, fields: Mapping[str, Field], rows: list[Any]) -> None:
        """Copy the rows in."""
        names = ", ".join(map(self.quoted, fields))
        copy = f"copy {self.quoted(table)} ({names}) from stdin"
        with driver(connection).cursor() as cursor, cursor.copy(copy) as target:
            for row in rows:
                target.write_row(row)

    def only_read(self, connection: sa.Connection) -> None:
        """Become the reader."""
        if connection.exec_driver_sql(f"select 1 from pg_roles where rolname = '{READER}'").first() is None:
            connection.exec_driver_sql(f'create role "{READER}"')
        for place in ("public", *(row[0] for row in connection.exec_driver_sql(OUR_SCHEMA))):
            connection.exec_driver_sql(f'grant usage on schema {place} to "{READER}"')
            connection.exec_driver_sql(f'grant select on all tables in schema {place} to "{READER}"')
        connection.exec_driver_sql(f'set local role "{READER}"')


class DuckDB(Store):
    """In memory; its transactions undo tables, too. It has no roles and no savepoints: a failure ends the rows."""

    names: ClassVar[Mapping[str, str]] = {
        "text": "varchar", "bool": "boolean", "int": "bigint", "decimal": "decimal(38, 6)",
        "date": "date", "instant": "timestamptz", "wall": "timestamp",
    }  # fmt: skip

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        # the driver looks for pandas at every parameter, which is half of the time where there is none
        if importlib.util.find_spec("pandas") is None:
            sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("set threads = 1"))

    def cell(self, value: Any, field: Field) -> Any:
        """Give moments of UTC their zone, exact numbers as texts (a list of them has one type then)."""
        if isinstance(value, dt.datetime) and field.time.zone == "UTC" and value.tzinfo is None:
            return value.replace(tzinfo=dt.UTC)
        return str(value) if isinstance(value, Decimal) else value

    def insert(self, connection: sa.Connection, table: str, fields: Mapping[str, Field], rows: list[Any]) -> None:
        """Put whole columns in: rows one by one are slow."""
        parts = ", ".join(f"unnest(cast(? as {self.kind(field)}[]))" for field in fields.values())
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor = driver(connection).cursor()
        cursor.execute(f"insert into {self.quoted(table)} select {parts}", columns)

    def quoted(self, name: str) -> str:
        """Double the quotes inside."""
        return '"' + name.replace('"', '""') + '"'


class MariaDB(Store):
    """On a server: temporary tables, which only this session sees, with the server's usual collation.

    Ids have the collation that sorts by code points: as on every engine, they tie as their own column sorts.
    """

    names: ClassVar[Mapping[str, str]] = {
        "text": "text", "bool": "boolean", "int": "bigint", "decimal": "decimal(38, 6)",
        "date": "date", "instant": "datetime(6)", "wall": "datetime(6)",
    }  # fmt: skip
    create = "create temporary table"
    mark = "%s"

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)

        @sa.event.listens_for(engine, "connect")
        def _keep(connection: Any, _record: Any) -> None:  # the changes of all clocks are two million signs
            escape, kept = connection.escape, lru_cache(maxsize=4)(connection.escape)
            connection.escape = lambda value, mapping=None: (
                kept(value) if isinstance(value, str) and len(value) > LONG else escape(value, mapping)
            )

    def quoted(self, name: str) -> str:
        """Use the engine's own quotes."""
        return "`" + name.replace("`", "``") + "`"

    def kind(self, field: Field) -> str:
        """Let ids sort by code points."""
        kind = super().kind(field)
        ids = kind == "text" and field.title == KEY
        return "varchar(100) character set utf8mb4 collate utf8mb4_nopad_bin" if ids else kind

    def only_read(self, connection: sa.Connection) -> None:
        """Begin a transaction that may only read."""
        connection.commit()
        connection.exec_driver_sql("start transaction read only")

    def undo(self, connection: sa.Connection, tables: list[str]) -> None:
        """Drop the tables."""
        for table in tables:
            connection.exec_driver_sql(f"drop temporary table if exists {self.quoted(table)}")


STORES: Mapping[str, type[Store]] = {
    "sqlite": SQLite, "postgresql": PostgreSQL, "duckdb": DuckDB, "mysql": MariaDB, "mariadb": MariaDB,
}  # fmt: skip


def open_store(url: str) -> Store:
    """Give the store behind a URL: ``sqlite://`` and ``duckdb://`` in memory, or a server's database."""
    name = sa.engine.make_url(url).get_backend_name()
    options: dict[str, Any] = {"pool_size": 1}
    if name in ("sqlite", "duckdb"):
        options = {"poolclass": StaticPool}
        if name == "sqlite":
            options["connect_args"] = {"check_same_thread": False}
    return STORES[name](sa.create_engine(url, **options))


IN_MEMORY = ("sqlite://", "duckdb:///:memory:")
"""The stores that need no server."""
