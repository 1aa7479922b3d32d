"""Instants on wall clocks inside SQL: offsets of a zone by the changes that ``zoneinfo`` knows.

No engine's own zone tables take part in the project's zone, so all engines agree. (For a moment on each person's own
clock PostgreSQL is asked; see ``own_moment``.)
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.compile.features import Elapsed
from orchestrator.compile.shifts import Shift, offsets, shown
from orchestrator.compile.timing import EXACT, MONTHS
from orchestrator.model.condition import Unit
from orchestrator.model.schema import TimeFormat, Type

SECOND = 1_000_000
DAY = 86_400 * SECOND
LONG_AGO = -(10**17)
AHEAD = 35
"""Years after ``as_of`` for which changes of the clocks are written out: as far as the tables of everybody's zones."""


class Clocks:
    """Spells wall clocks and calendar steps for one dialect and one ``as_of``."""

    def __init__(self, dialect: Dialect, as_of: dt.datetime) -> None:
        """Keep both."""
        self.dialect = dialect
        self.as_of = as_of
        self.until = as_of.year + AHEAD

    def instant(self, column: Expr, form: TimeFormat) -> Expr:
        """Give a stored instant as microseconds since 1970 in UTC."""
        micros = self.dialect.micros(column, form)
        if form.zone == "UTC" or form.kind in ("epoch", "epoch_ms"):
            return micros
        return self._moved(micros, form.zone, on_wall=True)

    def start(self, days: Expr, zone: str) -> Expr:
        """Give the instant at which a day begins in a zone."""
        return self._moved(days * _n(DAY), zone, on_wall=True)

    def wall(self, micros: Expr, zone: str, time: dt.time | None = None) -> Expr:
        """Give an instant as microseconds of a zone's wall clock.

        ``time`` is the time of day that the result is compared with: around a change of the clocks the wall is
        then such that "not later on the wall" means "not later than the instant that this time means" (A20).
        """
        return self._moved(micros, zone, time=time)

    def crest(self, micros: Expr, zone: str) -> Expr:
        """Give the latest time that the wall clock has shown until an instant: it stands while an hour comes again."""
        backs = shown(zone, self.until)
        edges = [at * SECOND for at, _ in backs]
        latest_shown = [LONG_AGO, *(time * SECOND - 1 for _, time in backs)]
        if not edges:
            return self.wall(micros, zone)

        def latest(moment: Expr) -> Expr:
            return self.dialect.later(self.wall(moment, zone), self.dialect.moved(moment, edges, latest_shown) - moment)

        return self.dialect.once(latest, micros)

    def elapsed(self, term: Elapsed, of: Expr) -> Expr:
        """Give whole units between ``as_of`` and a moment: days since 1970 for a date, else microseconds."""
        date, here = term.of.type is Type.DATE, self.as_of.astimezone(_zone(term.zone)).replace(tzinfo=None)
        if term.unit in EXACT:
            moment = self.start(of, term.zone) if date else of
            now = _n(int(self.as_of.timestamp()) * SECOND)
            return self.dialect.floor(
                moment - now if term.ahead else now - moment, SECOND * (60 if term.unit is Unit.MINUTE else 3600)
            )
        if date:
            here = dt.datetime.combine(here.date(), dt.time())
        wall = of * _n(DAY) if date else self.wall(of, term.zone, here.time())
        now = _n(_micros(here))
        if term.unit not in MONTHS:
            return self.dialect.floor(
                wall - now if term.ahead else now - wall, DAY * (7 if term.unit is Unit.WEEK else 1)
            )
        return self._months(term, wall, here)

    def _months(self, term: Elapsed, wall: Expr, here: dt.datetime) -> Expr:
        whole = self.dialect.months(wall, _n(_micros(here)), term.ahead)
        if whole is None:
            whole = self.dialect.once(lambda value: self._months_spelled(term, value, here), wall)
        step = MONTHS[term.unit]
        return whole if step == 1 else self.dialect.floor(whole, step)

    def _months_spelled(self, term: Elapsed, wall: Expr, here: dt.datetime) -> Expr:
        seconds = self.dialect.floor(wall, SECOND)
        year, month, day = (self.dialect.part(unit, seconds) for unit in (Unit.YEAR, Unit.MONTH, Unit.DAY))
        time = wall - self.dialect.floor(wall, DAY) * _n(DAY)
        index = year * _n(12) + month
        now = here.year * 12 + here.month
        leap = sa.or_(
            year.op("%", precedence=8)(_n(400)) == _n(0),
            sa.and_(year.op("%", precedence=8)(_n(4)) == _n(0), year.op("%", precedence=8)(_n(100)) != _n(0)),
        )
        length = sa.case(
            (month.in_([_n(4), _n(6), _n(9), _n(11)]), _n(30)), (month != _n(2), _n(31)), (leap, _n(29)), else_=_n(28)
        )
        own: Expr = _n(here.day) if here.day <= 28 else sa.case((length < _n(here.day), length), else_=_n(here.day))
        clock = _n((here.hour * 3600 + here.minute * 60 + here.second) * SECOND)
        if term.ahead:
            missed = sa.or_(day < own, sa.and_(day == own, time < clock))
            months = index - _n(now)
        else:
            missed = sa.or_(day > own, sa.and_(day == own, time > clock))
            months = _n(now) - index
        return months - sa.case((missed, _n(1)), else_=_n(0))

    def _moved(self, micros: Expr, zone: str, on_wall: bool = False, time: dt.time | None = None) -> Expr:
        """Give an instant as the wall of a zone, or a wall (``on_wall``) as the instant."""
        edges, moves = _edges(zone, self.until, on_wall, time)
        if not edges:
            return micros + _n(moves[0]) if moves[0] else micros
        return self.dialect.moved(micros, edges, moves)


@lru_cache(maxsize=256)
def _edges(zone: str, until: int, on_wall: bool, time: dt.time | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give from when each offset counts, and all offsets (one more: that of the beginning), in microseconds."""
    first, shifts = offsets(zone, until)
    sign = -SECOND if on_wall else SECOND
    before = [first, *(shift.offset for shift in shifts)]
    edges = tuple(_edge(shift, before[n], on_wall, time) for n, shift in enumerate(shifts))
    return edges, tuple(offset * sign for offset in before)


def _edge(shift: Shift, before: int, on_wall: bool, time: dt.time | None) -> int:
    """Give from when (microseconds) a new offset counts."""
    if on_wall:
        return (shift.at + max(before, shift.offset)) * SECOND
    if time is not None:
        low, high = sorted((shift.at + before, shift.at + shift.offset))
        start = dt.datetime.fromtimestamp(low, dt.UTC).replace(tzinfo=None)
        inside = (dt.datetime.combine(start.date(), time) - start).total_seconds() % 86400 < high - low
        if inside:
            return shift.at * SECOND + 1 if shift.offset > before else (shift.at + high - low) * SECOND
    return shift.at * SECOND


def _micros(wall: dt.datetime) -> int:
    return (wall - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)  # noqa: DTZ001 (a wall clock has no zone)


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)


def _zone(name: str) -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
