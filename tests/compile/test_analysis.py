"""What is legal and cannot do what it says: told in the author's words, and never where it could be meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli import drawing
from orchestrator.compile import CODES, check
from orchestrator.language import parse_expression
from orchestrator.model.campaign import Campaign, Trigger
from orchestrator.model.schema import Field, Type
from orchestrator.model.workspace import Workspace
from tests.compile.conftest import ATTRIBUTES, FILE, SCHEMA

Shop = Callable[..., Workspace]
CASES = Path(__file__).parent / "cases"
DIVIDER = "\n" + "=" * 40 + "\n"
RULE = "\n" + "-" * 20 + "\n"

SENTENCES = (CASES / "analysis.txt").read_text(encoding="utf-8").rstrip("\n").split(DIVIDER)
WRONG = [case.split(RULE)[0] for case in SENTENCES]


def drawn(shop: Shop, text: str) -> str:
    """Give what a person sees about these definitions."""
    return drawing.text(check(shop(text)), {FILE: text}.get)


def test_what_an_author_sees(shop: Shop, expected: Callable[[Path, str], None]) -> None:
    """The place, the other place, and what to write instead."""
    parts = [f"{text}{RULE}{drawn(shop, text).rstrip()}" for text in WRONG]
    expected(CASES / "analysis.txt", DIVIDER.join(parts) + "\n")


@pytest.mark.parametrize("text", WRONG)
def test_every_case_is_told_once(shop: Shop, text: str) -> None:
    """One mistake, one finding; what it offers can be read."""
    found = check(shop(text))
    assert [f.code for f in found if f.code != "W301"], text
    assert len({(f.code, f.span) for f in found}) == len(found)
    for finding in found:
        assert finding.code in CODES
        for help_ in finding.help:
            assert parse_expression(help_)[0] is not None, help_


@pytest.mark.parametrize(
    "sentence",
    [
        "score > 4 and score < 5",
        'country is not one of ("DE", "AT", "CH", "US")',
        "vip is not true and vip is not false",
        "did purchase in last 30 days and did not purchase in last 7 days",
        "did purchase ever and did not purchase in last 60 days",
        "did purchase where (items > 5) in last 7 days and did not purchase where (items > 7) in last 30 days",
        "did purchase since 2099-01-01",
        "month of now is 3 and created_at is in last 7 days",
        "month of now is 3 and month of now is 4",
        "created_at is in this month and created_at is in previous 7 days",
        "created_at is in this month and created_at is more than 20 days ago",
        "created_at is in previous month and created_at is in last 3 days",
        "created_at is in last 1 month and created_at is more than 30 days ago",
        "created_at is before 2020-01-01 and created_at is more than 20 years ago",
        "days since last purchase > 60 and did purchase ever",
        "did purchase at most 3 times ever and did purchase ever",
        "did purchase between 0 and 3 times ever",
        'email is known and email is "x"',
        "renews_at is in next 7 days or renews_at is missing",
        "age > points or age < points",
        "in top 10% by points and points > 5",
        "created_at is before 2026-10-25T02:30Z",
        "anniversary of birth_date is in next 7 days and birth_date is before 2000-01-01",
        "age > 3 and (age < 10 or points > 5)",
        "age > 5 or age < 5",
        "age > 5 or points <= 5",
        "vip is true or vip is missing",
        "none of (vip is true, age > 5)",
        'country is one of ("DE", "AT", "CH", "US")',
        "month of created_at >= 12",
        "hour of created_at < 1",
        "year of birth_date > 2000",
        "fraction of purchase where (items > 1) ever >= 100%",
        "fraction of purchase where (items > 1) ever > 0%",
        'app_version > "4.9" and app_version < "4.10"',
        'app_version < "4.9" or app_version >= "4.10"',
        "did purchase before last purchase",
        "did purchase since first purchase",
        'did purchase since last purchase where (coupon is "A")',
        'did purchase where (coupon is "A") before first purchase where (coupon is "B")',
        "did purchase since last visit",
        "first purchase.coupon is missing and did not purchase ever",
        "in top 20% by points and not in top 10% by points",
        "in top 20% by points and not in bottom 20% by points",
        "in top 10 by points and not in top 20% by points",
        "in top 10% by points and not in top 20% by age",
        "in top 10% by points among segment asked_of and not in top 20% by points",
        "at least 2 of (points > 5, points < 30)",
        "did purchase where (nth <= 1) ever",
        "location is within 10 km of place lyon_store and location is not within 5 km of place lyon_store",
        'in sample 5% salt "s" and not in sample 10% salt "t"',
        "sum of purchase.items ever is 0 and did purchase ever",
    ],
)
def test_what_can_be_is_not_judged(shop: Shop, sentence: str) -> None:
    """Rather say nothing than something false."""
    text = f"segment asked_of where age > 70\nsegment asked where {sentence}"
    # what is told of unknown values is no judgement, and has tests of its own
    found = [f for f in check(shop(text)) if f.code not in ("W301", "W303", "W304", "W327")]
    assert found == []


TAGS = {
    **ATTRIBUTES,
    "tags": Field("tags", Type.LIST, "tags", of=Field("value", Type.TEXT, "")),
}
TAGGED = replace(
    SCHEMA, entities={**SCHEMA.entities, "customer": replace(SCHEMA.entities["customer"], attributes=TAGS)}
)


@pytest.mark.parametrize(
    ("sentence", "code", "help_"),
    [
        ("count of tags < 0", "W320", ("count of tags is 0",)),
        ("count of tags >= 0", "W323", ()),
        ('tags has "a" and tags is missing', "W320", ('(tags has "a" or tags is missing)',)),
        ('tags has "a" and count of tags is 0', "W320", ('(tags has "a" or count of tags is 0)',)),
        ('tags has all of ("a", "b") and tags has none of ("b", "c")', "W320", None),
        ('tags has any of ("a", "b") or tags has "a"', "W323", ()),
        ('tags has no item where (value is "a" and value is "b")', "W323", ()),
    ],
)
def test_a_list_that_cannot_be_so(shop: Shop, sentence: str, code: str, help_: tuple[str, ...] | None) -> None:
    """A list has no fewer than no entries, and one that is missing holds nothing."""
    found = [f for f in check(shop(f"segment asked where {sentence}", TAGGED)) if f.code in ("W320", "W323")]
    assert [f.code for f in found] == [code]
    if help_ is not None:
        assert tuple(text.partition("  #")[0] for text in found[0].help) == help_


@pytest.mark.parametrize(
    "sentence",
    [
        "count of tags is 0",
        'tags has none of ("a") and tags is known',
        'tags has "a" and tags has none of ("b", "c")',
        'tags has any of ("a", "b") and tags has none of ("a", "c")',
        'tags has "a" and count of tags is 1',
    ],
)
def test_a_list_that_can_be_so(shop: Shop, sentence: str) -> None:
    """Near misses: two entries, no list, another entry."""
    found = check(shop(f"segment asked where {sentence}", TAGGED))
    assert [f for f in found if f.code in ("W320", "W323")] == []


def test_a_bucket_has_its_number(shop: Shop) -> None:
    """The last bucket is the fifth of five, and a default lies where its author puts it."""
    text = "trait r: int = bucket 5 by points\nsegment asked where r is 5"
    assert check(shop(text)) == []
    ones = "trait r: int = bucket 5 by points default 9\nsegment asked where r is 9"
    assert check(shop(ones)) == []
    six = "trait r: int = bucket 5 by points default 9\nsegment asked where r is 6"
    assert [(f.code, f.help) for f in check(shop(six))] == [("W320", ())]


def test_a_named_segment_is_judged_where_it_is_defined(shop: Shop) -> None:
    """Whoever leaves out a segment that is empty is not told again."""
    text = "segment nobody where age > 5 and age < 3\nsegment asked where not in segment nobody"
    assert [(f.code, f.span.line) for f in check(shop(text))] == [("W320", 1)]


def test_two_values_of_one_version_are_one(shop: Shop) -> None:
    """4.9 is 4.9.0, and no text stands in the way."""
    same = 'segment asked where app_version > "4.9" and app_version < "4.9.0"'
    assert [f.code for f in check(shop(same))] == ["W320"]


def test_the_members_of_equal_segments_may_differ_by_the_month(shop: Shop) -> None:
    """Thirty days and a month are the same in May and another thing in March."""
    both = "segment a where created_at is in last 30 days\nsegment b where created_at is in last 1 month"
    assert check(shop(both)) == []
    week = "segment a where created_at is in last 7 days\nsegment b where created_at is in last 1 week"
    assert [f.code for f in check(shop(week))] == ["W324"]


def test_a_campaign_that_excludes_its_audience_reaches_nobody(shop: Shop) -> None:
    """The audience and what is taken out of it are read together."""
    workspace = shop("segment vip where points > 100")
    audience, _ = parse_expression("in segment vip and age > 30")
    exclude, _ = parse_expression("points > 50")
    assert audience is not None
    assert exclude is not None
    campaign = Campaign("launch", audience, Trigger(), (), exclude=exclude)
    found = check(replace(workspace, campaigns={"launch": campaign}))
    assert [f.code for f in found] == ["W320"]
    milder, _ = parse_expression("points > 500")
    assert check(replace(workspace, campaigns={"launch": replace(campaign, exclude=milder)})) == []


def test_what_has_an_error_is_not_analysed(shop: Shop) -> None:
    """First the names, then the sense."""
    assert [f.code for f in check(shop('segment a where contry is "DE" and age > 5 and age < 3'))] == ["E202"]
