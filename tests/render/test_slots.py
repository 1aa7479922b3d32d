"""A letter encoded in slots is, once decoded, the letter encoded whole: to the byte, whatever its values hold."""

from __future__ import annotations

import email
import email.policy
import re
import uuid
from binascii import a2b_qp
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.deliver.email.mime import InvalidMessage, assemble
from orchestrator.model.delivery import Message
from orchestrator.model.quoted import Slots, coded, table
from orchestrator.render import Parts
from tests.deliver.servers import NOW
from tests.render.letters import letter, write

HOSTILE = (
    "Zoë <b>&\"'", "", " ", "\n", ".", "\n.\n..", "=", "==\t", "日本" * 40, "x" * 75, "x" * 76, "x" * 300, "a \n b \n",
    "\n\n\n\n", "é" * 12, "=_orc_alternative_=_", "\0", "\x7f\x85\u2028", "From here", " ends ", "a\rb", "\r", "a\r\n",
)  # fmt: skip
VALUES = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=("Cs",)), max_size=90))
STATIC = st.one_of(
    st.sampled_from((" ", "\n", "<p>", ".</p>\n", "\n.\n", "=", "é" * 30, "word " * 14, "x" * 74, "x" * 75, "y" * 200)),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="{}%#\0\r"), max_size=80),
)
SHOWN = st.sampled_from(
    ("{{ person.a }}", "{{ person.b }}", "{{ person.a | upper }}", "{{ person.b | default('=') }}", "{{ 'é =' }}",
     "{{ person.a ~ person.b }}", "{{ person.b | trim }}{{ person.a }}", "{{ links.unsubscribe }}", "{{ m(person.a) }}")
)  # fmt: skip
BODIES = st.recursive(
    st.one_of(STATIC, SHOWN),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        inner.map("{{% for row in [1, 'é', 3] %}}{}{{{{ row }}}}{{% endfor %}}".format),
        st.tuples(inner, inner).map(lambda two: "{% if person.a %}" + two[0] + "{% else %}" + two[1] + "{% endif %}"),
        inner.map("{{% set kept %}}{}{{% endset %}}{{{{ kept }}}}=".format),
        inner.map("{{% filter trim %}}{}{{% endfilter %}}".format),
    ),
    max_leaves=12,
)
MACRO = "{% macro m(x) %}[{{ x }}] and much more text than that{% endmacro %}"


def message(parts: Parts) -> Message:
    """Give a message of these parts, with its slots."""
    return Message(
        uuid.UUID(int=7), "ann@example.com", "news@shop.example", parts.subject, parts.rich, parts.plain,
        message_id="7@shop.example", date=NOW,
    )  # fmt: skip


def decoded(data: bytes) -> dict[str, bytes]:
    """Give the bytes of each part as the standard library decodes them."""
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    leaves = [part for part in parsed.walk() if not part.is_multipart()]
    return {part.get_content_subtype(): cast(bytes, part.get_payload(decode=True)) for part in leaves}


def hold(parts: Parts) -> None:
    """Hold both ways of encoding against each other, and both against the text."""
    made = message(parts)
    whole = made._replace(rich=made.html, plain=made.text)
    ours, plain = assemble(made), assemble(whole)
    assert decoded(ours.data) == decoded(plain.data)
    head, _, body = ours.data.partition(b"\r\n\r\n")
    assert head == plain.data.partition(b"\r\n\r\n")[0]
    assert (ours.sender, ours.to, ours.utf8, ours.eight_bit) == (plain.sender, plain.to, plain.utf8, False)
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(b"\r" in line or b"\n" in line or line.endswith((b" ", b"\t")) for line in lines)
    raw, raw_whole = assemble(made, eight_bit=True), assemble(whole, eight_bit=True)
    assert decoded(raw.data) == decoded(raw_whole.data)
    assert max(map(len, raw.data.split(b"\r\n"))) <= 998
    single = parts.html is None or parts.text is None
    for kind, text in (("html", parts.html), ("plain", parts.text)):
        if text is not None:
            ended = text.replace("\r\n", "\n").replace("\r", "\n") + ("\n" if single else "")
            assert decoded(ours.data)[kind].replace(b"\r\n", b"\n") == ended.encode()
    assert raw.eight_bit <= raw_whole.eight_bit
    assert raw.eight_bit == (raw.data != ours.data)


@given(
    st.lists(st.tuples(st.one_of(STATIC, VALUES).map(lambda text: text.replace("\r", "")), st.booleans()), max_size=12)
)
@settings(max_examples=400, deadline=None)
@example([("x" * 76, True), ("y", False)])
@example([("x" * 75 + " \n", True), ("x" * 74 + "\t\n", False)])
@example([("x" * 73 + "é", True), ("", False), ("=", False)])
@example([("a ", False), ("\n", True), (".", False), ("\n", False)])
def test_pieces_are_encoded_each_for_itself(pieces: list[tuple[str, bool]]) -> None:
    """Static or not: decoded they are the joined text, and no line passes 76 bytes or ends in a blank."""
    coded_pieces = Slots([text for text, _ in pieces], table(text for text, fixed in pieces if fixed)).quoted()
    assert coded_pieces is not None
    data = b"".join(coded_pieces)
    assert not data.endswith(b"=\r\n"), "no soft break at the end, where nothing follows"
    assert a2b_qp(data).replace(b"\r\n", b"\n") == "".join(text for text, _ in pieces).encode()
    assert all(len(line) <= 76 and not line.endswith((b" ", b"\t")) for line in data.split(b"\r\n"))


