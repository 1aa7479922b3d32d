"""Segments against several hand-written forms each, in one interleaved run: what both benchmarks of segments share.

Every answer is compared with ours before it counts; the fastest hand-written form of a segment is its rival.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from orchestrator.audience import Warehouse
from orchestrator.compile import members_query
from orchestrator.language import load_texts
from orchestrator.model.condition import SegmentRef

AS_OF = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
PROJECT = "edition: 1\nname: bench\nzone: UTC\ncurrency: EUR\n"
DAYS = (1, 3, 7, 14, 30, 31, 60, 90, 120, 180, 365)
"""The days back for which a hand-written statement may say ``:d30``; ``:now`` is the frozen clock."""


@dataclass(frozen=True)
class Rivals:
    """A schema, the segments in our words, and for each of them the forms that a person would write."""

    bench: str
    schema: str
    segments: dict[str, str]
    hand: dict[str, dict[str, str]]


def bound(sql: str, dialect: str) -> Any:
    """Give a hand-written statement with its moments bound as the engine holds them."""
    moments = {"now": AS_OF} | {f"d{days}": AS_OF - dt.timedelta(days=days) for days in DAYS}
    plain: dict[str, Any] = dict(moments)
    if dialect == "sqlite":
        plain = {name: moment.strftime("%Y-%m-%d %H:%M:%S") for name, moment in moments.items()}
    elif dialect == "duckdb":  # its columns have no zone here: a moment with one would be cast for each row
        plain = {name: moment.replace(tzinfo=None) for name, moment in moments.items()}
    used = set(re.findall(r":(\w+)", sql))
    return sa.text(sql).bindparams(**{name: value for name, value in plain.items() if name in used})


def timed(connection: sa.Connection, statement: Any) -> tuple[float, set[int]]:
    """Run once; give seconds and the ids."""
    began = time.perf_counter()
    found = {int(row[0]) for row in connection.execute(statement)}
    return time.perf_counter() - began, found


def measure(warehouse: Warehouse, made: Rivals, rounds: int, limit: float) -> None:
    """Print a line for each segment and one for all of them. A form slower than ``limit`` seconds is given up."""
    loaded = load_texts(
        {"campaigns/project.yml": PROJECT, "campaigns/schema.yml": made.schema}
        | {"campaigns/segments/bench.seg": "\n".join(f"segment {n} where {s}" for n, s in made.segments.items())},
        Path("."),
    )
    ours_total = best_total = worst = 0.0
    for name in made.segments:
        query = members_query(loaded.workspace, SegmentRef(name), AS_OF, warehouse.dialect)
        statements = {"ours": query.select}
        statements |= {form: bound(sql, warehouse.dialect) for form, sql in made.hand[name].items()}
        seconds: dict[str, list[float]] = {form: [] for form in statements}
        answers: dict[str, set[int]] = {}
        given_up: set[str] = set()
        for _ in range(rounds + 1):  # the first round warms up and is thrown away
            for form, statement in statements.items():
                if form in given_up:
                    continue
                with warehouse.read() as connection:
                    if warehouse.dialect == "sqlite":
                        stop = time.monotonic() + limit
                        driver = connection.connection.driver_connection
                        driver.set_progress_handler(lambda stop=stop: time.monotonic() > stop, 100_000)  # type: ignore[union-attr]
                    elif warehouse.dialect == "postgresql":
                        connection.exec_driver_sql(f"set local statement_timeout = {int(limit * 1000)}")
                    try:
                        took, answers[form] = timed(connection, statement)
                        seconds[form].append(took)
                    except sa.exc.OperationalError:
                        given_up.add(form)
                        connection.rollback()
        if "ours" in given_up:
            print(
                json.dumps(
                    {"bench": made.bench, "engine": warehouse.dialect, "segment": name, "ours": f"over {limit} s"}
                )
            )
            continue
        wrong = [form for form, found in answers.items() if found != answers["ours"]]
        if wrong:
            raise SystemExit(
                f"{warehouse.dialect} {name}: {wrong} has another answer: {[len(a) for a in answers.values()]}"
            )
        medians = {form: statistics.median(times[1:]) for form, times in seconds.items() if form not in given_up}
        best = min((form for form in medians if form != "ours"), key=lambda form: medians[form])
        ours_total, best_total = ours_total + medians["ours"], best_total + medians[best]
        worst = max(worst, medians["ours"] / medians[best])
        print(
            json.dumps(
                {"bench": made.bench, "engine": warehouse.dialect, "segment": name, "members": len(answers["ours"]),
                 "ratio": round(medians["ours"] / medians[best], 2), "best": best,
                 **{form: round(value, 4) for form, value in medians.items()}, "given_up": sorted(given_up)}
            ),
            flush=True,
        )  # fmt: skip
    print(
        json.dumps(
            {"bench": made.bench, "engine": warehouse.dialect, "segment": "all", "ours": round(ours_total, 3),
             "best_by_hand": round(best_total, 3), "ratio": round(ours_total / best_total, 3), "target": 1.2,
             "worst": round(worst, 2)}
        ),
        flush=True,
    )  # fmt: skip
