# ruff: noqa: E501 (tables: one sentence, one reading)
"""A segment in plain English says what it asks, and says it where people would guess wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.compile import dependencies, english, where
from orchestrator.language import load_texts, load_workspace, parse_expression

ROOT = Path(__file__).parents[2]

SHOP = {
    "campaigns/project.yml": "edition: 1\nname: small\nzone: UTC",
    "campaigns/schema.yml": """
entities:
  customer:
    table: customers
    key: id
    attributes: {country: text, tags: list(text)}
events:
  purchase:
    table: orders
    key: customer_id
    at: at
    plural: purchases
    properties: {amount: {type: money, currency: EUR}, items: int, due: timestamp, sku: text}
  view_product: {table: views, key: customer_id, at: at, properties: {sku: text}}
relations:
  device: {table: devices, key: customer_id, plural: devices, properties: {os: text}}
""",
}

SENTENCES = [
    ("everyone", "everyone"),
    ('country is one of ("DE", "AT")', '`country` is "DE" or "AT"'),
    ('plan is not "free"', '`plan` is not "free", or it is unknown'),
    ("age >= 18", "`age` is at least 18"),
    ("did purchase ever", "they did `purchase` at least once at any time"),
    ("did not visit in last 30 days", "they did not `visit` in the last 30 days"),
    ("did purchase fewer than 3 times ever", "they did `purchase` fewer than 3 times (or never) in all"),
    ('did purchase where (category is "shoes") at least 2 times in previous 2 months', 'they did `purchase` (where `category` is "shoes") at least 2 times in the previous 2 whole months'),
    ("sum of purchase.amount ever > 500 EUR", "the total `amount` of all their `purchases` at any time is more than 500 EUR"),
    ("not in segment vip", "they are not in segment `vip`"),
    ("in top 20% by revenue within each country", "they are in the top 20% within each `country` by `revenue` (only known values count; ties at the edge are all in)"),
    ("in smallest group with 80% of ltv among segment vip", "they are among the fewest people of segment `vip` who together make up 80% of the total of `ltv` (highest first, only what is above 0; ties are in together)"),
    ("did not purchase in each of previous 4 quarters", "in at least one of the previous 4 whole quarters they did not `purchase`"),
    ("did purchase more than 0 times ever", "they did `purchase` more than 0 times in all"),
    ("did purchase exactly 0 times ever", "they did `purchase` exactly 0 times in all"),
    ("has more than 0 devices", "they have more than 0 `devices`"),
    ('last purchase.sku is not "A"', 'the `sku` of their last `purchase` is not "A", or there is none, or it is unknown'),
    ("days since last purchase is not between 5 and 100", "the number of whole days since their last `purchase` is not between 5 and 100, or it is unknown"),
    ("points + 0 is not 20", "`points` plus 0 is not 20, or it is unknown"),
    ("count of purchase ever is not 20", "the number of times they did `purchase` at any time is not 20"),
    ("not (points > 5)", "`points` is not more than 5, or it is unknown"),
    ("not in top 20% by points", "they are not in the top 20% by `points` (only known values count; ties at the edge are all in)"),
    ('country is "a\\u202eb\\"c"', '`country` is "a\\u202eb\\"c"'),
    ("did purchase on local yesterday", "they did `purchase` at least once yesterday by their own clock"),
    ("did visit ever then not refund within 1 day", "they did `visit` at any time, then did not `refund` within 1 day (which is over)"),
    ("email is unique", "`email` is known, and nobody else has the same"),
    ("email is not unique", "`email` is shared with somebody else, or it is unknown"),
    ("points > avg of purchase.items ever across everyone", "`points` is more than the average `items` of everybody's `purchases` at any time"),
    ("anniversary of birth is in next 7 local days", "an anniversary of `birth` falls in the next 7 local days"),
    ("does not consent to email for promotions", "they do not allow email for promotions (no answer counts as no)"),
    ("created_at is between 30 and 60 days ago", "`created at` is between 30 and 60 days ago"),
    ("did purchase since last visit", "they did `purchase` at least once since their last `visit` event"),
    ('email does not contain "test"', '`email` does not contain "test", or it is unknown'),
    ("did visit in last 30 days then purchase with same product_id within 1 day then not refund within 3 days", "they did `visit` in the last 30 days, then did `purchase` with the same `product id` within 1 day, then did not `refund` within 3 days (which are over)"),
    ("did visit ever then purchase then not yet refund within 1 hour", "they did `visit` at any time, then did `purchase` at any time later, then did not `refund` within 1 hour (as far as that has passed)"),
    ('weekday of now is "friday"', "the current weekday is Friday"),
    ("year of birth is 1900", "the year of `birth` is 1900"),
    ("12 * (year of due - 1_900) + points > 1_000", "(12 times (the year of `due` minus 1,900)) plus `points` is more than 1,000"),
    ("month of birth is one of (2, 3)", "the month of `birth` is February or March"),
    ("month of birth < 7", "the month of `birth` is less than 7"),
    ('weekday of birth is not "friday"', "the weekday of `birth` is not Friday, or it is unknown"),
    ("staff is true", "`staff` is true"),
    ("clicked is not true", "`clicked` is not true, or it is unknown"),
    ('first_name is not ""', "`first name` is not the empty text, or it is unknown"),
    ('country is not one of ("DE", "AT")', '`country` is neither "DE" nor "AT", or it is unknown'),
    ("country is one of dach", "`country` is in the list `dach`"),
    ("country is not one of dach", "`country` is not in the list `dach`, or it is unknown"),
    ("max of purchase.due ever is in last 3 days", "the latest `due` of all their `purchases` at any time is in the last 3 days"),
    ("max of purchase.amount ever > 5 EUR", "the largest `amount` of all their `purchases` at any time is more than 5 EUR"),
    ("min of purchase.due ever is today", "the earliest `due` of all their `purchases` at any time is today"),
    ("count of tags > 1", "the number of entries of `tags` is more than 1"),
    ("count of device > 1", "the number of their `devices` is more than 1"),
    ("count of purchase ever > 1", "the number of times they did `purchase` at any time is more than 1"),
    ("count of view_product in last 3 days > 1", "the number of times they did `view product` in the last 3 days is more than 1"),
    ("count distinct of purchase.sku ever > 1", "the number of different values of `sku` among all their `purchases` at any time is more than 1"),
    ("avg of view_product.sku ever > 1", "the average `sku` of all their `view product` events at any time is more than 1"),
    ("did view_product in last 3 days", "they did `view product` at least once in the last 3 days"),
    ('last view_product.sku is "A"', 'the `sku` of their last `view product` event is "A"'),
    ("did purchase exactly 1 time ever", "they did `purchase` exactly once in all"),
    ("did purchase more than 60 days ago", "they did `purchase` at least once, more than 60 days ago"),
    ("did purchase in this month", "they did `purchase` at least once in this month"),
    ("did purchase from 2026-01-01 to 2026-01-31", "they did `purchase` at least once from 1 January 2026 to the end of 31 January 2026"),
    ("did purchase since this month", "they did `purchase` at least once since the start of this month"),
    ("did purchase after previous week", "they did `purchase` at least once after the end of the previous week"),
    ("did purchase where (nth is 1) ever", "they did `purchase` (where it is their first ever) at least once at any time"),
    ("did purchase where (nth >= 3 and days_since_previous >= 180) ever", "they did `purchase` (where its place in time is at least 3 and the number of days since the one before is at least 180) at least once at any time"),
    ("did purchase where (local hour of happened_at < 5) ever", "they did `purchase` (where the local hour of its moment is less than 5) at least once at any time"),
    ('did purchase where (sku is one of ("a", "b") and items is between 1 and 2) ever', 'they did `purchase` (where (`sku` is "a" or "b") and `items` is between 1 and 2) at least once at any time'),
    ("has at most 2 devices", "they have at most 2 (or no) `devices`"),
    ('has every device where (os is "ios" and app_version > "4")', 'they have at least one `device`, and for each of them `os` is "ios" and `app version` is more than "4"'),
    ('tags has none of ("a", "b")', '`tags` includes neither "a" nor "b" (also true without a list)'),
    ('tags has none of ("a")', '`tags` does not include "a" (also true without a list)'),
    ('tags has any of ("a", "b")', '`tags` includes "a" or "b"'),
    ("not (points is not 5)", "`points` is 5"),
    ("not (did purchase ever)", "they did not `purchase` at any time"),
    ("not entered segment vip in last 7 days", "they did not enter segment `vip` in the last 7 days, as refreshes saw it"),
    ("not in smallest group with 50% of count of purchase ever", "they are not among the fewest people who together make up 50% of the total of the number of times they did `purchase` at any time (highest first, only what is above 0; ties are in together)"),
    ("in smallest group with 50% of count of purchase ever", "they are among the fewest people who together make up 50% of the total of the number of times they did `purchase` at any time (highest first, only what is above 0; ties are in together)"),
    ('not in sample 5% salt "x"', 'they are not in the lasting sample of 5% drawn with the salt "x"'),
    ("fraction of purchase where (sku is known) ever >= 50%", "the share of their `purchases` (where `sku` is known) among all their `purchases` at any time is at least 50%"),
    ("median days between purchase ever < 30", "the median number of days from one `purchase` to the next at any time is less than 30"),
    ("sum of purchase.items ever - sum of purchase.items in last 3 days > 5", "the total `items` of all their `purchases` at any time minus the total `items` of all their `purchases` in the last 3 days is more than 5"),
    ('plan has not been "Pro" for at least 6 months', '`plan` has not been "Pro" without a break for at least 6 months (also true where its history starts later)'),
    ("items has every item where (price > 5 EUR)", "`items` has at least one entry, and for each of them `price` is more than 5 EUR"),
    ("did visit since 2026-01-01T10:00", "they did `visit` at least once since 1 January 2026 at 10:00"),
    ("consents to email for promotions in last 90 days", "they allow email for promotions by an answer given in the last 90 days"),
    ("everyone", "everyone"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), SENTENCES)
def test_a_sentence_reads_as_it_means(text: str, words: str) -> None:
    """What is easily misread is said: unknown values, and people with none."""
    condition, problems = parse_expression(text)
    assert condition is not None, problems
    assert english(load_texts(SHOP, ROOT).workspace, condition) == f"  - {words}"


GROUPS = [
    (
        'points > 5 or (email is known and country is "DE")',
        """\
  - at least one of these holds:
    - `points` is more than 5
    - all of these hold:
      - `email` is known
      - `country` is "DE\"""",
    ),
    (
        'at least 2 of (points > 5, (email is known and (points > 9 or country is "DE")), everyone)',
        """\
  - at least 2 of these hold:
    - `points` is more than 5
    - all of these hold:
      - `email` is known
      - at least one of these holds:
        - `points` is more than 9
        - `country` is "DE"
    - everyone""",
    ),
    (
        'not (points > 5 or (email is known and country is "DE"))',
        """\
  - none of these holds (what is unknown does not hold):
    - `points` is more than 5
    - all of these hold:
      - `email` is known
      - `country` is "DE\"""",
    ),
    (
        "points is not 20 and points is known",
        """\
  - `points` is not 20
  - `points` is known""",
    ),
    (
        'none of (points > 5, country is "DE")',
        """\
  - none of these holds (what is unknown does not hold):
    - `points` is more than 5
    - `country` is "DE\"""",
    ),
    (
        "at most 1 of (points > 5, did purchase ever)",
        """\
  - at most one of these holds (what is unknown does not hold):
    - `points` is more than 5
    - they did `purchase` at least once at any time""",
    ),
    (
        "none of (did purchase ever, everyone)",
        """\
  - none of these holds:
    - they did `purchase` at least once at any time
    - everyone""",
    ),
    (
        "(points > 5 and email is known) and points < 9",
        """\
  - `points` is more than 5
  - `email` is known
  - `points` is less than 9""",
    ),
    (
        'did purchase where (category is not "a" and items > 2) ever',
        """\
  - they did `purchase` (where (`category` is not "a", or it is unknown) and `items` is more than 2) at least once at any time""",
    ),
    (
        "did purchase where (not (items > 2) and items is known) ever",
        """\
  - they did `purchase` (where `items` is not more than 2 and `items` is known) at least once at any time""",
    ),
    (
        "at least 1 of (staff is true, points > 5)",
        """\
  - at least one of these holds:
    - `staff` is true
    - `points` is more than 5""",
    ),
]


