"""The differential test on ClickHouse: ``python -m tests.long.clickhouse --cases 5000``.

ClickHouse runs inside the process, through chdb, which is larger than all else that we install. Give it an environment
of its own: ``python -m venv chdb && chdb/bin/pip install -e . chdb "clickhouse-connect[sqlalchemy]"``.

Every world has a seed, which is printed; ``--seed N`` runs one of them alone. The worlds, the sentences and the
reference are those of tests/differential.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "differential")]

import sqlalchemy as sa  # noqa: E402
from comparing import Difference, run  # noqa: E402
from engines import Store, driver  # noqa: E402
from sqlalchemy.pool import StaticPool  # noqa: E402

from orchestrator.audience import examine  # noqa: E402
from orchestrator.model.schema import Entity, EventTable, Field, Schema, Table, TimeFormat  # noqa: E402

NEEDED = ("chdb", "clickhouse_connect")


class ClickHouse(Store):
    """Inside the process, in memory. It has no transactions: the tables are dropped."""

    names: ClassVar[Mapping[str, str]] = {
        "text": "Nullable(String)", "bool": "Nullable(Bool)", "int": "Nullable(Int64)",
        "decimal": "Nullable(Decimal(38, 6))", "date": "Nullable(Date32)",
        "instant": "Nullable(DateTime64(6, 'UTC'))", "wall": "Nullable(DateTime64(6, 'UTC'))",
    }  # fmt: skip
    create = "create table"
    savepoints = False

    def begin(self, connection: sa.Connection, tables: list[str]) -> None:
        """Take away what a failure has left."""
        self.undo(connection, tables)

    def insert(self, connection: sa.Connection, table: str, fields: Mapping[str, Field], rows: list[Any]) -> None:
        """Put the rows in, a time without a zone as one of UTC; a column without unknowns cannot hold any."""
        held = [[_timed(value) for value in row] for row in rows]
        kinds = {
            name: self.kind(field) if None in values else self.kind(field).removeprefix("Nullable(")[:-1]
            for (name, field), values in zip(fields.items(), zip(*held, strict=True), strict=True)
        }
        client = driver(connection).client
        client.command(f"drop table {self.quoted(table)}")
        parts = ", ".join(f"{self.quoted(name)} {kind}" for name, kind in kinds.items())
        client.command(f"create table {self.quoted(table)} ({parts})")
        client.insert(self.quoted(table), held, column_names=list(fields))

    def undo(self, connection: sa.Connection, tables: list[str]) -> None:
        """Drop the tables."""
        for table in tables:
            driver(connection).client.command(f"drop table if exists {self.quoted(table)}")


def _timed(value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return value


def opened() -> Store:
    """Give the engine."""
    return ClickHouse(sa.create_engine("clickhousedb:///?interface=chdb", poolclass=StaticPool))


def doctored(store: Store) -> None:
    """Let the doctor look at a table that is sorted by people, run what it says, and see it content."""
    people = Entity("person", Table("orc_people"), "id", {})
    where: dict[str, str | int] = {"kind": "a"}
    event = EventTable("order", "person", Table("orc_orders"), "who", "at", TimeFormat(), {}, where=where)
    schema = Schema({"person": people}, {"order": event}, None)
    with store.engine.connect() as connection:
        run_here = driver(connection).client.command
        try:
            run_here("create table orc_people (id Int64) engine = MergeTree order by id")
            run_here(
                "create table orc_orders (who Int64, kind String, at DateTime64(6, 'UTC')) "
                "engine = MergeTree order by (who, at)"
            )
            (told,) = examine(connection, schema, ["order"], dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
            for statement in told.remedy.strip(";").split(";"):
                run_here(statement)
            left = list(examine(connection, schema, ["order"], dt.datetime(2026, 6, 1, tzinfo=dt.UTC)))
        finally:
            for table in ("orc_people", "orc_orders"):
                run_here(f"drop table if exists {table}")
    if told.code != "D110" or left:
        raise SystemExit(f"the doctor said {told} and then {left}")
    print(f"doctor: {told.remedy}")


def main() -> int:
    """Run the cases; give 1 when something differed, 2 without the engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000, help="how many segments")
    parser.add_argument("--segments", type=int, default=100, help="how many segments in each world")
    parser.add_argument("--start", type=int, default=1_000_000, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one")
    given = parser.parse_args()
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; how to get them stands at the head of {__file__}")
        return 2
    worlds = -(-given.cases // given.segments)
    seeds = [given.seed] if given.seed is not None else range(given.start, given.start + worlds)
    store, began, wrong, asked = opened(), time.monotonic(), 0, 0
    doctored(store)
    for seed in seeds:
        try:
            different = run(seed, given.segments, [store], stop=False)
        except Difference as difference:
            different = [difference]
        asked += given.segments
        wrong += len(different)
        for difference in different:
            print(difference, end="\n\n", flush=True)
        print(f"seed {seed}: {given.segments} segments, {len(different)} differ; "
              f"{asked} in {time.monotonic() - began:.0f} s, {wrong} differ in all", flush=True)  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
