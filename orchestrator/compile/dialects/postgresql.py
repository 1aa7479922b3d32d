"""PostgreSQL 13 or newer: pre-aggregated derived tables, IN and NOT EXISTS, money as exact numbers.

``prepare`` sets the session's zone to UTC: a column without a zone then means UTC wherever it meets one with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from orchestrator.compile.dialects.base import TRUES, Expr, bind, compared
from orchestrator.compile.dialects.exact import Exact
from orchestrator.compile.dialects.parted import version_key_by_parts
from orchestrator.compile.dialects.postgresql_clocks import Clocks
from orchestrator.compile.dialects.postgresql_json import PostgreSQLJson
from orchestrator.compile.letters import folding, portable
from orchestrator.compile.moments import native, places, stored
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.money import digits
from orchestrator.model.schema import Field, TimeFormat, Type

MICROS = 1_000_000
WITH_ZONE = "timestamp with time zone"


class PostgreSQL(PostgreSQLJson, Exact):
    """PostgreSQL, through psycopg 3 when it runs."""

    name = "postgresql"
    joins = True
    narrows = True
    _clocks: Clocks | None = None

    def printer(self) -> sa.Dialect:
        """Give the printing dialect."""
        printer: sa.Dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
        return printer

    def prepare(self, connection: Any) -> None:
        """Set the session's zone, outside of any transaction."""
        was = connection.autocommit
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("set time zone 'UTC'")
        connection.autocommit = was

    def value(self, column: Expr, field: Field) -> Expr:
        """Give texts as text whatever the column's own type, numbers exact, money in major units."""
        if field.type is Type.TEXT:
            return sa.cast(column, sa.Text)
        if field.type is Type.MONEY and field.minor:
            return sa.cast(column, sa.Numeric) / sa.literal_column(str(10 ** digits(field.currency)))
        if field.type in (Type.DECIMAL, Type.MONEY):
            return sa.cast(column, sa.Numeric)  # costs nothing where it is one
        if field.type is Type.BOOL:
            return sa.cast(column, sa.Text).in_([bind(t, "yes") for t in TRUES])
        return column

    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Calculate with exact numbers, which do not overflow."""
        left, right = (
            sa.cast(side, sa.Numeric) if type_ is Type.INT else side
            for side, type_ in zip((left, right), types, strict=False)
        )
        if op == "/":
            return left.op("/", precedence=8)(sa.func.nullif(right, sa.literal_column("0")))
        return left.op(op, precedence=8 if op == "*" else 7)(right)

    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Use the engine's own aggregates, which are exact for exact numbers."""
        found: Expr = getattr(sa.func, fn.value)(value)
        return found

    def text(self, value: str) -> str | None:
        """Refuse NUL and what UTF-8 cannot spell: no column can hold them."""
        if "\x00" in value:
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return value

    def searched(self, op: TextOp, value: Expr, pattern: Expr, literal: str | None) -> Expr:
        """Search the folded text; ``matches`` is anchored at both ends."""
        if op is TextOp.MATCHES:
            anchored = bind(f"^(?:{portable(literal or '')})$", "pattern")
            return value.op("~", is_comparison=True)(anchored)
        text, part = _folded(value), pattern if literal is not None else _folded(pattern)
        if op is TextOp.CONTAINS:
            return sa.func.strpos(text, part) > sa.literal_column("0")
        side = sa.func.left if op is TextOp.STARTS_WITH else sa.func.right
        length = sa.literal_column(str(len(literal))) if literal is not None else sa.func.length(part)
        return side(text, length) == part if literal != "" else sa.func.length(value) >= sa.literal_column("0")

    def version(self, value: Expr) -> Expr:
        """Pad the numbers between the points; a text that is no version has no key."""
        return version_key_by_parts(self, value)

    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Bind a long list as one array."""
        if len(items) <= 100:
            return value.in_([bind(item, "item") for item in items])
        return value == sa.func.any(sa.cast(bind(list(items), "items"), postgresql.ARRAY(sa.Text)))

    def id_text(self, key: Expr) -> Expr:
        """Sort by bytes; a number with decimals loses its zeros."""
        text: Expr = sa.cast(key, sa.Text)
        numeric = sa.cast(sa.func.pg_typeof(key), sa.Text) == bind("numeric", "type")
        whole = sa.func.regexp_replace(text, bind("[.]0*$", "zeros"), bind("", "nothing"))
        return sa.case((numeric, whole), else_=text).collate("C")

    def moment(self, op: str, column: Expr, value: dt.datetime, form: TimeFormat) -> Expr:
        """Leave the type of a bound to the column: timestamps with and without a zone read it right."""
        if form.kind == "native":
            return compared(op, column, bind(native(value, form.zone), "at"))
        return super().moment(op, column, value, form)

    def sortable(self, column: Expr, form: TimeFormat) -> Expr:
        """Sort texts by code points, not by a language."""
        letters = form.pattern.replace("%", "") if form.kind == "pattern" else ""
        if form.kind in ("iso", "iso_t") or (not letters.isalnum() and letters):
            return sa.cast(column, sa.Text).collate("C")
        return column

    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Compare as they stand; texts as moments, so that a missing fraction does not matter."""
        if form.kind in ("iso", "iso_t"):
            kind = sa.Date if type_ is Type.DATE else sa.TIMESTAMP
            left, right = (sa.cast(sa.cast(side, sa.Text), kind) for side in (left, right))
        return compared(op, left, right)

    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Count microseconds of the instant, or of the wall clock where a zone is declared."""
        if form.kind in ("epoch", "epoch_ms"):
            factor = MICROS if form.kind == "epoch" else 1000
            return sa.cast(sa.func.round(sa.cast(column, sa.Numeric) * sa.literal_column(str(factor))), sa.BigInteger)
        moment: Expr
        if form.kind == "native":
            moment = sa.cast(column, sa.TIMESTAMP(timezone=True))
            if form.zone != "UTC":
                has_zone = sa.cast(sa.func.pg_typeof(column), sa.Text) == sa.literal_column(f"'{WITH_ZONE}'")
                own = sa.func.timezone(sa.cast(bind(form.zone, "zone"), sa.Text), moment)
                moment = sa.case((has_zone, own), else_=sa.cast(column, sa.TIMESTAMP))
        elif form.kind == "pattern":
            moment = _assembled(column, form.pattern)
        else:
            moment = sa.cast(sa.cast(column, sa.Text), sa.TIMESTAMP)
        return sa.cast(sa.extract("epoch", moment) * sa.literal_column(str(MICROS)), sa.BigInteger)

    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Count days."""
        if form.kind in ("epoch", "epoch_ms"):
            return self.floor(self.micros(column, form), 86_400 * MICROS)
        if form.kind == "pattern":
            day = sa.cast(_assembled(column, form.pattern), sa.Date)
        else:
            day = sa.cast(column if form.kind == "native" else sa.cast(column, sa.Text), sa.Date)
        return sa.cast(day.op("-", precedence=7)(sa.literal_column("DATE '1970-01-01'")), sa.BigInteger)

    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Read parts with extract; ``week`` is the ISO week."""
        wall = sa.func.timezone(sa.literal_column("'UTC'"), sa.func.to_timestamp(seconds))
        return _part(unit, wall)

    def day_part(self, unit: Unit | None, day: Expr, form: TimeFormat) -> Expr | None:
        """Ask a date for its own part."""
        if form.kind != "native":
            return None
        return _part(unit, sa.cast(day, sa.Date))

    def own_moment(
        self, moment: Expr, form: TimeFormat, zone: Expr, known: Sequence[str], otherwise: str
    ) -> tuple[Expr, Callable[[Unit | None], Expr]] | None:
        """Put the moment on the clock with the engine's own zone tables."""
        if form.kind != "native" or form.zone != "UTC":
            return None
        wall = sa.func.timezone(self._own(zone, known, otherwise), sa.cast(moment, sa.TIMESTAMP(timezone=True)))
        return sa.cast(sa.func.floor(sa.extract("epoch", wall)), sa.BigInteger), lambda unit: _part(unit, wall)

    def _own(self, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        return sa.case((self.in_texts(zone, known), zone), else_=sa.cast(bind(otherwise, "zone"), sa.Text))

    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Ask the engine's own zone tables."""
        own = self._own(zone, known, otherwise)
        seconds = self.floor(micros, MICROS)
        return sa.cast(sa.extract("epoch", sa.func.timezone(own, sa.func.to_timestamp(seconds))), sa.BigInteger)

    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Look the place up in one list of the changes of all zones, each zone's behind the one before it."""
        if self._clocks is None:
            self._clocks = Clocks(tuple(known))
        return self._clocks.wall(micros, self.floor(micros, MICROS), zone, otherwise, crest)

    def moved(self, value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
        """Look the place up among the edges."""
        place = sa.func.width_bucket(value, _whole_numbers(tuple(edges))) + sa.literal_column("1")
        found: Expr = value + _whole_numbers(tuple(offsets))[place]
        return found

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers."""
        return sa.type_coerce(
            sa.type_coerce(value, sa.BigInteger).op("/", precedence=8)(sa.literal_column(str(step))), sa.BigInteger
        )

    def quotient(self, value: Expr, step: int) -> Expr:
        """Divide as an exact number."""
        return sa.cast(value, sa.Numeric).op("/", precedence=8)(sa.literal_column(str(step)))

    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Bind what the column would write, of whatever type it is."""
        if form.kind == "native" and isinstance(value, dt.datetime):
            return bind(native(value, form.zone), "default")
        return bind(stored(value, form), "default")

    def lot(self, key: Expr) -> Expr:
        """Hash in the database; bytes sort like the number they spell."""
        text = sa.literal_column("'rank:'").op("||", precedence=6)(sa.cast(key, sa.Text))
        hashed = sa.func.sha256(sa.func.convert_to(text, sa.literal_column("'UTF8'")))
        return sa.func.substr(hashed, sa.literal_column("1"), sa.literal_column("8"))


def _part(unit: Unit | None, of: Expr) -> Expr:
    return sa.cast(sa.extract("isodow" if unit is None else unit.value, of), sa.Integer)


@lru_cache(maxsize=256)
def _whole_numbers(numbers: tuple[int, ...]) -> Expr:
    """Bind them as one array: the same object each time, so that a statement carries them once."""
    return Grouping(sa.cast(bind(list(numbers), "clock"), ARRAY(sa.BigInteger)))


def _folded(value: Expr) -> Expr:
    """Give a text in small letters: plain ASCII, which nearly all are, without the long table."""
    table = folding()
    upper, lower = ("".join(map(chr, letters)) for letters in (table.keys(), table.values()))
    short = sa.func.lower(value.collate("C"))
    whole = sa.func.translate(value, bind(upper, "upper"), bind(lower, "lower"))
    return sa.case((sa.func.octet_length(value) == sa.func.length(value), short), else_=whole)


def _assembled(column: Expr, pattern: str) -> Expr:
    """Give what a pattern wrote as a timestamp."""
    found = places(pattern) or {}
    text = sa.cast(column, sa.Text)

    def piece(part: str, missing: str) -> Expr:
        if part not in found:
            return sa.literal_column(missing)
        at, width = found[part]
        return sa.cast(sa.func.substr(text, sa.literal_column(str(at)), sa.literal_column(str(width))), sa.Integer)

    parts = [piece(part, missing) for part, missing in zip("YmdHMS", "011000", strict=True)]
    return sa.func.make_timestamp(*parts)
