"""A10-A21, A52, A60, A66: what a time means. Each test is one row: P and Q, and who is in."""

from __future__ import annotations

import pytest


def blank(names):
    """Give people of whom nothing is known."""
    return {name: {} for name in names}


def test_a10_both_days_of_a_span_are_inside(ask):
    """`from` the first `to` the last of January takes the whole of the last day."""
    events = {
        "purchase": [
            ("P", "2026-01-31 14:00"),
            ("Q", "2026-01-30 23:00"),
            ("R", "2026-01-31 23:00"),
            ("S", "2025-12-31 22:59:59"),
        ]
    }
    people = blank("PQRS")
    assert ask("did purchase from 2026-01-01 to 2026-01-31", people, events) == "PQ"


def test_a11_since_after_before_and_on_a_day(ask):
    """A day is a span: `since` from its start, `after` from its end, `before` up to its start, `on` inside."""
    events = {
        "purchase": [
            ("P", "2025-12-31 23:00"),
            ("Q", "2026-01-01 11:00"),
            ("R", "2025-12-31 22:59:59"),
            ("S", "2026-01-01 23:00"),
        ]
    }
    people = blank("PQRS")
    assert ask("did purchase since 2026-01-01", people, events) == "PQS"
    assert ask("did purchase after 2026-01-01", people, events) == "S"
    assert ask("did purchase before 2026-01-01", people, events) == "R"
    assert ask("did purchase on 2026-01-01", people, events) == "PQ"


def test_a12_an_event_is_an_instant_and_since_it_is_strictly_later(ask):
    """An order in the same second as the cart is not since the cart."""
    events = {
        "add_to_cart": [("P", "2026-11-20 10:00"), ("Q", "2026-11-20 10:00")],
        "purchase": [("P", "2026-11-20 10:00"), ("Q", "2026-11-20 10:00:01")],
    }
    assert ask("did purchase since last add_to_cart", {"P": {}, "Q": {}}, events) == "Q"
    assert ask("did purchase after last add_to_cart", {"P": {}, "Q": {}}, events) == "Q"
    assert ask("did purchase before last add_to_cart", {"P": {}, "Q": {}}, events) == ""


def test_a12_an_attribute_and_a_literal_are_instants_that_since_includes(ask):
    """`since created_at` takes the order at that second, `after` does not; `to` an instant leaves it out."""
    people = {"P": {"created_at": "2026-11-20 10:00"}, "Q": {"created_at": "2026-11-20 09:59:59"}}
    events = {"purchase": [("P", "2026-11-20 10:00"), ("Q", "2026-11-20 10:00")]}
    assert ask("did purchase since created_at", people, events) == "PQ"
    assert ask("did purchase after created_at", people, events) == "Q"
    assert ask("did purchase since 2026-11-20T10:00Z", people, events) == "PQ"
    assert ask("did purchase after 2026-11-20T10:00Z", people, events) == ""
    assert ask("did purchase from 2026-11-01 to 2026-11-20T10:00Z", people, events) == ""
    assert ask("did purchase from 2026-11-20T10:00Z to today", people, events) == "PQ"


def test_a12_now_is_an_instant(ask):
    """`since now` takes what falls on this second, `after now` does not, and to `now` it is left out."""
    people = {"P": {"renews_at": "2026-11-22 09:00"}, "Q": {"renews_at": "2026-11-22 09:00:01"}}
    people["R"] = {"renews_at": "2026-11-22 08:59:59"}
    assert ask("renews_at is since now", people) == "PQ"
    assert ask("renews_at is after now", people) == "Q"
    assert ask("renews_at is before now", people) == "R"
    assert ask("renews_at is from 2026-11-22T08:00Z to now", people) == "R"


def test_a12_a_day_begins_at_its_start(ask):
    """A day is a span: `since` it takes its first second, `after` it nothing of it."""
    events = {"purchase": [("P", "2026-11-19 23:00"), ("Q", "2026-11-19 22:59:59"), ("R", "2026-11-20 23:00")]}
    people = blank("PQR")
    assert ask("did purchase since 2026-11-20", people, events) == "PR"
    assert ask("did purchase after 2026-11-20", people, events) == "R"
    assert ask("did purchase before 2026-11-20", people, events) == "Q"


