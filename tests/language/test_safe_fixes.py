"""What ``orc fix`` does without being asked twice: the text reads, and nobody's meaning is another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.language import parse_expression
from orchestrator.model.diagnostic import Diagnostic, Fix
from tests.language.test_segment_mistakes import ALL, findings

MOST = 20


def safe(found: tuple[Diagnostic, ...]) -> list[Fix]:
    """The fixes that are made without asking."""
    return [finding.fix for finding in found if finding.fix is not None and finding.fix.safe]


def made(text: str, fix: Fix) -> str:
    """The text with a fix in it."""
    return text[: fix.span.start] + fix.text + text[fix.span.end :]


def mended(text: str) -> str:
    """The text after all safe fixes, one after another."""
    for _ in range(MOST):
        fixes = safe(parse_expression(text)[1])
        if not fixes:
            break
        text = made(text, fixes[0])
    return text


@pytest.mark.parametrize(("path", "text"), ALL, ids=[text[:40] for _, text in ALL])
def test_a_safe_fix_reads(path: Path, text: str) -> None:
    """No error is left in what was written, and what follows right behind it has at least an answer of its own."""
    for fix in safe(findings(path, text)):
        after = made(text, fix)
        end = fix.span.start + len(fix.text)
        for finding in findings(path, after):
            start = finding.span.start
            again = finding.fix is not None and finding.fix.safe  # the next mistake of the same words
            assert again or not (finding.is_error and fix.span.start <= start < end), (after, finding.message)
            behind = start >= end and not after[end:start].strip()
            assert not behind or not finding.is_error or finding.help or finding.fix, (after, finding.message)


MEANT = {
    'did visit in last 30 days where device is "phone"': 'did visit where (device is "phone") in last 30 days',
    "did purchase in last 30 days where (amount > 5 EUR)": "did purchase where (amount > 5 EUR) in last 30 days",
    "did not purchase exactly 1 time ever": "not (did purchase exactly 1 time ever)",
    "not did purchase exactly 1 time ever": "not (did purchase exactly 1 time ever)",
    "did not purchase exactly 2 times in last 30 days and a is 1": (
        "not (did purchase exactly 2 times in last 30 days) and a is 1"
    ),
    "did not purchase between 1 and 3 times ever": "not (did purchase between 1 and 3 times ever)",
    "did not purchase at least 3 times ever": "did purchase fewer than 3 times ever",
    "did not purchase where (a is 1) more than 3 times ever": "did purchase where (a is 1) at most 3 times ever",
    "not did purchase ever": "did not purchase ever",
    'not did purchase where (sku is "A") ever': 'did not purchase where (sku is "A") ever',
    "not did visit ever then purchase": "not (did visit ever then purchase)",
    'not tags has "vip"': 'not (tags has "vip")',
    'not tags has any of ("a", "b")': 'not (tags has any of ("a", "b"))',
    "not has at least 2 devices": "not (has at least 2 devices)",
    'not has every device where (os is "ios")': 'not (has every device where (os is "ios"))',
    'not has device where (os is "ios")': 'has no device where (os is "ios")',
    'not country is not "DE"': 'not (country is not "DE")',
    "not age is between 1 and 5 and a is 1": "age is not between 1 and 5 and a is 1",
    "not age > 5 or a is 1": "not (age > 5) or a is 1",
    "created_at <= today": "created_at is before tomorrow",
    "created_at <= yesterday": "created_at is before today",
    "created_at <= now": "(created_at is not after now and created_at is known)",
    "created_at >= this month": "created_at is since this month",
    "did purchase since 30 days ago": "did purchase in last 30 days",
    "created_at < 30 days ago": "created_at is more than 30 days ago",
    "count(purchase) > 3": "count of purchase > 3",
    "sum(purchase.amount) in last 30 days > 3 EUR": "sum of purchase.amount in last 30 days > 3 EUR",
    "did purchase on or before 2026-12-31": "did purchase before 2027-01-01",
    "created_at is on or after 2026-12-31": "created_at is since 2026-12-31",
    "did purchase in october 2026": "did purchase from 2026-10-01 to 2026-10-31",
    "revenue > 1.000,50 EUR": "revenue > 1_000.50 EUR",
    "revenue > 1 000 EUR": "revenue > 1_000 EUR",
    "country in $codes": "country is one of $codes",
    "age =< 18": "age <= 18",
    "age ≥ 18": "age >= 18",
    "email is ann@example.com": 'email is "ann@example.com"',
    "in top 10% by age desc": "in top 10% by age",
    "in bottom 10% by age asc": "in bottom 10% by age",
}
"""What somebody meant without doubt, and how the language has it."""


@pytest.mark.parametrize("wrong", MEANT)
def test_the_meaning_stays(wrong: str) -> None:
    """After all safe fixes a sentence of one meaning is the condition of that meaning, and the whole of it."""
    after, found = parse_expression(mended(wrong))
    assert (after, found) == parse_expression(MEANT[wrong])
    assert after is not None


DOUBTS = (
    'did visit in last 30 days where device is "phone" and page is "/"',
    "did not purchase once ever",
    "did not purchase twice ever",
    "did not purchase 3 times ever",
    "did not purchase at least 3 times",
    "has not purchase",
    "did purchase until 2026-10-01",
    'tags has "a\\u0000b"',
    'email matches "\\d+"',
    "did purchase in next month where (a is 1)",
    "did visit ever then purchase within 1 month",
    "did purchase between 5 and 40 local days ago",
    "did purchase before 30 days",
    "renews_at > 30 days ago",
    "renews_at is after 30 days ago",
    "did purchase in last 1.5 days",
    "revenue > 1,000 EUR",
    "revenue > $500",
    'name ilike "a%"',
    "account in segment vip",
    "hasn't device",
    "plan is none",
    "wasn't active",
    'plan was "pro"',
    "in top 10% by age asc",
)
"""Sentences of more than one meaning, and those to which something would have to be added."""


@pytest.mark.parametrize("wrong", DOUBTS)
def test_a_doubt_is_left(wrong: str) -> None:
    """Nothing is written for an author who may have meant something else; words there are."""
    assert parse_expression(wrong)[1]
    assert mended(wrong) == wrong
