"""The simulated shop on other engines than SQLite: the same tables and rows, loaded as each engine does it fast."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import servers

from orchestrator.starter import create_tables, shop_rows


def into_postgresql(url: str, people: int, until: dt.datetime) -> None:
    """Fill an empty PostgreSQL database."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        for statement in create_tables():
            connection.execute(statement)
        for table, rows in shop_rows(people, until=until):
            with connection.cursor().copy(f"copy {table} from stdin") as copy:
                for row in rows:
                    copy.write_row(row)


def into_mysql(url: str, people: int, until: dt.datetime) -> None:
    """Fill an empty MariaDB database."""
    servers.run(url, *(statement.replace(" lines ", " `lines` ") for statement in create_tables()))  # a word of SQL
    with servers.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("set time_zone = '+00:00'")
        cursor.execute("begin")
        for table, rows in shop_rows(people, until=until):
            held = list(rows)
            marks = ", ".join("%s" for _ in held[0])
            cursor.executemany(f"insert into {table} values ({marks})", held)
        connection.commit()


def into_duckdb(path: Path, people: int, until: dt.datetime) -> None:
    """Fill a new DuckDB file."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for statement in create_tables():
            connection.execute(statement)
        for table, rows in shop_rows(people, until=until):
            held = path.with_suffix(".csv")
            with held.open("w", newline="", encoding="utf-8") as file:
                none = (["<none>" if value is None else value for value in row] for row in rows)
                csv.writer(file, quoting=csv.QUOTE_ALL).writerows(none)
            connection.execute(f"copy {table} from '{held}' (header false, nullstr '<none>', allow_quoted_nulls true)")
