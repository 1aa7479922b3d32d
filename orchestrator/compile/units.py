"""Calendar units as whole numbers: equal for two moments exactly when they lie in one unit."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.compile.calendars import UnitOf
from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.compile.timing import MONTHS
from orchestrator.model.condition import Unit

THURSDAY = 3
"""The weekday (0 is Monday) of 1 January 1970, from which days are counted."""
SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3_600, Unit.DAY: 86_400}


def unit_number(dialect: Dialect, term: UnitOf, seconds: Expr) -> Expr:
    """Give the number of the unit in which seconds of a wall clock since 1970 lie."""
    if term.unit in SECONDS:
        return dialect.floor(seconds, SECONDS[term.unit])
    if term.unit is Unit.WEEK:
        return dialect.floor(dialect.floor(seconds, 86_400) + _n(THURSDAY - term.week_starts), 7)
    year, month = dialect.part(Unit.YEAR, seconds), dialect.part(Unit.MONTH, seconds)
    if term.unit is Unit.YEAR:
        return year
    months = year * _n(12) + month - _n(1)
    step = MONTHS[term.unit]
    return months if step == 1 else dialect.floor(months, step)


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)
