"""Sentences become values that say the same, each with its place in the file."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from orchestrator.language import (
    parse_definitions,
    parse_expectation,
    parse_expression,
    parse_trigger_event,
    parse_value,
)
from orchestrator.language.grammars import parser
from orchestrator.language.segment import defined_names
from orchestrator.language.segment_later import LATER
from orchestrator.model import condition as c
from orchestrator.model import segment as s

PURCHASE = c.Event("purchase")
DAYS = c.Unit.DAY


def read(text: str) -> c.Condition:
    """The condition in a text that has no finding."""
    made, findings = parse_expression(text)
    assert not findings, [f"{d.code} {d.message}" for d in findings]
    assert made is not None
    return made


def codes(text: str) -> list[str]:
    """The codes of the findings in an expression."""
    return [finding.code for finding in parse_expression(text)[1]]


def attr(name: str) -> c.Attr:
    return c.Attr(tuple(name.split(".")))


def number(value: str, **more: Any) -> c.Number:
    return c.Number(Decimal(value), **more)


SENTENCES: list[tuple[str, c.Condition]] = [
    ("everyone", c.Everyone()),
    ('country is "DE"', c.Is(attr("country"), c.Text("DE"))),
    ('billing.country is not "DE"', c.Is(attr("billing.country"), c.Text("DE"), negated=True)),
    ("age >= 18", c.Compare(">=", attr("age"), number("18"))),
    ("age < -1_000", c.Compare("<", attr("age"), number("-1000"))),
    ("rate > 70%", c.Compare(">", attr("rate"), number("0.7", whole=False, percent=True))),
    ("rate > 0.125", c.Compare(">", attr("rate"), number("0.125", whole=False))),
    ("amount > 500 EUR", c.Compare(">", attr("amount"), c.Money(Decimal(500), "EUR"))),
    ("amount > -9.50 EUR", c.Compare(">", attr("amount"), c.Money(Decimal("-9.50"), "EUR"))),
    ("is_vip is true", c.Is(attr("is_vip"), c.Bool(True))),
    ("a is one of (1, 2,)", c.OneOf(attr("a"), (number("1"), number("2")))),
    ("a is not one of dach", c.OneOf(attr("a"), c.ListRef("dach"), negated=True)),
    ("a is between 1 and b", c.Between(attr("a"), number("1"), attr("b"))),
    ("a is missing", c.IsMissing(attr("a"))),
    ("a is known", c.IsMissing(attr("a"), negated=True)),
    ("a is not known", c.IsMissing(attr("a"))),
    ('a starts   with "x"', c.TextTest(c.TextOp.STARTS_WITH, attr("a"), c.Text("x"))),
    ('a does not end with "x"', c.TextTest(c.TextOp.ENDS_WITH, attr("a"), c.Text("x"), negated=True)),
    ('a matches "[a-z]+"', c.TextTest(c.TextOp.MATCHES, attr("a"), c.Text("[a-z]+"))),
    (r'a is "say \"hi\" \\ \n \t \u20ac"', c.Is(attr("a"), c.Text('say "hi" \\ \n \t €'))),
    ("t is in last 3 local days", c.IsTime(attr("t"), c.Rolling(3, DAYS, local=True))),
    ("t is not in next 1 week", c.IsTime(attr("t"), c.Rolling(1, c.Unit.WEEK, ahead=True), negated=True)),
    ("t is in this month", c.IsTime(attr("t"), c.Calendar(c.Unit.MONTH))),
    ("t is in previous local quarter", c.IsTime(attr("t"), c.Calendar(c.Unit.QUARTER, 1, local=True))),
    ("t is in previous 4 quarters", c.IsTime(attr("t"), c.Calendar(c.Unit.QUARTER, 4))),
    ("t is today", c.IsTime(attr("t"), c.OnDay(c.Day.TODAY))),
    ("t is on local tomorrow", c.IsTime(attr("t"), c.On(c.DayPoint(c.Day.TOMORROW, local=True)))),
    ("t is before 2026-02-28", c.IsTime(attr("t"), c.Before(c.Date(dt.date(2026, 2, 28))))),
    ("t is since this year", c.IsTime(attr("t"), c.Since(c.UnitPoint(c.Unit.YEAR, 0)))),
    ("t is after previous month", c.IsTime(attr("t"), c.After(c.UnitPoint(c.Unit.MONTH, 1)))),
    ("t is before now", c.IsTime(attr("t"), c.Before(c.Now()))),
    ("t is from u to now", c.IsTime(attr("t"), c.FromTo(attr("u"), c.Now()))),
    ("t is more than 30 days ago", c.IsTime(attr("t"), c.MoreThan(30, DAYS))),
    ("t is more than 3 hours from now", c.IsTime(attr("t"), c.MoreThan(3, c.Unit.HOUR, ahead=True))),
    ("t is between 30 and 37 days from now", c.IsTime(attr("t"), c.BetweenSpan(30, 37, DAYS, ahead=True))),
    (
        "t is between 2026-01-01 and 2026-01-31",
        c.Between(attr("t"), c.Date(dt.date(2026, 1, 1)), c.Date(dt.date(2026, 1, 31))),
    ),
    (
        "t is on 2026-12-01T10:00+01:00",
        c.IsTime(attr("t"), c.On(c.DateTime(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)))),
    ),
    ("t is since 2026-12-01T10:00", c.IsTime(attr("t"), c.Since(c.DateTime(dt.datetime(2026, 12, 1, 10))))),
    ("did purchase ever", c.Did(PURCHASE, None, c.Ever())),
    ("did purchase", c.Did(PURCHASE, None, None)),
    ("did not purchase in last 30 days", c.Did(PURCHASE, None, c.Rolling(30, DAYS), negated=True)),
    ("did purchase exactly 1 time ever", c.Did(PURCHASE, c.Quantity(c.Count.EXACTLY, 1), c.Ever())),
    ("did purchase fewer than 3 times ever", c.Did(PURCHASE, c.Quantity(c.Count.FEWER_THAN, 3), c.Ever())),
    (
        "did purchase between 1 and 3 times between 1 and 2 months ago",
        c.Did(PURCHASE, c.Quantity(c.Count.BETWEEN, 1, 3), c.BetweenSpan(1, 2, c.Unit.MONTH)),
    ),
    (
        "did purchase where (amount > 5 EUR) since last visit",
        c.Did(
            c.Event("purchase", c.Compare(">", attr("amount"), c.Money(Decimal(5), "EUR"))),
            None,
            c.Since(c.Anchor(c.Edge.LAST, c.Event("visit"))),
        ),
    ),
    (
        "sum of purchase.amount in last 30 days > 5 EUR",
        c.Compare(">", c.Aggregate(c.Fn.SUM, PURCHASE, ("amount",), c.Rolling(30, DAYS)), c.Money(Decimal(5), "EUR")),
    ),
    (
        "count distinct of visit.page.id ever > 5",
        c.Compare(">", c.Aggregate(c.Fn.COUNT_DISTINCT, c.Event("visit"), ("page", "id"), c.Ever()), number("5")),
    ),
    ("count of visit ever is 0", c.Is(c.Aggregate(c.Fn.COUNT, c.Event("visit"), (), c.Ever()), number("0"))),
    ('last purchase.coupon is "X"', c.Is(c.Pick(c.Edge.LAST, PURCHASE, ("coupon",)), c.Text("X"))),
    ("days since last purchase > 60", c.Compare(">", c.Elapsed(DAYS, c.Anchor(c.Edge.LAST, PURCHASE)), number("60"))),
    ("years since birth_date >= 18", c.Compare(">=", c.Elapsed(c.Unit.YEAR, attr("birth_date")), number("18"))),
    (
        "days until anniversary of birth_date < 7",
        c.Compare("<", c.Remaining(DAYS, attr("birth_date"), anniversary=True), number("7")),
    ),
    ("month of now is 12", c.Is(c.Part(c.Unit.MONTH, c.Now()), number("12"))),
    (
        "local hour of happened_at < 5",
        c.Compare("<", c.Part(c.Unit.HOUR, attr("happened_at"), local=True), number("5")),
    ),
    ('weekday of now is "friday"', c.Is(c.Part(None, c.Now()), c.Text("friday"))),
    ("anniversary of b is in next 7 days", c.Anniversary(attr("b"), c.Rolling(7, DAYS, ahead=True))),
    ("in segment vip", c.InSegment(c.SegmentRef("vip"))),
    ("not in segment life.new", c.Not(c.InSegment(c.SegmentRef("life", "new")))),
    (
        "a is within 2.5 mi of place b",
        c.Near(attr("a"), number("2.5", whole=False), "mi", c.NamedPlace("b")),
    ),
    (
        "a is not within 800 m of (-45.764, 4)",
        c.Near(attr("a"), number("800"), "m", c.LatLon(Decimal("-45.764"), Decimal("4")), negated=True),
    ),
    ("a is not inside place b", c.Inside(attr("a"), c.NamedPlace("b"), negated=True)),
    ('a has been "x" for at least 6 months', c.Held(attr("a"), c.Text("x"), 6, c.Unit.MONTH)),
    ("a has not been 3 for at least 1 local day", c.Held(attr("a"), number("3"), 1, DAYS, local=True, negated=True)),
    (
        'plan changed from "a" to "b" in last 30 days',
        c.Changed(attr("plan"), c.Text("a"), c.Text("b"), c.Rolling(30, DAYS)),
    ),
    ('plan changed from "a" to "b"', c.Changed(attr("plan"), c.Text("a"), c.Text("b"), None)),
    (
        "plan changed to -5 EUR from 2026-01-01 to 2026-02-01",
        c.Changed(
            attr("plan"),
            None,
            c.Money(Decimal("-5"), "EUR"),
            c.FromTo(c.Date(dt.date(2026, 1, 1)), c.Date(dt.date(2026, 2, 1))),
        ),
    ),
    ("in bottom 100 by v", c.Rank(False, attr("v"), count=100)),
    ("in bottom 1% by 0%", c.Rank(False, number("0", whole=False, percent=True), Decimal("0.01"))),
    (
        "in top 20% by v within each country among segment buyers",
        c.Rank(True, attr("v"), Decimal("0.2"), None, attr("country"), c.SegmentRef("buyers")),
    ),
    ("consents to email for promotions", c.Consent("email", "promotions")),
    ("does not consent to sms for service", c.Consent("sms", "service", negated=True)),
    ("none of (a is 1, b is 2)", c.NoneOf((c.Is(attr("a"), number("1")), c.Is(attr("b"), number("2"))))),
    (
        "at most 1 of (a is 1, b is 2)",
        c.SomeOf(1, (c.Is(attr("a"), number("1")), c.Is(attr("b"), number("2"))), most=True),
    ),
    (
        "a - b - c * (d + 1) > 0",
        c.Compare(
            ">",
            c.Arithmetic(
                "-",
                c.Arithmetic("-", attr("a"), attr("b")),
                c.Arithmetic("*", attr("c"), c.Arithmetic("+", attr("d"), number("1"))),
            ),
            number("0"),
        ),
    ),
]


@pytest.mark.parametrize(("text", "meant"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_a_sentence_becomes_its_value(text: str, meant: c.Condition) -> None:
    """Every construct that this version runs is read into the node that says the same."""
    assert read(text) == meant


def test_brackets_decide_what_belongs_together() -> None:
    """`(a and b) or c` and `a and (b or c)` are different trees."""
    a, b, d = (c.Is(attr(name), number("1")) for name in "abd")
    assert read("(a is 1 and b is 1) or d is 1") == c.AnyOf((c.AllOf((a, b)), d))
    assert read("a is 1 and (b is 1 or d is 1)") == c.AllOf((a, c.AnyOf((b, d))))
    assert read("all of (a is 1, b is 1)") == read("a is 1 and b is 1")


def test_a_place_is_a_place_of_the_whole_file() -> None:
    """An expression inside a YAML file points into that file, line and column from 1, offsets into its text."""
    text = 'name: x\naudience: |\n  country is "DÉ"\n  and plan is one of (1, 2)\n'
    start, end = text.index("country"), len(text)
    made, findings = parse_expression(text, "campaigns/x.yml", start, end)
    assert not findings
    assert isinstance(made, c.AllOf)
    second = made.items[1]
    assert str(second.span) == "campaigns/x.yml:4:7"
    assert text[second.span.start : second.span.end] == "plan is one of (1, 2)"
    assert (made.span.line, made.span.column, made.span.end_line) == (3, 3, 4)


def test_a_finding_in_a_slice_points_into_the_file() -> None:
    """So does a mistake, and what follows the slice is not read."""
    text = 'audience: country = "DE"   # rest ((('
    start = text.index("country")
    made, findings = parse_expression(text, "c.yml", start, text.index("#"))
    assert made is None
    assert [str(d.span) for d in findings] == ["c.yml:1:19"]
    assert findings[0].fix is not None
    assert text[findings[0].fix.span.start : findings[0].fix.span.end] == "="


FILE = """\
list dach "the three" = ("DE", "AT", "CH")
event paid = purchase where (status is "paid")
trait ltv of customer: money "what they spent" = sum of paid.amount ever default 0 EUR
segment vip of customer "our best"
  owner crm
  tags a, b
