"""What a dialect must be able to say. A new engine is one subclass in a file of its own and one row in the table.

Expressions come in one representation per dialect: money may be minor units on one engine and major ones on
another, but all of one statement agree. Values are always bound; :data:`RAW` leaves their type to the column.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import UserDefinedType

from orchestrator.compile.moments import written, written_day
from orchestrator.compile.timing import add_days
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.schema import Field, TimeFormat, Type

Expr = ColumnElement[Any]
TRUES = ("1", "t", "true", "T", "True", "TRUE")
OPS = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
BIG = 1_000_000
PLAIN_KEY = re.compile(r"[A-Za-z0-9_. -]*")
NUL = r"(^|[^\\])(\\\\)*\\u0000"
"""The pattern of an escaped NUL in JSON, which no text of PostgreSQL can hold and which ends a text on SQLite."""


class Raw(UserDefinedType[Any]):
    """A bound value without a type of its own, so that it takes the type of what it is compared with."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Give no spelling: nothing is ever cast to it."""
        return ""


RAW = Raw()


def bind(value: Any, hint: str = "value") -> Expr:
    """Give a bound parameter named after ``hint``."""
    return sa.bindparam(re.sub(r"\W+", "_", hint, flags=re.ASCII).strip("_") or "value", value, type_=RAW, unique=True)


def compared(op: str, left: Expr, right: Any) -> Expr:
    """Give ``left op right``."""
    found: Expr = OPS[op](left, right)
    return found


def plain_key(key: str) -> bool:
    """Tell whether writers of JSON write a key in one way only, and never by escapes."""
    return PLAIN_KEY.fullmatch(key) is not None


def json_kind(field: Field) -> str:
    """Give the type of JSON value that a field is read from: ``text``, ``number`` or ``bool``."""
    if field.type is Type.BOOL:
        return "bool"
    timely = field.type.is_time and field.time.kind in ("epoch", "epoch_ms")
    return "number" if field.type.is_number or timely else "text"