def test_a12_every_event_window_ends_before_as_of(ask):
    """An event at `as_of` or later has not happened yet."""
    events = {"purchase": [("P", "2026-11-22 08:59:59"), ("Q", "2026-11-22 09:00"), ("R", "2026-11-25 09:00")]}
    people = blank("PQR")
    for window in (
        "ever",
        "today",
        "in last 1 day",
        "since 2026-11-22",
        "in this month",
        "from 2026-11-01 to 2026-11-30",
    ):
        assert ask(f"did purchase {window}", people, events) == "P", window
    assert ask("days since last purchase >= 0", people, events) == "P"
    assert ask("count of purchase ever > 0", people, events) == "P"


def test_a13_days_since_and_in_last_meet_on_the_wall_clock(ask):
    """90 days before 10:00 in Berlin is 08:00 UTC, because the clocks changed in between."""
    events = {"purchase": [("P", "2026-08-24 08:30"), ("Q", "2026-08-24 07:30"), ("R", "2026-08-24 08:00")]}
    people = blank("PQR")
    assert ask("did purchase in last 90 days", people, events) == "PR"
    assert ask("days since last purchase >= 90", people, events) == "QR"
    assert ask("days since last purchase < 90", people, events) == "P"
    assert ask("days since last purchase > 89", people, events) == "QR"
    assert ask("days since last purchase is 90", people, events) == "QR"
    assert ask("days since last purchase is between 90 and 90", people, events) == "QR"
    assert ask("did purchase more than 90 days ago", people, events) == "Q"


def test_a13_as_a_value_it_is_the_largest_whole_number(ask):
    """A trait counts whole days on the wall clock: 89 for P, 90 for Q."""
    events = {"purchase": [("P", "2026-08-24 08:30"), ("Q", "2026-08-24 07:30"), ("R", "2026-08-24 08:00")]}
    people = {"P": {}, "Q": {}, "R": {}, "S": {}}
    text = "trait gap: int = days since last purchase"
    assert ask("gap", people, events, definitions=text, trait=True) == {"P": 89, "Q": 90, "R": 90, "S": None}
    people = {"P": {"points": 89}, "Q": {"points": 90}, "R": {"points": 91}}
    assert ask("days since last purchase is points", people, events) == "PQ"


@pytest.mark.parametrize(
    ("unit", "edge"),
    [
        ("hours", "2026-11-20 09:00"),
        ("days", "2026-11-20 09:00"),
        ("weeks", "2026-11-08 09:00"),
        ("months", "2026-09-22 08:00"),
        ("quarters", "2026-05-22 08:00"),
        ("years", "2024-11-22 09:00"),
        ("minutes", "2026-11-22 08:58"),
    ],
)
def test_a60_at_least_n_units_ago_is_the_same_in_every_unit(ask, unit, edge):
    """The edge itself is n units ago, and `in last n` begins there; one second later is not n units ago."""
    count = 48 if unit == "hours" else 2
    later = edge + ":01"
    people = {"P": {"created_at": edge}, "Q": {"created_at": later}}
    events = {"purchase": [("P", edge), ("Q", later)]}
    assert ask(f"{unit} since created_at >= {count}", people, events) == "P"
    assert ask(f"{unit} since last purchase >= {count}", people, events) == "P"
    assert ask(f"did purchase in last {count} {unit}", people, events) == "PQ"
    assert ask(f"created_at is more than {count} {unit} ago", people, events) == ""


def test_a14_a_leap_day_is_kept_on_the_first_of_march(ask):
    """Born on 29 February: not a year older on the 28th, congratulated and older on 1 March."""
    people = {"P": {"birth_date": "2008-02-29"}, "Q": {"birth_date": "2008-02-28"}, "R": {"birth_date": "2008-03-01"}}
    assert ask("anniversary of birth_date is today", people, as_of="2026-02-28 09:00") == "Q"
    assert ask("years since birth_date >= 18", people, as_of="2026-02-28 09:00") == "Q"
    assert ask("anniversary of birth_date is today", people, as_of="2026-03-01 09:00") == "PR"
    assert ask("years since birth_date >= 18", people, as_of="2026-03-01 09:00") == "PQR"
    assert ask("anniversary of birth_date is today", people, as_of="2028-02-29 09:00") == "P"
    assert ask("days until anniversary of birth_date is 1", people, as_of="2026-02-28 09:00") == "PR"


