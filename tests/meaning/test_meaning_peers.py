"""A35-A37, A69 and what else depends on other people: buckets, the smallest group, uniqueness, ``across``."""

from __future__ import annotations

import pytest


def _people(**values):
    return {name: {"points": value} for name, value in values.items()}


def _buckets(ask, value, people, events=None, definitions=""):
    found = ask("r", people, events, definitions=f"{definitions}\ntrait r: int = {value}", trait=True)
    return {person: None if bucket is None else int(bucket) for person, bucket in found.items()}


def test_a35_buckets_are_over_known_values_only(ask):
    """Ten people, six unknown: four share five buckets by rank, the six stay unknown, or take the default."""
    people = {**_people(P=10, Q=20, R=30, S=40), **{name: {} for name in "UVWXYZ"}}
    unknown = dict.fromkeys("UVWXYZ")
    assert _buckets(ask, "bucket 5 by points", people) == {"P": 1, "Q": 2, "R": 3, "S": 4, **unknown}
    assert _buckets(ask, "bucket 5 by points default 1", people)["U"] == 1
    text = "trait r: int = bucket 5 by points"
    assert ask("r is missing", people, definitions=text) == "UVWXYZ"
    assert ask("r is not 1", people, definitions=text) == "QRSUVWXYZ"
    assert ask("r is 0", people, definitions=f"{text} default 0") == "UVWXYZ"


