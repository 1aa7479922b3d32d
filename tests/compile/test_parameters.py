"""Parameters of segments: every mistake has its place and a text to paste, and what is right is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from orchestrator.compile import DIALECTS, check, check_one, english, members_query, trait_query, with_values
from orchestrator.language import parse_expression, parse_ref
from orchestrator.model.condition import SegmentRef
from orchestrator.model.errors import UsageError
from orchestrator.model.workspace import Workspace

Shop = Callable[..., Workspace]
AS_OF = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
BASE = """
segment big($min: money = 500 EUR, $days: int = 90, $countries: list(text) = ("DE", "AT"))
where sum of purchase.amount in last $days days >= $min and country is one of $countries
segment often($n: int) where did purchase between $n and 5 times ever
segment from_country($code: text) where country is $code
segment best($people: int) where in top $people by points
segment best_part($part: decimal = 20%) where in bottom $part by points within each country
segment few($part: decimal) where in smallest group with $part of points
segment plain where points > 3
segment since_version($v: version = "4.9") where app_version >= $v
segment newer($v: version, $of: list(version) = ("4.9", "4.10")) where app_version > $v or app_version is one of $of
"""
USES = [
    ("big($min = 900 EUR)", "", None),
    ("big", "", None),
    ("big($mni = 900 EUR)", "E371", "big($min = 900 EUR)"),
    ("plain($min = 900 EUR)", "E371", "plain"),
    ("often", "E372", "often($n = 1)"),
    ("often()", "E1", None),
    ("big($min = 900)", "E373", "big($min = 500 EUR)"),
    ('big($min = "900")', "E373", "big($min = 500 EUR)"),
    ("big($min = 900 USD)", "E306", "big($min = 500 EUR)"),
    ("big($days = 1.5)", "E373", "big($days = 90)"),
    ('big($countries = "DE")', "E373", 'big($countries = ("DE", "AT"))'),
    ("big($countries = (1, 2))", "E373", 'big($countries = ("DE", "AT"))'),
    ("big($days = (1, 2))", "E373", "big($days = 90)"),
    ("big($days = 1, $days = 2)", "E374", "big($days = 1)"),
    ("big($days = -1)", "E375", None),
    ("big($days = 0)", "E375", None),
    ("big($days = 99_999_999)", "E375", None),
    ("often($n = 6)", "E375", None),
    ("often($n = -1)", "E375", None),
    ('from_country($code = "DEE")', "E203", '"DE"'),
    ('big($countries = ("DE", "ATT"))', "E203", '"AT"'),
    ('from_country($code = "DE")', "", None),
    ("best($people = 10)", "", None),
    ("best($people = 0)", "E375", None),
    ("best($people = 10%)", "E373", "best($people = 1)"),
    ("best_part($part = 0.5)", "", None),
    ("best_part($part = 1)", "", None),
    ("best_part($part = 20)", "E375", None),
    ("best_part($part = 0%)", "E375", None),
    ("few", "E372", "few($part = 0.5)"),
    ("few($part = 101%)", "E375", None),
    ("few($part = 80%)", "", None),
    ("since_version", "", None),
    ('since_version($v = "4.10")', "", None),
    ('since_version($v = "latest")', "E340", 'since_version($v = "4.9")'),
    ("since_version($v = 4.10)", "E373", 'since_version($v = "4.9")'),
    ("newer", "E372", 'newer($v = "4.10")'),
    ('newer($v = "4.10", $of = ("4.9", "4.10-beta"))', "", None),
    ('newer($v = "4.10", $of = ("4.9", "new"))', "E340", 'newer($v = "4.10", $of = ("4.9", "4.10"))'),
]
DECLARED = [
    ("segment asked($n: itn) where points > $n", "E316", "$n: int"),
    ("segment asked($n: list(txet)) where country is one of $n", "E316", "$n: list(text)"),
    ("segment asked($n: int(text)) where points > $n", "E316", None),
    ("segment asked($n: place) where points > $n", "E316", None),
    ('segment asked($v: version = "latest") where app_version > $v', "E340", '$v = "4.10"'),
    ("segment asked($n: int, $n: int) where points > $n", "E374", None),
    ('segment asked($n: int = "x") where points > $n', "E373", "$n = 1"),
    ("segment asked($n: int = (1, 2)) where points > $n", "E373", "$n = 1"),
    ("segment asked($n: int) where points > $m", "E370", None),
    ("segment asked($least: int) where points > $laest", "E370", "$least"),
    ("segment asked where points > $n", "E370", None),
    ("segment x($n: int = 1) where points > $n\nsegment asked where entered segment x($n = 2) ever", "E371", "x"),
    ("segment asked where did purchase at least $n times ever", "E370", None),
    ("segment asked where did purchase in last $n days", "E370", None),
    ("segment asked where created_at is since $n", "E370", None),
    ("segment asked where country is one of $n", "E370", None),
    ("trait asked: int = points + $n", "E370", None),
    ("event asked = purchase where (items > $n)", "E370", None),
    ("partition asked case a when points > $n otherwise b", "E370", None),
    ("segment asked($n: text) where points > $n", "E302", None),
    ("segment asked($n: text) where points is $n", "E301", None),
    ("segment asked($n: int) where balance > $n", "E305", None),
    ("segment asked($n: money = 5 USD) where balance > $n", "E306", None),
    ("segment asked($n: int) where created_at is since $n", "E307", None),
    ("segment asked($n: money) where did purchase in last $n days", "E375", None),
    ("segment asked($n: int = -3) where did purchase in last $n days", "E375", None),
    ("segment asked($n: int) where points is one of $n", "E373", None),
    ("segment asked($n: list(int)) where points > $n", "E373", "country is one of $n"),
    ("segment asked($n: list(int)) where country is one of $n", "E301", None),
    ("segment asked($n: text) where country matches $n", "E310", None),
    ("segment asked($n: int) where points > $n expect size between 1 and 5", "E372", None),
    ("segment asked($n: int = 1) where points > 3", "W305", None),
    ("segment asked($n: int = 0) where in top $n by points", "E375", None),
    ("segment asked($n: text) where in top $n by points", "E375", None),
    ("segment asked($n: decimal = 120%) where in top $n by points", "E375", None),
    ("segment asked($n: int) where in smallest group with $n of points", "E375", None),
    ("segment asked($n: decimal) where in smallest group with $n of country", "E317", None),
    ("segment asked where in top $n by points", "E370", None),
    ("segment asked where in smallest group with $n of points", "E370", None),
    ("partition asked case a when in top $n by points otherwise b", "E370", None),
    ('segment asked($n: text = "DEE") where country is $n', "E203", '"DE"'),
    ('segment asked($n: text = "DEE") where $n is not country', "E203", '"DE"'),
    ('segment asked($n: list(text) = ("DE", "ATT")) where country is not one of $n', "E203", '"AT"'),
    ('segment asked($n: text = "DEE", $m: int) where country is $n and points > $m', "E203", '"DE"'),
    ('segment asked($n: text = "DE") where country is $n', "", None),
    ("segment asked($n: money) where balance > $n", "", None),
    ("segment asked($n: decimal = 3) where score > $n expect size between 1 and 5", "", None),
    ("segment asked($n: list(money) = (1 EUR, 2 EUR)) where balance is one of $n", "", None),
]


@pytest.mark.parametrize(("use", "code", "help_"), USES)
def test_what_a_reference_gives_must_fit(shop: Shop, use: str, code: str, help_: str | None) -> None:
    """The mistake is where the value is given, and the remedy is the reference put right."""
    if code == "E1":
        assert parse_expression(f"in segment {use}")[1]
        return
    text = f"{BASE}\nsegment asked where in segment {use}\n"
    problems = check_one(shop(text), "asked")
    assert [p.code for p in problems] == ([code] if code else [])
    if code:
        assert problems[0].span.line == text.count("\n")
        for pasted in problems[0].help:
            tried = (f"in segment {pasted}", f"country is {pasted}")
            assert any(parse_expression(text)[0] is not None for text in tried), pasted
    if help_ is not None:
        assert help_ in problems[0].help


@pytest.mark.parametrize("use", ["big($mni = 900 EUR)", "often", "big($days = 0)"])
@pytest.mark.parametrize(
    "text",
    [
        "partition asked among segment {} case a when points > 3 otherwise b",
        "segment asked where in top 5% by points among segment {}",
        "segment asked where in smallest group with 5% of points among segment {}",
        "trait asked: int = bucket 5 by points among segment {}",
        "trait asked: money = avg of purchase.amount ever across segment {}",
        "segment asked where everyone expect subset of segment {}",
        "segment asked where everyone expect disjoint from segment {}",
    ],
)
def test_a_reference_is_checked_wherever_it_stands(shop: Shop, text: str, use: str) -> None:
    """Populations, aggregates and expectations name segments, too."""
    assert [p.code for p in check_one(shop(f"{BASE}\n{text.format(use)}\n"), "asked")] in (["E371"], ["E372"], ["E375"])
    assert check_one(shop(f"{BASE}\n{text.format('big($days = 5)')}\n"), "asked") == []


@pytest.mark.parametrize(("text", "code", "help_"), DECLARED)
def test_a_declaration_and_its_places_fit(shop: Shop, text: str, code: str, help_: str | None) -> None:
    """A parameter is declared once, with a type, and stands where that type may."""
    problems = check_one(shop(text), "asked")
    assert [p.code for p in problems] == ([code] if code else [])
    if help_ is not None:
        assert help_ in problems[0].help


def test_a_whole_workspace_with_parameters_is_silent(shop: Shop) -> None:
    """Nothing is said about what is right."""
    assert check(shop(BASE)) == []


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_values_are_bound(shop: Shop, dialect: str) -> None:
    """A value given on the command line is bound like any other."""
    text = "segment named($min: money, $names: list(text)) where balance > $min and email is one of $names\n"
    ref, problems = parse_ref('named($min = 900.5 EUR, $names = ("\'; drop table x; --", "%s"))')
    assert ref is not None, problems
    query = members_query(shop(text), ref, AS_OF, dialect)
    assert "drop" not in query.sql()
    assert "'; drop table x; --" in query.parameters().values()


def test_a_default_outside_a_closed_list_is_found_at_its_place(shop: Shop) -> None:
    """Once, at the value in the head, and not at the comparison."""
    text = 'segment asked(\n  $n: text = "DEE"\n) where country is $n or country is not $n\n'
    problems = [p for p in check(shop(text)) if p.is_error]
    assert {(p.code, p.span.line) for p in problems} == {("E203", 2)}


def test_a_value_at_the_keyboard_must_be_in_the_closed_list(shop: Shop) -> None:
    """`orc members 'from_country($code = "DEE")'` finds nobody for a reason, and says it."""
    ref, _ = parse_ref('from_country($code = "DEE")')
    assert ref is not None
    with pytest.raises(UsageError, match="is never"):
        members_query(shop(BASE), ref, AS_OF, "sqlite")


def test_the_words_say_a_parameter_of_a_rank(shop: Shop) -> None:
    """As it is called, with its default, or as the value that was given."""
    made = shop(BASE)
    assert "in the top $people by `points`" in english(made, "best")
    assert "in the bottom $part within each `country`" in english(made, "best_part")
    assert "$part is 20%" in english(made, "best_part")
    assert "together make up $part of the total of `points`" in english(made, "few")
    ref, _ = parse_ref("few($part = 80%)")
    assert ref is not None
    assert "together make up 80% of the total of `points`" in english(made, with_values(made, ref))


@pytest.mark.parametrize("text", ["often", "big($min = 1)", "big($x = 1)", "big($days = 0)", "often($n = 1, $n = 1)"])
def test_a_query_is_not_made_of_what_does_not_fit(shop: Shop, text: str) -> None:
    """Also without a check before, nothing is asked with a wrong value or with none."""
    ref, _ = parse_ref(text)
    assert ref is not None
    with pytest.raises(UsageError):
        members_query(shop(BASE), ref, AS_OF, "sqlite")


@pytest.mark.parametrize("sentence", ["points > $n", "did purchase in last $n days", "country is one of $n"])
def test_a_condition_with_an_open_parameter_is_never_asked(shop: Shop, sentence: str) -> None:
    """A parameter outside of a segment has no value, and no stand-in is counted with."""
    condition, _ = parse_expression(sentence)
    assert condition is not None
    with pytest.raises(UsageError):
        members_query(shop(BASE), condition, AS_OF, "sqlite")


def test_a_trait_and_an_event_with_an_open_parameter_are_never_asked(shop: Shop) -> None:
    """Nor is it where a trait or a named event holds it."""
    made = shop("trait t: int = count of visit in last $n days\nevent e = purchase where (did_not > $n)\n")
    with pytest.raises(UsageError):
        trait_query(made, "t", AS_OF, "sqlite")
    condition, _ = parse_expression("did e ever")
    assert condition is not None
    with pytest.raises(UsageError):
        members_query(made, condition, AS_OF, "sqlite")


def test_the_words_say_the_values(shop: Shop) -> None:
    """Without values the English names the parameters and their defaults, with values it says them."""
    made = shop(BASE)
    assert english(made, "big").startswith(
        'All customers for whom all of these hold ($min is 500 EUR; $days is 90; $countries is ("DE", "AT")):'
    )
    assert "in the last $days days" in english(made, "big")
    assert "$n must be given" in english(made, "often")
    ref, _ = parse_ref("big($days = 7)")
    assert ref is not None
    words = english(made, with_values(made, ref))
    assert "in the last 7 days" in words
    assert "500 EUR" in words
    assert "$" not in words
    with pytest.raises(UsageError, match="needs a value"):
        with_values(made, SegmentRef("often"))
