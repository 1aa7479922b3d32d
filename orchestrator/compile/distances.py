"""Whether a moment lies within so many calendar units of another one that each person has, in SQL.

Both are read as microseconds of a wall clock, the project's or the person's own; dates begin their day. A wall clock
that is set back shows an hour twice, and a time in it means its first coming (A20): there the *crest* stands for the
wall, the latest time that the clock has shown so far, so that what is later never looks earlier.
"""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.compile.around import Speller
from orchestrator.compile.calendars import Within
from orchestrator.compile.clocks import DAY, SECOND, Clocks
from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.compile.features import OWN_ZONE, DayOf
from orchestrator.compile.timing import EXACT, MONTHS
from orchestrator.model.condition import Unit
from orchestrator.model.schema import Type

STEPS = {Unit.MINUTE: 60 * SECOND, Unit.HOUR: 3_600 * SECOND, Unit.DAY: DAY, Unit.WEEK: 7 * DAY}

LONGEST = {**STEPS, Unit.MONTH: 31 * DAY, Unit.QUARTER: 92 * DAY, Unit.YEAR: 366 * DAY}
SLACK = 5 * DAY
"""More than the clocks of two zones are apart, and a clock is set at once, and a day is long."""


def within(pred: Within, terms: Speller, dialect: Dialect, clocks: Clocks) -> Expr:
    """Give the test of the far end; the near one is a comparison of its own.

    Clocks of one's own are looked up for those only who lie near enough without them.
    """
    found = _exactly(pred, terms, dialect, clocks)
    if pred.zone != OWN_ZONE or pred.unit in EXACT:
        return found
    x, point = (
        terms.canonical(of) * _n(DAY) if of.type is Type.DATE else terms.canonical(of) for of in (pred.of, pred.point)
    )
    far = _n(pred.count * LONGEST[pred.unit] + SLACK)
    return sa.and_(x >= point - far if pred.before else x <= point + far, found)


def _exactly(pred: Within, terms: Speller, dialect: Dialect, clocks: Clocks) -> Expr:
    dated, whole = pred.of.type is Type.DATE, pred.point.type is Type.DATE
    x, point = terms.canonical(pred.of), terms.canonical(pred.point)
    if dated and not whole:
        point, whole = terms.canonical(DayOf(pred.point, pred.zone)), True
    inclusive = not (dated or whole or pred.before)
    if pred.unit in EXACT:
        steps = _n((-pred.count if pred.before else pred.count) * STEPS[pred.unit])
        if whole and pred.zone == OWN_ZONE:  # the day has begun where its clock has reached it
            reached = terms.wall(x - steps, pred.zone, crest=True) >= point * _n(DAY)
            return reached if pred.before else sa.not_(reached)
        far = (clocks.start(point, pred.zone) if whole else point) + steps
        return x >= far if pred.before else (x <= far if inclusive else x < far)
    wall = point * _n(DAY) if whole else terms.wall(point, pred.zone)
    here = x * _n(DAY) if dated else terms.wall(x - _n(1) if inclusive else x, pred.zone, crest=True)
    if pred.unit in MONTHS:
        months = pred.count * MONTHS[pred.unit]
        stepped = dialect.stepped(wall, -months if pred.before else months) if pred.zone == OWN_ZONE else None
        if stepped is not None:
            return here >= stepped if pred.before else here < stepped
        return dialect.once(lambda there, edge: _months(dialect, there, edge, months, pred.before), here, wall)
    far = wall + _n((-pred.count if pred.before else pred.count) * STEPS[pred.unit])
    return here >= far if pred.before else here < far


def _months(dialect: Dialect, here: Expr, wall: Expr, months: int, before: bool) -> Expr:
    """Compare month, day and time of day; a day that a month lacks is its last one (A52)."""
    (index, day, seconds), (index2, day2, _) = parts(dialect, here), parts(dialect, wall)
    last = dialect.part(Unit.DAY, seconds + _n(86_400)) == _n(1)
    time, time2 = (value - dialect.floor(value, DAY) * _n(DAY) for value in (here, wall))
    same = sa.or_(day == day2, sa.and_(day < day2, last))
    far = index2 - _n(months) if before else index2 + _n(months)
    if before:
        return sa.or_(index > far, sa.and_(index == far, sa.or_(day > day2, sa.and_(same, time >= time2))))
    earlier = sa.and_(day < day2, sa.not_(last))
    return sa.or_(index < far, sa.and_(index == far, sa.or_(earlier, sa.and_(same, time < time2))))


def parts(dialect: Dialect, wall: Expr) -> tuple[Expr, Expr, Expr]:
    """Give the number of the month, the day in it, and the seconds since 1970 on the wall clock."""
    seconds = dialect.floor(wall, SECOND)
    year, month, day = (dialect.part(unit, seconds) for unit in (Unit.YEAR, Unit.MONTH, Unit.DAY))
    return year * _n(12) + month, day, seconds


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)
