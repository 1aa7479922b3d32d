"""A53, A41, A55 and the values over many events: distinct days, each unit, shares, medians, spacing."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from meaning_people import blank


def test_distinct_days_are_days_of_the_project_or_of_the_person(ask):
    """Twice on one day is one day; 22:30Z and 23:30Z are two days in Berlin and one in New York."""
    people = {"P": {"timezone": "America/New_York"}, "Q": {"timezone": "Europe/Berlin"}, "R": {"timezone": None}}
    both = ("2026-11-10 22:30", "2026-11-10 23:30")
    events = {"visit": [(person, moment) for person in "PQR" for moment in both]}
    assert ask("did visit on at least 2 days in last 30 days", people, events) == "PQR"
    assert ask("did visit on at least 2 local days in last 30 days", people, events) == "QR"
    assert ask("did visit on exactly 1 local day in last 30 days", people, events) == "P"
    assert ask("did visit at least 2 times in last 30 days", people, events) == "PQR"


def test_every_quantity_of_distinct_units_counts_people_with_none(ask):
    """fewer, at most and exactly 0 take who never came, as counts of times do (A7)."""
    people = blank("PQRS")
    days = {"P": ["2026-11-10", "2026-11-11", "2026-11-18"], "Q": ["2026-11-10", "2026-11-10"], "R": ["2026-11-18"]}
    events = {"visit": [(person, f"{day} 12:00") for person, found in days.items() for day in found]}
    for sentence, expected in {
        "fewer than 2 days": "QRS", "at most 1 day": "QRS", "exactly 0 days": "S", "exactly 2 weeks": "P",
        "more than 2 days": "P", "between 1 and 2 days": "QR", "at least 1 month": "PQR", "at least 2 months": "",
        "at least 0 days": "PQRS", "at most 0 weeks": "S", "exactly 1 quarter": "PQR", "exactly 1 year": "PQR",
    }.items():  # fmt: skip
        assert ask(f"did visit on {sentence} ever", people, events) == expected, sentence


def test_weeks_begin_where_the_project_says(ask):
    """Saturday and Sunday are one week from Monday on, and two from Sunday on."""
    events = {"visit": [("P", "2026-11-14 12:00"), ("P", "2026-11-15 12:00")]}
    assert ask("did visit on at least 2 weeks ever", blank("P"), events) == ""
    assert ask("did visit on at least 2 weeks ever", blank("P"), events, week_starts=6) == "P"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana"])
def test_the_units_of_a_window_begin_where_the_calendar_says(ask, zone):
    """Few units are told by their edges, many by each row's clock, as in a zone whose clocks go back over midnight."""
    ahead = {"Europe/Berlin": 1, "America/Havana": -5}[zone]  # on 26 October and on 1 and 12 November
    summer = {"Europe/Berlin": 2, "America/Havana": -4}[zone]  # on 1 October

    def around(day, offset):
        midnight = dt.datetime.fromisoformat(day) - dt.timedelta(hours=offset)
        return [f"{midnight + dt.timedelta(seconds=n):%Y-%m-%d %H:%M:%S}" for n in (-1, 0, 1)]

    before, autumn, november = around("2026-09-28", summer), around("2026-10-01", summer), around("2026-11-12", ahead)
    found = {
        "P": before,
        "Q": before[:1],
        "R": before[1:],
        "S": autumn,
        "T": autumn[1:],
        "U": november,
        "V": november[1:],
    }
    events = {"visit": [(person, moment) for person, some in found.items() for moment in some]}
    people = blank("PQRSTUVW")

    def of(sentence):
        return ask(f"did visit on {sentence}", people, events, zone=zone)

    assert of("at least 2 months in last 60 days") == "S"
    assert of("exactly 1 week in last 60 days") == "QRSTUV"
    assert of("at least 2 weeks in last 3 months") == "P"
    assert of("exactly 1 week in last 3 years") == "QRSTUV"
    assert of("at least 2 days in last 12 days") == "U"
    assert of("at least 2 days in last 90 days") == "PSU"
    assert of("at least 2 quarters in previous 1 year") == ""
    assert of("exactly 1 quarter in previous 1 quarter") == "PQRS"  # no edge inside
    assert of("exactly 1 year in last 1 year") == "PQRSTUV"