@pytest.mark.parametrize(("text", "words"), GROUPS)
def test_what_belongs_together_stays_together(text: str, words: str) -> None:
    """An `and` among alternatives is one alternative, and no clause runs into the next."""
    condition, problems = parse_expression(text)
    assert condition is not None, problems
    assert english(load_texts(SHOP, ROOT).workspace, condition) == words


DEFINED = """\
segment both "Of both kinds" where staff is true and points > 5
segment either where staff is true or points > 5
segment all_of_them where everyone
event dear = purchase where (items > 2)
trait dear_items: int = sum of dear.items ever
partition halves
  case odd when staff is true
  case even when staff is true or points > 5
  otherwise rest
"""


def test_a_definition_says_how_many_of_its_lines_must_hold() -> None:
    """Nobody can take the lines of an `and` for alternatives, and a named event is as much a noun as its own."""
    workspace = load_texts({**SHOP, "campaigns/segments/a.seg": DEFINED}, ROOT).workspace
    lines = ["  - `staff` is true", "  - `points` is more than 5"]
    said = {name: english(workspace, name).splitlines() for name in workspace.definitions}
    assert said["both"] == ["All customers for whom all of these hold:", *lines]
    assert said["either"] == ["All customers for whom at least one of these holds:", *lines]
    assert said["all_of_them"] == ["All customers."]
    assert said["dear"] == ["`dear` stands for `purchase` (where `items` is more than 2)."]
    assert said["dear_items"] == ["`dear items` is the total `items` of all their `dears` at any time."]
    assert said["halves"] == [
        "Divides all customers into 3 groups; everybody is in exactly one, the first that fits:",
        "  odd, if this holds:",
        "    - `staff` is true",
        "  even, if at least one of these holds:",
        *(f"  {line}" for line in lines),
        "  rest:",
        "    - whoever fits none of the above",
    ]