def test_a36_equal_values_share_a_bucket(ask):
    """Five people with the same frequency are all in bucket 1; the formula is 1 + floor(k * (rank - 1) / n)."""
    events = {"purchase": [(person, "2026-11-01") for person in "PQRST"]}
    same = _buckets(ask, "bucket 5 by count of purchase ever", {name: {} for name in "PQRST"}, events)
    assert same == dict.fromkeys("PQRST", 1)
    people = _people(A=1, B=2, C=2, D=2, E=3, F=4, G=5)
    ranks = {"A": 1, "B": 2, "C": 2, "D": 2, "E": 5, "F": 6, "G": 7}
    for k in (2, 3, 4, 7, 100):
        found = _buckets(ask, f"bucket {k} by points", people)
        assert found == {person: 1 + k * (rank - 1) // 7 for person, rank in ranks.items()}


def test_a37_scores_are_tested_one_by_one(ask):
    """P has the digits 511 and Q 455; neither is 5, 5 and at least 4, and R is."""
    text = """
trait r: int = bucket 5 by points
trait f: int = bucket 5 by age
trait m: int = bucket 5 by score
"""
    people = {name: {"points": n, "age": n, "score": str(n)} for n, name in enumerate("ABCDEFGH", 1)}
    people["R"] = {"points": 9, "age": 9, "score": "9"}
    people["P"] = {"points": 9, "age": 0, "score": "0"}
    people["Q"] = {"points": 3, "age": 9, "score": "9"}
    assert ask("r is 5 and f is 5 and m >= 4", people, definitions=text) == "R"


def test_a69_without_an_order_the_lowest_come_first(ask):
    """`highest first` turns the groups round."""
    people = _people(P=1, Q=2, R=3, S=4)
    assert _buckets(ask, "bucket 2 by points", people) == {"P": 1, "Q": 1, "R": 2, "S": 2}
    assert _buckets(ask, "bucket 2 by points lowest first", people) == {"P": 1, "Q": 1, "R": 2, "S": 2}
    assert _buckets(ask, "bucket 2 by points highest first", people) == {"S": 1, "R": 1, "Q": 2, "P": 2}
    assert _buckets(ask, "bucket 3 by points highest first", people) == {"S": 1, "R": 1, "Q": 2, "P": 3}


def test_a_bucket_counts_within_groups_and_among_a_segment(ask):
    """Each country has its own groups; an unknown country has none, and whoever is not compared is unknown."""
    people = {
        "P": {"points": 1, "country": "DE", "email": "p"},
        "Q": {"points": 2, "country": "DE", "email": "q"},
        "R": {"points": 3, "country": "AT", "email": "r"},
        "S": {"points": 9, "country": "AT"},
        "T": {"points": 9, "email": "t"},
    }
    text = "segment reached where email is known"
    assert _buckets(ask, "bucket 2 by points within each country", people) == {
        "P": 1, "Q": 2, "R": 1, "S": 2, "T": None,
    }  # fmt: skip
    assert _buckets(ask, "bucket 2 by points among segment reached", people, definitions=text) == {
        "P": 1, "Q": 1, "R": 2, "S": None, "T": 2,
    }  # fmt: skip
    both = "bucket 2 by points highest first within each country among segment reached default 9"
    assert _buckets(ask, both, people, definitions=text) == {"Q": 1, "P": 2, "R": 1, "S": 9, "T": 9}


def test_a_bucket_by_money_or_by_a_moment(ask):
    """A column that holds cents as floats, and a moment: ties are told exactly."""
    people = {
        "P": {"balance": "0.30", "created_at": "2026-01-01"},
        "Q": {"balance": "0.30", "created_at": "2026-01-02"},
        "R": {"balance": "0.31", "created_at": "2026-01-02"},
    }
    assert _buckets(ask, "bucket 3 by balance", people) == {"P": 1, "Q": 1, "R": 3}
    assert _buckets(ask, "bucket 3 by created_at highest first", people) == {"Q": 1, "R": 1, "P": 3}
    assert _buckets(ask, "bucket 3 by days since created_at", people) == {"Q": 1, "R": 1, "P": 3}


def test_a_bucket_stands_wherever_a_trait_does(ask):
    """In a rank, in a filter, in arithmetic, in a cell, under another bucket."""
    text = """
trait r: int = bucket 2 by points
trait rr: int = bucket 2 by r + points
partition tier
  case low when r is 1
  case best when in top 50% by rr
  otherwise rest
"""
    people = _people(P=1, Q=2, R=3, S=4)
    events = {"purchase": [("P", "2026-01-01", {"items": 1}), ("R", "2026-01-01", {"items": 1})]}
    assert ask("in top 1% by r", people, definitions=text) == "RS"
    assert ask("r * 2 + 1 is 5", people, definitions=text) == "RS"
    assert ask("did purchase where (items < customer.r) ever", people, events, definitions=text) == "R"
    assert ask("did not purchase where (items < customer.r) ever", people, events, definitions=text) == "PQS"
    assert ask("rr is 2", people, definitions=text) == "RS"
    assert ask("age is known or r is 2", people, events, definitions=text) == "RS"
    assert ask("tier", people, definitions=text, cells=True) == {"P": "low", "Q": "low", "R": "best", "S": "best"}


def test_a69_the_fewest_who_have_most(ask):
    """Highest first, in while those with more have less than the share; ties are in together, 0 and unknown never."""
    people = _people(P=50, Q=30, R=10, S=10, T=0, U=-5, V=None)
    assert ask("in smallest group with 50% of points", people) == "P"
    assert ask("in smallest group with 50.1% of points", people) == "PQ"
    assert ask("in smallest group with 80% of points", people) == "PQ"
    assert ask("in smallest group with 81% of points", people) == "PQRS"
    assert ask("in smallest group with 100% of points", people) == "PQRS"
    assert ask("not in smallest group with 80% of points", people) == "RSTUV"
    assert ask("in smallest group with 80% of points", _people(P=0, Q=None)) == ""


def test_a69_is_exact_for_money_and_decimals(ask):
    """Three thirds of 0.30 EUR: the first two have exactly the share, so the third is out."""
    people = {name: {"balance": "0.10", "score": "0.1"} for name in "ABCDEFGHI"} | {
        "Z": {"balance": "0.90", "score": "0.9"}
    }
    assert ask("in smallest group with 50% of balance", people) == "Z"
    assert ask("in smallest group with 50% of score", people) == "Z"
    assert ask("in smallest group with 50.01% of balance", people) == "ABCDEFGHIZ"
    events = {"purchase": [("P", f"2026-01-{n:02}", {"amount": "0.10"}) for n in range(1, 10)]}
    events["purchase"] += [("Q", "2026-01-01", {"amount": "0.90"}), ("R", "2026-01-01", {"amount": "0.01"})]
    asked = "in smallest group with 60% of sum of purchase.amount ever"
    assert ask(asked, {name: {} for name in "PQR"}, events) == "PQ"


def test_a69_within_groups_and_among_a_population(ask):
    """Each country has its own total; a cell is of the partition's population (A33)."""
    people = {
        "P": {"points": 6, "country": "DE", "email": "p"},
        "Q": {"points": 4, "country": "DE"},
        "R": {"points": 3, "country": "AT", "email": "r"},
        "S": {"points": 9},
    }
    text = """
segment reachable where email is known
partition tier among segment reachable
  case heavy when in smallest group with 60% of points
  otherwise rest
"""
    assert ask("in smallest group with 60% of points within each country", people) == "PR"
    assert ask("in smallest group with 60% of points among segment reachable", people, definitions=text) == "P"
    assert ask("tier", people, definitions=text, cells=True) == {"P": "heavy", "R": "rest"}


def test_unique_is_known_and_nobody_elses(ask):
    """P and Q share an address, R has its own; S has none and is not unique, which is the complement."""
    people = {"P": {"email": "a"}, "Q": {"email": "a"}, "R": {"email": "A"}, "S": {}, "T": {"email": ""}}
    assert ask("email is unique", people) == "RT"
    assert ask("email is not unique", people) == "PQS"
    assert ask("email is not unique and email is known", people) == "PQ"
    assert ask("not (email is unique) or country is known", people) == "PQS"


def test_unique_looks_at_the_whole_entity(ask):
    """Also for numbers, money, moments and what is worked out; a segment around does not narrow it."""
    people = {
        "P": {"points": 1, "balance": "1.10", "created_at": "2026-01-01", "country": "DE"},
        "Q": {"points": 1, "balance": "1.1", "created_at": "2026-01-02"},
        "R": {"points": 2, "balance": "1.11", "created_at": "2026-01-01"},
    }
    assert ask("points is unique and country is missing", people) == "R"
    assert ask('country is "DE" and points is unique', people) == ""
    assert ask("balance is unique", people) == "R"
    assert ask("created_at is unique", people) == "Q"
    assert ask("count of purchase ever is unique", people, {"purchase": [("P", "2026-01-01")]}) == "P"


PURCHASES = {
    "purchase": [
        ("P", "2026-01-01", {"amount": "10", "items": 1}),
        ("P", "2026-01-02", {"amount": "10", "items": 3}),
        ("P", "2026-11-22 09:00", {"amount": "1000", "items": 90}),
        ("Q", "2026-01-01", {"amount": "40", "items": 2}),
        ("X", "2026-01-01", {"amount": "5000", "items": 90}),
    ]
}


def test_across_is_over_all_events_of_the_population(ask):
    """20 is the mean of 10, 10 and 40, not of people's means (25); nobody's events and later ones do not count."""
    people = {"P": {}, "Q": {}, "R": {}}
    assert ask("20 EUR is avg of purchase.amount ever across everyone", people, PURCHASES) == "PQR"
    assert ask("avg of purchase.amount ever > avg of purchase.amount ever across everyone", people, PURCHASES) == "Q"
    assert ask("avg of purchase.items ever < avg of purchase.items ever across everyone", people, PURCHASES) == ""
    assert ask("sum of purchase.amount ever across everyone is 60 EUR", people, PURCHASES) == "PQR"
    assert ask("max of purchase.items ever across everyone is 3", people, PURCHASES) == "PQR"
    assert ask("sum of purchase.items where (items > 1) ever across everyone is 5", people, PURCHASES) == "PQR"


def test_across_a_segment(ask):
    """Only the events of its members; of nobody a sum is 0 and an average unknown."""
    people = {"P": {"country": "DE"}, "Q": {"country": "AT"}, "R": {}}
    text = 'segment german where country is "DE"\nsegment nobody where country is "FR"'
    mean = "avg of purchase.amount ever across segment"
    assert ask(f"{mean} german is 10 EUR", people, PURCHASES, definitions=text) == "PQR"
    assert ask(f"{mean} nobody is missing", people, PURCHASES, definitions=text) == "PQR"
    total = "sum of purchase.amount ever across segment nobody is 0 EUR"
    assert ask(total, people, PURCHASES, definitions=text) == "PQR"


def test_across_follows_each_persons_own_window(ask):
    """A filter and an anchor look at the person whose event it is."""
    people = {"P": {"points": 2}, "Q": {"points": 1}}
    events = {**PURCHASES, "signup": [("P", "2026-01-01 12:00")]}
    own = "sum of purchase.items where (items > customer.points) ever across everyone"
    assert ask(f"{own} is 5", people, events) == "PQ"
    assert ask("sum of purchase.items since first signup across everyone is 3", people, events) == "PQ"


@pytest.mark.parametrize("times", [2, 3])
def test_across_calculates_with_a_persons_own_value(ask, times):
    """How far somebody is from everybody is arithmetic like any other."""
    people = {"P": {}, "Q": {}}
    own, all_ = "sum of purchase.amount ever", "sum of purchase.amount ever across everyone"
    assert ask(f"{own} * {times} >= {all_} * 2", people, PURCHASES) == ("Q" if times == 3 else "")


def test_across_median(ask):
    """The middle of all values, or halfway between the middle two; not the median of people's medians."""
    people = {"P": {}, "Q": {}, "R": {}}
    assert ask("median of purchase.amount ever across everyone is 10 EUR", people, PURCHASES) == "PQR"
    assert ask("median of purchase.items where (items > 1) ever across everyone is 2.5", people, PURCHASES) == "PQR"
    assert ask("median of purchase.items in last 1 day across everyone is missing", people, PURCHASES) == "PQR"


def test_across_min_and_max_of_a_moment(ask):
    """The last moment of anybody."""
    events = {"purchase": [("P", "2026-01-01", {"due": "2026-03-01"}), ("Q", "2026-01-01", {"due": "2026-02-01"})]}
    people = {"P": {"created_at": "2026-02-15"}, "Q": {"created_at": "2026-04-01"}, "R": {}}
    text = "trait last_due: timestamp = max of purchase.due ever across everyone"
    assert ask("last_due is on 2026-03-01", people, events, definitions=text, zone="UTC") == "PQR"
    assert ask("created_at is after last_due", people, events, definitions=text) == "Q"


def test_a30_a_top_share_is_never_empty(ask):
    """The top 1 % of 50 people: (rank - 1) / n < p holds for rank 1 only, so exactly the best, with all who tie."""
    people = {f"{n:02}": {"points": n} for n in range(50)}
    assert ask("in top 1% by points", people) == "49"
    assert ask("in top 2% by points", people) == "49"
    assert ask("in top 2.1% by points", people) == "4849"
    people["50"] = {"points": 49}
    assert ask("in top 1% by points", people) == "4950"
