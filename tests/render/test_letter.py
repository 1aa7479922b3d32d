"""A letter says what its author wrote, to each person what concerns them, and nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from orchestrator.render import RenderError
from orchestrator.render.html import Moved
from tests.render.letters import LINKS, html, letter, line, write

SHOP = Path(__file__).parents[2] / "templates"


def test_facts_are_what_the_letter_reads() -> None:
    """The corridor is told exactly which attributes it must bring, from all parts and all files."""
    made = letter(
        "{% include 'hello.html.j2' %}{{ person.points }}",
        {"hello.html.j2": "{{ person.first_name | default('x') }}"},
        subject="{{ person.city | default('you') }}",
        preheader="{{ person.rfm.score }}",
    )
    assert made.facts == {"first_name", "points", "city", "rfm.score"}


def test_data_is_escaped_in_html_only() -> None:
    """What a customer wrote is text in HTML, and stands as it is in the subject and the text part."""
    made = letter("<p>{{ person.name }}</p>", subject="{{ person.name }}")
    parts = write(made, name="<b>R&D</b> {{7*7}}")
    assert "<p>&lt;b&gt;R&amp;D&lt;/b&gt; {{7*7}}</p>" in (parts.html or "")
    assert parts.subject == "<b>R&D</b> {{7*7}}"
    assert parts.text == "<b>R&D</b> {{7*7}}\n"


def test_unknown_takes_the_default() -> None:
    """A person without a first name is greeted with the author's word, never with None (A63)."""
    assert line("{{ person.first_name | default('You') }}, look", first_name=None) == "You, look"
    assert line("{{ person.first_name | default('You') }}, look", first_name="Ada") == "Ada, look"
    assert line("{{ person.first_name or 'You' }}", first_name=None) == "You"
    assert line("{% if person.first_name %}a{% else %}b{% endif %}", first_name=None) == "b"
    assert line("{% if person.tier == 'gold' %}a{% else %}b{% endif %}", tier=None) == "b"
    assert line("{% if person.points > 10 %}a{% else %}b{% endif %}", points=None) == "b"


def test_unknown_without_a_default_is_an_error_with_a_place() -> None:
    """One person's missing value fails that letter alone and names file and line."""
    made = letter("<p>\n{{ person.first_name }}</p>", subject="s")
    write(made, first_name="Ada")
    with pytest.raises(RenderError, match=r"templates/body.html.j2:2: person.first_name is unknown here"):
        write(made, first_name=None)


def test_a_name_that_does_not_exist_is_an_error() -> None:
    """A misspelled attribute never becomes an empty place, not even behind a default."""
    with pytest.raises(RenderError, match="person has no 'frist_name'"):
        write(letter("{{ person.frist_name | default('x') }}", subject="s"), first_name="Ada")
    with pytest.raises(RenderError, match="no name 'first_name' in templates"):
        letter("{{ first_name | default('x') }}", subject="s")


def test_nested_traits_are_read_by_their_dotted_name() -> None:
    """A fact with a dot in its name is reached through the dot."""
    assert (
        line("{{ person.rfm.score }} {{ person.rfm.tier | default('-') }}", **{"rfm.score": 5, "rfm.tier": None})
        == "5 -"
    )


def test_parts_of_a_date_are_read_from_the_date() -> None:
    """`person.birthday.month` needs the attribute `birthday`, and is its month."""
    made = letter("{{ person.birthday.day }}.{{ person.birthday.month }}.", subject="s")
    assert made.facts == {"birthday"}
    assert "2.1." in (write(made, birthday=dt.date(1990, 1, 2)).html or "")


SENSELESS = [
    "{{ person.a < 3 }}", "{{ person | length }}", "{{ person.a / 0 }}", "{{ person.a[9] }}", "{{ person.a | round }}",
    "{{ person.a - 1 }}", "{{ [person.a] + 1 }}", "{% for x in person %}{% endfor %}", "{{ none | length }}",
    "{{ person.a | first | date }}", "{{ '' | first }}", "{{ 'x' | plural('a', 'b') }}", "{{ person.a | date(1, 2) }}",
]  # fmt: skip


@pytest.mark.parametrize("template", SENSELESS)
def test_what_cannot_be_computed_fails_the_letter(template: str) -> None:
    """Values of the wrong kind fail that letter, with its place; nothing else stops."""
    with pytest.raises(RenderError) as error:
        write(letter("\n" + template, subject="s"), a="text")
    assert (error.value.span.path, error.value.span.line) == ("templates/body.html.j2", 2)


