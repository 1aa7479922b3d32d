"""The short way of showing a value gives what Jinja's own escaping gives, and remembers no more than it says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from orchestrator.model import memo
from orchestrator.model.memo import Memo
from tests.render.letters import html, letter, write

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=150)
NUMBERS = st.one_of(
    st.integers(), st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
)


@given(st.one_of(TEXTS, st.sampled_from(("<b>", "a&b", "'", '"', "&amp;", "")), NUMBERS, st.dates(), st.datetimes()))
@settings(max_examples=300, deadline=None)
def test_values_are_shown_as_jinja_escapes_them(value: str | int | Decimal | dt.date) -> None:
    """In HTML as escaped text, in plain text as it is; alone, through a filter, in a macro, in a captured text."""
    files = {
        "a.html.j2": "{% macro m(x) %}{{ x }}{% endmacro %}<p>{{ person.a }}|{{ person.a | default('-') }}|"
        "{{ m(person.a) }}|{% set kept %}{{ person.a }}{% endset %}{{ kept }}</p>",
        "a.txt.j2": "{{ person.a }}",
    }
    made = write(letter(None, files, template="a.html.j2", text="a.txt.j2", subject="s"), a=value)
    assert made.html is not None
    plain = f"{value:f}" if isinstance(value, Decimal) else str(value)
    shown = str(escape(plain))
    assert f"<p>{shown}|{shown}|{shown}|{shown}</p>" in made.html
    assert made.text == plain


@given(st.booleans(), st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
@settings(max_examples=50, deadline=None)
def test_other_values_are_shown_in_words(yes: bool, number: float) -> None:
    """Truth is ``yes`` or ``no``, a fraction has no exponent."""
    shown = html("{{ person.a }} {{ person.b }}", a=yes, b=number)
    assert shown == f"{'yes' if yes else 'no'} {Decimal(f'{number:.12g}'):f}"


def test_the_memory_is_bounded() -> None:
    """It forgets everything when it is full, and never keeps long texts."""
    made: list[str] = []
    kept = Memo(lambda text: made.append(text) or len(text))
    assert [kept["a"], kept["a"], kept["x" * 101], kept["x" * 101]] == [1, 1, 101, 101]
    assert made == ["a", "x" * 101, "x" * 101]
    for n in range(memo.MOST * 2):
        kept[str(n)]
    assert len(kept) <= memo.MOST
