"""The form of what counts calendar units: the unit of a moment, the time between events, the distance of two moments.

They stand in :mod:`orchestrator.compile.features` as terms and predicates like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.condition import Unit
from orchestrator.model.schema import Type

if TYPE_CHECKING:
    from orchestrator.compile.features import Const, Term


@dataclass(frozen=True, slots=True)
class UnitOf:
    """A whole number that tells the calendar unit of an instant from all others, on the clocks of ``zone``."""

    unit: Unit
    of: Term
    zone: str
    week_starts: int = 0
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class SpanOf:
    """The number, from 0 on, of the span that an instant lies in: so many of the ``edges`` are not after it."""

    edges: tuple[Const, ...]
    of: Term
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class SinceOther:
    """Elapsed time since the event before it, in ``unit``; the one before is among those that the metric counts."""

    unit: Unit
    type: Type = Type.DECIMAL


@dataclass(frozen=True, slots=True)
class Within:
    """``of`` lies at most ``count`` units after ``point``, or (``before``) at most so many before it.

    Which side of the point it lies on, another comparison says. Units are the calendar's on the clocks of ``zone``.
    """

    of: Term
    point: Term
    count: int
    unit: Unit
    zone: str
    before: bool = False
