"""What the schema states about columns: forms of time, currencies, and moments of which only the form differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from engines import Store
from reference import Reference

from orchestrator.audience import ids
from orchestrator.compile import check, dependencies, members_query
from orchestrator.language import load_texts
from orchestrator.model.condition import SegmentRef
from orchestrator.model.errors import UsageError

AS_OF = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
PROJECT = "edition: 1\nname: test\nzone: Europe/Berlin\nweek_starts: mon\ncurrency: EUR\n"
SCHEMA = """
entities:
  customer:
    table: customers
    key: id
    attributes:
      wallet: {type: money, currency_column: wallet_currency}
      berlin: {type: timestamp, zone: Europe/Berlin}
      seconds: {type: timestamp, format: epoch}
      millis: {type: timestamp, format: epoch_ms}
      words: {type: timestamp, format: iso}
events:
  purchase:
    table: orders
    key: customer_id
    at: at
    properties: {paid: {type: money, currency_column: currency}, currency: text, coupon: text, tags: list(text)}
  refund:
    table: refunds
    key: customer_id
    at: at
    properties: {coupon: text, tags: list(text)}
"""
NAMES = ("customers", "orders", "refunds")


@pytest.fixture
def asked(stores: list[Store]) -> Callable[..., str]:
    """Give the question of rows by table; everybody must agree."""

    def ask(sentence: str, tables: Mapping[str, Any]) -> str:
        loaded, found = told(sentence)
        assert not found, found
        whole = {name: list(tables.get(name, ())) for name in NAMES}
        expected = sorted(Reference(loaded.workspace, whole, AS_OF).members(SegmentRef("asked")))
        for store in stores:
            query = members_query(loaded.workspace, SegmentRef("asked"), AS_OF, store.dialect)
            with store.holding(loaded.workspace.schema, whole) as connection:
                got = list(ids(connection, query))
            assert got == expected, f"{store.dialect}: {got}, reference: {expected}\n{query.sql()}"
        return "".join(expected)

    return ask


def told(sentence: str) -> tuple[Any, list[Any]]:
    """Give the workspace with one segment, and the errors in it."""
    files = {
        "campaigns/project.yml": PROJECT,
        "campaigns/schema.yml": SCHEMA,
        "campaigns/segments/test.seg": f"segment asked where {sentence}\n",
    }
    loaded = load_texts(files, Path("."))
    return loaded, [f for f in (*loaded.diagnostics, *check(loaded.workspace)) if f.is_error]


def person(name: str, **values: Any) -> dict[str, Any]:
    """Give a customer."""
    columns = ("wallet", "wallet_currency", "berlin", "seconds", "millis", "words")
    return {"id": name, **dict.fromkeys(columns), **values}


def order(name: str, **values: Any) -> dict[str, Any]:
    """Give an order of yesterday, or of ``at``."""
    empty = dict.fromkeys(("paid", "currency", "coupon", "tags"))
    return {"customer_id": name, "at": dt.datetime(2026, 11, 21, 9), **empty, **values}


def test_a51_a_moment_is_read_as_the_schema_says(asked):
    """One instant in four forms, 08:30 UTC of today: a wall clock of Berlin, seconds, milliseconds, a text (A51)."""
    instant = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
    seconds = int(instant.timestamp())
    forms = {"berlin": dt.datetime(2026, 11, 22, 9, 30), "seconds": seconds, "millis": seconds * 1000,
             "words": "2026-11-22 08:30:00"}  # fmt: skip
    rows = {"customers": [person("P", **forms), person("Q")]}
    for name in forms:
        assert asked(f"{name} is in last 30 minutes", rows) == "P", name
        assert asked(f"{name} is in last 29 minutes", rows) == "", name
        assert asked(f"minutes since {name} is 30", rows) == "P", name
        assert asked(f"hour of {name} is 9", rows) == "P", name


def test_trap_15_seconds_are_no_milliseconds(asked):
    """A number of seconds in a column of milliseconds is a day of January 1970: what the schema says is what holds."""
    seconds = int(AS_OF.timestamp()) - 60
    rows = {"customers": [person("P", seconds=seconds, millis=seconds), person("Q", millis=seconds * 1000)]}
    assert asked("seconds is in last 1 hour", rows) == "P"
    assert asked("millis is in last 1 hour", rows) == "Q"
    assert asked("millis is before 1970-02-01", rows) == "P"


MIXED = {
    "customers": [
        person("P", wallet=5, wallet_currency="EUR"),
        person("Q", wallet=500, wallet_currency="JPY"),
        person("R", wallet=9),
    ],
    "orders": [
        order("P", paid=300, currency="EUR"),
        order("P", paid=201, currency="EUR"),
        order("Q", paid=501, currency="JPY"),
        order("Q", paid=1, currency="EUR"),
        order("R", paid=900),
    ],
}


@pytest.mark.parametrize(
    "sentence",
    [
        "sum of purchase.paid ever > 500 EUR",
        "did purchase where (paid > 5 EUR) ever",
        "wallet > 5 EUR",
        "in top 10% by sum of purchase.paid ever",
        "in top 10% by wallet",
        "max of purchase.paid ever > 5 EUR",
        'sum of purchase.paid where (currency is "EUR") ever > 5 USD',
    ],
)
def test_trap_19_currencies_are_never_mixed(sentence):
    """Money of several currencies is neither added, compared nor ranked: E306 says so, at its place."""
    found = told(sentence)[1]
    assert [f.code for f in found] == ["E306"], found


def test_trap_19_one_currency_is_a_filter(asked):
    """With a filter by its column of currency, money is of that currency, and an unknown currency is none."""
    only = 'sum of purchase.paid where (currency is "EUR") ever'
    assert asked(f"{only} > 500 EUR", MIXED) == "P"
    assert asked(f"{only} is 1 EUR", MIXED) == "Q"
    assert asked(f"{only} is 0 EUR", MIXED) == "R"
    assert asked(f"in top 1 by {only}", MIXED) == "P"
    assert asked('did purchase where (currency is "JPY" and paid > 500 JPY) ever', MIXED) == "Q"


@pytest.mark.parametrize("kinds", [(int, str), (str, int)], ids=["number-text", "text-number"])
def test_keys_of_two_types_meet_or_are_refused(stores, kinds):
    """A key that is a number here and the same number as a text there: an engine joins them, or says that it cannot.

    It never answers with other people. `orc doctor` names the two columns (D102).
    """
    own, other = kinds
    rows = {name: [] for name in NAMES}
    rows["customers"] = [person(own(n)) for n in (1, 2, 30)]
    rows["orders"] = [order(other(n)) for n in (1, 30, 4)]
    for sentence, members in (("did purchase ever", {"1", "30"}), ("count of purchase ever is 0", {"2"})):
        made, _ = told(sentence)
        for store in stores:
            query = members_query(made.workspace, SegmentRef("asked"), AS_OF, store.dialect)
            with store.holding(made.workspace.schema, rows) as connection:
                try:
                    got = set(ids(connection, query))
                except (sa.exc.DBAPIError, UsageError):
                    assert store.dialect in ("postgresql", "duckdb"), f"{store.dialect} refuses"
                    continue
            assert got == members, store.dialect


HOSTILE = (
    "%",
    "_",
    "a'b",
    'a"b',
    "a\\b",
    "'; drop table orders; --",
    "{}",
    "${x}",
    ":name",
    "%s",
    "%(x)s",
    "?",
    "ß",
    "é",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_trap_18_hostile_texts_in_a_steps_filter_are_texts(asked, text):
    """A step's filter, and what `with same` compares, take every sign for itself."""
    after = dt.datetime(2026, 11, 21, 10)
    refund = {"customer_id": "P", "at": after, "coupon": text, "tags": None}
    rows = {
        "customers": [person(name) for name in "PQR"],
        "orders": [order("P", coupon=text), order("Q", coupon=text + "x"), order("R", coupon="x" + text)],
        "refunds": [refund, refund | {"customer_id": "Q"}, refund | {"customer_id": "R", "coupon": None}],
    }
    said = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert asked(f"did purchase where (coupon is {said}) ever then refund", rows) == "P"
    assert asked(f"did purchase ever then refund where (coupon is {said}) within 1 day", rows) == "PQ"
    assert asked(f"did purchase ever then refund where (coupon contains {said})", rows) == "PQ"
    assert asked(f"did purchase ever then not yet refund where (coupon starts with {said})", rows) == "R"
    assert asked("did purchase ever then refund with same coupon within 1 day", rows) == "P"


def test_with_same_on_a_list_is_a_mistake_with_its_place():
    """Lists have many values and cannot be the same object: E338 at the step, with a property that can."""
    for step in ("refund with same tags", "not refund with same tags within 1 day", "not yet refund with same tags"):
        sentence = f"did purchase ever then {step}"
        (found,) = told(sentence)[1]
        assert found.code == "E338"
        assert f"segment asked where {sentence}"[found.span.start :].startswith(f"then {step[:6]}")
        assert found.help == (f"then {step.replace('tags', 'coupon')}",)


def test_with_same_is_a_dependency_of_both_events():
    """What a step holds against each other is used of both events, so that a change of either is noticed."""
    loaded, _ = told("did purchase ever then not visited with same coupon within 1 day then refund with same coupon")
    assert "schema:purchase.coupon" in dependencies(loaded.workspace, "asked")
    loaded, found = told("did purchase ever then refund with same coupon within 1 day")
    assert not found
    assert {"schema:purchase.coupon", "schema:refund.coupon"} <= dependencies(loaded.workspace, "asked")