class Dialect(ABC):
    """The spelling of everything that engines spell differently."""

    name: str
    joins: bool
    """True: metrics are read from pre-aggregated derived tables; false: from correlated sub-selects."""
    narrows = False
    """Whether a metric is read for those people only whom plain tests beside it let through."""
    correlates = True
    """Whether NOT EXISTS is right where the person's own columns are unknown; else a derived table is joined."""
    kept = ""
    """What makes the engine work a common table expression out before it looks at what reads it."""

    # -------------------------------------------------------------- truth

    def is_not_true(self, test: Expr) -> Expr:
        """Give the complement of a test that may be unknown."""
        return test.is_not(sa.true())

    # -------------------------------------------------------------- values

    @abstractmethod
    def printer(self) -> sa.Dialect:
        """Give the SQLAlchemy dialect that prints statements with named parameters, without a driver."""

    @abstractmethod
    def prepare(self, connection: Any) -> None:
        """Register what a driver's new connection lacks."""

    @abstractmethod
    def number(self, value: Decimal | int) -> Any:
        """Give a number as the driver takes it."""

    @abstractmethod
    def money(self, value: Decimal, currency: str | None) -> Any:
        """Give an amount of major units in this dialect's representation."""

    @abstractmethod
    def from_money(self, value: Expr, currency: str | None) -> Expr:
        """Give an amount in major units, for output."""

    @abstractmethod
    def value(self, column: Expr, field: Field) -> Expr:
        """Give a column's value in this dialect's representation."""

    @abstractmethod
    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Give an exact sum, difference or product, or a decimal quotient that is unknown for 0."""

    @abstractmethod
    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Give an exact aggregate of values in this dialect's representation."""

    def exact(self, value: Expr, type_: Type) -> Expr:
        """Give a number of which many add up exactly, whatever their order; all of one type in the same scale."""
        return value

    def stored_money(self, value: Decimal, field: Field) -> Any:
        """Give an amount as the column stores it, for comparing with the column itself."""
        from orchestrator.model.money import digits

        return self.number(value * 10 ** digits(field.currency) if field.minor else value)

    def maybe(self, value: Expr) -> Expr:
        """Give a value that a window function may leave out: unknown then on every engine, whatever its column says."""
        return value

    # -------------------------------------------------------------- texts

    @abstractmethod
    def text(self, value: str) -> str | None:
        """Give a text as it can be bound, None when no column can hold it."""

    @abstractmethod
    def searched(self, op: TextOp, value: Expr, pattern: Expr, literal: str | None) -> Expr:
        """Give a text test; ``literal`` is the pattern where the author wrote it, already folded if it must be."""

    def double(self, value: Expr) -> Expr:
        """Give a number as a float of 64 bits."""
        return sa.cast(value, sa.Double)

    def haversine(self, latitude: Expr, longitude: Expr, here: float, there: float) -> Expr:
        """Give the square of half the chord between two points of a sphere of radius 1, from degrees."""
        angles = (math.pi / 360, math.pi / 180)
        half, degree = (sa.literal_column(repr(angle), sa.Double) for angle in angles)
        up = sa.func.sin((latitude - bind(here, "latitude")) * half, type_=sa.Double)
        along = sa.func.sin((longitude - bind(there, "longitude")) * half, type_=sa.Double)
        width = sa.func.cos(latitude * degree, type_=sa.Double) * bind(math.cos(math.radians(here)), "width")
        return up * up + width * along * along

    @abstractmethod
    def version(self, value: Expr) -> Expr:
        """Give the text by which a version sorts (``compile/versions.py``), unknown for a text that is none."""

    @abstractmethod
    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Give the test that a text is one of many."""

    @abstractmethod
    def id_text(self, key: Expr) -> Expr:
        """Give a person's key as its canonical text, which sorts by code points on every engine alike."""

    def holds(self, column: Expr, value: object, name: str) -> Expr:
        """Give the test that a column holds a constant of the schema, by its code points; its index serves."""
        return column == bind(value, name)

    # -------------------------------------------------------------- time

    def moment(self, op: str, column: Expr, value: dt.datetime, form: TimeFormat) -> Expr:
        """Give the comparison of a stored instant with a bound."""
        bound = written(value, form)
        hint = "at"
        if form.kind in ("epoch", "epoch_ms"):
            return compared(op, column, bind(bound.at_least, hint))
        column = self.sortable(column, form)
        if op in ("<", ">="):
            return compared(op, column, bind(bound.at_least, hint))
        same = column.in_([bind(text, hint) for text in bound.equal]) if bound.equal else None
        if op == "=":
            return column.is_(None) & column.is_not(None) if same is None else same
        less = column < bind(bound.at_least, hint)
        if op == "<=":
            return less if same is None else sa.or_(less, same)
        more = column >= bind(bound.at_least, hint)
        return more if same is None else sa.and_(more, sa.not_(same))

    def day(self, op: str, column: Expr, value: dt.date, form: TimeFormat) -> Expr:
        """Give the comparison of a stored date with a day; what a column adds behind the day does not matter."""
        column = self.sortable(column, form)
        start, end = (bind(written_day(day, form), "day") for day in (value, add_days(value, 1)))
        if op == "=":
            return sa.and_(column >= start, column < end)
        return column >= (end if op == ">" else start) if op in (">", ">=") else column < (end if op == "<=" else start)

    def sortable(self, column: Expr, form: TimeFormat) -> Expr:
        """Give a column whose texts sort by code points."""
        return column

    @abstractmethod
    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Give the comparison of two dates or instants that lie in the same form."""

    @abstractmethod
    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Give an instant as microseconds since 1970 in UTC, its own zone already taken out where it is UTC.

        In another zone the result is the wall clock's; :mod:`orchestrator.compile.clocks` takes the offset off.
        """

    @abstractmethod
    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Give a date as days since 1970."""

    @abstractmethod
    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Give a part of the calendar of wall-clock seconds since 1970; the weekday counts 1 (Monday) to 7."""

    def day_part(self, unit: Unit | None, day: Expr, form: TimeFormat) -> Expr | None:
        """Give a part of a day as its column holds it; None where it is read off the days since 1970."""
        return None

    def own_moment(
        self, moment: Expr, form: TimeFormat, zone: Expr, known: Sequence[str], otherwise: str
    ) -> tuple[Expr, Callable[[Unit | None], Expr]] | None:
        """Give a column's moment on each row's own clock: as seconds since 1970, and what gives parts of it.

        None where it is counted from microseconds since 1970, by :meth:`local_seconds` and :meth:`part`.
        """
        return None

    @abstractmethod
    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Give an instant as wall-clock seconds since 1970 in each row's own zone, ``otherwise`` if not known."""

    @abstractmethod
    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Give an instant as microseconds of the wall clock of each row's own zone, ``otherwise`` if not known.

        ``crest``: the latest time that this clock has shown until then, which stands while an hour comes again.
        """

    def moved(self, value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
        """Give a whole number plus the offset of the last edge that it has reached; ``offsets`` has one more, for none.

        A zone has hundreds of edges: a dialect that can look them up does so, instead of a CASE of many pages.
        """
        number = [sa.literal_column(str(n), sa.BigInteger) for n in offsets]
        cases = [(value >= sa.literal_column(str(edge)), found) for edge, found in zip(edges, number[1:], strict=True)]
        return value + sa.case(*reversed(cases), else_=number[0])

    def months(self, wall: Expr, now: Expr, ahead: bool) -> Expr | None:
        """Give whole months between a wall clock and ``now``, both in microseconds; None: spell it in SQL."""
        return None

    def own_months(self, wall: Expr, now: Expr, ahead: bool) -> Expr | None:
        """Give the same where both are searched on each person's own clock."""
        return self.months(wall, now, ahead)

    def stepped(self, wall: Expr, months: int) -> Expr | None:
        """Give a wall clock some months later, both in microseconds; None: spell it in SQL."""
        return None

    def once(self, use: Callable[..., Expr], *values: Expr, always: bool = False) -> Expr:
        """Give what is made of values that stand there many times; a dialect can name them, so that they stand once.

        ``always``: so often that a short value is worth a name, too.
        """
        return use(*values)

    def later(self, one: Expr, other: Expr) -> Expr:
        """Give the greater of two numbers."""
        return sa.func.greatest(one, other)

    def floor(self, value: Expr, step: int) -> Expr:
        """Give a whole number divided and rounded down."""
        return self.whole((value + sa.literal_column(str(BIG * step))), step) - sa.literal_column(str(BIG))

    @abstractmethod
    def whole(self, value: Expr, step: int) -> Expr:
        """Give a whole number that is not negative, divided without a rest."""

    @abstractmethod
    def quotient(self, value: Expr, step: int) -> Expr:
        """Give a whole number divided by a constant, with decimals."""

    @abstractmethod
    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Give a constant date or instant as a column of that form holds it, to stand in for one."""

    # -------------------------------------------------------------- lists and JSON

    @abstractmethod
    def json_document(self, column: Expr) -> Any:
        """Give the document in a column of JSON, of JSON written as text, or of the engine's own arrays.

        What is no JSON is unknown and never ends the statement. Only the methods below look into the result.
        """

    @abstractmethod
    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Give the value at a path as a column of that field would hold it, unknown for JSON of another type."""

    @abstractmethod
    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the list at a path as a value of its own, unknown for JSON of another type."""

    def json_known(self, value: Expr) -> Any:
        """Give the document in a value that :meth:`json_list` gave."""
        return value

    @abstractmethod
    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the test, never unknown, that a list lies at a path."""

    @abstractmethod
    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Give the number of entries of the list at a path that pass, 0 without a list.

        ``test`` takes the document of one entry; ``name`` is a name that the statement has not used.
        """

    def json_some(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Give the test, never unknown, that some entry of the list at a path passes."""
        return self.json_count(document, path, test, name) > sa.literal_column("0")

    # -------------------------------------------------------------- ranks and facts

    @abstractmethod
    def lot(self, key: Expr) -> Expr:
        """Give the hash of a person's id with the salt ``rank`` (A59), which breaks ties; it sorts by its number."""
