"""Segments with parameters: a value in each place where one may stand, and two uses in one statement."""

from __future__ import annotations

PEOPLE = {
    "P": {"country": "DE", "points": 1, "birth_date": "2000-01-01"},
    "Q": {"country": "AT", "points": 5, "birth_date": "1990-06-30"},
    "R": {"country": "FR", "points": 9},
    "S": {},
}
EVENTS = {
    "purchase": [
        ("P", "2026-11-01", {"amount": "900.01"}),
        ("Q", "2026-11-01", {"amount": "500.00"}),
        ("Q", "2026-06-01", {"amount": "500.00"}),
        ("R", "2026-11-21", {"amount": "10.00"}),
        ("R", "2026-11-20", {"amount": "10.00"}),
    ]
}
TEXT = """
segment spenders($min: money = 500 EUR, $days: int = 90)
where sum of purchase.amount in last $days days >= $min
segment often($n: int, $days: int = 30)
where did purchase at least $n times in last $days days
segment born_before($day: date) where birth_date is before $day
segment in_one_of($countries: list(text) = ("DE", "AT"))
where country is one of $countries
segment between_two($low: int = 2, $high: int = 6) where points is between $low and $high
segment shifted($by: decimal = 1.5, $more: int = 1) where points * $more + $by > 6
segment flagged($wanted: bool = true) where vip is $wanted
"""


def test_defaults_stand_where_nothing_is_given(ask):
    """Each parameter has its default."""
    assert ask("in segment spenders", PEOPLE, EVENTS, definitions=TEXT) == "PQ"
    assert ask("in segment in_one_of", PEOPLE, EVENTS, definitions=TEXT) == "PQ"
    assert ask("not in segment in_one_of", PEOPLE, EVENTS, definitions=TEXT) == "RS"
    assert ask("in segment between_two", PEOPLE, EVENTS, definitions=TEXT) == "Q"


def test_a_value_takes_its_place(ask):
    """Money, days, times, days of the calendar, lists, numbers."""
    for sentence, members in (
        ("spenders($min = 900 EUR)", "P"),
        ("spenders($days = 365, $min = 900.02 EUR)", "Q"),
        ("spenders($min = 20 EUR, $days = 3)", "R"),
        ("often($n = 2)", "R"),
        ("often($n = 2, $days = 365)", "QR"),
        ("often($n = 0)", "PQRS"),
        ("born_before($day = 2000-01-01)", "Q"),
        ("born_before($day = 2000-01-02)", "PQ"),
        ('in_one_of($countries = ("FR"))', "R"),
        ("between_two($low = 5, $high = 9)", "QR"),
        ("between_two($high = 1, $low = 1)", "P"),
        ("shifted", "QR"),
        ("shifted($more = 2, $by = -3.5)", "QR"),
        ("shifted($by = 6)", "PQR"),
    ):
        assert ask(f"in segment {sentence}", PEOPLE, EVENTS, definitions=TEXT) == members, sentence
    assert ask("in segment flagged($wanted = false)", {"P": {"vip": False}, "Q": {}}, definitions=TEXT) == "P"


def test_two_uses_with_different_values_are_different_segments(ask):
    """In one statement each has its own value, also where the definition is large enough to be computed once."""
    assert (
        ask(
            "in segment spenders($min = 10 EUR) and not in segment spenders($min = 900 EUR)",
            PEOPLE,
            EVENTS,
            definitions=TEXT,
        )
        == "QR"
    )
    tests = " or ".join(f"points > {n} + $least" for n in range(70))
    text = f"segment large($least: int = 0) where {tests}\n"
    both = (
        "at least 1 of (in segment large and not in segment large($least = 4), in segment large($least = 8)) "
        "or (in segment large($least = 8) and in segment large)"
    )
    assert ask(both, PEOPLE, EVENTS, definitions=text) == "PR"
    assert ask("not in segment large($least = 4) and in segment large($least = 0)", PEOPLE, definitions=text) == "P"


def test_a_parameter_in_a_population_and_in_a_cell(ask):
    """A segment with values is a population like any other."""
    text = (
        TEXT
        + """
partition tier among segment in_one_of($countries = ("DE", "AT", "FR"))
  case best when in top 1 by points among segment in_one_of
  case next when in top 1 by points
  otherwise rest
trait r: int = bucket 2 by points among segment between_two($low = 1, $high = 5)
"""
    )
    assert ask("tier", PEOPLE, definitions=text, cells=True) == {"P": "rest", "Q": "best", "R": "next"}
    assert ask("r is 2", PEOPLE, definitions=text) == "Q"
    assert ask("r is missing", PEOPLE, definitions=text) == "RS"


