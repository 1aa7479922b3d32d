"""Lists and related rows in a workspace: its own tests run on them, and mistakes are found where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.compile import check, load_rows, members_query, memory
from orchestrator.language import load_texts
from orchestrator.model.condition import SegmentRef

FILES = {
    "campaigns/project.yml": "edition: 1\nname: test\nzone: UTC\nweek_starts: mon\ncurrency: EUR\n",
    "campaigns/schema.yml": """
entities:
  customer:
    table: customers
    key: id
    attributes: {tags: list(text), country: text, prefs.lang: text, items: {type: list, of: {sku: text}}}
  account: {table: accounts, key: id, attributes: {plan: text}}
  user:
    table: users
    key: id
    plural: users
    parent: {entity: account, column: account_id}
    attributes: {status: text}
events:
  visit:
    table: visits
    key: customer_id
    at: at
    properties: {pages: list(text), spots: {type: list, of: {x: int}}, at_night: bool}
relations:
  device: {table: devices, key: customer_id, plural: devices, properties: {os: text, parts: list(text)}}
""",
}
CASES = """
as_of: 2026-11-22T09:00
cases:
  - name: a list and a device
    segment: a
    people:
      - {id: 1, tags: [vip, x], prefs: {lang: de}, items: [{sku: S1}]}
      - {id: 2, tags: [x]}
      - {id: 3}
    relations:
      device: [{customer_id: 1, os: ios}, {customer_id: 2, os: ios}]
    members: [1]
  - name: an account and its users
    segment: busy
    people: [{id: A}, {id: B}]
    relations:
      user: [{id: u1, account_id: A, status: active}, {id: u2, account_id: A, status: active}, {id: u3, account_id: B}]
    members: [A]
"""
SEGMENTS = """
segment a where tags has "vip" and prefs.lang is "de" and has device and items has item where (sku is "S1")
segment busy of account where has at least 2 users where (status is "active")
"""


def test_a_workspace_tests_lists_and_related_rows() -> None:
    """Lists are written as YAML, rows of relations and other entities by name."""
    files = {**FILES, "campaigns/tests/t.yml": CASES, "campaigns/segments/a.seg": SEGMENTS}
    loaded = load_texts(files, Path())
    assert not loaded.diagnostics
    assert not [found for found in check(loaded.workspace) if found.is_error]
    for case in loaded.workspace.tests:
        query = members_query(loaded.workspace, SegmentRef(case.segment), case.as_of, "sqlite")
        with memory(loaded.workspace, load_rows(loaded.workspace, case)) as connection:
            got = [str(row[0]) for row in connection.execute(query.select)]
        assert tuple(got) == case.members, case.name


def test_a_list_is_no_value_of_a_text() -> None:
    """A list written for an attribute that holds one value is a mistake of the test's row."""
    case = CASES.replace("{id: 2, tags: [x]}", "{id: 2, country: [DE]}")
    files = {**FILES, "campaigns/tests/t.yml": case, "campaigns/segments/a.seg": SEGMENTS}
    found = [each for each in check(load_texts(files, Path()).workspace) if each.is_error]
    assert [each.code for each in found] == ["E319"]


