"""A30-A41, A42, A54, A55, A68: ranks, numbers, money, consent and texts. Each test is one row: who is in."""

from __future__ import annotations

from decimal import Decimal

from reference.letters import FOLD, fold

from orchestrator.model.people import share_of


def blank(names):
    """Give people of whom nothing is known."""
    return {name: {} for name in names}


def _people(**values):
    return {name: {"points": value} for name, value in values.items()}


def test_a30_percent_takes_everyone_tied_at_the_edge(ask):
    """Ten people with 100, 50, 50 and nothing: the top 20 % are the first three."""
    people = _people(A=100, P=50, Q=50, **dict.fromkeys("DEFGHIJ", 0))
    assert ask("in top 20% by points", people) == "APQ"
    assert ask("not in top 20% by points", people) == "DEFGHIJ"


def test_a30_a_whole_number_takes_exactly_so_many(ask):
    """`top 2` is two people; the tie is decided by the hash of the id, the same on every engine."""
    people = _people(A=100, **dict.fromkeys("PQRSTUVW", 50))
    winner = min("PQRSTUVW", key=lambda person: share_of("rank", person))
    assert ask("in top 2 by points", people) == "A" + winner
    assert ask("in bottom 3 by points", people) == "".join(
        sorted(sorted("PQRSTUVW", key=lambda p: share_of("rank", p))[:3])
    )
    assert ask("in top 100 by points", people) == "APQRSTUVW"


def test_a31_the_population_are_people_with_a_known_value(ask):
    """Sums are known (0) for everybody; averages only for buyers, so the top half is of the buyers."""
    events = {
        "purchase": [
            ("P", "2026-01-01", {"amount": "10", "items": 1}),
            ("Q", "2026-01-01", {"amount": "9", "items": 2}),
        ]
    }
    people = blank("PQRSTUVWXY")
    assert ask("in top 20% by sum of purchase.amount ever", people, events) == "PQ"
    assert ask("in top 50% by avg of purchase.items ever", people, events) == "Q"
    assert (
        ask(
            "in top 10% by sum of purchase.amount ever among segment buyers",
            people,
            events,
            definitions="segment buyers where did purchase ever",
        )
        == "P"
    )


def test_a31_in_the_top_share_when_fewer_than_that_share_are_better(ask):
    """(rank - 1) / n < p: of three people the top 34 % are two, the top 33 % is one."""
    people = _people(P=3, Q=2, R=1)
    assert ask("in top 34% by points", people) == "PQ"
    assert ask("in top 33% by points", people) == "P"
    assert ask("in top 66.6% by points", people) == "PQ"


def test_a32_unknown_is_in_neither_top_nor_bottom(ask):
    """P has no value; Q has the lowest known one."""
    people = {"P": {}, **_people(Q=1, R=2, S=3, T=4)}
    assert ask("in bottom 20% by points", people) == "Q"
    assert ask("in top 100% by points", people) == "QRST"


def test_a33_a_rank_in_a_case_is_of_the_partitions_population(ask):
    """The top half in the second case is of the `among` set, not of those whom no case took yet."""
    people = {
        "P": {"points": 9, "email": "p"},
        "Q": {"points": 8, "email": "q"},
        "R": {"points": 7, "email": "r"},
        "S": {"points": 6, "email": "s"},
        "X": {"points": 99},
        "Y": {"points": 98},
    }
    text = """
segment reachable where email is known
partition tier among segment reachable
  case best when in top 25% by points
  case good when in top 50% by points
  otherwise rest
"""
    assert ask("tier", people, definitions=text, cells=True) == {"P": "best", "Q": "good", "R": "rest", "S": "rest"}


def test_a34_an_unknown_group_is_not_ranked(ask):
    """P has the highest value and no country: in no group, hence in no top."""
    people = {
        "P": {"points": 9},
        "Q": {"points": 5, "country": "DE"},
        "R": {"points": 4, "country": "DE"},
        "S": {"points": 1, "country": "AT"},
    }
    assert ask("in top 1 by points within each country", people) == "QS"
    assert ask("in top 50% by points within each country", people) == "QS"


def test_a38_money_of_a_column_is_compared_in_its_currency(ask):
    """500.01 EUR is more than 500 EUR, to the cent."""
    events = {"purchase": [("P", "2026-01-01", {"amount": "500.01"}), ("Q", "2026-01-01", {"amount": "500.00"})]}
    assert ask("sum of purchase.amount ever > 500 EUR", {"P": {}, "Q": {}}, events) == "P"
    assert ask("sum of purchase.amount ever is 500 EUR", {"P": {}, "Q": {}}, events) == "Q"


def test_a39_division_is_decimal_and_by_zero_unknown(ask):
    """Opened one of two is a half on every engine; of none is unknown."""
    events = {"visit": [("P", "2026-01-01", {"device": "phone"}), ("P", "2026-01-02"), ("Q", "2026-01-02")]}
    share = 'count of visit where (device is "phone") ever / count of visit ever'
    people = blank("PQR")
    assert ask(f"{share} is 0.5", people, events) == "P"
    assert ask(f"{share} >= 50%", people, events) == "P"
    assert ask(f"{share} < 1", people, events) == "PQ"
    assert (
        ask("points / age is missing", {"P": {"points": 1, "age": 0}, "Q": {"points": 1, "age": 2}, "R": {"points": 1}})
        == "PR"
    )


