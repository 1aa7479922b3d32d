"""Every mistake of meaning has its code, its place, and a text that parses when it is pasted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.compile import CODES, check, check_one
from orchestrator.language import parse_definitions, parse_expression
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.workspace import Workspace

Shop = Callable[..., Workspace]
BASE = """
segment vip where points > 100
partition stage
  case fresh when created_at is in last 30 days
  otherwise old
trait revenue: money = sum of purchase.amount ever
list dach = ("DE", "AT", "CH")
event couponed = purchase where (coupon is known)
"""

CASES = [
    ("did purchase", "E113", "did purchase ever"),
    ("sum of purchase.amount > 5 EUR", "E113", "sum of purchase.amount ever"),
    ("did visit ever" + " then purchase" * 51, "E403", None),
    ("did visit in each of previous 3 months then purchase", "E331", None),
    ("created_at <= 2026-01-01", "E303", "created_at is before 2026-01-02"),
    (
        "created_at <= 2026-01-01T10:00",
        "E303",
        "(created_at is not after 2026-01-01T10:00 and created_at is known)",
    ),
    ("created_at <= renews_at", "E303", "(created_at is not after renews_at and created_at is known)"),
    ("created_at >= 2026-01-01", "E303", "created_at is since 2026-01-01"),
    ("points > 2026-01-01", "E301", None),
    ("in segment vpi", "E201", "vip"),
    ("aeg > 3", "E202", "age"),
    ('did purchase where (cupon is "X") ever', "E202", "coupon"),
    ('did purchase where (country is "DE") ever', "E202", "customer.country"),
    ("in vip_or_not > 3", "", None),
    ('country is "DEE"', "E203", '"DE"'),
    ('country is one of ("DE", "ATT")', "E203", '"AT"'),
    ("country is one of dahc", "E206", "dach"),
    ("in segment stage.frsh", "E207", "stage.fresh"),
    ("in segment vip.cell", "E207", "in segment vip"),
    ("consents to email for promotion", "E209", "consents to email for promotions"),
    ("does not consent to sms for promotions", "E209", "does not consent to email for promotions"),
    ("did purchase where (did visit ever) ever", "E210", None),
    ("did purchase where (count of visit ever > 3) ever", "E210", None),
    ("in segment revenue", "E211", None),
    ("did login ever", "E212", None),
    ("did purchse ever", "E213", "purchase"),
    ('age is "18"', "E301", "age is 18"),
    ('birth_date is "2000-01-01"', "E301", "birth_date is 2000-01-01"),
    ("created_at is 2026-01-01", "E301", "created_at is on 2026-01-01"),
    ("country > 5", "E302", None),
    ("created_at < renews_at", "E303", "created_at is before renews_at"),
    ("email + 1 > 3", "E304", None),
    ("sum of purchase.amount ever > 500", "E305", "500 EUR"),
    ("sum of purchase.amount ever > 500 USD", "E306", None),
    ("sum of purchase.paid ever > 500 EUR", "E306", None),
    ("wallet > 5 EUR", "E306", None),
    ("country is in last 30 days", "E307", None),
    ("did purchase since country", "E307", None),
    ('age contains "1"', "E308", None),
    ("did purchase in next 7 days", "E309", None),
    (r'email matches "\\w+"', "E310", None),
    ("created_at is ever", "E311", None),
    ("birth_date is in last 3 hours", "E312", None),
    ("hour of birth_date is 3", "E312", None),
    ("hours since birth_date > 3", "E312", None),
    ("minutes until anniversary of created_at < 3", "E312", None),
    ("anniversary of birth_date is since created_at", "E313", None),
    ("age is between 5 and 3", "E314", None),
    ('app_version < "latest"', "E340", None),
    ("location is inside place pariss", "E346", "paris"),
    ("location is within 5 km of place paris", "E343", "location is inside place paris"),
    ("location is inside place lyon_store", "E344", "location is within 25 km of place lyon_store"),
    ("location is within 5 km of (145.76, 4.83)", "E345", None),
    ("location is within -5 km of place lyon_store", "E314", None),
    ("country is within 5 km of place lyon_store", "E342", None),
    ("age + 1 is inside place paris", "E342", None),
    ('location is "Paris"', "E341", None),
    ("location > 3", "E341", None),
    ('country has been "DE" for at least 6 months', "E350", None),
    ("revenue has been 3 EUR for at least 6 months", "E350", None),
    ('plan has been "prp" for at least 6 months', "E203", '"pro"'),
    ("plan has been 3 for at least 6 months", "E301", None),
    ('plan changed to "pro"', "E113", 'plan changed to "pro" ever'),
    ('plan changed from "pro" to "pro" ever', "E351", None),
    ('plan changed from "free" to "pro" in next 7 days', "E309", None),
    ('paln changed to "pro" ever', "E202", "plan"),
    ('did purchase where (customer.plan has been "pro" for at least 1 day) ever', "E210", None),
    ('app_version is "v4.2"', "E340", '"4.2"'),
    ('app_version is one of ("4.2", "x 4.3")', "E340", '"4.3"'),
    ("app_version is 17", "E301", 'app_version is "17"'),
    ("app_version >= 17", "E302", None),
    ("app_version < email", "E302", None),
    ("app_version is email", "E301", None),
    ('app_version contains "4"', "E308", None),
    ("app_version + 1 > 2", "E304", None),
    ("in top 10% by app_version", "E317", None),
    ("sum of purchase.coupon ever > 3", "E315", None),
    ("in top 10% by country", "E317", None),
    ("count of purchase in each of previous 4 quarters > 3", "E331", "in previous 4 quarters"),
    ("last visit.device in each of previous 1 month is known", "E331", "in previous month"),
    ("median months between purchase ever > 2", "E332", "median days between purchase ever"),
    ("avg local days between purchase ever > 2", "E332", "avg days between purchase ever"),
    ("did purchase at least 2 times in each of previous 37 months", "E333", None),
    ("did purchase in each of previous 100 hours", "E333", None),
    ("median of purchase.coupon ever > 3", "E315", None),
    ("fraction of purchse where (coupon is known) ever > 3%", "E213", None),
    ("fraction of purchase where (coupn is known) ever > 3%", "E202", None),
    ("fraction of purchase where (coupon is known) > 3%", "E113", None),
    ("in smallest group with 80% of created_at", "E317", None),
    ("in smallest group with 80% of wallet", "E306", None),
    ("in smallest group with 80% of points among segment vpi", "E201", "vip"),
    ("in smallest group with 80% of points within each countri", "E202", "country"),
    ("wallet is unique", "E306", None),
    ("5 is unique", "E317", None),
    ("emial is unique", "E202", "email"),
    ("email is not unique", "W301", "(email is not unique and email is known)"),
    ("did purchase where (coupon is unique) ever", "E210", None),
    ("did purchase where (in smallest group with 5% of points) ever", "E210", None),
    ("did purchase where (items > avg of purchase.items ever across everyone) ever", "E210", None),
    ("points > avg of purchase.items ever across segment vpi", "E201", "vip"),
    ("points > avg of purchase.items across everyone", "E113", "avg of purchase.items ever"),
    ("points > avg of purchase.coupon ever across everyone", "E315", None),
    ("points > avg of customer.points across everyone", "E213", None),
    ("points > avg of customer.points ever across segment vip", "E213", None),
    ("balance > avg of purchase.amount ever across everyone + 5", "E305", "5 EUR"),
    ("did purchase during sale_perods", "E218", "during sale_periods"),
    ("renews_at is outside sale", "E218", None),
    ("did purchase in first 7 days after previous month", "E335", None),
    ("birth_date is in first 7 hours after created_at", "E312", None),
    ("did purchase in first 7 days after country", "E307", None),
    (
        "anniversary of birth_date is outside sale_periods",
        "E336",
        "anniversary of birth_date is not during sale_periods",
    ),
    ("anniversary of birth_date is in first 7 days after created_at", "E313", None),
    ('email is not "x"', "W301", '(email is not "x" and email is known)'),
    ("not (points > 5)", None, None),
    ('not (email is "x")', "W301", '(not (email is "x") and email is known)'),
    ('not (email is "x") and email is known', None, None),
    (
        'none of (email contains "x", points > 5)',
        "W301",
        '(none of (email contains "x", points > 5) and email is known)',
    ),
    ('at most 1 of (email is "x", points > 5)', "W301", None),
    ('at least 1 of (email is "x", points > 5)', None, None),
    ("not (email is missing)", None, None),
    ('last purchase.coupon is not "A"', "W303", '(last purchase.coupon is not "A" and did purchase ever)'),
    ("days since last purchase is not between 5 and 9", "W303", None),
    ("first purchase.coupon is missing", "W303", "(first purchase.coupon is missing and did purchase ever)"),
    ("points is missing", "W304", None),
    ('email is ""', "W306", "email is missing"),
    ('last purchase.coupon is ""', "W306", None),
]


def found(shop: Shop, sentence: str) -> list[Diagnostic]:
    """Check one sentence among the definitions of the shop."""
    return check_one(shop(f"{BASE}\nsegment asked where {sentence}\n"), "asked")


@pytest.mark.parametrize(("sentence", "code", "help_"), [c for c in CASES if c[1]])
def test_a_mistake_has_its_code_and_its_help(shop: Shop, sentence: str, code: str, help_: str | None) -> None:
    """The finding has the code, stands inside the sentence, and offers the text."""
    findings = found(shop, sentence)
    assert [f.code for f in findings] == [code]
    assert findings[0].span.line > BASE.count("\n")
    if help_ is not None:
        assert help_ in findings[0].help


@pytest.mark.parametrize(("sentence", "code", "help_"), [c for c in CASES if c[1]])
def test_what_is_offered_can_be_read(shop: Shop, sentence: str, code: str, help_: str | None) -> None:
    """Each help is a condition, a value or a name; put in its place, it parses."""
    for finding in found(shop, sentence):
        for text in finding.help:
            tried = (
                text,
                f"{text} > 1",
                f"country is {text}",
                f"in segment {text}",
                f"did {text} ever",
                f"did visit ever {text}",
            )
            assert any(parse_expression(t)[0] is not None for t in tried), text


@pytest.mark.parametrize(
    "sentence",
    [
        'country is "DE" and did couponed at least 2 times in last 30 days',
        'email is not "x" and email is known',
        'sum of purchase.paid where (currency is "USD") ever > 500 USD',
        "wallet > 5 USD and email is known",
        'did purchase where (paid > 5 USD and currency is "USD") ever',
        "did purchase where (customer.age > 18 and nth is 1) ever",
        "in top 10% by revenue within each country among segment vip",
        "days since last purchase where (coupon is known) >= 90",
        "points / 2 > 1.5 and revenue - 5 EUR > 10 EUR",
        "birth_date is between 1990-01-01 and 1999-12-31",
        "local hour of created_at is 3",
        "anniversary of birth_date is in next 7 local days",
        "did purchase in first 7 local days after created_at",
        "did visit in last 2 local months before renews_at",
        "did purchase in first 36 local hours after birth_date",
        "birth_date is in first 7 local days after created_at",
        "local days since created_at > points",
        "local days since created_at + 1 > 5",
        "points is between local days since created_at and 9",
        "in top 10% by local days since last visit",
        "last visit.device is known",
    ],
)
def test_what_is_right_is_silent(shop: Shop, sentence: str) -> None:
    """Nothing is said about what has a meaning."""
    assert [f for f in found(shop, sentence) if f.is_error and "wallet" not in sentence] == []


def test_a_circle_is_told_once_with_its_path(shop: Shop) -> None:
    """Definitions that lead back to themselves are one finding that names them all."""
    text = "segment a where in segment b\nsegment b where in segment c\nsegment c where not in segment a\n"
    findings = check(shop(text))
    assert [f.code for f in findings] == ["E401"]
    assert "a -> b -> c -> a" in findings[0].message
    assert [f.code for f in check_one(shop(text), "b")] == ["E401"]
    assert [f.code for f in check(shop("event e = f\nevent f = e where (nth is 1)\n"))] == ["E401"]
    assert [f.code for f in check(shop("trait t: int = t + 1\n"))] == ["E401"]


def test_definitions_fit_their_schema(shop: Shop) -> None:
    """Traits have the declared type and a name of their own; lists have one type; entities exist."""
    assert [f.code for f in check(shop("trait age: int = points\n"))] == ["E204"]
    assert [f.code for f in check(shop("event visit = purchase\n"))] == ["E204"]
    assert [f.code for f in check(shop("trait t: text = points\n"))] == ["E316"]
    assert [f.code for f in check(shop("trait t: number = points\n"))] == ["E316"]
    assert [f.code for f in check(shop("trait t: int = age default 1.5\n"))] == ["E316"]
    assert [f.code for f in check(shop('list l = ("a", 1)\n'))] == ["E318"]
    assert [f.code for f in check(shop("segment s of customr where everyone\n"))] == ["E208"]
    assert [f.code for f in check(shop("segment s of account where did login ever\n"))] == []
    assert [f.code for f in check(shop("segment s of account where did purchase ever\n"))] == ["E212"]


def test_all_problems_are_told_at_once(shop: Shop) -> None:
    """One wrong part does not hide the others."""
    findings = found(shop, 'aeg > 3 and did purchse ever and country is "XX" and did visit')
    assert sorted(f.code for f in findings) == ["E113", "E202", "E203", "E213"]


@pytest.mark.parametrize("code", sorted(c for c in CODES if c[0] == "E" and CODES[c].good and " " in CODES[c].good))
def test_the_good_example_of_a_page_can_be_read(code: str) -> None:
    """What `orc explain CODE` shows as right is a condition, a definition, or a row of a test."""
    good = CODES[code].good
    read = parse_expression(good)[0] is not None or parse_definitions(good, "x.seg")[0] or good.startswith("people:")
    assert read


@pytest.mark.parametrize(
    ("value", "code", "help_"),
    [
        ("bucket 5 by country", "E317", None),
        ("bucket 5 by wallet", "E306", None),
        ("bucket 5 by pionts", "E202", "points"),
        ("bucket 5 by points within each cuontry", "E202", "country"),
        ("bucket 5 by points among segment vpi", "E201", "vip"),
        ("bucket 5 by points default 1.5", "E316", None),
        ("bucket 5 by score", "", None),
        ("bucket 5 by created_at default 0", "", None),
    ],
)
def test_a_bucket_needs_an_order_and_known_names(shop: Shop, value: str, code: str, help_: str | None) -> None:
    """A bucket stands in a trait, so it has its own list."""
    problems = check_one(shop(f"{BASE}\ntrait asked: int = {value}\n"), "asked")
    assert [p.code for p in problems] == ([code] if code else [])
    if help_ is not None:
        assert help_ in problems[0].help


def test_a_bucket_is_a_whole_number(shop: Shop) -> None:
    """A trait that is a bucket is declared as int."""
    assert [p.code for p in check_one(shop("trait asked: text = bucket 5 by points"), "asked")] == ["E316"]
