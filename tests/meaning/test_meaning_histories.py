"""A62 and its neighbours: how long a value was held, and how it changed. Each test is one row: who is in.

It is 22 November 2026, 10:00 in Berlin; six months before is 22 May, 08:00 in UTC.
"""

from __future__ import annotations

PRO = 'plan has been "Pro" for at least 6 months'


def _asked(ask, sentence, rows, **more):
    people = {person: {"plan": "Pro", **more.pop(person, {})} for person in sorted({*(row[0] for row in rows), "N"})}
    return ask(sentence, people, histories={"plan": rows}, **more)


def test_a62_a_history_that_starts_later_is_unknown(ask):
    """P has been Pro since the edge; Q's history starts a second later; N has none."""
    rows = [("P", "Pro", "2026-05-22 08:00"), ("Q", "Pro", "2026-05-22 08:00:01")]
    assert _asked(ask, PRO, rows) == "P"
    assert _asked(ask, 'plan has not been "Pro" for at least 6 months', rows) == "NQ"


def test_held_means_no_other_value_in_between(ask):
    """Q was free for a day, R's value was unknown for one; S said Pro twice; T is no longer Pro."""
    rows = [(person, "Pro", "2026-01-01") for person in "PQRST"]
    rows += [("Q", "free", "2026-08-01"), ("Q", "Pro", "2026-08-02")]
    rows += [("R", None, "2026-08-01"), ("R", "Pro", "2026-08-02")]
    rows += [("S", "Pro", "2026-08-01"), ("T", "free", "2026-11-22 08:59:59")]
    assert _asked(ask, PRO, rows) == "PS"


def test_only_what_happened_before_now_counts(ask):
    """A change at as_of itself is not known yet."""
    rows = [("P", "Pro", "2026-01-01"), ("P", "free", "2026-11-22 09:00")]
    assert _asked(ask, PRO, rows) == "P"


def test_the_history_is_the_truth_and_not_the_column(ask):
    """P's own column says free; the history says Pro."""
    assert _asked(ask, PRO, [("P", "Pro", "2026-01-01")], P={"plan": "free"}) == "P"


def test_rows_of_one_moment_count_in_the_order_of_their_ids(ask):
    """At the start of the time the later id is the value; a short other value inside the time breaks it."""
    rows = [
        ("P", "free", "2026-03-01"),
        ("P", "Pro", "2026-03-01"),
        ("Q", "Pro", "2026-03-01"),
        ("Q", "free", "2026-03-01"),
    ]
    rows += [("R", "Pro", "2026-03-01"), ("R", "free", "2026-08-01"), ("R", "Pro", "2026-08-01")]
    assert _asked(ask, PRO, rows) == "P"
    assert _asked(ask, 'plan changed from "free" to "Pro" ever', rows) == "PR"


def test_the_time_is_of_the_calendar_and_may_be_local(ask):
    """A day over the change of the clocks is 25 hours in Berlin, and 24 in New York at that time."""
    rows = [("P", "Pro", "2026-11-21 09:00"), ("Q", "Pro", "2026-11-21 09:00:01")]
    assert _asked(ask, 'plan has been "Pro" for at least 1 day', rows) == "P"
    # clocks went back on 25 October: at 09:00 in UTC it is 10:00 in Berlin, and a day before that was 08:00 in UTC
    rows = [("P", "Pro", "2026-10-24 08:00"), ("Q", "Pro", "2026-10-24 08:00:01")]
    assert _asked(ask, 'plan has been "Pro" for at least 1 day', rows, as_of="2026-10-25 09:00") == "P"
    zones = {"Q": {"timezone": "America/New_York"}}
    rows = [("P", "Pro", "2026-10-24 08:00"), ("Q", "Pro", "2026-10-24 08:00:01"), ("R", "Pro", "2026-10-24 09:00:01")]
    assert _asked(ask, 'plan has been "Pro" for at least 1 local day', rows, as_of="2026-10-25 09:00", **zones) == "PQ"
    rows = [("P", "Pro", "2026-10-24 09:00"), ("Q", "Pro", "2026-10-24 09:00")]
    assert _asked(ask, 'plan has been "Pro" for at least 1 local day', rows, as_of="2026-10-25 09:00", **zones) == "Q"


def test_a_change_is_two_rows_that_follow_each_other(ask):
    """P went from free to Pro, Q by way of trial, R said Pro again, S starts as Pro, T came from unknown."""
    rows = [("P", "free", "2026-01-01"), ("P", "Pro", "2026-11-01")]
    rows += [("Q", "free", "2026-01-01"), ("Q", "trial", "2026-10-01"), ("Q", "Pro", "2026-11-01")]
    rows += [("R", "free", "2025-01-01"), ("R", "Pro", "2026-01-01"), ("R", "Pro", "2026-11-01")]
    rows += [("S", "Pro", "2026-11-01"), ("T", None, "2026-01-01"), ("T", "Pro", "2026-11-01")]
    assert _asked(ask, 'plan changed from "free" to "Pro" in last 30 days', rows) == "P"
    assert _asked(ask, 'plan changed to "Pro" in last 30 days', rows) == "PQ"
    assert _asked(ask, 'plan changed to "Pro" ever', rows) == "PQR"
    assert _asked(ask, 'not (plan changed to "Pro" ever)', rows) == "NST"
    assert _asked(ask, 'plan changed to "Pro" since 2026-11-01', rows) == "PQ"
    assert _asked(ask, 'plan changed to "Pro" before 2026-11-01', rows) == "R"


def test_numbers_have_histories_too(ask):
    """Any type with an `is` can be asked."""
    rows = [("P", 1, "2026-01-01"), ("P", 3, "2026-06-01"), ("Q", 3, "2026-01-01")]
    people = {"P": {}, "Q": {}}
    assert ask("points has been 3 for at least 6 months", people, histories={"points": rows}) == "Q"
    assert ask("points changed from 1 to 3 in this year", people, histories={"points": rows}) == "P"
