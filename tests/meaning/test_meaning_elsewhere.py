"""A29, A59: what does not lie in the company's database: samples, messages, stored membership. Each test is one row."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from orchestrator.model.people import share_of


def blank(names):
    """Give people of whom nothing is known."""
    return {name: {} for name in names}


CROWD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_a59_a_sample_is_the_published_formula(ask):
    """The first 64 bits of sha256(salt:id) over 2^64 are below the share: anybody can say who is in."""
    for salt, share in (("2026H2", "0.05"), ("2026H2", "0.5"), ("ö", "0.3")):
        place = {name: int.from_bytes(hashlib.sha256(f"{salt}:{name}".encode()).digest()[:8], "big") for name in CROWD}
        drawn = "".join(name for name in CROWD if place[name] < Decimal(share) * 2**64)
        percent = f"{Decimal(share) * 100:f}%"
        assert ask(f'in sample {percent} salt "{salt}"', blank(CROWD)) == drawn
        assert ask(f'not in sample {percent} salt "{salt}"', blank(CROWD)) == "".join(sorted(set(CROWD) - set(drawn)))


def test_a59_a_larger_sample_holds_the_smaller_one(ask):
    """One salt, a larger share: nobody who was in leaves; everybody is in 100 %."""
    small, large = (set(ask(f'in sample {share} salt "x"', blank(CROWD))) for share in ("20%", "60%"))
    assert small < large < set(CROWD)
    assert ask('in sample 100% salt "x"', blank(CROWD)) == CROWD


def test_a59_a_sample_stands_beside_other_tests(ask):
    """It is one test among others, in any place of a sentence, and through definitions."""
    people = {name: {"points": n} for n, name in enumerate(CROWD)}
    inside = {name for name in CROWD if share_of("x", name) < 0.5}
    old = {name for n, name in enumerate(CROWD) if n >= 13}
    whole = set(CROWD)

    def text(found):
        return "".join(sorted(found))

    draw = 'in sample 50% salt "x"'
    assert ask(f"{draw} and points >= 13", people) == text(inside & old)
    assert ask(f"{draw} or points >= 13", people) == text(inside | old)
    assert ask(f"none of ({draw}, points >= 13)", people) == text(whole - inside - old)
    assert ask(f"not ({draw} and points >= 13)", people) == text(whole - (inside & old))
    buyers = {"purchase": [("A", "2026-11-20 10:00"), ("Z", "2026-11-20 10:00")]}
    three = f"at least 2 of ({draw}, points >= 13, did purchase in last 7 days)"
    assert ask(three, people, buyers) == text((inside & old) | (inside & {"A"}) | {"Z"})
    assert ask("not in segment half", people, definitions=f"segment half where {draw}\n") == text(whole - inside)


def test_a59_a_sample_divides_a_partition(ask):
    """A cell may be drawn: the first case that fits."""
    people = {name: {"points": n} for n, name in enumerate(CROWD)}
    text = 'partition stage case old when points >= 20 case half when in sample 50% salt "x" otherwise rest\n'
    found = ask("stage", people, definitions=text, cells=True)
    for n, name in enumerate(CROWD):
        assert found[name] == ("old" if n >= 20 else "half" if share_of("x", name) < 0.5 else "rest")
    half = {name for name in CROWD if found[name] == "half"}
    assert ask("in segment stage.half", people, definitions=text) == "".join(sorted(half))


def test_a59_no_rank_is_made_of_a_sample(judges):
    """A statement cannot draw, so it cannot rank among those drawn: said with its place, never a wrong audience."""
    from orchestrator.compile import check
    from orchestrator.model.project import Project

    text = 'segment half where in sample 50% salt "x"\nsegment a where in top 10% by points among segment half\n'
    found = [d for d in check(judges.workspace(text, Project(1, "test", zone="UTC"))) if d.is_error]
    assert [(d.code, d.span.line) for d in found] == [("E320", 2)]
    with pytest.raises(Exception, match="E320"):
        judges.ask("in top 10% by points among segment half", blank("A"), definitions=text.splitlines()[0] + "\n")
