"""Hostile and broken files are refused at a place, at once, and never by running out of stack."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.language import parse_definitions, parse_expression
from orchestrator.language.grammars import parser
from orchestrator.language.segment_guard import DEEPEST, LONGEST_SUM, MOST_CHARACTERS, guard


def deep(levels: int) -> str:
    return "(" * levels + "a is 1" + ")" * levels


def test_five_thousand_brackets_are_refused() -> None:
    """A tree that deep is never built: the first bracket too many is pointed at."""
    made, findings = parse_expression(deep(5000))
    assert made is None
    assert [(d.code, d.span.column) for d in findings] == [("E132", DEEPEST + 1)]


def test_brackets_up_to_the_limit_are_read() -> None:
    """What is allowed is really read."""
    assert parse_expression(deep(DEEPEST))[0] == parse_expression("a is 1")[0]
    nested = "a is 1"
    for k in range(DEEPEST):
        nested = f"({nested}) {'and' if k % 2 else 'or'} b is 2"
    assert parse_expression(nested)[1] == ()


def test_endless_sums_are_refused() -> None:
    """A chain of signs leans to one side and would be as deep as it is long."""
    assert [d.code for d in parse_expression("a" + " + 1" * 5000 + " > 0")[1]] == ["E132"]
    assert parse_expression("a" + " + 1" * LONGEST_SUM + " > 0")[1] == ()


def test_brackets_in_texts_and_comments_do_not_count() -> None:
    """Only brackets of the language have depth."""
    text = f'segment a # {"(" * 200}\nwhere x is "{"(" * 200}"'
    assert parse_definitions(text)[1] == ()


def test_depth_starts_anew_with_each_definition() -> None:
    """A bracket left open in one definition does not make the others too deep."""
    broken = "segment a where (x is 1\n"
    text = "".join(broken.replace(" a ", f" a{k} ") for k in range(DEEPEST + 5)) + "segment good where everyone\n"
    made, findings = parse_definitions(text)
    assert {d.code for d in findings} <= {"E106", "E139"}
    assert made or len(findings) > 40


def test_a_file_of_ten_megabytes_is_refused() -> None:
    """It is refused before it is looked at."""
    assert guard("x" * (MOST_CHARACTERS + 1), "a.seg")
    made, findings = parse_definitions("segment a where x is 1\n" * 450_000, "a.seg")
    assert made == ()
    assert [(str(d.span), d.code) for d in findings] == [("a.seg:1:1", "E133")]


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\x7f", "\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\ud800", "\r"]
)
def test_signs_that_cannot_be_seen_are_refused(sign: str) -> None:
    """A reviewer must see what a machine reads, also in comments."""
    for text in (f'country is "D{sign}E"', f"country is 1 # {sign}", f"country {sign} is 1"):
        _, findings = parse_expression(text)
        assert [d.code for d in findings] == ["E101"]
        assert text[findings[0].span.start] == sign


def test_what_no_text_may_hold_is_not_advised() -> None:
    """A9: U+0000 is refused inside a text, written out too, so the remedy is to leave it out."""
    for text in ('a is "\0"', 'a is "\\u0000"', 'a is "\\ud800"'):
        ((found,),) = [parse_expression(text)[1]]
        assert not any("\\u" in note for note in found.notes)
        assert found.fix is None or not found.fix.safe
    (hidden,) = parse_expression('a is "\u202e"')[1]
    assert "\\u" in hidden.notes[0]
    assert not parse_expression('a is "\\u202e"')[1]


def test_letters_of_all_scripts_are_welcome_in_texts() -> None:
    """Names of people and places stay as they are."""
    for text in ("Zürich", "東京", "עברית", "Ελλάδα", "🙂", "e\u0301"):
        made, findings = parse_expression(f'city is "{text}"')
        assert not findings, text
        assert made is not None


def test_many_broken_definitions_end_in_one_sentence() -> None:
    """After fifty broken definitions the rest is not explained any more."""
    _, findings = parse_definitions("".join(f"segment a{k} where x ~ 1\n" for k in range(200)))
    assert findings[-1].code == "E139"
    assert len(findings) < 60


WORDS = (
    "\n",
    "\n\n",
    *re.findall(
        r"\S+",
        """segment partition trait event list case when otherwise where expect owner tags and or not ( ) , = == != < >=
        is in last next previous 30 days month did purchase ever "DE" ' " country ~ $x % 5 5% EUR between at least times
        has any of one since before 2026-01-01 from to AND x. .y [ ] { } once null like # sum count top by now today ago
        'DE' “x” 1.5 -""",
    ),
)


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
@example("segment")
@example("(" * 30)
@example('"')
@example("segment a where x is 1 expect expect")
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in a file, the answer is definitions or findings with places inside the file."""
    made, findings = parse_definitions(text, "a.seg")
    for finding in findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.span.line >= 1
        assert finding.span.column >= 1
        assert finding.message
    if not findings:
        assert len(made) == len(parser().parse(text, start="start").children)


GOOD = (
    'country is "DE" and ( plan is one of ( "a" , "b" ) or age is between 1 and 5 )',
    "did purchase where ( amount > 5 EUR ) at least 3 times in last 30 days",
    "did not purchase since last visit and sum of purchase.amount in previous 2 months > 5 EUR",
    "at least 2 of ( a is known , b is missing , in segment c.d , consents to email for news )",
    "not in top 20% by v within each country among segment b or anniversary of x is in next 7 days",
)


@given(st.sampled_from(GOOD), st.data())
@settings(max_examples=200, deadline=None)
def test_a_word_left_out_doubled_or_moved_breaks_nothing(text: str, data: st.DataObject) -> None:
    """Near misses are the usual mistakes: each is read, or explained within the text; every fix reads further."""
    words = text.split(" ")
    at = data.draw(st.integers(0, len(words) - 1))
    to = data.draw(st.integers(0, len(words) - 1))
    change = data.draw(st.sampled_from(("out", "double", "move", "other")))
    word = words[at] if change == "double" else words.pop(at)
    if change == "other":
        words.insert(at, data.draw(st.sampled_from(WORDS)))
    elif change != "out":
        words.insert(to, word)
    wrong = " ".join(words)
    made, findings = parse_expression(wrong)
    assert made is not None or findings
    for finding in findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(wrong)
    if findings and findings[0].fix is not None:
        fix = findings[0].fix
        mended = wrong[: fix.span.start] + fix.text + wrong[fix.span.end :]
        _, later = parse_expression(mended)
        first = (findings[0].code, findings[0].span, findings[0].message)
        assert first not in [(other.code, other.span, other.message) for other in later]


@example('0matches"\\0"')
@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_sign_breaks_the_reader(text: str) -> None:
    """The same for any characters at all."""
    made, findings = parse_expression(text)
    assert (made is None) == bool(findings)
