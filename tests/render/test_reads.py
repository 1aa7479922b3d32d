"""What a template reads is known before anything is sent, to the column."""

from __future__ import annotations

import pytest

from orchestrator.model.diagnostic import Span
from orchestrator.render import CODES, inspect


def guarded(text: str) -> list[tuple[str, bool]]:
    """Give (name, prepared for an unknown value) of everything that a template reads."""
    return [(f"{read.root}.{read.path}", read.has_default) for read in inspect(text, "templates/x.html.j2").reads]


def test_places_are_exact() -> None:
    """A read names line and column of the name itself, also in a tag over several lines and twice in one tag."""
    reads = inspect("<p>\n {{ person.a ~ person.a\n ~ person.b }}", "templates/x.html.j2").reads
    assert [(r.path, r.span.line, r.span.column, r.span.end_column) for r in reads] == [
        ("a", 2, 5, 13),
        ("a", 2, 16, 24),
        ("b", 3, 4, 12),
    ]
    text = "<p>\n {{ person.a ~ person.a\n ~ person.b }}"
    assert [text[r.span.start : r.span.end] for r in reads] == ["person.a", "person.a", "person.b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ person.a }}", [False]),
        ("{{ person.a | default('x') }}", [True]),
        ("{{ person.a | upper | default('x') }}", [False]),
        ("{{ person.a | default(person.b) }}", [True, False]),
        ("{{ person.a or 'x' }}", [True]),
        ("{{ person.a and person.b }}", [False, False]),
        ("{% if person.a %}{{ person.a }}{% endif %}", [True, True]),
        ("{% if person.a %}{{ person.b }}{% endif %}", [True, False]),
        ("{% if person.a %}{% else %}{{ person.a }}{% endif %}", [True, False]),
        ("{% if not person.a %}{% else %}{{ person.a }}{% endif %}", [True, True]),
        ("{% if person.a is defined %}{{ person.a }}{% endif %}", [True, True]),
        ("{% if person.a is not defined %}{% else %}{{ person.a }}{% endif %}", [True, True]),
        ("{% if person.a and person.b %}{{ person.a }}{{ person.b }}{% endif %}", [True] * 4),
        ("{% if person.a or person.b %}{{ person.a }}{% endif %}", [True, True, False]),
        ("{% if person.a == 1 or person.a == 2 %}{{ person.a }}{% endif %}", [True, True, True]),
        ("{% if person.a != 1 %}{{ person.a }}{% endif %}", [True, False]),
        ("{% if x is defined %}{% elif person.a %}{{ person.a }}{% endif %}{% set x = 1 %}", [True, True]),
        ("{{ person.a if person.a is defined else 'x' }}", [True, True]),
        ("{{ ', ' ~ person.a if person.a else '' }}", [True, True]),
        ("{{ person['a'] }}", [False]),
        ("{% for x in [person.a] %}{{ x }}{% endfor %}", [False]),
        ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(person.a) }}", [False]),
    ],
)
def test_guards_are_seen(text: str, expected: list[bool]) -> None:
    """A value behind `default`, in a test, or inside an `if` that made sure, needs no further default."""
    assert sorted(flag for _, flag in guarded(text)) == sorted(expected)


def test_the_guard_is_true_when_rendered() -> None:
    """What inspect calls prepared does not fail for an unknown value, and what it calls unprepared does."""
    from orchestrator.render import RenderError
    from tests.render.letters import line

    for text in (
        "{{ person.a or 'x' }}",
        "{% if person.a == 1 %}{{ person.a }}{% endif %}",
        "{{ 'y' if person.a else 'n' }}",
    ):
        line(text, a=None)
    for text in (
        "{{ person.a }}",
        "{{ person.a | upper | default('x') }}",
        "{{ person.a and 1 }}",
        "{{ person.a ~ '' }}",
    ):
        with pytest.raises(RenderError, match=r"person\.a is unknown here"):
            line(text, a=None)


