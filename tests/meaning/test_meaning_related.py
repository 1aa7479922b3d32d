"""Lists, values inside JSON, related rows, parents and members: what every engine and the reference must say alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from meaning_belongings import device, orders, people

TAGGED = {"customers": people(P={"tags": None}, Q={"tags": []}, R={"tags": ["x", "y"]}, S={"tags": ["z", None]})}


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ('tags has none of ("x")', "PQS"),
        ("count of tags < 2", "PQ"),
        ("tags is missing", "P"),
        ("tags is known", "QRS"),
        ('tags has "x"', "R"),
        ('tags has any of ("x", "z")', "RS"),
        ('tags has all of ("x", "y")', "R"),
        ('tags has item where (value starts with "Y")', "R"),
        ('tags has no item where (value is "x")', "PQS"),
        ('tags has every item where (value is not "x")', "S"),
        ('tags has every item where (value is "z")', ""),
        ("tags has item where (value is missing)", "S"),
        ('count of tags where (value is not "x") >= 1', "RS"),
        ("tags has any of words", "R"),
        ('not (tags has "x") and tags is known', "QS"),
    ],
)
def test_a3_a_missing_list_is_an_empty_one(asked: Callable[..., str], sentence: str, members: str) -> None:
    """A3: `has` and `count of` take no list as an empty list; only `is missing` tells them apart."""
    assert asked(sentence, TAGGED, 'list words = ("x", "q")') == members


def test_a_broken_document_is_a_missing_one(asked: Callable[..., str]) -> None:
    """What is no JSON, or no list, is a missing list, and no statement fails on it."""
    broken = ["", "bad", "{", "[1,]", '["a" "b"]', '{"a": 1}', "null", "1", '"x"', "[NaN]", '["a\n"]', "[01]", "['x']",
              '["x"', '["x"]]', "[tru]", '["\\ud800x"]x', "nan", "-"]  # fmt: skip
    rows = people(**{f"p{n:02}": {"tags": text} for n, text in enumerate(broken)}, ok={"tags": ' [ "x" , {"a":[1]} ] '})
    assert asked('tags has "x"', {"customers": rows}) == "ok"
    assert asked("tags is known", {"customers": rows}) == "ok"
    assert asked("count of tags > 0", {"customers": rows}) == "ok"


def test_an_entry_of_another_type_is_unknown(asked: Callable[..., str]) -> None:
    """A list of numbers takes no texts for numbers, and the other way round."""
    rows = people(P={"tags": [1, True], "numbers": ["1", 2]}, Q={"tags": ["1"], "numbers": [1.0]})
    assert asked('tags has "1"', {"customers": rows}) == "Q"
    assert asked("numbers has 1", {"customers": rows}) == "Q"
    assert asked("numbers has item where (value >= 2)", {"customers": rows}) == "P"
    assert asked("count of tags is 2", {"customers": rows}) == "P"


def test_trap_18_signs_of_like_in_a_text_are_letters(asked: Callable[..., str]) -> None:
    """`%` and `_` inside an entry or a pattern mean themselves."""
    rows = people(P={"tags": ["a%b"]}, Q={"tags": ["axb"]}, R={"tags": ["a_b\\"]}, S={"tags": ['"quoted"']})
    assert asked('tags has item where (value contains "a%")', {"customers": rows}) == "P"
    assert asked('tags has item where (value contains "_")', {"customers": rows}) == "R"
    assert asked('tags has "a%b"', {"customers": rows}) == "P"
    assert asked('tags has "\\"quoted\\""', {"customers": rows}) == "S"


RED = [{"sku": "SKU-123", "color": "red", "price": 5, "modifiers": ["Bacon"]}]
MIXED = [
    {"sku": "SKU-123", "color": "blue", "price": 5},
    {"sku": "X", "color": "red", "price": 9.99, "modifiers": ["Onion"]},
]


def test_trap_4_one_entry_satisfies_the_whole_filter(asked: Callable[..., str]) -> None:
    """An order with a red X and a blue SKU-123 has no red SKU-123."""
    tables = {"customers": people(P={}, Q={}), "orders": orders(("P", RED), ("Q", MIXED))}
    one = 'did purchase where (items has item where (sku is "SKU-123" and color is "red")) ever'
    two = 'did purchase where (items has item where (sku is "SKU-123") and items has item where (color is "red")) ever'
    assert asked(one, tables) == "P"
    assert asked(two, tables) == "PQ"


def test_lists_inside_lists(asked: Callable[..., str]) -> None:
    """S19: an entry's own list is looked into, also with `no`, `every` and counts."""
    tables = {"customers": people(P={}, Q={}), "orders": orders(("P", RED), ("Q", MIXED))}
    assert asked('did purchase where (items has item where (modifiers has "Bacon")) ever', tables) == "P"
    assert asked('did purchase where (items has item where (modifiers has none of ("Bacon"))) ever', tables) == "Q"
    assert asked("did purchase where (items has item where (count of modifiers is 0)) ever", tables) == "Q"
    assert asked('did purchase where (items has every item where (modifiers has "Bacon")) ever', tables) == "P"
    inner = 'modifiers has item where (value starts with "on")'
    assert asked(f"did purchase where (items has item where (price > 9.98 EUR and {inner})) ever", tables) == "Q"
    assert asked("did purchase where (count of items where (price >= 5 EUR) >= 2) ever", tables) == "Q"


