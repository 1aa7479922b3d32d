"""What is asked of a person among others: equal groups, the few who make up most, the only one, everyone's average."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.model.literal import Node

if TYPE_CHECKING:
    from orchestrator.model.value import Aggregate, Attr, SegmentRef, Value


@dataclass(frozen=True, slots=True)
class Bucket(Node):
    """``bucket 5 by recency highest first within each country among segment buyers``: 1 for the first group.

    Stands only as the whole value of a trait. Without a word about the order the lowest come first.
    """

    count: int
    by: Value
    highest: bool = False
    each: Attr | None = None
    among: SegmentRef | None = None


@dataclass(frozen=True, slots=True)
class Across(Node):
    """``avg of purchase.amount ever across everyone``: of all events of everybody, or of a segment's members."""

    of: Aggregate
    among: SegmentRef | None = None


@dataclass(frozen=True, slots=True)
class Cumulative(Node):
    """``in smallest group with 80% of lifetime_value``; ``share`` is 0.8."""

    share: Decimal
    by: Value
    each: Attr | None = None
    among: SegmentRef | None = None


@dataclass(frozen=True, slots=True)
class IsUnique(Node):
    """``email is unique``: known, and nobody else of the entity has the same; negated, the complement."""

    value: Value
    negated: bool = False
