"""The clocks of all zones inside a statement for DuckDB: a table that travels with it as one text.

Each zone is one row with lists of its changes, which the engine joins to a person by hashing. What is made of a row
stands in a lambda over a list of one entry: a value gets a name there without a sub-select, which the engine would
join back to all rows (measured: 0.4 s against 9 s for a million events).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import FunctionElement

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.shifts import UNTIL, every_crest

LONG_AGO = -(10**12)
ROW, PART = 30, 31
"""The signs between the zones of the text, and between the parts of each."""


class Clocks:
    """One common table: ``z`` (zone) and ``l``, its lists of ``a`` (from when on), ``o`` (offset), ``c`` (shown)."""

    def __init__(self, known: tuple[str, ...]) -> None:
        """Bind all zones once, however often the statement asks for them."""
        row = sa.func.unnest(sa.func.string_split(bind(_all_crests(known), "clocks"), sa.func.chr(_n(ROW)))).label("v")
        rows = sa.select(row).subquery("orc_changes")
        zone = sa.func.string_split(rows.c.v, sa.func.chr(_n(PART)))
        made = sa.select(_Entry(zone, _n(1)).label("z"), _Lists(zone).label("l"))
        self._table = made.cte("orc_clocks").prefix_with("MATERIALIZED")

    def wall(self, micros: Expr, zone: Expr, otherwise: str, crest: bool) -> Expr:
        """Give the wall clock, or the latest time that it has shown; a zone that is not there is ``otherwise``."""
        lists = sa.func.coalesce(self._lists(zone), self._lists(bind(otherwise, "zone")))
        return (Crest if crest else Wall)(micros, lists)

    def _lists(self, zone: Expr) -> Expr:
        table = self._table.alias()
        found: Expr = sa.select(table.c.l).where(table.c.z == zone).correlate_except(table).scalar_subquery()
        return found


class _Entry(FunctionElement[Any]):
    """One entry of a list."""

    inherit_cache = True
    name = "orc_entry"
    type = sa.Text()


@compiles(_Entry)
def _spell_entry(element: _Entry, compiler: Any, **options: Any) -> str:
    of, place = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{of}[{place}]"


class _Lists(FunctionElement[Any]):
    """The three lists of numbers behind a zone's name."""

    inherit_cache = True
    name = "orc_lists"


@compiles(_Lists)
def _spell_lists(element: _Lists, compiler: Any, **options: Any) -> str:
    parts = compiler.process(element.clauses, **options)
    names = ", ".join(
        f"{name}: CAST(string_split({parts}[{place}], ' ') AS BIGINT[])" for place, name in enumerate("aoc", 2)
    )
    return f"{{{names}}}"


class Wall(FunctionElement[Any]):
    """An instant on the clock whose changes three lists tell."""

    inherit_cache = True
    name = "orc_wall"
    type = sa.BigInteger()


class Crest(FunctionElement[Any]):
    """The latest time that such a clock has shown until an instant."""

    inherit_cache = True
    name = "orc_crest"
    type = sa.BigInteger()


@compiles(Wall)
def _spell_wall(element: Wall, compiler: Any, **options: Any) -> str:
    return _placed(element, compiler, "orc_v.x + orc_v.l.o[orc_n] * 1000000", **options)


@compiles(Crest)
def _spell_crest(element: Crest, compiler: Any, **options: Any) -> str:
    wall, shown = "orc_v.x + orc_v.l.o[orc_n] * 1000000", "orc_v.l.c[orc_n] * 1000000 - 1"
    return _placed(element, compiler, f"greatest({wall}, {shown})", **options)


def _placed(element: FunctionElement[Any], compiler: Any, found: str, **options: Any) -> str:
    """Give what is made of the place of an instant among the changes."""
    micros, lists = (compiler.process(clause, **options) for clause in element.clauses)
    seconds = "(orc_v.x + 1000000000000000000) // 1000000 - 1000000000000"
    place = f"len(list_filter(orc_v.l.a, lambda orc_a: orc_a <= {seconds}))"
    named = f"list_transform([{place}], lambda orc_n: {found})[1]"
    return f"list_transform([{{x: {micros}, l: {lists}}}], lambda orc_v: {named})[1]"


class Bound(FunctionElement[Any]):
    """What is made of values that it calls ``orc_b.w0``, ``orc_b.w1``: they stand there once."""

    inherit_cache = True
    name = "orc_bound"

    def __init__(self, made: Expr, *values: Expr) -> None:
        super().__init__(made, *values)
        self.type = made.type


@compiles(Bound)
def _spell_bound(element: Bound, compiler: Any, **options: Any) -> str:
    made, *values = (compiler.process(clause, **options) for clause in element.clauses)
    names = ", ".join(f"w{n}: {value}" for n, value in enumerate(values))
    return f"list_transform([{{{names}}}], lambda orc_b: {made})[1]"


def asks_clocks(*values: Expr) -> bool:
    """Tell whether a value looks at a clock of these."""
    return any(isinstance(part, Wall | Crest) for value in values for part in visitors.iterate(value))


@lru_cache(maxsize=2)
def _all_crests(zones: tuple[str, ...]) -> str:
    """Give all zones as one text."""
    texts = []
    for zone, found in groupby(every_crest(zones, UNTIL, LONG_AGO), key=lambda row: row[0]):
        rows = list(found)
        texts.append(chr(PART).join((zone, *(" ".join(str(row[place]) for row in rows) for place in (1, 2, 3)))))
    return chr(ROW).join(texts)


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)
