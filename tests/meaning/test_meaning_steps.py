"""A22-A28, A58: sequences of events. Each test is one row: P and Q, and who is in."""

from __future__ import annotations

from orchestrator.language import parse_expression


def blank(names):
    """Give people of whom nothing is known."""
    return {name: {} for name in names}


def test_a22_maturity_counts_from_the_step_that_the_negative_one_hangs_on(ask):
    """P's signup is old enough, the visit behind it is not: its three days are not over."""
    events = {
        "signup": [("P", "2026-11-19 09:00"), ("Q", "2026-11-18 09:00"), ("R", "2026-11-17 09:00")],
        "visit": [("P", "2026-11-20 08:00"), ("Q", "2026-11-19 08:00"), ("R", "2026-11-18 08:00")],
        "purchase": [("R", "2026-11-21 08:00")],
    }
    sentence = "did signup ever then visit within 1 day then not purchase within 3 days"
    assert ask(sentence, blank("PQR"), events) == "Q"
    assert ask(sentence, blank("PQR"), events, as_of="2026-11-23 08:00:01") == "PQ"


def test_a23_a_negative_step_is_ripe_when_its_time_is_over(ask):
    """What happens at the very end of the time is inside; until it would be visible, nothing is decided."""
    events = {
        "signup": [("P", "2026-11-19 08:59:59"), ("Q", "2026-11-19 09:00"), ("R", "2026-11-19 08:59:59")],
        "visit": [("R", "2026-11-22 08:59:59"), ("P", "2026-11-22 09:00")],
    }
    sentence = "did signup ever then not visit within 3 days"
    assert ask(sentence, blank("PQR"), events) == "P"
    assert ask(sentence, blank("PQR"), events, as_of="2026-11-22 09:00:01") == "PQ"
    events["visit"].append(("Q", "2026-11-22 09:00"))
    assert ask(sentence, blank("PQR"), events, as_of="2026-11-22 09:00:01") == "P"


def test_a24_steps_are_elapsed_time(ask):
    """Over the change of the clocks three days are 72 hours; windows stay on the calendar."""
    events = {
        "signup": [("P", "2026-10-24 10:00"), ("Q", "2026-10-31 11:00"), ("R", "2026-10-24 10:00")],
        "visit": [("P", "2026-10-27 10:30"), ("Q", "2026-11-03 10:30"), ("R", "2026-10-27 10:00")],
    }
    assert ask("did signup ever then visit within 3 days", blank("PQR"), events) == "QR"
    assert ask("did signup ever then visit within 72 hours", blank("PQR"), events) == "QR"
    assert ask("did signup ever then visit within 4350 minutes", blank("PQR"), events) == "PQR"
    assert ask("did signup ever then not visit within 3 days", blank("PQR"), events) == "P"


def test_a24_a_month_is_no_elapsed_time():
    """What the calendar would have to know is refused with the days to write."""
    for unit, days in (("month", 30), ("quarter", 90), ("year", 365)):
        for step in ("visit", "not visit", "not yet visit"):
            _, problems = parse_expression(f"did signup ever then {step} within 1 {unit}")
            assert [(p.code, p.help) for p in problems] == [("E145", (f"{days} days",))]
    _, problems = parse_expression("did signup ever then visit within 2 local days")
    assert [(p.code, p.help) for p in problems] == [("E145", ("2 days",))]


def test_a25_a_step_is_strictly_later(ask):
    """Two events of one moment are no sequence, and no event follows itself."""
    events = {
        "visit": [("P", "2026-11-01 10:00"), ("Q", "2026-11-01 10:00"), ("R", "2026-11-01 10:00")],
        "add_to_cart": [("P", "2026-11-01 10:00"), ("Q", "2026-11-01 10:00:01"), ("R", "2026-11-01 09:59:59")],
    }
    assert ask("did visit ever then add_to_cart within 1 day", blank("PQR"), events) == "Q"
    assert ask("did visit ever then add_to_cart", blank("PQR"), events) == "Q"
    assert ask("did visit ever then not yet add_to_cart", blank("PQR"), events) == "PR"
    assert ask("did visit ever then visit", blank("PQR"), events) == ""
    events["visit"] += [("P", "2026-11-01 10:00"), ("R", "2026-11-02 10:00")]
    assert ask("did visit ever then visit", blank("PQR"), events) == "R"