def test_the_first_anniversary_is_one_year_after(ask):
    """Nobody has an anniversary on the day itself, or of a day that is still to come."""
    days = {"P": "2026-12-01", "Q": "2025-12-01", "R": "2027-12-01", "S": "2024-02-29", "T": "2025-03-01"}
    people = {who: {"birth_date": day} for who, day in days.items()}
    now = "2026-12-01 09:00"
    assert ask("anniversary of birth_date is today", people, as_of=now) == "Q"
    assert ask("anniversary of birth_date is not today", people, as_of=now) == "PRST"
    assert ask("anniversary of birth_date is in next 10 days", people, as_of=now) == "Q"
    assert ask("anniversary of birth_date is in last 5 years", people, as_of=now) == "QST"
    assert ask("anniversary of birth_date is before 2025-03-01", people, as_of=now) == ""
    assert ask("anniversary of birth_date is before 2025-03-02", people, as_of=now) == "S"
    assert ask("anniversary of birth_date is before 2026-12-01", people, as_of=now) == "ST"
    assert ask("anniversary of birth_date is before 2026-12-02", people, as_of=now) == "QST"
    assert ask("anniversary of birth_date is from 2026-03-01 to 2026-03-01", people, as_of=now) == "ST"
    assert ask("anniversary of birth_date is from 2026-12-01 to 2027-11-30", people, as_of=now) == "QST"
    assert ask("anniversary of birth_date is from 2026-12-01 to 2027-12-01", people, as_of=now) == "PQST"
    assert ask("anniversary of birth_date is after 2026-12-01", people, as_of=now) == "PQRST"


def test_the_days_until_an_anniversary_agree_with_the_anniversary(ask):
    """0 exactly where the anniversary is today: on the day itself a year is to go, and a day to come has none yet."""
    people = {
        "P": {"birth_date": "2026-12-01", "points": 365},
        "Q": {"birth_date": "2025-12-01", "points": 0},
        "R": {"birth_date": "2026-12-02", "points": 1},
        "S": {"birth_date": "2024-12-02", "points": 1},
        "T": {"birth_date": None, "points": 0},
    }
    now = "2026-12-01 09:00"
    until = "days until anniversary of birth_date"
    assert ask("anniversary of birth_date is today", people, as_of=now) == "Q"
    assert ask(f"{until} is 0", people, as_of=now) == "Q"
    assert ask(f"{until} is points", people, as_of=now) == "PQS"
    assert ask(f"{until} >= 0", people, as_of=now) == "PQS"
    assert ask(f"{until} < 365", people, as_of=now) == "QS"
    assert ask(f"{until} > 364", people, as_of=now) == "P"
    assert ask(f"{until} is not 0", people, as_of=now) == "PRST"
    assert ask("months until anniversary of birth_date is 12", people, as_of=now) == "P"
    assert ask(f"local {until} is between 365 and 366", people, as_of=now) == "P"


def test_a_leap_day_has_a_whole_year_to_go(ask):
    """On 29 February itself, the first anniversary is 1 March of the next year: 366 days."""
    people = {"P": {"birth_date": "2028-02-29"}, "Q": {"birth_date": "2024-02-29"}}
    now = "2028-02-29 09:00"
    assert ask("days until anniversary of birth_date is 366", people, as_of=now) == "P"
    assert ask("days until anniversary of birth_date is 0", people, as_of=now) == "Q"


def test_the_time_until_an_anniversary_of_a_moment(ask):
    """A moment counts as its day on the project's clock, in SQL as a number, too."""
    people = {
        "P": {"created_at": "2026-11-21 23:30", "points": 365},
        "Q": {"created_at": "2025-11-21 23:30", "points": 0},
        "R": {"created_at": "2026-11-22 23:30", "points": 0},
    }
    assert ask("days until anniversary of created_at is 0", people) == "Q"
    assert ask("days until anniversary of created_at is 365", people) == "P"
    assert ask("days until anniversary of created_at is points", people) == "PQ"
    assert ask("days until anniversary of created_at is not points", people) == "R"


