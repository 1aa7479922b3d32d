"""Template files as pieces: text and Jinja tags, each with its place; extends, include and import resolved.

What comes out of :func:`flatten` is one template without other files, so that styles can be inlined over the
whole letter, and every piece still knows the line an author wrote it on.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.suggest import closest

LARGEST = 500_000
"""Characters that a letter's templates may have together."""
HTML_ENDINGS = (".html.j2", ".mjml.j2")
"""How the names of templates end whose values are escaped for HTML."""
DEEPEST = 10
"""Files that may extend, include or import one another in a row."""
DEEPEST_BLOCKS = 50
"""Blocks of a layout inside one another."""
MOST_PIECES = 50_000
"""Tags and texts between them that blocks may make of a letter."""

_OPEN = re.compile(r"\{\{|\{%|\{#")
_RAW = re.compile(r"\{%[-+]?\s*raw\s*[-+]?%\}")
_ENDRAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_WORD = re.compile(r"\s*([A-Za-z_]\w*)")
_QUOTED = re.compile(r"""\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s*""")
_IMPORT = re.compile(r"""\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s+as\s+([A-Za-z]\w*)\s*(?:with(?:out)?\s+context\s*)?\Z""")
_FROM = re.compile(
    r"""\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s+import\s+([A-Za-z]\w*(?:\s+as\s+[A-Za-z]\w*)?"""
    r"""(?:\s*,\s*[A-Za-z]\w*(?:\s+as\s+[A-Za-z]\w*)?)*)\s*(?:with(?:out)?\s+context\s*)?\Z"""
)
_NAME_OR_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|\s+|.""", re.S)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a template. ``kind`` is ``data``, ``print`` or ``block``; ``word`` the keyword of a block.

    ``link`` says that the value printed is the whole of a link, which gets UTM parameters.
    """

    kind: str
    text: str
    span: Span
    word: str = ""
    link: bool = False

    @property
    def inner(self) -> str:
        """Give what stands between the delimiters, without the keyword and the signs of whitespace control."""
        text = self.text[2:-2]
        text = text.removeprefix("-").removeprefix("+").removesuffix("-").removesuffix("+")
        return text.split(self.word, 1)[1] if self.word else text


@dataclass
class Flat:
    """A letter's templates as one row of pieces. ``macros`` come from imported files, to be defined first."""

    pieces: list[Piece] = field(default_factory=list)
    macros: list[Piece] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def split(text: str, path: str) -> tuple[list[Piece], list[Diagnostic]]:
    """Cut a template into pieces; a tag that is never closed is a diagnostic and ends the list."""
    starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def span(start: int, end: int) -> Span:
        line, last = bisect.bisect_right(starts, start), bisect.bisect_right(starts, end)
        return Span(path, line, start - starts[line - 1] + 1, last, end - starts[last - 1] + 1, start, end)

    pieces: list[Piece] = []
    at = 0
    trim = False

    def data(until: int, strip: bool) -> None:
        chunk = text[at:until]
        shown = chunk.lstrip() if trim else chunk
        start = until - len(shown)
        shown = shown.rstrip() if strip else shown
        if shown:
            pieces.append(Piece("data", shown, span(start, start + len(shown))))

    while found := _OPEN.search(text, at):
        start = found.start()
        strip = text[start + 2 : start + 3] == "-"
        data(start, strip)
        trim = False
        if raw := _RAW.match(text, start):
            close = _ENDRAW.search(text, raw.end())
            if close is None:
                return pieces, [Diagnostic(span(start, raw.end()), "E601", "this raw block is never closed")]
            pieces.append(Piece("data", text[raw.end() : close.start()], span(raw.end(), close.start())))
            at = close.end()
            continue
        end = _end_of_tag(text, start)
        if end is None:
            sign = {"{{": "}}", "{%": "%}", "{#": "#}"}[found.group()]
            where = span(start, start + 2)
            return pieces, [
                Diagnostic(where, "E601", f"this tag is never closed: {sign} is missing", label="opens here")
            ]
        trim = text[end - 3 : end - 2] == "-" and end - start > 4
        if found.group() != "{#":
            kind = "print" if found.group() == "{{" else "block"
            word = _WORD.match(text[start:end].lstrip("{%-+")) if kind == "block" else None
            pieces.append(Piece(kind, text[start:end], span(start, end), word.group(1) if word else ""))
        at = end
    data(len(text), False)
    return pieces, []


