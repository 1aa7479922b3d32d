"""A segment in plain English says what it asks, and says it where people would guess wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.compile import dependencies, english, where
from orchestrator.language import load_texts, load_workspace, parse_expression

ROOT = Path(__file__).parents[2]

SENTENCES = [
    ("everyone", "everyone"),
    ('country is one of ("DE", "AT")', 'country is "DE" or "AT"'),
    ('plan is not "free"', 'plan is not "free", or it is unknown'),
    ("age >= 18", "age is at least 18"),
    ("did purchase ever", "they did at least one `purchase` at any time"),
    ("did not visit in last 30 days", "they did no `visit` in the last 30 days"),
    ("did purchase fewer than 3 times ever", "they did `purchase` fewer than 3 times at any time (never counts, too)"),
    (
        'did purchase where (category is "shoes") at least 2 times in previous 2 months',
        'they did `purchase` (where category is "shoes") at least 2 times in the previous 2 whole months',
    ),
    ("sum of purchase.amount ever > 500 EUR", "the sum of amount of `purchase` at any time is more than 500 EUR"),
    ("not in segment vip", "they are not in segment `vip`"),
    (
        "in top 20% by revenue within each country",
        "they are in the top 20% within each country by revenue (where it is known; ties at the edge are all in)",
    ),
    (
        "in smallest group with 80% of ltv among segment vip",
        "they are among the fewest of segment `vip` who together have 80% of all ltv (highest first, only what is "
        "above 0; ties are in together)",
    ),
    (
        "did not purchase in each of previous 4 quarters",
        "they did no `purchase` in at least one of the previous 4 whole quarters",
    ),
    ("did purchase more than 0 times ever", "they did `purchase` more than 0 times at any time"),
    ("did purchase exactly 0 times ever", "they did `purchase` exactly 0 times at any time (never counts, too)"),
    ("has more than 0 devices", "they have more than 0 `devices`"),
    (
        'last purchase.sku is not "A"',
        'sku of the last `purchase` is not "A", or there is none, or it is unknown',
    ),
    (
        "days since last purchase is not between 5 and 100",
        "the number of whole days since the last `purchase` is not between 5 and 100, or it is unknown",
    ),
    ("points + 0 is not 20", "(points plus 0) is not 20, or it is unknown"),
    ("count of purchase ever is not 20", "the number of `purchase` at any time is not 20"),
    ("not (points > 5)", "it is not so that points is more than 5, or it is unknown"),
    (
        "not in top 20% by points",
        "it is not so that they are in the top 20% by points (where it is known; ties at the edge are all in), or it "
        "is unknown",
    ),
    ('country is "a\\u202eb\\"c"', 'country is "a\\u202eb\\"c"'),
    ("did purchase on local yesterday", "they did at least one `purchase` yesterday (local)"),
    (
        "did visit ever then not refund within 1 day",
        "they did a `visit` at any time, and then no `refund` within 1 day (which is over)",
    ),
    ("email is unique", "email is known and nobody else has the same"),
    ("email is not unique", "email is shared with somebody else, or it is unknown"),
    (
        "points > avg of purchase.items ever across everyone",
        "points is more than the average of items of `purchase` at any time over all events of everybody together",
    ),
    ("anniversary of birth is in next 7 local days", "an anniversary of birth falls in the next 7 local days"),
    ("does not consent to email for promotions", "they do not allow email for promotions (no answer counts as no)"),
    ("created_at is between 30 and 60 days ago", "created at is between 30 and 60 days ago"),
    ("did purchase since last visit", "they did at least one `purchase` since their last `visit`"),
    ('email does not contain "test"', 'email does not contain "test", or it is unknown'),
    (
        "did visit in last 30 days then purchase with same product_id within 1 day then not refund within 3 days",
        "they did a `visit` in the last 30 days, and then, within 1 day, a `purchase` with the same product id, "
        "and then no `refund` within 3 days (which are over)",
    ),
    (
        "did visit ever then purchase then not yet refund within 1 hour",
        "they did a `visit` at any time, and then, at any time later, a `purchase`, "
        "and then no `refund` so far within 1 hour",
    ),
    ("weekday of now is \"friday\"", 'the weekday of the present moment is "friday"'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), SENTENCES)
def test_a_sentence_reads_as_it_means(text: str, words: str) -> None:
    """What is easily misread is said: unknown values, and people with none."""
    condition, problems = parse_expression(text)
    assert condition is not None, problems
    workspace = load_texts({}, ROOT).workspace
    assert english(workspace, condition) == f"  - {words}"


GROUPS = [
    (
        'points > 5 or (email is known and country is "DE")',
        """\
  - at least one of these holds:
    - points is more than 5
    - all of these hold:
      - email is known
      - country is "DE\"""",
    ),
    (
        'at least 2 of (points > 5, (email is known and (points > 9 or country is "DE")), everyone)',
        """\
  - at least 2 of these hold:
    - points is more than 5
    - all of these hold:
      - email is known
      - at least one of these holds:
        - points is more than 9
        - country is "DE"
    - everyone""",
    ),
    (
        'not (points > 5 or (email is known and country is "DE"))',
        """\
  - none of these holds (what is unknown does not hold):
    - points is more than 5
    - all of these hold:
      - email is known
      - country is "DE\"""",
    ),
    ("points is not 20 and points is known", "  - points is not 20\n  - points is known"),
    (
        'none of (points > 5, country is "DE")',
        """\
  - none of these holds (what is unknown does not hold):
    - points is more than 5
    - country is "DE\"""",
    ),
    (
        "at most 1 of (points > 5, did purchase ever)",
        """\
  - at most 1 of these hold (what is unknown does not hold):
    - points is more than 5
    - they did at least one `purchase` at any time""",
    ),
    (
        "none of (did purchase ever, everyone)",
        """\
  - none of these holds:
    - they did at least one `purchase` at any time
    - everyone""",
    ),
    (
        "(points > 5 and email is known) and points < 9",
        "  - points is more than 5\n  - email is known\n  - points is less than 9",
    ),
    (
        'did purchase where (category is not "a" and items > 2) ever',
        '  - they did at least one `purchase` (where (category is not "a", or it is unknown) and items is more than 2) '
        "at any time",
    ),
    (
        "did purchase where (not (items > 2) and items is known) ever",
        "  - they did at least one `purchase` (where (it is not so that items is more than 2) and items is known) "
        "at any time",
    ),
]


@pytest.mark.parametrize(("text", "words"), GROUPS)
def test_what_belongs_together_stays_together(text: str, words: str) -> None:
    """An `and` among alternatives is one alternative, and no clause runs into the next."""
    condition, problems = parse_expression(text)
    assert condition is not None, problems
    assert english(load_texts({}, ROOT).workspace, condition) == words


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
        "    - score is more than $n",
        "  - `score` is the number of `big` at any time.",
        "  - `big` is a `purchase` (where items is more than 2).",
    ]
    assert where(workspace, workspace.definitions["dach"]) == ""
