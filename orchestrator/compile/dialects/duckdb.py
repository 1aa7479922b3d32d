"""DuckDB 1.3 or newer: pre-aggregated derived tables, money in thousandths, decimals as floats of nine digits.

DuckDB's exact decimals have at most 38 digits and stop a statement where a product needs more. Money is therefore
counted in whole thousandths (no currency has more than three digits) with 128 bits, and decimals are added as whole
millionths, so that no order of rows changes a sum.

``prepare`` sets the session's zone to UTC: a column without a zone then means UTC wherever it meets one with.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from orchestrator.compile.dialects.base import TRUES, Dialect, Expr, bind, compared
from orchestrator.compile.dialects.duckdb_clocks import Bound, Clocks, asks_clocks
from orchestrator.compile.dialects.duckdb_json import DuckDBJson
from orchestrator.compile.dialects.parted import version_key_by_parts
from orchestrator.compile.letters import folding, portable
from orchestrator.compile.moments import native, places, stored
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.money import digits
from orchestrator.model.schema import Field, TimeFormat, Type

MICROS = 1_000_000
THOUSAND = 1_000
WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class _Named(UserDefinedType[Any]):
    """A type of the engine by its own name, for casts."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """Give the name."""
        return self.name


class _Read(FunctionElement[Any]):
    """A text as a timestamp, unknown where it is none."""

    inherit_cache = True
    name = "orc_read"
    type = sa.TIMESTAMP()


@compiles(_Read)
def _spell_read(element: _Read, compiler: Any, **options: Any) -> str:
    return f"TRY_CAST({compiler.process(element.clauses, **options)} AS TIMESTAMP)"


class _Moved(FunctionElement[Any]):
    """A whole number plus what a text says of it, which calls it ``x``: so a long value is written once."""

    inherit_cache = True
    name = "orc_moved"
    type = sa.BigInteger()


@compiles(_Moved)
def _spell_moved(element: _Moved, compiler: Any, **options: Any) -> str:
    value, offset = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(SELECT x + {offset} FROM (SELECT {value} AS x) AS orc_moved)"  # noqa: S608 (printed by the compiler)


class _Once(FunctionElement[Any]):
    """What is made of values that it calls ``orc_w0``, ``orc_w1``: they hold long searches, and stand there once."""

    inherit_cache = True
    name = "orc_once"

    def __init__(self, made: Expr, *values: Expr) -> None:
        super().__init__(made, *values)
        self.type = made.type


@compiles(_Once)
def _spell_once(element: _Once, compiler: Any, **options: Any) -> str:
    made, *values = (compiler.process(clause, **options) for clause in element.clauses)
    columns = ", ".join(f"{value} AS orc_w{n}" for n, value in enumerate(values))
    return f"(SELECT {made} FROM (SELECT {columns}) AS orc_once)"  # noqa: S608 (printed by the compiler)


APART = "\x1f"
"""Stands between the texts of a long list."""
HUGE, DOUBLE = _Named("HUGEINT"), _Named("DOUBLE")


class DuckDB(DuckDBJson, Dialect):
    """DuckDB, through ``duckdb-sqlalchemy`` when it runs."""

    name = "duckdb"
    joins = True
    _clocks: Clocks | None = None
    kept = "MATERIALIZED"  # measured: otherwise each further step of a sequence nearly doubles the time to plan it

    def printer(self) -> sa.Dialect:
        """Give PostgreSQL's printer, whose spelling DuckDB reads; its own needs the driver."""
        printer: sa.Dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
        return printer

    def prepare(self, connection: Any) -> None:
        """Set the session's zone."""
        connection.cursor().execute("SET TimeZone = 'UTC'")

    def number(self, value: Decimal | int) -> Any:
        """Give an int where it is whole, a Decimal where one can hold it, else a float."""
        if value == int(value) and abs(Decimal(value)) < 2**63:
            return int(value)
        exact = Decimal(value)
        return exact if len(exact.as_tuple().digits) <= 18 and abs(exact) < 10**18 else float(exact)

    def money(self, value: Decimal, currency: str | None) -> Any:
        """Give thousandths."""
        return self.number(value * THOUSAND)

    def from_money(self, value: Expr, currency: str | None) -> Expr:
        """Give major units."""
        return sa.cast(value, DOUBLE).op("/", precedence=8)(_n(THOUSAND))

    def value(self, column: Expr, field: Field) -> Expr:
        """Give texts as text whatever the column's own type, money as whole thousandths, decimals as floats."""
        if field.type is Type.TEXT:
            return sa.cast(column, sa.Text)
        if field.type is Type.MONEY:
            if field.minor:
                return sa.cast(column, HUGE) * _n(THOUSAND // 10 ** digits(field.currency))
            return sa.cast(column * _n(THOUSAND), sa.BigInteger)  # rounds; 64 bits add up three times as fast
        if field.type is Type.DECIMAL:
            return sa.cast(column, DOUBLE)
        if field.type is Type.BOOL:
            return sa.cast(column, sa.Text).in_([bind(t, "yes") for t in TRUES])
        return column

    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Keep whole numbers whole in 128 bits; decimals are rounded to nine digits, where floats still differ."""
        if op == "/":
            return sa.cast(left, DOUBLE).op("/", precedence=8)(sa.func.nullif(right, _n(0)))
        whole = set(types[:2]) <= ({Type.INT} if op == "*" else {Type.INT, Type.MONEY})
        left, right = (sa.cast(side, HUGE if whole else DOUBLE) for side in (left, right))
        result: Expr = left.op(op, precedence=8 if op == "*" else 7)(right)
        return result if whole else sa.func.round(result, _n(9))

    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Add decimals as whole millionths, so that no order of rows changes a sum."""
        if fn in (Fn.MIN, Fn.MAX):
            found: Expr = getattr(sa.func, fn.value)(value)
            return found
        scale = MICROS if type_ is Type.DECIMAL else 1
        total = sa.func.sum(self.exact(value, type_))
        if fn is Fn.SUM:
            return sa.cast(total, DOUBLE).op("/", precedence=8)(_n(scale)) if scale > 1 else total
        return sa.cast(total, DOUBLE).op("/", precedence=8)(sa.func.count(value) * _n(scale))

    def exact(self, value: Expr, type_: Type) -> Expr:
        """Give decimals as whole millionths."""
        return sa.cast(sa.func.round(value * _n(MICROS)), HUGE) if type_ is Type.DECIMAL else value

    def text(self, value: str) -> str | None:
        """Refuse what UTF-8 cannot spell."""
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return value

    def searched(self, op: TextOp, value: Expr, pattern: Expr, literal: str | None) -> Expr:
        """Search the folded text; ``matches`` is anchored at both ends."""
        if op is TextOp.MATCHES:
            found: Expr = sa.func.regexp_full_match(
                value, bind(portable(literal or ""), "pattern"), sa.literal_column("'s'"), type_=sa.Boolean
            )
            return found
        text, part = _folded(value), pattern if literal is not None else _folded(pattern)
        ask = {TextOp.CONTAINS: "contains", TextOp.STARTS_WITH: "starts_with", TextOp.ENDS_WITH: "suffix"}[op]
        asked: Expr = getattr(sa.func, ask)(text, part, type_=sa.Boolean)
        return asked

    def version(self, value: Expr) -> Expr:
        """Pad the numbers between the points; a text that is no version has no key."""
        return version_key_by_parts(self, value)

    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Bind a long list as one text, which the driver takes a hundred times as fast as a list."""
        if len(items) <= 100:
            return value.in_([bind(item, "item") for item in items])
        plain = [item for item in items if APART not in item]
        parts = sa.func.string_split(bind(APART.join(plain), "items"), sa.func.chr(_n(ord(APART))))
        found = value.in_(sa.select(sa.func.unnest(parts)))
        odd = [item for item in items if APART in item]
        return sa.or_(found, value.in_([bind(item, "item") for item in odd])) if odd else found

    def id_text(self, key: Expr) -> Expr:
        """Give texts, which sort by bytes here; a number with decimals loses its zeros."""
        text: Expr = sa.cast(key, sa.Text)
        number = sa.func.starts_with(sa.func.typeof(key), bind("DECIMAL", "type"))
        real = sa.func.typeof(key).in_([bind("DOUBLE", "type"), bind("FLOAT", "type")])
        whole = sa.func.regexp_replace(text, bind("[.]0*$", "zeros"), bind("", "nothing"))
        return sa.case((sa.or_(number, real), whole), else_=text)

    def moment(self, op: str, column: Expr, value: dt.datetime, form: TimeFormat) -> Expr:
        """Leave the type of a bound to the column: timestamps with and without a zone read it right."""
        if form.kind == "native":
            return compared(op, column, bind(native(value, form.zone), "at"))
        return super().moment(op, column, value, form)

    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Compare as they stand; texts as moments, so that a missing fraction does not matter."""
        if form.kind in ("iso", "iso_t"):
            left, right = (_Read(side) for side in (left, right))
        if type_ is Type.DATE and form.kind in ("iso", "iso_t", "native"):
            left, right = (sa.cast(side, sa.Date) for side in (left, right))
        return compared(op, left, right)

    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Count microseconds of the instant, or of the wall clock where a zone is declared."""
        if form.kind in ("epoch", "epoch_ms"):
            factor = _n(MICROS if form.kind == "epoch" else 1000)
            return sa.cast(sa.func.round(column * factor), sa.BigInteger)
        if form.kind != "native":
            return _epoch(_wall(column, form))
        if form.zone == "UTC":
            return _epoch(column)
        own = sa.func.timezone(sa.cast(bind(form.zone, "zone"), sa.Text), sa.cast(column, sa.TIMESTAMP(timezone=True)))
        has_zone = sa.func.typeof(column) == sa.literal_column(f"'{WITH_ZONE}'")
        return _epoch(sa.case((has_zone, own), else_=sa.cast(column, sa.TIMESTAMP)))

    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Count days."""
        if form.kind in ("epoch", "epoch_ms"):
            return self.floor(self.micros(column, form), 86_400 * MICROS)
        day = sa.cast(column if form.kind == "native" else _wall(column, form), sa.Date)
        return sa.cast(day.op("-", precedence=7)(sa.literal_column("DATE '1970-01-01'")), sa.BigInteger)

    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Read parts with extract; ``week`` is the ISO week."""
        wall = sa.func.make_timestamp(seconds * _n(MICROS))
        return sa.cast(sa.extract("isodow" if unit is None else unit.value, wall), sa.Integer)

    def day_part(self, unit: Unit | None, day: Expr, form: TimeFormat) -> Expr | None:
        """Ask a date for its own part."""
        if form.kind != "native":
            return None
        return sa.cast(sa.extract("isodow" if unit is None else unit.value, sa.cast(day, sa.Date)), sa.Integer)

    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Ask the engine's own zone tables."""
        own = sa.case((self.in_texts(zone, known), zone), else_=sa.cast(bind(otherwise, "zone"), sa.Text))
        wall = sa.func.timezone(own, sa.func.to_timestamp(self.floor(micros, MICROS)))
        return self.floor(_epoch(wall), MICROS)

    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Search the lists of each person's zone."""
        if self._clocks is None:
            self._clocks = Clocks(tuple(known))
        return self._clocks.wall(micros, zone, otherwise, crest)

    def moved(self, value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
        """Search the edges by halves (measured: sixteen times as fast as counting them in a list)."""
        return _Moved(value, sa.literal_column(_search(tuple(edges), tuple(offsets))))

    def once(self, use: Callable[..., Expr], *values: Expr, always: bool = False) -> Expr:
        """Name values in which edges are searched."""
        if asks_clocks(*values):
            return Bound(
                use(*(sa.literal_column(f"orc_b.w{n}", value.type) for n, value in enumerate(values))), *values
            )
        if not always and not any(isinstance(part, _Moved) for value in values for part in visitors.iterate(value)):
            return use(*values)
        names = (sa.literal_column(f"orc_w{n}", value.type) for n, value in enumerate(values))
        return _Once(use(*names), *values)

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers."""
        return sa.type_coerce(sa.type_coerce(value, sa.BigInteger).op("//", precedence=8)(_n(step)), sa.BigInteger)

    def quotient(self, value: Expr, step: int) -> Expr:
        """Divide as a float."""
        return sa.cast(value, DOUBLE).op("/", precedence=8)(_n(step))

    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Bind what the column would write, of whatever type it is."""
        if form.kind == "native" and isinstance(value, dt.datetime):
            return bind(native(value, form.zone), "default")
        return bind(stored(value, form), "default")

    def lot(self, key: Expr) -> Expr:
        """Hash in the database; hexadecimal digits sort like the number they spell."""
        text = sa.literal_column("'rank:'").op("||", precedence=6)(sa.cast(key, sa.Text))
        return sa.func.left(sa.func.sha256(text), _n(16))


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)


@lru_cache(maxsize=256)
def _search(edges: tuple[int, ...], offsets: tuple[int, ...]) -> str:
    """Give the offset of the last edge that ``x`` has reached."""
    return _halved(edges, offsets)


def _halved(edges: Sequence[int], offsets: Sequence[int]) -> str:
    if not edges:
        return str(offsets[0])
    half = len(edges) // 2
    later, before = _halved(edges[half + 1 :], offsets[half + 1 :]), _halved(edges[:half], offsets[: half + 1])
    return f"CASE WHEN x >= {edges[half]} THEN {later} ELSE {before} END"


def _epoch(moment: Expr) -> Expr:
    return sa.func.epoch_us(moment, type_=sa.BigInteger)


def _folded(value: Expr) -> Expr:
    """Give a text in small letters: plain ASCII, which nearly all are, without the long table."""
    table = folding()
    upper, lower = ("".join(map(chr, letters)) for letters in (table.keys(), table.values()))
    whole = sa.func.translate(value, bind(upper, "upper"), bind(lower, "lower"))
    return sa.case((sa.func.strlen(value) == sa.func.length(value), sa.func.lower(value)), else_=whole)


def _wall(column: Expr, form: TimeFormat) -> Expr:
    """Give what a text wrote as a timestamp, unknown where it is no time."""
    text = sa.cast(column, sa.Text)
    if form.kind != "pattern":
        return _Read(text)
    found = places(form.pattern) or {}

    def piece(part: str, missing: str) -> Expr:
        if part not in found:
            return sa.literal_column(f"'{missing}'")
        at, width = found[part]
        return sa.func.substr(text, _n(at), _n(width))

    words: Expr = piece("Y", "0000")
    for part, before, missing in zip("mdHMS", "-- ::", ("01", "01", "00", "00", "00"), strict=True):
        sign: Expr = sa.literal_column(f"'{before}'")
        words = words.op("||", precedence=6)(sign).op("||", precedence=6)(piece(part, missing))
    return _Read(words)
