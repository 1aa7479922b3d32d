"""A real shop with 541,909 rows: every segment has the members that somebody counts by hand, on both engines.

The answers are plain loops over the rows, in pence. The clock stands at 2011-12-09 13:00 in London, shortly after
the last line. Wall clocks of the file are compared as text, which sorts by time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.data
NOW = "2011-12-09 13:00:00"


def cancelled(line: Any) -> bool:
    """Tell whether a line takes something back."""
    return bool(line.invoice.startswith("C"))


def bought(lines: list[Any]) -> list[Any]:
    """Give the lines that sold something."""
    return [line for line in lines if line.quantity > 0 and not line.invoice.startswith("C")]


def revenue(lines: list[Any]) -> int:
    """Give what a customer brought, returns taken off, in pence."""
    return sum(line.amount for line in lines)


def invoices(lines: list[Any]) -> int:
    """Give how many invoices sold something."""
    return len({line.invoice for line in bought(lines)})


def between(lines: list[Any], low: str, high: str = NOW) -> list[Any]:
    """Give the lines from one wall clock to another, the end outside."""
    return [line for line in lines if low <= line.at < high]


def months_back(months: int) -> str:
    """Give the wall clock that many months before."""
    index = 2011 * 12 + 11 - months
    return f"{index // 12}-{index % 12 + 1:02}-09 13:00:00"


def days_back(days: int) -> str:
    """Give the wall clock that many days before."""
    return str(dt.datetime.fromisoformat(NOW) - dt.timedelta(days=days))


def longest_gap_ok(lines: list[Any]) -> bool:
    """Tell whether the last sale is 60 to 120 whole days old."""
    sold = bought(lines)
    return bool(sold) and days_back(121) < sold[-1].at <= days_back(60)


def since_last_sale(lines: list[Any]) -> bool:
    """Tell whether something was taken back after the last sale."""
    sold = bought(lines)
    return bool(sold) and any(cancelled(line) and line.at > sold[-1].at for line in lines)


def is_big(lines: list[Any]) -> bool:
    """Tell whether a line sold for 500 pounds, or lines for more than 100 on average."""
    amounts = [line.amount for line in bought(lines)]
    return bool(amounts) and (max(amounts) >= 50_000 or sum(amounts) > 10_000 * len(amounts))


def is_christmas(line: Any) -> bool:
    """Tell whether a line speaks of Christmas."""
    return "christmas" in line.description.lower()


def sunday(line: Any) -> bool:
    """Tell whether a line was written on a Sunday."""
    return dt.date.fromisoformat(line.at[:10]).weekday() == 6


NEIGHBOURS = {"France", "Germany", "Belgium", "Netherlands", "EIRE"}

BY_HAND: dict[str, Callable[[dict[str, Any], list[Any]], bool]] = {
    "cancelled_in_autumn": lambda who, lines: any(map(cancelled, between(lines, "2011-09-01", "2011-12-01"))),
    "never_cancelled": lambda who, lines: bool(bought(lines)) and not any(map(cancelled, lines)),
    "frequent": lambda who, lines: invoices(lines) >= 10,
    "loyal_abroad": lambda who, lines: who["country"] != "United Kingdom" and 3 <= invoices(lines) <= 6,
    "neighbours_who_spend": lambda who, lines: (
        who["country"] in NEIGHBOURS and revenue(bought(between(lines, months_back(6)))) > 100_000
    ),
    "quiet": lambda who, lines: len(bought(lines)) >= 2 and not bought(between(lines, days_back(90))),
    "back_to_the_edge": lambda who, lines: longest_gap_ok(lines),
    "new_this_quarter": lambda who, lines: lines[0].at >= "2011-10-01",
    "returns_eat_revenue": lambda who, lines: (
        revenue([line for line in lines if cancelled(line)]) < -10_000 and revenue(lines) < 50_000
    ),
    "big_baskets": lambda who, lines: is_big(lines),
    "christmas_shoppers": lambda who, lines: sum(map(is_christmas, bought(between(lines, "2011-10-01")))) >= 3,
    "wide_choice": lambda who, lines: (
        len({line.product for line in bought(lines)}) > 200 and not between(lines, "2011-12-01")
    ),
    "second_thoughts": lambda who, lines: since_last_sale(lines),
    "exact_pennies": lambda who, lines: (
        revenue(bought(between(lines, "2010-12-01", "2011-01-01"))) == 13_912 or revenue(lines) == 0
    ),
    "early_birds": lambda who, lines: (
        any(line.at[11:13] < "08" for line in bought(lines)) or sum(map(sunday, bought(lines))) >= 5
    ),
    "joined_in_spring": lambda who, lines: (
        "2011-03-01" <= lines[0].at < "2011-06-01" and lines[0].at < "2011-05-01"
    ),
}  # fmt: skip


@pytest.mark.parametrize("segment", BY_HAND)
def test_a_segment_has_the_members_that_were_counted_by_hand(retail: Any, segment: str) -> None:
    """Member by member, on SQLite and on PostgreSQL."""
    expected = {key for key, lines in retail.rows.items() if BY_HAND[segment](retail.customers[key], lines)}
    assert expected
    assert len(expected) < len(retail.rows)
    assert retail.members(segment) == expected


def test_the_top_five_percent_of_the_frequent(retail: Any) -> None:
    """Among the frequent, whoever has fewer than 5 % of them before is in the top 5 %."""
    frequent = {key: revenue(lines) for key, lines in retail.rows.items() if invoices(lines) >= 10}
    expected = {k for k, v in frequent.items() if sum(w > v for w in frequent.values()) * 100 < 5 * len(frequent)}
    assert retail.members("net_worth_top_five_percent") == expected


def test_the_best_three_of_each_country(retail: Any) -> None:
    """Three for each country, or all where there are no more."""
    countries: dict[str, list[tuple[int, int]]] = {}
    for key, lines in retail.rows.items():
        countries.setdefault(retail.customers[key]["country"], []).append((revenue(lines), key))
    expected = {key for found in countries.values() for _, key in sorted(found, reverse=True)[:3]}
    assert retail.members("best_of_each_country") == expected


def test_everybody_who_never_cancelled_is_in_one_cell(retail: Any) -> None:
    """The partition takes everybody of its population once, the first case that fits."""
    expected = {}
    for key, lines in retail.rows.items():
        if not BY_HAND["never_cancelled"](retail.customers[key], lines):
            continue
        money = revenue(lines)
        if money > 500_000 and invoices(lines) >= 5:
            expected[key] = "gold"
        elif money > 100_000:
            expected[key] = "silver"
        else:
            expected[key] = "rest" if bought(between(lines, months_back(6))) else "sleeping"
    assert retail.cells("value") == expected
    assert set(expected.values()) == {"gold", "silver", "sleeping", "rest"}
