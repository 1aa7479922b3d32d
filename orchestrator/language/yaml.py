"""Text of a YAML file to a tree of located texts, strictly: nothing is guessed, nothing is dropped.

Every scalar stays the text that the author wrote (``NO`` is Norway, ``10:30`` a time, ``012`` a text); what it
means, the reader of the file decides. Refused with a place: duplicate keys, anchors, aliases, tags, merge keys,
several documents, tabs as indentation, forbidden characters, files that are too big or nested too deeply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from orchestrator.language.files import MAX_BYTES, too_big
from orchestrator.language.places import Lines
from orchestrator.language.yaml_errors import mistake
from orchestrator.model.diagnostic import Diagnostic, Related, Span

MAX_DEPTH = 50

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|\r(?!\n)")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. ``style`` is ``""`` (plain), ``'``, ``"``, ``|`` or ``>``; ``in_braces`` inside ``{ }`` or ``[ ]``."""

    value: str
    span: Span
    style: str = ""
    in_braces: bool = False

    @property
    def is_null(self) -> bool:
        """Tell whether nothing was written: an empty plain value, ``~`` or ``null``."""
        return self.style == "" and self.value in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``key: value``."""

    key: Scalar
    value: Node


@dataclass(slots=True)
class Map:
    """A mapping, in the order of the file."""

    span: Span
    in_braces: bool = False
    by_key: dict[str, Entry] = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        """Give all pairs, in the order of the file."""
        return list(self.by_key.values())

    def get(self, key: str) -> Node | None:
        """Give the value of ``key``, None when it is not there."""
        entry = self.by_key.get(key)
        return None if entry is None else entry.value

    def key(self, key: str) -> Scalar | None:
        """Give the key itself, for its place."""
        entry = self.by_key.get(key)
        return None if entry is None else entry.key


@dataclass(slots=True)
class Seq:
    """A list."""

    span: Span
    in_braces: bool = False
    items: list[Node] = field(default_factory=list)


Node = Scalar | Map | Seq


@dataclass(frozen=True, slots=True)
class Document:
    """One file: ``root`` is None where nothing could be read."""

    path: str
    lines: Lines
    root: Node | None


def read_yaml(text: str, path: str, limit: int = MAX_BYTES) -> tuple[Document, list[Diagnostic]]:
    """Give the tree of ``text`` and every structural problem found in it; never raises for what an author wrote."""
    lines = Lines(text, path)
    if len(text) > limit:
        return Document(path, lines, None), [too_big(path, len(text), limit)]
    found = _FORBIDDEN.search(text)
    if found:
        code = f"U+{ord(found.group()[0]):04X}"
        problem = Diagnostic(
            lines.span(found.start(), found.end()),
            "Y005",
            f"the file holds a character that is not text ({code})",
            help=("delete it; if the whole file looks strange, save it again as UTF-8",),
        )
        return Document(path, lines, None), [problem]
    builder = _Builder(lines)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not builder.take(event):
                break
    except yaml.YAMLError as error:
        builder.problems.append(mistake(error, lines, builder.open_brace()))
        return Document(path, lines, None), builder.problems
    if builder.root is None and not builder.problems:
        builder.problems.append(
            Diagnostic(lines.span(0, 0), "Y010", "the file is empty", help=("write its keys, or delete the file",))
        )
    return Document(path, lines, builder.root), builder.problems


class _Builder:
    """Takes parser events one by one; keeps its own stack, so depth costs nothing."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.root: Node | None = None
        self.problems: list[Diagnostic] = []
        self._stack: list[Map | Seq] = []
        self._keys: list[Scalar | None] = []
        self._seen: list[dict[str, Scalar]] = []
        self._documents = 0

    def open_brace(self) -> Span | None:
        """Give the place of the innermost ``{ }`` or ``[ ]`` that is still open."""
        return self._stack[-1].span if self._stack and self._stack[-1].in_braces else None

    def take(self, event: yaml.events.Event) -> bool:
        """Take one event; False when reading on makes no sense."""
        marks = event.start_mark, event.end_mark
        start, end = (mark.index if mark is not None else 0 for mark in marks)
        if isinstance(event, yaml.events.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._add("Y009", start, start + 3, "a second document starts here", "one file holds one document")
                return False
            return True
        if isinstance(event, yaml.events.AliasEvent):
            self._add("Y008", start, end, f"`*{event.anchor}` repeats another part of the file", "write the text out")
            self._put(Scalar("", self.lines.span(start, end), "*"))
            return True
        if isinstance(event, yaml.events.NodeEvent):
            self._refuse_extras(event, start)
        if isinstance(event, yaml.events.ScalarEvent):
            style = event.style if event.style in ("'", '"', "|", ">") else ""
            self._put(Scalar(event.value, self.lines.span(start, end), style, self.open_brace() is not None))
        elif isinstance(event, yaml.events.CollectionStartEvent):
            if len(self._stack) >= MAX_DEPTH:
                self._add("Y007", start, end, f"brackets or lists are nested more than {MAX_DEPTH} deep", "flatten it")
                return False
            span = self.lines.span(start, end)
            braces = bool(event.flow_style)
            self._open(Map(span, braces) if isinstance(event, yaml.events.MappingStartEvent) else Seq(span, braces))
        elif isinstance(event, yaml.events.CollectionEndEvent):
            node = self._stack.pop()
            self._keys.pop()
            self._seen.pop()
            node.span = node.span.to(self.lines.span(start, end))
        return True

    def _refuse_extras(self, event: yaml.events.NodeEvent, start: int) -> None:
        if event.anchor is not None:
            width = len(event.anchor) + 1
            self._add("Y008", start, start + width, f"`&{event.anchor}` names a part of the file", "write the text out")
        tag = getattr(event, "tag", None)
        if tag is not None and not (tag == "!" and getattr(event, "style", "") != ""):
            said = self.lines.rest_of_line(start).split()[:1]
            word = said[0] if said else "!"
            self._add("Y008", start, start + len(word), f"`{word}` is a YAML tag", "leave it out: types are known here")

    def _open(self, node: Map | Seq) -> None:
        if self._stack and isinstance(self._stack[-1], Map) and self._keys[-1] is None:
            self._add("Y011", node.span.start, node.span.end, "a key must be a word", "write `key: value`")
        self._put(node)
        self._stack.append(node)
        self._keys.append(None)
        self._seen.append({})

    def _put(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if isinstance(parent, Seq):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node if isinstance(node, Scalar) else Scalar("", node.span)
            return
        self._keys[-1] = None
        self._pair(parent, key, node)

    def _pair(self, parent: Map, key: Scalar, value: Node) -> None:
        if key.value == "<<" and key.style == "":
            self._add("Y008", key.span.start, key.span.end, "`<<` merges other keys in", "write the keys out")
            return
        first = self._seen[-1].setdefault(key.value, key)
        if first is not key:
            self.problems.append(
                Diagnostic(
                    key.span,
                    "Y003",
                    f"`{key.value}` is given twice",
                    label="the second time",
                    help=("keep one of the two",),
                    related=(Related(first.span, "first given here"),),
                )
            )
            return
        parent.by_key[key.value] = Entry(key, value)

    def _add(self, code: str, start: int, end: int, message: str, help: str) -> None:
        self.problems.append(Diagnostic(self.lines.span(start, end), code, message, help=(help,)))


def walk(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Yield (path, node) of ``node`` and all below it, parents first; list items are numbered from 0."""
    yield path, node
    if isinstance(node, Map):
        for entry in node.entries:
            yield from walk(entry.value, (*path, entry.key.value))
    elif isinstance(node, Seq):
        for number, item in enumerate(node.items):
            yield from walk(item, (*path, number))
