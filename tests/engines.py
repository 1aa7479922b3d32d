"""Databases for tests: rows as dictionaries go in, the ids that a query finds come out.

A ``Store`` is one engine. Everything happens inside one transaction that is rolled back; queries run under a role
that may only read.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from orchestrator.model.schema import Field, Schema, TimeFormat, Type

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
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
        put(entity.table, entity.zone if entity.zone not in entity.attributes else None, Field("", Type.TEXT, ""))
    for event in schema.events.values():
        put(event.table, event.at, Field("", Type.TIMESTAMP, event.at, time=event.time))
        for name, value in event.where.items():
            put(event.table, name, Field("", Type.INT if isinstance(value, int) else Type.TEXT, ""))
        for prop in event.properties.values():
            put(event.table, prop.column, prop)
            put(event.table, prop.currency_column, Field("", Type.TEXT, ""))
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
    sources += [(e.table, (e.key, e.id)) for e in schema.events.values()]  # type: ignore[misc]
    if schema.consent is not None:
        sources.append((schema.consent.table, (schema.consent.key, schema.consent.id)))  # type: ignore[arg-type]
    for table, names in sources:
        for name in names:
            if name is not None and name not in found.setdefault(str(table), {}):
                text = any(isinstance(row.get(name), str) for row in tables.get(str(table), ()))
                found[str(table)][name] = Field(name, Type.TEXT if text else Type.INT, name)
    return found


def _type(field: Field, postgres: bool) -> str:
    if field.type.is_time:
        kind = field.time.kind
        if kind in ("epoch", "epoch_ms"):
            return "bigint"
        if kind in ("iso", "iso_t", "pattern") or not postgres:
            return "text"
        if field.type is Type.DATE:
            return "date"
        return "timestamptz" if field.time.zone == "UTC" else "timestamp"
    if field.type in (Type.TEXT, Type.VERSION):
        return "text"
    if field.type is Type.BOOL:
        return "boolean" if postgres else "integer"
    if field.type is Type.INT or field.minor:
        return "bigint" if postgres else "integer"
    return "numeric" if postgres else "real"


def _cell(value: Any, field: Field, postgres: bool) -> Any:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        if postgres:
            return value.replace(tzinfo=dt.UTC) if field.time.zone == "UTC" and value.tzinfo is None else value
        return value.isoformat(sep=" ")[:19] if value.microsecond == 0 else value.isoformat(sep=" ")
    if postgres:
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value


class Store:
    """One engine. ``holding`` gives a connection on which the rows lie and nothing can be written."""

    def __init__(self, url: str) -> None:
        self.engine = (
            sa.create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
            if url.startswith("sqlite")
            else sa.create_engine(url, pool_size=1)
        )
        self.dialect = self.engine.dialect.name
        self.postgres = self.dialect == "postgresql"

    @contextmanager
    def holding(self, schema: Schema, tables: Tables) -> Iterator[sa.Connection]:
        """Create the tables, put the rows in, and give a connection that may read them; all is undone afterwards."""
        with self.engine.connect() as connection:
            try:
                self._fill(connection, schema, tables)
                self._only_read(connection)
                yield connection
            finally:
                connection.rollback()
                if not self.postgres:
                    connection.exec_driver_sql("pragma query_only = off")
                    for table in _keys(schema, tables):
                        connection.exec_driver_sql(f'drop table if exists "{table}"')
                    connection.commit()

    def _fill(self, connection: sa.Connection, schema: Schema, tables: Tables) -> None:
        for table, fields in _keys(schema, tables).items():
            parts = ", ".join(f'"{name}" {_type(field, self.postgres)}' for name, field in fields.items())
            temp = "create table"
            connection.exec_driver_sql(f'{temp} "{table}" ({parts})')
            rows = [
                tuple(_cell(row.get(n), f, self.postgres) for n, f in fields.items()) for row in tables.get(table, ())
            ]
            if not rows:
                continue
            if self.postgres:
                raw = connection.connection.driver_connection
                names = ", ".join(f'"{name}"' for name in fields)
                with raw.cursor() as cursor, cursor.copy(f'copy "{table}" ({names}) from stdin') as copy:  # type: ignore[union-attr]
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join("?" for _ in fields)
                connection.connection.driver_connection.executemany(f'insert into "{table}" values ({marks})', rows)  # type: ignore[union-attr]

    def _only_read(self, connection: sa.Connection) -> None:
        if not self.postgres:
            connection.commit()
            connection.exec_driver_sql("pragma query_only = on")
            return
        if connection.exec_driver_sql(f"select 1 from pg_roles where rolname = '{READER}'").first() is None:
            connection.exec_driver_sql(f'create role "{READER}"')
        connection.exec_driver_sql(f'grant select on all tables in schema public to "{READER}"')
        connection.exec_driver_sql(f'set local role "{READER}"')


def sqlite_store(prepare: Any = None) -> Store:
    """Give an empty SQLite in memory, with the functions that ``prepare`` registers."""
    store = Store("sqlite://")
    if prepare is not None:
        with store.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            prepare("sqlite", driver)
    return store


TIMES = TimeFormat()
