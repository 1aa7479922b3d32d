"""The text part of a letter, derived once from its HTML; Jinja tags stay, links are written out.

Tables of a letter are its layout, not data, so cells follow one another as paragraphs. What is hidden from
readers (``display:none``, ``aria-hidden``) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from orchestrator.render.html import Veil
from orchestrator.render.source import Piece


def derive(parts: Sequence[Piece | str]) -> list[Piece | str]:
    """Give the parts of a text template that says the same as this HTML."""
    text = "".join(part if isinstance(part, str) else part.text for part in parts)
    veil = _Words(text)
    veiled = veil.put(parts)
    calls = [n for n, hidden in enumerate(veil.hidden) if isinstance(hidden[0], Piece) and _CALL.match(hidden[0].text)]
    pattern = re.compile(veil.word + "(?:" + "|".join(map(str, calls)) + ")q") if calls else re.compile(r"(?!)")
    shown = _text_of(_readable(veiled, pattern))
    return _lifted(shown, veil)


_CALL = re.compile(r"\{\{[-+]?\s*\w+\s*\(")


class _Words(Veil):
    """Hides Jinja tags as words instead of comments, which have no text."""

    def _hide(self, piece: Piece) -> None:
        if self.state in ("text", "double", "single", "raw"):
            self.out.append(self._mark([piece]))

    def _in_a_table(self, following: Sequence[Piece | str]) -> None:
        return


def _text_of(html: str) -> str:
    from inscriptis import get_text
    from inscriptis.css_profiles import STRICT_CSS_PROFILE
    from inscriptis.html_properties import Display
    from inscriptis.model.config import ParserConfig
    from inscriptis.model.html_element import HtmlElement
    from inscriptis.model.tag import CustomHtmlTagHandlerMapping

    targets: list[str] = []

    def link(_: Any, attributes: Any) -> None:
        targets.append(attributes.get("href", "").strip())

    def link_end(state: Any) -> None:
        target = targets.pop() if targets else ""
        if target and not target.startswith("#"):
            state.tags[-1].write(f" ({target.removeprefix('mailto:')})")

    def image(state: Any, attributes: Any) -> None:
        if targets and attributes.get("alt"):
            state.tags[-1].write(attributes["alt"])

    def cell_end(state: Any) -> None:
        state.tags[-1].write(" ")

    block, paragraph = HtmlElement(display=Display.block), STRICT_CSS_PROFILE["p"]
    listing = HtmlElement(display=Display.block, margin_before=1, margin_after=1, padding_inline=4)
    css = {
        **STRICT_CSS_PROFILE,
        "ul": listing,
        "ol": listing,
        "orc-table": block,
        "orc-tr": block,
        "orc-block": paragraph,
    }
    ends = {"orc-a": link_end, "orc-cell": cell_end}
    handlers = CustomHtmlTagHandlerMapping({"orc-a": link, "img": image}, ends)
    return str(get_text(html, ParserConfig(css=css, custom_html_tag_handler_mapping=handlers)))


_RENAMED = re.compile(r"<(/?)(a|table|thead|tbody|tfoot|tr|td|th)(?=[\s>/])", re.I)
_BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre",
    "orc-table", "orc-tr", "orc-td", "orc-th",
}  # fmt: skip


def _readable(html: str, calls: re.Pattern[str]) -> str:
    """Give HTML for reading: layout tables as paragraphs, without comments and what screen readers skip.

    Links and tables get names of their own first, because the parser would close a link before a table in it.
    """
    from lxml import html as lxml_html

    tree = lxml_html.document_fromstring(_RENAMED.sub(lambda m: f"<{m.group(1)}orc-{m.group(2).lower()}", html))
    for element in tree.xpath("//comment() | //*[@aria-hidden='true']"):
        element.drop_tree()
    for cell in tree.xpath("//orc-td | //orc-th"):
        laid_out = calls.search(cell.text_content()) or any(child.tag in _BLOCKS for child in cell.iterdescendants())
        cell.tag = "orc-block" if laid_out else "orc-cell"
    return str(lxml_html.tostring(tree, encoding="unicode"))


def _lifted(shown: str, veil: _Words) -> list[Piece | str]:
    """Give the text with its tags back; a line that only steers (if, for, set) leaves no line behind."""
    mark = re.compile(rf"{veil.word}(\d+)q")
    shown = shown.replace("\xa0", " ")
    lines: list[str] = []
    held, ends = "", False
    for line in shown.split("\n"):
        bare = line.strip()
        steers = [veil.hidden[int(n)][0] for n in mark.findall(bare)]
        if bare and steers and not mark.sub("", bare).strip() and all(_steers(p) for p in steers):
            held += bare.replace(" ", "")
            ends = ends or any(isinstance(part, Piece) and part.word.startswith("end") for part in steers)
        elif bare or not held:
            lines.append(held + line.rstrip())
            held, ends = "", False
        elif lines and lines[-1].strip():  # the empty line between two paragraphs stays outside of what is steered
            lines.append(held if ends else "")
            held, ends = "" if ends else held, False
    text = "\n".join(lines) + held
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    parts: list[Piece | str] = []
    at = 0
    for match in mark.finditer(text):
        parts += [text[at : match.start()], *veil.hidden[int(match.group(1))]]
        at = match.end()
    return [part for part in (*parts, text[at:]) if part != ""]


def _steers(part: Piece | str) -> bool:
    return isinstance(part, Piece) and part.kind == "block"
