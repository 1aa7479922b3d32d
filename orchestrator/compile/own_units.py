"""Whole units of each person's own calendar between a moment and ``as_of``, as a value in SQL.

Both are read on the person's wall clock. A clock that is set back shows an hour twice, and a time in it means its
first coming (A20): the *crest* of a moment, the latest time that its clock has shown so far, tells whether a step of
whole units has reached it.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import sqlalchemy as sa

from orchestrator.compile.around import Speller
from orchestrator.compile.clocks import DAY, SECOND
from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.compile.distances import parts
from orchestrator.compile.features import OWN_ZONE, Elapsed
from orchestrator.compile.timing import MONTHS, all_zones
from orchestrator.model.calendar import clock_of
from orchestrator.model.condition import Unit
from orchestrator.model.schema import Type


def own_units(term: Elapsed, of: Expr, terms: Speller, dialect: Dialect) -> Expr:
    """Give whole units between ``as_of`` and a moment: days since 1970 for a date, else microseconds."""
    instant = _n(int(term.as_of.timestamp()) * SECOND)
    now = terms.wall(instant, OWN_ZONE)
    if term.of.type is Type.DATE:
        return _between(term, of * _n(DAY), dialect.floor(now, DAY) * _n(DAY), dialect)
    before = _n(0 if term.ahead else 1)  # a step back reaches a moment by a time later than all shown before it
    there = terms.wall(of - before, OWN_ZONE, crest=True) + before
    whole = _between(term, there, now, dialect)
    if not _twice(term.as_of):
        return whole

    def in_order(k: Expr, x: Expr) -> Expr:
        if term.ahead:
            return sa.case((sa.and_(x < instant, k >= _n(0)), _n(-1)), else_=k)
        return sa.case((sa.and_(x <= instant, k < _n(0)), _n(0)), else_=k)

    return dialect.once(in_order, whole, of, always=True)


def _between(term: Elapsed, there: Expr, now: Expr, dialect: Dialect) -> Expr:
    if term.unit not in MONTHS:
        return dialect.floor(there - now if term.ahead else now - there, DAY * (7 if term.unit is Unit.WEEK else 1))
    whole = dialect.own_months(there, now, term.ahead)
    if whole is None:
        whole = dialect.once(lambda one, other: _months(dialect, one, other, term.ahead), there, now, always=True)
    step = MONTHS[term.unit]
    return whole if step == 1 else dialect.floor(whole, step)


def _months(dialect: Dialect, there: Expr, now: Expr, ahead: bool) -> Expr:
    """Compare month, day and time of day; a day that a month lacks is its last one (A52)."""
    (index, day, seconds), (index2, day2, _) = parts(dialect, there), parts(dialect, now)
    last = dialect.part(Unit.DAY, seconds + _n(86_400)) == _n(1)
    time, time2 = (value - dialect.floor(value, DAY) * _n(DAY) for value in (there, now))
    same = sa.or_(day == day2, sa.and_(day < day2, last))
    if ahead:
        missed = sa.or_(sa.and_(day < day2, sa.not_(last)), sa.and_(same, time < time2))
        months = index - index2
    else:
        missed = sa.or_(day > day2, sa.and_(same, time > time2))
        months = index2 - index
    return months - sa.case((missed, _n(1)), else_=_n(0))


@lru_cache(maxsize=64)
def _twice(as_of: dt.datetime) -> bool:
    """Tell whether some clock shows the time of ``as_of`` again: what lies between is then no unit away, yet past."""
    return any(as_of.astimezone(clock_of(zone)).fold for zone in all_zones())


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)