def test_other_files_are_followed_to_their_own_lines() -> None:
    """What an included file reads is reported in that file; the unsubscribe link may stand in any of them."""
    files = {"base.html.j2": "\n{{ links.unsubscribe }}{% block b %}{% endblock %}", "p.html.j2": "{{ person.a }}"}
    text = '{% extends "base.html.j2" %}{% block b %}{% include "p.html.j2" %}{% endblock %}'
    found = inspect(text, "templates/x.html.j2", files)
    assert found.has_unsubscribe_link
    assert [str(r.span) for r in found.reads] == ["templates/base.html.j2:2:4", "templates/p.html.j2:1:4"]
    assert found.files == ("templates/x.html.j2", "templates/base.html.j2", "templates/p.html.j2")


def test_a_subject_is_placed_in_its_yaml() -> None:
    """A mistake in a subject points into the campaign file, inside the quotes where there are some."""
    text = "Hi {{ person.a }}"
    plain = Span("campaigns/c.yml", 7, 12, 7, 12 + len(text), 100, 100 + len(text))
    assert str(inspect(text, "subject", at=plain).reads[0].span) == "campaigns/c.yml:7:18"
    quoted = Span("campaigns/c.yml", 7, 12, 7, 14 + len(text), 100, 102 + len(text))
    assert str(inspect(text, "subject", at=quoted).reads[0].span) == "campaigns/c.yml:7:19"
    block = Span("campaigns/c.yml", 7, 12, 9, 1)
    assert inspect(text, "subject", at=block).reads[0].span == block


@pytest.mark.parametrize(
    ("text", "code", "column", "help"),
    [
        ("{{ person.a", "E601", 1, ()),
        ("a {% if person.a %}", "E601", 3, ()),
        ("{% iff x %}", "E601", 1, ("{% if %}",)),
        ("{{ 1 + }}", "E601", 1, ()),
        ('{% extends "bse.html.j2" %}', "E602", 1, ('extends "base.html.j2"',)),
        ("{% include person.a %}", "E603", 1, ('include "layout/base.html.j2"',)),
        ('{% include "loop.html.j2" %}', "E604", 1, ()),
        ("{{ person.a.upper() }}", "E605", 1, ("| upper",)),
        ("{{ 2 ** 3 }}", "E605", 1, ()),
        ("{{ person.a | uper }}", "E606", 1, ("| upper",)),
        ("{{ persn.a }}", "E607", 1, ("person",)),
        ("x" * 500_001, "E608", 1, ()),
    ],
)
def test_mistakes_have_a_place_a_code_and_a_help(text: str, code: str, column: int, help: tuple[str, ...]) -> None:
    """Each mistake an author can make in a template is a diagnostic at its own place."""
    files = {"base.html.j2": "", "loop.html.j2": '{% include "loop.html.j2" %}'}
    found = inspect(text, "templates/x.html.j2", files).diagnostics
    assert found
    assert found[0].code == code
    assert found[0].help == help
    if code != "E604":
        assert (found[0].span.line, found[0].span.column) == (1, column)
    assert code in CODES


def test_several_mistakes_are_all_told() -> None:
    """One look at a template tells everything that is not allowed in it."""
    codes = [d.code for d in inspect("{{ foo }}\n{{ bar | baz }}\n{{ 2 ** 3 }}", "templates/x.html.j2").diagnostics]
    assert codes == ["E607", "E606", "E607", "E605"]


def test_a_name_that_is_not_allowed_does_not_hide_what_is_read() -> None:
    """Beside a mistake the rest of the letter is still compared with the schema."""
    found = inspect("{{ persn.a }} {{ person.b }} {{ links.unsubscribe }}", "templates/x.html.j2")
    assert [d.code for d in found.diagnostics] == ["E607"]
    assert [f"{r.root}.{r.path}" for r in found.reads] == ["person.b", "links.unsubscribe"]
    assert found.has_unsubscribe_link
