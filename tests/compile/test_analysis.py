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
from orchestrator.model.workspace import Workspace
from tests.compile.conftest import FILE

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
    ],
)
def test_what_can_be_is_not_judged(shop: Shop, sentence: str) -> None:
    """Rather say nothing than something false."""
    found = [f for f in check(shop(f"segment asked where {sentence}")) if f.code not in ("W301", "W304")]
    assert found == []


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
