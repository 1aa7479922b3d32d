"""The tree of a segment: what an author wrote, before any name in it is resolved.

``language/`` builds it, ``compile/`` gives it a type and a meaning, ``language/format`` prints it back. Every
node is frozen and carries its place as ``span``, which takes no part in equality: two conditions are equal
when they say the same, wherever they stand. Constructs of edition 1 without a node here are refused by
``language/`` with a sentence that says so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from orchestrator.model.diagnostic import NOWHERE, Span


class Unit(StrEnum):
    """A unit of time. Minute and hour are exact; day and longer follow the calendar of a zone."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Node:
    """Something that stands somewhere."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ------------------------------------------------------------------ literals


@dataclass(frozen=True, slots=True)
class Text(Node):
    """``"DE"``, unescaped."""

    value: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """``500``, ``1_000``, ``0.5`` or ``70%`` (0.7, ``percent`` true). ``whole`` when written without a point or ``%``."""

    value: Decimal
    whole: bool = True
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Money(Node):
    """``500 EUR``: major units and an ISO 4217 code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Bool(Node):
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Date(Node):
    """``2026-12-01``: a whole day in the project's zone."""

    value: dt.date


@dataclass(frozen=True, slots=True)
class DateTime(Node):
    """``2026-12-01T10:00``: an instant; without an offset (``tzinfo`` None) in the project's zone."""

    value: dt.datetime


Literal = Text | Number | Money | Bool | Date | DateTime


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
    """``vip``, or ``lifecycle.at_risk`` for one cell of a partition."""

    name: str
    cell: str | None = None

    def __str__(self) -> str:
        """Give the spelling that follows the word ``segment``."""
        return self.name if self.cell is None else f"{self.name}.{self.cell}"


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


Point = Date | DateTime | Now | Attr | DayPoint | UnitPoint | Anchor


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


Window = Rolling | Calendar | OnDay | Ever | On | Since | Before | After | FromTo | MoreThan | BetweenSpan


# ------------------------------------------------------------------ values


class Fn(StrEnum):
    """What an aggregate makes of many events."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    COUNT_DISTINCT = "count distinct"


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


Value = Literal | Attr | Arithmetic | Aggregate | Pick | Elapsed | Remaining | Part


# ------------------------------------------------------------------ conditions


@dataclass(frozen=True, slots=True)
class Everyone(Node):
    """``everyone``."""


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """``a and b``, ``all of (a, b)``."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """``a or b``, ``any of (a, b)``."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf(Node):
    """``none of (a, b)``."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class SomeOf(Node):
    """``at least 2 of (…)`` (``most`` false) or ``at most 2 of (…)`` (``most`` true)."""

    count: int
    items: tuple[Condition, ...]
    most: bool = False


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``not (…)``, ``not in segment x``, ``not in top …``: the true complement."""

    item: Condition


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``a < b`` with one of ``< <= > >=``: numbers, money and (later) versions."""

    op: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Is(Node):
    """``a is b``; negated, the complement: true also where a side is unknown."""

    left: Value
    right: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OneOf(Node):
    """``a is one of ("x", "y")`` or ``… is one of dach``."""

    value: Value
    items: tuple[Literal, ...] | ListRef
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``a is between 1 and 5``, both ends inside."""

    value: Value
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsTime(Node):
    """``created_at is in last 30 days``, ``renews_at is before 2026-12-01``."""

    value: Value
    window: Window
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsMissing(Node):
    """``x is missing``; negated, ``x is known``."""

    value: Value
    negated: bool = False


class TextOp(StrEnum):
    """How a text is searched. All but ``matches`` fold case by the table of the specification (A54)."""

    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    MATCHES = "matches"


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    """``email ends with "@example.com"``, ``name does not contain "test"``."""

    op: TextOp
    value: Value
    pattern: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Anniversary(Node):
    """``anniversary of birth_date is in next 7 days``: some anniversary lies in the window."""

    of: Attr
    window: Window
    negated: bool = False


class Count(StrEnum):
    """How a number of occurrences is compared."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"
    MORE_THAN = "more than"
    FEWER_THAN = "fewer than"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """``at least 3``; ``high`` is set for ``between 3 and 5`` only."""

    kind: Count
    count: int
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Did(Node):
    """``did purchase where (…) at least 3 times in last 30 days``; negated, ``did not …`` without a quantity.

    ``window`` is None only where the author left it out, which is a diagnostic of ``compile/``.
    """

    event: Event
    quantity: Quantity | None
    window: Window | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InSegment(Node):
    """``in segment vip``."""

    ref: SegmentRef


@dataclass(frozen=True, slots=True)
class Rank(Node):
    """``in top 20% by net_revenue within each country among segment buyers``.

    ``share`` (0.2) or ``count`` (100) is set, never both.
    """

    top: bool
    by: Value
    share: Decimal | None = None
    count: int | None = None
    each: Attr | None = None
    among: SegmentRef | None = None


@dataclass(frozen=True, slots=True)
class Consent(Node):
    """``consents to email for promotions``; negated, ``does not consent to …``. No window means now."""

    channel: str
    topic: str
    window: Window | None = None
    negated: bool = False


Condition = (
    Everyone
    | AllOf
    | AnyOf
    | NoneOf
    | SomeOf
    | Not
    | Compare
    | Is
    | OneOf
    | Between
    | IsTime
    | IsMissing
    | TextTest
    | Anniversary
    | Did
    | InSegment
    | Rank
    | Consent
)