def test_a15_some_anniversary_lies_in_the_window(ask):
    """A birthday early in this month and one late in it are both in this month; windows wrap the year."""
    people = {
        "P": {"birth_date": "1990-11-03"},
        "Q": {"birth_date": "1990-11-25"},
        "R": {"birth_date": "1990-01-02"},
        "S": {},
    }
    assert ask("anniversary of birth_date is in this month", people) == "PQ"
    assert ask("anniversary of birth_date is in next 7 days", people, as_of="2026-12-28 09:00") == "R"
    assert ask("anniversary of birth_date is in last 20 days", people) == "P"
    assert ask("anniversary of birth_date is not in this month", people) == "RS"


def test_a16_dates_count_days_and_today_is_day_0(ask):
    """`in next 30 days` is day 0 to day 29, `in last 7 days` is day -6 to day 0."""
    people = {
        "P": {"renewal_date": "2026-11-22"},
        "Q": {"renewal_date": "2026-12-22"},
        "R": {"renewal_date": "2026-12-21"},
        "S": {"renewal_date": "2026-11-16"},
        "T": {"renewal_date": "2026-11-15"},
    }
    assert ask("renewal_date is in next 30 days", people) == "PR"
    assert ask("renewal_date is in last 7 days", people) == "PS"
    assert ask("renewal_date is more than 7 days ago", people) == ""
    assert ask("renewal_date is more than 6 days ago", people) == "T"


def test_a17_is_today_is_membership_in_the_day(ask):
    """Whoever signed up at nine or half past nine today signed up today."""
    people = {
        "P": {"created_at": "2026-11-22 08:00"},
        "Q": {"created_at": "2026-11-21 23:00"},
        "R": {"created_at": "2026-11-21 22:59:59"},
    }
    assert ask("created_at is today", people) == "PQ"
    assert ask("created_at is not today", people) == "R"
    assert ask("created_at is yesterday", people) == "R"


def test_a18_this_month_of_an_attribute_reaches_into_the_future(ask):
    """P renews on the 30th of this month; an event dated on the 30th has not happened."""
    people = {"P": {"renews_at": "2026-11-30 12:00"}, "Q": {}}
    assert ask("renews_at is in this month", people) == "P"
    assert ask("did purchase in this month", people, {"purchase": [("Q", "2026-11-30 12:00")]}) == ""


def test_a20_the_hour_that_comes_twice_and_the_one_that_never_comes(ask):
    """`02:30` on the day with two of them is the first; in the gap it is the moment of the change."""
    people = {"P": {"created_at": "2026-10-25 00:30"}, "Q": {"created_at": "2026-10-25 00:29:59"}}
    assert ask("created_at is since 2026-10-25T02:30", people) == "P"
    people = {"P": {"created_at": "2027-03-28 01:00"}, "Q": {"created_at": "2027-03-28 00:59:59"}}
    assert ask("created_at is since 2027-03-28T02:30", people) == "P"


def test_a_day_of_a_clock_change_has_23_or_25_hours(ask):
    """`in last 1 day` keeps the wall clock over both changes; 24 hours do not."""
    autumn = {"purchase": [("P", "2026-10-24 10:00"), ("Q", "2026-10-24 09:59:59"), ("R", "2026-10-24 11:00")]}
    people = blank("PQR")
    assert ask("did purchase in last 1 day", people, autumn, as_of="2026-10-25 11:00") == "PR"
    assert ask("did purchase in last 24 hours", people, autumn, as_of="2026-10-25 11:00") == "R"
    spring = {"purchase": [("P", "2026-03-28 09:00"), ("Q", "2026-03-28 08:59:59"), ("R", "2026-03-28 08:00")]}
    assert ask("did purchase in last 1 day", people, spring, as_of="2026-03-29 08:00") == "P"
    assert ask("did purchase in last 24 hours", people, spring, as_of="2026-03-29 08:00") == "PQR"


