"""A1-A9: what an unknown value decides. Each test is one row of the specification: P and Q, and who is in."""

from __future__ import annotations


def test_a1_is_not_is_the_complement_of_is(ask):
    """Two unknown sides are not the same, so `is not` holds for P and for Q."""
    people = {"P": {}, "Q": {"shipping": "DE"}, "R": {"billing": "DE", "shipping": "DE"}}
    assert ask("billing is not shipping", people) == "PQ"
    assert ask("billing is shipping", people) == "R"


def test_a1_is_not_with_a_literal_takes_the_unknown(ask):
    """Somebody whose plan is unknown is not on the plan `free`."""
    people = {"P": {}, "Q": {"plan": "pro"}, "R": {"plan": "free"}}
    assert ask('plan is not "free"', people) == "PQ"
    assert ask('plan is not "free" and plan is known', people) == "Q"


def test_a2_a_filter_follows_the_same_rule(ask):
    """An order without a coupon is an order whose coupon is not X."""
    events = {"purchase": [("P", "2026-10-01"), ("Q", "2026-10-01", {"coupon": "X"})]}
    assert ask('did purchase where (coupon is not "X") ever', {"P": {}, "Q": {}}, events) == "P"


def test_an_unknown_value_never_passes_a_comparison(ask):
    """`age >= 18` leaves out who has no age; so do `between`, `one of` and a text test."""
    people = {"P": {}, "Q": {"age": 20, "name": "Anna", "country": "DE"}}
    for sentence in (
        "age >= 18",
        "age is between 10 and 30",
        'country is one of ("DE", "AT")',
        'name contains "nn"',
        'name starts with "a"',
        'name ends with "A"',
        'name matches "[A-Z][a-z]+"',
        "age is known",
    ):
        assert ask(sentence, people) == "Q", sentence


def test_negation_is_the_true_complement(ask):
    """Every negated test is true where the plain one is not: also where nothing is known."""
    people = {"P": {}, "Q": {"age": 20, "name": "Anna", "country": "DE"}}
    for sentence in (
        "not (age >= 18)",
        "age is not between 10 and 30",
        'country is not one of ("DE", "AT")',
        'name does not contain "nn"',
        'name does not start with "a"',
        'name does not end with "A"',
        'name does not match "[A-Z][a-z]+"',
        "age is missing",
        "none of (age >= 18, vip is true)",
        "created_at is not in last 30 days and age is missing",
    ):
        assert ask(sentence, people) == "P", sentence


def test_a4_days_since_nothing_is_unknown(ask):
    """Who never bought has no last purchase: P is in, Q is not; `did not` takes Q as well."""
    events = {"purchase": [("P", "2026-08-24 07:00")]}
    assert ask("days since last purchase > 60", {"P": {}, "Q": {}}, events) == "P"
    assert ask("did not purchase in last 60 days", {"P": {}, "Q": {}}, events) == "PQ"


def test_a5_a_missing_anchor_gives_an_empty_window(ask):
    """Without a signup there are no visits since it: fewer than five, none, not at least one."""
    people = {"P": {}, "Q": {}}
    events = {
        "signup": [("Q", "2026-01-01")],
        "visit": [("Q", f"2026-02-0{day}") for day in range(1, 6)] + [("P", "2026-02-01")],
    }
    assert ask("did visit fewer than 5 times since first signup", people, events) == "P"
    assert ask("not (did visit at least 5 times since first signup)", people, events) == "P"
    assert ask("did not visit since first signup", people, events) == "P"
    assert ask("did visit at least 1 time since first signup", people, events) == "Q"
    assert ask("did visit since created_at", {"P": {}, "Q": {"created_at": "2026-01-01"}}, events) == "Q"
    assert (
        ask("did visit at most 0 times since created_at", {"P": {}, "Q": {"created_at": "2026-01-01"}}, events) == "P"
    )


def test_a6_the_first_event_is_the_first_not_the_first_known(ask):
    """A first order without a coupon and no order at all: the coupon of the first order is missing in both."""
    events = {
        "purchase": [
            ("P", "2026-01-01"),
            ("P", "2026-02-01", {"coupon": "X"}),
            ("R", "2026-01-01", {"coupon": "X"}),
            ("R", "2026-02-01"),
        ]
    }
    people = {"P": {}, "Q": {}, "R": {}}
    assert ask("first purchase.coupon is missing", people, events) == "PQ"
    assert ask('first purchase.coupon is "X"', people, events) == "R"
    assert ask('last purchase.coupon is "X"', people, events) == "P"


