"""Terms into SQL: values in the dialect's representation, and their comparisons.

A column is compared as it lies there, with the constant converted (so an index on it serves); only where two
people's own values meet in different forms are both converted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from orchestrator.compile import entries
from orchestrator.compile.around import Around
from orchestrator.compile.belonging import Entries
from orchestrator.compile.calendars import SpanOf, UnitOf
from orchestrator.compile.clocks import DAY, Clocks
from orchestrator.compile.dialects.base import Expr, bind, compared
from orchestrator.compile.features import (
    OWN_ZONE,
    Arith,
    ByMonthDay,
    Column,
    Compared,
    Const,
    DayOf,
    Default,
    Elapsed,
    Gap,
    Listed,
    Measured,
    MonthDay,
    Ordinal,
    PartOf,
    Previous,
    Searched,
    Term,
    ZoneValue,
)
from orchestrator.compile.letters import fold
from orchestrator.compile.logic import is_moment, time_format
from orchestrator.compile.metrics import overall
from orchestrator.compile.own_units import own_units
from orchestrator.compile.peers import Bucketed, Overall
from orchestrator.compile.shifts import overnight
from orchestrator.compile.timing import WEEKDAYS, all_zones
from orchestrator.compile.units import unit_number
from orchestrator.compile.versions import version_key
from orchestrator.model.condition import TextOp, Unit
from orchestrator.model.schema import EventTable, Type

SECOND = 1_000_000
NUMBERS = (Type.INT, Type.DECIMAL, Type.MONEY)


class Terms:
    """Spells terms inside one frame."""

    def __init__(self, frame: Around) -> None:
        """Keep the frame."""
        self.frame = frame
        self.dialect = frame.dialect

    @property
    def clocks(self) -> Clocks:
        """Give the speller of wall clocks."""
        found: Clocks = self.frame.statement.clocks
        return found

    # -------------------------------------------------------------- values

    def raw(self, term: Term) -> Expr:
        """Give a column as it lies in the database, anything else as :meth:`value` gives it."""
        if isinstance(term, Column):
            return entries.column(self.frame, term)
        return self.value(term)

    def value(self, term: Term, bare: bool = False) -> Expr:
        """Give a term in the dialect's representation; ``bare``: counts and sums of nothing may stay unknown."""
        if isinstance(term, Const):
            return self.const(term)
        if isinstance(term, Column):
            raw = self.raw(term)
            return raw if term.type.is_time or term.type is Type.LIST else self.dialect.value(raw, term.field)
        if isinstance(term, Measured):
            found = self.frame.read(term.metric)
            zero = not bare and term.metric.zero
            return sa.func.coalesce(found, sa.literal_column("0")) if zero else found
        if isinstance(term, Bucketed):
            return self.frame.placed(term)
        if isinstance(term, Overall):
            found = overall(self.frame.statement, term)
            return sa.func.coalesce(found, sa.literal_column("0")) if term.metric.zero else found
        if isinstance(term, Entries):
            return entries.number(self.frame, term)
        if isinstance(term, Arith):
            types = (term.left.type, term.right.type, term.type)
            return self.dialect.arithmetic(term.op, self.value(term.left), self.value(term.right), types)
        if isinstance(term, Ordinal):
            return self.frame.source.c["nth"]  # type: ignore[no-any-return]
        if isinstance(term, Previous):
            return self.dialect.value(self.frame.source.c["previous_value"], term.field)
        if isinstance(term, Gap):
            return self._gap()
        if isinstance(term, Elapsed):
            of = self.canonical(term.of)
            return own_units(term, of, self, self.dialect) if term.zone == OWN_ZONE else self.clocks.elapsed(term, of)
        if isinstance(term, Default):
            return sa.func.coalesce(self.value(term.of), self._like(term.of, term.default))
        if isinstance(term, ZoneValue):
            cases = [(self.frame.in_zones(zones), self.value(value)) for zones, value in term.groups]
            return sa.case(*cases, else_=self.value(term.otherwise))
        if isinstance(term, PartOf):
            return self._part(term)
        if isinstance(term, MonthDay | ByMonthDay):
            return self._month_day(term)
        if isinstance(term, SpanOf):
            numbers = [sa.literal_column(str(n), sa.Integer) for n in range(len(term.edges) + 1)]
            before = [self.compared(Compared("<", term.of, edge)) for edge in term.edges]
            return sa.case(*zip(before, numbers, strict=False), else_=numbers[-1]) if before else numbers[0]
        if isinstance(term, UnitOf):
            return unit_number(self.dialect, term, self._wall_seconds(term.of, term.zone))
        return self.canonical(term)

    def const(self, const: Const) -> Expr:
        """Give a constant in the dialect's representation."""
        value = const.value
        if isinstance(value, bool):
            return sa.true() if value else sa.false()
        if isinstance(value, Decimal):
            return bind(self._number(const), "number")
        if isinstance(value, str):
            return self._cast(value)
        return sa.literal_column(str(self.ordinal(const)))

    def canonical(self, term: Term) -> Expr:
        """Give a date as days since 1970, an instant as microseconds since 1970."""
        if isinstance(term, Const):
            return sa.literal_column(str(self.ordinal(term)))
        if isinstance(term, DayOf):
            return self.dialect.floor(self.wall(self.canonical(term.of), term.zone, self._ends_twice(term)), DAY)
        form = time_format(term)
        return (
            self.dialect.days(self.value(term), form)
            if term.type is Type.DATE
            else self.clocks.instant(self.value(term), form)
        )

    def wall(self, micros: Expr, zone: str, crest: bool = False) -> Expr:
        """Give an instant on a wall clock; ``crest``: the latest time that it has shown until then."""
        if zone == OWN_ZONE:
            return self.dialect.own_wall(micros, self.frame.zone, all_zones(), self.frame.statement.zone, crest)
        return self.clocks.crest(micros, zone) if crest else self.clocks.wall(micros, zone)

    def _ends_twice(self, term: DayOf) -> bool:
        """Tell whether the day that a clock has reached may be another one than it shows."""
        return term.reached and (term.zone == OWN_ZONE or overnight(term.zone, self.clocks.until))

    @staticmethod
    def ordinal(const: Const) -> int:
        """Give a constant date as days, a constant instant as microseconds since 1970."""
        if isinstance(const.value, dt.datetime):
            return int(const.value.timestamp()) * SECOND
        if isinstance(const.value, dt.date):
            return const.value.toordinal() - dt.date(1970, 1, 1).toordinal()
        raise ValueError("only dates and instants have a place in time")

    # -------------------------------------------------------------- tests

    def compared(self, pred: Compared) -> Expr:
        """Give a comparison; false or unknown where a side is unknown."""
        op, left, right = pred.op, pred.left, pred.right
        if Type.VERSION in (left.type, right.type):
            return compared(op, self.version(left), self.version(right))
        if left.type.is_time:
            return self._compared_time(op, left, right)
        if not isinstance(right, Const):
            return compared(op, self._plain(left), self._plain(right))
        if isinstance(right.value, Decimal):
            if isinstance(left, Column):
                return compared(op, self.raw(left), bind(self._stored(right, left), left.field.name))
            bare = not _holds(op, right.value)
            return compared(op, self.value(left, bare), bind(self._number(right), "number"))
        if isinstance(right.value, str):
            text = self.dialect.text(right.value)
            return sa.false() if text is None else compared(op, self._plain(left), bind(text, _hint(left)))
        value = self.value(left)
        return value if right.value is True else sa.not_(value)

    def listed(self, pred: Listed) -> Expr:
        """Give the test that a value is one of constants."""
        left, items = pred.value, pred.items
        if left.type is Type.VERSION:
            return self.version(left).in_([self.version(item) for item in items])
        if isinstance(items[0].value, str):
            texts = [text for item in items if (text := self.dialect.text(str(item.value))) is not None]
            return self.dialect.in_texts(self._plain(left), texts) if texts else sa.false()
        if isinstance(items[0].value, Decimal):
            if isinstance(left, Column):
                return self.raw(left).in_([bind(self._stored(item, left), left.field.name) for item in items])
            return self.value(left).in_([bind(self._number(item), "number") for item in items])
        return sa.or_(*(self.compared(Compared("=", left, item)) for item in items))

    def version(self, term: Term) -> Expr:
        """Give the text by which a version sorts; unknown for what is none."""
        if isinstance(term, Const):
            return bind(version_key(str(term.value)), "version")
        return self.dialect.version(sa.cast(self.value(term), sa.Text))

    def searched(self, pred: Searched) -> Expr:
        """Give a text test."""
        value = self._plain(pred.value)
        if not isinstance(pred.pattern, Const):
            return self.dialect.searched(pred.op, value, self._plain(pred.pattern), None)
        pattern = str(pred.pattern.value)
        literal = pattern if pred.op is TextOp.MATCHES else fold(pattern)
        text = self.dialect.text(literal)
        return sa.false() if text is None else self.dialect.searched(pred.op, value, bind(text, "pattern"), literal)

    def _compared_time(self, op: str, left: Term, right: Term) -> Expr:
        day = left.type is Type.DATE
        if isinstance(right, Const) and isinstance(left, Column | Measured):
            value, form = right.value, time_format(left)
            if day and isinstance(value, dt.date):
                return self.dialect.day(op, self.raw(left), value, form)
            if isinstance(value, dt.datetime):
                return self.dialect.moment(op, self.raw(left), value, form)
        same = (
            isinstance(left, Column | Measured)
            and isinstance(right, Column | Measured)
            and time_format(left) == time_format(right)
        )
        if same and left.type is right.type:
            if self._one_column(left, right):
                return compared(op, self.raw(left), self.raw(right))
            return self.dialect.same_form(op, self.raw(left), self.raw(right), time_format(left), left.type)
        return compared(op, self.canonical(left), self.canonical(right))

    def _one_column(self, left: Term, right: Term) -> bool:
        """Tell whether an event's moment is held against another of the same column, which is written alike."""
        here = self.frame.event
        if not isinstance(here, EventTable) or not isinstance(left, Column) or not left.event:
            return False
        if not isinstance(right, Measured) or right.metric.related:
            return False
        there = self.frame.statement.schema.rows_of(right.metric.event)
        own = left.field.column == here.at and is_moment(right.metric.of)
        return own and (here.table, here.at) == (there.table, there.at)

    def _plain(self, term: Term) -> Expr:
        return self.value(term)

    def _number(self, const: Const) -> Any:
        if not isinstance(const.value, Decimal):
            raise ValueError("not a number")
        return (
            self.dialect.money(const.value, const.currency)
            if const.type is Type.MONEY
            else self.dialect.number(const.value)
        )

    def _stored(self, const: Const, column: Column) -> Any:
        if column.type is Type.MONEY and isinstance(const.value, Decimal):
            return self.dialect.stored_money(const.value, column.field)
        return self._number(const)

    def _cast(self, value: str) -> Expr:
        text = self.dialect.text(value)
        return sa.cast(sa.null() if text is None else bind(text, "text"), sa.Text)

    def _like(self, term: Term, const: Const) -> Expr:
        """Give a constant in the form in which a term's own values lie."""
        if not term.type.is_time or not isinstance(term, Column | Measured):
            return self.const(const)
        return self.dialect.stored_time(const.value, time_format(term), term.type)

    def _gap(self) -> Expr:
        source, event = self.frame.source, self.frame.event
        if not isinstance(event, EventTable):
            raise ValueError("only an event has one before it")
        here, before = (self.clocks.instant(source.c[name], event.time) for name in (event.at, "previous_at"))
        return self.dialect.quotient(here - before, 86_400 * SECOND)

    def _part(self, term: PartOf) -> Expr:
        number = self._parts(term.of, term.zone, term.unit)[0]
        if term.unit is not None:
            return number
        names: list[tuple[Any, Any]] = [
            (sa.literal_column(str(n)), self._cast(name)) for n, name in enumerate(WEEKDAYS, 1)
        ]
        return sa.case(*names, value=number, else_=sa.null())

    def _month_day(self, term: MonthDay | ByMonthDay) -> Expr:
        month, day_of_month = self._parts(term.of, term.zone, Unit.MONTH, Unit.DAY)
        found = month * sa.literal_column("100") + day_of_month
        if isinstance(term, MonthDay):
            return found
        cases: list[tuple[Any, Any]] = [
            (sa.literal_column(str(d)), sa.literal_column(str(n))) for n, days in term.table for d in days
        ]
        until = self.dialect.once(lambda day: sa.case(*cases, value=day, else_=sa.null()), found, always=True)
        day = self.canonical(term.of if term.of.type is Type.DATE else DayOf(term.of, term.zone))
        today: Expr = sa.literal_column(str(self.ordinal(Const(term.today, Type.DATE))))
        return sa.case((day < today, until), (day == today, sa.literal_column(str(term.year))), else_=sa.null())

    def _parts(self, of: Term, zone: str, *units: Unit | None) -> list[Expr]:
        """Give parts of the calendar: those of a date as it lies there, where the engine can ask it."""
        if isinstance(of, Column) and of.type is Type.DATE:
            asked = (self.dialect.day_part(unit, self.raw(of), time_format(of)) for unit in units)
            own = [part for part in asked if part is not None]
            if own:
                return own
        here = self._own_moment(of, zone)
        if here is not None:
            return [here[1](unit) for unit in units]
        seconds = self._wall_seconds(of, zone)
        return [self.dialect.part(unit, seconds) for unit in units]

    def _own_moment(self, of: Term, zone: str) -> tuple[Expr, Callable[[Unit | None], Expr]] | None:
        """Give a column's moment on the person's own clock as the engine itself puts it there, where it can."""
        if zone != OWN_ZONE or not isinstance(of, Column) or of.type is not Type.TIMESTAMP:
            return None
        frame = self.frame
        return self.dialect.own_moment(self.raw(of), time_format(of), frame.zone, all_zones(), frame.statement.zone)

    def _wall_seconds(self, term: Term, zone: str) -> Expr:
        if term.type is Type.DATE:
            return self.canonical(term) * sa.literal_column("86400")
        here = self._own_moment(term, zone)
        if here is not None:
            return here[0]
        micros = self.canonical(term)
        if zone == OWN_ZONE:
            return self.dialect.local_seconds(micros, self.frame.zone, all_zones(), self.frame.statement.zone)
        return self.dialect.floor(self.clocks.wall(micros, zone), SECOND)


def _hint(term: Term) -> str:
    return term.field.name if isinstance(term, Column) else "text"


def _holds(op: str, number: Decimal) -> bool:
    """Tell whether ``0 op number`` is true: then an unknown count must be made a 0 first."""
    return {"=": number == 0, "<": number > 0, "<=": number >= 0, ">": number < 0, ">=": number <= 0}[op]
