"""How each kind of database is opened so that nothing can be written, one function for each.

A connection reads one snapshot: what changes while it is open is not seen. Only ClickHouse has none: there each
statement reads a snapshot of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import NullPool

from orchestrator.model.errors import SettingsError, WarehouseError

DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "clickhouse": "clickhousedb",
}
"""The driver that we bring for a URL that names none."""

EXTRAS = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "duckdb": "duckdb",
    "clickhousedb": "clickhouse",
}
"""The extra that installs a driver."""


def opened(url: URL) -> Engine:
    """Give an engine that only reads; raises SettingsError for a URL that names nothing one can read."""
    return OPENERS.get(url.get_backend_name(), _other)(url)


def _file(url: URL) -> Path:
    path = url.database
    if not path or path == ":memory:":
        name = url.get_backend_name()
        raise SettingsError("a warehouse in memory holds nothing", f"name a file: {name}:///shop.{_ENDING[name]}")
    return Path(path).expanduser()


_ENDING = {"sqlite": "db", "duckdb": "duckdb"}


def _there(file: Path) -> None:
    if not file.is_file():
        raise WarehouseError(f"the warehouse file {file} is not there", "check ORC_WAREHOUSE_URL or run `orc demo`")


def _sqlite(url: URL) -> Engine:
    file = _file(url)

    def connect() -> sqlite3.Connection:
        _there(file)
        address = f"{file.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False)
        connection.isolation_level = None
        connection.execute("pragma query_only = on")
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("begin")

    return engine


def _duckdb(url: URL) -> Engine:
    file = _file(url)
    engine = sa.create_engine(
        url.set(database=str(file)), poolclass=NullPool, hide_parameters=True, connect_args={"read_only": True}
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _args: Any, _options: Any) -> None:
        _there(file)

    return engine


def _postgresql(url: URL) -> Engine:
    engine = sa.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": 10},
    )
    return engine.execution_options(postgresql_readonly=True)


def _mysql(url: URL) -> Engine:
    engine = sa.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": 10},
    )

    @event.listens_for(engine, "do_connect")
    def _known(dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        try:
            return dialect.connect(*args, **options)
        except TypeError:
            raise SettingsError(
                "the warehouse URL has a parameter that its driver does not know",
                "correct what stands behind the ? in ORC_WAREHOUSE_URL",
            ) from None

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    return engine


def _clickhouse(url: URL) -> Engine:
    engine = sa.create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.client.set_client_setting("readonly", 2)  # 1 would refuse the settings that a statement needs

    return engine


def _other(url: URL) -> Engine:
    return sa.create_engine(url, poolclass=NullPool, hide_parameters=True)


OPENERS: Mapping[str, Callable[[URL], Engine]] = {
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "postgresql": _postgresql,
    "mysql": _mysql,
    "mariadb": _mysql,
    "clickhousedb": _clickhouse,
}
