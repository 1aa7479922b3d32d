"""How long a claim takes beside ten million settled messages: hazard 22, the table that only grows.

First 500 messages at a time are claimed in a state that holds nothing else; then ``--rows`` settled messages are put
beside them by SQL, in a thousand old occurrences, and the same is measured with one worker, and with four at the same
time (processes of their own). One line of JSON each: claims, milliseconds of wall time as the caller sees them (p50,
p99), CPU milliseconds of the caller per claim. The last line has the plan of the statement that chooses, which must use
the partial index ``orc_message_work``; else the status is 1.

Needs ORC_TEST_POSTGRES, the URL of a server on which databases may be created, as a superuser; takes some minutes and
5 GB there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

CLAIM, OLD = 500, 1000
LOOKED_AT = "orc_message_work"
_OCCURRENCE = """
insert into orc.orc_occurrence (id, deployment, campaign, slot, local_slot, tz_version, due_at, deadline_at, version,
                                state, snapshot_at)
select n, 'bench', 'c' || n, 's' || n, 's' || n, '', now() - interval '1 hour', now() + interval '1 day', 1, '{state}',
       now()
from generate_series({first}, {last}) n
"""
_MESSAGE = """
insert into orc.orc_message (id, occurrence_id, chunk, person, step, channel, category, variant, address_hash,
                             on_unknown, state, not_before, expires_at, tries, epoch, updated_at)
select gen_random_uuid(), {occurrence}, 0, n::text, 'mail', 'email', 'news', 'a', int8send(n), 'hold', '{state}',
       now() - interval '1 hour', now() + interval '1 day', {tries}, {tries}, now()
