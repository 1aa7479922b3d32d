"""Links carry the parameters that the files ask for, once each, and what they say themselves is left to them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.language import load_texts
from orchestrator.model.campaign import Step, Variant
from orchestrator.model.project import Project
from orchestrator.model.utm import Utm
from orchestrator.render import compile_letter
from orchestrator.render.utm import add
from orchestrator.review.letters import check_letters
from tests.language.shop import CAMPAIGN, FILES, PROJECT
from tests.render.letters import letter, write

SHORT = Utm(values={"source": "s", "medium": "m", "campaign": "c"})
Q = "utm_source=s&amp;utm_medium=m&amp;utm_campaign=c"
T = Q.replace("&amp;", "&")
PARAMS = {"url": "https://shop.example/x?a=1&b=2#part", "host": "shop.example", "word": "hats & caps"}


def body(template: str, utm: Utm = SHORT, **facts: object) -> str:
    """Give what stands between <body> and </body>."""
    found = write(letter(template, {"parts.html.j2": MACRO}, utm=utm, subject="s", params=PARAMS), **facts).html
    assert found is not None
    return found.split("<body>")[1].split("</body>")[0]


MACRO = '{% macro button(label, href) %}<a href="{{ href }}">{{ label }}</a>{% endmacro %}'


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="https://shop.example">', f'<a href="https://shop.example?{Q}">'),
        ('<a href="https://shop.example/a?b=1&amp;c=2">', f'<a href="https://shop.example/a?b=1&amp;c=2&amp;{Q}">'),
        ('<a href="https://shop.example/a#top">', f'<a href="https://shop.example/a?{Q}#top">'),
        ('<a href="https://shop.example/a?#top">', f'<a href="https://shop.example/a?{Q}#top">'),
        ('<a href="https://shop.example/?a=1&amp;">', f'<a href="https://shop.example/?a=1&amp;{Q}">'),
        (
            '<a href="https://shop.example/?utm_source=tv">',
            '<a href="https://shop.example/?utm_source=tv&amp;utm_medium=m&amp;utm_campaign=c">',
        ),
        ("<a class=x href='HTTPS://shop.example/'>", f"<a class=x href='HTTPS://shop.example/?{Q}'>"),
        ('<area href="https://shop.example/">', f'<area href="https://shop.example/?{Q}">'),
        ('<a title="a > b" href="https://shop.example/">', f'<a title="a > b" href="https://shop.example/?{Q}">'),
        ('<a href="https://shop.example/{{ person.id }}">', f'<a href="https://shop.example/7?{Q}">'),
        ('<a href="https://shop.example/?p={{ person.id }}">', f'<a href="https://shop.example/?p=7&amp;{Q}">'),
        (
            '<a href="{{ campaign.params.url }}">',
            f'<a href="https://shop.example/x?a=1&amp;b=2&amp;{Q}#part">',
        ),
        (
            "{% from 'parts.html.j2' import button %}{{ button('Go', 'https://shop.example/?a=1') }}",
            f'<a href="https://shop.example/?a=1&amp;{Q}">Go</a>',
        ),
        (
            '{% set there %}https://shop.example/?a=1&amp;b=2{% endset %}<a href="{{ there }}">',
            f'<a href="https://shop.example/?a=1&amp;b=2&amp;{Q}">',
        ),
        (
            '<!--[if mso]><v:roundrect href="https://shop.example/" x><![endif]-->',
            f'<!--[if mso]><v:roundrect href="https://shop.example/?{Q}" x><![endif]-->',
        ),
    ],
)
def test_a_link_gets_them(link: str, expected: str) -> None:
    """Behind the query that is there, before the fragment, each that the link does not have."""
    assert body(link, id=7) == expected


@pytest.mark.parametrize(
    "link",
    [
        '<a href="mailto:ann@shop.example">',
        '<a href="tel:+49401234">',
        '<a href="#top">',
        '<a href="/relative">',
        '<a href="https://shop.example/" data-utm="off">',
        '<a data-href="https://shop.example/">',
        '<img src="https://shop.example/a.png">',
        '<link href="https://fonts.example/f.css">',
        '<!-- <a href="https://shop.example/"> -->',
        '<a href="ftp://shop.example/">',
        '<a href="https://[">',
        "<p>https://shop.example/</p>",
    ],
)
def test_a_link_is_left_alone(link: str) -> None:
    """Other kinds of links, other attributes, comments, and tags that say so."""
    assert body(link) == link


def test_the_link_to_unsubscribe_is_left_alone() -> None:
    """Also where a macro gets it as a value."""
    token = "https://mail.example/u/" + "A" * 120
    made = letter(
        "{% from 'parts.html.j2' import button %}{{ button('x', links.unsubscribe) }}"
        '<a href="{{ links.unsubscribe }}">x</a>',
        {"parts.html.j2": MACRO},
        utm=SHORT,
        subject="s",
    )
    shown = made.render({}, {"name": "spring"}, {}, {"unsubscribe": token})
    assert (shown.html or "").count(token) == 2
    assert "utm" not in (shown.html or "") + (shown.text or "")


def test_only_the_hosts_that_are_asked_for() -> None:
    """A host, and what is below it; not one that only ends alike."""
    utm = Utm(values={"source": "s"}, hosts=("shop.example",))
    shown = body(
        '<a href="https://shop.example/"><a href="https://www.shop.example/"><a href="https://myshop.example/">'
        '<a href="https://shop.example.evil.example/"><a href="{{ campaign.params.url }}">',
        utm,
    )
    assert shown.count("utm_source=s") == 3
    assert 'href="https://myshop.example/"' in shown
    assert 'evil.example/"' in shown


def test_the_text_part_has_them_too() -> None:
    """Derived from the HTML, or written by the author; a full stop behind a link is no part of it."""
    derived = write(letter('<p><a href="https://shop.example/?a=1">Shop</a></p>', utm=SHORT, subject="s")).text
    assert derived == f"Shop (https://shop.example/?a=1&{T})\n"
    text = "See https://shop.example/{{ person.id }}. {% if person.id %}Or https://b.example{% endif %} (https://c.example/)"
    made = letter(None, {"t.txt.j2": text}, utm=SHORT, subject="s", text="t.txt.j2")
    assert (
        write(made, id=7).text == f"See https://shop.example/7?{T}. Or https://b.example?{T} (https://c.example/?{T})"
    )


def test_what_nobody_says_is_filled_in() -> None:
    """The project's name, the channel, the campaign's name, and the arm where there are several."""
    variants = (Variant("a", subject="s", template="b.html.j2"), Variant("b", subject="s", template="b.html.j2"))
    step = Step("hello", "email", "mail", "promotional", variants, campaign="spring")
    made = compile_letter(
        {"b.html.j2": '<a href="https://x.example/">'}, step, variants[1], Project(1, "shop", utm=Utm())
    )
    shown = made.render({}, {}, {}, {"unsubscribe": ""}).html
    assert "?utm_source=shop&amp;utm_medium=email&amp;utm_campaign=spring&amp;utm_content=b" in (shown or "")


@pytest.mark.parametrize(
    ("project", "step", "expected"),
    [
        ("", "", None),
        ("utm: true", "", "utm_source=shop&utm_medium=email&utm_campaign=autumn"),
        ("utm: {source: news, term: x y}", "", "utm_source=news&utm_medium=email&utm_campaign=autumn&utm_term=x+y"),
        ("utm: {source: news}", "utm: false", None),
        ("utm: {source: news}", 'utm: {id: "7"}', "utm_source=news&utm_medium=email&utm_campaign=autumn&utm_id=7"),
        ("", "utm: {campaign: other}", "utm_source=shop&utm_medium=email&utm_campaign=other"),
        ("utm: {use: false, source: news}", "utm: true", "utm_source=news&utm_medium=email&utm_campaign=autumn"),
        ("utm: {hosts: other.example}", "", None),
    ],
)
def test_the_files_say_it(project: str, step: str, expected: str | None) -> None:
    """project.yml for every letter, a step for its own; the step's word goes first."""
    files = {
        **FILES,
        "campaigns/project.yml": f"{PROJECT}\n{project}\n",
        "campaigns/autumn.yml": CAMPAIGN.replace(
            "      template:", f"      {step}\n      template:" if step else "      template:"
        ),
        "templates/autumn/body.html.j2": '<a href="https://x.example/">x</a>{{ links.unsubscribe }}',
    }
    loaded = load_texts(files, Path("shop"))
    assert [f.message for f in loaded.diagnostics] == []
    found = loaded.workspace.campaigns["autumn"].steps[0]
    made = compile_letter(loaded.workspace.templates, found, found.variants[0], loaded.workspace.project)
    facts = dict.fromkeys(made.facts, "x")
    shown = made.render(facts, {}, {}, {"unsubscribe": "u"}).html or ""
    link = shown.split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert link == ("https://x.example/" if expected is None else f"https://x.example/?{expected}")