def test_a_parameter_in_every_kind_of_window(ask):
    """Counts of windows, of units ago, of whole months, and points in time."""
    text = """
segment a($n: int = 2) where did purchase more than $n weeks ago
segment b($n: int = 5) where did purchase in previous $n months
segment c($low: int = 1, $high: int = 2) where did purchase between $low and $high days ago
segment d($day: date = 2026-11-20) where did purchase since $day
segment e($day: date = 2026-06-01) where did purchase from $day to $day
segment f($n: int = 1) where did purchase exactly $n times ever
segment g($n: int = 1, $m: int = 2) where did purchase between $n and $m times in last 1 year
segment h($low: int = 9_000, $high: int = 9_900) where birth_date is between $low and $high days ago
"""
    for name, members in (
        ("a", "PQ"), ("a($n = 20)", "Q"), ("b", "Q"), ("b($n = 4)", ""), ("c", "R"), ("c($high = 3)", "R"), ("d", "R"),
        ("d($day = 2026-11-01)", "PQR"), ("e", "Q"), ("e($day = 2026-11-20)", "R"), ("f", "P"), ("f($n = 0)", "S"),
        ("g", "PQR"), ("g($n = 2)", "QR"), ("h", "P"), ("h($high = 20_000)", "PQ"),
    ):  # fmt: skip
        assert ask(f"in segment {name}", PEOPLE, EVENTS, definitions=text) == members, name


def test_a_parameter_as_the_size_of_a_rank(ask):
    """An int counts people, a decimal is a share of them; ties at the edge of a share are in (A30, A69)."""
    text = """
segment best($people: int = 2) where in top $people by points
segment least($part: decimal = 34%) where in bottom $part by points
segment best_part($part: decimal) where in top $part by points within each plan
segment few($part: decimal = 60%) where in smallest group with $part of points
"""
    people = {
        "P": {"points": 1, "plan": "a"}, "Q": {"points": 5, "plan": "a"}, "R": {"points": 9, "plan": "b"},
        "S": {"plan": "b"}, "T": {"points": 5, "plan": "b"},
    }  # fmt: skip
    for sentence, members in (
        ("best($people = 1)", "R"),
        ("best($people = 3)", "QRT"),
        ("best($people = 100)", "PQRT"),
        ("least", "PQT"),
        ("least($part = 25%)", "P"),
        ("least($part = 0.26)", "PQT"),
        ("least($part = 1)", "PQRT"),
        ("best_part($part = 50%)", "QR"),
        ("few", "QRT"),
        ("few($part = 45%)", "R"),
        ("few($part = 100%)", "PQRT"),
    ):
        assert ask(f"in segment {sentence}", people, definitions=text) == members, sentence
    both = "in segment best($people = 1) or (in segment few and not in segment few($part = 45%))"
    assert ask(both, people, definitions=text) == "QRT"


def test_a_parameter_in_every_other_count(ask):
    """Steps, days after a moment, different days, units one by one, histories, and the future."""
    text = """
segment stepped($n: int = 2) where did purchase ever then purchase within $n days
segment too_late($n: int = 2) where did visit ever then not purchase within $n days
segment first_days($n: int = 8) where did purchase in first $n days after created_at
segment last_days($n: int = 20) where did purchase in last $n days before renews_at
segment some_days($n: int = 2) where did purchase on at least $n days in last 30 days
segment in_weeks($n: int = 2) where did visit in each of previous $n weeks
segment held_so($n: int = 2) where plan has been "Pro" for at least $n weeks
segment coming($n: int = 9) where renews_at is in next $n days
segment far_off($n: int = 9) where renews_at is more than $n days from now
"""
    people = {
        "P": {"created_at": "2026-11-01", "renews_at": "2026-12-01"},
        "Q": {"created_at": "2026-11-10", "renews_at": "2026-11-25"},
        "R": {},
    }
    events = {
        "purchase": [("P", "2026-11-05"), ("P", "2026-11-06 12:00"), ("Q", "2026-11-05"), ("Q", "2026-11-09"),
                     ("R", "2026-11-20")],
        "visit": [("P", "2026-11-03"), ("P", "2026-11-11"), ("Q", "2026-11-12"), ("R", "2026-11-18")],
    }  # fmt: skip
    histories = {"plan": [("P", "Pro", "2026-11-01"), ("Q", "Pro", "2026-11-12")]}
    for sentence, members in (
        ("stepped", "P"),
        ("stepped($n = 4)", "PQ"),
        ("stepped($n = 1)", ""),
        ("too_late", "PQ"),
        ("too_late($n = 3)", "PQ"),
        ("first_days", "P"),
        ("first_days($n = 3)", ""),
        ("last_days", "Q"),
        ("last_days($n = 27)", "PQ"),
        ("last_days($n = 15)", ""),
        ("some_days", "PQ"),
        ("some_days($n = 1)", "PQR"),
        ("some_days($n = 3)", ""),
        ("in_weeks", "P"),
        ("in_weeks($n = 1)", "PQ"),
        ("held_so", "P"),
        ("held_so($n = 1)", "PQ"),
        ("held_so($n = 4)", ""),
        ("coming", "PQ"),
        ("coming($n = 3)", "Q"),
        ("far_off", ""),
        ("far_off($n = 8)", "P"),
    ):
        got = ask(f"in segment {sentence}", people, events, definitions=text, histories=histories, zone="UTC")
        assert got == members, (sentence, got)
