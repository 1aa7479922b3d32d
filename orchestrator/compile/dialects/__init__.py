"""The SQL dialects: one file each, found by name."""

from __future__ import annotations

from typing import Any

from orchestrator.model.errors import UsageError
from orchestrator.table import Table

DIALECTS = Table(
    "SQL dialect",
    {
        "bigquery": "orchestrator.compile.dialects.bigquery:BigQuery",
        "clickhouse": "orchestrator.compile.dialects.clickhouse:ClickHouse",
        "databricks": "orchestrator.compile.dialects.databricks:Databricks",
        "duckdb": "orchestrator.compile.dialects.duckdb:DuckDB",
        "mariadb": "orchestrator.compile.dialects.mysql:MariaDB",
        "mysql": "orchestrator.compile.dialects.mysql:MySQL",
        "postgresql": "orchestrator.compile.dialects.postgresql:PostgreSQL",
        "redshift": "orchestrator.compile.dialects.redshift:Redshift",
        "snowflake": "orchestrator.compile.dialects.snowflake:Snowflake",
        "sqlite": "orchestrator.compile.dialects.sqlite:SQLite",
        "trino": "orchestrator.compile.dialects.trino:Trino",
    },
    group="campaign_orchestrator.dialects",
)

EXPERIMENTAL = frozenset({"bigquery", "databricks", "redshift", "snowflake", "trino"})
"""Dialects whose statements are parsed in our tests, but never run there: the engines live in their makers' clouds."""


OTHER_NAMES = {"postgres": "postgresql", "clickhousedb": "clickhouse"}
"""Short names, and those by which drivers call their engines."""


def dialect(name: str) -> Any:
    """Give the dialect of that name (``postgres`` is short for ``postgresql``); raises UsageError."""
    try:
        return DIALECTS.get(OTHER_NAMES.get(name, name))()
    except KeyError as error:
        raise UsageError(
            f"there is no SQL dialect `{name}`", f"choose one of: {', '.join(DIALECTS.names())}"
        ) from error


def prepare(name: str, connection: Any) -> None:
    """Make a driver's new connection able to run a dialect's statements: functions on SQLite, UTC on PostgreSQL."""
    dialect(name).prepare(connection)
