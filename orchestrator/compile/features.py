"""The form between an author's words and SQL: per-person metrics, and a boolean over metrics and attributes.

Names are resolved, windows are bounds in UTC, money has its currency checked. Every test of events has become a
:class:`Metric` (a value that one person has); equal metrics are equal values, so a statement reads each of them
once. A ``Pred`` is true or false for everybody: what is unknown compares false, and :class:`Neg` is the true
complement. Which SQL reads a metric, the dialect decides.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orchestrator.compile.belonging import Elsewhere, Entries, Listing
from orchestrator.compile.calendars import SinceOther, SpanOf, UnitOf, Within
from orchestrator.compile.chain import Chained as Chained
from orchestrator.compile.chain import Hop as Hop
from orchestrator.compile.leaves import Column as Column
from orchestrator.compile.leaves import Const as Const
from orchestrator.compile.leaves import Gap as Gap
from orchestrator.compile.leaves import Ordinal as Ordinal
from orchestrator.compile.leaves import Previous as Previous
from orchestrator.compile.peers import Alone, Bucketed, Heaviest, Overall
from orchestrator.compile.shapes import Placed as Placed
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.messages import OURS
from orchestrator.model.schema import Type


class Home(StrEnum):
    """Where a metric's rows live: the company's database, ours, or nowhere (a hash of the id)."""

    WAREHOUSE = "warehouse"
    STATE = "state"
    COMPUTED = "computed"


OWN_ZONE = ""
"""Stands for the person's own zone where a term names one."""


# ------------------------------------------------------------------ terms: a value of one person (or of one event)


@dataclass(frozen=True, slots=True)
class Arith:
    """Two values with ``+ - * /`` between them. ``/`` is decimal; by zero it is unknown."""

    op: str
    left: Term
    right: Term
    type: Type


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric taken as a value. Counts and sums of nothing are 0, everything else of nothing is unknown."""

    metric: Metric

    @property
    def type(self) -> Type:
        """Give the type of the metric."""
        return self.metric.type


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The largest whole k with ``of`` at most ``as_of`` minus k units, in the calendar of ``zone``."""

    unit: Unit
    of: Term
    as_of: dt.datetime
    zone: str
    ahead: bool = False
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class ByMonthDay:
    """Days until an anniversary: a number by the month and day (``100 * month + day``) of a date before ``today``.

    For ``today`` itself it is ``year``, the number until a year has passed; what is still to come has none.
    """

    of: Term
    zone: str
    today: dt.date
    table: tuple[tuple[int, tuple[int, ...]], ...]
    year: int
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class MonthDay:
    """``100 * month + day`` of a date, or of an instant on the clocks of ``zone``."""

    of: Term
    zone: str
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of the calendar (``unit`` None: the weekday as a lower-case English word) on the clocks of ``zone``."""

    unit: Unit | None
    of: Term
    zone: str

    @property
    def type(self) -> Type:
        """Give text for a weekday, else a whole number."""
        return Type.TEXT if self.unit is None else Type.INT


@dataclass(frozen=True, slots=True)
class DayOf:
    """The day on which an instant falls on the clocks of ``zone``.

    ``reached``: the latest day that these clocks have shown until then: clocks that are set back over midnight show
    the end of a day again when the next one has begun.
    """

    of: Term
    zone: str
    reached: bool = False
    type: Type = Type.DATE


@dataclass(frozen=True, slots=True)
class ZoneValue:
    """A value that depends on the person's zone; ``otherwise`` also for people without a known one."""

    groups: tuple[tuple[tuple[str, ...], Term], ...]
    otherwise: Term

    @property
    def type(self) -> Type:
        """Give the values' common type."""
        return self.otherwise.type


@dataclass(frozen=True, slots=True)
class Default:
    """A value with a constant standing in where it is unknown."""

    of: Term
    default: Const

    @property
    def type(self) -> Type:
        """Give the type of the value."""
        return self.of.type