def _end_of_tag(text: str, start: int) -> int | None:
    if text[start + 1] == "#":
        end = text.find("#}", start + 2)
        return None if end < 0 else end + 2
    close = "}}" if text[start + 1] == "{" else "%}"
    depth, at = 0, start + 2
    while at < len(text):
        char = text[at]
        if char in "'\"":
            at += 1
            while at < len(text) and text[at] != char:
                at += 2 if text[at] == "\\" else 1
        elif depth == 0 and text.startswith(close, at):
            return at + 2
        elif char in "{[(":
            depth += 1
        elif char in "}])":
            depth = max(0, depth - 1)
        at += 1
    return None


def flatten(name: str, text: str, path: str, templates: Mapping[str, str], folder: str = "templates/") -> Flat:
    """Give the template ``text`` (called ``name``) with all files it uses put in; ``folder`` is before their paths."""
    flat = Flat()
    if len(text) > LARGEST:
        flat.diagnostics.append(Diagnostic(Span(path), "E608", f"this file is longer than {LARGEST} characters"))
        return flat
    work = _Flattening(templates, folder, flat)
    pieces = work.resolve(name, text, path, ())
    flat.pieces = [p for p in pieces if p.word not in ("block", "endblock")]
    if sum(len(p.text) for p in flat.pieces) + sum(len(p.text) for p in flat.macros) > LARGEST:
        flat.diagnostics.append(
            Diagnostic(Span(path), "E608", f"this letter and the files it uses are longer than {LARGEST} characters")
        )
    return flat


