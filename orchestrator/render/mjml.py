"""MJML made HTML, once per template, with every Jinja tag where its author put it.

The compiler sees the elements of MJML and their plain attributes. Whatever else there is (Jinja tags, the HTML inside
``mj-text`` and its like, values that come from Jinja) goes through it as a word or a comment, and is put back
afterwards; when one of them got lost or changed its place, that is an error at the author's line.
"""

from __future__ import annotations

import hashlib
import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.render.mjml_rules import Rules
from orchestrator.render.mjml_tree import Node, Reader, Row, Sign
from orchestrator.render.mjml_words import ELEMENTS
from orchestrator.render.source import Flat, Piece

ENDING = ".mjml.j2"
"""How the name of a template in MJML ends."""
LARGEST_HTML = 1_000_000
"""Characters of HTML that a letter may become, as many as a message may have."""
_TOO_LARGE = f"this letter becomes HTML of more than {LARGEST_HTML} characters"
INSTALL = "pip install 'campaign-orchestrator[mjml]'"
_MJML = re.compile(r"<(?:mjml|mj-[a-z-]+)(?=[\s>/])")
_KEPT = ' data-css-inline="ignore"'


@dataclass
class Compiled:
    """The letter as pieces of HTML, its macros, and what is wrong with it; no pieces where something is."""

    pieces: list[Piece] = field(default_factory=list)
    macros: list[Piece] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def compiled(flat: Flat, path: str) -> Compiled:
    """Give an MJML letter as HTML; ``path`` is its file."""
    defined, pieces = _parted(flat.pieces)
    reader = Reader(pieces)
    found = [*flat.diagnostics, *_macros([*flat.macros, *defined]), *Rules(reader, path).found]
    if found:
        return Compiled(diagnostics=found)
    try:
        from mjml import mjml2html
    except ImportError:
        message = "this letter is MJML, and its compiler is not installed"
        return Compiled(diagnostics=[Diagnostic(Span(path), "E613", message, (INSTALL,))])
    if too_large := _too_large(reader.top, path):
        return Compiled(diagnostics=[too_large])
    veil = _Veil(reader.row.text)
    veil.element(next(child for child in reader.top.children if child.name))
    try:
        done = str(mjml2html("".join(veil.out), fonts={}))
    except ValueError as error:
        return Compiled(diagnostics=[veil.refused(str(error), path)])
    if len(done) > LARGEST_HTML:
        return Compiled(diagnostics=[Diagnostic(Span(path), "E608", _TOO_LARGE)])
    html_pieces = veil.lift(done, path)
    if veil.lost:
        return Compiled(diagnostics=veil.lost)
    settings = _settings(reader.top)
    calling = [piece for piece in settings if "(" in piece.text]
    first = [piece for piece in settings if "(" not in piece.text]
    return Compiled([*first, *html_pieces], [*flat.macros, *defined, *calling])


def misnamed(flat: Flat, path: str) -> list[Diagnostic]:
    """Tell of MJML in a file that is none by its name."""
    for piece in [*flat.macros, *flat.pieces]:
        found = _MJML.search(piece.text) if piece.kind == "data" else None
        if found:
            span = Row([piece]).span(found.start(), found.end())
            name = path.rsplit("/", 1)[-1]
            renamed = re.sub(r"\.(html|txt)\.j2\Z", ENDING, name)
            message = f"this is MJML, and only files whose name ends with {ENDING} are compiled"
            return [Diagnostic(span, "E610", message, (f"rename {name} to {renamed}",))]
    return []


def tidied(parts: Sequence[Piece | str]) -> list[Piece | str]:
    """Give the parts of a letter without the signs that kept its style sheets from being inlined."""
    return [
        part.replace(_KEPT, "")
        if isinstance(part, str)
        else replace(part, text=part.text.replace(_KEPT, ""))
        if part.kind == "data"
        else part
        for part in parts
    ]


def _macros(pieces: Sequence[Piece]) -> Iterator[Diagnostic]:
    """Tell of MJML in a macro: it is called for each person, long after the letter was compiled."""
    for piece in pieces:
        found = _MJML.search(piece.text) if piece.kind == "data" else None
        if found:
            span = Row([piece]).span(found.start(), found.end())
            message = "MJML cannot stand in a macro, which is called when the letter is HTML already"
            yield Diagnostic(span, "E612", message, ('{% include "layout/button.mjml.j2" %}',))