def test_an_hour_that_comes_twice_is_one_hour(ask):
    """Berlin, 25 October 2026: 00:30Z and 01:30Z both show 02:30."""
    events = {"visit": [("P", "2026-10-25 00:30"), ("P", "2026-10-25 01:30"), ("Q", "2026-10-25 00:30"),
                        ("Q", "2026-10-25 02:30")]}  # fmt: skip
    assert ask("did visit on at least 2 hours ever", blank("PQ"), events) == "Q"


def test_distinct_days_look_through_the_filter(ask):
    """S7: at night, local time, on three local days."""
    people = {"P": {"timezone": "Asia/Tokyo"}, "Q": {"timezone": "UTC"}}
    nights = [f"2026-11-{day} 17:00" for day in (10, 11, 12)]  # 02:00 of the next day in Tokyo
    events = {"visit": [(person, night) for person in "PQ" for night in nights]}
    sentence = "did visit where (local hour of happened_at < 5) on at least 3 local days in last 30 days"
    assert ask(sentence, people, events) == "P"


def test_a53_in_each_of_the_complete_calendar_units(ask):
    """Four quarters before this one: from 1 October 2025 to 30 September 2026, in the project's zone."""
    quarters = ["2025-11-01", "2026-02-01", "2026-05-01", "2026-08-01"]
    events = {
        "purchase": [
            *(("P", f"{day} 12:00") for day in quarters),
            *(("Q", f"{day} 12:00") for day in [*quarters[1:], "2026-10-02", "2025-09-01"]),
            *(("R", moment) for moment in ("2025-09-30 22:00", "2025-12-31 23:00")),
            *(("R", moment) for moment in ("2026-06-30 21:59", "2026-07-01 12:00")),
        ]
    }  # fmt: skip
    assert ask("did purchase in each of previous 4 quarters", blank("PQRS"), events) == "PR"
    assert ask("did not purchase in each of previous 4 quarters", blank("PQRS"), events) == "QS"
    assert ask("did purchase in each of previous 1 quarter", blank("PQRS"), events) == "PQR"


def test_a53_a_number_holds_in_every_unit(ask):
    """At least two in each of three months; fewer than two in each takes who has none."""

    def days(*found):
        return [f"2026-{day} 12:00" for day in found]

    events = {
        "visit": [
            *(("P", day) for day in days("08-01", "08-02", "09-01", "09-02", "10-01", "10-02")),
            *(("Q", day) for day in days("08-01", "08-02", "08-03", "08-04", "09-01", "10-01", "10-02")),
            *(("R", day) for day in days("08-01", "09-30", "11-01")),
            *(("T", day) for day in days("08-01", "08-01", "09-02", "09-02", "10-01", "10-01")),
        ]
    }  # fmt: skip
    people = blank("PQRST")
    assert ask("did visit at least 2 times in each of previous 3 months", people, events) == "PT"
    assert ask("did visit on at least 2 days in each of previous 3 months", people, events) == "P"
    assert ask("did visit fewer than 2 times in each of previous 3 months", people, events) == "RS"
    assert ask("did visit exactly 0 times in each of previous 3 months", people, events) == "S"


def test_a53_local_units_are_the_persons(ask):
    """Two days back: 20 and 21 November on the person's own clock."""
    people = {"P": {"timezone": "Asia/Tokyo"}, "Q": {"timezone": "America/Los_Angeles"}}
    events = {"visit": [(p, moment) for p in "PQ" for moment in ("2026-11-19 16:00", "2026-11-20 16:00")]}
    assert ask("did visit in each of previous 2 local days", people, events) == "P"
    assert ask("did visit at least 1 time in each of previous 2 local days", people, events) == "P"
    assert ask("did visit in each of previous 2 hours", blank("R"), {"visit": [("R", "2026-11-22 08:59"),
               ("R", "2026-11-22 07:00")]}) == "R"  # fmt: skip