class _Flattening:
    def __init__(self, templates: Mapping[str, str], folder: str, flat: Flat) -> None:
        self.templates, self.folder, self.flat = templates, folder, flat
        self.imported: dict[str, set[str]] = {}
        self.size = 0

    def wrong(self, piece: Piece, code: str, message: str, help: tuple[str, ...] = ()) -> None:
        self.flat.diagnostics.append(Diagnostic(piece.span, code, message, help))

    def open(self, piece: Piece, name: str, trail: tuple[str, ...]) -> tuple[str, str] | None:
        """Give text and path of another file, or note why it cannot be used."""
        if name not in self.templates:
            near = closest(name, self.templates)
            self.wrong(
                piece,
                "E602",
                f"there is no template {name!r}",
                tuple(f'{piece.word} "{found}"' for found in near[:1]),
            )
            return None
        if name in trail or len(trail) >= DEEPEST:
            self.wrong(
                piece,
                "E604",
                "these templates use one another in a circle, or too deeply: " + " > ".join([*trail, name]),
            )
            return None
        self.size += len(self.templates[name])
        if self.size > LARGEST:
            self.wrong(piece, "E608", f"this letter and the files it uses are longer than {LARGEST} characters")
            return None
        return self.templates[name], self.folder + name

    def resolve(self, name: str, text: str, path: str, trail: tuple[str, ...]) -> list[Piece]:
        """Give the pieces of one file, block tags kept, everything else resolved."""
        trail = (*trail, name)
        if path not in self.flat.files:
            self.flat.files.append(path)
        pieces, wrong = split(text, path)
        self.flat.diagnostics += wrong
        renames: dict[str, dict[str, str] | str] = {}
        out: list[Piece] = []
        base: list[Piece] | None = None
        for piece in pieces:
            if piece.word == "extends":
                if target := self._quoted(piece):
                    opened = self.open(piece, target, trail)
                    base = self.resolve(target, *opened, trail) if opened else []
            elif piece.word == "include":
                out += self._include(piece, trail)
            elif piece.word in ("import", "from"):
                self._import(piece, trail, renames)
            else:
                out.append(piece)
        if renames:
            out = [_renamed(piece, renames) for piece in out]
        return out if base is None else self._extended(base, out)

    def _quoted(self, piece: Piece) -> str | None:
        match = _QUOTED.fullmatch(piece.inner)
        if match is None:
            self.wrong(
                piece,
                "E603",
                f"{piece.word} takes one file name in quotes, nothing that is computed",
                (f'{piece.word} "layout/base.html.j2"',),
            )
            return None
        return match.group(1) or match.group(2)

    def _include(self, piece: Piece, trail: tuple[str, ...]) -> list[Piece]:
        target = self._quoted(piece)
        opened = self.open(piece, target, trail) if target else None
        if opened is None or target is None:
            return []
        inside = [p for p in self.resolve(target, *opened, trail) if p.word not in ("block", "endblock")]
        return [
            Piece("block", "{% with %}", piece.span, "with"),
            *inside,
            Piece("block", "{% endwith %}", piece.span, "endwith"),
        ]

    def _import(self, piece: Piece, trail: tuple[str, ...], renames: dict[str, dict[str, str] | str]) -> None:
        match = (_IMPORT if piece.word == "import" else _FROM).match(piece.inner)
        if match is None:
            example = (
                'import "parts.html.j2" as parts' if piece.word == "import" else 'from "parts.html.j2" import button'
            )
            self.wrong(
                piece, "E603", f"{piece.word} takes one file name in quotes, nothing that is computed", (example,)
            )
            return
        target = match.group(1) or match.group(2)
        opened = self.open(piece, target, trail)
        if opened is None:
            return
        prefix = re.sub(r"\W+", "_", target.split(".")[0]) + "__"
        names = self.imported.get(target)
        if names is None:
            names = self.imported[target] = self._hoist(target, *opened, trail, prefix)
        if piece.word == "import":
            renames[match.group(3)] = {name: prefix + name for name in names}
            return
        for entry in match.group(3).split(","):
            wanted, _, local = (part.strip() for part in re.sub(r"\s+as\s+", "|", entry).partition("|"))
            if wanted not in names:
                help = tuple(closest(wanted, names)[:1])
                self.wrong(piece, "E602", f"{target} defines no macro {wanted!r}", help)
            renames[local or wanted] = prefix + wanted

    def _hoist(self, name: str, text: str, path: str, trail: tuple[str, ...], prefix: str) -> set[str]:
        """Keep the macros of an imported file under names of their own; give the names they had."""
        pieces = [p for p in self.resolve(name, text, path, trail) if p.word not in ("block", "endblock")]
        kept = _definitions(pieces)
        names = {m.group(1) for p in kept if p.word == "macro" and (m := _WORD.match(p.inner))}
        names |= {m.group(1) for p in kept if p.word == "set" and (m := _WORD.match(p.inner))}
        self.flat.macros += [_renamed(p, {n: prefix + n for n in names}) for p in kept]
        return names

    def _extended(self, base: list[Piece], child: list[Piece]) -> list[Piece]:
        blocks = _blocks(child)
        outside, depth = [], 0
        for piece in child:
            depth += (piece.word == "block") - (piece.word == "endblock")
            if depth == 0 and piece.word != "endblock":
                outside.append(piece)
        out, macros = _parted(_definitions(outside))
        self.flat.macros += macros
        try:
            return [*out, *_filled(base, blocks)]
        except _TooMuch as found:
            self.wrong(found.piece, "E608", found.message)
            return []


