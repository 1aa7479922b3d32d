"""The clocks of all zones inside a statement for MySQL and MariaDB: a table that travels with it as one value."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.shifts import UNTIL, every_crest

MICROS = 1_000_000
LONG_AGO = -(10**12)
EPOCH = "1970-01-01"
MOMENT = mysql.DATETIME(fsp=6)


class Clocks:
    """One common table: ``z`` (zone), ``a`` (seconds from when on), ``o`` (offset), ``c`` (time shown until then)."""

    def __init__(self, known: tuple[str, ...]) -> None:
        """Bind all zones once, however often the statement asks for them."""
        rows = _Rows(bind(_all_crests(known), "clocks")).table_valued("z", "a", "o", "c", name="orc_changes")
        listed = sa.select(sa.cast(rows.c.z, sa.Text).label("z"), rows.c.a, rows.c.o, rows.c.c)
        self._table = listed.distinct().cte("orc_clocks")  # distinct: it is laid down once, with an index

    def wall(self, micros: Expr, seconds: Expr, zone: Expr, otherwise: str, crest: bool) -> Expr:
        """Give the wall clock, or the latest time that it has shown; a zone that is not there is ``otherwise``."""
        names = (zone, bind(otherwise, "zone"))
        mine, project = (self._looked(micros, seconds, name, crest) for name in names)
        return sa.func.coalesce(mine, project, type_=sa.BigInteger)

    def _looked(self, micros: Expr, seconds: Expr, zone: Expr, crest: bool) -> Expr:
        table = self._table.alias()
        wall: Expr = micros + table.c.o * _n(MICROS)
        found = sa.func.greatest(wall, table.c.c * _n(MICROS) - _n(1)) if crest else wall
        last = sa.select(found).where(table.c.z == zone, table.c.a <= seconds).order_by(table.c.a.desc())
        return last.limit(_n(1)).correlate_except(table).scalar_subquery()


def months_between(wall: Expr, now: Expr, ahead: bool) -> Expr:
    """Give whole months between two wall clocks: those of the calendar, but one where the last step goes too far.

    A step clamps the 31st to the last day of a shorter month, as ours do (A52).
    """
    there, here = _datetime(wall), _datetime(now)
    first = _s("%Y-%m-01")
    ends = [sa.func.date_format(moment, first) for moment in ((here, there) if ahead else (there, here))]
    months = sa.func.timestampdiff(sa.literal_column("MONTH"), *ends, type_=sa.BigInteger)
    far = there < _added("MONTH", months, here) if ahead else there > _added("MONTH", -months, here)
    return months - sa.case((far, _n(1)), else_=_n(0))


def stepped(wall: Expr, months: int) -> Expr:
    """Give a wall clock some months later, both in microseconds."""
    later = _added("MONTH", _n(months), _datetime(wall))
    return sa.func.timestampdiff(sa.literal_column("MICROSECOND"), _s(EPOCH), later, type_=sa.BigInteger)


def _datetime(wall: Expr) -> Expr:
    return _added("MICROSECOND", wall, sa.cast(_s(EPOCH), MOMENT))


def _added(unit: str, count: Expr, moment: Expr) -> Expr:
    return sa.func.timestampadd(sa.literal_column(unit), count, moment, type_=sa.DateTime())


class _Rows(FunctionElement[Any]):
    """A JSON list of [zone, seconds, offset, time shown] as rows."""

    inherit_cache = True
    name = "orc_changes"


@compiles(_Rows)
def _spell_rows(element: _Rows, compiler: Any, **options: Any) -> str:
    columns = "z VARCHAR(64) PATH '$[0]', a BIGINT PATH '$[1]', o BIGINT PATH '$[2]', c BIGINT PATH '$[3]'"
    return f"JSON_TABLE({compiler.process(element.clauses, **options)}, '$[*]' COLUMNS ({columns}))"


@lru_cache(maxsize=2)
def _all_crests(zones: tuple[str, ...]) -> str:
    return json.dumps(every_crest(zones, UNTIL, LONG_AGO), separators=(",", ":"))


def _s(text: str) -> Expr:
    return sa.literal_column(f"'{text}'")


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)
