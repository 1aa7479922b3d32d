"""Arms: the same person, the same arm, for ever."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from orchestrator.experiment import arm, held_out, shares
from orchestrator.model.campaign import Campaign, Step, Trigger, Variant
from orchestrator.model.condition import Everyone
from orchestrator.model.people import share_of


def campaign(name: str = "launch", holdout: str = "0.1", weights: tuple[int, ...] = (1, 1)) -> Campaign:
    """Make a campaign of one step."""
    variants = tuple(Variant(f"v{n}", weight) for n, weight in enumerate(weights))
    step = Step("offer", "email", "outbox", "promotional", variants)
    return Campaign(name, Everyone(), Trigger(cron="0 9 * * *"), (step,), holdout=Decimal(holdout))


def test_the_place_of_a_person_is_the_published_formula() -> None:
    """First 64 bits of sha256("s:42") over 2^64, so anybody can check an arm by hand."""
    import hashlib

    assert share_of("s", "42") == int(hashlib.sha256(b"s:42").hexdigest()[:16], 16) / 2**64


def test_shares_come_out_as_weighted() -> None:
    """Of 40,000 people a tenth is held out and the rest divides 3 to 1, within five standard deviations."""
    one = campaign(weights=(3, 1))
    found = Counter((v.name if (v := arm(one, one.steps[0], str(n))) else "holdout") for n in range(40_000))
    assert abs(found["holdout"] - 4_000) < 5 * 60
    assert abs(found["v0"] - 27_000) < 5 * 94
    assert shares(one.steps[0])["v1"] * 4 == 1


def test_changed_weights_never_move_the_holdout() -> None:
    """Who is held out depends on the campaign's name only."""
    first, second = campaign(weights=(1, 1)), campaign(weights=(9, 1))
    assert [held_out(first, str(n)) for n in range(2_000)] == [held_out(second, str(n)) for n in range(2_000)]


def test_two_campaigns_divide_people_independently() -> None:
    """Somebody held out in one campaign is not more often held out in another."""
    a, b = campaign("a"), campaign("b")
    both = sum(held_out(a, str(n)) and held_out(b, str(n)) for n in range(40_000))
    assert abs(both - 400) < 5 * 20


def test_no_holdout_holds_nobody_out() -> None:
    """`holdout: 0%` means everybody gets something."""
    one = campaign(holdout="0")
    assert all(arm(one, one.steps[0], str(n)) is not None for n in range(1_000))