def test_local_is_the_persons_own_day(ask):
    """`local today` counts in each person's zone; an unknown zone falls back to the project's."""
    moment = "2026-11-22 01:00"  # 14:00 on the 22nd in Auckland, 17:00 on the 21st in Los Angeles, 02:00 in Berlin
    people = {
        "P": {"timezone": "Pacific/Auckland", "created_at": moment},
        "Q": {"timezone": "America/Los_Angeles", "created_at": moment},
        "R": {"created_at": moment},
        "S": {"timezone": "Mars/Olympus", "created_at": moment},
    }
    assert ask("created_at is local today", people) == "PRS"
    assert ask("created_at is local yesterday", people) == "Q"
    assert ask("created_at is local today", people, as_of="2026-11-22 07:30") == "PQRS"
    events = {"visit": [(person, moment) for person in people]}
    assert ask("did visit where (local hour of happened_at is 14) ever", people, events) == "P"
    assert ask("did visit where (hour of happened_at is 2) ever", people, events) == "PQRS"


def test_a52_a_month_back_from_the_31st_clamps(ask):
    """One month before 31 March is 28 February, at the same time of day."""
    events = {"purchase": [("P", "2026-02-28 09:00"), ("Q", "2026-02-28 08:59:59")]}
    assert ask("did purchase in last 1 month", {"P": {}, "Q": {}}, events, as_of="2026-03-31 08:00") == "P"
    people = {"P": {"renewal_date": "2026-02-28"}, "Q": {"renewal_date": "2026-03-01"}}
    assert ask("renewal_date is in last 1 month", people, as_of="2026-03-31 08:00") == "Q"


def test_calendar_units_are_whole(ask):
    """`in previous 2 months` are the two complete months before this one."""
    events = {
        "purchase": [
            ("P", "2026-09-01 00:00"),
            ("Q", "2026-10-31 22:59:59"),
            ("R", "2026-10-31 23:00"),
            ("S", "2026-08-31 21:59:59"),
        ]
    }
    people = blank("PQRS")
    assert ask("did purchase in previous 2 months", people, events) == "PQ"
    assert ask("did purchase in previous month", people, events) == "Q"
    assert ask("did purchase in this month", people, events) == "R"
    assert ask("did purchase since this month", people, events) == "R"
    assert ask("did purchase before previous month", people, events) == "PS"
    assert ask("did purchase in this year", people, events) == "PQRS"
    assert ask("did purchase in previous quarter", people, events) == "PS"


def test_a_week_starts_where_the_project_says(ask):
    """On a Sunday this week began on Monday, or on that same Sunday."""
    events = {"purchase": [("P", "2026-11-21 23:00"), ("Q", "2026-11-16 12:00")]}
    assert ask("did purchase in this week", {"P": {}, "Q": {}}, events) == "PQ"
    assert ask("did purchase in this week", {"P": {}, "Q": {}}, events, week_starts=6) == "P"


def test_between_n_and_m_days_ago_is_half_open(ask):
    """`between 1 and 3 days ago` starts 72 hours back and ends 24 hours back, the end outside."""
    events = {
        "purchase": [
            ("P", "2026-11-19 09:00"),
            ("Q", "2026-11-21 08:59:59"),
            ("R", "2026-11-21 09:00"),
            ("S", "2026-11-19 08:59:59"),
        ]
    }
    people = blank("PQRS")
    assert ask("did purchase between 1 and 3 days ago", people, events) == "PQ"
    people = {person: {"created_at": rows[1]} for person, rows in zip("PQRS", events["purchase"], strict=True)}
    assert ask("created_at is between 1 and 3 days ago", people) == "PQ"


def test_the_future_of_an_attribute(ask):
    """`in next`, `more than … from now` and `between … from now` look ahead from the frozen moment."""
    people = {
        "P": {"renews_at": "2026-11-25 09:00"},
        "Q": {"renews_at": "2026-11-25 08:59:59"},
        "R": {"renews_at": "2026-11-25 09:00:01"},
        "S": {"renews_at": "2026-11-22 09:00"},
        "T": {"renews_at": "2026-11-22 08:59:59"},
    }
    assert ask("renews_at is in next 3 days", people) == "QS"
    assert ask("renews_at is more than 3 days from now", people) == "R"
    assert ask("renews_at is between 3 and 5 days from now", people) == "PR"
    assert ask("days until renews_at >= 3", people) == "PR"
    assert ask("days until renews_at is 2", people) == "Q"