@given(BODIES, BODIES, VALUES, VALUES)
@settings(max_examples=80, deadline=None)
def test_any_letter_is_the_same_in_slots(body: str, text: str, a: str, b: str) -> None:
    """Loops, conditions, macros and captured text with hostile values: HTML with a written and with a derived text."""
    hold(write(letter(MACRO + body, subject="s"), a=a, b=b))
    files = {"body.html.j2": MACRO + body, "t.txt.j2": MACRO + text}
    hold(write(letter(None, files, template="body.html.j2", text="t.txt.j2", subject="s"), a=a, b=b))
    hold(write(letter(None, files, template="t.txt.j2", subject="s"), a=a, b=b))


def test_only_values_are_encoded_for_each_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text between two values is never encoded again, in both parts."""
    again: list[str] = []

    def noted(text: str) -> bytes:
        again.append(text)
        return coded(text)

    monkeypatch.setattr("orchestrator.model.quoted.coded", noted)
    made = letter("<p>Dear {{ person.a }},</p>\n<p>welcome to {{ person.b }}.</p>", subject="s")
    for _ in range(2):
        parts = write(made, a="Zoë", b="Köln")
        assert isinstance(parts.rich, Slots)
        assert isinstance(parts.plain, Slots)
        again.clear()
        hold(parts)
        assert set(again) <= {"Zoë", "Köln", "\n"}
    assert again == [], "nor is a value that was shown before"


def test_a_template_with_endless_lines_is_quoted() -> None:
    """Its own text decides, not the values, so that the same letter is the same bytes on every try."""
    short, endless = ("<p>{{ person.a }}" + "é" * size + "</p>" for size in (400, 600))
    for body, eight_bit in ((short, True), (endless, False)):
        parts = write(letter(body, subject="s"), a="Zoë")
        hold(parts)
        assert assemble(message(parts), eight_bit=True).eight_bit is eight_bit


def test_a_text_that_is_tidied_is_encoded_whole() -> None:
    """A derived text whose blank lines are taken out after writing has no slots; its HTML has."""
    parts = write(letter("<p>a</p><p>{{ person.a }}</p><p>b</p>", subject="s"), a="x \n\n\n\n y")
    assert isinstance(parts.plain, str)
    assert isinstance(parts.rich, Slots)
    assert "\n\n\n" not in (parts.text or "")
    hold(parts)


def test_half_a_character_is_refused_in_slots_too() -> None:
    """A lone surrogate in a value has no bytes: the same sentence either way."""
    made = message(write(letter("<p>{{ person.a }}</p>", subject="s"), a="\ud83d"))
    for one in (made, made._replace(rich=made.html, plain=made.text)):
        with pytest.raises(InvalidMessage, match="half a character"):
            assemble(one)


def rewritten(text: str) -> str:
    """Give a real template with its placeholders (Mustachio, Mailchimp) as Jinja's."""

    def tag(match: re.Match[str]) -> str:
        word = match.group(1).strip()
        if word.startswith("#"):
            return "{% for row in [1, 2] %}"
        return "{% endfor %}" if word.startswith("/") else "{{ person." + named(word) + " }}"

    def merge(match: re.Match[str]) -> str:
        word = match.group(1)
        if word.startswith("END:"):
            return "{% endif %}"
        return ("{{% if person.{} %}}" if word.startswith("IF") else "{{{{ person.{} }}}}").format(named(word))

    return re.sub(r"\*\|([^|]*)\|\*", merge, re.sub(r"\{\{([^{}]*)\}\}", tag, text))


def named(word: str) -> str:
    """Give a name that an attribute may have."""
    return "f_" + re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")


def test_real_templates_are_the_same_in_slots(data_folder: Path) -> None:
    """Every letter of the collections, to people with ordinary and with hostile values."""
    files = sorted((data_folder / "email_templates").rglob("*.html")) + sorted(
        (data_folder / "email_templates").glob("*.txt")
    )
    assert len(files) >= 15
    slots: dict[str, set[str]] = {"html": set(), "text": set()}
    for file in files:
        name = "t.txt.j2" if file.suffix == ".txt" else "t.html.j2"
        made = letter(None, {name: rewritten(file.read_text("utf-8"))}, template=name, subject="s")
        for turn in range(12):
            values: dict[str, Any] = {
                fact: HOSTILE[(at + turn) % len(HOSTILE)] if turn else "Zoë"
                for at, fact in enumerate(sorted(made.facts))
            }
            parts = write(made, **values)
            hold(parts)
            if not turn:
                slots["html"] |= {file.name} if isinstance(parts.rich, Slots) else set()
                slots["text"] |= {file.name} if isinstance(parts.plain, Slots) else set()
    print(f"{len(files)} templates; in slots: {len(slots['html'])} HTML parts, {len(slots['text'])} texts")
    assert slots["html"] == {file.name for file in files if file.suffix == ".html"}
    assert slots["text"] >= {file.name for file in files if file.suffix == ".txt"}