where ltv > 500 EUR
expect size between 10 and 500_000
expect change under 25%
expect subset of segment reachable
expect disjoint from segment life.lost
partition life among segment reachable
  case new "just came" when did paid in last 30 days
  otherwise lost "gone"
"""


def test_a_file_becomes_its_definitions() -> None:
    """Lists, events, traits, segments and partitions, with all that they say about themselves."""
    made, findings = parse_definitions(FILE, "a.seg")
    assert not findings
    dach, paid, ltv, vip, life = made
    assert dach == s.ListDef("dach", (c.Text("DE"), c.Text("AT"), c.Text("CH")), doc="the three")
    assert paid == s.EventDef("paid", c.Event("purchase", c.Is(attr("status"), c.Text("paid"))))
    assert isinstance(ltv, s.Trait)
    assert (ltv.type, ltv.default, ltv.of, ltv.doc) == (
        "money",
        c.Money(Decimal(0), "EUR"),
        "customer",
        "what they spent",
    )
    assert isinstance(vip, s.Segment)
    assert (vip.of, vip.doc, vip.owner, vip.tags) == ("customer", "our best", "crm", ("a", "b"))
    assert vip.expects == (
        s.ExpectSize(10, 500_000),
        s.ExpectChange(Decimal("0.25")),
        s.ExpectSubset(c.SegmentRef("reachable")),
        s.ExpectDisjoint(c.SegmentRef("life", "lost")),
    )
    assert isinstance(life, s.Partition)
    assert life.cells == ("new", "lost")
    assert (life.cases[0].doc, life.otherwise_doc, life.among) == ("just came", "gone", c.SegmentRef("reachable"))
    assert str(vip.span) == "a.seg:4:1"


def test_one_broken_definition_hides_no_other() -> None:
    """All problems of a file are told at once, and what could be read is given."""
    text = "segment a where x = 1\n# between\nsegment b where everyone\nsegment c\nsegment d where y is like 5\n"
    made, findings = parse_definitions(text, "a.seg")
    assert [d.name for d in made] == ["b"]
    assert [(d.span.line, d.code) for d in findings][:2] == [(1, "E108"), (4, "E129")]
    assert {d.span.line for d in findings} == {1, 4, 5}
    assert defined_names(text) == {"a", "b", "c", "d"}


def test_several_mistakes_of_one_condition_are_told_at_once() -> None:
    """Reading goes on behind a mistake that can be mended."""
    assert codes('country = "DE" and plan != "pro" and name like "A%"') == ["E108", "E108", "E121"]


def test_the_other_start_symbols() -> None:
    """A trait's value, one expectation, and a trigger's event are read from YAML in the same words."""
    assert parse_value("days since created_at")[0] == c.Elapsed(DAYS, attr("created_at"))
    assert parse_expectation("size between 1 and 5")[0] == s.ExpectSize(1, 5)
    assert parse_trigger_event("did cart where (value > 1)")[0] == c.Event(
        "cart", c.Compare(">", attr("value"), number("1"))
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("amount > 1.000", "E115"),
        ("amount > 12.500 EUR", "E115"),
        ("amount > 0.125", None),
        ("amount > 1_000.500", None),
        ("created_at is on 2026-02-30", "E105"),
        ("created_at is on 2026-13-01", "E105"),
        ("created_at is on 0000-01-01", "E105"),
        ("created_at is on 2026-01-01T25:00", "E105"),
        ("created_at is on 2024-02-29", None),
        ("a is 1234567890123456789", "E117"),
        ("a is 123456789012345678", None),
        (r'a is "\d"', "E104"),
        (r'a is "\u0000"', "E104"),
        ("did p in last 0 days", "E118"),
        ("did p in last 2_000 years", "E118"),
        ("did p in previous 0 months", "E118"),
        ("did p between 5 and 3 times ever", "E118"),
        ("did p between 60 and 30 days ago", "E118"),
        ("did p fewer than 0 times ever", "E118"),
        ("did p at least 0 times ever", None),
        ("did p from 2026-02-01 to 2026-01-01", "E118"),
        ("at least 3 of (a is 1, b is 2)", "E118"),
        ("in top 0 by v", "E118"),
        ("in top 101% by v", "E118"),
        ("t is between 1.5 and 3 days from now", "E118"),
        ("did p between 1 and 2 local days ago", "E118"),
        ("sum of purchase ever > 5", "E131"),
        ("a is null", "E120"),
        ("t < 2026-01-01", None),
    ],
)
def test_what_reads_but_cannot_be_meant_is_told(text: str, code: str | None) -> None:
    """Numbers that mislead, days that do not exist, spans of no length: found while reading, at their place."""
    assert codes(text) == ([code] if code else [])


def test_a40_three_digits_behind_a_point_are_no_decimal() -> None:
    """A German thousand is refused; it is read where the whole part is 0, has more than three digits, or is a place."""
    assert codes("amount > 1.000") == codes("amount > 999.000 EUR") == ["E115"]
    for text in ("amount > 0.125", "amount > 1.00", "amount > 1.0000", "amount > 1_000.500", "amount > 1_000"):
        assert codes(text) == [], text
    assert codes("location is within 25 km of (45.764, 4.835)") == []


# One sentence for each row of the table of what comes later.
NOT_YET = {
    "entry": "segment a where did b since entry",
    "trigger": "segment a where trigger.value > 5",
}


def test_what_comes_later_is_one_list() -> None:
    """Exactly these constructs are read and not yet run."""
    assert set(NOT_YET) == set(LATER)


@pytest.mark.parametrize("key", sorted(NOT_YET))
def test_what_comes_later_is_refused_by_name(key: str) -> None:
    """A construct that cannot run yet is refused in the author's words and at its place, never ignored."""
    text = NOT_YET[key]
    assert parser().parse(text, start="start")
    made, findings = parse_definitions(text, "a.seg")
    assert made == ()
    assert [d.code for d in findings] == ["E190"]
    assert LATER[key] in findings[0].message
    assert findings[0].span.start > 0


def test_every_refusal_of_one_condition_is_told() -> None:
    """One construct that comes later does not hide the next."""
    assert codes("did a since entry and trigger.value > 5") == ["E190", "E190"]


def test_line_ends_and_a_mark_at_the_front_do_no_harm() -> None:
    """Files from Windows are read as they are."""
    made, findings = parse_definitions("\ufeffsegment a\r\nwhere everyone # why\r\n\r\nsegment b\r\nwhere x is 1\r\n")
    assert not findings
    assert [d.name for d in made] == ["a", "b"]


def test_a_bucket_and_a_share_divide_somebody() -> None:
    """One bucket divides nobody, and no group has 0 % or 101 %."""
    for text in (
        "trait r: int = bucket 1 by v",
        "trait r: int = bucket 0 by v",
        "trait r: int = bucket 1_000_001 by v",
    ):
        assert [d.code for d in parse_definitions(text)[1]] == ["E118"]
    assert codes("in smallest group with 0% of v") == ["E118"]
    assert codes("in smallest group with 101% of v") == ["E118"]
    assert codes("in smallest group with 100% of v") == []
