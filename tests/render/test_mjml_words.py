"""The table of MJML says what the compiler does: every attribute in it changes the letter, every element survives."""

from __future__ import annotations

import re

import pytest
from mjml import mjml2html

from orchestrator.render.mjml_words import ELEMENTS, FREE, value_problem

COLUMN = "<mj-section><mj-column>{}</mj-column></mj-section>"
ROWS: dict[str, tuple[str, ...]] = {
    "mjml": ("<mjml @><mj-body></mj-body></mjml>",),
    "mj-body": ("<mjml><mj-body @>" + COLUMN.format("") + "</mj-body></mjml>",),
    "mj-wrapper": (
        "<mj-wrapper @><mj-section></mj-section></mj-wrapper>",
        "<mj-wrapper background-url='u' @></mj-wrapper>",
    ),
    "mj-section": (
        "<mj-section @><mj-column></mj-column></mj-section>",
        "<mj-section background-url='u' background-color='blue' @></mj-section>",
    ),
    "mj-group": ("<mj-section><mj-group @><mj-column></mj-column><mj-column></mj-column></mj-group></mj-section>",),
    "mj-column": (
        "<mj-section><mj-column @><mj-text>a</mj-text></mj-column></mj-section>",
        "<mj-section><mj-column padding='3px' @><mj-text>a</mj-text></mj-column></mj-section>",
        "<mj-section><mj-column padding='3px' border='1px solid red' @><mj-image src='u' /></mj-column></mj-section>",
    ),
    "mj-hero": (
        "<mj-hero height='300px' background-url='u' @><mj-text>a</mj-text></mj-hero>",
        "<mj-hero height='300px' background-url='u' background-width='90px' background-height='80px' @></mj-hero>",
    ),
    "mj-social": (
        COLUMN.format("<mj-social @><mj-social-element src='u' href='v'>a</mj-social-element></mj-social>"),
        COLUMN.format(
            "<mj-social mode='vertical' @><mj-social-element src='u' href='v'>a</mj-social-element></mj-social>"
        ),
    ),
    "mj-social-element": (
        COLUMN.format("<mj-social><mj-social-element src='u' href='v' @>a</mj-social-element></mj-social>"),
    ),
    "mj-navbar": (
        COLUMN.format("<mj-navbar @><mj-navbar-link href='u'>a</mj-navbar-link></mj-navbar>"),
        COLUMN.format("<mj-navbar hamburger='hamburger' @></mj-navbar>"),
    ),
    "mj-navbar-link": (COLUMN.format("<mj-navbar><mj-navbar-link href='u' @>a</mj-navbar-link></mj-navbar>"),),
    "mj-carousel": (
        COLUMN.format("<mj-carousel @><mj-carousel-image src='a' /><mj-carousel-image src='b' /></mj-carousel>"),
    ),
    "mj-carousel-image": (
        COLUMN.format(
            "<mj-carousel><mj-carousel-image src='a' href='u' @ /><mj-carousel-image src='b' /></mj-carousel>"
        ),
    ),
    "mj-image": (COLUMN.format("<mj-image src='a' href='u' @ />"),),
    "mj-button": (COLUMN.format("<mj-button href='u' @>a</mj-button>"),),
}
ACCORDION = (
    "<mj-accordion{}><mj-accordion-element{}><mj-accordion-title{}>a</mj-accordion-title>"
    "<mj-accordion-text{}>b</mj-accordion-text></mj-accordion-element></mj-accordion>"
)
for place, part in enumerate(("mj-accordion", "mj-accordion-element", "mj-accordion-title", "mj-accordion-text")):
    ROWS[part] = (COLUMN.format(ACCORDION.format(*(" @" if place == n else "" for n in range(4)))),)
for part in ("mj-text", "mj-divider", "mj-spacer", "mj-table"):
    ROWS[part] = (COLUMN.format(f"<{part} @>a</{part}>" if ELEMENTS[part].content else f"<{part} @ />"),)
ROWS["mj-text"] += (COLUMN.format("<mj-text height='9px' @>a</mj-text>"),)
VALUES = (
    "17px", "17%", "red", "left", "right", "center", "middle", "bottom", "full-width", "true", "rtl", "1px solid red",
    "2", "hamburger", "hidden", "vertical", "no-repeat", "dotted", "facebook",
)  # fmt: skip
OURS = {"mj-class", "data-utm"}


def html(text: str) -> str:
    """Give what the compiler makes of a letter or of what stands in its body."""
    return str(mjml2html(text if text.startswith("<mjml") else f"<mjml><mj-body>{text}</mj-body></mjml>", fonts={}))


def does_something(row: str, name: str) -> bool:
    """Tell whether any value of an attribute changes what comes out, or is read at all."""
    without = re.sub(rf" {name}='[^']*'(?=[^<>]*@)", "", row)
    before = html(without.replace(" @", ""))
    for value in VALUES:
        try:
            if html(without.replace("@", f'{name}="{value}"')) != before:
                return True
        except ValueError:
            continue
    return False


@pytest.mark.parametrize("element", [name for name in ELEMENTS if name in ROWS])
def test_every_attribute_in_the_table_changes_the_letter(element: str) -> None:
    """One that the compiler leaves out is a mistake that an author must be told."""
    idle = {
        name
        for name in ELEMENTS[element].attributes - OURS
        if not any(does_something(row, name) for row in ROWS[element])
    }
    assert idle == set()


@pytest.mark.parametrize("element", [name for name in ELEMENTS if name in ROWS])
def test_a_word_in_a_free_attribute_comes_out_as_it_went_in(element: str) -> None:
    """Values that come from Jinja are put back where the word stands."""
    for name in sorted((ELEMENTS[element].attributes & FREE) - OURS):
        if element != "mj-body":
            rows = [re.sub(rf" {name}='[^']*'(?=[^<>]*@)", "", row) for row in ROWS[element]]
            assert any("orc7q" in html(row.replace("@", f'{name}="orc7q"')) for row in rows), name


def test_every_element_is_reached_and_known() -> None:
    """No element stands in the table that cannot be written, and none is named that is not in it."""
    named = {name for row in ELEMENTS.values() for name in row.children}
    assert named | {"mjml"} == set(ELEMENTS)
    heads = {"mjml", *ELEMENTS["mj-head"].children, "mj-head", "mj-all", "mj-class", "mj-raw"}
    assert set(ROWS) | heads == set(ELEMENTS)


@pytest.mark.parametrize("name", ["padding", "width", "align", "mode", "hamburger", "icon-size", "inner-padding-left"])
def test_the_value_that_is_proposed_is_right(name: str) -> None:
    """What the help says can be pasted."""
    message, help = value_problem(name, "nonsense here")
    assert message
    proposed = help.partition("=")[2].strip('"')
    assert value_problem(name, proposed) == ("", "")
