"""The simulated shop: the same for the same seed, plausible, and as untidy as a real one."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.starter import create_tables, generate, shop_rows

UNTIL = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("shop")
    generate(path, 4_000, until=UNTIL)
    connection = sqlite3.connect(path / "shop.db")
    yield connection
    connection.close()


def one(shop: sqlite3.Connection, query: str) -> float:
    value = shop.execute(query).fetchone()[0]
    assert isinstance(value, int | float)
    return value


def test_the_same_seed_gives_the_same_shop() -> None:
    """Two people who run the demo on one day see the same numbers; another seed is another shop."""
    first = list(shop_rows(300, 7, until=UNTIL))
    assert first == list(shop_rows(300, 7, until=UNTIL))
    assert first != list(shop_rows(300, 8, until=UNTIL))


def test_nothing_happens_after_the_end(shop: sqlite3.Connection) -> None:
    """The shop ends at the moment that the caller names, and reaches back two years."""
    for table, at in (
        ("orders", "ordered_at"), ("refunds", "refunded_at"), ("sessions", "started_at"),
        ("product_views", "viewed_at"), ("cart_events", "happened_at"), ("tickets", "opened_at"),
        ("survey_answers", "answered_at"), ("consents", "changed_at"), ("customers", "created_at"),
    ):  # fmt: skip
        latest = shop.execute(f"SELECT max({at}) FROM {table}").fetchone()[0]
        assert latest < "2026-11-23 09:00:00", table
    assert shop.execute("SELECT min(ordered_at) FROM orders").fetchone()[0] >= "2024-11-23 00:00:00"


def test_it_sells_until_the_last_day(shop: sqlite3.Connection) -> None:
    """Segments about the last hours and days have people, whenever the demo is run."""
    assert one(shop, "SELECT count(*) FROM orders WHERE ordered_at >= '2026-10-24 09:00:00'") > 100
    assert one(shop, "SELECT count(*) FROM cart_events WHERE happened_at >= '2026-11-22 09:00:00'") > 0


def test_a_few_customers_bring_most_of_the_revenue(shop: sqlite3.Connection) -> None:
    """The best fifth of the buyers brings more than half."""
    share = one(
        shop,
        "WITH r AS (SELECT customer_id, sum(amount) AS s FROM orders GROUP BY 1),"
        " k AS (SELECT s, ntile(5) OVER (ORDER BY s DESC) AS fifth FROM r)"
        " SELECT sum(CASE WHEN fifth = 1 THEN s END) / sum(s) FROM k",
    )
    assert 0.5 < share < 0.9


def test_december_is_busier_than_february(shop: sqlite3.Connection) -> None:
    """Seasons are there to be found."""
    december = one(shop, "SELECT count(*) FROM orders WHERE strftime('%Y-%m', ordered_at) = '2025-12'")
    february = one(shop, "SELECT count(*) FROM orders WHERE strftime('%Y-%m', ordered_at) = '2026-02'")
    assert december > 1.5 * february


def test_its_addresses_belong_to_nobody(shop: sqlite3.Connection) -> None:
    """Even if somebody sends this shop's campaign for real, no mail reaches a person."""
    addresses = [row[0].lower() for row in shop.execute("SELECT email FROM customers WHERE email LIKE '%@_%'")]
    assert len(addresses) > 3_500
    assert all(a.endswith(("@example.com", "@example.org", "@example.net")) for a in addresses)


def test_some_of_its_data_are_bad(shop: sqlite3.Connection) -> None:
    """Missing, empty and broken addresses, shared mailboxes, unknown names and zones: all skip reasons occur."""
    for condition in (
        "email IS NULL", "email = ''", "email NOT LIKE '%@_%' AND email <> ''", "first_name IS NULL",
        "birth_date IS NULL", "timezone IS NULL", "country IS NULL",
    ):  # fmt: skip
        assert one(shop, f"SELECT count(*) FROM customers WHERE {condition}") > 0, condition
    shared = (
        "SELECT count(*) FROM (SELECT 1 FROM customers WHERE email <> '' GROUP BY lower(email) HAVING count(*) > 1)"
    )
    assert one(shop, shared) > 0
    assert one(shop, "SELECT count(*) FROM consents WHERE granted IS NULL") > 0


def test_some_people_took_their_consent_back(shop: sqlite3.Connection) -> None:
    """A later row of the same topic says the opposite."""
    taken_back = (
        "SELECT count(*) FROM consents a JOIN consents b ON a.customer_id = b.customer_id AND a.topic = b.topic"
        " AND a.channel = b.channel AND b.changed_at > a.changed_at WHERE a.granted = 1 AND b.granted = 0"
    )
    assert one(shop, taken_back) > 50


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    """Running the demo again gives a fresh shop, and no half-written one after an interruption."""
    target = tmp_path / "shop.db"
    target.write_bytes(b"not a database")
    counts = generate(target, 50, until=dt.date(2026, 1, 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.db"]
    with sqlite3.connect(target) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone()[0] == counts["customers"] == 50


def test_a_shop_without_customers_is_refused() -> None:
    """Nought customers is a mistake, not an empty shop."""
    with pytest.raises(ValueError, match="at least one"):
        next(shop_rows(0, until=UNTIL))


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody guesses in which zone `until` was meant."""
    with pytest.raises(ValueError, match="zone"):
        next(shop_rows(5, until=dt.datetime(2026, 1, 1)))


def test_progress_is_told() -> None:
    """A terminal can draw a bar: the last call says that all is done."""
    heard: list[tuple[str, int, int]] = []
    list(shop_rows(600, until=UNTIL, progress=lambda what, done, total: heard.append((what, done, total))))
    assert ("living through two years", 600, 600) in heard


def test_its_tables_are_those_of_the_statements() -> None:
    """Every table that gets rows is created first, with as many columns as its rows have values."""
    created = {statement.split()[2]: statement.count(",") for statement in create_tables()}
    for table, rows in shop_rows(30, until=UNTIL):
        assert table in created
        assert rows or table in ("refunds", "tickets"), table