def test_the_place_of_an_error_is_the_authors() -> None:
    """After joining files and inlining styles, an error still names the file and line that its author wrote."""
    files = {
        "base.html.j2": "<style>p{color:red}</style>\n<p>x</p>\n{% block a %}{% endblock %}",
        "m.html.j2": "{% macro b(x) %}\n\n{{ x.y }}{% endmacro %}",
    }
    made = letter(
        '{% extends "base.html.j2" %}{% import "m.html.j2" as m %}\n{% block a %}\n<p>'
        "{{ m.b(person.z) }}</p>{% endblock %}",
        files,
        subject="s",
    )
    with pytest.raises(RenderError, match=r"templates/m.html.j2:3: "):
        write(made, z="text")


def test_styles_are_inlined_and_media_rules_stay() -> None:
    """Mail programs without style sheets show the letter as designed; phones still find their rules."""
    made = letter(
        "<html><head><style>.a { color: #123456 } @media (max-width: 9px) { .a { color: blue } }</style></head>"
        '<body><p class="a" {% if person.vip %}title="{{ person.name }}"{% endif %}>'
        "{{ person.name }}</p></body></html>",
        subject="s",
    )
    shown = write(made, vip=True, name="A").html or ""
    assert made.notes == ()
    assert 'style="color: #123456;"' in shown
    assert "@media (max-width: 9px)" in shown
    assert 'title="A"' in shown


def test_tags_in_tables_and_attributes_stay_where_they_are() -> None:
    """Loops around table rows, values inside style and href, conditions in comments: nothing moves."""
    made = letter(
        "<style>td { padding: 1px }</style><table>{% for x in ['a', 'b'] %}<tr><td style=\"color:{{ person.c }}\">"
        "{{ x }}</td></tr>{% endfor %}</table><!--[if mso]>{{ person.c }}<![endif]-->"
        '<a href="https://x.example/?q={{ person.c | urlencode }}">k</a>'
        "<td width={{ person.c }}>",
        subject="s",
    )
    assert made.notes != ()  # the stray cell would be dropped by a browser, so the letter is used as written
    made = letter(
        "<style>td { padding: 1px }</style><table>{% for x in ['a', 'b'] %}<tr>"
        '<td style="color:{{ person.c }}" width={{ person.w }}>'
        "{{ x }}</td></tr>{% endfor %}</table><!--[if mso]>{{ person.c }}<![endif]-->"
        '<a href="https://x.example/?q={{ person.c | urlencode }}">k</a>',
        subject="s",
    )
    assert made.notes == ()
    shown = write(made, c="red", w=7).html or ""
    assert shown.count("color: red") == 2
    assert shown.count('width="7"') == 2
    assert "<!--[if mso]>red<![endif]-->" in shown
    assert 'href="https://x.example/?q=red"' in shown


def test_macros_made_of_table_rows_survive() -> None:
    """A macro that gives a table row is inlined too, although a browser would drop a row without its table."""
    made = letter(
        "<style>td { padding: 1px }</style>{% macro row(x) %}<tr><td>{{ x }}</td></tr>"
        "{% endmacro %}<table>{{ row('a') }}</table>",
        subject="s",
    )
    assert made.notes == ()
    assert '<tr><td style="padding: 1px;">a</td></tr>' in (write(made).html or "")


def test_the_text_part_reads_well() -> None:
    """The derived text has paragraphs, links written out, loops and conditions that leave no empty lines."""
    made = letter(
        "<style>p{}</style><h1>Hello {{ person.name }}</h1><!-- secret -->\n"
        "{% if person.vip %}<p>For you only</p>{% endif %}"
        '<ul>{% for x in ["tea", "jam"] %}<li>{{ x }}</li>{% endfor %}</ul>'
        '<table><tr><td>Total</td><td>5 EUR</td></tr></table><div aria-hidden="true">~</div><div '
        'style="display:none">h</div>'
        '<p>Read <a href="{{ links.unsubscribe }}">more &amp; more</a> <a href="https://x.example">'
        '<img alt="Shop" src="x"></a></p>',
        subject="s",
    )
    first, last = (
        "Hello A&B\n\n",
        (
            "  * tea\n  * jam\n\nTotal 5 EUR\n\n"
            "Read more & more (https://mail.example/u/token) Shop (https://x.example)\n"
        ),
    )
    assert write(made, name="A&B", vip=False).text == first + last
    assert write(made, name="A&B", vip=True).text == first + "For you only\n\n" + last


