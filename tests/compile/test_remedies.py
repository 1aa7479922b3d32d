"""What is offered for a mistake of meaning, and what is said where nothing can be offered that would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.compile import check
from orchestrator.language import load_texts, parse_expression, without_echoes
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.review.check import check_loaded

FILES = {
    "campaigns/project.yml": "edition: 1\nname: test\nzone: UTC\nweek_starts: mon\ncurrency: EUR\n",
    "campaigns/schema.yml": """
entities:
  person:
    table: persons
    key: id
    parent: {entity: account, column: account_id}
    attributes:
      country: text
      points: int
      app: version
      born: date
      active: bool
      wallet: {type: money, currency_column: cur}
      purse: {type: money, currency_column: unit}
      unit: text
  account:
    table: accounts
    key: id
    parent: {entity: region, column: region_id}
    attributes: {name: text, size: int}
  region: {table: regions, key: id, attributes: {name: text}}
events:
  buy:
    table: buys
    key: person_id
    at: at
    properties: {sku: text, qty: int, cur: text, lines: {type: list, of: {qty: int}}}
  bill: {of: account, table: bills, key: account_id, at: at, properties: {amount: {type: money, currency: EUR}}}
relations:
  device: {table: devices, key: person_id, properties: {os: text}}
""",
}
BESIDE = """
list dach = ("DE", "AT")
list mixed = ("DE", 1)
list sizes = (1, 2)
trait spend of account: money = sum of bill.amount ever
segment big of account where size > 5
"""
ABOVE = "ask it in a segment of `account`, and here whether `account is in segment …`"


def found(sentence: str, beside: str = BESIDE) -> list[Diagnostic]:
    """The errors of a segment beside other definitions, those of its own place."""
    files = {**FILES, "campaigns/segments/a.seg": f"{beside}\nsegment asked where {sentence}\n"}
    loaded = load_texts(files, Path())
    assert not loaded.diagnostics, loaded.diagnostics
    return [each for each in check(loaded.workspace) if each.is_error and each.span.line > beside.count("\n")]


@pytest.mark.parametrize(
    ("sentence", "code", "helps"),
    [
        ('points > "5"', "E302", ("points > 5",)),
        ('points > "many"', "E302", ()),
        ("app > 4.9", "E302", ('app > "4.9"',)),
        ('country > "DE"', "E302", ()),
        ('month of born is "February"', "E301", ("month of born is 2",)),
        ('month of born is "no month"', "E301", ()),
        ("country is one of sizes", "E301", ()),
        ("avg of buy.qtty ever > 5", "E202", ("qty",)),
        ("avg of buy.qtty where (sku is known) ever > 5", "E202", ("qty",)),
        ("sum of buy.lines.qty ever > 5", "E202", ()),
        (
            'has buy where (sku is "A")',
            "E211",
            ('did buy where (sku is "A") ever', 'did buy where (sku is "A") in last 30 days'),
        ),
        ("has no buy", "E211", ("did not buy ever", "did not buy in last 30 days")),
        (
            'has at least 2 buy where (sku is "A")',
            "E211",
            ('did buy where (sku is "A") at least 2 times ever',),
        ),
        ("has every buy where (qty > 1)", "E211", ()),
        ("account is missing", "E202", ()),
        ('account.nam is "x"', "E202", ("account.name",)),
        ('account.region.name is "x"', "E202", ()),
        ("account.spend > 5 EUR", "E202", ()),
        ("did bill ever", "E212", ()),
        ("in segment big", "E212", ()),
        ("country is dach", "E202", ()),
        ("wallet > 5 EUR", "E306", ()),
        ("purse > 5 EUR", "E306", ()),
    ],
)
def test_a_remedy_is_right_or_left_out(sentence: str, code: str, helps: tuple[str, ...]) -> None:
    """One mistake is one finding, with these texts to paste and no other."""
    problems = found(sentence)
    assert [(each.code, each.help) for each in problems] == [(code, helps)]
    for text in helps if " " in sentence and code in ("E302", "E301", "E211") else ():
        assert parse_expression(text)[0] is not None
        assert found(text) == []


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("account is missing", "as in `account.name`"),
        ('account.region.name is "x"', ABOVE),
        ("account.spend > 5 EUR", ABOVE),
        ("did bill ever", ABOVE),
        ("in segment big", "`account is in segment big`"),
        ("country is dach", "`is one of dach`"),
        ("sum of buy.lines.qty ever > 5", "`count of buy.lines …`"),
        ("wallet > 5 EUR", "`cur`, which the schema must declare"),
        ("purse > 5 EUR", 'as in `unit is "EUR"`'),
    ],
)
def test_words_stand_where_no_text_can_be_pasted(sentence: str, said: str) -> None:
    """The author learns what to write, if not word by word."""
    (problem,) = found(sentence)
    assert said in " ".join((problem.message, problem.label, *problem.notes))


def test_a_misspelt_property_is_pointed_at() -> None:
    """The fix replaces the property and not the aggregate around it."""
    (problem,) = found("avg of buy.qtty ever > 5")
    assert problem.fix is not None
    span = problem.fix.span
    assert span.end - span.start == len("qtty")


def test_a_list_of_two_types_is_told_where_it_is_declared() -> None:
    """Not again at every place that names it."""
    assert found("country is one of mixed") == []


def test_a_list_of_thousands_is_not_printed_again() -> None:
    """A warning beside a long list has words only."""
    long = ", ".join(f'"{n}"' for n in range(10_000))
    files = {**FILES, "campaigns/segments/a.seg": f"segment a where country is not one of ({long})\n"}
    (warning,) = [each for each in check(load_texts(files, Path()).workspace) if each.code == "W301"]
    assert warning.help == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "in top 0 by points",
        "in top 150% by points",
        "did buy between 3 and 2 times ever",
        "at least 5 of (points > 5, active is true)",
        "at most 5 of (points is known, did buy ever)",
        "born >= 2026-01-01",
        "born <= 2026-01-01",
        "points is null",
        "sum of buy ever > 5",
        "avg of qty ever > 5",
        "count of tgas is 2",
        "did buy from 2026-10-26 to 2026-10-24",
        "did buy between 60 and 30 days ago",
        "did buy at least 12345678901234567890123456 times ever",
        "did buy in last 12345678901234567890123 years",
        'country matches "\\d+"',
    ],
)
def test_one_mistake_is_one_finding(sentence: str) -> None:
    """What was read around a mistake is looked at as what was meant."""
    files = {**FILES, "campaigns/segments/a.seg": f"segment asked where {sentence}\n"}
    loaded = load_texts(files, Path())
    assert len(check_loaded(loaded)) == 1


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("born <= 2026-01-01", "born is before 2026-01-02"),
        ("born > 2026-01-01", "born is after 2026-01-01"),
        ("born <= last buy.happened_at", "(born is not after last buy.happened_at and born is known)"),
    ],
)
def test_days_that_are_compared_keep_their_meaning(wrong: str, right: str) -> None:
    """`<=` takes nobody whose day is not known, and so does what stands there afterwards."""
    assert [(each.fix and (each.fix.text, each.fix.safe)) for each in found(wrong)] == [(right, True)]


def test_a_segment_that_cannot_be_read_is_not_unknown() -> None:
    """With the values it is given, too."""
    text = (
        "segment base($n: int) where points > $n\nsegment mid($k: int = 4) where in segment base($n = $k)\n"
        "segment x where in segment mid($k = 4)\n"
    )
    loaded = load_texts({**FILES, "campaigns/segments/a.seg": text}, Path())
    said = without_echoes([*loaded.diagnostics, *check(loaded.workspace)], loaded.workspace)
    assert [each.code for each in said] == ["E150"]


@pytest.mark.parametrize(
    ("sentence", "helps"),
    [
        ("app is one of releases", ('app is one of ("4.2", "4")',)),
        ("app is not one of releases", ('app is not one of ("4.2", "4")',)),
        ("app is one of seasons", ()),
        ('app is one of ("4.2", "v4,3")', ('"4.3"',)),
        ('app is one of ("4.2", "2026, build 4")', ()),
    ],
)
def test_a_list_of_versions_is_mended_as_a_whole(sentence: str, helps: tuple[str, ...]) -> None:
    """Where a list's name stands, one entry is no remedy: what is offered is a test, and has no mistake itself."""
    beside = BESIDE + 'list releases = ("4.2", "v4")\nlist seasons = ("4.2", "spring")\n'
    (one,) = found(sentence, beside)
    assert one.code == "E340"
    assert one.help == helps
    for text in helps:
        assert not found(text if text.startswith("app") else f"app is {text}", beside)
