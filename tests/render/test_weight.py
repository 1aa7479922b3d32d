"""Styles that would take time, memory or the stack are left where they are, and a large letter is no such thing."""

from __future__ import annotations

import pytest

from orchestrator.render.html import inline
from orchestrator.render.weight import DEEPEST_ELEMENTS, elements, too_heavy, without
from tests.render.letters import letter, write

RED = "<style>p{color:red}</style>"
HEAVY = {
    "deep": (RED + "<div>" * (DEEPEST_ELEMENTS + 1), "nested more than 150 deep"),
    "long": ("<style>p{color:red}" + " " * 100_000 + "</style><p>x</p>", "styles are longer than 100000"),
    "open": ("<style>p{color:red}<p>x</p>", "a <style> is never closed"),
    "one rule, many elements": (
        "<style>p{background:" + "x" * 3_000 + "}</style>" + "<p>x</p>" * 1_000,
        "written more than 2000000 characters long",
    ),
    "a class": (
        "<style>.a{background:" + "x" * 3_000 + "}</style>" + "<p class='b a'>x</p>" * 1_000,
        "written more than 2000000",
    ),
    "a name in a comment": (
        "<style>q{/* x{*/ background:" + "x" * 3_000 + "}</style>" + "<q>x</q>" * 1_000,
        "written more than 2000000",
    ),
    "a name in a text": (
        "<style>q{content:' x{'; background:" + "x" * 3_000 + "}</style>" + "<q>x</q>" * 1_000,
        "written more than 2000000",
    ),
    "anything": (
        "<style>:not(x){background:" + "x" * 3_000 + "}</style>" + "<q>x</q>" * 1_000,
        "written more than 2000000",
    ),
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_styles_stay_where_they_are(name: str) -> None:
    """The letter is sent as it was written, and the reason is in its notes."""
    html, says = HEAVY[name]
    made = letter(html, subject="s", text=None)
    assert any(says in note for note in made.notes), made.notes
    assert html[: len(html) // 2] in (write(made).html or "")


def test_a_large_letter_is_inlined() -> None:
    """Eight hundred rules on two thousand elements in forty tables are work, and not too much of it."""
    rules = "".join(f"p.c{n}, td.c{n}, .x{n} p a {{color:red;font:12px Arial}}" for n in range(800))
    rules += "".join(f".c1 .c{n} a{{color:blue}}" for n in range(2, 500))
    tables = "<table><tr><td><div>" * 30 + "x" + "</div></td></tr></table>" * 30
    page = f"<style>{rules}</style>{tables}" + "<p class=c1>x <a>x</a></p>" * 1_000
    assert too_heavy(page) == ""
    done = inline([page])
    assert done.note == ""
    assert "".join(map(str, done.parts)).count('<p class="c1" style="') == 1_000


def test_unclosed_paragraphs_and_rows_are_not_deep() -> None:
    """HTML lets their ends out: one ends where the next begins."""
    assert too_heavy(RED + "<p>x" * 1_000 + "<table>" + "<tr><td>x</td>" * 1_000 + "</table>") == ""
    assert too_heavy(RED + "<img src=x><br>" * 1_000) == ""


def test_the_inliner_has_a_stack_for_what_is_deeper_than_it_looks() -> None:
    """A page that is deep for a browser only, by ends that mean nothing to it, does not end the process."""
    assert "<i>" in "".join(map(str, inline([RED + "<b><i></u></b>" * 9_000 + "<p>x</p>"]).parts))


def test_what_is_never_closed_is_looked_for_once() -> None:
    """Comments are taken out up to the first that has no end."""
    assert without("a<!--b-->c<!--d", "<!--()", lambda _: "-->") == "ac<!--d"
    assert without("<a>1</a><b>2<a>3</a>", "<(a|b)>", lambda which: f"</{which}>") == "<b>2"
    assert elements(["<p>x</p>", "<br>1 < 2"]) == 2