def _definitions(pieces: list[Piece]) -> list[Piece]:
    """Give the macros and the ``set`` tags of some pieces: what is left of a file that is not shown itself."""
    out: list[Piece] = []
    closing: list[str] = []
    for piece in pieces:
        opens = piece.word == "macro" or (piece.word == "set" and "=" not in piece.inner)
        if opens and not closing:
            closing.append("end" + piece.word)
            out.append(piece)
        elif closing:
            out.append(piece)
            if piece.word == closing[-1]:
                closing.pop()
        elif piece.word == "set":
            out.append(piece)
    return out


def _parted(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Give what stands outside of macros, and the macros."""
    outside: list[Piece] = []
    macros: list[Piece] = []
    depth = 0
    for piece in pieces:
        depth += piece.word == "macro"
        (macros if depth > 0 else outside).append(piece)
        depth -= piece.word == "endmacro"
    return outside, macros


def _blocks(pieces: list[Piece]) -> dict[str, list[Piece]]:
    """Give the content of every block by its name, nested ones too."""
    found: dict[str, list[Piece]] = {}
    stack: list[tuple[str, int]] = []
    for at, piece in enumerate(pieces):
        if piece.word == "block" and (match := _WORD.match(piece.inner)):
            stack.append((match.group(1), at))
        elif piece.word == "endblock" and stack:
            name, start = stack.pop()
            found[name] = pieces[start + 1 : at]
    return found


_SUPER = re.compile(r"\{\{[-+]?\s*super\s*\(\s*\)\s*[-+]?\}\}")


class _TooMuch(Exception):
    """Raised at a block that is too deep in others, or writes its parent too often."""

    def __init__(self, piece: Piece, message: str) -> None:
        self.piece, self.message = piece, message


def _filled(base: list[Piece], blocks: Mapping[str, list[Piece]], around: frozenset[str] = frozenset()) -> list[Piece]:
    out: list[Piece] = []
    at = 0
    while at < len(base):
        piece = base[at]
        out.append(piece)
        at += 1
        match = _WORD.match(piece.inner) if piece.word == "block" else None
        if match is None or match.group(1) not in blocks or match.group(1) in around:
            continue
        if len(around) == DEEPEST_BLOCKS:
            raise _TooMuch(piece, f"blocks are nested more than {DEEPEST_BLOCKS} deep")
        name, open_blocks, start = match.group(1), 1, at
        while at < len(base) and open_blocks:
            open_blocks += (base[at].word == "block") - (base[at].word == "endblock")
            at += 1
        old = _filled(base[start : at - 1], blocks, around | {name})
        for own in blocks[name]:
            if len(out) + len(old) > MOST_PIECES:
                raise _TooMuch(own, f"blocks with super() make more than {MOST_PIECES} tags and texts of this letter")
            out += old if own.kind == "print" and _SUPER.fullmatch(own.text) else [own]
        if at - 1 < len(base):
            out.append(base[at - 1])
    return out


def _renamed(piece: Piece, renames: Mapping[str, Mapping[str, str] | str]) -> Piece:
    """Give a tag in which imported names carry the names their macros have in the flat template."""
    if piece.kind == "data":
        return piece
    tokens = _NAME_OR_TEXT.findall(piece.text)
    solid = [i for i, token in enumerate(tokens) if not token.isspace()]
    for n, i in enumerate(solid):
        target = renames.get(tokens[i])
        before = tokens[solid[n - 1]] if n else ""
        after = tokens[solid[n + 1]] if n + 1 < len(solid) else ""
        if target is None or before in (".", "|"):
            continue
        if isinstance(target, str):
            further = tokens[solid[n + 2]] if n + 2 < len(solid) else ""
            keyword = after == "=" and further != "=" and before in ("(", ",") and piece.word != "set"
            tokens[i] = tokens[i] if keyword else target
        elif after == "." and n + 2 < len(solid) and tokens[solid[n + 2]] in target:
            tokens[i] = target[tokens[solid[n + 2]]]
            tokens[solid[n + 1]] = tokens[solid[n + 2]] = ""
    return replace(piece, text="".join(tokens))
