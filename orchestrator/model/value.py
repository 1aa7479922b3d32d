"""What a test looks at: names, events, points and windows of time, and the values made of them.

An event's filter is a condition again, so this file and ``condition`` describe one recursive tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.model.literal import Date, DateTime, Literal, Node, Unit
from orchestrator.model.measure import Fn, Share, Spacing
from orchestrator.model.parameter import Argument, Param
from orchestrator.model.population import Across as Across
from orchestrator.model.population import Bucket as Bucket
from orchestrator.model.span import Beside, During, InEach

if TYPE_CHECKING:
    from orchestrator.model.condition import Condition


# ------------------------------------------------------------------ names


@dataclass(frozen=True, slots=True)
class Attr(Node):
    """A dotted name: an attribute, a trait or, inside an event's filter, one of the event's properties.

    ``customer.size`` is qualified by its owner; which it is, ``compile/`` decides with the schema.
    """

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """Give the dotted spelling."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class SegmentRef(Node):
    """``vip``, ``lifecycle.at_risk`` for one cell of a partition, or ``big_spenders($min = 900 EUR)``."""

    name: str
    cell: str | None = None
    args: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        """Give the spelling that follows the word ``segment``."""
        given = f"({', '.join(map(str, self.args))})" if self.args else ""
        return f"{self.name}{'' if self.cell is None else f'.{self.cell}'}{given}"


@dataclass(frozen=True, slots=True)
class Event(Node):
    """An event's name (of the schema, or a named event) and the filter on its properties."""

    name: str
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class ListRef(Node):
    """The name of a ``list`` definition."""

    name: str


# ------------------------------------------------------------------ time: points are spans, windows are ranges


class Edge(StrEnum):
    """Which one of a person's events is meant."""

    FIRST = "first"
    LAST = "last"


class Day(StrEnum):
    """A day named from the frozen clock."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    TOMORROW = "tomorrow"


@dataclass(frozen=True, slots=True)
class Now(Node):
    """``now``: the frozen ``as_of``, an instant."""


@dataclass(frozen=True, slots=True)
class DayPoint(Node):
    """``today``, ``yesterday``, ``tomorrow``; ``local`` counts it in the person's zone."""

    day: Day
    local: bool = False


@dataclass(frozen=True, slots=True)
class UnitPoint(Node):
    """``this month``, ``previous quarter``: one calendar unit; ``back`` is 0 for this, 1 for previous."""

    unit: Unit
    back: int
    local: bool = False


@dataclass(frozen=True, slots=True)
class Anchor(Node):
    """``first purchase where (…)``, ``last visit``: the instant of one event of this person, over all time."""

    edge: Edge
    event: Event


Point = Date | DateTime | Now | Attr | DayPoint | UnitPoint | Anchor | Param


@dataclass(frozen=True, slots=True)
class Rolling(Node):
    """``in last 30 days`` (``ahead`` false) or ``in next 30 days`` (``ahead`` true)."""

    count: int
    unit: Unit
    local: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Calendar(Node):
    """``in this month`` (``count`` 0) or ``in previous 4 quarters`` (the 4 complete ones before this one)."""

    unit: Unit
    count: int = 0
    local: bool = False


@dataclass(frozen=True, slots=True)
class OnDay(Node):
    """``today`` and its neighbours standing as a window."""

    day: Day
    local: bool = False


@dataclass(frozen=True, slots=True)
class Ever(Node):
    """``ever``: everything before ``as_of``."""


@dataclass(frozen=True, slots=True)
class On(Node):
    """``on P``: inside the span of P."""

    point: Point


@dataclass(frozen=True, slots=True)
class Since(Node):
    """``since P``: from the start of P's span (strictly later when P is an event)."""

    point: Point


@dataclass(frozen=True, slots=True)
class Before(Node):
    """``before P``: up to the start of P's span, which is outside."""

    point: Point


@dataclass(frozen=True, slots=True)
class After(Node):
    """``after P``: from the end of P's span."""

    point: Point


@dataclass(frozen=True, slots=True)
class FromTo(Node):
    """``from S to T``: from the start of S to the end of T, half-open."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class MoreThan(Node):
    """``more than 30 days ago`` (``ahead`` false) or ``more than 3 days from now`` (``ahead`` true)."""

    count: int
    unit: Unit
    local: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class BetweenSpan(Node):
    """``between 30 and 60 days ago`` (``ahead`` false) or ``… from now`` (``ahead`` true)."""

    low: int
    high: int
    unit: Unit
    ahead: bool = False


Window = (
    Rolling
    | Calendar
    | OnDay
    | Ever
    | On
    | Since
    | Before
    | After
    | FromTo
    | MoreThan
    | BetweenSpan
    | InEach
    | Beside
    | During
)


# ------------------------------------------------------------------ values


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``a + b``, ``a - b``, ``a * b``, ``a / b`` (always decimal; by zero is unknown)."""

    op: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """``sum of purchase.amount where (…) in last 30 days``, ``count of visit ever``.

    ``prop`` is the dotted property behind the event, empty for a plain count.
    """

    fn: Fn
    event: Event
    prop: tuple[str, ...]
    window: Window | None


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """``first purchase.coupon``, ``last visit.device where (…)``: the first or last event's own value."""

    edge: Edge
    event: Event
    prop: tuple[str, ...]
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Elapsed(Node):
    """``days since created_at``, ``hours since last visit``: whole calendar units up to ``as_of``."""

    unit: Unit
    of: Attr | Anchor
    local: bool = False


@dataclass(frozen=True, slots=True)
class Remaining(Node):
    """``days until renews_at``, ``days until anniversary of birth_date``."""

    unit: Unit
    of: Attr
    anniversary: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Part(Node):
    """``month of now``, ``hour of happened_at``, ``weekday of now`` (``unit`` None): a part of the calendar."""

    unit: Unit | None
    of: Attr | Now
    local: bool = False


Value = (
    Literal
    | Attr
    | Arithmetic
    | Aggregate
    | Pick
    | Elapsed
    | Remaining
    | Part
    | Share
    | Spacing
    | Across
    | Bucket
    | Param
)  # fmt: skip
