"""No template reaches outside its letter, and what it does is counted; ``test_bombs.py`` has those that go too far."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.render import RenderError
from orchestrator.render.filters import FILTERS
from tests.render.letters import letter, line, write

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ person.__class__ }}",
    "{{ person['__class__'] }}",
    "{{ person.name.__class__ }}",
    "{{ person.name['__cla' ~ 'ss__'] }}",
    "{{ '{0.__class__}'.format(person) }}",
    "{{ '%c' % 9 }}",
    "{{ person | attr('__class__') }}",
    "{{ ['a'] | map('upper') | list }}",
    "{{ ['a'] | map(attribute='__class__') | list }}",
    "{{ 'a' | format }}",
    "{{ cycler('a') }}",
    "{{ lipsum() }}",
    "{{ dict(a=1) }}",
    "{{ namespace(a=1) }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ caller }}",
    "{{ range.__globals__ }}",
    "{{ loop }}",
    "{% macro m() %}{{ m.__code__ }}{% endmacro %}{{ m() }}",
    "{% macro m() %}x{% endmacro %}{{ m.name }}",
    "{% set _meter = 1 %}{{ 1 }}",
    "{% set person = 1 %}{{ person }}",
    "{{ _meter }}",
    "{{ 'a' | _loop(1) }}",
    "{{ 2 ** 99999999 }}",
    "{{ person.values }}",
    "{{ person.get('name') }}",
    "{{ person.items() }}",
    "{{ env('HOME') }}",
    "{{ config }}",
    "{{ request }}",
    "{% import 'os' as os %}{{ os.environ }}",
    "{% include '/etc/passwd' %}",
    "{% include '../campaigns/project.yml' %}",
    "{% include person.name %}",
    "{% extends person.name %}",
    "{% autoescape false %}{{ person.name }}{% endautoescape %}",
    "{{ person.name | safe }}",
    "{{ person }}",
    "{{ campaign }}",
    "{{ person.name.upper() }}",
    "{{ [].append(1) }}",
    "{% do 1 %}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% call m() %}{% endcall %}",
    "{% trans %}x{% endtrans %}",
    "{% debug %}",
]

WORK = [
    "{% set y = x | urlencode %}",
    "{% set y = x | title %}",
    "{% set y = x | replace('b', 'c') | upper | lower %}",
    "{% set y = many | join('') %}",
    "{% set y = x ~ 'a' %}",
    "{% set y = x + 'a' %}",
    "{% if 'a' ~ b in many %}{% endif %}",
    "{% if many == many + [a] %}{% endif %}",
    "{% if a is in many %}{% endif %}",
    "{% if x is eq(x | upper) %}{% endif %}",
]


@pytest.mark.parametrize("template", ESCAPES)
def test_nothing_outside_is_reached(template: str) -> None:
    """Everything that reaches for Python, the environment or other files fails, at the latest while rendering."""
    with pytest.raises(RenderError):
        write(letter(template, subject="s"), name="Ada")


@pytest.mark.parametrize("work", WORK)
def test_work_on_long_values_is_counted(work: str) -> None:
    """What reads long texts and lists costs steps by their length, so a loop over it ends soon, at its place."""
    rounds = "{% for a in range(1000) %}{% for b in range(40) %}" + work + "{% endfor %}{% endfor %}"
    made = letter("{% set x = 'b c%' * 10000 %}{% set many = [x] * 900 %}\n" + rounds, subject="s")
    with pytest.raises(RenderError, match="more than 50000 steps") as caught:
        write(made)
    assert caught.value.span.path == "templates/body.html.j2"


def test_the_budget_is_enough_for_a_large_letter() -> None:
    """A thousand rows with five values each are far inside the budget."""
    rows = "{% for x in range(1000) %}<p>{{ x }} {{ person.name }} {{ x }} {{ x }} {{ x }}</p>{% endfor %}"
    assert (write(letter(rows, subject="s"), name="Ada").html or "").count("Ada") == 1000


def test_a_budget_belongs_to_one_message() -> None:
    """One letter's budget is whole again for the next person."""
    made = letter("{% for x in range(900) %}{{ x }}{% endfor %}", subject="s")
    for _ in range(100):
        write(made)


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_filters_example_is_true(name: str) -> None:
    """The table of filters in the manual shows what each one really gives."""
    row = FILTERS[name]
    assert line("{{ " + row.example + " }}", first_name=None) == row.gives


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_data_is_never_compiled(name: str) -> None:
    """Whatever a customer is called, the letter shows it and computes nothing from it."""
    shown = write(letter("<p>{{ person.name }}</p>{{ 6 * 7 }}", subject="s"), name=name + "{{ 6 * 7 }}").html or ""
    assert shown.count("42") == 1 + name.count("42")


@given(st.text(alphabet="{}%#-+'\"()[]|.~ \nabifendforsetxblock_0123456789", max_size=80))
@settings(max_examples=300, deadline=None)
def test_every_text_is_a_letter_or_an_error(template: str) -> None:
    """Whatever stands in a template file, the answer is a letter or a RenderError, never a crash."""
    with contextlib.suppress(RenderError):
        write(letter(template, subject="s"))
