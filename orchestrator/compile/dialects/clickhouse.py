"""ClickHouse 25.8 or newer: pre-aggregated derived tables, money in thousandths, decimals as floats of nine digits.

An exact decimal of ClickHouse stops the statement where a product needs more digits than it has. Money is therefore
counted in whole thousandths (no currency has more than three digits) with 256 bits, and decimals are added as whole
millionths, so that no order of rows changes a sum.

``prepare`` makes a session read like the other engines: what an outer join does not find is unknown, and so is an
aggregate of nothing. The engine's functions take only constant zones, so its zones are never asked. An instant in a
column of its own is a moment whatever zone it is shown in; where the schema declares a zone, what the column shows in
UTC is that zone's wall clock.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.dialects.base import TRUES, Dialect, Expr, bind, compared
from orchestrator.compile.dialects.clickhouse_json import ClickHouseJson
from orchestrator.compile.dialects.cloud import Named
from orchestrator.compile.dialects.cloud_printer import printer_of
from orchestrator.compile.dialects.patterned import patterned
from orchestrator.compile.letters import folding, portable
from orchestrator.compile.moments import stored, wall
from orchestrator.compile.shifts import UNTIL, every_crest, every_offset
from orchestrator.compile.shifts import offsets as offsets_of
from orchestrator.compile.versions import DIGITS, NUMBERS, PATTERN, RELEASED
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.money import digits
from orchestrator.model.schema import Field, TimeFormat, Type

MICROS = 1_000_000
THOUSAND = 1_000
DAY = 86_400
LONG_AGO, SECONDS_AGO, CREST_AGO = -(10**18), -(10**15), -(10**12)
EARLIEST, LATEST = dt.datetime(1900, 1, 1), dt.datetime(2299, 12, 31)  # noqa: DTZ001 (what the engine can hold)
DOUBLE, HUGE, WHOLE = Named("Nullable(Float64)"), Named("Nullable(Int256)"), Named("Nullable(Int64)")
MOMENT, DATE = Named("Nullable(DateTime64(6, 'UTC'))"), Named("Nullable(Date32)")
SETTINGS = {
    "join_use_nulls": 1,
    "cast_keep_nullable": 1,
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    "transform_null_in": 0,
    "max_query_size": 2**28,
    "max_ast_elements": 2**24,
    "max_expanded_ast_elements": 2**24,
    "max_ast_depth": 2**16,
    "max_parser_depth": 2**16,
    "max_parser_backtracks": 2**26,
}


class ClickHouse(ClickHouseJson, Dialect):
    """ClickHouse, through clickhouse-connect when it runs."""

    name = "clickhouse"
    joins = True
    correlates = False
    _crests: Expr | None = None

    def is_not_true(self, test: Expr) -> Expr:
        """Use what every release knows."""
        return sa.not_(sa.func.coalesce(test, sa.false(), type_=sa.Boolean))

    def printer(self) -> sa.Dialect:
        """Give a printer of our own; the driver brings its own."""
        return printer_of(self.name, '"', (("\\", "\\\\"), ('"', '\\"')), ":", "TEXT", "")

    def prepare(self, connection: Any) -> None:
        """Set what a session joins, adds up and reads with."""
        for name, value in SETTINGS.items():
            connection.client.set_client_setting(name, value)

    # -------------------------------------------------------------- numbers

    def number(self, value: Decimal | int) -> Any:
        """Give an int where it is whole and has 64 bits, else a float."""
        return int(value) if value == int(value) and abs(Decimal(value)) < 2**63 else float(value)

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
            return sa.cast(sa.func.round(column * _n(THOUSAND)), HUGE)
        if field.type is Type.DECIMAL:
            return sa.cast(column, DOUBLE)
        if field.type is Type.BOOL:
            return sa.cast(column, sa.Text).in_([bind(t, "yes") for t in TRUES])
        return column

    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Keep whole numbers whole in 256 bits; decimals are rounded to nine digits, where floats still differ."""
        if op == "/":
            return sa.cast(left, DOUBLE).op("/", precedence=8)(sa.func.nullif(sa.cast(right, DOUBLE), _n(0)))
        whole = set(types[:2]) <= ({Type.INT} if op == "*" else {Type.INT, Type.MONEY})
        left, right = (sa.cast(side, HUGE if whole else DOUBLE) for side in (left, right))
        result: Expr = left.op(op, precedence=8 if op == "*" else 7)(right)
        return result if whole else sa.func.round(result, _n(9))

    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Add whole numbers with 256 bits, decimals as whole millionths."""
        if fn in (Fn.MIN, Fn.MAX):
            found: Expr = getattr(sa.func, fn.value)(value)
            return found
        scale = MICROS if type_ is Type.DECIMAL else 1
        total = sa.func.sum(self.exact(value, type_))
        if fn is Fn.SUM:
            return sa.cast(total, DOUBLE).op("/", precedence=8)(_n(scale)) if scale > 1 else total
        return sa.cast(total, DOUBLE).op("/", precedence=8)(sa.func.nullif(sa.func.count(value) * _n(scale), _n(0)))

    def exact(self, value: Expr, type_: Type) -> Expr:
        """Give decimals as whole millionths."""
        return sa.cast(sa.func.round(value * _n(MICROS)) if type_ is Type.DECIMAL else value, HUGE)

    def double(self, value: Expr) -> Expr:
        """Give a number as a float of 64 bits."""
        return sa.cast(value, DOUBLE)

    def maybe(self, value: Expr) -> Expr:
        """Let a value be unknown."""
        return sa.func.toNullable(value)

    # -------------------------------------------------------------- texts

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
            found: Expr = sa.func.match(
                value, bind(f"(?s)^(?:{portable(literal or '')})$", "pattern"), type_=sa.Boolean
            )
            return found
        text, part = _folded(value), pattern if literal is not None else _folded(pattern)
        if op is TextOp.CONTAINS:
            return sa.func.position(text, part, type_=sa.Integer) > _n(0)
        ask = {TextOp.STARTS_WITH: "startsWith", TextOp.ENDS_WITH: "endsWith"}[op]
        asked: Expr = getattr(sa.func, ask)(text, part, type_=sa.Boolean)
        return asked

    def version(self, value: Expr) -> Expr:
        """Pad the numbers between the points; a text that is no version has no key."""
        text = sa.func.coalesce(value, _s(""))  # a list cannot be unknown
        plain = _piece(text, "+", 1)
        numbers = _piece(plain, "-", 1)
        suffix = sa.func.substring(plain, sa.func.length(numbers) + _n(2))
        padded = (sa.func.leftPad(_piece(numbers, ".", n + 1), _n(DIGITS), _s("0")) for n in range(NUMBERS))
        ending = sa.case((suffix == _s(""), _s(RELEASED)), else_=sa.func.lower(suffix))
        form = self.searched(TextOp.MATCHES, value, bind(PATTERN, "version"), PATTERN)
        return sa.case((form, sa.func.concat(*padded, ending)), else_=sa.null())

    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Bind a long list as one JSON text."""
        if len(items) <= 100:
            return value.in_([bind(item, "item") for item in items])
        listed = sa.func.JSONExtract(bind(json.dumps(list(items), ensure_ascii=False), "items"), _s("Array(String)"))
        return value.in_(sa.select(sa.func.arrayJoin(listed)))

    def id_text(self, key: Expr) -> Expr:
        """Give texts, which sort by bytes here; a number shows no zeros at its end."""
        return sa.func.toString(key, type_=sa.Text)

    def lot(self, key: Expr) -> Expr:
        """Hash in the database; hexadecimal digits sort like the number they spell."""
        text = sa.func.concat(_s("rank:"), sa.func.toString(key))
        return sa.func.substring(sa.func.hex(sa.func.SHA256(text)), _n(1), _n(16))

    # -------------------------------------------------------------- time

    def moment(self, op: str, column: Expr, value: dt.datetime, form: TimeFormat) -> Expr:
        """Compare with a moment in UTC, within what the engine can hold."""
        if form.kind == "native":
            return compared(op, column, _constant(wall(value, form.zone)))
        return super().moment(op, column, value, form)

    def day(self, op: str, column: Expr, value: dt.date, form: TimeFormat) -> Expr:
        """Compare dates with dates."""
        if form.kind == "native":
            return compared(op, sa.cast(column, DATE), sa.cast(bind(value.isoformat(), "day"), DATE))
        return super().day(op, column, value, form)

    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Compare as they stand; texts as moments, so that a missing fraction does not matter."""
        if form.kind in ("iso", "iso_t"):
            left, right = (_read(side, form) for side in (left, right))
        if type_ is Type.DATE and form.kind in ("iso", "iso_t", "native"):
            left, right = (sa.cast(side, DATE) for side in (left, right))
        return compared(op, left, right)

    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Count microseconds of the instant, or of the wall clock where a zone is declared."""
        if form.kind in ("epoch", "epoch_ms"):
            factor = _n(MICROS if form.kind == "epoch" else 1000)
            return sa.cast(sa.func.round(column * factor), WHOLE)
        moment = sa.cast(column, MOMENT) if form.kind == "native" else _read(column, form)
        return sa.func.toUnixTimestamp64Micro(moment, type_=sa.BigInteger)

    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Count days."""
        if form.kind in ("epoch", "epoch_ms"):
            return self.floor(self.micros(column, form), DAY * MICROS)
        day = sa.cast(column if form.kind == "native" else _read(column, form), DATE)
        return sa.func.toInt64(day, type_=sa.BigInteger)

    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Read parts of a date that is counted in days; hours, minutes and weekdays by arithmetic."""
        if unit in (Unit.HOUR, Unit.MINUTE):
            size, step = (DAY, 3_600) if unit is Unit.HOUR else (3_600, 60)
            return self.whole(sa.func.modulo(seconds + _n(MICROS * DAY), _n(size)), step)
        days = self.floor(seconds, DAY)
        if unit is None:
            return sa.func.modulo(days + _n(7 * MICROS + 3), _n(7), type_=sa.BigInteger) + _n(1)
        names = {Unit.DAY: "toDayOfMonth", Unit.WEEK: "toISOWeek", Unit.MONTH: "toMonth",
                 Unit.QUARTER: "toQuarter", Unit.YEAR: "toYear"}  # fmt: skip
        date = sa.func.addDays(sa.func.toDate32(_s("1970-01-01")), days)
        return sa.func.toInt64(getattr(sa.func, names[unit])(date), type_=sa.BigInteger)

    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Look the offset up in a map of all zones, which travels with the statement as one value."""
        seconds = self.floor(micros, MICROS)
        first, shifts = offsets_of(otherwise, UNTIL)
        project = self.moved(seconds, [s.at for s in shifts], [first, *(s.offset for s in shifts)])
        table = sa.func.JSONExtract(bind(_all_shifts(known), "zones"), _s("Map(String, Array(Tuple(Int64, Int64)))"))
        mine = sa.func.arrayElement(table, sa.func.coalesce(zone, _s("")))
        last: Expr = sa.literal_column("orc_shift").op("->", precedence=0)(
            sa.literal_column("orc_shift.1") <= sa.func.coalesce(seconds, _n(0))
        )
        offset = sa.func.tupleElement(sa.func.arrayLast(last, mine), _n(2), type_=sa.BigInteger)
        return sa.case((sa.func.length(mine) > _n(0), seconds + offset), else_=project)

    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Look offset and time shown up in a map of all zones, which travels with the statement as one value."""
        if self._crests is None:
            kind = _s("Map(String, Array(Tuple(Int64, Int64, Int64)))")
            self._crests = sa.func.JSONExtract(bind(_all_crests(tuple(known)), "clocks"), kind)
        named = sa.func.mapContains(self._crests, sa.func.coalesce(zone, _s("")))
        own = getattr(sa.func, "if")(named, sa.func.coalesce(zone, _s("")), bind(otherwise, "zone"))
        last: Expr = sa.literal_column("orc_shift").op("->", precedence=0)(
            sa.literal_column("orc_shift.1") <= sa.func.coalesce(self.floor(micros, MICROS), _n(0))
        )
        found = sa.func.arrayLast(last, sa.func.arrayElement(self._crests, own))
        wall = micros + sa.func.tupleElement(found, _n(2), type_=sa.BigInteger) * _n(MICROS)
        if not crest:
            return wall
        shown = sa.func.tupleElement(found, _n(3), type_=sa.BigInteger) * _n(MICROS) - _n(1)
        return sa.case((micros.is_(None), sa.null()), else_=self.later(wall, shown))

    def moved(self, value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
        """Search the last edge by halves and look its offset up."""
        if not edges:
            return value + _n(offsets[0])
        starts: Expr = sa.literal_column(str([LONG_AGO, *edges]))
        moves: Expr = sa.literal_column(str(list(offsets)))
        return value + sa.func.transform(sa.func.roundDown(value, starts), starts, moves, _n(0), type_=sa.BigInteger)

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers."""
        return sa.func.intDiv(value, _n(step), type_=sa.BigInteger)

    def quotient(self, value: Expr, step: int) -> Expr:
        """Divide as a float."""
        return sa.cast(value, DOUBLE).op("/", precedence=8)(_n(step))

    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Bind what the column would write, of the column's type."""
        if form.kind != "native":
            return bind(stored(value, form), "default")
        if isinstance(value, dt.datetime):
            return _constant(wall(value, form.zone))
        return sa.cast(bind(stored(value, form), "default"), DATE)


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)


