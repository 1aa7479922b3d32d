"""`orc fmt` on a campaign: expressions in the canonical form, everything else as it was."""

from __future__ import annotations

import pytest

from orchestrator.language import format_campaign

from .shop import CAMPAIGN, load, said

LONG = 'country is "DE" and first_name is "a" and first_name is not "b" and email is known and timezone is known'


def formatted(text: str) -> str:
    """Format a campaign; twice gives the same as once."""
    once, said_ = format_campaign(text, "campaigns/autumn.yml")
    assert said_ == ()
    assert format_campaign(once, "campaigns/autumn.yml") == (once, ())
    return once


def test_a_canonical_file_stays() -> None:
    """What is in the one form already does not change by a byte."""
    assert formatted(CAMPAIGN) == CAMPAIGN


@pytest.mark.parametrize(
    "audience",
    [
        "audience:   in   segment    vip\n",
        "audience: 'in segment vip'\n",
        'audience: "in segment vip"\n',
        "audience: |\n      in\n      segment vip\n",
        "audience: >-\n  in segment\n  vip\n\n",
        f"audience: {LONG}\n",
        f"audience: {LONG}   # who\n",
        "audience: |\n  # first a word\n  in segment vip   # the good ones\n",
    ],
)
def test_only_the_words_move(audience: str) -> None:
    """The file still says the same, comments are still there, and the keys around it do not move."""
    text = CAMPAIGN.replace("audience: in segment vip\n", audience)
    made = formatted(text)
    before, after = load(autumn=text), load(autumn=made)
    assert said(before) == said(after) == []
    assert before.workspace.campaigns["autumn"].audience == after.workspace.campaigns["autumn"].audience
    for word in ("# who", "# first a word", "# the good ones"):
        assert (word in text) == (word in made)
    assert made.endswith(CAMPAIGN[CAMPAIGN.index("trigger:") :])
    assert max(map(len, made.split("\n"))) <= 101


def test_a_broken_expression_changes_nothing() -> None:
    """A file with a mistake is given back as it was, with the mistake."""
    text = CAMPAIGN.replace("in segment vip", "in   segment")
    made, found = format_campaign(text, "campaigns/autumn.yml")
    assert made == text
    assert found
    assert format_campaign("a: [", "a.yml")[0] == "a: ["
