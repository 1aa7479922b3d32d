"""Letters in MJML: compiled once, Jinja where its author put it, and what the compiler would drop is told."""

from __future__ import annotations

import builtins
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.deliver.email.mime import assemble
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.utm import Utm
from orchestrator.render import RenderError, inspect
from orchestrator.render.mjml import INSTALL
from tests.render.letters import letter, write
from tests.render.test_slots import HOSTILE, decoded, message

ROOT = Path(__file__).parent / "mjml"
FILES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.j2")}
SPRING = "spring/body.mjml.j2"
NOBODY: dict[str, Any] = {"first_name": None, "city": None, "points": 3, "picks": [], "stock": []}
IDA: dict[str, Any] = {
    "first_name": "Ida",
    "city": "Bergen & <Co>",
    "points": 420,
    "picks": [
        {"name": "Axe", "price": 39.5, "picture": "https://tarn.example/axe.jpg"},
        {"name": "Big tent", "price": 399, "picture": "https://tarn.example/tent.jpg"},
    ],
    "stock": [{"size": "S", "left": 3}, {"size": "L", "left": 11}],
}


SHREDS = (
    "<mj-text>", "</mj-text>", "<mj-text>a</mj-text>", "<mj-button href='{{ person.a }}'>b</mj-button>", "<b>", "</b>",
    "{% if person.a %}", "{% else %}", "{% endif %}", "{% for n in [1, 2] %}", "{% endfor %}", "{{ person.b }}",
    "<!--", "-->", "<mj-image src='a' alt=\"{{ person.a }}\" />", "</mj-column><mj-column width='50%'>",
    "</mj-column></mj-section><mj-section><mj-column>", "</mj-section>", "</mj-column>", "<mj-section>", "<mj-column>",
    "</mj-column></mj-section><mj-wrapper><mj-section><mj-column>",
    "</mj-column></mj-section></mj-wrapper><mj-section>",
    "<mj-divider color='red'/>", "<mj-spacer/>", " ", "x", "<", "{% set c = 1 %}",
    "<mj-raw>r</mj-raw>", "<mj-table><tr><td>{{ person.a }}</td></tr></mj-table>",
)  # fmt: skip


def spring(utm: Utm | None = None, **parts: Any) -> Any:
    """Give the compiled letter of the folder ``mjml``."""
    given = {"subject": 'Out "again" & <b>', "preheader": "Three things", "params": {"colour": "#2f5d50"}}
    return letter(None, FILES, utm=utm, template=SPRING, **{**given, **parts})


def doc(body: str, head: str = "") -> str:
    """Give a letter around some sections."""
    return f"<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>"


def column(inside: str) -> str:
    """Give a letter around what stands in a column."""
    return doc(f"<mj-section><mj-column>{inside}</mj-column></mj-section>")


def found(text: str, files: dict[str, str] | None = None, name: str = "a.mjml.j2") -> list[Diagnostic]:
    """Give what is wrong with a template."""
    return list(inspect(text, f"templates/{name}", {**(files or {}), name: text}).diagnostics)


def html(text: str, files: dict[str, str] | None = None, **facts: Any) -> str:
    """Give a letter in MJML as it is sent."""
    made = letter(None, {**(files or {}), "a.mjml.j2": text}, template="a.mjml.j2", subject="s", params={"c": "red"})
    shown = write(made, **facts).html
    assert shown is not None
    return shown


def well_formed(shown: str) -> None:
    """Hold that elements are closed in the order they open, for browsers and for Outlook."""
    body = shown[shown.index("<body") : shown.index("</body>") + 7]
    body = re.sub(r"<!--\[if !mso\]><!-->|<!--<!\[endif\]-->|<!--(?!\[if).*?-->", "", body, flags=re.S)
    for outlook in (False, True):
        hidden = re.compile(r"<!--\[if [^\]]*\]>(.*?)<!\[endif\]-->", re.S)
        text = hidden.sub(r"\1" if outlook else "", body)
        text = re.sub(r"<(v:\w+)", r"<\1 xmlns:v='v'", text.replace(' xmlns:v="urn:schemas-microsoft-com:vml"', ""))
        text = re.sub(r"<(br|img|hr)\b([^<>]*?)/?>", r"<\1\2/>", re.sub(r"&(?!amp;|lt;|gt;|#)\w*;?", "&amp;", text))
        ET.fromstring(text)