Term = (
    Const
    | Entries
    | Column
    | Ordinal
    | Gap
    | Previous
    | Arith
    | Measured
    | Elapsed
    | ByMonthDay
    | MonthDay
    | PartOf
    | DayOf
    | UnitOf
    | SpanOf
    | SinceOther
    | ZoneValue
    | Default
    | Bucketed
    | Overall
)


# ------------------------------------------------------------------ predicates


@dataclass(frozen=True, slots=True)
class Fixed:
    """Everybody (true) or nobody (false)."""

    value: bool


EVERYBODY = Fixed(True)
NOBODY = Fixed(False)


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the items."""

    items: tuple[Pred, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least ``count`` of the items."""

    items: tuple[Pred, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Neg:
    """The complement."""

    item: Pred


@dataclass(frozen=True, slots=True)
class Compared:
    """``left op right`` with one of ``= < <= > >=``; false where a side is unknown."""

    op: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Listed:
    """The value is one of the constants."""

    value: Term
    items: tuple[Const, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The value is known."""

    value: Term


@dataclass(frozen=True, slots=True)
class Searched:
    """A text test; all but ``matches`` fold case by the table of A54."""

    op: TextOp
    value: Term
    pattern: Term


@dataclass(frozen=True, slots=True)
class ByZone:
    """Another predicate for each group of zones; ``otherwise`` also for people without a known zone."""

    groups: tuple[tuple[tuple[str, ...], Pred], ...]
    otherwise: Pred


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of events lies between ``low`` and ``high`` (None: open), both ends inside."""

    metric: Metric
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """In the top or bottom ``share`` or ``count`` by a value, within groups, among the people of ``among``."""

    by: Term
    top: bool
    among: Pred
    share: Decimal | None = None
    count: int | None = None
    each: Term | None = None
    home: Home = Home.WAREHOUSE


@dataclass(frozen=True, slots=True)
class Consented:
    """The latest decision of (person, channel, topic) before ``as_of`` grants, and was made in ``window``."""

    channel: str
    topic: str
    as_of: dt.datetime
    window: Pred
    home: Home = Home.WAREHOUSE


@dataclass(frozen=True, slots=True)
class Sampled:
    """Drawn by the hash of the id with ``salt``, a ``share`` of everybody; no statement says who (A59)."""

    salt: str
    share: Decimal
    home: Home = Home.COMPUTED


@dataclass(frozen=True, slots=True)
class Raw:
    """The people whose key is among the ids that a checked SELECT gives."""

    text: str
    columns: tuple[str, ...]
    home: Home = Home.WAREHOUSE


@dataclass(frozen=True, slots=True)
class Member:
    """The people of a definition, by name so that a statement may compute them once."""

    name: str
    pred: Pred


Pred = (
    Fixed
    | All
    | Some
    | Neg
    | Compared
    | Within
    | Listed
    | Known
    | Searched
    | ByZone
    | Counted
    | Chained
    | Ranked
    | Consented
    | Member
    | Heaviest
    | Alone
    | Sampled
    | Listing
    | Elsewhere
    | Placed
    | Raw
)

# ------------------------------------------------------------------ metrics


@dataclass(frozen=True, slots=True)
class Metric:
    """One value per person from the events called ``event``: ``fn`` of ``of`` over those in filter and window.

    ``edge`` picks the first or last event's own value instead of ``fn``. Events at or after ``as_of`` never
    count. Two tests that say the same have equal metrics. ``related``: it is a relation's name, whose rows have no
    time.
    """

    event: str
    as_of: dt.datetime
    filter: Pred = EVERYBODY
    window: Pred = EVERYBODY
    fn: Fn | None = Fn.COUNT
    edge: str | None = None
    of: Term | None = None
    type: Type = Type.INT
    related: bool = False

    @property
    def home(self) -> Home:
        """Give where its rows lie."""
        return Home.STATE if self.event in OURS and not self.related else Home.WAREHOUSE

    @property
    def zero(self) -> bool:
        """Tell whether it is 0 without any event: counts and sums are; no time lies between events that are none."""
        return self.fn in (Fn.COUNT, Fn.COUNT_DISTINCT, Fn.SUM) and not isinstance(self.of, SinceOther)
