"""Bad and odd input: nothings, zeros, far dates, rows of nobody, and what each of them means on every engine."""

from __future__ import annotations

import datetime as dt

import pytest
from meaning_people import blank

YEARS = ("0001-01-05", "1583-10-15", "1899-12-31", "1969-12-31", "2026-11-21")


@pytest.mark.parametrize(
    "sentence",
    [
        "points / age > 0",
        "points / age < 1000",
        "points / age is 0",
        "points / age is between -1000 and 1000",
        "points / age is one of (0, 5)",
        "points / (age - age) >= 0",
        "(points / age) * 0 is 0",
    ],
)
def test_by_zero_is_unknown_and_unknown_compares_false(ask, sentence):
    """`/` by zero is unknown (A39): no comparison holds of it, and every negation does."""
    people = {"P": {"points": 10, "age": 0}, "Q": {"points": 0, "age": 0}}
    assert ask(sentence, people) == ""
    assert ask(f"not ({sentence})", people) == "PQ"


def test_by_zero_is_missing_and_takes_the_default(ask):
    """A quotient by zero is missing, and a trait's default stands for it."""
    people = {"P": {"points": 10, "age": 0}, "Q": {"points": 10, "age": 5}}
    assert ask("points / age is missing", people) == "P"
    made = "trait t: decimal = points / age default 7\n"
    assert ask("t", people, definitions=made, trait=True) == {"P": 7, "Q": 2}
    assert ask("t is 7", people, definitions=made) == "P"


def test_by_zero_of_aggregates_is_unknown(ask):
    """Who did nothing divides by a count of 0: unknown, in no comparison and in no rank."""
    events = {"purchase": [("P", "2026-11-01", {"items": 4})], "visit": [("P", "2026-11-01"), ("R", "2026-11-01")]}
    sentence = "sum of purchase.items ever / count of visit ever"
    assert ask(f"{sentence} >= 0", blank("PQR"), events) == "PR"
    assert ask(f"{sentence} is missing", blank("PQR"), events) == "Q"
    assert ask(f"in top 100% by {sentence}", blank("PQR"), events) == "PR"
    assert ask("count of visit ever / sum of purchase.items ever > 0", blank("PQR"), events) == "P"
    assert ask("count of visit ever / sum of purchase.items ever is missing", blank("PQR"), events) == "QR"


def test_by_zero_inside_a_filter_is_an_event_that_does_not_count(ask):
    """A filter whose quotient is unknown fails, and its negation holds (A2)."""
    events = {
        "purchase": [("P", "2026-11-01", {"items": 0, "amount": "5"}), ("Q", "2026-11-01", {"items": 2, "amount": "5"})]
    }
    assert ask("did purchase where (10 / items > 0) ever", blank("PQ"), events) == "Q"
    assert ask("did purchase where (not (10 / items > 0)) ever", blank("PQ"), events) == "P"
    assert ask("sum of purchase.amount where (amount / items > 0 EUR) ever > 0 EUR", blank("PQ"), events) == "Q"


@pytest.mark.parametrize("window", ["ever", "in last 30 days", "since first signup", "before 2026-01-01"])
def test_sums_and_counts_of_nothing_are_zero(ask, window):
    """No row, no value in the rows, and no row in the window: the sum and the count are 0, and known."""
    people = {"P": {}, "Q": {}}
    events = {"purchase": [("Q", "2026-11-01")], "signup": [("Q", "2026-10-01")]}
    for value in ("sum of purchase.items", "count distinct of purchase.coupon"):
        assert ask(f"{value} {window} is 0", people, events) == "PQ"
        assert ask(f"{value} {window} is missing", people, events) == ""
        assert ask(f"{value} {window} + 1 is 1", people, events) == "PQ"
    assert ask(f"sum of purchase.amount {window} is 0 EUR", people, events) == "PQ"
    assert ask(f"count of purchase {window} >= 0", people, events) == "PQ"