def test_values_inside_json(asked: Callable[..., str]) -> None:
    """S4: a path into a document is an attribute; what is not there, or of another type, is unknown."""
    rows = people(
        P={"survey": {"eco_importance": 5}, "likes": ["outdoor"], "profile": {"prefs": {"lang": "de"}}},
        Q={"survey": {"eco_importance": "5"}, "likes": ["outdoor"], "profile": {"prefs": "de"}},
        R={"survey": "{", "likes": ["other"], "profile": {"prefs": {"lang": None}}},
    )
    tables = {"customers": rows}
    assert asked('interests has any of ("sustainability", "outdoor") and survey.eco_importance >= 4', tables) == "P"
    assert asked('lang is not "en"', tables) == "PQR"
    assert asked("lang is known", tables) == "P"
    assert asked("survey.eco_importance is missing", tables) == "QR"


@pytest.mark.parametrize(
    ("sentence", "members"),
    [
        ('has device where (os is "ios" and os_version >= "17" and app_version < "4.2")', "P"),
        ('has device where (os is "ios")', "PQ"),
        ("has no device", "R"),
        ('has no device where (os is "ios")', "R"),
        ('has every device where (os is "ios")', "P"),
        ('has every device where (os is not "ios")', ""),
        ("has exactly 2 devices", "Q"),
        ("has fewer than 2 devices", "PR"),
        ("has at most 2 devices", "PQR"),
        ("has between 1 and 2 devices", "PQ"),
        ('has at least 1 device where (os is "ios")', "PQ"),
        ("count of device is 0", "R"),
        ('count of device where (os is "ios") >= 1', "PQ"),
        ("sum of device.cost >= 3 EUR", "Q"),
        ("avg of device.cost < 1.6 EUR", "PQ"),
        ("max of device.cost is missing", "R"),
        ("median of device.cost is 1.5 EUR", "Q"),
        ('median of device.cost where (os is "ios") is 1 EUR', "PQ"),
        ("median of device.cost is missing", "R"),
        ("count distinct of device.os >= 2", "Q"),
        ('not (has device where (os is "ios"))', "R"),
        ('has device where (os is "ios") or country is "DE"', "PQR"),
    ],
)
def test_related_rows(asked: Callable[..., str], sentence: str, members: str) -> None:
    """A8, A56, rule 7: some row, no row, every row, a number of rows; none counts where a number is a ceiling."""
    tables = {
        "customers": people(P={}, Q={}, R={"country": "DE"}),
        "devices": [device("P"), device("Q", version="9", cost=1), device("Q", os="android", cost=2), device("Z")],
    }
    assert asked(sentence, tables) == members


def test_a8_some_row_is_always_meant(asked: Callable[..., str]) -> None:
    """A8: a row that is not active is enough for `has … where (status is not …)`."""
    tables = {
        "customers": people(P={}, Q={}),
        "tickets": [{"customer_id": "P", "status": status} for status in ("open", "closed")],
    }
    assert asked('has ticket where (status is not "open")', tables) == "P"
    assert asked('has no ticket where (status is "open")', tables) == "Q"


