"""A67 and named periods: spans hung on a point, inside and outside of what project.yml lists."""

from __future__ import annotations

import datetime as dt

import pytest
from meaning_people import blank

from orchestrator.model.condition import Date, DateTime, FromTo

SALES = {
    "sales": (
        FromTo(Date(dt.date(2026, 10, 1)), Date(dt.date(2026, 10, 3))),
        FromTo(DateTime(dt.datetime(2026, 11, 1, 18)), DateTime(dt.datetime(2026, 11, 2, 6))),
    )
}


def test_a67_first_days_after_an_event_are_strictly_later(ask):
    """First order at 10:00: the order itself is not after it; 7 days later to the second is inside, then no more."""
    first = {name: [("purchase", "2026-10-01 10:00")] for name in "PQRST"}
    later = {"Q": "2026-10-01 10:00:01", "R": "2026-10-08 10:00", "S": "2026-10-08 10:00:01", "T": "2026-10-01 10:00"}
    rows = [(person, moment) for person, found in first.items() for _, moment in found] + list(later.items())
    events = {"purchase": [*rows, ("U", "2026-10-01 10:00")]}
    assert ask("did purchase in first 7 days after first purchase", blank("PQRSTUV"), events) == "QR"
    assert ask("did not purchase in first 7 days after first purchase", blank("PQRSTUV"), events) == "PSTUV"
    events["signup"] = [("Z", "2026-10-01 10:00")]
    assert ask("did purchase fewer than 1 time in first 7 days after first signup", blank("P"), events) == "P"
    assert ask("count of purchase in first 7 days after first purchase is 0", blank("PQV"), events) == "PV"


def test_a67_first_days_after_an_attribute_begin_with_its_instant(ask):
    """An attribute is an instant that its span holds; unknown is an empty span."""
    people = {name: {"created_at": "2026-10-01 10:00"} for name in "PQRS"} | {"T": {}}
    moments = {
        "P": "2026-10-01 10:00",
        "Q": "2026-10-08 10:00",
        "R": "2026-10-01 09:59:59",
        "S": "2026-10-08 10:00:01",
        "T": "2026-10-02 10:00",
    }
    events = {"visit": list(moments.items())}
    assert ask("did visit in first 7 days after created_at", people, events) == "PQ"
    assert ask("did visit in first 168 hours after created_at", people, events) == "PQ"
    assert ask("did not visit in first 7 days after created_at", people, events) == "RST"
    assert ask("did visit fewer than 1 time in first 7 days after created_at", people, events) == "RST"


def test_a67_last_days_before_a_point_end_at_its_start(ask):
    """The instant itself is no longer before; seven days back it is."""
    people = {name: {"renews_at": "2026-10-08 10:00"} for name in "PQRS"}
    moments = {"P": "2026-10-01 10:00", "Q": "2026-10-08 09:59:59", "R": "2026-10-08 10:00", "S": "2026-10-01 09:59:59"}
    assert ask("did visit in last 7 days before renews_at", people, {"visit": list(moments.items())}) == "PQ"


def test_a67_days_begin_with_the_day_and_are_whole(ask):
    """A date's first 7 days are the day itself and six more; its last 7 before are the seven days before it."""
    people = {name: {"birth_date": "2026-10-01"} for name in "PQRS"}
    moments = {"P": "2026-09-30 22:00", "Q": "2026-10-07 21:59:59", "R": "2026-10-07 22:00", "S": "2026-09-30 21:59:59"}
    events = {"visit": list(moments.items())}  # Berlin is two hours ahead
    assert ask("did visit in first 7 days after birth_date", people, events) == "PQ"
    assert ask("did visit in first 7 days after 2026-10-01", people, events) == "PQ"
    assert ask("did visit in first 167 hours after 2026-10-01", people, events) == "P"
    assert ask("did visit in last 7 days before birth_date", people, events) == "S"
    assert ask("did visit in last 7 days before 2026-10-08", people, events) == "PQ"


