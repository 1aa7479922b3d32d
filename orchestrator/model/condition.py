"""The tree of a segment: what an author wrote, before any name in it is resolved.

``language/`` builds it, ``compile/`` gives it a type and a meaning, ``language/format`` prints it back. Every
node is frozen and carries its place as ``span``, which takes no part in equality: two conditions are equal
when they say the same, wherever they stand. Constructs of edition 1 without a node here are refused by
``language/`` with a sentence that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orchestrator.model.elsewhere import Moved as Moved
from orchestrator.model.elsewhere import Sample as Sample
from orchestrator.model.literal import Bool as Bool
from orchestrator.model.literal import Date as Date
from orchestrator.model.literal import DateTime as DateTime
from orchestrator.model.literal import Literal as Literal
from orchestrator.model.literal import Money as Money
from orchestrator.model.literal import Node as Node
from orchestrator.model.literal import Number as Number
from orchestrator.model.literal import Text as Text
from orchestrator.model.literal import Unit as Unit
from orchestrator.model.measure import Fn as Fn
from orchestrator.model.measure import Share as Share
from orchestrator.model.measure import Spacing as Spacing
from orchestrator.model.parameter import Argument as Argument
from orchestrator.model.parameter import CountParam as CountParam
from orchestrator.model.parameter import Param as Param
from orchestrator.model.parameter import Parameter as Parameter
from orchestrator.model.parameter import ShareParam as ShareParam
from orchestrator.model.population import Across as Across
from orchestrator.model.population import Bucket as Bucket
from orchestrator.model.population import Cumulative as Cumulative
from orchestrator.model.population import IsUnique as IsUnique
from orchestrator.model.raw import RawColumn as RawColumn
from orchestrator.model.raw import RawSql as RawSql
from orchestrator.model.raw import RawText as RawText
from orchestrator.model.related import HasItem as HasItem
from orchestrator.model.related import HasItems as HasItems
from orchestrator.model.related import HasRelated as HasRelated
from orchestrator.model.related import InSegmentOf as InSegmentOf
from orchestrator.model.related import Which as Which
from orchestrator.model.sequence import Link as Link
from orchestrator.model.sequence import Sequence as Sequence
from orchestrator.model.sequence import Step as Step
from orchestrator.model.sequence import Within as Within
from orchestrator.model.span import Beside as Beside
from orchestrator.model.span import During as During
from orchestrator.model.span import InEach as InEach
from orchestrator.model.special import Changed as Changed
from orchestrator.model.special import Held as Held
from orchestrator.model.special import Inside as Inside
from orchestrator.model.special import LatLon as LatLon
from orchestrator.model.special import NamedPlace as NamedPlace
from orchestrator.model.special import Near as Near
from orchestrator.model.value import After as After
from orchestrator.model.value import Aggregate as Aggregate
from orchestrator.model.value import Anchor as Anchor
from orchestrator.model.value import Arithmetic as Arithmetic
from orchestrator.model.value import Attr as Attr
from orchestrator.model.value import Before as Before
from orchestrator.model.value import BetweenSpan as BetweenSpan
from orchestrator.model.value import Calendar as Calendar
from orchestrator.model.value import Day as Day
from orchestrator.model.value import DayPoint as DayPoint
from orchestrator.model.value import Edge as Edge
from orchestrator.model.value import Elapsed as Elapsed
from orchestrator.model.value import Event as Event
from orchestrator.model.value import Ever as Ever
from orchestrator.model.value import FromTo as FromTo
from orchestrator.model.value import ListRef as ListRef
from orchestrator.model.value import MoreThan as MoreThan
from orchestrator.model.value import Now as Now
from orchestrator.model.value import On as On
from orchestrator.model.value import OnDay as OnDay
from orchestrator.model.value import Part as Part
from orchestrator.model.value import Pick as Pick
from orchestrator.model.value import Point as Point
from orchestrator.model.value import Remaining as Remaining
from orchestrator.model.value import Rolling as Rolling
from orchestrator.model.value import SegmentRef as SegmentRef
from orchestrator.model.value import Since as Since
from orchestrator.model.value import UnitPoint as UnitPoint
from orchestrator.model.value import Value as Value
from orchestrator.model.value import Window as Window


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
    items: tuple[Literal, ...] | ListRef | Param
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

    ``window`` is None only where the author left it out, which is a diagnostic of ``compile/``. ``unit`` is set for
    ``on at least 3 local days``: the quantity then counts the calendar units that hold an event.
    """

    event: Event
    quantity: Quantity | None
    window: Window | None
    negated: bool = False
    unit: Unit | None = None
    local: bool = False


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
    | Sequence
    | InSegment
    | Rank
    | Consent
    | Cumulative
    | IsUnique
    | Sample
    | Moved
    | Held
    | Changed
    | HasItems
    | HasItem
    | HasRelated
    | InSegmentOf
    | Near
    | Inside
    | RawSql
)

NEGATABLE: tuple[type[Node], ...] = (
    InSegment,
    Rank,
    Cumulative,
    Sample,
    Moved,
)
"""Conditions that take a bare ``not`` in front; all others have a verb to negate, or brackets."""
