"""Ten segments against hand-written SQL on PostgreSQL and SQLite, in one interleaved run.

200,000 customers and 4 million events, skewed, with the indexes that `orc doctor` would advise: events by
(customer_id, name, at) covering the amount, and by (name, at). Each segment is written by hand as IN, EXISTS and
JOIN where that form exists; the fastest of them counts. Every answer is compared with ours before anything is
timed. Run with ``python -m benchmarks.segments
[--customers 200000] [--events 4000000] [--rounds 3] [--engine sqlite]``;
PostgreSQL is the server of ``ORC_TEST_POSTGRES`` or the usual local port.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.forms import AS_OF, Rivals, measure
from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare

_EVENT = """  {name}:
    table: events
    key: customer_id
    at: at
    id: id
    where: {{name: {name}}}
    properties: {{amount: {{type: money, currency: EUR}}}}
"""
NAMES = ("visit", "view_product", "purchase", "add_to_cart", "open_ticket")
SCHEMA = (
    "entities:\n  customer:\n    table: customers\n    key: id\n    attributes:\n"
    "      country: {type: text, nullable: false}\n      plan: {type: text}\n"
    "      created_at: {type: timestamp, nullable: false}\nevents:\n" + "".join(_EVENT.format(name=n) for n in NAMES)
)

SEGMENTS = {
    "bought_lately": "did purchase in last 30 days",
    "regulars": "did purchase at least 3 times in last 90 days",
    "lapsed_germans": 'country is "DE" and did not purchase in last 90 days',
    "big_spenders": "sum of purchase.amount in last 365 days > 500 EUR",
    "tickets": "did open_ticket in last 3 days",
    "cooling": "days since last purchase is between 60 and 119",
    "window_shoppers": "count of visit in last 30 days >= 5 and did not purchase ever",
    "dach_baskets": 'country is one of ("DE", "AT", "CH") and avg of purchase.amount ever > 60 EUR',
    "top": "in top 5% by sum of purchase.amount in last 365 days",
    "abandoned": "did add_to_cart in last 7 days and did not purchase since last add_to_cart",
}

_P = "e.name = 'purchase' and e.at < :now"
_OF = "e.customer_id = c.id"


def _within(days: int) -> str:
    return f"e.at >= :d{days}"


def _forms(test: str, having: str, person: str = "true") -> dict[str, str]:
    """Give one aggregate test as IN and as JOIN, and as a correlated sub-select."""
    grouped = f"select e.customer_id from events e where {test} group by e.customer_id having {having}"
    return {
        "in": f"select c.id from customers c where {person} and c.id in ({grouped})",
        "join": f"select c.id from customers c join ({grouped}) m on m.customer_id = c.id where {person}",
        "exists": f"select c.id from customers c where {person} and "
        f"(select case when {having} then 1 end from events e where {_OF} and {test}) = 1",
    }


_VALUE = (
    f"select e.customer_id as k, sum(e.amount) as v from events e where {_P} and {_within(365)} group by e.customer_id"
)
_SINCE = (
    "select 1 from events p where p.customer_id = c.id and p.name = 'purchase' and p.at < :now and p.at > "
    "(select max(a.at) from events a where a.customer_id = c.id and a.name = 'add_to_cart' and a.at < :now)"
)
_CART = f"e.name = 'add_to_cart' and e.at < :now and {_within(7)}"
HAND: dict[str, dict[str, str]] = {
    "bought_lately": {
        "in": "select c.id from customers c where c.id in "
        f"(select e.customer_id from events e where {_P} and {_within(30)})",
        "exists": "select c.id from customers c where exists "
        f"(select 1 from events e where {_OF} and {_P} and {_within(30)})",
        "join": "select c.id from customers c join (select distinct e.customer_id from events e "
        f"where {_P} and {_within(30)}) m on m.customer_id = c.id",
    },
    "regulars": _forms(f"{_P} and {_within(90)}", "count(*) >= 3"),
    "lapsed_germans": {
        "exists": "select c.id from customers c where c.country = 'DE' and not exists "
        f"(select 1 from events e where {_OF} and {_P} and {_within(90)})",
        "join": "select c.id from customers c left join (select distinct e.customer_id from events e "
        f"where {_P} and {_within(90)}) m on m.customer_id = c.id where c.country = 'DE' and m.customer_id is null",
    },
    "big_spenders": _forms(f"{_P} and {_within(365)}", "sum(e.amount) > 500"),
    "tickets": {
        "in": "select c.id from customers c where c.id in (select e.customer_id from events e "
        f"where e.name = 'open_ticket' and e.at < :now and {_within(3)})",
        "exists": "select c.id from customers c where exists (select 1 from events e "
        f"where {_OF} and e.name = 'open_ticket' and e.at < :now and {_within(3)})",
    },
    "cooling": {
        **_forms(_P, "max(e.at) <= :d60 and max(e.at) > :d120"),
        "anti": f"select c.id from customers c where exists (select 1 from events e where {_OF} and {_P} "
        "and e.at <= :d60 and e.at > :d120) and not exists "
        f"(select 1 from events e where {_OF} and {_P} and e.at > :d60)",
    },
    "window_shoppers": _forms(
        f"e.name = 'visit' and e.at < :now and {_within(30)}",
        "count(*) >= 5",
        "not exists (select 1 from events p where p.customer_id = c.id and p.name = 'purchase' and p.at < :now)",
    ),
    "dach_baskets": _forms(_P, "avg(e.amount) > 60", "c.country in ('DE', 'AT', 'CH')"),
    "top": {
        "join": "select id from (select c.id, rank() over (order by coalesce(m.v, 0) desc) r, count(*) over () n "
        f"from customers c left join ({_VALUE}) m on m.k = c.id) x where (r - 1) * 20 < n",
        "exists": "select id from (select id, rank() over (order by v desc) r, count(*) over () n from (select c.id, "
        f"coalesce((select sum(e.amount) from events e where {_OF} and {_P} and {_within(365)}), 0) v "
        "from customers c) y) x where (r - 1) * 20 < n",
    },
    "abandoned": {
        "exists": f"select c.id from customers c where exists (select 1 from events e where {_OF} and {_CART}) "
        f"and not exists ({_SINCE})",
        "join": "select c.id from customers c join (select e.customer_id k, max(e.at) last from events e "
        f"where {_CART} group by e.customer_id) m on m.k = c.id where not exists (select 1 from events p "
        "where p.customer_id = c.id and p.name = 'purchase' and p.at < :now and p.at > m.last)",
    },
}
RIVALS = Rivals("segments", SCHEMA, SEGMENTS, HAND)


def rows(customers: int, events: int) -> tuple[list[tuple[Any, ...]], Iterator[tuple[Any, ...]]]:
    """Make people and what they did: a few do most of it, recent days are busier, amounts are quarters of a euro."""
    rng = random.Random(26)
    countries = ("DE", "DE", "DE", "AT", "CH", "FR", "US", "NL")
    people = [
        (
            n,
            rng.choice(countries),
            rng.choice(("free", "pro", None)),
            AS_OF - dt.timedelta(seconds=rng.randint(1, 63_000_000)),
        )
        for n in range(1, customers + 1)
    ]

    def each() -> Iterator[tuple[Any, ...]]:
        weights = (500, 300, 150, 45, 5)
        names = rng.choices(NAMES, weights, k=events)
        for n in range(events):
            who = int(customers * rng.random() ** 2.5) + 1
            at = AS_OF - dt.timedelta(seconds=int(63_000_000 * rng.random() ** 1.5))
            amount = rng.randint(20, 600) / 4 if names[n] in ("purchase", "add_to_cart") else None
            yield n, min(who, customers), names[n], at, amount

    return people, each()


def fill(customers: int, events: int, small: Path, url: str | None) -> None:
    """Put the same rows into SQLite and, where ``url`` is given, into PostgreSQL."""
    people, happened = rows(customers, events)
    text = "%Y-%m-%d %H:%M:%S"
    big = None
    if url is not None:
        import psycopg

        big = psycopg.connect(url.replace("+psycopg", ""))
        big.execute(
            "create table customers (id bigint primary key, country text not null, plan text, created_at timestamptz)"
        )
        big.execute(
            "create table events (id bigint, customer_id bigint not null, "
            "name text not null, at timestamptz not null, amount numeric)"
        )
        with big.cursor().copy("copy customers from stdin") as copy:
            for row in people:
                copy.write_row(row)
    with sqlite3.connect(small) as lite:
        lite.execute("pragma synchronous = off")
        lite.execute("pragma journal_mode = off")
        lite.execute(
            "create table customers (id integer primary key, country text not null, plan text, created_at text)"
        )
        lite.execute(
            "create table events (id integer, customer_id integer not null, "
            "name text not null, at text not null, amount real)"
        )
        lite.executemany(
            "insert into customers values (?, ?, ?, ?)", [(*row[:3], row[3].strftime(text)) for row in people]
        )
        if big is None:
            lite.executemany(
                "insert into events values (?, ?, ?, ?, ?)",
                ((i, c, n, a.strftime(text), m) for i, c, n, a, m in happened),
            )
        else:
            with big.cursor().copy("copy events from stdin") as copy:

                def both() -> Iterator[tuple[Any, ...]]:
                    for i, c, n, a, m in happened:
                        copy.write_row((i, c, n, a, m))
                        yield i, c, n, a.strftime(text), m

                lite.executemany("insert into events values (?, ?, ?, ?, ?)", both())
        lite.execute("create index events_of on events (customer_id, name, at, amount)")
        lite.execute("create index events_when on events (name, at)")
        lite.execute("analyze")
    if big is not None:
        big.execute("create index events_of on events (customer_id, name, at) include (amount)")
        big.execute("create index events_when on events (name, at)")
        big.commit()
        big.autocommit = True
        big.execute("vacuum analyze")
        big.close()


def main() -> None:
    """Fill both engines and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds after which a form is given up")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    server = sa.engine.make_url(
        os.environ.get("ORC_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    )
    database, url = f"orc_bench_{os.getpid()}", None
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    if given.engine != "sqlite":
        with admin.connect() as connection:
            connection.exec_driver_sql(f'create database "{database}"')
        url = server.set(database=database).render_as_string(hide_password=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            small = Path(folder) / "bench.db"
            fill(given.customers, given.events, small, url)
            for target in (
                None if given.engine == "sqlite" else url,
                None if given.engine == "postgresql" else f"sqlite:///{small}",
            ):
                if target is not None:
                    warehouse = open_warehouse(target, prepare)
                    measure(warehouse, RIVALS, given.rounds, given.limit)
                    warehouse.dispose()
    finally:
        if url is not None:
            with admin.connect() as connection:
                connection.exec_driver_sql(f'drop database if exists "{database}" with (force)')


if __name__ == "__main__":
    main()
