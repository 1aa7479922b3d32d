"""A YAML tree against the keys that a file may have: the values, and each problem at its own place.

The keys are pydantic models. Their complaints are said again in our words; what cannot be used is taken out and
the rest is read on, so that one run shows every problem of a file.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from orchestrator.language.yaml import Document, Entry, Map, Node, Scalar, Seq, walk
from orchestrator.model.diagnostic import Diagnostic, Fix, Span
from orchestrator.model.suggest import closest

Loc = tuple[str | int, ...]
MOST = 100
"""Problems of one file that are told one by one in one round."""


class Keys(BaseModel):
    """The keys of one mapping: no others, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


M = TypeVar("M", bound=Keys)


@dataclass
class Reading(Generic[M]):
    """What one file said. ``shape`` is None when too much is missing; ``dropped`` are the places taken out."""

    document: Document
    problems: list[Diagnostic]
    shape: M | None = None
    dropped: set[Loc] = field(default_factory=set)
    _out: set[int] = field(default_factory=set)
    _lists: dict[int, list[Node]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Give the file's path."""
        return self.document.path

    def node(self, *loc: str | int) -> Node | None:
        """Give the node at ``loc`` exactly, None when there is none."""
        here = self.document.root
        for part in loc:
            here = self._child(here, part)
            if here is None:
                return None
        return here

    def span(self, *loc: str | int) -> Span:
        """Give the place of the value at ``loc``, of its nearest parent where there is none."""
        here, last = self.document.root, None
        for part in loc:
            below = self._child(here, part)
            if below is None:
                break
            last, here = self._key(here, part), below
        if here is None:
            return self.document.lines.span(0, 0)
        return value_span(self.document, last, here)

    def key_span(self, *loc: str | int) -> Span:
        """Give the place of the key at ``loc``; list items and missing keys have that of their nearest key."""
        for length in range(len(loc), 0, -1):
            parent = self.node(*loc[: length - 1])
            key = self._key(parent, loc[length - 1])
            if key is not None:
                return key
        return self.span(*loc)

    def add(self, span: Span, code: str, message: str, *help: str, label: str = "") -> None:
        """Note one more problem."""
        self.problems.append(Diagnostic(span, code, message, help=help, label=label))

    def lost(self, *loc: str | int) -> bool:
        """Tell whether something at ``loc`` or below it was taken out: what it lacks now was said."""
        return any(gone[: len(loc)] == loc for gone in self.dropped)

    def _kept(self, node: Seq) -> list[Node]:
        if id(node) not in self._lists:
            self._lists[id(node)] = [item for item in node.items if id(item) not in self._out]
        return self._lists[id(node)]

    def _child(self, node: Node | None, part: str | int) -> Node | None:
        if isinstance(node, Map):
            entry = node.by_key.get(str(part))
            return None if entry is None or id(entry) in self._out else entry.value
        if isinstance(node, Seq) and isinstance(part, int):
            items = self._kept(node)
            return items[part] if part < len(items) else None
        return None

    def _key(self, node: Node | None, part: str | int) -> Span | None:
        entry = node.by_key.get(str(part)) if isinstance(node, Map) else None
        return None if entry is None else entry.key.span

    def _data(self, node: Node) -> Any:
        if isinstance(node, Scalar):
            return None if node.is_null else node.value
        if isinstance(node, Map):
            return {e.key.value: self._data(e.value) for e in node.entries if id(e) not in self._out}
        return [self._data(item) for item in self._kept(node)]

    def drop(self, loc: Loc) -> bool:
        """Take the value at ``loc`` out; False when there is nothing to take."""
        parent = self.node(*loc[:-1]) if loc else None
        if isinstance(parent, Map):
            entry = parent.by_key.get(str(loc[-1]))
            if entry is not None and id(entry) not in self._out:
                self._out.add(id(entry))
                self.dropped.add(loc)
                return True
        if isinstance(parent, Seq) and isinstance(loc[-1], int):
            items = self._kept(parent)
            if loc[-1] < len(items):
                self._out.add(id(items.pop(loc[-1])))
                self.dropped.add(loc)
                return True
        return False


def read(model: type[M], document: Document, problems: list[Diagnostic], later: Mapping[str, str]) -> Reading[M]:
    """Read ``document`` as ``model``; ``later`` maps a key's path (``steps.*.wait``) to what it will do one day."""
    reading: Reading[M] = Reading(document, list(problems))
    root = document.root
    if root is None:
        return reading
    if not isinstance(root, Map):
        reading.add(first_line(document, root), "E004", "the file must hold keys", "write `key: value`, one key a line")
        return reading
    _refuse_later(reading, root, later)
    known = _later_keys(later)
    for _ in range(30):
        try:
            reading.shape = model.model_validate(reading._data(root))
        except ValidationError as error:
            if not _complain(reading, model, error, known):
                return reading
        else:
            return reading
    return reading


def _refuse_later(reading: Reading[M], root: Map, later: Mapping[str, str]) -> None:
    rows: dict[tuple[int, str], list[tuple[list[str], str]]] = {}
    for path, what in later.items():
        parts = path.split(".")
        rows.setdefault((len(parts), parts[-1]), []).append((parts, what))
    found = []
    for loc, _ in walk(root):
        for end in (loc[-1], "*") if loc else ():
            for row, what in rows.get((len(loc), str(end)), ()):
                if all(want == "*" or want == part for want, part in zip(row, loc, strict=True)):
                    found.append((loc, what))
    for loc, what in found:
        reading.add(
            reading.key_span(*loc),
            "E003",
            f"`{loc[-1]}` comes later: {what}",
            "take the key out; this version of orc does not read it",
        )
    for loc, _ in reversed(found):
        reading.drop(loc)


def _later_keys(later: Mapping[str, str]) -> set[str]:
    return {path.rsplit(".", 1)[-1] for path in later} - {"*"}


def _complain(reading: Reading[M], model: type[M], error: ValidationError, later: set[str]) -> bool:
    """Say each complaint once and take out what it is about; False when nothing is left to take."""
    went = False
    drops: list[Loc] = []
    complaints = error.errors(include_url=False)
    if len(complaints) > MOST:
        more = f"the file has {len(complaints) - MOST:,} more problems of this kind"
        reading.add(first_line(reading.document, reading.document.root), "E025", more, "put the first ones right")
    for number, said in enumerate(complaints):
        loc = tuple(said["loc"])
        on_key = bool(loc) and loc[-1] == "[key]"
        loc = loc[:-1] if on_key else loc
        kind = said["type"]
        if number >= MOST:
            drops.append(loc[:-1] if kind == "missing" else loc)
            continue
        if kind == "missing":
            if loc not in reading.dropped:
                reading.problems.append(_missing(reading, model, loc))
            drops.append(loc[:-1])
            continue
        drops.append(loc)
        if kind == "extra_forbidden":
            reading.problems.append(_unknown(reading, model, loc))
            continue
        ctx = said.get("ctx", {})
        if kind[:1] in "EWY" and kind[1:].isdigit():
            span = reading.key_span(*loc) if on_key else reading.span(*loc)
            help = (ctx["write"],) if ctx.get("write") else tuple(ctx.get("help", ()))
            fix = Fix(span, ctx["write"]) if ctx.get("write") and span.line == span.end_line else None
            label = f"did you mean `{ctx['write']}`?" if ctx.get("write") else ""
            reading.problems.append(Diagnostic(span, kind, ctx["said"], help=help, label=label, fix=fix))
        else:
            reading.problems.append(_wrong_kind(reading, loc, kind, said.get("input")))
    for loc in sorted(set(drops), key=lambda loc: [str(part).zfill(8) for part in loc], reverse=True):
        while loc and not reading.drop(loc):
            loc = loc[:-1]
        went |= bool(loc)
    return went


def _missing(reading: Reading[M], model: type[M], loc: Loc) -> Diagnostic:
    parent = reading.node(*loc[:-1])
    info = fields_at(model, loc[:-1]).get(str(loc[-1]))
    examples = (info.examples or []) if info is not None else []
    if len(loc) > 1 and isinstance(loc[-2], str):
        span = reading.key_span(*loc[:-1])
    else:
        span = first_line(reading.document, parent or reading.document.root)
    return Diagnostic(span, "E002", f"`{loc[-1]}` is missing", help=tuple(f"{example}" for example in examples))


def _unknown(reading: Reading[M], model: type[M], loc: Loc) -> Diagnostic:
    span = reading.key_span(*loc)
    name = str(loc[-1])
    parent = reading.node(*loc[:-1])
    in_braces = isinstance(parent, Map) and parent.in_braces
    if in_braces and any(sign in name for sign in '() "'):
        from orchestrator.language.yaml_errors import braces

        return braces(reading.document.lines, span.start, span.end)
    known = list(fields_at(model, loc[:-1]))
    near = closest(name, known, 1)
    where = ".".join(str(part) for part in loc[:-1] if isinstance(part, str))
    message = f"unknown key `{name}`" + (f" in `{where}`" if where else "")
    if near:
        return Diagnostic(
            span, "E001", message, help=(f"{near[0]}:",), label=f"did you mean `{near[0]}`?", fix=Fix(span, near[0])
        )
    listed = ", ".join(known[:24])
    return Diagnostic(span, "E001", message, notes=(f"the keys here are {listed}",) if known else ())


_WANTED = {
    "dict_type": "keys below it",
    "model_type": "keys below it",
    "model_attributes_type": "keys below it",
    "list_type": "a list (`- item`, one a line)",
    "string_type": "a text",
}


def _wrong_kind(reading: Reading[M], loc: Loc, kind: str, given: object) -> Diagnostic:
    name = next((str(part) for part in reversed(loc) if isinstance(part, str)), "the file")
    if given is None:
        return Diagnostic(
            reading.key_span(*loc), "E005", f"`{name}` has no value", help=("write one, or delete the key",)
        )
    wanted = _WANTED.get(kind, "something else")
    found = "keys" if isinstance(given, dict) else "a list" if isinstance(given, list) else "a text"
    return Diagnostic(reading.span(*loc), "E004", f"`{name}` takes {wanted}, and here is {found}")


def fields_at(model: type[BaseModel], loc: Loc) -> dict[str, FieldInfo]:
    """Give the keys that the mapping at ``loc`` may have, by the name that authors write."""
    here: Any = model
    for part in loc:
        here = _below(here, part)
        if here is None:
            return {}
    here = _plain(here)
    if not (isinstance(here, type) and issubclass(here, BaseModel)):
        return {}
    return {info.alias or name: info for name, info in here.model_fields.items()}


def _below(annotation: Any, part: str | int) -> Any:
    annotation = _plain(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if (info.alias or name) == part:
                return info.annotation
        return None
    arguments = typing.get_args(annotation)
    return arguments[-1] if arguments else None


def _plain(annotation: Any) -> Any:
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
        else:
            return annotation


def content_span(document: Document, scalar: Scalar) -> Span:
    """Give the place of a scalar's text: without quotes, and for ``|`` and ``>`` without the first line."""
    start, end = scalar.span.start, scalar.span.end
    text = document.lines.text
    if scalar.style in ("'", '"'):
        start, end = start + 1, end - 1
    elif scalar.style in ("|", ">"):
        start = min(text.find("\n", start, end) + 1 or end, end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return document.lines.span(start, end)


def value_span(document: Document, key: Span | None, node: Node) -> Span:
    """Give the place of a value that fits on one line: the text itself, or the key of a list or of keys."""
    if isinstance(node, Scalar) and node.value:
        return content_span(document, node)
    return key if key is not None else first_line(document, node)


def first_line(document: Document, node: Node | None) -> Span:
    """Give the first key or item of a node: a caret that fits on one line."""
    while isinstance(node, Map | Seq):
        below = node.entries[0].key if isinstance(node, Map) and node.entries else None
        if isinstance(node, Seq) and node.items:
            node = node.items[0]
            continue
        if below is None:
            return document.lines.span(node.span.start, min(node.span.start + 1, node.span.end))
        return below.span
    return document.lines.span(0, 0) if node is None else node.span


__all__ = ["Document", "Entry", "Keys", "Reading", "content_span", "fields_at", "first_line", "read"]