@pytest.mark.parametrize(
    ("segment", "code", "help"),
    [
        ("segment s where has devise", "E214", "device"),
        ("segment s where has at least 3 device", "E215", "devices"),
        ("segment s where has devices", "E215", "device"),
        ("segment s where has visit", "E211", "did visit ever"),
        ("segment s where did device ever", "E211", "has device"),
        ('segment s where country has "x"', "E216", ""),
        ('segment s where items has "x"', "E216", 'items has item where (sku is "x")'),
        ("segment s where tags has 1", "E301", ""),
        ("segment s where items has item where (skuu is 1)", "E202", "sku"),
        ("segment s where items has item where (did visit ever)", "E210", ""),
        ("segment s where has device where (did visit ever)", "E210", ""),
        ("segment s where has user", "E212", ""),
        ("segment s where country is in segment busy", "E217", ""),
        ("segment s of user where country is in segment busy", "E217", "account"),
        ("segment s of user where account is in segment c", "E212", ""),
        ("segment s where count of device in last 3 days > 1", "E311", ""),
        ("segment s where sum of device > 1", "E315", ""),
        ("segment s where sum of device.os > 1", "E315", ""),
        ('segment s where tags is "x"', "E347", 'tags has "…"'),
        ('segment s where tags is one of ("x")', "E347", "count of tags >= 1"),
        ('segment s where tags contains "x"', "E347", 'tags has "…"'),
        ("segment s where items is country", "E347", "items has item where (sku is known)"),
        ("segment s where tags is unique", "E347", ""),
        ("segment s where in top 10% by tags", "E347", ""),
        ("segment s where in top 1 by count of tags within each tags", "E347", ""),
        ("segment s where in smallest group with 80% of tags", "E347", ""),
        ("segment s where count of visit.pages ever > 1", "E347", "count of visit where (count of pages >= 1) ever"),
        ("segment s where count distinct of visit.pages ever > 1", "E347", ""),
        ("segment s where count of visit.pages where (at_night is true) ever > 1", "E347", ""),
        ("segment s where max of visit.pages ever is known", "E347", ""),
        ("segment s where count distinct of device.parts > 1", "E347", "count of device where (count of parts >= 1)"),
        ('segment s where last visit.pages is "x"', "E347", "trait last_pages: list(text) = last visit.pages"),
        ("segment s where first visit.spots is 1", "E347", "trait first_spots: list = first visit.spots"),
        ('segment s where both is "x"', "E347", 'both has "…"'),
        ('segment s where wide has "x"', "E216", ""),
        ("segment s of account where has user where (account is in segment s)", "E401", ""),
    ],
)
def test_a_mistake_is_found_at_its_place(segment: str, code: str, help: str) -> None:
    """Each has its code, its place, and where there is one the text to paste."""
    others = "segment busy of account where everyone\nsegment c where everyone\n"
    others += "trait both: list(text) = tags\ntrait wide: int = count of tags\n"
    files = {**FILES, "campaigns/segments/a.seg": f"{segment}\n{others}"}
    found = [each for each in check(load_texts(files, Path()).workspace) if each.is_error]
    assert [each.code for each in found] == [code]
    assert found[0].span.line == 1
    assert help in " ".join(found[0].help)


@pytest.mark.parametrize(
    ("trait", "code", "help"),
    [
        ("trait t: list(int) = tags", "E316", "trait t: list(text)"),
        ("trait t: list = tags", "E316", "trait t: list(text)"),
        ("trait t: list(text) = items", "E316", "trait t: list"),
        ("trait t: list(text) = last visit.spots", "E316", "trait t: list"),
        ("trait t: text = tags", "E316", ""),
        ("trait t: list(text) = country", "E316", ""),
        ("trait t: list(txet) = tags", "E316", "trait t: list(text)"),
        ("trait t: list(list) = tags", "E316", ""),
        ("trait t: text(int) = country", "E316", ""),
        ('trait t: list(text) = tags default "x"', "E316", ""),
        ("trait t: list(text) = tagz", "E202", "tags"),
        ("trait t: list(text) = last vist.pages", "E213", "visit"),
        ("trait t: list(text) = last visit.pagez", "E202", "pages"),
        ("trait t: list(text) = last visit.pages where (at_nite is true)", "E202", "at_night"),
        ("trait t: list(text) = t", "E401", ""),
    ],
)
def test_a_trait_that_is_a_list_says_of_what(trait: str, code: str, help: str) -> None:
    """The declared entries are those of the list, and a list has no default."""
    files = {**FILES, "campaigns/segments/a.seg": f'{trait}\nsegment s where t has "x"\n'}
    found = [each for each in check(load_texts(files, Path()).workspace) if each.is_error]
    assert found[0].code == code
    assert found[0].span.line == 1
    assert help in " ".join(found[0].help)
    assert {each.code for each in found} <= {code, "E216", "E301"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("tags: list(text)", "tags: list", "E002"),
        ("tags: list(text)", "tags: list(textt)", "E006"),
        ("tags: list(text)", "tags: {type: list(text), of: {a: text}}", "E023"),
        ("tags: list(text)", "tags: {type: text, of: {a: text}}", "E023"),
        ("tags: list(text)", "tags: {type: text, path: a..b}", "E010"),
        ("of: {sku: text}", "of: {sku: {type: text, column: x}}", "E023"),
        ("parent: {entity: account", "parent: {entity: acount", "E225"),
        ("key: customer_id, plural: devices", "key: customer_id, of: custmer, plural: devices", "E225"),
        ("key: customer_id, plural: devices", "key: customer_id, entity: user, plural: devices", "E002"),
        ("key: customer_id, plural: devices", "key: customer_id, ref: user, plural: devices", "E023"),
        ("plural: devices", "plural: visit", "E227"),
        ("  device: {", "  visit: {", "E227"),
    ],
)
def test_a_wrong_key_of_the_schema_is_found(old: str, new: str, code: str) -> None:
    """Every wrong key of lists, relations and parents has its finding in the file."""
    schema = FILES["campaigns/schema.yml"]
    assert old in schema
    found = load_texts({**FILES, "campaigns/schema.yml": schema.replace(old, new)}, Path()).diagnostics
    assert code in [each.code for each in found if each.span.path == "campaigns/schema.yml"]