def test_a67_of_attributes(ask):
    """Dates count days, the day of an instant is day 0, and negation is the complement."""
    people = {
        "P": {"created_at": "2026-10-01 10:00", "renewal_date": "2026-10-01", "renews_at": "2026-10-01 10:00"},
        "Q": {"created_at": "2026-10-01 10:00", "renewal_date": "2026-10-07", "renews_at": "2026-10-08 10:00"},
        "R": {"created_at": "2026-10-01 10:00", "renewal_date": "2026-10-08", "renews_at": "2026-10-08 10:00:01"},
        "S": {"created_at": "2026-10-01 10:00", "renewal_date": "2026-09-24", "renews_at": "2026-09-24 10:00"},
        "T": {},
    }
    assert ask("renewal_date is in first 7 days after created_at", people) == "PQ"
    assert ask("renews_at is in first 7 days after created_at", people) == "PQ"
    assert ask("renews_at is not in first 7 days after created_at", people) == "RST"
    assert ask("renewal_date is in last 7 days before created_at", people) == "S"
    assert ask("renews_at is in last 7 days before created_at", people) == "S"
    assert ask("renews_at is in first 1 week after renewal_date", people) == "PQRS"
    assert ask("renewal_date is in first 1 week after 2026-10-01", people) == "PQ"


def test_a67_is_calendar_aware(ask):
    """A day over the clock change has 25 hours; a month from the 31st ends on the last day of the next (A52)."""
    people = {"P": {"created_at": "2026-10-24 10:00"}, "Q": {"created_at": "2026-01-31 11:00"}}
    events = {"visit": [("P", "2026-10-25 11:00"), ("Q", "2026-02-28 11:00")]}
    assert ask("did visit in first 1 day after created_at", people, events) == "P"
    assert ask("did visit in first 24 hours after created_at", people, events) == ""
    assert ask("did visit in first 1 month after created_at", people, events) == "PQ"
    late = {"visit": [("P", "2026-10-25 11:00:01"), ("Q", "2026-02-28 11:00:01")]}
    assert ask("did visit in first 1 day after created_at", people, late) == ""
    assert ask("did visit in first 1 month after created_at", people, late) == "P"
    back = {"Q": {"created_at": "2026-03-31 10:00"}}
    assert ask("did visit in last 1 month before created_at", back, {"visit": [("Q", "2026-02-28 11:00")]}) == "Q"
    assert ask("did visit in last 1 month before created_at", back, {"visit": [("Q", "2026-02-28 10:59:59")]}) == ""


@pytest.mark.parametrize("unit", ["1 day", "1 month"])
def test_a67_the_hour_that_comes_twice_ends_at_its_first_coming(ask, unit):
    """A20: one day or one month after 02:30 ends at 00:30Z, although 01:30Z shows 02:30 again."""
    start = "2026-10-24 00:30" if unit == "1 day" else "2026-09-25 00:30"
    people = {name: {"created_at": start} for name in "PQR"}
    events = {"visit": [("P", "2026-10-25 00:30"), ("Q", "2026-10-25 00:30:01"), ("R", "2026-10-25 01:10")]}
    assert ask(f"did visit in first {unit} after created_at", people, events) == "P"
    before = {name: {"renews_at": "2026-10-26 01:30" if unit == "1 day" else "2026-11-25 01:30"} for name in "PQR"}
    assert ask(f"did visit in last {unit} before renews_at", before, events) == "PQR"


def test_a67_an_event_window_ends_at_as_of(ask):
    """The span reaches into the future, the events in it do not."""
    people = {"P": {"created_at": "2026-11-20 10:00"}}
    events = {"visit": [("P", "2026-11-22 09:00")]}
    assert ask("did visit in first 7 days after created_at", people, events) == ""
    assert ask("did visit in first 7 days after created_at", people, events, as_of="2026-11-22 09:00:01") == "P"


