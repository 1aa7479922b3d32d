"""A real music shop, days only: every segment has the members that somebody counts by hand, on both engines.

Orders are (day, discs, cents, line) in time order; days are texts such as 19970131. The clock stands at midnight
of 1 July 1998 in New York.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

pytestmark = pytest.mark.data
TODAY = dt.date(1998, 7, 1)


def day(order: Any) -> dt.date:
    """Give the day of an order."""
    return dt.datetime.strptime(order[0], "%Y%m%d").date()


def gaps(orders: list[Any]) -> list[tuple[float, Any]]:
    """Give elapsed days before each order but the first, with the order; a clock change is an hour."""
    found = []
    for before, order in pairwise(orders):
        found.append(((midnight(order) - midnight(before)).total_seconds() / 86_400, order))
    return found


def midnight(order: Any) -> dt.datetime:
    """Give the instant at which the day of an order began in New York: summer time from April to October."""
    when = day(order)
    first, last = (
        (dt.date(1997, 4, 6), dt.date(1997, 10, 26))
        if when.year == 1997
        else (dt.date(1998, 4, 5), dt.date(1998, 10, 25))
    )
    offset = 4 if first < when <= last else 5
    return dt.datetime.combine(when, dt.time(offset), dt.UTC)


def spent(orders: list[Any]) -> int:
    """Give cents."""
    return sum(order[2] for order in orders)


def age(orders: list[Any]) -> int:
    """Give whole days since the last order."""
    return (TODAY - day(orders[-1])).days


BY_HAND: dict[str, Callable[[list[Any]], bool]] = {
    "one_time": lambda orders: len(orders) == 1,
    "active_at_the_end": lambda orders: any("19980401" <= order[0] < "19980701" for order in orders),
    "heavy": lambda orders: len(orders) > 20 and spent(orders) >= 50_000,
    "repeat_within_a_month": lambda orders: any(gap <= 30 for gap, _ in gaps(orders)),
    "winback": lambda orders: any(gap > 180 and order[0] >= "19980101" for gap, order in gaps(orders)),
    "first_order_large": lambda orders: orders[0][2] >= 10_000 and orders[-1][1] == 1,
    "lapsed": lambda orders: age(orders) >= 365 and len(orders) >= 2,
    "free_music": lambda orders: min(order[2] for order in orders) == 0 or any(order[1] >= 20 for order in orders),
    "february_cohort": lambda orders: orders[0][0][:6] == "199702" and len(orders) >= 3,
    "exactly_spent": lambda orders: 9_999 <= spent(orders) <= 10_001,
}


@pytest.mark.parametrize("segment", BY_HAND)
def test_a_segment_has_the_members_that_were_counted_by_hand(music: Any, segment: str) -> None:
    """Member by member, on SQLite and on PostgreSQL."""
    expected = {key for key, orders in music.rows.items() if BY_HAND[segment](orders)}
    assert expected
    assert len(expected) < len(music.rows)
    assert music.members(segment) == expected


def test_the_top_one_percent_with_everybody_tied_at_the_edge(music: Any) -> None:
    """Fewer than 1 % of all customers spent more."""
    totals = {key: spent(orders) for key, orders in music.rows.items()}
    ranked = sorted(totals.values(), reverse=True)
    better = {value: index for index, value in reversed(list(enumerate(ranked)))}
    assert music.members("top_one_percent") == {k for k, v in totals.items() if better[v] * 100 < len(totals)}


def test_everybody_is_in_one_cell_of_recency_frequency_and_money(music: Any) -> None:
    """Cells are exclusive and exhaustive over 23,570 customers."""
    expected = {}
    for key, orders in music.rows.items():
        if age(orders) <= 90:
            expected[key] = "champions" if len(orders) >= 5 and spent(orders) >= 20_000 else "promising"
        elif len(orders) >= 5:
            expected[key] = "at_risk"
        else:
            expected[key] = "once" if len(orders) == 1 else "hibernating"
    assert music.cells("rfm") == expected
    assert len(expected) == 23_570