def test_a_share_of_nothing_is_unknown(ask):
    """S5: P 7 of 10, Q 6 of 10, R without a visit in the window: neither above nor below."""
    visits = [("P", "phone", 7), ("P", "tv", 3), ("Q", "phone", 6), ("Q", None, 4)]
    events = {"visit": [(p, "2026-11-10 12:00", {"device": d}) for p, d, count in visits for _ in range(count)]}
    events["visit"].append(("R", "2020-01-01 12:00", {"device": "phone"}))
    value = 'fraction of visit where (device is "phone") in last 90 days'
    people = blank("PQRS")
    assert ask(f"{value} >= 70%", people, events) == "P"
    assert ask(f"{value} < 70%", people, events) == "Q"
    assert ask(f"{value} is missing", people, events) == "RS"
    assert ask('fraction of visit where (device is "tv") ever is 0', people, events) == "QR"
    found = ask("v", people, events, definitions=f"trait v: decimal = {value}", trait=True)
    assert found == {"P": Fraction(7, 10), "Q": Fraction(6, 10), "R": None, "S": None}


def test_a_share_of_a_named_event_is_of_that_event(ask):
    """Below the line stands the named event with its own filter."""
    rows = [("P", {"category": "a", "coupon": "X"}), ("P", {"category": "b", "coupon": None}),
            ("P", {"category": "a", "coupon": None})]  # fmt: skip
    events = {"purchase": [(person, "2026-11-10 12:00", values) for person, values in rows]}
    definitions = 'event shoes = purchase where (category is "a")\n'
    definitions += "trait v: decimal = fraction of shoes where (coupon is known) ever"
    assert ask("v", blank("P"), events, definitions=definitions, trait=True) == {"P": Fraction(1, 2)}


def test_time_between_events_is_elapsed_time_with_decimals(ask):
    """P: gaps of 1.5 and 3 days; Q one event: unknown, also as a sum; R two at one moment: 0."""
    events = {
        "purchase": [
            ("P", "2026-11-10 00:00"), ("P", "2026-11-11 12:00"), ("P", "2026-11-14 12:00"), ("Q", "2026-11-10 00:00"),
            ("R", "2026-11-10 00:00"), ("R", "2026-11-10 00:00"),
        ]
    }  # fmt: skip
    for fn, expected in {"sum": "4.5", "avg": "2.25", "min": "1.5", "max": "3", "median": "2.25"}.items():
        definition = f"trait v: decimal = {fn} days between purchase ever"
        found = ask("v", blank("PQRS"), events, definitions=definition, trait=True)
        assert found == {"P": Fraction(expected), "Q": None, "R": Fraction(0), "S": None}, fn
    assert ask("median hours between purchase ever is 54", blank("PQRS"), events) == "P"
    assert ask("sum days between purchase ever < 100", blank("PQRS"), events) == "PR"
    assert ask("sum days between purchase ever is missing", blank("PQRS"), events) == "QS"


def test_time_between_events_is_between_those_of_filter_and_window(ask):
    """What the filter leaves out, or lies outside of the window, is no neighbour."""
    rows = [("2026-11-01 00:00", True), ("2026-11-10 00:00", True), ("2026-11-11 00:00", False),
            ("2026-11-14 00:00", True)]  # fmt: skip
    events = {"purchase": [("P", moment, {"gift": gift}) for moment, gift in rows]}
    assert ask("max days between purchase where (gift is true) in last 14 days is 4", blank("P"), events) == "P"
    assert ask("min weeks between purchase where (gift is false) ever is missing", blank("P"), events) == "P"
    sentence = "max days between purchase where (nth > 1) ever is 3 and max days between purchase ever is 9"
    assert ask(sentence, blank("P"), events) == "P"