def test_a67_local_days_behind_a_day_that_is_the_same_for_all(ask):
    """Two local days from 1 October: in Tokyo they begin nine hours before UTC's."""
    people = {"P": {"timezone": "Asia/Tokyo"}, "Q": {"timezone": "UTC"}}
    events = {"visit": [(person, "2026-09-30 15:00") for person in "PQ"]}
    assert ask("did visit in first 2 local days after 2026-10-01", people, events) == "P"


def test_a_period_is_all_of_its_spans_and_their_last_day(ask):
    """1 to 3 October, and one night in November; the last instant of a span with a time is outside."""
    moments = {
        "P": "2026-09-30 22:00", "Q": "2026-10-03 21:59:59", "R": "2026-10-03 22:00", "S": "2026-11-01 17:00",
        "T": "2026-11-02 05:00",
    }  # fmt: skip
    events = {"purchase": list(moments.items())}
    people = blank("PQRSTU")
    assert ask("did purchase during sales", people, events, periods=SALES) == "PQS"
    assert ask("did purchase outside sales", people, events, periods=SALES) == "RT"
    assert ask("did not purchase during sales", people, events, periods=SALES) == "RTU"
    assert ask("count of purchase during sales is 1", people, events, periods=SALES) == "PQS"


def test_s25_only_in_sales(ask):
    """P bought in a sale only, Q also outside, R never; an order of the future is outside of nothing yet."""
    rows = [("P", "2026-10-02 12:00"), ("Q", "2026-10-02 12:00"), ("Q", "2026-10-05 12:00"), ("P", "2026-12-01 12:00")]
    sentence = "did purchase during sales and did not purchase outside sales"
    assert ask(sentence, blank("PQR"), {"purchase": rows}, periods=SALES) == "P"


def test_attributes_lie_in_periods(ask):
    """Outside is known and in none of them; `is not during` takes the unknown, too."""
    people = {
        "P": {"renews_at": "2026-10-02 12:00", "renewal_date": "2026-10-03"},
        "Q": {"renews_at": "2026-10-05 12:00", "renewal_date": "2026-11-02"},
        "R": {"renews_at": "2027-01-01 12:00", "renewal_date": "2026-10-04"},
        "S": {},
    }
    assert ask("renews_at is during sales", people, periods=SALES) == "P"
    assert ask("renews_at is outside sales", people, periods=SALES) == "QR"
    assert ask("renews_at is not during sales", people, periods=SALES) == "QRS"
    assert ask("renews_at is not outside sales", people, periods=SALES) == "PS"
    assert ask("renewal_date is during sales", people, periods=SALES) == "PQ"
    born = {"P": {"birth_date": "1990-10-02"}, "Q": {"birth_date": "1990-10-04"}, "R": {}}
    assert ask("anniversary of birth_date is during sales", born, periods=SALES) == "P"
    assert ask("anniversary of birth_date is not during sales", born, periods=SALES) == "QR"


def test_a_property_that_is_missing_lies_outside_of_nothing(ask):
    """P's order is due outside of all sales, Q's inside of one, and of R's nobody knows when it is due."""
    rows = [
        ("P", "2026-10-20 12:00", {"due": "2026-10-10 12:00"}),
        ("Q", "2026-10-20 12:00", {"due": "2026-10-02 12:00"}),
        ("R", "2026-10-20 12:00"),
    ]
    found = ask("did purchase where (due is outside sales) ever", blank("PQR"), {"purchase": rows}, periods=SALES)
    assert found == "P"


def test_a_point_is_local_only_where_it_says_so(ask):
    """At 11:30 UTC on 31 December it is 2027 in Auckland: `this year` is the project's 2026 all the same."""
    people = {
        "P": {"timezone": "Pacific/Auckland", "created_at": "2025-12-15 12:00"},
        "Q": {"timezone": "Pacific/Auckland", "created_at": "2026-12-15 12:00"},
    }
    late = {"as_of": "2026-12-31 11:30", "zone": "UTC"}
    assert ask("created_at is in last 1 local month before this year", people, **late) == "P"
    assert ask("created_at is from this year to local today", people, **late) == "Q"
    assert ask("created_at is before local today", people, **late) == "PQ"