def _s(text: str) -> Expr:
    return sa.literal_column(f"'{text}'", sa.Text)


def _piece(text: Expr, mark: str, place: int) -> Expr:
    """Give a piece of a text, empty where there are not so many."""
    return sa.func.arrayElement(sa.func.splitByChar(_s(mark), text), _n(place), type_=sa.Text)


def _constant(moment: dt.datetime) -> Expr:
    held = min(max(moment.replace(tzinfo=None), EARLIEST), LATEST)
    return sa.cast(bind(held.isoformat(" "), "at"), MOMENT)


def _all_shifts(zones: Sequence[str]) -> str:
    table: dict[str, list[tuple[int, int]]] = {}
    for zone, at, offset in every_offset(tuple(zones), UNTIL, SECONDS_AGO):
        table.setdefault(zone, []).append((at, offset))
    return json.dumps(table, separators=(",", ":"))


@lru_cache(maxsize=2)
def _all_crests(zones: tuple[str, ...]) -> str:
    table: dict[str, list[tuple[int, int, int]]] = {}
    for zone, at, offset, latest in every_crest(zones, UNTIL, CREST_AGO):
        table.setdefault(zone, []).append((at, offset, latest))
    return json.dumps(table, separators=(",", ":"))


def _folded(value: Expr) -> Expr:
    """Give a text in small letters: plain ASCII, which nearly all are, without the long table."""
    table = folding()
    upper, lower = ("".join(map(chr, letters)) for letters in (table.keys(), table.values()))
    whole = sa.func.translateUTF8(value, bind(upper, "upper"), bind(lower, "lower"))
    return sa.case((sa.func.length(value) == sa.func.lengthUTF8(value), sa.func.lower(value)), else_=whole)


def _read(column: Expr, form: TimeFormat) -> Expr:
    """Give what a text wrote as a moment, unknown where it is none."""
    text: Expr = sa.cast(column, sa.Text)
    if form.kind == "pattern":
        text = patterned(text, form.pattern, lambda of, at, n: sa.func.substring(of, _n(at), _n(n)), _s)
    return sa.func.parseDateTime64BestEffortOrNull(text, _n(6), _s("UTC"), type_=MOMENT)
