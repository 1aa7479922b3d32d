"""The clocks of all zones inside a statement for PostgreSQL: one sorted list of the changes of all of them.

Each zone's changes stand behind those of the one before it, so one search by halves finds the last change of one zone
before one moment. The lists travel with the statement as values, once, however often it asks for them.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.shifts import UNTIL, every_crest

SPAN = 10**12
"""Seconds that stand for one zone in the list: more than any calendar has."""


class Clocks:
    """Which number each zone has, and three lists: from when on, offset, time shown until then."""

    def __init__(self, known: tuple[str, ...]) -> None:
        """Bind all zones."""
        numbers, *lists = _all_clocks(known)
        self._numbers = sa.cast(bind(numbers, "zones"), JSONB)
        self._starts, self._moves, self._crests = (
            sa.cast(bind(text, hint), ARRAY(sa.BigInteger))
            for text, hint in zip(lists, ("starts", "offsets", "shown"), strict=True)
        )

    def wall(self, micros: Expr, seconds: Expr, zone: Expr, otherwise: str, crest: bool) -> Expr:
        """Give the wall clock, or the latest time that it has shown; a zone that is not there is ``otherwise``."""
        number = sa.func.coalesce(self._number(zone), self._number(sa.cast(bind(otherwise, "zone"), sa.Text)))
        place = sa.func.width_bucket(number * _n(SPAN) + seconds, self._starts)
        wall: Expr = micros + _Entry(self._moves, place) * _n(1_000_000)
        return sa.func.greatest(wall, _Entry(self._crests, place) * _n(1_000_000) - _n(1)) if crest else wall

    def _number(self, zone: Expr) -> Expr:
        return sa.cast(self._numbers.op("->>", precedence=15)(zone), sa.BigInteger)


class _Entry(FunctionElement[Any]):
    """One entry of a list."""

    inherit_cache = True
    name = "orc_entry"
    type = sa.BigInteger()


@compiles(_Entry)
def _spell_entry(element: _Entry, compiler: Any, **options: Any) -> str:
    of, place = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({of})[{place}]"


@lru_cache(maxsize=2)
def _all_clocks(known: tuple[str, ...]) -> tuple[str, str, str, str]:
    """Give the zones' numbers as JSON, and the three lists as the engine writes them; equal zones share a number."""
    kinds: dict[tuple[tuple[int, int, int], ...], int] = {}
    numbers: dict[str, int] = {}
    for zone, rows in groupby(every_crest(known, UNTIL, -SPAN // 2), key=lambda row: row[0]):
        numbers[zone] = kinds.setdefault(tuple(row[1:] for row in rows), len(kinds))
    every = [(number * SPAN + at, move, crest) for rows, number in kinds.items() for at, move, crest in rows]
    starts, moves, crests = (",".join(str(row[place]) for row in every) for place in range(3))
    return json.dumps(numbers, separators=(",", ":")), f"{{{starts}}}", f"{{{moves}}}", f"{{{crests}}}"


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)
