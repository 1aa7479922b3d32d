"""Styles put into the tags of a letter, once per template, while its Jinja tags stay what and where they are.

Mail programs drop style sheets, so ``css-inline`` copies each rule to the elements it means. It reads HTML as a
browser does, which would tear Jinja apart. So every tag first becomes something that HTML leaves alone (a comment,
a word, an attribute), and is put back afterwards. If anything moved or got lost, the letter is used as written
and :class:`Inlined` says so.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from orchestrator.render.source import Piece
from orchestrator.render.weight import DEEPEST_ELEMENTS, too_heavy, without

_RAW_TEXT = ("style", "script", "title", "textarea")
_BODY = re.compile(r"<body\b[^>]*>", re.I)
_TABLE_PARTS = {
    "tr": ("<table><tbody>", "</tbody></table>"),
    "td": ("<table><tbody><tr>", "</tr></tbody></table>"),
    "th": ("<table><tbody><tr>", "</tr></tbody></table>"),
    "tbody": ("<table>", "</table>"),
    "thead": ("<table>", "</table>"),
    "tfoot": ("<table>", "</table>"),
}
_FIRST_TAG = re.compile(r"\s*<(\w+)")
_STYLE = re.compile(r"<style\b(?![^>]*\bdata-css-inline\s*=\s*[\"']?ignore)", re.I)
_START = re.compile(r"<!--|<(/?)([A-Za-z][\w:-]*)")
_IGNORED = re.compile(r"[^>]*\bdata-css-inline\s*=\s*[\"']?ignore")
_QUOTE_OR_END = re.compile(r"[\"'>]")
_TORN = "a tag of HTML ends inside an {% if %}"
_OPENING = {"if", "for", "with", "macro", "call", "filter"}
_STACK = 128 * 1024 * 1024
"""Bytes that the inliner's stack may grow to: more than MOST_ELEMENTS levels need."""
_IMPLIED = {"html", "head", "body", "tbody", "colgroup", "style"}


@dataclass(frozen=True, slots=True)
class Inlined:
    """The parts of a letter, styles inlined; ``note`` says why they are as written, empty when they are not."""

    parts: tuple[Piece | str, ...]
    note: str = ""


def with_body(pieces: Sequence[Piece]) -> tuple[list[Piece | str], int]:
    """Give a whole HTML document and the place in it right behind ``<body>``."""
    for at, piece in enumerate(pieces):
        if piece.kind == "data" and (match := _BODY.search(piece.text)):
            before, after = piece.text[: match.end()], piece.text[match.end() :]
            return [*pieces[:at], before, after, *pieces[at + 1 :]], at + 1
    head = '<!doctype html><html><head><meta charset="utf-8"></head><body>'
    return [head, *pieces, "</body></html>"], 1


def inline(parts: Sequence[Piece | str]) -> Inlined:
    """Give the parts with styles inlined; nothing outside the letter is loaded."""
    from css_inline import InlineError

    text = "".join(part if isinstance(part, str) else part.text for part in parts)
    if not _STYLE.search(text):
        return Inlined(tuple(parts))
    veil = Veil(text)
    try:
        veiled = veil.put(parts)
        if problem := too_heavy(veiled):
            return Inlined(tuple(parts), f"styles were not inlined: {problem}")
        return Inlined(tuple(veil.lift(_inlined(veiled), veiled)))
    except Moved as moved:
        return Inlined(tuple(parts), f"styles were not inlined: {moved}")
    except (InlineError, ValueError) as error:
        return Inlined(tuple(parts), f"styles were not inlined: {error}")


def _inlined(html: str) -> str:
    """Give a page with its styles inlined, on a stack that is deep enough for every page that is not too heavy.

    The inliner calls itself for each level of elements, and a stack that is used up ends the whole process.
    """
    from css_inline import CSSInliner

    inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, keep_link_tags=True)
    if html.count("<") < DEEPEST_ELEMENTS:
        return inliner.inline(html)
    before = threading.stack_size(_STACK)
    try:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(inliner.inline, html).result()
    finally:
        threading.stack_size(before)


class Moved(Exception):
    """Raised when reading the letter as HTML moves or loses one of its tags."""


