"""What an MJML letter may say: elements in their places, attributes that do something, Jinja where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.suggest import closest
from orchestrator.render.mjml_tree import MOST, Node, Reader, Sign, near
from orchestrator.render.mjml_words import ELEMENTS, FREE, NETWORKS, value_problem
from orchestrator.render.source import Piece

OPENS = {"if": "endif", "for": "endfor", "with": "endwith"}
"""Jinja tags that may stand between elements, and what closes them."""
_BETWEEN = {"elif", "else", "set", *OPENS, *OPENS.values()}
MOST_PICTURES = 20
"""Pictures in a carousel: each is written once for every other."""
_COLUMNS = ("mj-column", "mj-group")


class Rules:
    """Checks the tree of one letter; what is wrong is in ``found``, in the order of the text."""

    def __init__(self, reader: Reader, path: str) -> None:
        """Check everything; a letter that could not be read to its end is not checked further."""
        self.found = list(reader.found)
        self.path = path
        self.top = reader.top
        self.classes: set[str] = set()
        if len(self.found) < MOST and not reader.torn:
            self.classes = self._classes()
            self._document()
            for child in self.top.children:
                if child.name:
                    self._element(child, "")
        self.found.sort(key=lambda found: (found.span.path, found.span.line, found.span.column))

    def wrong(self, span: Span, code: str, message: str, *help: str) -> None:
        """Note a finding."""
        self.found.append(Diagnostic(span, code, message, help))

    def _classes(self) -> set[str]:
        return {
            sign.fixed or ""
            for node in self.top.elements()
            if node.name == "mj-class"
            for sign in node.signs
            if sign.name == "name"
        }

    def _document(self) -> None:
        roots = [child for child in self.top.children if child.name]
        if [root.name for root in roots] != ["mjml"]:
            other = [root.span for root in roots if root.name != "mjml"] or [root.span for root in roots[-1:]]
            where = other[0] if other else Span(self.path)
            self.wrong(where, "E610", "a letter in MJML is one <mjml> with everything in it", "<mjml>…</mjml>")
        for root in roots:
            if root.name == "mjml":
                inside = [child for child in root.children if child.name in ("mj-head", "mj-body")]
                names = [child.name for child in inside]
                if names not in (["mj-body"], ["mj-head", "mj-body"]):
                    where = inside[-1].span if len(inside) > 1 else root.span
                    self.wrong(where, "E610", "<mjml> has one <mj-body>, and before it one <mj-head> or none")
        self._before()

    def _before(self) -> None:
        """Look at what stands outside of <mjml>: definitions, nothing else; macros were taken out before."""
        for child in self.top.children:
            piece = child.steer
            if piece is not None and piece.word not in ("set", "with", "endwith"):
                self.wrong(piece.span, "E612", "outside of <mjml> only set and macro can stand")

    def _element(self, node: Node, parent: str) -> None:
        row = ELEMENTS.get(node.name)
        if len(self.found) >= MOST or not self._placed(node, parent) or row is None:
            return
        self._signs(node, parent)
        if row.content:
            self._text_only(node)
            return
        self._between(node)
        self._columns(node)
        if node.name == "mj-carousel" and sum(child.name != "" for child in node.children) > MOST_PICTURES:
            self.wrong(node.span, "E608", f"<mj-carousel> shows at most {MOST_PICTURES} pictures")
        for child in node.children:
            if child.name:
                self._element(child, node.name)

    def _placed(self, node: Node, parent: str) -> bool:
        """Tell whether an element is known and stands where it may."""
        if node.name == "mj-include":
            self.wrong(node.span, "E610", "<mj-include> is not available", '{% include "layout/footer.mjml.j2" %}')
        elif node.name not in ELEMENTS:
            if node.name.startswith("mj"):
                found = near(node.name)
                self.wrong(node.span, "E610", f"there is no <{node.name}>", *(f"<{name}>" for name in found))
            else:
                message = f"<{node.name}> is HTML, which cannot stand in <{parent or 'mjml'}>"
                self.wrong(node.span, "E610", message, "<mj-text>…</mj-text>", "<mj-raw>…</mj-raw>")
        elif parent and node.name not in ELEMENTS[parent].children:
            homes = [name for name, row in ELEMENTS.items() if node.name in row.children and name != "mj-attributes"]
            self.wrong(
                node.span,
                "E610",
                f"<{node.name}> cannot stand in <{parent}>",
                *(f"<{name}><{node.name}>…" for name in homes[:1]),
            )
        else:
            return True
        return False

    def _signs(self, node: Node, parent: str) -> None:
        row = ELEMENTS[node.name]
        for sign in node.signs:
            if sign.name not in row.attributes:
                found = closest(sign.name, row.attributes, 1)
                message = f"`{sign.name}` does nothing at <{node.name}>"
                self.wrong(sign.span, "E611", message, *(f'{name}="…"' for name in found))
            elif sign.fixed is None:
                self._computed(node, sign)
            elif sign.name == "mj-class":
                for name in sign.fixed.split():
                    if name not in self.classes:
                        near_class = [f'mj-class="{known}"' for known in closest(name, self.classes, 1)]
                        help = near_class or [f'<mj-class name="{name}" … /> in <mj-attributes>']
                        self.wrong(sign.span, "E611", f"there is no <mj-class> with the name {name!r}", *help)
            else:
                message, help_text = value_problem(sign.name, sign.fixed)
                if message:
                    self.wrong(sign.span, "E611", f"{message}, not {sign.fixed!r}", help_text)
        if parent != "mj-attributes" or node.name == "mj-class":
            known = any(sign.name == "name" and sign.fixed in NETWORKS for sign in node.signs)
            for name in ("src",) if node.name == "mj-social-element" and not known else row.needs:
                if name not in [sign.name for sign in node.signs]:
                    self.wrong(node.span, "E611", f"<{node.name}> needs `{name}`", f'<{node.name} {name}="…"')

    def _computed(self, node: Node, sign: Sign) -> None:
        """Look at an attribute with Jinja in it."""
        tag = next(piece for piece in sign.value if piece.kind != "data")
        if node.name in ("mjml", "mj-body") or sign.name not in FREE:
            message = f"`{sign.name}` of <{node.name}> is needed when the letter is compiled, before any value is known"
            self.wrong(tag.span, "E612", message, f'{sign.name}="…" without Jinja')
        elif torn := torn_tag(sign.value):
            self.wrong(torn.span, "E612", f"this {torn.word} does not end in the value of `{sign.name}`")

    def _text_only(self, node: Node) -> None:
        if node.name in ("mj-title", "mj-preview"):
            for piece in node.content:
                if piece.kind == "data" and "<" in piece.text:
                    self.wrong(node.span, "E609", f"<{node.name}> takes text, not HTML")
                    return

    def _between(self, node: Node) -> None:
        """Look at the Jinja tags between the elements of another."""
        row = ELEMENTS[node.name]
        tags = [piece for child in node.children if (piece := child.steer)]
        for piece in tags:
            if piece.kind == "print":
                message = f"a value cannot stand in <{node.name}>, only in what it holds"
                self.wrong(piece.span, "E612", message, "<mj-text>{{ … }}</mj-text>")
            elif piece.word not in _BETWEEN or (piece.word == "set" and "=" not in piece.inner):
                self.wrong(piece.span, "E612", f"{piece.word} cannot stand between the elements of <{node.name}>")
            elif not row.steers and piece.word not in ("set", "with", "endwith"):
                message = f"{piece.word} cannot stand in <{node.name}>: the compiler has no place for it there"
                help = () if node.name in ("mjml", "mj-head", "mj-attributes") else (f"{{% if … %}}<{node.name}>…",)
                self.wrong(piece.span, "E612", message, *help)
        if torn := torn_tag([piece for piece in tags if piece.word in _BETWEEN]):
            message = f"this {torn.word} opens and ends in different elements of the letter"
            self.wrong(torn.span, "E612", message, f"keep it within <{node.name}>, or around it")

    def _columns(self, node: Node) -> None:
        """A column that not everybody sees takes part of the width all the same."""
        if not any(child.name in _COLUMNS for child in node.children):
            return
        if not any((piece := child.steer) and piece.word in ("if", "for") for child in node.children):
            return
        for child in node.children:
            if child.name in _COLUMNS and "width" not in [sign.name for sign in child.signs]:
                message = f"the width of <{child.name}> must be said where Jinja chooses the columns beside it"
                self.wrong(child.span, "E612", message, f'<{child.name} width="50%">')


def torn_tag(pieces: Sequence[Piece]) -> Piece | None:
    """Give the first tag that opens and does not end among these pieces, or ends and did not open."""
    waiting: list[Piece] = []
    for piece in pieces:
        if piece.word in OPENS:
            waiting.append(piece)
        elif piece.word in OPENS.values():
            if not waiting or OPENS[waiting[-1].word] != piece.word:
                return piece
            waiting.pop()
        elif piece.word in ("else", "elif") and not waiting:
            return piece
    return waiting[0] if waiting else None