def test_a7_at_most_counts_people_with_none(ask):
    """Nobody's order is at most three orders."""
    events = {
        "purchase": [("Q", f"2026-01-0{day}") for day in range(1, 4)]
        + [("R", f"2026-01-0{day}") for day in range(1, 5)]
    }
    people = {"P": {}, "Q": {}, "R": {}}
    assert ask("did purchase at most 3 times ever", people, events) == "PQ"
    assert ask("did purchase between 1 and 3 times ever", people, events) == "Q"
    assert ask("did purchase fewer than 3 times ever", people, events) == "P"
    assert ask("did purchase more than 3 times ever", people, events) == "R"
    assert ask("did purchase exactly 3 times ever", people, events) == "Q"
    assert ask("did purchase exactly 0 times ever", people, events) == "P"


LIFECYCLE = """
segment reachable where email is known
partition lifecycle among segment reachable
  case new when did not purchase ever
  case at_risk when did not purchase in last 60 days
  otherwise active
"""


def test_a9_a_partition_has_a_population(ask):
    """`in segment lifecycle` is the `among` set; `not in` a cell is everybody else, also outside the set."""
    people = {"P": {"email": "p@example.com"}, "Q": {}, "R": {"email": "r@example.com"}}
    events = {"purchase": [("R", "2026-01-01")]}
    assert ask("in segment lifecycle", people, events, definitions=LIFECYCLE) == "PR"
    assert ask("not in segment lifecycle.at_risk", people, events, definitions=LIFECYCLE) == "PQ"
    assert ask("in segment lifecycle.new", people, events, definitions=LIFECYCLE) == "P"


def test_a_partition_is_exclusive_and_exhaustive(ask):
    """Everybody of the `among` set is in exactly one cell: the first case that fits takes them."""
    people = {
        "P": {"email": "p@example.com"},
        "Q": {},
        "R": {"email": "r@example.com"},
        "S": {"email": "s@example.com"},
    }
    events = {"purchase": [("R", "2026-01-01"), ("S", "2026-11-01")]}
    assert ask("lifecycle", people, events, definitions=LIFECYCLE, cells=True) == {
        "P": "new",
        "R": "at_risk",
        "S": "active",
    }


def test_nothing_counts_and_sums_to_zero(ask):
    """Count, distinct count and sum of nothing are 0; average, smallest, largest, first and last are unknown."""
    events = {"purchase": [("Q", "2026-01-01", {"amount": "10", "items": 1, "category": "a"}), ("R", "2026-01-01")]}
    people = {"P": {}, "Q": {}, "R": {}}
    assert ask("count of purchase ever < 1", people, events) == "P"
    assert ask("sum of purchase.amount ever < 1 EUR", people, events) == "PR"
    assert ask("count distinct of purchase.category ever < 1", people, events) == "PR"
    for aggregate in ("avg", "min", "max"):
        assert ask(f"{aggregate} of purchase.items ever < 100", people, events) == "Q"
        assert ask(f"{aggregate} of purchase.items ever is missing", people, events) == "PR"


def test_a_default_replaces_the_unknown_value_of_a_trait(ask):
    """`default 0` makes an average known for who never bought."""
    people = {"P": {}, "Q": {}}
    events = {"purchase": [("Q", "2026-01-01", {"items": 4})]}
    assert ask(
        "t", people, events, definitions="trait t: decimal = avg of purchase.items ever default 0", trait=True
    ) == {"P": 0, "Q": 4}
    plain = "trait t: decimal = avg of purchase.items ever\n"
    assert ask("t", people, events, definitions=plain, trait=True) == {"P": None, "Q": 4}
    assert ask("t < 1", people, events, definitions=plain) == ""


def test_an_empty_text_is_a_value(ask):
    """`""` is known, equals itself, and is not missing."""
    people = {"P": {"name": ""}, "Q": {}}
    assert ask("name is known", people) == "P"
    assert ask('name is ""', people) == "P"
    assert ask('name contains ""', people) == "P"