class Veil:
    """Hides Jinja tags from an HTML parser, and finds them again."""

    def __init__(self, text: str) -> None:
        """Choose a word that does not occur in ``text``."""
        self.word = "orc" + hashlib.sha256(text.encode()).hexdigest()[:10] + "z"
        self.hidden: list[list[Piece | str]] = []
        self.anywhere: set[int] = set()
        self.state = "text"
        self.tag = ""
        self.open: list[Piece | str] = []
        self.depth = 0
        self.close = ""
        self.out: list[str] = []

    def put(self, parts: Sequence[Piece | str]) -> str:
        """Give the HTML with every Jinja tag hidden."""
        for at, part in enumerate(parts):
            if isinstance(part, str):
                self._data(part)
            elif part.kind == "data":
                self._data(part.text)
            else:
                if part.word == "endmacro":
                    self.out.append(self.close)
                    self.close = ""
                self._hide(part)
                if part.word == "macro":
                    self._in_a_table(parts[at + 1 : at + 2])
        if self.open:
            raise Moved(_TORN)
        return "".join(self.out)

    def _mark(self, hidden: list[Piece | str]) -> str:
        self.hidden.append(hidden)
        return f"{self.word}{len(self.hidden) - 1}q"

    def _hide(self, piece: Piece) -> None:
        if self.state == "kept":
            self.open.append(piece)
        elif self.open or (self.state == "tag" and piece.kind == "block"):
            self.open.append(piece)
            self.depth += (piece.word in _OPENING) - piece.word.startswith("end")
            if self.depth <= 0 and self.state == "tag":
                self.out.append(f' {self._mark(self.open)}="" ')
                self.open = []
        elif self.state == "tag":
            if self.out and self.out[-1].endswith("="):
                self.out.append(self._mark([piece]))
            else:
                self.out.append(f' {self._mark([piece])}="" ')
        elif self.state == "text":
            self.out.append(f"<!--{self._mark([piece])}-->")
        else:
            mark = self._mark([piece])
            if self.tag == "style":
                self.anywhere.add(len(self.hidden) - 1)
            self.out.append(mark)

    def _in_a_table(self, following: Sequence[Piece | str]) -> None:
        """Put a table around a macro that begins with a part of one: a browser drops that where no table is."""
        text = "".join(part if isinstance(part, str) else part.text for part in following)
        first = _FIRST_TAG.match(text)
        around = _TABLE_PARTS.get(first.group(1).lower()) if first else None
        if around:
            self.out.append(f"<!--{self.word}open-->{around[0]}<!--{self.word}openend-->")
            self.close = f"<!--{self.word}close-->{around[1]}<!--{self.word}closeend-->"

    def _data(self, text: str) -> None:
        at = 0
        while at < len(text):
            at = getattr(self, "_in_" + self.state)(text, at)

    def _take(self, text: str, at: int, end: int) -> int:
        (self.open if self.open or self.state == "kept" else self.out).append(text[at:end])
        return end

    def _in_text(self, text: str, at: int) -> int:
        match = _START.search(text, at)
        if match is None:
            return self._take(text, at, len(text))
        if match.group() == "<!--":
            self.state = "comment"
        else:
            self.state = "tag"
            self.tag = match.group(2).lower() if not match.group(1) else ""
            ignored = _IGNORED.match(text, match.end())
            if self.tag == "style" and ignored:
                self._take(text, at, match.start())
                self.state = "kept"
                return match.start()
        return self._take(text, at, match.end())

    def _in_kept(self, text: str, at: int) -> int:
        end = re.compile(r"</style\s*>", re.I).search(text, at)
        self._take(text, at, end.end() if end else len(text))
        if end is None:
            return len(text)
        kept, self.open, self.state = self.open, [], "text"
        self.out.append(f"<!--{self._mark(kept)}-->")
        return end.end()

    def _in_comment(self, text: str, at: int) -> int:
        end = text.find("-->", at)
        if end < 0:
            return self._take(text, at, len(text))
        self.state = "text"
        return self._take(text, at, end + 3)

    def _in_tag(self, text: str, at: int) -> int:
        match = _QUOTE_OR_END.search(text, at)
        if match is None:
            return self._take(text, at, len(text))
        if match.group() != ">":
            self.state = "double" if match.group() == '"' else "single"
            return self._take(text, at, match.end())
        if self.open:
            raise Moved(_TORN)
        self.state = "raw" if self.tag in _RAW_TEXT else "text"
        return self._take(text, at, match.end())

    def _in_double(self, text: str, at: int) -> int:
        return self._quoted(text, at, '"')

    def _in_single(self, text: str, at: int) -> int:
        return self._quoted(text, at, "'")

    def _quoted(self, text: str, at: int, quote: str) -> int:
        end = text.find(quote, at)
        if end < 0:
            return self._take(text, at, len(text))
        self.state = "tag"
        return self._take(text, at, end + 1)

    def _in_raw(self, text: str, at: int) -> int:
        end = re.compile(rf"</{self.tag}\s*>", re.I).search(text, at)
        if end is None:
            return self._take(text, at, len(text))
        self.state, self.tag = "text", ""
        return self._take(text, at, end.end())

    def lift(self, done: str, veiled: str) -> list[Piece | str]:
        """Give the parts with the tags back; raises :class:`Moved` when one is not where it was."""
        done = without(done, f"<!--{self.word}(open|close)-->", lambda which: f"<!--{self.word}{which}end-->")
        before, after = Counter(_tags(veiled, self.word)), Counter(_tags(done, self.word))
        if changed := {name for name in before | after if before[name] != after[name] and name not in _IMPLIED}:
            raise Moved(f"a browser would not keep <{sorted(changed)[0]}> where it stands")
        mark = re.compile(rf'<!--{self.word}(\d+)q-->|{self.word}(\d+)q=""|{self.word}(\d+)q')
        order = [int(m.group(1)) for m in mark.finditer(done) if m.group(1)]
        counted = Counter(int(m.group(1) or m.group(2) or m.group(3)) for m in mark.finditer(done))
        lost = [n for n in range(len(self.hidden)) if counted[n] != 1 and n not in self.anywhere]
        if order != sorted(order) or lost:
            raise Moved("a browser would not keep every tag where it stands")
        parts: list[Piece | str] = []
        at = 0
        for match in mark.finditer(done):
            before_it = done[at : match.start()]
            parts += [before_it.rstrip(), " "] if match.group(2) else [before_it]
            parts += self.hidden[int(match.group(1) or match.group(2) or match.group(3))]
            at = match.end()
        parts.append(done[at:])
        return [part for part in parts if part != ""]


def _tags(text: str, word: str) -> list[str]:
    plain = without(text, f"<!--{word}(open|close)-->", lambda which: f"<!--{word}{which}end-->")
    plain = without(plain, "<!--()", lambda _: "-->")
    plain = without(plain, r"<(style|script)\b", lambda which: rf"</{which}\s*>")
    return [name.lower() for name in re.findall(r"<([A-Za-z][\w:-]*)", plain)]
