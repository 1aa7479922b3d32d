"""Parameters of segments: their declaration, their places in a condition, and the values that a reference gives.

A condition with parameters is never asked as it stands: :func:`filled` puts values in their places first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from orchestrator.model.diagnostic import NOWHERE, Span
from orchestrator.model.literal import Literal, Node, Number
from orchestrator.model.spelling import entries, literal

Given = Literal | tuple[Literal, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """``$min: money = 500 EUR`` in the head of a segment; ``type`` is the word the author wrote.

    ``of`` is set for lists only: ``$countries: list(text)`` has the type ``list`` of ``text``.
    """

    name: str
    type: str
    of: str | None = None
    default: Given | None = None


@dataclass(frozen=True, slots=True)
class Param(Node):
    """``$min`` where a value, a point in time or a list stands."""

    name: str


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """``$min = 900 EUR`` in a reference to a segment."""

    name: str
    value: Given

    def __str__(self) -> str:
        """Give its spelling."""
        return f"${self.name} = {entries(self.value) if isinstance(self.value, tuple) else literal(self.value)}"


class CountParam(int):
    """``$n`` where a whole number stands: a count, a number of days. It counts as 1 until it is filled."""

    name: str
    span: Span

    def __new__(cls, name: str, span: Span = NOWHERE) -> CountParam:
        """Stand for the parameter of that name."""
        made = super().__new__(cls, 1)
        made.name, made.span = name, span
        return made

    def __eq__(self, other: object) -> bool:
        """Be equal only to the same parameter."""
        return isinstance(other, CountParam) and other.name == self.name

    def __ne__(self, other: object) -> bool:
        """Be different from every number."""
        return not self == other

    def __hash__(self) -> int:
        """Go by the name."""
        return hash(("$", self.name))

    def __format__(self, spec: str) -> str:
        """Print as the parameter."""
        return f"${self.name}"

    def __str__(self) -> str:
        """Print as the parameter."""
        return f"${self.name}"

    __repr__ = __str__


class ShareParam(Decimal):
    """``$part`` where a share of people stands: ``in top $part by points``. It counts as all until it is filled."""

    name: str
    span: Span

    def __new__(cls, name: str, span: Span = NOWHERE) -> ShareParam:
        """Stand for the parameter of that name."""
        made = super().__new__(cls, 1)
        made.name, made.span = name, span
        return made

    def __eq__(self, other: object) -> bool:
        """Be equal only to the same parameter."""
        return isinstance(other, ShareParam) and other.name == self.name

    def __ne__(self, other: object) -> bool:
        """Be different from every number."""
        return not self == other

    def __hash__(self) -> int:
        """Go by the name."""
        return hash(("$", self.name))

    def __str__(self) -> str:
        """Print as the parameter."""
        return f"${self.name}"

    __repr__ = __str__


Place = Param | CountParam | ShareParam


def used(node: object) -> Iterator[Place]:
    """Yield every place of a parameter in a tree, in the order of the text."""
    if isinstance(node, Param | CountParam | ShareParam):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from used(item)
    elif is_dataclass(node) and not isinstance(node, Span):
        for field in fields(node):
            yield from used(getattr(node, field.name))


def filled(node: T, values: Mapping[str, Given]) -> T:
    """Give a tree with values in place of parameters; a name without a value stays."""
    found: Any = node
    if isinstance(found, Param):
        found = values.get(found.name, found)
    elif isinstance(found, CountParam):
        value = values.get(found.name)
        found = int(value.value) if isinstance(value, Number) else found
    elif isinstance(found, ShareParam):
        value = values.get(found.name)
        found = value.value if isinstance(value, Number) else found
    elif isinstance(found, tuple):
        made = tuple(filled(item, values) for item in found)
        found = found if all(new is old for new, old in zip(made, found, strict=True)) else made
    elif is_dataclass(found) and not isinstance(found, Span | type):
        changed = {}
        for field in fields(found):
            old = getattr(found, field.name)
            new = filled(old, values)
            if new is not old:
                changed[field.name] = new
        found = replace(found, **changed) if changed else found
    return found  # type: ignore[no-any-return]
