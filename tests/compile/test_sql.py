"""The SQL of every kind of sentence in every dialect, kept as text: ``pytest --update`` writes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.compile import DIALECTS, EXPERIMENTAL, cells_query, check, count_query, members_query, trait_query
from orchestrator.model.condition import SegmentRef
from orchestrator.model.errors import UsageError
from orchestrator.model.workspace import Workspace

AS_OF = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
CASES = Path(__file__).parent / "cases"
SPOKEN = sorted(set(DIALECTS) - {"mariadb"} - EXPERIMENTAL)
"""The dialects that are run; MariaDB is MySQL under its other name, and has the same statements."""
BASE = """
segment buyers where did purchase in last 365 days
trait revenue: money = sum of purchase.amount in last 365 days default 0 EUR
trait r: int = bucket 5 by days since last purchase highest first default 1
trait f: int = bucket 5 by count of purchase in last 365 days
trait m: int = bucket 5 by revenue within each country among segment buyers
list many = ("DE", "AT", "CH")
partition stage among segment buyers
  case fresh when created_at is in last 30 days
  case best when in top 10% by revenue
  otherwise rest
"""
SENTENCES = {
    "everyone": "everyone",
    "is": 'country is "DE"',
    "is_not": 'country is not "DE"',
    "is_another": "email is language",
    "one_of": "country is one of many",
    "not_one_of": 'country is not one of ("DE", "AT")',
    "between": "age is between 18 and 34",
    "compare": "points >= 10.5 and balance < 20 EUR",
    "bool": "vip is true and not (vip is false)",
    "missing": "age is missing or email is known",
    "contains": 'email contains "Ä%_"',
    "starts": 'email starts with "a"',
    "ends": 'email does not end with "@x.io"',
    "matches": 'email matches "[a-z]+@x[.]io"',
    "version": 'app_version < "4.10"',
    "version_one_of": 'app_version is not one of ("4.2-beta", "17")',
    "version_known": "app_version is known",
    "near": "location is within 25 km of place lyon_store",
    "not_near": "location is not within 2.5 mi of (45.764, 4.835)",
    "in_a_box": "location is inside place fiji",
    "in_a_polygon": "location is not inside place paris",
    "a_known_place": "location is known",
    "held": 'plan has been "pro" for at least 6 months',
    "not_held": 'plan has not been "pro" for at least 6 months',
    "changed": 'plan changed from "free" to "pro" in last 30 days',
    "changed_to": 'not (plan changed to "pro" in last 365 days)',
    "arithmetic": "points * 2 - age / 3 > 10",
    "money_arithmetic": "revenue - 5 EUR > 10 EUR",
    "date_window": "birth_date is in last 7 days",
    "timestamp_window": "created_at is in this month",
    "timestamp_on": "created_at is on 2026-11-01",
    "timestamp_after": "created_at is after 2026-11-01T10:00",
    "two_moments": "renews_at is before created_at",
    "date_and_moment": "birth_date is since created_at",
    "local": "created_at is local today",
    "anniversary": "anniversary of birth_date is in next 3 days",
    "part_of_now": "month of now is one of (11, 12)",
    "part": "hour of created_at < 5",
    "local_part": "local hour of created_at < 5",
    "weekday": 'weekday of birth_date is "friday"',
    "days_since": "days since created_at >= 90",
    "months_since_value": "months since created_at > points",
    "days_until_anniversary": "days until anniversary of birth_date < 3",
    "did": "did purchase in last 30 days",
    "did_long_ago": "did purchase in last 365 days",
    "did_not": "did not visit in last 90 days",
    "did_where": 'did purchase where (amount > 50 EUR and coupon is not "X") in last 90 days',
    "did_times": "did purchase at least 3 times in last 365 days",
    "did_few": "did purchase at most 3 times ever",
    "did_either": "did purchase in last 365 days or did visit in last 200 days",
    "did_or_attribute": "did purchase in last 365 days or age > 30",
    "since_last": "did purchase since last visit",
    "since_attribute": "did purchase since created_at",
    "since_date": "did purchase before birth_date",
    "first_one": "did purchase where (nth is 1) in last 30 days",
    "came_back": "did purchase where (days_since_previous >= 90) in last 30 days",
    "persons_attribute": "did purchase where (items > customer.points) ever",
    "then": "did visit in last 30 days then purchase within 3 days",
    "then_not_yet": "did visit in last 24 hours then not yet purchase where (amount > 40 EUR)",
    "then_same": "did purchase in last 30 days then purchase with same coupon within 1 day "
    "then not visit within 3 days",
    "then_or": "(did visit since created_at then not purchase within 1 hour then purchase) or age > 30",
    "not_then": "not (did visit ever then purchase)",
    "days_since_last": "days since last purchase >= 60",
    "sum": "sum of purchase.amount in last 365 days > 500 EUR",
    "avg": "avg of purchase.amount ever >= 20 EUR",
    "count_distinct": "count distinct of purchase.coupon ever > 2",
    "last_value": 'last visit.device is "phone"',
    "median": "median of purchase.amount in last 365 days > 20 EUR",
    "days_between": "days since last purchase > 2 * median days between purchase ever",
    "fraction": 'fraction of visit where (device is "phone") in last 90 days >= 70%',
    "distinct_days": "did visit where (local hour of happened_at < 5) on at least 3 local days in last 30 days",
    "distinct_weeks": "did visit on fewer than 2 weeks ever",
    "in_each_quarter": "did purchase in each of previous 4 quarters",
    "twice_in_each_month": "did purchase at least 2 times in each of previous 2 months",
    "first_days_after_an_event": "did visit in first 90 days after first purchase",
    "first_days_after_an_attribute": "did purchase in first 7 days after created_at",
    "first_local_days_after_an_attribute": "did purchase in first 7 local days after created_at",
    "last_local_months_before": "renews_at is in last 2 local months before created_at",
    "local_days_as_value": "local days since created_at > points",
    "local_months_as_value": "local months until renews_at + 1 > points",
    "local_days_until_anniversary": "local days until anniversary of birth_date > points",
    "last_month_before": "did visit in last 1 month before renews_at",
    "first_days_after_a_day": "did visit in first 7 days after 2026-10-01",
    "attribute_after_a_point": "renews_at is not in first 30 days after created_at",
    "during": "did purchase during sale_periods and did not purchase outside sale_periods",
    "beside": 'country is "DE" and created_at is in last 90 days and did purchase at least 2 times ever',
    "beside_two": 'country is one of ("DE", "AT") and age is missing and email is known and plan is not "pro" '
    "and (count of visit in last 30 days > 3 or sum of purchase.amount ever > 500 EUR)",
    "some_of": "at least 2 of (age > 3, did purchase ever, email is known)",
    "in_segment": "in segment buyers and not in segment stage.best",
    "top_share": "in top 20% by revenue within each country among segment buyers",
    "top_count": "in bottom 100 by points",
    "bucket": "r is 5 and f is 5 and m >= 4",
    "smallest_group": "in smallest group with 80% of revenue within each country among segment buyers",
    "unique": "email is not unique or created_at is unique",
    "across": "avg of purchase.amount ever > 2 * avg of purchase.amount ever across segment buyers",
    "consent": "consents to email for promotions",
    "sample": 'in sample 5% salt "2026H2" and country is "DE" and not (age > 3 and in sample 50% salt "x")',
    "raw": "sql (id: int) { select customer_id as id from orders where items > 3 and coupon like 'a:b%' } "
    "and vip is true",
    "not_raw": "age > 3 and not (sql (id: int) { select customer_id as id from orders where items > 3 "
    "group by customer_id having count(*) > 2 })",
    "no_consent": "does not consent to email for promotions",
}


def workspace(shop: Callable[..., Workspace], sentence: str) -> Workspace:
    """Give the shop with one more segment."""
    return shop(f"{BASE}\nsegment asked where {sentence}\n")


@pytest.mark.parametrize("dialect", SPOKEN)
@pytest.mark.parametrize("name", SENTENCES)
def test_the_sql_of_a_sentence(
    shop: Callable[..., Workspace], expected: Callable[[Path, str], None], name: str, dialect: str
) -> None:
    """A change of any statement is seen in a diff."""
    query = members_query(workspace(shop, SENTENCES[name]), SegmentRef("asked"), AS_OF, dialect)
    values = "".join(f"-- {key} = {str(value)[:300]!r}\n" for key, value in query.parameters().items())
    expected(CASES / dialect / f"{name}.sql", f"-- {SENTENCES[name]}\n{query.sql()}\n{values}")


@pytest.mark.parametrize("dialect", SPOKEN)
def test_the_sql_of_cells_and_traits(
    shop: Callable[..., Workspace], expected: Callable[[Path, str], None], dialect: str
) -> None:
    """Partitions and traits have their statements, too."""
    made = workspace(shop, "everyone")
    expected(CASES / dialect / "cells.sql", cells_query(made, "stage", AS_OF, dialect).sql() + "\n")
    expected(CASES / dialect / "trait.sql", trait_query(made, "revenue", AS_OF, dialect).sql() + "\n")


@pytest.mark.parametrize("name", SENTENCES)
def test_both_names_of_mysql_have_one_sql(shop: Callable[..., Workspace], name: str) -> None:
    """What is kept under one name counts for the other."""
    made = workspace(shop, SENTENCES[name])
    texts = {members_query(made, SegmentRef("asked"), AS_OF, dialect).sql() for dialect in ("mysql", "mariadb")}
    assert len(texts) == 1


@pytest.mark.parametrize("dialect", SPOKEN)
@pytest.mark.parametrize("name", SENTENCES)
def test_no_statement_asks_for_the_time_or_does_what_engines_read_differently(
    shop: Callable[..., Workspace], name: str, dialect: str
) -> None:
    """No now(), no interval arithmetic, no FILTER, no set operators in brackets; and no value in the text."""
    sql = count_query(workspace(shop, SENTENCES[name]), SegmentRef("asked"), AS_OF, dialect).sql()
    # a function that is called interval searches sorted numbers
    assert not re.search(r"\b(now|current_timestamp|interval(?!\()|filter|intersect|except)\b", sql, re.IGNORECASE)
    for text in ("DE", "promotions", "phone", "2026-", "@x.io", "Ä"):
        assert f"'{text}" not in sql


@pytest.mark.parametrize("dialect", SPOKEN)
def test_equal_metrics_are_read_once(shop: Callable[..., Workspace], dialect: str) -> None:
    """The same count under three tests is one derived table where metrics are joined."""
    count = "count of purchase in last 365 days"
    sql = count_query(
        workspace(shop, f"{count} > 3 or ({count} < 2 and age > 3) or {count} is 7"),
        SegmentRef("asked"),
        AS_OF,
        dialect,
    ).sql()
    assert sql.count("GROUP BY") == (0 if dialect == "sqlite" else 1)


def test_a_definition_named_often_is_computed_once(shop: Callable[..., Workspace]) -> None:
    """A chain of definitions that each name the one before twice stays small."""
    text = "segment s0 where points > 0\n"
    for n in range(1, 40):
        text += f"segment s{n} where (in segment s{n - 1} or age > {n}) and (in segment s{n - 1} or points > {n})\n"
    for dialect in DIALECTS:
        assert len(members_query(shop(text), SegmentRef("s39"), AS_OF, dialect).sql()) < 100_000


def test_ten_thousand_items_are_one_value(shop: Callable[..., Workspace]) -> None:
    """A long list is bound as one parameter, so no engine's limit is met."""
    items = ", ".join(f'"{n}"' for n in range(10_000))
    made = shop(f"list big = ({items})\nsegment asked where email is one of big\n")
    for dialect in DIALECTS:
        assert len(members_query(made, SegmentRef("asked"), AS_OF, dialect).parameters()) <= 2


def test_a_tower_of_definitions_prints_up_to_fifty_and_is_refused_beyond(shop: Callable[..., Workspace]) -> None:
    """Fifty definitions, each built on the one before, are a statement; more are an error, not a crash."""
    text = "segment s0 where points > 0\n"
    for n in range(1, 200):
        text += f"segment s{n} where (in segment s{n - 1} or age > {n}) and points > {n}\n"
    made = shop(text)
    for dialect in DIALECTS:
        assert "WITH" in members_query(made, SegmentRef("s49"), AS_OF, dialect).sql()
        with pytest.raises(UsageError, match="E402"):
            members_query(made, SegmentRef("s199"), AS_OF, dialect)
    assert [found.code for found in check(made) if found.is_error] == ["E402"]
