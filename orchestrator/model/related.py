"""Tests of what belongs to a person: the entries of a list, related rows, and members of another entity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.model.literal import Literal, Node
from orchestrator.model.parameter import Param
from orchestrator.model.value import Attr, Event, ListRef, SegmentRef

if TYPE_CHECKING:
    from orchestrator.model.condition import Condition, Quantity
    from orchestrator.model.value import Value


class Which(StrEnum):
    """How many of several things a test is about."""

    ANY = "any"
    ALL = "all"
    NONE = "none"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class HasItems(Node):
    """``tags has "vip"``, ``tags has any of (…)``, ``has all of (…)``, ``has none of (…)``.

    A missing list is an empty one (A3). One written entry with ``any`` is printed as ``has "vip"``.
    """

    of: Attr
    items: tuple[Literal, ...] | ListRef | Param
    which: Which = Which.ANY


@dataclass(frozen=True, slots=True)
class HasItem(Node):
    """``items has item where (…)``: one entry that satisfies all of it; ``no`` (NONE) or ``every`` (A56)."""

    of: Attr
    where: Condition
    which: Which = Which.ANY


@dataclass(frozen=True, slots=True)
class HasRelated(Node):
    """``has device where (…)``, ``has no …``, ``has every …``, ``has at least 3 devices where (…)``.

    A quantity stands only with ANY. ``event`` names a relation, or an entity whose parent asks.
    """

    event: Event
    which: Which = Which.ANY
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class InSegmentOf(Node):
    """``account is in segment big_accounts``: what the name points at is a member; negated, its complement."""

    of: Value
    ref: SegmentRef
    negated: bool = False
