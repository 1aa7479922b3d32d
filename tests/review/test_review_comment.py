"""The pull-request comment: useful, short, and without anybody's data."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from orchestrator.model.errors import UsageError
from orchestrator.review import Change, How, Plan, Run, Size, comment, dump_plan, load_plan
from orchestrator.review.plan import Line

MADE = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
LINES = ("- in last 60 days", "+ in last 45 days")
TIMES = ("Tue 1 Dec 2026 10:00 Europe/Berlin",)
SMALL = "segment lapsed has 7 people, expected between 100 and 500"
PLAN = Plan(
    meaning="a" * 64,
    base=3,
    as_of=MADE,
    made_at=MADE,
    zone="Europe/Berlin",
    changes=(
        Change("segment lapsed", How.CHANGED, "campaigns/segments/lapsed.seg:8", LINES),
        Change("campaign winback", How.AFFECTED, "campaigns/winback.yml", via=("lapsed",)),
    ),
    sizes=(
        Size("segment lapsed", 15902, 12410, 3492, 0, 12400),
        Size("campaign winback", 14118, 11020, 3103, 5),
        Size("segment tiny", 7, 3, 4, 0),
    ),
    runs=(Run("winback", "active", 14118, {"letter/only": 14000}, {"holdout": 110, "no_address": 8}, TIMES),),
    expectations=(Line("segment lapsed", "campaigns/segments/lapsed.seg:9:1", False, SMALL),),
)


def test_a_count_under_ten_is_never_shown() -> None:
    """Nobody can be found in a small number, nor in the difference of two large ones."""
    text = comment(PLAN)
    assert "| segment `tiny` | <10 | <10 | ±<10 | <10 | 0 |" in text
    assert "no address <10" in text
    assert "has <10 people, expected between 100 and 500" in text
    row = next(line for line in text.splitlines() if line.startswith("| campaign `winback`"))
    assert "11,020" in row
    assert "≈14,110" in row
    assert row.endswith("| 3,103 | <10 |")


def test_the_comment_says_what_happened_and_what_to_do() -> None:
    """Its first line is the summary; the change, its reach and its numbers follow."""
    text = comment(PLAN)
    assert text.startswith("### orc plan · 1 segment changed, 1 campaign affected, **1 expectation fails**\n")
    assert "| segment `lapsed` | 12,410 | 15,902 | +3,492 (+28%) | 3,492 | 0 |" in text
    assert "`in last 60 days` → `in last 45 days`" in text
    assert "**Also affected** campaign `winback` (via `lapsed`)" in text
    assert "orc apply" not in text


def test_the_comment_can_be_applied_when_nothing_is_broken() -> None:
    """It names the next command, with the plan's own id."""
    whole = dataclasses.replace(PLAN, expectations=())
    assert f"`orc apply {whole.id}`" in comment(whole)


def test_a_huge_plan_stays_under_sixty_kilobytes() -> None:
    """The host cuts or refuses longer comments; ours cuts itself and says so."""
    change = Change("template a", How.CHANGED, "templates/a", tuple(f"+ {'ä' * 400}" for _ in range(40)))
    huge = dataclasses.replace(PLAN, changes=tuple(change for _ in range(200)))
    text = comment(huge)
    assert len(text.encode()) <= 60_000
    assert "cut here" in text
    assert text.count("<details>") == text.count("</details>")


def test_what_an_author_wrote_cannot_break_out_of_the_comment() -> None:
    """A line of backticks or a bar in a file stays text."""
    change = Change("campaign x", How.CHANGED, "campaigns/x.yml", ("- ``` a | b", "+ ``` <img src=x> | c"))
    text = comment(dataclasses.replace(PLAN, changes=(change,)))
    assert "````diff" in text
    assert "\\| b" in text


def test_an_empty_plan_says_so() -> None:
    """No changes is a sentence, not an empty table."""
    assert "no changes" in comment(dataclasses.replace(PLAN, changes=(), sizes=(), expectations=()))


def test_a_plan_survives_being_written_down() -> None:
    """What was saved is what is applied, number by number."""
    assert load_plan(dump_plan(PLAN), "x") == PLAN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"base": 3', '"base": 4'),
        ("a" * 64, "b" * 64),
        ("2026-11-22T09", "2026-11-23T09"),
        ('"holds": false', '"holds": true'),
    ],
)
def test_an_edited_plan_is_refused(old: str, new: str) -> None:
    """Nobody turns a reviewed plan into another one with an editor."""
    with pytest.raises(UsageError, match=r"plan.json was edited"):
        load_plan(dump_plan(PLAN).replace(old, new), "plan.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "not json"])
def test_something_else_is_no_plan(text: str) -> None:
    """A file that is no plan is refused with the way to make one."""
    with pytest.raises(UsageError) as found:
        load_plan(text, "x.json")
    assert "orc plan" in found.value.remedy