def test_a26_the_next_step_counts_from_the_last_positive_one(ask):
    """Behind a negative step, two days are two days after the first event."""
    events = {
        "signup": [("P", "2026-11-01 00:00"), ("Q", "2026-11-01 00:00"), ("R", "2026-11-01 00:00")],
        "purchase": [("P", "2026-11-02 12:00"), ("Q", "2026-11-03 12:00"), ("R", "2026-11-02 12:00")],
        "visit": [("R", "2026-11-01 12:00")],
    }
    sentence = "did signup ever then not visit within 1 day then purchase within 2 days"
    assert ask(sentence, blank("PQR"), events) == "P"


def test_a26_every_chain_is_tried(ask):
    """The first chain breaks at a negative step in the middle, a later one does not."""
    events = {
        "visit": [("P", "2026-11-01 10:00"), ("P", "2026-11-05 10:00"), ("Q", "2026-11-01 10:00")],
        "add_to_cart": [("P", "2026-11-01 11:00"), ("Q", "2026-11-01 11:00")],
        "purchase": [("P", "2026-11-01 12:00"), ("P", "2026-11-05 12:00"), ("Q", "2026-11-01 12:00")],
        "signup": [("P", "2026-11-05 13:00"), ("Q", "2026-11-01 13:00")],
    }
    sentence = "did visit ever then not add_to_cart within 1 day then purchase within 1 day then signup within 2 hours"
    assert ask(sentence, blank("PQ"), events) == "P"
    # the nearest second step is too early for the third, the one behind it is not
    events = {
        "visit": [("P", "2026-11-01 10:00"), ("Q", "2026-11-01 10:00")],
        "add_to_cart": [("P", "2026-11-01 11:00"), ("P", "2026-11-03 11:00"), ("Q", "2026-11-01 11:00")],
        "purchase": [("P", "2026-11-03 12:00"), ("Q", "2026-11-03 12:00")],
    }
    sentence = "did visit ever then add_to_cart within 5 days then purchase within 2 hours"
    assert ask(sentence, blank("PQ"), events) == "P"


def test_a27_a_sequence_counts_nothing():
    """A number of times has no place in a sequence, neither at its first event nor at a step."""
    for sentence in (
        "did purchase at most 0 times then refund within 1 day",
        "did purchase at least 2 times ever then refund within 1 day",
        "did purchase ever then refund at least 2 times within 1 day",
    ):
        condition, problems = parse_expression(sentence)
        assert condition is None
        assert {p.code for p in problems} == {"E146"}


def test_a28_any_object_unless_it_says_the_same(ask):
    """Looked at 1, ordered 2: a sequence, but not of the same thing; what is unknown is never the same."""
    events = {
        "purchase": [
            ("P", "2026-11-01 10:00", {"category": "1"}),
            ("Q", "2026-11-01 10:00", {"category": "1"}),
            ("R", "2026-11-01 10:00"),
            ("P", "2026-11-01 12:00", {"category": "2"}),
            ("Q", "2026-11-01 12:00", {"category": "1"}),
            ("R", "2026-11-01 12:00"),
        ]
    }
    assert ask("did purchase ever then purchase within 1 day", blank("PQR"), events) == "PQR"
    assert ask("did purchase ever then purchase with same category within 1 day", blank("PQR"), events) == "Q"
    same = 'did purchase where (category is not "2") before 2026-11-01T11:30 then not purchase with same category'
    assert ask(f"{same} within 1 day", blank("PQR"), events) == "PR"
    assert ask(f"{same.replace('then not', 'then not yet')}", blank("PQR"), events) == "PR"
    plain = 'did purchase where (category is not "2") before 2026-11-01T11:30 then not purchase within 1 day'
    assert ask(plain, blank("PQR"), events) == ""


def test_a28_same_means_the_last_positive_step(ask):
    """The third event is held against the second, and what was looked at first no longer matters."""
    events = {
        "purchase": [
            ("P", "2026-11-01 10:00", {"category": "a", "coupon": "x"}),
            ("P", "2026-11-01 11:00", {"category": "a", "coupon": "y"}),
            ("P", "2026-11-01 12:00", {"category": "b", "coupon": "y"}),
            ("Q", "2026-11-01 10:00", {"category": "a", "coupon": "x"}),
            ("Q", "2026-11-01 11:00", {"category": "a", "coupon": "y"}),
            ("Q", "2026-11-01 12:00", {"category": "b", "coupon": "x"}),
        ]
    }
    sentence = "did purchase ever then purchase with same category then purchase with same coupon"
    assert ask(sentence, blank("PQ"), events) == "P"