def test_a56_an_unknown_property_fails_every(asked: Callable[..., str]) -> None:
    """A56: a row for which the filter is unknown is one for which it is not true."""
    tables = {
        "customers": people(P={}, Q={}),
        "tickets": [{"customer_id": p, "status": s} for p, s in (("P", "open"), ("P", None), ("Q", "open"))],
    }
    assert asked('has every ticket where (status is "open")', tables) == "Q"


USERS = [
    {"id": f"u{n}", "account_id": account, "status": status, "role": role}
    for n, (account, status, role) in enumerate(
        [("A", "active", "admin"), ("A", "active", "user"), ("A", "active", "user"), ("B", "active", "admin"),
         ("B", "closed", None), (None, "active", "admin")]
    )
]  # fmt: skip
USED = [{"user_id": "u1", "at": dt.datetime(2026, 11, 18, 9), "feature": "X"}]
LOGINS = [{"user_id": "u3", "at": dt.datetime(2026, 11, 21, 9)}]
WORLD = {
    "accounts": [{"id": n, "plan": p, "marks": None} for n, p in (("A", "pro"), ("B", None), ("C", "free"))],
    "users": USERS,
    "uses": USED,
    "logins": LOGINS,
}
DEFINED = """
segment x_user of user where did use_feature where (feature is "X") in this week
segment busy_accounts of account
where has at least 3 users where (status is "active") and has user where (in segment x_user)
"""


@pytest.mark.parametrize(
    ("of", "sentence", "members"),
    [
        ("account", "in segment busy_accounts", "A"),
        ("account", 'has at least 2 users where (status is "active")', "A"),
        ("account", "has no user", "C"),
        ("account", "has user where (did login in last 3 days)", "B"),
        ("account", 'has user where (did login in last 3 days and role is "user")', ""),
        ("account", "has no user where (count of login ever >= 1)", "AC"),
        ("account", 'has every user where (role is "admin" or in segment x_user)', ""),
        ("account", "count of user where (in segment x_user) is 1", "A"),
        ("user", "account is in segment busy_accounts", "u0u1u2"),
        ("user", "account is not in segment busy_accounts", "u3u4u5"),
        ("user", "account_id is in segment busy_accounts and did not login ever", "u0u1u2"),
        ("user", 'account.plan is "pro"', "u0u1u2"),
        ("user", 'account.plan is not "pro"', "u3u4u5"),
        ("user", "account.plan is missing and account is not in segment busy_accounts", "u3u4u5"),
        ("user", "did login where (user.account.plan is missing) ever", "u3"),
        ("user", 'role is "admin" and did not login in last 14 days and account is in segment busy_accounts', "u0"),
    ],
)
def test_parents_and_members(asked: Callable[..., str], of: str, sentence: str, members: str) -> None:
    """S30, rule 19, A65: an account is asked about its users, and a user about its account."""
    assert asked(sentence, WORLD, DEFINED, of) == members


def test_a65_a_row_that_leads_to_an_entity_asks_it(asked: Callable[..., str]) -> None:
    """A65: rows with properties of their own may lead to somebody with events and segments."""
    tables = {
        **WORLD,
        "customers": people(P={}, Q={}, R={}),
        "memberships": [
            {"customer_id": "P", "user_id": "u1", "kind": "own"},
            {"customer_id": "Q", "user_id": "u3", "kind": "own"},
            {"customer_id": "R", "user_id": None, "kind": "own"},
        ],
    }
    assert asked('has membership where (kind is "own" and in segment x_user)', tables, DEFINED) == "P"
    assert asked("has membership where (did login ever)", tables, DEFINED) == "Q"
    assert asked("has membership where (did not login ever)", tables, DEFINED) == "P"
    assert asked("has no membership where (in segment x_user)", tables, DEFINED) == "QR"


def test_a_list_parameter_stands_where_a_list_may(asked: Callable[..., str]) -> None:
    """The values that a reference gives are looked for in each person's own list."""
    text = 'segment tagged($tags: list(text) = ("x")) where tags has any of $tags\n'
    text += "segment untagged($tags: list(text)) where tags has none of $tags\n"
    assert asked("in segment tagged", TAGGED, text) == "R"
    assert asked('in segment tagged($tags = ("z", "y"))', TAGGED, text) == "RS"
    assert asked('in segment untagged($tags = ("z"))', TAGGED, text) == "PQR"