def test_parts_of_a_moment_are_counted_in_the_projects_zone(ask):
    """Half past midnight in Berlin is the next day, hour 0, and a Sunday."""
    events = {"visit": [("P", "2026-11-21 23:30"), ("Q", "2026-11-21 22:30")]}
    people = {"P": {"created_at": "2025-12-31 23:30"}, "Q": {"created_at": "2025-12-31 22:30"}}
    assert ask("did visit where (hour of happened_at is 0) ever", people, events) == "P"
    assert ask('did visit where (weekday of happened_at is "sunday") ever', people, events) == "P"
    assert ask('did visit where (weekday of happened_at is one of ("saturday")) ever', people, events) == "Q"
    assert ask("month of created_at is 1", people) == "P"
    assert ask("year of created_at is 2025", people) == "Q"
    assert ask("day of created_at is 31", people) == "Q"
    assert ask("quarter of created_at is 1", people) == "P"
    assert ask("month of now is one of (11, 12)", people) == "PQ"
    assert ask('weekday of now is "sunday"', people) == "PQ"


def test_a66_nth_counts_before_the_filter_over_all_time(ask):
    """A new customer is who made their first order in the window, not who made one order in it."""
    events = {
        "purchase": [
            ("P", "2026-11-10", {"category": "a"}),
            ("Q", "2026-01-10"),
            ("Q", "2026-11-10", {"category": "a"}),
        ]
    }
    people = {"P": {}, "Q": {}}
    assert ask("did purchase where (nth is 1) in last 30 days", people, events) == "P"
    assert ask('did purchase where (nth is 1 and category is "a") ever', people, events) == "P"
    assert ask("did purchase where (nth >= 2) in last 30 days", people, events) == "Q"


def test_a66_ties_of_nth_are_broken_by_the_events_id(ask):
    """Of two orders in the same second the one with the smaller id is the first."""
    first = {
        "purchase": [("P", "2026-11-10", {"id": 9, "category": "a"}), ("P", "2026-11-10", {"id": 10, "category": "b"})]
    }
    assert ask('did purchase where (nth is 1 and category is "a") ever', {"P": {}}, first) == "P"
    assert ask('first purchase.category is "a" and last purchase.category is "b"', {"P": {}}, first) == "P"


def test_a66_days_since_the_previous_event_are_elapsed_time(ask):
    """90 days of 24 hours: over a clock change the wall clock does not matter; the first event has none."""
    events = {
        "purchase": [
            ("P", "2026-08-01 12:00"),
            ("P", "2026-10-30 12:00"),
            ("Q", "2026-08-01 12:00"),
            ("Q", "2026-10-30 11:59:59"),
            ("R", "2026-10-30 12:00"),
        ]
    }
    people = blank("PQR")
    assert ask("did purchase where (days_since_previous >= 90) in last 30 days", people, events) == "P"
    assert ask("did purchase where (days_since_previous is missing) in last 30 days", people, events) == "R"


def test_happened_at_is_the_events_own_moment(ask):
    """In a filter the event's time can be tested like any other."""
    events = {"purchase": [("P", "2026-11-10", {"due": "2026-11-11"}), ("Q", "2026-11-12", {"due": "2026-11-11"})]}
    assert ask("did purchase where (happened_at is before due) ever", {"P": {}, "Q": {}}, events) == "P"
    assert ask("did purchase where (happened_at is in last 11 days) ever", {"P": {}, "Q": {}}, events) == "Q"


def test_a_filter_may_look_at_the_person(ask):
    """`customer.country` inside a filter is the person's attribute."""
    events = {"purchase": [("P", "2026-11-10", {"category": "DE"}), ("Q", "2026-11-10", {"category": "DE"})]}
    people = {"P": {"country": "DE"}, "Q": {"country": "AT"}}
    assert ask("did purchase where (category is customer.country) ever", people, events) == "P"


def test_an_anchor_looks_at_all_time_with_its_own_filter(ask):
    """`since last purchase where (…)` hangs on the last such order, however old."""
    events = {
        "purchase": [
            ("P", "2020-01-01", {"category": "a"}),
            ("P", "2026-01-01", {"category": "b"}),
            ("Q", "2026-11-01", {"category": "a"}),
        ],
        "visit": [("P", "2021-01-01"), ("Q", "2026-10-01")],
    }
    assert ask('did visit since last purchase where (category is "a")', {"P": {}, "Q": {}}, events) == "P"
    assert ask('did visit before first purchase where (category is "a")', {"P": {}, "Q": {}}, events) == "Q"