def test_at_least_n_of_counts_true_conditions(ask):
    """An unknown condition is not one of those that hold."""
    people = {"P": {"age": 20}, "Q": {"age": 20, "plan": "pro"}, "R": {"age": 20, "plan": "pro", "vip": True}}
    assert ask('at least 2 of (age > 18, plan is "pro", vip is true)', people) == "QR"
    assert ask('at most 2 of (age > 18, plan is "pro", vip is true)', people) == "PQ"
    assert ask('any of (plan is "pro", vip is true)', people) == "QR"
    assert ask("vip is not true", people) == "PQ"
    assert ask("vip is false", people) == ""


def test_everyone_is_everyone(ask):
    """Nobody is left out, whatever is unknown."""
    assert ask("everyone", {"P": {}, "Q": {"age": 1}}) == "PQ"
    assert ask("age > 3 or not (age > 3)", {"P": {}, "Q": {"age": 1}}) == "PQ"


def test_an_event_without_a_time_never_counts(ask):
    """A row whose time is unknown lies in no window, not even `ever`, and is nobody's first."""
    events = {"purchase": [("P", None), ("Q", "2026-01-01")]}
    assert ask("did purchase ever", {"P": {}, "Q": {}}, events) == "Q"
    assert ask("did purchase where (nth is 1) ever", {"P": {}, "Q": {}}, events) == "Q"


def test_an_event_of_nobody_counts_for_nobody(ask):
    """A row whose key belongs to nobody, or is unknown, changes no member."""
    events = {"purchase": [("Z", "2026-01-01"), (None, "2026-01-01"), ("Q", "2026-01-01")]}
    assert ask("did not purchase ever", {"P": {}, "Q": {}}, events) == "P"
    assert ask("did purchase ever", {"P": {}, "Q": {}}, events) == "Q"


def test_a57_did_not_is_the_complement_of_the_whole_clause(ask):
    """`did not purchase where (…) in …` holds for whoever has no such order in that time."""
    events = {
        "purchase": [
            ("P", "2026-11-20", {"coupon": "Y"}),
            ("Q", "2026-11-20", {"coupon": "X"}),
            ("R", "2026-01-20", {"coupon": "X"}),
        ]
    }
    assert ask('did not purchase where (coupon is "X") in last 30 days', {"P": {}, "Q": {}, "R": {}}, events) == "PR"


def test_what_stands_beside_a_metric_decides_alone_who_is_out(ask):
    """Events may be read only for those whom the tests beside them let through; unknown is out, a zero stays in."""
    people = {
        "P": {"country": "DE", "age": 20},
        "Q": {"country": "DE"},
        "R": {"age": 20},
        "S": {"country": "AT", "age": 20},
        "T": {"country": "DE", "age": 20},
    }
    events = {"purchase": [(who, f"2026-0{n}-01") for who in "PQRS" for n in (1, 2, 3)]}
    assert ask('country is "DE" and age < 30 and did purchase at least 2 times ever', people, events) == "P"
    assert ask('country is "DE" and age < 30 and did purchase fewer than 2 times ever', people, events) == "T"
    assert ask('country is "DE" and age is missing and did purchase at least 2 times ever', people, events) == "Q"
    assert ask('country is "DE" and not (did purchase at least 2 times ever)', people, events) == "T"
    assert ask('country is not "DE" and did purchase at least 2 times ever', people, events) == "RS"
    assert ask('not (country is "DE" and did purchase at least 2 times ever)', people, events) == "RST"
    assert ask('country is "DE" or did purchase at least 2 times ever', people, events) == "PQRST"
    assert ask('country is "DE" and (age is known or count of purchase ever > 2)', people, events) == "PQT"
    assert (
        ask(
            'country is "DE" and ((age < 30 and count of purchase ever is 3) or count of purchase ever is 0)',
            people,
            events,
        )
        == "PT"
    )
    assert (
        ask('country is "DE" and count of purchase ever > avg of purchase.items ever across everyone', people, events)
        == ""
    )


def test_a_metric_under_two_conjunctions_is_right_for_both(ask):
    """One count under two conjunctions, of which only one has tests beside it."""
    people = {"P": {"country": "DE"}, "Q": {"country": "AT"}, "R": {}}
    events = {"purchase": [(who, f"2026-0{n}-01") for who in "PQR" for n in (1, 2)]}
    both = '(country is "DE" and count of purchase ever > 1) or (country is missing and count of purchase ever > 1)'
    assert ask(both, people, events) == "PR"
    assert ask(f"({both}) and count of purchase ever is 2", people, events) == "PR"