@pytest.mark.parametrize("fn", ["avg", "min", "max", "median"])
def test_avg_min_max_and_median_of_nothing_are_unknown(ask, fn):
    """No row, or only rows without a value: unknown, so no comparison holds and each negation does."""
    events = {"purchase": [("Q", "2026-11-01"), ("R", "2026-11-01", {"items": 0}), ("R", "2026-11-02")]}
    value = f"{fn} of purchase.items ever"
    assert ask(f"{value} >= 0", blank("PQR"), events) == "R"
    assert ask(f"{value} is 0", blank("PQR"), events) == "R"
    assert ask(f"not ({value} >= 0)", blank("PQR"), events) == "PQ"
    assert ask(f"{value} is missing", blank("PQR"), events) == "PQ"
    assert ask(f"in bottom 100% by {value}", blank("PQR"), events) == "R"


def test_the_top_percent_of_fifty_people_is_one_person(ask):
    """In the top p% is whoever has fewer than p% of the known people above them (A30): somebody is always in."""
    people = {f"p{n:02}": {"points": n} for n in range(50)}
    assert ask("in top 1% by points", people) == "p49"
    assert ask("in top 2% by points", people) == "p49"
    assert ask("in top 3% by points", people) == "p48p49"
    assert ask("in bottom 1% by points", people) == "p00"
    assert ask("in top 1% by points", {name: {"points": 3} for name in people}) == "".join(people)
    assert ask("in top 1% by points", blank(people)) == ""


FUTURE = {
    "purchase": [
        ("P", "2026-11-22 09:00", {"coupon": "now", "items": 9}),
        ("P", "2099-01-01", {"coupon": "far", "items": 9}),
        ("Q", "2026-11-22 08:59:59", {"coupon": "old", "items": 1}),
        ("Q", "2026-11-22 09:00:01", {"coupon": "new", "items": 9}),
    ]
}


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ("did purchase ever", "Q"),
        ("did purchase since 2026-11-01", "Q"),
        ("did purchase from 2026-11-01 to 2099-12-31", "Q"),
        ("did purchase in this month", "Q"),
        ("did purchase in this year", "Q"),
        ("did purchase today", "Q"),
        ("did purchase before 2100-01-01", "Q"),
        ("did purchase after 2026-11-22", ""),
        ("did purchase on 2099-01-01", ""),
        ("did purchase at least 2 times ever", ""),
        ("count of purchase ever is 0", "P"),
        ("sum of purchase.items ever is 1", "Q"),
        ("max of purchase.items ever is 9", ""),
        ('first purchase.coupon is "old"', "Q"),
        ('last purchase.coupon is "old"', "Q"),
        ("last purchase.coupon is missing", "P"),
        ("did purchase where (nth is 1) ever", "Q"),
        ("did purchase where (nth is 2) ever", ""),
        ("did purchase where (days_since_previous >= 0) ever", ""),
        ("days since last purchase >= 0", "Q"),
        ("days since last purchase < 0", ""),
        ("in top 100% by days since last purchase", "Q"),
        ("did purchase ever then purchase", ""),
        ("did purchase ever then not yet purchase within 30 days", "Q"),
    ],
)
def test_trap_8_events_of_the_future_never_count(ask, sentence, members):
    """An event at or after `as_of` is in no window, also in one that ends later, is no first, no last and no nth."""
    assert ask(sentence, blank("PQ"), FUTURE) == members


