"""Lists as the values of traits: of an attribute, of a parent, and of what the first or last event held."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from meaning_belongings import AS_OF, EMPTY, orders, people, workspace

from orchestrator.audience.joining import rows
from orchestrator.audience.sample import sample
from orchestrator.compile import fact_fields, sample_query, trait_query
from orchestrator.model.condition import SegmentRef

TRAITS = """
trait liked: list(text) = interests
trait again: list(text) = liked
trait lines: list = last purchase.items
trait sold: list = first purchase.items where (items has item where (price >= 5 EUR)) in last 30 days
trait labelled: list(text) = last purchase.labels
trait hinted: list(int) = last purchase.hints
trait company of user: list(text) = account.marks
list words = ("x", "q")
"""
OUTDOOR = [{"sku": "TENT", "price": 100, "modifiers": ["red"]}, {"sku": "PEG", "price": 2}]
FOOD = [{"sku": "SOUP", "price": 4, "modifiers": []}]
WORLD = {
    "customers": people(
        P={"likes": ["x", "y"]}, Q={"likes": []}, R={"likes": None}, S={"likes": ["z", None]}, T={"likes": "{"}
    ),
    "orders": [
        *orders(("P", OUTDOOR), ("Q", FOOD), at="2026-11-01 10:00", labels=["old"], info={"for": {"them": [1]}}),
        *orders(("P", FOOD), ("Q", OUTDOOR), at="2026-11-20 10:00", labels=["new"], info={"for": {"them": [2, 3]}}),
        *orders(("R", None), ("S", []), at="2026-11-20 10:00", labels="[", info={"for": [4]}),
    ],
}


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ('liked has "x"', "P"),
        ('again has any of ("x", "z")', "PS"),
        ("again has any of words", "P"),
        ('again has none of ("x")', "QRST"),
        ('liked has all of ("x", "y")', "P"),
        ("liked is missing", "RT"),
        ("liked is known", "PQS"),
        ("count of liked < 2", "QRT"),
        ('count of again where (value is not "x") >= 1', "PS"),
        ("count of customer.liked >= 2", "PS"),
        ('liked has no item where (value is "x")', "QRST"),
        ('liked has every item where (value is not "x")', "S"),
        ("liked has item where (value is missing)", "S"),
        ('not (liked has "x") and liked is known', "QS"),
        ('liked has "x" or liked has "z"', "PS"),
        ('did purchase where (customer.liked has "x") in last 30 days', "P"),
        ("did purchase where (count of customer.again is 0) in last 30 days", "QR"),
    ],
)
def test_a_trait_gives_a_list_another_name(asked: Callable[..., str], sentence: str, members: str) -> None:
    """A3 holds of it: no list is an empty one, and only `is missing` tells them apart."""
    assert asked(sentence, WORLD, TRAITS) == members


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ('lines has item where (sku is "TENT")', "Q"),
        ('lines has no item where (sku is "TENT")', "PRST"),
        ("lines has every item where (price < 5 EUR)", "P"),
        ("lines has every item where (price >= 1 EUR)", "PQ"),
        ('lines has item where (modifiers has "red" and price > 99 EUR)', "Q"),
        ("count of lines >= 2", "Q"),
        ("count of lines is 0", "RST"),
        ("count of lines where (price > 50 EUR) is 1", "Q"),
        ("lines is missing", "RT"),
        ("lines is known", "PQS"),
        ('sold has item where (sku is "TENT")', "PQ"),
        ("sold is missing", "RST"),
        ('labelled has "new"', "PQ"),
        ('labelled has "old"', ""),
        ('labelled has none of ("new")', "RST"),
        ("labelled is missing", "RST"),
        ("hinted has 3", "PQ"),
        ("hinted has item where (value >= 4)", ""),
        ("count of hinted > 1 and hinted has all of (2, 3)", "PQ"),
        ('lines has item where (price > 50 EUR) or labelled has "old" or liked has "z"', "QS"),
        ("did purchase where (count of items > count of customer.lines) ever", "P"),
        ("first purchase.items is known", "PQS"),
        ("last purchase.hints is missing", "RST"),
    ],
)
def test_a_trait_is_the_list_of_one_event(asked: Callable[..., str], sentence: str, members: str) -> None:
    """What the first or last event held; without such an event there is no list."""
    assert asked(sentence, WORLD, TRAITS) == members


def test_two_events_of_one_moment_are_told_apart_by_nothing_else(asked: Callable[..., str]) -> None:
    """Only events before as_of count: the order of tomorrow holds nothing yet."""
    later = orders(("P", OUTDOOR), at="2026-11-23 10:00")
    tables = {**WORLD, "orders": [*WORLD["orders"], *later]}
    assert asked('lines has item where (sku is "TENT")', tables, TRAITS) == "Q"


def test_a_trait_is_the_list_of_the_parent(asked: Callable[..., str]) -> None:
    """A user without a company, and one whose company has no list, has none."""
    tables = {
        "accounts": [{"id": "A", "plan": None, "marks": '["x"]'}, {"id": "B", "plan": None, "marks": None}],
        "users": [
            {"id": f"u{n}", "account_id": a, "status": None, "role": None} for n, a in enumerate(("A", "B", None))
        ],
    }
    assert asked('company has "x"', tables, TRAITS, "user") == "u0"
    assert asked('company has none of ("x")', tables, TRAITS, "user") == "u1u2"
    assert asked("company is missing", tables, TRAITS, "user") == "u1u2"
    assert asked("count of account.marks is 1", tables, TRAITS, "user") == "u0"
    assert asked('has user where (company has "x")', tables, TRAITS, "account") == "A"


def test_in_cells_ranks_and_buckets(asked: Callable[..., str]) -> None:
    """The number of entries is a number like any other."""
    text = TRAITS + "trait wide: int = bucket 5 by count of lines highest first\ntrait many: int = count of liked\n"
    text += 'segment fond($of: list(text) = ("x")) where liked has any of $of\n'
    assert asked("in top 1 by count of lines", WORLD, text) == "Q"
    assert asked("wide is 1 and many is 0", WORLD, text) == "Q"
    assert asked('in segment fond or in segment fond($of = ("z"))', WORLD, text) == "PS"


def test_the_value_of_a_list_trait_is_the_list(stores: Any) -> None:
    """What `orc compile` prints for a trait gives the list itself."""
    made = workspace(TRAITS)
    tables = {**EMPTY, **{name: [dict(row) for row in given] for name, given in WORLD.items()}}
    for store in stores:
        for name, expected in (("again", {"P": ["x", "y"], "Q": [], "R": None, "S": ["z", None], "T": None}),
                               ("hinted", {"P": [2, 3], "Q": [2, 3], "R": None, "S": None, "T": None})):  # fmt: skip
            query = trait_query(made, name, AS_OF, store.dialect)
            with store.holding(made.schema, tables) as connection:
                got = {person: _read(value) for person, value in rows(connection, query, 100)}
            assert got == expected, (store.dialect, name)


def test_a_sample_shows_a_list_in_words(stores: Any) -> None:
    """`orc show` prints what a few members have: a list as its entries, one after the other."""
    made = workspace(f"{TRAITS}segment asked where everyone\n")
    given = [*people(P={"likes": ["x", "y"], "numbers": [1, None]}, Q={"likes": [], "numbers": "{"})]
    for store in stores:
        query = sample_query(made, SegmentRef("asked"), AS_OF, store.dialect, 5, ["interests", "numbers"])
        with store.holding(made.schema, {**EMPTY, "customers": [dict(row) for row in given]}) as connection:
            got = sample(connection, query, fact_fields(made, ["interests", "numbers"]))
        assert got == [
            {"id": "P", "interests": "x, y", "numbers": "1, null"}, {"id": "Q", "interests": "", "numbers": None}
        ], store.dialect  # fmt: skip


def _read(value: Any) -> Any:

    return json.loads(value) if isinstance(value, str) else value