def test_an_own_text_part_wins() -> None:
    """A step's `text:` is used as written; a `.txt.j2` template makes a letter of text only."""
    files = {"t.txt.j2": "Hi {{ person.name }} & co\n"}
    assert write(letter("<p>x</p>", files, subject="s", text="t.txt.j2"), name="<A>").text == "Hi <A> & co"
    only = write(letter(None, files, subject="s", template="t.txt.j2"), name="A")
    assert (only.html, only.text) == (None, "Hi A & co")


def test_the_preheader_is_hidden_text_behind_the_subject() -> None:
    """The preheader stands first in the body, hidden and escaped; a template that shows it itself is left alone."""
    shown = write(letter("<p>x</p>", subject="s", preheader="Tea & {{ person.name }}"), name="<A>").html or ""
    assert '<body><div style="display:none' in shown
    assert "Tea &amp; &lt;A&gt;" in shown
    own = write(letter("<p>{{ content.preheader }}</p>", subject="s", preheader="Tea")).html or ""
    assert own.count("Tea") == 1
    assert "display:none" not in own


@pytest.mark.parametrize(
    "name",
    [
        "Bob\r\nBcc: evil@example.com",
        "=?utf-8?q?Bob=0D=0ABcc=3A_evil=40example.com?=",
        "a\x00b",
        "a\x85b",
        "a\u2028b",
        "=?utf-8?b?PT91dGYtOD9xPz0wQT89?=",
    ],
)
def test_a_subject_cannot_carry_a_header(name: str) -> None:
    """A first name with a line break, plain or inside an encoded word, fails that message; nothing is sent altered."""
    with pytest.raises(RenderError, match="the subject cannot be sent"):
        line("Hi {{ person.name }}", name=name)


def test_campaign_variant_and_address_are_there() -> None:
    """A template reads the campaign's name, its params and the postal address."""
    made = letter(
        "{{ campaign.name }} {{ campaign.params.code }} {{ variant.name }} {{ variant.params.code }"
        "} {{ campaign.postal_address }}",
        subject="s",
        params={"code": "X1"},
    )
    assert "spring X1 only X1 Shop, Street 1, Town" in (write(made).html or "")


def test_filters_speak_the_projects_zone_and_currency() -> None:
    """Times are shown in the project's zone, money in its currency, numbers rounded half up."""
    moment = dt.datetime(2026, 12, 1, 23, 30, tzinfo=dt.UTC)
    assert line("{{ person.at | date }} {{ person.at | time }}", at=moment) == "2 December 2026 00:30"
    assert (
        line("{{ person.v | money }} {{ person.v | money('USD') }} {{ 5 | money('SEK') }}", v=Decimal("1234.5"))
        == "€1,234.50 $1,234.50 5.00 SEK"
    )
    assert (
        line("{{ 2.675 | round(2) }} {{ person.v }} {{ 1.5 | number }} {{ 0.1 }}", v=Decimal("1E+3"))
        == "2.68 1000 2 0.1"
    )
    assert html("{{ '<a>' | replace('<', '&') }}{{ ['<', 'b'] | join }}") == "&amp;a&gt;&lt;, b"


@pytest.mark.parametrize("name", sorted(p.relative_to(SHOP).as_posix() for p in SHOP.rglob("body.html.j2")))
def test_the_shops_letters_are_inlined_whole(name: str) -> None:
    """Every letter of the worked example keeps all its tags through inlining and through the text part."""
    files = {p.relative_to(SHOP).as_posix(): p.read_text(encoding="utf-8") for p in SHOP.rglob("*.j2")}
    made = letter(None, files, template=name, subject="s")
    assert made.notes == ()
    assert LINKS["unsubscribe"]


def test_html_that_gives_no_text_part_has_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML that is torn by a condition cannot become a text part: an error with the file, not a defect."""

    def torn(_: object) -> None:
        raise Moved("a tag of HTML ends inside an {% if %}")

    monkeypatch.setattr("orchestrator.render.letter.derive", torn)
    with pytest.raises(RenderError, match=r"templates/body\.html\.j2:1: no text part .* or write `text:`"):
        letter("<p>x</p>", subject="s")