from generate_series(1::bigint, {count}) n
"""
_RECIPIENT = """
insert into orc.orc_recipient (message_id, address, zone, facts)
select id, 'p' || person || '@example.com', 'Europe/Paris', '{{"first_name": "Ada"}}'
from orc.orc_message where occurrence_id = {occurrence} and state = 'pending'
"""


@contextmanager
def database() -> Iterator[str]:
    """Give the URL of a fresh, migrated state database; it is dropped afterwards."""
    from orchestrator.ledger import migrate

    base = sa.make_url(os.environ.get("ORC_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"))
    name = f"orc_bench_claims_{os.getpid()}"
    url = base.set(database=name).render_as_string(hide_password=False)
    server = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    try:
        migrate(url, "bench")
        yield url
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"drop database {name} with (force)")
        server.dispose()


def wait(connection: Connection, occurrence: int, count: int) -> None:
    """Put an occurrence there that is being sent, with so many messages that wait."""
    connection.exec_driver_sql(_OCCURRENCE.format(state="sending", first=occurrence, last=occurrence))
    connection.exec_driver_sql(_MESSAGE.format(occurrence=occurrence, state="pending", tries=0, count=count))
    connection.exec_driver_sql(_RECIPIENT.format(occurrence=occurrence))


def settled(connection: Connection, count: int) -> None:
    """Put so many accepted messages there; their indexes, but for the key, are made when they are all in."""
    connection.exec_driver_sql("set local session_replication_role = replica")  # no foreign key is looked up
    connection.exec_driver_sql(_OCCURRENCE.format(state="done", first=1, last=OLD))
    kept = "select indexname, indexdef from pg_indexes where schemaname = 'orc' and tablename = 'orc_message'"
    indexes = [row for row in connection.exec_driver_sql(kept).all() if not row.indexname.endswith("_pk")]
    for row in indexes:
        what = "constraint" if row.indexname.endswith("_uq") else None
        drop = (
            f"alter table orc.orc_message drop constraint {row.indexname}"
            if what
            else f"drop index orc.{row.indexname}"
        )
        connection.exec_driver_sql(drop)
    old = f"1 + mod(n, {OLD})"
    connection.exec_driver_sql(_MESSAGE.format(occurrence=old, state="accepted", tries=1, count=count))
    for row in indexes:
        connection.exec_driver_sql(row.indexdef)


def worker(url: str, name: str, claims: int) -> None:
    """Claim so often and print the milliseconds of each claim and the CPU milliseconds of all."""
    from orchestrator.ledger import open_ledger

    ledger = open_ledger(url, deployment="bench")
    ledger.claim(name, 1)
    print("ready", flush=True)
    sys.stdin.readline()
    begun = _cpu()
    took = []
    for _ in range(claims):
        start = time.perf_counter()
        found = ledger.claim(name, CLAIM, 3600)
        took.append(1000 * (time.perf_counter() - start))
        if len(found) != CLAIM:
            raise SystemExit(f"{len(found)} messages claimed, not {CLAIM}")
    print(json.dumps({"took": took, "cpu": 1000 * (_cpu() - begun)}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(url: str, workers: int, claims: int, rows: int) -> None:
    """Let so many workers claim at the same time and print one line."""
    command = [sys.executable, "-m", "benchmarks.claims", "--worker", url, "--claims", str(claims)]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(
            [*command, "--name", f"w{n}"], stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parent.parent
        )
        for n in range(workers)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    answers = [json.loads(one.communicate()[0]) for one in started]
    took = sorted(n for answer in answers for n in answer["took"])
    found = {
        "benchmark": "claims",
        "settled": rows,
        "workers": workers,
        "claims": len(took),
        "messages": len(took) * CLAIM,
        "p50_ms": round(took[len(took) // 2], 1),
        "p99_ms": round(took[len(took) * 99 // 100], 1),
        "cpu_ms_per_claim": round(sum(answer["cpu"] for answer in answers) / len(took), 2),
    }
    print(json.dumps(found), flush=True)


def plan(url: str) -> str:
    """Give the plan, with its times, of the statement with which a claim chooses messages."""
    from orchestrator.ledger import open_ledger

    ledger = open_ledger(url, deployment="bench")
    seen: list[tuple[str, object]] = []

    @sa.event.listens_for(ledger._engine, "before_cursor_execute")
    def keep(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "SKIP LOCKED" in statement and "orc_message" in statement:
            seen.append((statement, parameters))

    ledger.claim("explain", CLAIM)
    ledger.close()
    statement, parameters = seen[0]
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        lines = connection.exec_driver_sql(f"explain (analyze, costs off) {statement}", parameters).scalars().all()  # type: ignore[arg-type]
    engine.dispose()
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--claims", type=int, default=100, help="per worker")
    parser.add_argument("--worker", default="", help=argparse.SUPPRESS)
    parser.add_argument("--name", default="w", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        worker(given.worker, given.name, given.claims)
        return
    need = (given.claims + 2) * CLAIM
    with database() as url:
        engine = sa.create_engine(url)
        for rows in (0, given.rows):
            begun = dt.datetime.now(dt.UTC)
            if rows:
                with engine.begin() as connection:
                    settled(connection, rows)
            for workers in (1, 4) if rows else (1,):
                with engine.begin() as connection:
                    wait(connection, OLD + workers + 10 * bool(rows), need * workers)
                if rows and workers == 1:
                    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.exec_driver_sql("vacuum analyze orc.orc_message")
                        size = connection.exec_driver_sql(
                            "select pg_total_relation_size('orc.orc_message')"
                        ).scalar_one()
                    seconds = round((dt.datetime.now(dt.UTC) - begun).total_seconds())
                    print(json.dumps({"settled": rows, "bytes": size, "filled_in_s": seconds}), flush=True)
                measure(url, workers, given.claims, rows)
        engine.dispose()
        found = plan(url)
    print(json.dumps({"plan": found.splitlines(), "uses_partial_index": LOOKED_AT in found}))
    raise SystemExit(0 if LOOKED_AT in found else 1)


if __name__ == "__main__":
    main()