@pytest.mark.parametrize("day", YEARS)
def test_dates_of_every_century_are_compared(ask, day):
    """A date long ago lies before one of today, on itself, and in no last days; `days since` counts all of them."""
    people = {"P": {"birth_date": day, "created_at": f"{day} 12:00"}, "Q": {}}
    whole = dt.date.fromisoformat(day)
    days = (dt.date(2026, 11, 22) - whole).days
    assert ask("birth_date is before 2026-11-22", people) == "P"
    if whole.year >= 1000:  # an author writes the years 1000 to 9998
        assert ask(f"birth_date is on {day}", people) == "P"
        assert ask(f"birth_date is after {day}", people) == ""
        assert ask(f"birth_date is since {day}", people) == "P"
    assert ask(f"days since birth_date is {days}", people) == "P"
    assert ask(f"days since birth_date > {days}", people) == ""
    assert ask("days since birth_date > points", {"P": people["P"] | {"points": days - 1}}) == "P"
    assert ask("days since birth_date > points", {"P": people["P"] | {"points": days}}) == ""
    assert ask("created_at is before now", people) == "P"
    assert ask("created_at is in last 12 hours", people) == ""
    assert ask("years since birth_date >= points", {"P": people["P"] | {"points": 2027 - whole.year}}) == ""


def test_the_first_and_the_last_day_of_the_calendar(ask):
    """The days 0001-01-01 and 9999-12-31, often "never" and "for ever", are days like others."""
    people = {"P": {"birth_date": "0001-01-01", "renewal_date": "9999-12-31"}, "Q": {}}
    assert ask("birth_date is before 1000-01-01", people) == "P"
    assert ask("renewal_date is after 9998-12-31", people) == "P"
    assert ask("year of birth_date is 1 and year of renewal_date is 9999", people) == "P"
    assert ask("renewal_date is after now", people) == "P"
    assert ask("renewal_date is in next 30 days", people) == ""
    assert ask("days until renewal_date > 2900000", people) == "P"
    assert ask("days since birth_date > 739000", people) == "P"
    assert ask("days since birth_date > points", {"P": people["P"] | {"points": 5}}) == "P"
    assert ask("days until renewal_date > points", {"P": people["P"] | {"points": 5}}) == "P"


def test_moments_at_the_ends_of_the_calendar(ask):
    """A moment of the year 1 or 9999 is before or after every other one, and none of the engines fails on it."""
    people = {"P": {"created_at": "0001-01-02 00:00", "renews_at": "9999-12-30 23:59:59"}, "Q": {}}
    assert ask("created_at is before 2000-01-01", people) == "P"
    assert ask("renews_at is after now", people) == "P"
    assert ask("renews_at is after 2026-12-01 and created_at is not in last 30 days", people) == "P"
    assert ask("days until renews_at > 2900000", people) == "P"
    assert ask("days since created_at > 739000", people) == "P"


def test_fractions_of_a_second_lie_on_the_right_side_of_an_edge(ask):
    """A window's start is inside to the microsecond, `as_of` is outside to the microsecond."""
    events = {
        "visit": [
            ("P", "2026-11-21 08:59:59.999999"),
            ("Q", "2026-11-21 09:00:00.000000"),
            ("R", "2026-11-21 09:00:00.000001"),
            ("S", "2026-11-22 08:59:59.999999"),
            ("T", "2026-11-22 09:00:00.000001"),
            ("U", "2026-11-21 22:59:59.9"),
            ("V", "2026-11-21 23:00:00.0"),
        ]
    }
    people = blank("PQRSTUV")
    assert ask("did visit in last 24 hours", people, events) == "QRSUV"
    assert ask("did visit in last 1 day", people, events) == "QRSUV"
    assert ask("did visit today", people, events) == "SV"
    assert ask("did visit yesterday", people, events) == "PQRU"
    assert ask("did visit on 2026-11-21", people, events) == "PQRU"
    assert ask("days since last visit >= 1", people, events) == "PQ"
    assert ask("hours since last visit is 0", people, events) == "S"