def test_a_value_of_the_row_before_has_a_canonical_form() -> None:
    """Comparing definitions looks at every field of the schema that they name, lists and histories too."""
    attributes = "tags: list(text), plan: {type: text, history: {table: h, key: c, value: v, at: t}}"
    schema = FILES["campaigns/schema.yml"].replace("tags: list(text)", attributes)
    text = 'segment a where plan changed from "x" to "y" ever and tags has "a" and did visit ever'
    files = {**FILES, "campaigns/schema.yml": schema, "campaigns/segments/a.seg": text}
    loaded = load_texts(files, Path())
    assert not [each for each in (*loaded.diagnostics, *check(loaded.workspace)) if each.is_error]


@pytest.mark.parametrize(
    ("sentence", "help_"),
    [
        ('has device where (os is not "ios")', 'has no device where (os is "ios")'),
        ('has device where (os is not one of ("ios", "mac"))', 'has no device where (os is one of ("ios", "mac"))'),
        ('has device where (os does not contain "mac")', 'has no device where (os contains "mac")'),
        ('not (has device where (os is not "ios"))', 'has no device where (os is "ios")'),
        ('has device where (os is "ios")', None),
        ("has device where (os is missing)", None),
        ('has no device where (os is not "ios")', None),
        ('has every device where (os is not "ios")', None),
        ('has at least 1 device where (os is not "ios")', None),
        ('has device where (os is not "ios" and parts has "x")', None),
    ],
)
def test_one_different_row_is_said(sentence: str, help_: str | None) -> None:
    """A8: W307 where a filter only says what a row is not, and silence where the number of rows is written out."""
    files = {**FILES, "campaigns/segments/a.seg": f"segment a where {sentence}\n"}
    found = [each for each in check(load_texts(files, Path()).workspace) if each.code == "W307"]
    assert [each.help[0] for each in found] == ([] if help_ is None else [help_])
    for each in found:
        for text in each.help:
            again = load_texts({**FILES, "campaigns/segments/a.seg": f"segment a where {text}\n"}, Path())
            assert not again.diagnostics
            assert "W307" not in [one.code for one in check(again.workspace)]


@pytest.mark.parametrize(
    ("sentence", "help_"),
    [
        ('tags has none of ("vip")', '(tags has none of ("vip") and tags is known)'),
        ('items has no item where (sku is "S1")', '(items has no item where (sku is "S1") and items is known)'),
        ("count of tags < 2", "(count of tags < 2 and tags is known)"),
        ("count of tags >= 0", "(count of tags >= 0 and tags is known)"),
        ("count of tags is 0", "(count of tags is 0 and tags is known)"),
        ("count of tags is not 2", "(count of tags is not 2 and tags is known)"),
        ("count of tags is between 0 and 3", "(count of tags is between 0 and 3 and tags is known)"),
        ("count of tags is not between 1 and 3", "(count of tags is not between 1 and 3 and tags is known)"),
        ('both has none of ("vip")', '(both has none of ("vip") and both is known)'),
        ("count of both < 2", "(count of both < 2 and both is known)"),
        ('both has none of ("vip") and both is known', None),
        ('tags has "vip"', None),
        ('tags has all of ("vip", "x")', None),
        ('items has item where (sku is "S1")', None),
        ('tags has every item where (value is "x")', None),  # A56: at least one
        ("count of tags >= 2", None),
        ("count of tags is 2", None),
        ("count of tags is not 0", None),
        ("count of tags is between 1 and 3", None),
        ("count of tags < 2 and tags is known", None),
        ('tags has none of ("vip") and tags is known', None),
    ],
)
def test_a_missing_list_is_said_where_it_counts_as_an_empty_one(sentence: str, help_: str | None) -> None:
    """A3: W302 where no entry is what is asked for, and silence where it is not, or `is known` stands beside it."""
    files = {**FILES, "campaigns/segments/a.seg": f"trait both: list(text) = tags\nsegment a where {sentence}\n"}
    found = [each for each in check(load_texts(files, Path()).workspace) if each.code == "W302"]
    assert [each.help for each in found] == ([] if help_ is None else [(help_,)])