def test_a41_an_average_is_not_rounded(ask):
    """1 and 2 make 1.5, for numbers and for money."""
    events = {"purchase": [(p, f"2026-01-0{n}", {"amount": str(n), "items": n}) for p in "P" for n in (1, 2)]}
    assert ask("avg of purchase.items ever is 1.5", {"P": {}, "Q": {}}, events) == "P"
    assert ask("avg of purchase.amount ever is 1.50 EUR", {"P": {}, "Q": {}}, events) == "P"
    thirds = {
        "purchase": [
            ("P", f"2026-01-0{n}", {"amount": amount}) for n, amount in ((1, "0.01"), (2, "0.01"), (3, "0.02"))
        ]
    }
    assert ask("avg of purchase.amount ever > 0.01 EUR", {"P": {}, "Q": {}}, thirds) == "P"


def test_a55_sums_of_money_are_exact(ask):
    """Ten times ten cents are one euro on every engine, also where columns hold floating-point numbers."""
    events = {
        "purchase": [("P", f"2026-01-{n:02}", {"amount": "0.10"}) for n in range(1, 11)]
        + [("Q", f"2026-01-{n:02}", {"amount": "0.70"}) for n in (1, 2, 3)]
    }
    people = {"P": {"balance": "0.30"}, "Q": {"balance": "2.10"}}
    assert ask("sum of purchase.amount ever is 1 EUR", people, events) == "P"
    assert ask("sum of purchase.amount ever >= 1 EUR", people, events) == "PQ"
    assert ask("sum of purchase.amount ever is balance", people, events) == "Q"
    assert ask("sum of purchase.amount ever - balance is 0.70 EUR", people, events) == "P"
    assert ask("paid", people, events, definitions="trait paid: money = sum of purchase.amount ever", trait=True) == {
        "P": 1,
        "Q": Decimal("2.1"),
    }


CONSENTS = [
    ("P", "email", "service", True, "2026-01-01"),
    ("Q", "email", "promotions", True, "2026-01-01"),
    ("R", "email", "promotions", True, "2026-01-01"),
    ("R", "email", "promotions", False, "2026-02-01"),
    ("S", "email", "promotions", False, "2026-02-01"),
    ("S", "email", "promotions", True, "2026-03-01"),
    ("T", "email", "promotions", True, "2026-03-01"),
    ("T", "email", "promotions", None, "2026-04-01"),
    ("U", "sms", "promotions", True, "2026-04-01"),
    ("V", "email", "promotions", True, "2026-12-01"),
]


def test_a42_consent_is_the_latest_word_on_channel_and_topic(ask):
    """Another topic, another channel, a later no, an unknown answer and a word from the future are no consent."""
    people = blank("PQRSTUV")
    assert ask("consents to email for promotions", people, {}, CONSENTS) == "QS"
    assert ask("does not consent to email for promotions", people, {}, CONSENTS) == "PRTUV"


def test_a42_a_window_asks_when_the_latest_word_was_given(ask):
    """Who took consent back is never in, also not in a window that ended before they did."""
    people = blank("PQRSTUV")
    assert ask("consents to email for promotions before 2026-02-01", people, {}, CONSENTS) == "Q"
    assert ask("consents to email for promotions since 2026-02-01", people, {}, CONSENTS) == "S"
    assert ask("consents to email for promotions between 300 and 400 days ago", people, {}, CONSENTS) == "Q"
    assert ask("consents to email for promotions in last 1 year", people, {}, CONSENTS) == "QS"
    visits = {"visit": [("Q", "2025-12-01"), ("S", "2026-03-02")]}
    assert ask("consents to email for promotions since last visit", people, visits, CONSENTS) == "Q"


def test_a54_equality_is_by_code_points(ask):
    """`is` tells capitals and accents apart."""
    people = {"P": {"name": "ANNA"}, "Q": {"name": "Anna"}, "R": {"name": "Ánna"}}
    assert ask('name is "Anna"', people) == "Q"
    assert ask('name is one of ("anna", "Ánna")', people) == "R"
    assert ask('name starts with "ann"', people) == "PQ"


def test_a54_letters_fold_by_one_table(ask):
    """Ä, Σ and Я have one small form and fold; ß, İ, ı and ſ stand as they are; accents count."""
    people = {
        "P": {"name": "MÄRZ ΣΙΓΜΑ ЯРОСТЬ"},
        "Q": {"name": "märz σιγμα ярость"},
        "R": {"name": "marz ςιγμα Ярость ſ"},
        "S": {"name": "STRAẞE İSTANBUL"},
    }
    assert ask('name contains "märz"', people) == "PQ"
    assert ask('name contains "ΣΙΓΜΑ"', people) == "PQ"
    assert ask('name contains "яРОСТЬ"', people) == "PQR"
    assert ask('name contains "istanbul"', people) == ""
    assert ask('name ends with " S"', people) == ""
    assert ask('name contains "strasse"', people) == ""
    assert ask('name contains "ẞ"', people) == "S"