@pytest.mark.parametrize("facts", [IDA, NOBODY], ids=["everything", "nothing"])
def test_a_real_letter_is_whole_for_everybody(facts: dict[str, Any]) -> None:
    """Sections, columns and cells that Jinja chooses leave no half of an element behind, in Outlook either."""
    assert found(FILES[SPRING], FILES, SPRING) == []
    made = spring()
    assert made.notes == ()
    shown = write(made, **facts).html
    assert shown is not None
    well_formed(shown)
    assert not re.search(r"mj-(text|section|column>)|\{[{%]|orc[0-9a-f]{10}z|data-css-inline", shown)
    assert shown.count("<h2") == len(facts["picks"])
    assert ("members only" in shown) == (facts["points"] > 100)


def test_a_real_letter_is_dressed_as_its_author_asked() -> None:
    """Styles for inlining are at the elements, the others stay sheets, nothing is loaded that nobody named."""
    shown = write(spring(), **IDA).html
    assert shown is not None
    assert re.search(r'class="price" style="color: #c8552b;font-weight: bold;white-space: nowrap;"', shown)
    assert ".price { color: #f0a080 !important }" in shown
    assert "@media only screen and (min-width:480px) { .mj-column-per-100" in shown
    assert "googleapis" not in shown
    assert "<title>Out &#34;again&#34; &amp; &lt;b&gt;</title>" in shown
    assert 'aria-label="Out &#34;again&#34; &amp; &lt;b&gt;"' in shown
    assert shown.count("Three things") == 2  # the preview, and a sentence of the letter
    assert "background:#2f5d50;" in shown
    assert "Spring · Bergen &amp; &lt;Co&gt;" in shown


def test_the_text_part_says_the_same() -> None:
    """It is derived from what was compiled, with what Jinja chooses."""
    text = write(spring(), **IDA).text or ""
    assert "You have 420 points: €42.00 off.\n\nSee what is new (https://tarn.example/spring?of=Bergen" in text
    assert "Our shop in Bergen & <Co> mends zips" in text
    assert "Size Left\nS 3\nL 11\n" in text
    bare = write(spring(), **NOBODY).text or ""
    assert "Points begin with the first order.\n\nSee what is new (https://tarn.example/spring?of=#top)" in bare
    assert "Our shop" not in bare
    assert "members" not in bare


def test_links_get_their_parameters() -> None:
    """Buttons, pictures and links inside of texts; one that says no keeps what it has."""
    utm = Utm(values={"source": "s"})
    parts = write(spring(utm), **IDA)
    assert parts.html is not None
    assert parts.html.count("utm_source=s") == 7
    assert "/spring?of=Bergen%20%26%20%3CCo%3E&amp;utm_source=s&amp;utm_medium=email&amp;utm_campaign=spring#top" in (
        parts.html or ""
    )
    assert "https://tarn.example/privacy?utm_source=s" in (parts.text or "")
    made = letter(
        None,
        {"a.mjml.j2": column('<mj-button href="https://a.example/" data-utm="off">Go</mj-button>')},
        utm=utm,
        template="a.mjml.j2",
        subject="s",
    )
    assert '<a href="https://a.example/" data-utm="off" target' in (write(made).html or "")