def test_a28_the_same_amount_is_the_same_money(ask):
    """Numbers, money, moments, yes and no are the same when they are equal."""
    first = {"amount": "10.5", "items": 2, "gift": True, "due": "2026-12-01 10:00"}
    second = {"amount": "10.50", "items": 2, "gift": True, "due": "2026-12-01 10:00:00"}
    other = {"amount": "10.51", "items": 3, "gift": False, "due": "2026-12-01 10:00:01"}
    events = {
        "purchase": [
            ("P", "2026-11-01 10:00", first),
            ("P", "2026-11-01 11:00", second),
            ("Q", "2026-11-01 10:00", first),
            ("Q", "2026-11-01 11:00", other),
        ]
    }
    for name in first:
        assert ask(f"did purchase ever then purchase with same {name}", blank("PQ"), events) == "P"


def test_a57_a_sequence_may_be_negated_as_a_whole(ask):
    """`not (…)` takes everybody for whom no chain fits, people without any event included."""
    events = {
        "visit": [("P", "2026-11-01 10:00"), ("Q", "2026-11-01 10:00")],
        "purchase": [("P", "2026-11-01 11:00")],
    }
    assert ask("not (did visit ever then purchase within 1 day)", blank("PQR"), events) == "QR"
    assert ask("(did visit ever then purchase) or (did visit ever then not yet purchase)", blank("PQR"), events) == "PQ"
    assert (
        ask("none of (did visit ever then purchase, did visit ever then not yet purchase)", blank("PQR"), events) == "R"
    )


def test_a58_not_yet_is_true_while_the_time_runs(ask):
    """`not yet` waits for nothing: no such event until now, and inside the time if one is said."""
    events = {
        "add_to_cart": [("P", "2026-11-22 08:00"), ("Q", "2026-11-22 08:00"), ("R", "2026-11-15 08:00")],
        "purchase": [("Q", "2026-11-22 08:30"), ("R", "2026-11-21 08:00")],
    }
    assert ask("did add_to_cart ever then not yet purchase within 3 days", blank("PQR"), events) == "PR"
    assert ask("did add_to_cart ever then not yet purchase", blank("PQR"), events) == "P"
    assert ask("did add_to_cart ever then not purchase within 3 days", blank("PQR"), events) == "R"


def test_the_first_event_has_the_window_and_the_steps_do_not(ask):
    """The first event lies in the window on the calendar; what follows may lie after it."""
    events = {
        "visit": [("P", "2026-10-31 12:00"), ("Q", "2026-11-01 12:00"), ("R", "2026-10-31 12:00")],
        "purchase": [("P", "2026-11-02 12:00"), ("Q", "2026-11-02 12:00")],
    }
    assert ask("did visit in previous month then purchase within 3 days", blank("PQR"), events) == "P"
    assert ask("did visit in this month then purchase within 3 days", blank("PQR"), events) == "Q"
    assert ask("did visit since first visit then purchase", blank("PQR"), events) == ""


def test_a_filter_sees_the_event_of_its_own_step(ask):
    """Each filter looks at its own event, and at the person by the entity's name."""
    people = {"P": {"points": 2}, "Q": {"points": 5}}
    events = {
        "add_to_cart": [("P", "2026-11-22 08:00", {"value": "40"}), ("Q", "2026-11-22 08:00", {"value": "39.99"})],
        "purchase": [("P", "2026-11-22 08:30", {"items": 3}), ("Q", "2026-11-22 08:30", {"items": 3})],
    }
    cart = "did add_to_cart where (value >= 40 EUR) in last 24 hours then"
    assert ask(f"{cart} not yet purchase", people, events) == ""
    assert ask(f"{cart} purchase where (items > customer.points)", people, events) == "P"
    assert ask("did add_to_cart ever then purchase where (items > customer.points)", people, events) == "P"
    assert ask("did add_to_cart ever then not yet purchase where (items > customer.points)", people, events) == "Q"
    assert ask("did add_to_cart ever then purchase where (nth is 1)", people, events) == "PQ"
    assert ask("did add_to_cart ever then purchase where (nth is 2)", people, events) == ""


def test_a_sequence_has_any_length(ask):
    """Fifty steps, which is the most, are read like two."""
    hours = [f"2026-11-{day:02d} {hour:02d}:00" for day in (1, 2, 3) for hour in range(24)]
    events = {"visit": [("P", at) for at in hours[:51]] + [("Q", at) for at in hours[:50]]}
    assert ask("did visit ever" + " then visit within 1 hour" * 50, blank("PQ"), events) == "P"
