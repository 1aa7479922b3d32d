"""Traps that other tools fall into, each with its test: the ones that a segment can meet."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from meaning_people import blank

HERE = Path(__file__).parent
NUMBERS, RELATED, SOURCES, EDGES, TRAPS = ("numbers", "related", "sources", "edges", "traps")

TABLE = {
    1: (TRAPS, "test_trap_1_a_day_is_of_the_calendar_and_24_hours_are_elapsed"),
    2: (TRAPS, "test_trap_2_every_negation_takes_who_is_unknown"),
    3: (TRAPS, "test_trap_3_is_and_is_not_see_the_same_letters"),
    4: (RELATED, "test_trap_4_one_entry_satisfies_the_whole_filter"),
    5: (TRAPS, "test_trap_5_who_came_yesterday_did_nothing_in_thirty_days"),
    6: (TRAPS, "test_trap_6_birthdays_wrap_the_year_and_leap_days_are_kept"),
    7: (TRAPS, "test_trap_7_between_one_and_three_days_ago_is_half_open"),
    8: (EDGES, "test_trap_8_events_of_the_future_never_count"),
    15: (SOURCES, "test_trap_15_seconds_are_no_milliseconds"),
    16: (EDGES, "test_trap_16_an_unknown_zone_is_the_projects"),
    18: (SOURCES, "test_trap_18_hostile_texts_in_a_steps_filter_are_texts"),
    19: (SOURCES, "test_trap_19_currencies_are_never_mixed"),
    20: (TRAPS, "test_trap_20_a_sum_of_no_rows_is_zero"),
}


@pytest.mark.parametrize("trap", TABLE)
def test_every_trap_has_its_test(trap):
    """The test is there, and says in its name which trap it is about."""
    file, name = TABLE[trap]
    tree = ast.parse((HERE / f"test_meaning_{file}.py").read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert name.startswith(f"test_trap_{trap}_")


def test_trap_1_a_day_is_of_the_calendar_and_24_hours_are_elapsed(ask):
    """`yesterday` is a day of the project's zone, `last 24 hours` are elapsed, `last 1 day` keeps the wall clock."""
    events = {"visit": [("P", "2026-11-20 23:30"), ("Q", "2026-11-21 08:30"), ("R", "2026-11-21 23:30")]}
    assert ask("did visit yesterday", blank("PQR"), events) == "PQ"
    assert ask("did visit in last 24 hours", blank("PQR"), events) == "R"
    assert ask("did visit today", blank("PQR"), events) == "R"
    assert ask("did visit yesterday", blank("PQR"), events, zone="UTC") == "QR"
    clocks = {"visit": [("P", "2026-10-24 10:30"), ("Q", "2026-10-24 11:30")]}
    assert ask("did visit in last 1 day", blank("PQ"), clocks, as_of="2026-10-25 11:00") == "PQ"
    assert ask("did visit in last 24 hours", blank("PQ"), clocks, as_of="2026-10-25 11:00") == "Q"


def test_trap_2_every_negation_takes_who_is_unknown(ask):
    """Not equal, not containing, less than n times and none at all hold for whoever has no value and no row."""
    people = {"P": {}, "Q": {"plan": "pro", "name": "Anna"}}
    events = {"visit": [("Q", "2026-11-20"), ("Q", "2026-11-21")]}
    for sentence in (
        'plan is not "pro"',
        'name does not contain "nn"',
        "did visit fewer than 2 times ever",
        "did visit exactly 0 times ever",
        "count of visit ever is 0",
        "count of visit ever < 2",
    ):
        assert ask(sentence, people, events) == "P", sentence


def test_trap_3_is_and_is_not_see_the_same_letters(ask):
    """`is`, `is not` and `one of` all know capitals; `contains` and its negation both do not."""
    people = {"P": {"plan": "pro"}, "Q": {"plan": "Pro"}, "R": {"plan": "PRO "}}
    assert ask('plan is "pro"', people) == "P"
    assert ask('plan is not "pro"', people) == "QR"
    assert ask('plan is one of ("pro")', people) == "P"
    assert ask('plan is not one of ("pro")', people) == "QR"
    assert ask('plan contains "pro"', people) == "PQR"
    assert ask('plan does not contain "pro"', people) == ""


def test_trap_5_who_came_yesterday_did_nothing_in_thirty_days(ask):
    """`did not` asks nothing about how long somebody is there: who must be there longer is said beside it."""
    people = {"P": {"created_at": "2026-11-21 12:00"}, "Q": {"created_at": "2026-01-01 12:00"}, "R": {}}
    assert ask("did not visit in last 30 days", people) == "PQR"
    assert ask("did not visit in last 30 days and days since created_at >= 30", people) == "Q"


def test_trap_6_birthdays_wrap_the_year_and_leap_days_are_kept(ask):
    """The next days reach into January; who was born on 29 February celebrates on 1 March of a common year."""
    people = {"P": {"birth_date": "1990-01-02"}, "Q": {"birth_date": "1990-12-31"}, "R": {"birth_date": "2008-02-29"}}
    assert ask("anniversary of birth_date is in next 7 days", people, as_of="2026-12-30 09:00") == "PQ"
    assert ask("anniversary of birth_date is today", people, as_of="2026-02-28 09:00") == ""
    assert ask("anniversary of birth_date is today", people, as_of="2026-03-01 09:00") == "R"
    assert ask("anniversary of birth_date is today", people, as_of="2028-02-29 09:00") == "R"
    assert ask("anniversary of birth_date is today", people, as_of="2028-03-01 09:00") == ""


def test_trap_7_between_one_and_three_days_ago_is_half_open(ask):
    """From three days ago, inside, to one day ago, outside; neighbouring spans share nobody and lose nobody."""
    events = {
        "visit": [
            ("P", "2026-11-19 09:00"),
            ("Q", "2026-11-19 08:59:59.999999"),
            ("R", "2026-11-21 08:59:59.999999"),
            ("S", "2026-11-21 09:00"),
        ]
    }
    assert ask("did visit between 1 and 3 days ago", blank("PQRS"), events) == "PR"
    assert ask("did visit between 0 and 1 days ago", blank("PQRS"), events) == "S"
    assert ask("did visit between 3 and 5 days ago", blank("PQRS"), events) == "Q"


def test_trap_20_a_sum_of_no_rows_is_zero(ask):
    """No order is a revenue of 0: below every threshold above it, and in the population of a rank."""
    events = {"purchase": [("P", "2026-11-01", {"amount": "5"})]}
    assert ask("sum of purchase.amount ever < 1 EUR", blank("PQ"), events) == "Q"
    assert ask("sum of purchase.amount ever is missing", blank("PQ"), events) == ""
    assert ask("in bottom 50% by sum of purchase.amount ever", blank("PQ"), events) == "Q"
