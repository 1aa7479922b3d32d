"""What a template reads, where, and whether it is prepared for a value that nobody knows.

``orc check`` compares this with the schema; the corridor asks for the attributes of a person that a letter
needs. Files that are extended, included or imported are followed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jinja2 import nodes

from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.render.allowed import parse
from orchestrator.render.bag import ROOTS
from orchestrator.render.joined import Joined
from orchestrator.render.mjml import ENDING, compiled, misnamed
from orchestrator.render.sandbox import DATE_PARTS, Sandbox
from orchestrator.render.source import Piece, flatten


@dataclass(frozen=True, slots=True)
class Read:
    """One place that reads ``root.path`` (``person``, ``first_name``).

    ``has_default`` is true where an unknown value does no harm: behind ``default``, in a test, in a comparison,
    or inside an ``if`` that made sure.
    """

    root: str
    path: str
    has_default: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Reads:
    """Everything a template reads, in the order of its text, and what is wrong with it."""

    reads: tuple[Read, ...]
    has_unsubscribe_link: bool
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...] = ()

    def of(self, root: str) -> frozenset[str]:
        """Give the dotted paths read below one name."""
        return frozenset(read.path for read in self.reads if read.root == root)


_SANDBOX: list[Sandbox] = []


def inspect(text: str, path: str, templates: Mapping[str, str] | None = None, at: Span | None = None) -> Reads:
    """Tell what the template ``text`` in file ``path`` reads; ``templates`` are the other files by name.

    ``at`` is the place of a short text inside another file (a subject in YAML): all places are then inside it.
    Without ``templates`` nothing may be extended, included or imported.
    """
    folder = path[: len(path) - len(_name(path))]
    flat = flatten(_name(path), text, path, templates or {}, folder or "templates/")
    joined = Joined([*flat.macros, *flat.pieces])
    diagnostics = list(flat.diagnostics)
    tree = None
    if not diagnostics:
        if not _SANDBOX:
            _SANDBOX.append(Sandbox())
        tree, diagnostics = parse(joined, path, _SANDBOX[0])
        if at is None:
            diagnostics += compiled(flat, path).diagnostics if path.endswith(ENDING) else misnamed(flat, path)
    reads: tuple[Read, ...] = ()
    if tree is not None:
        finder = _Finder(joined, path)
        finder.each(tree.body, frozenset())
        reads = tuple(finder.found)
    if at is not None:
        reads = tuple(Read(r.root, r.path, r.has_default, _inside(at, r.span, text)) for r in reads)
        diagnostics = [_moved(d, at, text) for d in diagnostics]
    linked = any(read.root == "links" and read.path == "unsubscribe" for read in reads)
    return Reads(reads, linked, tuple(diagnostics), tuple(flat.files))


def _name(path: str) -> str:
    return path.removeprefix("templates/")


def _inside(at: Span, span: Span, text: str) -> Span:
    """Give the place of a part of a one-line text in its file, the whole of ``at`` where that is not certain."""
    room = at.end_column - at.column
    lead = room - len(text)
    if at.line != at.end_line or "\n" in text or lead not in (0, 2) or span.start < 0:
        return at
    shift = lead // 2
    start = at.start + shift + span.start if at.start >= 0 else -1
    column = at.column + shift + span.start
    width = span.end - span.start
    return Span(at.path, at.line, column, at.line, column + width, start, start + width if start >= 0 else -1)


def _moved(found: Diagnostic, at: Span, text: str) -> Diagnostic:
    return replace(found, span=_inside(at, found.span, text))


Known = frozenset[str]


class _Finder:
    """Walks over a tree; ``known`` are the dotted names that an ``if`` around the place has made sure of."""

    def __init__(self, joined: Joined, path: str) -> None:
        self.joined, self.path = joined, path
        self.found: list[Read] = []
        self.taken: dict[tuple[int, str], int] = {}

    def each(self, body: Sequence[nodes.Node], known: Known) -> None:
        for node in body:
            self.visit(node, known)

    def visit(self, node: nodes.Node, known: Known, safe: bool = False) -> None:
        """Note what a node reads; ``safe`` where an unknown value does no harm."""
        if dotted := _dotted(node):
            self.read(node, dotted, safe or dotted in known)
        elif isinstance(node, nodes.If):
            self.condition(node, known)
        elif isinstance(node, nodes.CondExpr):
            self.visit(node.test, known, True)
            yes, no = _sure(node.test)
            self.visit(node.expr1, known | yes, safe)
            if node.expr2 is not None:
                self.visit(node.expr2, known | no, safe)
        elif isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.node is not None:
            self.visit(node.node, known, True)
            for argument in (*node.args, *node.kwargs):
                self.visit(argument, known, safe)
        elif isinstance(node, nodes.Test):
            self.visit(node.node, known, node.name in ("defined", "undefined"))
            self.each(list(node.args), known)
        elif isinstance(node, nodes.And):
            self.visit(node.left, known, safe)
            self.visit(node.right, known | _sure(node.left)[0], safe)
        elif isinstance(node, nodes.Or):
            self.visit(node.left, known, True)
            self.visit(node.right, known | _sure(node.left)[1], safe)
        elif isinstance(node, nodes.Not):
            self.visit(node.node, known, True)
        elif isinstance(node, nodes.Compare):
            for side in (node.expr, *(operand.expr for operand in node.ops)):
                self.visit(side, known, True)
        else:
            for child in node.iter_child_nodes():
                self.visit(child, known)

    def condition(self, node: nodes.If, known: Known) -> None:
        self.visit(node.test, known, True)
        yes, no = _sure(node.test)
        self.each(node.body, known | yes)
        for other in node.elif_:
            self.visit(other.test, known | no, True)
            more, less = _sure(other.test)
            self.each(other.body, known | no | more)
            no = no | less
        self.each(node.else_, known | no)

    def read(self, node: nodes.Node, dotted: str, safe: bool) -> None:
        root, _, path = dotted.partition(".")
        piece = self.joined.piece(node.lineno)
        span = piece.span if piece else Span(self.path)
        if piece is not None:
            span = self.narrowed(piece, dotted, span)
        self.found.append(Read(root, path, safe, span))

    def narrowed(self, piece: Piece, dotted: str, span: Span) -> Span:
        """Give the place of the name inside its tag: the next one that was not given yet."""
        pattern = r"(?<![\w.])" + r"\s*\.\s*".join(re.escape(part) for part in dotted.split(".")) + r"(?!\w)"
        matches = list(re.finditer(pattern, piece.text))
        if not matches:
            return span
        key = (id(piece), dotted)
        nth = self.taken.get(key, 0)
        self.taken[key] = nth + 1
        match = matches[min(nth, len(matches) - 1)]
        before = piece.text[: match.start()]
        line = span.line + before.count("\n")
        column = match.start() - before.rfind("\n") if "\n" in before else span.column + match.start()
        inside = match.group()
        end_line = line + inside.count("\n")
        end = len(inside) - inside.rfind("\n") if "\n" in inside else column + len(inside)
        start = span.start + match.start()
        return Span(span.path, line, column, end_line, end, start, start + len(inside))


def _dotted(end: nodes.Node) -> str | None:
    """Give ``person.first_name`` for a chain of names that begins with one of the roots."""
    parts: list[str] = []
    node: nodes.Node = end
    while True:
        if isinstance(node, nodes.Getattr):
            parts.append(node.attr)
            node = node.node
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            parts.append(node.arg.value)
            node = node.node
        else:
            break
    if len(parts) > 1 and parts[0] in DATE_PARTS:
        return None  # a part of a date: what is read is the date
    if parts and isinstance(node, nodes.Name) and node.name in ROOTS:
        return ".".join([node.name, *reversed(parts)])
    return None


def _sure(test: nodes.Node) -> tuple[Known, Known]:
    """Give the names that are certainly known where ``test`` holds, and where it does not."""
    nothing: Known = frozenset()
    if dotted := _dotted(test):
        return frozenset({dotted}), nothing
    if isinstance(test, nodes.Not):
        yes, no = _sure(test.node)
        return no, yes
    if isinstance(test, nodes.And):
        (yes, no), (more, less) = _sure(test.left), _sure(test.right)
        return yes | more, no & less
    if isinstance(test, nodes.Or):
        (yes, no), (more, less) = _sure(test.left), _sure(test.right)
        return yes & more, no | less
    if isinstance(test, nodes.Test) and (dotted := _dotted(test.node)):
        if test.name == "defined":
            return frozenset({dotted}), nothing
        if test.name == "undefined":
            return nothing, frozenset({dotted})
    if isinstance(test, nodes.Compare) and all(operand.op not in ("ne", "notin") for operand in test.ops):
        sides = [test.expr, *(operand.expr for operand in test.ops)]
        return frozenset(dotted for side in sides if (dotted := _dotted(side))), nothing
    return nothing, nothing
