"""Forty segments against the best hand-written SQL on PostgreSQL and DuckDB: a million people, twenty million events.

The rows are made by DuckDB from hashes of their numbers, so both engines hold the same ones: time-ordered, recent days
busier, a few people do most of it. PostgreSQL gets the indexes that `orc doctor` advises. Run with
``python -m benchmarks.forty [--customers 1000000] [--events 20000000] [--rounds 3] [--engine duckdb]``; PostgreSQL is
the server of ``ORC_TEST_POSTGRES`` or the usual local port.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.forms import AS_OF, measure
from benchmarks.forty_forms import FORTY, NAMES
from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare

YEAR = 365 * 86_400
_NOW = f"timestamp '{AS_OF:%Y-%m-%d %H:%M:%S}'"


def _dice(salt: int, number: str = "n") -> str:
    """Give a number from 0 to 1 that follows from a row's own number."""
    return f"((hash({number} * 16 + {salt}) >> 11)::double / 9007199254740992)"


def _one_of(words: tuple[str, ...], salt: int) -> str:
    return f"list_value({', '.join(repr(w) for w in words)})[1 + (hash(n * 16 + {salt}) % {len(words)})::int]"


def make(file: Path, customers: int, events: int) -> None:
    """Write both tables into a DuckDB file. ``at`` is a timestamp in UTC, an amount has whole cents."""
    import duckdb

    countries = ("DE", "DE", "DE", "AT", "CH", "FR", "US", "NL")
    categories = ("hiking", "camping", "cycling", "garden", "kitchen", "living")
    name = (
        f"case when d < 0.5 then '{NAMES[0]}' when d < 0.8 then '{NAMES[1]}' when d < 0.9 then '{NAMES[2]}' "
        f"when d < 0.98 then '{NAMES[3]}' else '{NAMES[4]}' end"
    )
    with duckdb.connect(str(file)) as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(
            "create table customers as select n as id, "
            f"{_one_of(countries, 1)} as country, "
            f"case when {_dice(2)} < 0.2 then 'pro' when {_dice(2)} < 0.8 then 'free' end as plan, "
            f"case when {_dice(3)} < 0.9 then {_one_of(('de', 'en', 'fr', 'nl'), 3)} end as language, "
            f"case when {_dice(4)} < 0.9 then 16 + ({_dice(5)} * 70)::bigint end as age, "
            f"({_dice(6)} * 1000)::bigint as points, "
            f"{_NOW} - to_seconds((1 + {_dice(7)} * 3 * {YEAR})::bigint) as created_at "
            f"from range(1, {customers + 1}) t(n)"
        )
        connection.execute(
            f"create table events as select n as id, least({customers}, 1 + floor({customers} * pow({_dice(8)}, 2.5))"
            f"::bigint) as customer_id, {name} as name, {_NOW} - to_seconds((1 + {YEAR} * "
            f"pow(1 - n::double / {events}, 1.3))::bigint) as at, "
            f"case when d >= 0.8 and d < 0.98 then ((500 + {_dice(10)} * 14500)::bigint)::decimal(12, 2) / 100 end "
            f"::decimal(12, 2) as amount, {_one_of(categories, 11)} as category "
            f"from (select n, {_dice(9)} as d from range(1, {events + 1}) t(n))"
        )
        connection.execute("checkpoint")


def copy(file: Path, url: str) -> None:
    """Copy both tables into PostgreSQL, index and analyse them."""
    import duckdb
    import psycopg

    with duckdb.connect(str(file), read_only=True) as source, psycopg.connect(url.replace("+psycopg", "")) as target:
        target.execute(
            "create table customers (id bigint primary key, country text not null, plan text, language text, "
            "age bigint, points bigint not null, created_at timestamptz not null)"
        )
        target.execute(
            "create table events (id bigint, customer_id bigint not null, name text not null, "
            "at timestamptz not null, amount numeric, category text)"
        )
        target.execute("set local time zone 'UTC'")
        for table in ("customers", "events"):
            with tempfile.TemporaryDirectory(dir=file.parent) as folder:
                part = Path(folder) / "rows.csv"
                source.execute(f"copy {table} to '{part}' (format csv, header false)")
                with target.cursor().copy(f"copy {table} from stdin (format csv)") as rows, part.open("rb") as lines:
                    while block := lines.read(1 << 20):
                        rows.write(block)
        target.execute("create index events_of on events (customer_id, name, at) include (amount)")
        target.execute("create index events_when on events (name, at)")
        target.commit()
        target.autocommit = True
        target.execute("vacuum analyze")


def main() -> None:
    """Fill the engines and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds after which a form is given up")
    parser.add_argument("--engine", choices=("duckdb", "postgresql"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, began = Path(folder) / "forty.duckdb", time.perf_counter()
        make(file, given.customers, given.events)
        print(json.dumps({"bench": "forty", "made_in": round(time.perf_counter() - began, 1)}), flush=True)
        if given.engine != "duckdb":
            _postgres(file, given)
        if given.engine != "postgresql":
            warehouse = open_warehouse(f"duckdb:///{file}", prepare)
            measure(warehouse, FORTY, given.rounds, given.limit)
            warehouse.dispose()


def _postgres(file: Path, given: Any) -> None:
    server = sa.engine.make_url(
        os.environ.get("ORC_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    )
    database = f"orc_bench_{os.getpid()}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'create database "{database}"')
    try:
        url = server.set(database=database).render_as_string(hide_password=False)
        copy(file, url)
        warehouse = open_warehouse(url, prepare)
        measure(warehouse, FORTY, given.rounds, given.limit)
        warehouse.dispose()
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'drop database if exists "{database}" with (force)')


if __name__ == "__main__":
    main()
