"""The intermediate form of a sequence: rows of events, and how each step hangs on the last one that happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.compile.features import Column, Metric


@dataclass(frozen=True, slots=True)
class Hop:
    """Events strictly later than those of the last wanted step, at most ``within`` microseconds (None: whenever).

    ``wanted``: there is one, and the next hop counts from it; otherwise there is none. ``same`` are the two columns
    (of the step before, of these events) whose values are known and equal.
    """

    metric: Metric
    wanted: bool
    within: int | None = None
    same: tuple[Column, Column] | None = None


@dataclass(frozen=True, slots=True)
class Chained:
    """Some chain of events fits: one of ``first``, and from there every hop. Of metrics only the rows count."""

    first: Metric
    hops: tuple[Hop, ...]