def test_fractions_of_a_second_order_events(ask):
    """Events a millisecond apart have an order: for first, last, nth and steps."""
    events = {
        "purchase": [
            ("P", "2026-11-21 10:00:00.002", {"coupon": "b"}),
            ("P", "2026-11-21 10:00:00.001", {"coupon": "a"}),
        ],
        "visit": [("P", "2026-11-21 10:00:00.0015")],
    }
    assert ask('first purchase.coupon is "a" and last purchase.coupon is "b"', blank("PQ"), events) == "P"
    assert ask('did purchase where (nth is 2 and coupon is "b") ever', blank("PQ"), events) == "P"
    assert ask("did visit since first purchase", blank("PQ"), events) == "P"
    assert ask("did purchase since last visit", blank("PQ"), events) == "P"
    assert ask("did purchase ever then visit within 1 minute then purchase within 1 minute", blank("PQ"), events) == "P"
    assert ask("did visit since last purchase", blank("PQ"), events) == ""


UNTIMED = {"purchase": [("P", None, {"coupon": "x", "items": 5}), ("Q", "2026-11-01", {"coupon": "y", "items": 1})]}


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ("did purchase ever", "Q"),
        ("did not purchase ever", "P"),
        ("count of purchase ever is 0", "P"),
        ("sum of purchase.items ever is 0", "P"),
        ("max of purchase.items ever is missing", "P"),
        ("first purchase.coupon is missing", "P"),
        ("last purchase.coupon is known", "Q"),
        ("did purchase where (nth is 1) ever", "Q"),
        ("days since last purchase >= 0", "Q"),
        ("did purchase where (happened_at is missing) ever", ""),
        ("did purchase ever then not yet visit within 90 days", "Q"),
    ],
)
def test_an_event_without_a_time_is_nowhere(ask, sentence, members):
    """A row without a moment lies in no window and counts in no aggregate, edge, number or step."""
    assert ask(sentence, blank("PQ"), UNTIMED) == members


STRANGERS = {
    "purchase": [
        (None, "2026-11-01", {"items": 9}),
        ("Z", "2026-11-02", {"items": 9}),
        ("Q", "2026-11-01", {"items": 1}),
    ],
    "visit": [(None, "2026-11-03"), ("Z", "2026-11-03")],
}


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ("did purchase ever", "Q"),
        ("did not purchase ever", "P"),
        ("sum of purchase.items ever > 0", "Q"),
        ("in top 50% by sum of purchase.items ever", "Q"),
        ("in smallest group with 80% of sum of purchase.items ever", "Q"),
        ("did purchase ever then visit", ""),
        ("sum of purchase.items ever >= sum of purchase.items ever across everyone", "Q"),
        ("days since last purchase > 3", "Q"),
        ("everyone", "PQ"),
    ],
)
def test_events_of_nobody_and_of_strangers_change_nothing(ask, sentence, members):
    """A row without an owner, or of one who is no customer, makes no member and moves no rank and no total."""
    assert ask(sentence, blank("PQ"), STRANGERS) == members


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "berlin", " ", "'; drop table customers; --", None])
def test_trap_16_an_unknown_zone_is_the_projects(ask, zone):
    """Who has a zone that no clock knows lives on the project's clock, and nobody drops out."""
    people = {"P": {"timezone": zone}, "Q": {"timezone": "Pacific/Auckland"}, "R": {"timezone": "Europe/Berlin"}}
    events = {"visit": [(name, "2026-11-21 23:30") for name in "PQR"]}
    assert ask("did visit in last 24 hours", people, events) == "PQR"
    assert ask("did visit in this local day", people, events) == "PQR"
    assert ask("local hour of now is 10", people) == "PR"
    assert ask("did visit yesterday or did visit today", people, events) == "PQR"


def test_an_empty_text_is_a_value_everywhere(ask):
    """`""` is known and equals itself: in attributes, filters, counts of different values, and groups of a rank."""
    people = {"P": {"plan": "", "points": 5}, "Q": {"points": 9}, "R": {"plan": " ", "points": 7}}
    events = {"purchase": [("P", "2026-11-01", {"coupon": ""}), ("Q", "2026-11-01")]}
    assert ask('plan is ""', people) == "P"
    assert ask('plan is not ""', people) == "QR"
    assert ask('plan is one of ("", "x")', people) == "P"
    assert ask("plan is missing", people) == "Q"
    assert ask('did purchase where (coupon is "") ever', people, events) == "P"
    assert ask('did purchase where (coupon is not "") ever', people, events) == "Q"
    assert ask("count distinct of purchase.coupon ever is 1", people, events) == "P"
    assert ask("first purchase.coupon is known", people, events) == "P"
    assert ask("in top 1 by points within each plan", people) == "PR"
    assert ask('plan starts with "" and plan ends with ""', people) == "PR"