PIECES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ue0ff"), max_size=12)


@given(
    PIECES, PIECES, PIECES, st.dictionaries(st.sampled_from(["source", "term", "id"]), st.text("aé &=#?%", min_size=1))
)
def test_what_a_link_said_it_still_says(path: str, query: str, fragment: str, values: dict[str, str]) -> None:
    """Path, query and fragment stay; each new parameter is there once, with its value; a second time adds nothing."""
    url = f"https://shop.example/{path.replace('?', '').replace('#', '')}?{query.replace('#', '')}#{fragment}".strip()
    try:
        before = urlsplit(url)
    except ValueError:
        return
    utm = Utm(values=values)
    done = add(url, utm)
    after = urlsplit(done)
    assert (after.netloc, after.path, after.fragment) == (before.netloc, before.path, before.fragment)
    assert after.query.startswith(before.query)
    own = parse_qsl(after.query, keep_blank_values=True)
    if "utm_" not in url:
        assert [pair for pair in own if pair[0].startswith("utm_")] == [(f"utm_{k}", values[k]) for k in values]
    assert add(done, utm) == done


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("utm: maybe", "E015"),
        ("utm: [a]", "E004"),
        ("utm: {sorce: a}", "E001"),
        ('utm: {source: ""}', "E005"),
        ("utm: {source: [a]}", "E004"),
        ("utm: {term: '{{ person.email }}'}", "E518"),
        (f"utm: {{term: {'x' * 101}}}", "E518"),
        ('utm: {term: "a\\tb"}', "E518"),
        ("utm: {hosts: https://shop.example}", "E518"),
        ("utm: {hosts: [shop.example, -x]}", "E518"),
    ],
)
def test_what_cannot_be_a_parameter_is_told(said: str, expected: str) -> None:
    """At its own line, in either file."""
    line = PROJECT.count("\n") + 2
    loaded = load_texts({**FILES, "campaigns/project.yml": f"{PROJECT}\n{said}\n"}, Path("shop"))
    assert [(f.code, f.span.line) for f in loaded.diagnostics] == [(expected, line)]
    step = CAMPAIGN.replace("      template:", f"      {said}\n      template:", 1)
    loaded = load_texts({**FILES, "campaigns/autumn.yml": step}, Path("shop"))
    assert [f.code for f in loaded.diagnostics] == [expected]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="https://x.example/">', []),
        ('<a href="{{ links.unsubscribe }}">', []),
        ('<a href="{{ person.first_name | default(1) }}">', []),
        ('<a href="{{ campaign.params.x }}/a">', ["W636"]),
        ('<a href="https://{{ campaign.params.x }}.example/a">', ["W636"]),
        ('<a href="https://x.example/{% if person.country %}a{% endif %}">', ["W636"]),
        ('<a data-utm="off" href="{{ campaign.params.x }}/a">', []),
        ('<a href="mailto:{{ campaign.params.x }}">', []),
    ],
)
def test_check_tells_which_links_get_none(link: str, expected: list[str]) -> None:
    """W636 at the template's own line, where `utm:` is asked for, and else not."""
    campaign = CAMPAIGN.replace("      template:", "      params: {x: y}\n      template:", 1)
    shown = f"<p>\n{link}x</a> {{{{ links.unsubscribe }}}}"
    files = {**FILES, "campaigns/autumn.yml": campaign, "templates/autumn/body.html.j2": shown}
    assert list(check_letters(load_texts(files, Path("shop")).workspace)) == []
    files["campaigns/project.yml"] = PROJECT + "\nutm: true\n"
    found = list(check_letters(load_texts(files, Path("shop")).workspace))
    assert [f.code for f in found] == expected
    assert all((f.span.path, f.span.line) == ("templates/autumn/body.html.j2", 2) for f in found)