def test_every_definition_of_the_example_has_words() -> None:
    """No definition of the worked example is without its English, and none prints an internal name."""
    workspace = load_workspace(ROOT).workspace
    assert len(workspace.definitions) > 30
    for name in workspace.definitions:
        words = english(workspace, name)
        assert words
        assert "object at" not in words
        assert "Decimal(" not in words


def test_dependencies_are_found_through_everything() -> None:
    """A campaign depends on what its audience's segments use, down to the columns, and on the policies."""
    workspace = load_workspace(ROOT).workspace
    found = dependencies(workspace, "winter_launch")
    assert {"engaged", "engagement", "warm_order", "paid_order", "detractors", "schema:purchase.status"} <= found
    assert "winter_launch" not in found


def test_a_circle_of_definitions_ends() -> None:
    """A circle is an error elsewhere; here it must not hang."""
    files = {"campaigns/segments/a.seg": "segment a\nwhere in segment b\n\nsegment b\nwhere in segment a\n"}
    workspace = load_texts(files, ROOT).workspace
    assert dependencies(workspace, "a") == {"a", "b"}


NAMED = """\
list dach = ("DE", "AT")
trait score: int = count of big ever
event big = purchase where (items > 2)
segment inner($n: int = 3)
where score > $n
segment outer
where country is one of dach and in segment inner($n = 4) and not in segment inner
"""


def test_whatever_a_segment_names_is_explained_below_it_once() -> None:
    """A reviewer reads lists, traits, events and segments in the same English, and those that they use, too."""
    schema = "entities: {customer: {table: customers, key: id, attributes: {country: text}}}"
    files = {"campaigns/project.yml": "edition: 1\nname: small", "campaigns/schema.yml": schema}
    files["campaigns/segments/a.seg"] = NAMED
    workspace = load_texts(files, ROOT).workspace
    assert where(workspace, workspace.definitions["outer"]).splitlines() == [
        "where:",
        '  - `dach` stands for "DE" and "AT".',
        "  - `inner`: all customers for whom this holds ($n is 3):",
        "    - `score` is more than $n",
        "  - `score` is the number of times they did `big` at any time.",
        "  - `big` stands for `purchase` (where `items` is more than 2).",
    ]
    assert where(workspace, workspace.definitions["dach"]) == ""