def test_days_between_are_days_of_24_hours(ask):
    """Over the clock change a wall-clock day has 25 hours."""
    events = {"purchase": [("P", "2026-10-24 10:00"), ("P", "2026-10-25 11:00")]}  # noon and noon in Berlin
    assert ask("avg days between purchase ever > 1", blank("P"), events) == "P"
    assert ask("avg hours between purchase ever is 25", blank("P"), events) == "P"


def test_s11_later_than_twice_the_own_rhythm(ask):
    """P buys every 10 days and is 30 days late; Q buys every 20; R bought once."""
    days = {"P": ("2026-10-03", "2026-10-13", "2026-10-23"), "Q": ("2026-10-03", "2026-10-23"), "R": ("2026-01-01",)}
    events = {"purchase": [(person, f"{day} 09:00") for person, found in days.items() for day in found]}
    assert ask("days since last purchase > 2 * median days between purchase ever", blank("PQR"), events) == "P"


def test_a41_a_median_lies_between_the_middle_two(ask):
    """1 and 2 give 1.5; NULL is no value; money stays exact."""
    items = {"P": (1, 2), "Q": (5, 1, 3), "R": (4, None), "S": (None,)}
    events = {"purchase": [(p, "2026-11-10 12:00", {"items": n}) for p, found in items.items() for n in found]}
    found = ask("v", blank("PQRST"), events, definitions="trait v: decimal = median of purchase.items ever", trait=True)
    assert found == {"P": Fraction(3, 2), "Q": 3, "R": 4, "S": None, "T": None}
    assert ask("median of purchase.items ever is 1.5", blank("PQRST"), events) == "P"
    assert ask("median of purchase.items where (items > 1) ever > 3", blank("PQRST"), events) == "QR"


def test_a55_a_median_of_money_is_exact(ask):
    """Half a cent is half a cent: 0.10 and 0.15 lie around 0.125."""
    amounts = {"P": ("0.10", "0.15"), "Q": ("0.10", "0.14", "9999999.99")}
    events = {"purchase": [(p, "2026-11-10 12:00", {"amount": n}) for p, found in amounts.items() for n in found]}
    assert ask("median of purchase.amount ever is 0.125 EUR", blank("PQ"), events) == "P"
    assert ask("median of purchase.amount ever >= 0.14 EUR", blank("PQ"), events) == "Q"
    assert ask("median of purchase.amount ever < 0.1251 EUR", blank("PQ"), events) == "P"
    assert ask("median of purchase.amount ever * 2 is 0.25 EUR", blank("PQ"), events) == "P"


def test_counts_of_different_values_and_picks_look_at_filter_and_window(ask):
    """NULL is no value; the first in the window is not the first of all."""
    rows = [("2026-01-01 12:00", "old", 1), ("2026-11-10 12:00", "a", 2), ("2026-11-11 12:00", "b", 3),
            ("2026-11-12 12:00", "b", 4), ("2026-11-13 12:00", None, 5)]  # fmt: skip
    events = {"purchase": [("P", moment, {"coupon": coupon, "items": n}) for moment, coupon, n in rows]}
    assert ask("count distinct of purchase.coupon ever is 3", blank("P"), events) == "P"
    assert ask("count distinct of purchase.coupon where (items > 2) in last 30 days is 1", blank("P"), events) == "P"
    assert ask('first purchase.coupon in last 30 days is "a"', blank("P"), events) == "P"
    assert ask('last purchase.coupon where (items < 5) in last 30 days is "b"', blank("P"), events) == "P"
    assert ask("last purchase.coupon in last 30 days is missing", blank("P"), events) == "P"
    assert ask("count distinct of purchase.coupon ever is 0", blank("PQ"), events) == "Q"