def _parted(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Give macros and texts that are defined before <mjml>, and everything else."""
    defined: list[Piece] = []
    rest: list[Piece] = []
    closing, begun = "", False
    for piece in pieces:
        begun = begun or (not closing and piece.kind == "data" and "<mjml" in piece.text)
        if closing:
            defined.append(piece)
            closing = "" if piece.word == closing else closing
        elif not begun and (piece.word == "macro" or (piece.word == "set" and "=" not in piece.inner)):
            defined.append(piece)
            closing = "end" + piece.word
        else:
            rest.append(piece)
    return defined, rest


def _too_large(top: Node, path: str) -> Diagnostic | None:
    """Tell of attributes for all elements that would be written too often."""
    nodes = list(top.elements())
    shared = [node for head in nodes if head.name == "mj-attributes" for node in head.elements()]
    size = sum(len(sign.fixed or "") for node in shared for sign in node.signs)
    if size * len(nodes) <= 20 * LARGEST_HTML:
        return None
    return Diagnostic(shared[0].span if shared else Span(path), "E608", _TOO_LARGE)


def _settings(top: Node) -> list[Piece]:
    """Give what is set before <mjml> and in <mj-head>, which the compiler does not keep."""
    nodes = list(top.children)
    for root in top.children:
        nodes += [*root.children, *(node for head in root.children if head.name == "mj-head" for node in head.children)]
    return [piece for node in nodes if (piece := node.steer) and piece.word == "set"]


class _Veil:
    """Writes the letter for the compiler, and finds the author's pieces again in what comes out."""

    def __init__(self, text: str) -> None:
        self.word = "orc" + hashlib.sha256(text.encode()).hexdigest()[:10] + "z"
        self.hidden: list[list[Piece]] = []
        self.ordered: set[int] = set()
        self.optional: set[int] = set()
        self.inlined: set[int] = set()
        self.out: list[str] = []
        self.size = 0
        self.places: list[tuple[int, Span]] = []
        self.lost: list[Diagnostic] = []

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.size += len(text)

    def _mark(self, pieces: list[Piece]) -> str:
        self.hidden.append(pieces)
        return f"{self.word}{len(self.hidden) - 1}q"

    def element(self, node: Node, parent: str = "") -> None:
        """Write an element and what it holds."""
        self.places.append((self.size, node.span))
        self._write(f"<{node.name}")
        off = any(sign.name == "data-utm" for sign in node.signs)
        for sign in node.signs:
            if sign.name != "data-utm" and not (node.name == "mj-style" and sign.name == "inline"):
                self._write(f' {sign.name}="{self._value(sign, off, parent)}"')
        self._write(">")
        if node.content:
            mark = self._mark(node.content)
            self._write(mark)
            if node.name == "mj-title":
                self.hidden[-1] = [_quoted(piece) for piece in node.content]
            if node.name == "mj-style" and node.signs:
                self.inlined.add(len(self.hidden) - 1)
            self.ordered |= {len(self.hidden) - 1} if node.name == "mj-raw" else set()
        row = ELEMENTS[node.name]
        for child in node.children:
            if child.name:
                self.element(child, node.name)
            elif row.steers:
                mark = self._mark(child.content)
                self.ordered.add(len(self.hidden) - 1)
                self._write(f"<!--{mark}-->")
        self._write(f"</{node.name}>")

    def _value(self, sign: Sign, off: bool, parent: str) -> str:
        off = off and sign.name == "href"
        if sign.fixed is not None and not off and not any(char in sign.fixed for char in '"<>'):
            return sign.fixed
        pieces = [_quoted(piece) for piece in sign.value]
        if off:
            pieces.append(Piece("data", '" data-utm="off', sign.span))
        mark = self._mark(pieces)
        if parent == "mj-attributes":
            self.optional.add(len(self.hidden) - 1)
        return mark

    def refused(self, message: str, path: str) -> Diagnostic:
        """Give what the compiler says, at the element where it stopped."""
        found = re.search(r"position (\d+):", message)
        near = bisect_right(self.places, int(found.group(1)), key=lambda place: place[0]) - 1 if found else -1
        span = self.places[near][1] if near >= 0 else Span(path)
        said = re.sub(r" in root template.*", "", message)
        return Diagnostic(span, "E609", f"the compiler of MJML cannot read this: {said}")

    def lift(self, done: str, path: str) -> list[Piece]:
        """Give the compiled letter with the author's pieces in it; what got lost is in ``lost``."""
        done = self._styled(done)
        where = Span(path)
        out: list[Piece] = []
        counted: Counter[int] = Counter()
        order: list[int] = []
        pattern = re.compile(
            rf"<!--{self.word}(\d+)q-->|{self.word}(\d+)q|<!--\[if [^\]]*\]>(?:<!--(?:>|-->))?|<!\[endif\]-->"
        )
        at, outlook = 0, ""
        for found in pattern.finditer(done):
            out.append(Piece("data", done[at : found.start()], where))
            at = found.end()
            if not (found.group(1) or found.group(2)):
                out.append(Piece("data", found.group(), where))
                hides = found.group().startswith("<!--[if") and not found.group().endswith("-->")
                outlook = found.group() if hides and not found.group().endswith("<!-->") else ""
                continue
            number = int(found.group(1) or found.group(2))
            counted[number] += 1
            outside = bool(outlook) and number in self.ordered
            order += [number] if number in self.ordered else []
            out += [Piece("data", "<![endif]-->", where)] if outside else []
            out += self.hidden[number]
            out += [Piece("data", outlook, where)] if outside else []
        out.append(Piece("data", done[at:], where))
        self._account(counted, order)
        return _joined(out)

    def _styled(self, done: str) -> str:
        """Keep style sheets as they are but for those that their author wants inlined."""
        inlined = "|".join(map(str, sorted(self.inlined))) or "none"
        return re.sub(rf"<style(?=[^>]*>(?!{self.word}(?:{inlined})q))", "<style" + _KEPT, done)

    def _account(self, counted: Counter[int], order: list[int]) -> None:
        for number, pieces in enumerate(self.hidden):
            once = number in self.ordered
            if (counted[number] != 1) if once else (counted[number] < 1 and number not in self.optional):
                message = "the compiler of MJML leaves this out here"
                self.lost.append(Diagnostic(pieces[0].span, "E612", message, ("write it elsewhere in the letter",)))
        if not self.lost and order != sorted(order):
            moved = next(n for n, after in pairwise(order) if n > after)
            message = "the compiler of MJML moves this to another place"
            self.lost.append(Diagnostic(self.hidden[moved][0].span, "E612", message))


def _quoted(piece: Piece) -> Piece:
    """Give text that can stand in a value between double quotes."""
    return piece if piece.kind != "data" else replace(piece, text=piece.text.replace('"', html.escape('"')))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Give the pieces with neighbouring text in one."""
    out: list[Piece] = []
    for piece in pieces:
        if piece.kind == "data" and out and out[-1].kind == "data":
            out[-1] = replace(out[-1], text=out[-1].text + piece.text)
        elif piece.text:
            out.append(piece)
    return out
