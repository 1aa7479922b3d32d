"""The form of what depends on other people: a bucket, an aggregate of everybody's events, the few, the only one.

They stand in :mod:`orchestrator.compile.features` as terms and predicates like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.model.schema import Type

if TYPE_CHECKING:
    from orchestrator.compile.features import Metric, Pred, Term


@dataclass(frozen=True, slots=True)
class Bucketed:
    """``1 + floor(count * (rank - 1) / n)`` among the n people of ``among`` with a known value (A35, A36).

    Unknown for everybody else. ``each`` ranks within groups; an unknown group is not ranked.
    """

    by: Term
    count: int
    highest: bool
    among: Pred
    each: Term | None = None
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class Overall:
    """A metric made of the events of all people of ``among`` together: one value, the same for everybody."""

    metric: Metric
    among: Pred

    @property
    def type(self) -> Type:
        """Give the type of the metric."""
        return self.metric.type


@dataclass(frozen=True, slots=True)
class Heaviest:
    """Among the fewest who have ``share`` of a value's total: those with strictly more have less than that (A69).

    Only people of ``among`` with a known value above 0 take part.
    """

    by: Term
    share: Decimal
    among: Pred
    each: Term | None = None


@dataclass(frozen=True, slots=True)
class Alone:
    """The value is known, and no other person of the whole entity has the same one."""

    value: Term
