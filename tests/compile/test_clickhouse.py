"""ClickHouse: every sentence and operator is compiled and parsed again; tests/long/clickhouse.py runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlglot import exp
from test_experimental import parsed
from test_sql import AS_OF, SENTENCES, workspace

from orchestrator.audience.warehouse import explained
from orchestrator.compile import cells_query, members_query, trait_query
from orchestrator.compile.dialects import dialect as dialect_of
from orchestrator.compile.dialects import prepare
from orchestrator.model.condition import SegmentRef
from orchestrator.model.schema import TimeFormat
from orchestrator.model.workspace import Workspace


@pytest.mark.parametrize("name", SENTENCES)
def test_the_statement_of_a_sentence_parses(shop: Callable[..., Workspace], name: str) -> None:
    """It is one SELECT in the engine's own grammar, without a function of another engine."""
    made = workspace(shop, SENTENCES[name])
    tree = parsed(members_query(made, SegmentRef("asked"), AS_OF, "clickhouse").sql(), "clickhouse")
    assert not list(tree.find_all(exp.Exists))  # the engine loses rows there: docs/decisions.md
    functions = {found.name.lower() for found in tree.find_all(exp.Anonymous)}
    assert not functions & {"strpos", "to_timestamp", "split_part", "date_trunc", "make_timestamp", "timezone"}


def test_cells_and_traits_parse(shop: Callable[..., Workspace]) -> None:
    """Partitions and traits are statements like any other."""
    made = workspace(shop, "everyone")
    parsed(cells_query(made, "stage", AS_OF, "clickhouse").sql(), "clickhouse")
    parsed(trait_query(made, "revenue", AS_OF, "clickhouse").sql(), "clickhouse")


def test_the_drivers_name_is_the_same_dialect() -> None:
    """SQLAlchemy calls the engine by the name that its driver chose."""
    assert type(dialect_of("clickhousedb")) is type(dialect_of("clickhouse"))


def test_a_session_reads_like_the_other_engines() -> None:
    """What is not found is unknown, not 0 and not an empty text."""
    given: dict[str, Any] = {}

    class Driver:
        client: Any = None

        def set_client_setting(self, name: str, value: Any) -> None:
            given[name] = value

    driver = Driver()
    driver.client = driver
    prepare("clickhousedb", driver)
    assert (given["join_use_nulls"], given["aggregate_functions_null_for_empty"], given["transform_null_in"]) == (
        1,
        1,
        0,
    )
    assert given["max_query_size"] > 10**8


def test_a_moment_out_of_reach_is_the_farthest_within() -> None:
    """A type that ends in 1900 and in 2299 would turn other years into ones that it has."""
    spoken, column = dialect_of("clickhouse"), sa.table("t", sa.column("at")).c.at
    for year, expected in ((1700, "1900-01-01 00:00:00"), (2500, "2299-12-31 00:00:00"), (2026, "2026-05-01 00:00:00")):
        test = spoken.moment("<", column, dt.datetime(year, 5, 1, tzinfo=dt.UTC), TimeFormat("native"))
        assert list(test.compile(dialect=spoken.printer()).params.values()) == [expected]


@pytest.mark.parametrize(
    ("complaint", "sentence"),
    [
        ("Unknown table expression identifier 'shop'. In scope SELECT", "the warehouse has no table `shop`"),
        ("Unknown expression identifier `age`. In scope SELECT", "the warehouse has no column `age`"),
        ("Identifier 'p.age' cannot be resolved from table with name p", "the warehouse has no column `age`"),
    ],
)
def test_a_missing_name_is_said_without_the_statement(complaint: str, sentence: str) -> None:
    """The engine's own complaint holds the whole statement; ours the name alone."""
    error = exc.DatabaseError("select 1", {}, Exception(f"Code: 47. DB::Exception: {complaint}"))
    assert sentence in str(explained(error, "clickhouse://shop"))