@given(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_it_is_the_same_in_slots(name: str, city: str, picks: int) -> None:
    """What is encoded in slots decodes to what is encoded whole."""
    facts = {**IDA, "first_name": name, "city": city, "picks": (IDA["picks"] * 2)[:picks]}
    sent = message(write(LETTER, **facts))
    whole = sent._replace(rich=sent.html, plain=sent.text)
    assert decoded(assemble(sent).data) == decoded(assemble(whole).data)


LETTER = spring()


MISTAKES = [
    (column("§<mj-txt>a</mj-txt>"), "E610 there is no <mj-txt> | <mj-text>"),
    (
        doc("<mj-section>\n §<mj-text>a</mj-text></mj-section>"),
        "E610 <mj-text> cannot stand in <mj-section> | <mj-column>",
    ),
    (column("\n\n§<p>a</p>"), "E610 <p> is HTML, which cannot stand in <mj-column> | <mj-text>"),
    (column('<mj-text\n §colour="red">a</mj-text>'), 'E611 `colour` does nothing at <mj-text> | color="…"'),
    (
        column('<mj-text §align="centre">a</mj-text>'),
        "E611 `align` is one of left, center, right, justify, not 'centre'",
    ),
    (column('<mj-text §padding="1em">a</mj-text>'), "E611 `padding` takes numbers with px or %, not '1em'"),
    (column('<mj-text §mj-class="big">a</mj-text>'), "E611 there is no <mj-class> with the name 'big'"),
    (column("§<mj-image alt='x' />"), "E611 <mj-image> needs `src`"),
    (
        column('<mj-social>§<mj-social-element name="tiktok" href="u" /></mj-social>'),
        "E611 <mj-social-element> needs `src`",
    ),
    (column("\n§<mj-text>a"), "E609 <mj-text> is never closed | </mj-text>"),
    (column("\n<mj-text>a§<mj-button>b</mj-button></mj-text>"), "E610 <mj-button> cannot stand in <mj-text>"),
    (column("<mj-text>\n §<b>a</mj-text>"), "E609 <b> is never closed | </b>"),
    (column("<mj-text>\n a§</b></mj-text>"), "E609 </b> closes nothing in <mj-text>"),
    (column("\n§Hello"), "E609 text cannot stand in <mj-column> | <mj-text>…</mj-text>"),
    (column("<mj-text §color=red>a</mj-text>"), "E609 the value of `color` must stand in quotes"),
    (column("<mj-text color='a' §color='b'>a</mj-text>"), "E609 <mj-text> has `color` twice"),
    (column("<mj-text>a</mj-text>§</mj-group>"), "E609 </mj-group> closes nothing"),
    (column("§<!-- a"), "E609 this comment is never closed"),
    ("§<!doctype html>\n" + column(""), "E609 a letter in MJML begins with <mjml>"),
    ("<mjml><mj-body>\n§<mj-section></mj-body></mjml>", "E609 <mj-section> is never closed"),
    ("<mjml>\n§<mj-body>\n</mjml>", "E609 <mj-body> is never closed"),
    ("§<mjml></mjml>", "E610 <mjml> has one <mj-body>"),
    (doc('\n§<mj-include path="a.mjml" />'), "E610 <mj-include> is not available | {% include"),
    (doc("", "§<mj-title>a <b>b</b></mj-title>"), "E609 <mj-title> takes text, not HTML"),
    (column('<mj-text font-size="§{{ person.a }}">a</mj-text>'), "E612 `font-size` of <mj-text> is needed when"),
    (column("<mj-text §{{ person.a }}>a</mj-text>"), "E612 in a tag, Jinja can stand only in the value"),
    (column("§{{ person.a }}"), "E612 a value cannot stand in <mj-column>"),
    (
        doc("\n§{% if person.a %}<mj-section>§{% endif %}<mj-column/></mj-section>"),
        "E612 this if opens and ends in different elements",
    ),
    (
        doc("<mj-section>{% if person.a %}§<mj-column/>{% endif %}</mj-section>"),
        'E612 the width of <mj-column> must be said | <mj-column width="50%">',
    ),
    (
        column("<mj-social>§{% if person.a %}<mj-social-element src='y'/>§{% endif %}</mj-social>"),
        "E612 if cannot stand in <mj-social> | {% if … %}<mj-social>",
    ),
    (
        "{% macro m() %}\n§<mj-text>a</mj-text>{% endmacro %}" + column("<mj-text>{{ m() }}</mj-text>"),
        "E612 MJML cannot stand in a macro | {% include",
    ),
    (doc("", "§{% if person.a %}<mj-title>a</mj-title>§{% endif %}"), "E612 if cannot stand in <mj-head>"),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[said.partition(" |")[0] for _, said in MISTAKES])
def test_a_mistake_is_told_at_its_own_line(text: str, expected: str) -> None:
    """The compiler would leave it out, or stop at a number of characters. ``§`` marks each place."""
    marked = text.split("§")
    before = ["".join(marked[: n + 1]) for n in range(len(marked) - 1)]
    wrong = found("".join(marked))
    places = [(part.count("\n") + 1, len(part) - part.rfind("\n")) for part in before]
    assert [(d.span.line, d.span.column) for d in wrong] == places
    begin, _, help = expected.partition(" | ")
    assert f"{wrong[0].code} {wrong[0].message}".startswith(begin)
    assert help in " | ".join(wrong[0].help)


def test_a_mistake_in_another_file_is_told_there() -> None:
    """Layouts and includes keep their own lines, white space that was taken off does not shift them."""
    files = {"foot.mjml.j2": "{%- set a = 1 -%}\n\n\n<mj-section>\n  <mj-colum/>\n</mj-section>"}
    wrong = found(doc('{% include "foot.mjml.j2" %}'), files)
    assert [(d.span.path, d.span.line, d.span.column, d.code) for d in wrong] == [
        ("templates/foot.mjml.j2", 5, 3, "E610")
    ]
    with pytest.raises(RenderError, match=r"templates/foot\.mjml\.j2:5: there is no <mj-colum>"):
        html(doc('{% include "foot.mjml.j2" %}'), files)


def test_mjml_in_a_file_of_html_is_told() -> None:
    """Nothing else would compile it, and mail programs would show it as it is."""
    (wrong,) = found("\n<mjml><mj-body/></mjml>", name="a.html.j2")
    assert (wrong.code, wrong.span.line, wrong.help) == ("E610", 2, ("rename a.html.j2 to a.mjml.j2",))


def test_values_are_escaped() -> None:
    """In texts and in attributes, as in letters of HTML."""
    shown = html(
        column('<mj-image src="{{ person.a }}" title=\'"{{ person.a }}"\' /><mj-text>{{ person.a }}</mj-text>'), a='"<'
    )
    assert 'src="&#34;&lt;"' in shown
    assert 'title="&quot;&#34;&lt;&quot;"' in shown
    assert ">&#34;&lt;</div>" in shown


def test_html_inside_texts_is_left_as_it_is() -> None:
    """The compiler reads HTML as XML; it never sees it."""
    inside = "a & b &nbsp; <br><img src=x.png alt>{% raw %}{{ x }}{% endraw %}<!-- c --> <input disabled>"
    shown = html(column(f"<mj-text>{inside}</mj-text>"))
    assert inside.replace("{% raw %}", "").replace("{% endraw %}", "") in shown


def test_jinja_in_and_around_attributes() -> None:
    """A colour may depend on the person; set, macros and comments before <mjml> leave nothing behind."""
    text = "{# note #}\n{% set shade = campaign.params.c %}\n{% macro hi(who) %}<i>{{ who }}</i>{% endmacro %}\n" + doc(
        '<mj-section background-color="{% if person.a %}{{ shade }}{% else %}blue{% endif %}">'
        "<mj-column><mj-text>{{ hi('you') }}</mj-text></mj-column></mj-section>",
        "{% set title = 'T' %}<mj-title>{{ title }}</mj-title>",
    )
    shown = html(text, a=True)
    assert shown.startswith("<!doctype html><html")
    assert "<title>T</title>" in shown
    assert 'bgcolor="red"' in shown
    assert "background:red;background-color:red;" in shown
    assert "<i>you</i>" in shown
    assert "background:blue;" in html(text, a=False)


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop without letters in MJML does not need it."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "mjml":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    (wrong,) = found(column("<mj-text>a</mj-text>"))
    assert (wrong.code, wrong.span.path, wrong.help) == ("E613", "templates/a.mjml.j2", (INSTALL,))
    assert found("<p>a</p>", name="a.html.j2") == []


def test_the_manuals_example_is_a_letter() -> None:
    """What the page shows can be pasted."""
    page = (ROOT.parent.parent.parent / "docs/how-to/write-letters-in-mjml.md").read_text(encoding="utf-8")
    example = page.split("```html\n")[1].split("```")[0]
    files = {"layout/parts.html.j2": FILES["layout/parts.html.j2"]}
    assert found(example, files) == []
    shown = html(example, files, first_name="Ida")
    assert "Dear Ida," in shown
    assert "Your code is" not in shown
    well_formed(shown)


@pytest.mark.parametrize(
    "text",
    [
        "<mjml>" + "<a>" * 100_000,
        "<mjml><mj-body>" + "<mj-txt/>" * 20_000,
        column("<mj-text>" + "<!--" * 100_000 + "</mj-text>"),
        column("<mj-text>" + "<b" * 100_000 + "</mj-text>"),
        column("<mj-text>" + "<b>" * 50_000 + "</i>" * 50_000 + "</mj-text>"),
        column("<mj-text " * 40_000),
        column("<mj-text" + " " * 400_000),
        column("<mj-text" + " a='" * 100_000),
        doc("<mj-section></mj-section>" * 10_000),
        column("<mj-carousel>" + "<mj-carousel-image src='a'/>" * 2_000 + "</mj-carousel>"),
        doc("<mj-section/>" * 5_000, "<mj-attributes><mj-all font-family='" + "x" * 100_000 + "'/></mj-attributes>"),
    ],
    ids=lambda text: text[-60:][:12] if text.startswith("<mjml><mj-body>") else text[45:75],
)
def test_a_hostile_letter_is_refused_soon(text: str) -> None:
    """Whatever its size: few findings, no time that grows with its square, no gigabytes of HTML."""
    wrong = found(text)
    assert 1 <= len(wrong) <= 110


@given(st.lists(st.sampled_from(SHREDS), max_size=14).map("".join))
@settings(max_examples=100, deadline=None)
def test_any_letter_is_refused_or_whole(inside: str) -> None:
    """Whatever stands in a column: it is told, or the letter can be written and every element is closed."""
    text = column(inside)
    if not found(text):
        well_formed(html(text, a=1, b=""))