EVERYTHING = (
    "everyone",
    "did purchase ever",
    "did not purchase ever",
    "sum of purchase.amount ever is 0 EUR",
    "in top 10% by points",
    "in top 3 by points within each country",
    "in smallest group with 80% of points",
    "points > avg of purchase.items ever across everyone",
    "did visit ever then purchase within 1 day",
    "consents to email for promotions",
    "age is unique",
)


@pytest.mark.parametrize("sentence", EVERYTHING)
def test_empty_tables_have_no_members(ask, sentence):
    """Without people there is nobody, whatever is asked, and nothing divides by their number."""
    assert ask(sentence, {}) == ""
    assert ask(sentence, {}, {"purchase": [("Z", "2026-11-01")], "visit": [("Z", "2026-10-31 12:00")]}) == ""


def test_empty_tables_of_events_leave_everybody_without(ask):
    """Without any event everybody has done nothing."""
    assert ask("did not purchase ever and count of visit ever is 0", blank("PQ")) == "PQ"
    assert ask("in top 50% by count of visit ever", blank("PQ")) == "PQ"
    assert ask("did visit ever or did visit ever then purchase", blank("PQ")) == ""


def test_one_person_with_ten_thousand_events(ask):
    """Very many events of one person are one member, each counted once."""
    start = dt.datetime(2026, 1, 1)
    rows = [("P", str(start + dt.timedelta(minutes=n)), {"items": n % 7, "amount": "0.01"}) for n in range(10_000)]
    events = {"purchase": [*rows, ("Q", "2026-01-01", {"items": 1, "amount": "0.01"})]}
    facts = (
        "did purchase exactly 10000 times ever",
        "sum of purchase.amount ever is 100 EUR",
        "did purchase where (nth is 10000 and items is 3) ever",
        "median of purchase.items ever is 3",
        "last purchase.items is 3",
    )
    assert ask(" and ".join(facts), blank("PQ"), events) == "P"


def test_events_that_share_an_id_are_all_counted(ask):
    """An id only breaks ties of time: two rows with one id are two events, as the table says."""
    events = {
        "purchase": [
            ("P", "2026-11-01", {"id": 7, "items": 1}),
            ("P", "2026-11-02", {"id": 7, "items": 2}),
            ("Q", "2026-11-01", {"id": 7, "items": 4}),
        ]
    }
    assert ask("did purchase exactly 2 times ever", blank("PQ"), events) == "P"
    assert ask("sum of purchase.items ever is 3", blank("PQ"), events) == "P"
    assert ask("did purchase where (nth is 2 and items is 2) ever", blank("PQ"), events) == "P"
    assert ask("last purchase.items is 2", blank("PQ"), events) == "P"
    assert ask("did purchase ever then purchase within 1 day", blank("PQ"), events) == "P"


def test_nth_of_a_named_event_counts_every_row_of_its_table(ask):
    """The first purchase is a big one, or not: `nth` does not count the big ones."""
    big, small = {"items": 9}, {"items": 1}
    bought = [("P", "2026-11-01 10:00", big), ("Q", "2026-11-01 10:00", small), ("Q", "2026-11-02 10:00", big)]
    events = {"purchase": bought}
    made = "event big = purchase where (items > 5)\n"
    assert ask("did big where (nth is 1) ever", blank("PQ"), events, definitions=made) == "P"
    assert ask("did big where (nth is 2) ever", blank("PQ"), events, definitions=made) == "Q"