def test_a54_every_letter_of_the_table_folds_on_every_engine(ask):
    """Each capital of the table is found by its small letter, on all engines."""
    letters = sorted(FOLD)
    people = {f"{code:05}": {"name": f"<{chr(code)}>"} for code in letters}
    lower = " or ".join(f'name is "<{chr(code)}>"' for code in letters[:3])
    assert ask(lower, people)
    for start in range(0, len(letters), 40):
        some = letters[start : start + 40]
        tests = ", ".join(f'name contains "<{FOLD[code]}>"' for code in some)
        assert ask(f"any of ({tests})", people) == "".join(f"{code:05}" for code in some)


def test_a54_no_other_letter_of_the_blocks_folds(ask):
    """What has no partner in the table stands as it is."""
    codes = [
        code
        for block in (range(0x20, 0x180), range(0x370, 0x530), range(0x1E00, 0x1F00))
        for code in block
        if chr(code).isprintable()
    ]
    people = {
        f"{code:05}": {"name": f"<{chr(code)}>"}
        for code in codes
        if fold(chr(code)) == chr(code) and chr(code) not in FOLD.values()
    }
    for change in (str.lower, str.upper):
        sample = [person for person in people if change(people[person]["name"]) != people[person]["name"]]
        for start in range(0, len(sample), 60):
            other = {change(people[person]["name"]) for person in sample[start : start + 60]}
            tests = ", ".join(f'name starts with "{text}"' for text in sorted(other))
            allowed = {p for p in people if people[p]["name"] in {fold(text) for text in other}}
            assert ask(f"any of ({tests}, age > 0)", people) == "".join(sorted(allowed))


def test_signs_of_sql_in_a_text_are_only_signs(ask):
    """Per cent, underscore, backslash and quote are searched as they stand."""
    people = {
        "P": {"name": "100%"},
        "Q": {"name": "100 per cent"},
        "R": {"name": "a_b"},
        "S": {"name": "aXb"},
        "T": {"name": "c\\d"},
        "U": {"name": "o'neil"},
    }
    assert ask('name contains "0%"', people) == "P"
    assert ask('name contains "a_b"', people) == "R"
    assert ask('name contains "c\\\\d"', people) == "T"
    assert ask('name ends with "\'NEIL"', people) == "U"
    assert ask('name is "o\'neil"', people) == "U"


def test_a68_a_pattern_is_anchored_and_knows_capitals(ask):
    """The whole text must fit; `.` is any sign, classes and counts work the same on every engine."""
    people = {"P": {"name": "DE-123"}, "Q": {"name": "de-123"}, "R": {"name": "xDE-123"}, "S": {"name": "DE-12345"}}
    assert ask('name matches "DE-[0-9]{3}"', people) == "P"
    assert ask('name matches "(DE|de)-[0-9]+"', people) == "PQS"
    assert ask('name matches ".*-1?23.*"', people) == "PQRS"
    assert ask('name does not match "[A-Z]{2}-[0-9]{3,5}"', people) == "QR"
    assert ask('name matches "D"', people) == ""
    assert ask('name matches "DE-123|xDE-123"', people) == "PR"


def test_named_lists_and_events_mean_what_they_stand_for(ask):
    """A named event is its filter, also under a further one; a list is its items."""
    text = """
list dach = ("DE", "AT")
event paid = purchase where (category is "paid")
event big = paid where (amount >= 50 EUR)
"""
    people = {"P": {"country": "DE"}, "Q": {"country": "FR"}, "R": {}}
    events = {
        "purchase": [
            ("P", "2026-01-01", {"category": "paid", "amount": "50"}),
            ("Q", "2026-01-01", {"category": "open", "amount": "90"}),
            ("R", "2026-02-01", {"category": "paid", "amount": "49.99"}),
        ]
    }
    assert ask("country is one of dach", people, events, definitions=text) == "P"
    assert ask("country is not one of dach", people, events, definitions=text) == "QR"
    assert ask("did paid ever", people, events, definitions=text) == "PR"
    assert ask("did big ever", people, events, definitions=text) == "P"
    assert ask("did big where (amount > 50 EUR) ever", people, events, definitions=text) == ""
    assert ask("sum of paid.amount ever > 49 EUR", people, events, definitions=text) == "PR"
    assert ask("did not big ever", people, events, definitions=text) == "QR"


def test_count_distinct_ignores_the_unknown(ask):
    """Two different categories and one unknown are two."""
    events = {
        "purchase": [("P", f"2026-01-0{n}", {"category": c}) for n, c in enumerate(("a", "b", None, "a"), 1)]
        + [("Q", "2026-01-01", {"category": "a"})]
    }
    assert ask("count distinct of purchase.category ever is 2", {"P": {}, "Q": {}}, events) == "P"
    assert ask("count distinct of purchase.category ever >= 2", {"P": {}, "Q": {}}, events) == "P"
