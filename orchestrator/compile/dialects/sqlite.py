"""SQLite: correlated sub-selects, money in thousandths, and a few functions that ``prepare`` registers.

No currency has more than three digits, so thousandths are whole numbers.

Registered: ``orc_contains``, ``orc_starts``, ``orc_ends`` (value, pattern already folded), ``orc_fold``,
``orc_matches``, ``orc_lot`` (the hash that breaks ties of ranks), ``orc_wall`` (the clock of a person's zone),
``orc_moved`` (wall clocks by the changes of a zone, which are listed in the statement), ``orc_months``,
``orc_micros``, ``orc_floor``, ``orc_version`` and
``orc_haversine``.
"""

from __future__ import annotations

import datetime as dt
import json
import operator
import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from orchestrator.compile.dialects.base import TRUES, Dialect, Expr, bind, compared
from orchestrator.compile.dialects.sqlite_json import SQLiteJson
from orchestrator.compile.letters import fold, portable
from orchestrator.compile.moments import places, stored
from orchestrator.compile.shapes import haversine
from orchestrator.compile.shifts import UNTIL, shown
from orchestrator.compile.timing import all_zones
from orchestrator.compile.versions import version_key
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.money import digits
from orchestrator.model.people import canonical_id, share_of
from orchestrator.model.schema import Field, TimeFormat, Type

FUNCTIONS = {TextOp.CONTAINS: "orc_contains", TextOp.STARTS_WITH: "orc_starts", TextOp.ENDS_WITH: "orc_ends"}
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SCALE = 1_000_000
THOUSAND = 1_000
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class SQLite(SQLiteJson, Dialect):
    """SQLite 3.31 or newer."""

    name = "sqlite"
    joins = False

    def printer(self) -> sa.Dialect:
        """Give the printing dialect."""
        return sqlite.dialect(paramstyle="named")

    def prepare(self, connection: Any) -> None:
        """Register the functions."""
        for name, count, function in REGISTERED:
            connection.create_function(name, count, function, deterministic=True)

    def number(self, value: Decimal | int) -> Any:
        """Give an int where it fits, else a float."""
        whole = value == int(value) and abs(Decimal(value)) < 2**63
        return int(value) if whole else float(value)

    def money(self, value: Decimal, currency: str | None) -> Any:
        """Give thousandths."""
        return self.number(value * THOUSAND)

    def from_money(self, value: Expr, currency: str | None) -> Expr:
        """Give major units."""
        return value.op("/", precedence=8)(sa.literal_column(f"{THOUSAND}.0"))

    def value(self, column: Expr, field: Field) -> Expr:
        """Give money as whole thousandths, everything else as it stands."""
        if field.type is Type.MONEY:
            minor = 10 ** digits(field.currency)
            if not field.minor:
                return sa.cast(sa.func.round(column * _n(THOUSAND)), sa.Integer)
            return column if minor == THOUSAND else column * _n(THOUSAND // minor)
        if field.type is Type.BOOL:
            return sa.case(
                (column.is_(None), None), else_=sa.cast(column, sa.Text).in_([bind(t, "yes") for t in TRUES])
            )
        return column

    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Keep whole numbers whole; decimals are rounded to nine digits, where floats still tell them apart."""
        if op == "/":
            return (left * sa.literal_column("1.0")).op("/", precedence=8)(
                sa.func.nullif(right, sa.literal_column("0"))
            )
        result = OPERATIONS[op](left, right)
        exact = {Type.INT} if op == "*" else {Type.INT, Type.MONEY}
        return (
            sa.type_coerce(result, sa.Integer)
            if set(types[:2]) <= exact
            else sa.func.round(result, sa.literal_column("9"))
        )

    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Add decimals as whole millionths, so that no order of rows changes a sum."""
        if fn in (Fn.MIN, Fn.MAX):
            found: Expr = getattr(sa.func, fn.value)(value)
            return found
        scale = type_ is Type.DECIMAL
        exact = self.exact(value, type_)
        total = sa.func.sum(exact)
        over: Expr = sa.literal_column(f"{SCALE}.0") if scale else sa.literal_column("1.0")
        if fn is Fn.SUM:
            return total.op("/", precedence=8)(over) if scale else total
        return total.op("/", precedence=8)(sa.func.count(value) * over)

    def exact(self, value: Expr, type_: Type) -> Expr:
        """Give decimals as whole millionths."""
        if type_ is not Type.DECIMAL:
            return value
        return sa.cast(sa.func.round(value * sa.literal_column(str(SCALE))), sa.Integer)

    def text(self, value: str) -> str | None:
        """Refuse what UTF-8 cannot spell."""
        return value if _spellable(value) else None

    def searched(self, op: TextOp, value: Expr, pattern: Expr, literal: str | None) -> Expr:
        """Ask the registered functions."""
        one: Expr = sa.literal_column("1", sa.Integer)
        if op is TextOp.MATCHES:
            return sa.func.orc_matches(value, pattern, type_=sa.Integer) == one
        folded = pattern if literal is not None else sa.func.orc_fold(pattern)
        asked: Expr = getattr(sa.func, FUNCTIONS[op])(value, folded, type_=sa.Integer)
        return asked == one

    def haversine(self, latitude: Expr, longitude: Expr, here: float, there: float) -> Expr:
        """Ask the registered function: SQLite may be built without sines."""
        return sa.func.orc_haversine(latitude, longitude, bind(here, "latitude"), bind(there, "longitude"))

    def version(self, value: Expr) -> Expr:
        """Ask the registered function."""
        return sa.func.orc_version(value, type_=sa.Text)

    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Bind a long list as one JSON text."""
        if len(items) <= 100:
            return value.in_([bind(item, "item") for item in items])
        plain = [item for item in items if "\x00" not in item]
        each = sa.func.json_each(bind(json.dumps(plain), "items")).table_valued("value", name="each")
        found = value.in_(sa.select(each.c.value))
        odd = [item for item in items if "\x00" in item]
        return sa.or_(found, value.in_([bind(item, "item") for item in odd])) if odd else found

    def id_text(self, key: Expr) -> Expr:
        """Give texts as they are; a number that lies there with a point loses it."""
        real = sa.func.typeof(key) == bind("real", "type")
        return sa.case((real, sa.cast(sa.cast(key, sa.Integer), sa.Text)), else_=sa.cast(key, sa.Text))

    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Compare texts without what may be missing behind the seconds; dates by their day."""
        if form.kind in ("epoch", "epoch_ms", "pattern"):
            return compared(op, left, right)
        if type_ is Type.DATE:
            return compared(op, sa.func.substr(left, _n(1), _n(10)), sa.func.substr(right, _n(1), _n(10)))
        return compared(op, _trimmed(left), _trimmed(right))

    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Ask the registered function: SQLite's parser is not deep enough for doing it in SQL inside sums."""
        if form.kind == "epoch":
            return sa.cast(sa.func.round(column * _n(1_000_000)), sa.Integer)
        if form.kind == "epoch_ms":
            return sa.cast(sa.func.round(column * _n(1000)), sa.Integer)
        text = _assembled(column, form.pattern) if form.kind == "pattern" else column
        return sa.func.orc_micros(text, type_=sa.Integer)

    def floor(self, value: Expr, step: int) -> Expr:
        """Ask the registered function, for the same reason."""
        return sa.func.orc_floor(value, _n(step), type_=sa.Integer)

    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Count days by the first ten letters."""
        if form.kind in ("epoch", "epoch_ms"):
            return self.floor(self.micros(column, form), 86_400_000_000)
        text = _assembled(column, form.pattern) if form.kind == "pattern" else column
        return _seconds(sa.func.substr(text, _n(1), _n(10))).op("/", precedence=8)(_n(86400))

    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Read parts with strftime; the ISO week is the one of its Thursday."""

        def read(letter: str, *changes: str) -> Expr:
            found = sa.func.strftime(_s(letter), seconds, _s("unixepoch"), *map(_s, changes))
            return sa.cast(found, sa.Integer)

        if unit is None:
            return (read("%w") + _n(6)).op("%", precedence=8)(_n(7)) + _n(1)
        if unit is Unit.WEEK:
            return (read("%j", "-3 days", "weekday 4") - _n(1)).op("/", precedence=8)(_n(7)) + _n(1)
        if unit is Unit.QUARTER:
            return (read("%m") + _n(2)).op("/", precedence=8)(_n(3))
        letters = {Unit.MINUTE: "%M", Unit.HOUR: "%H", Unit.DAY: "%d", Unit.MONTH: "%m", Unit.YEAR: "%Y"}
        return read(letters[unit])

    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Ask the registered function."""
        return sa.func.orc_wall(micros, zone, bind(otherwise, "zone"), type_=sa.Integer)

    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Ask the registered function."""
        return sa.func.orc_clock(micros, zone, bind(otherwise, "zone"), _n(int(crest)), type_=sa.Integer)

    def moved(self, value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
        """Ask the registered function."""
        lists = (bind(" ".join(map(str, numbers)), "clock") for numbers in (edges, offsets))
        return sa.func.orc_moved(value, *lists, type_=sa.Integer)

    def months(self, wall: Expr, now: Expr, ahead: bool) -> Expr | None:
        """Ask the registered function, so that a sub-select in ``wall`` stands there once."""
        return sa.func.orc_months(wall, now, _n(int(ahead)), type_=sa.Integer)

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers."""
        return sa.type_coerce(sa.type_coerce(value, sa.Integer).op("/", precedence=8)(_n(step)), sa.Integer)

    def later(self, one: Expr, other: Expr) -> Expr:
        """Ask max, which compares two numbers in one row."""
        return sa.func.max(one, other)

    def quotient(self, value: Expr, step: int) -> Expr:
        """Divide as a float."""
        return value.op("/", precedence=8)(sa.literal_column(f"{step}.0"))

    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Bind what the column would write."""
        return bind(stored(value, form), "default")

    def lot(self, key: Expr) -> Expr:
        """Ask the registered hash."""
        return sa.func.orc_lot(key)


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.Integer)


def _s(text: str) -> Expr:
    """Give one of our own fixed words as a parameter."""
    return sa.bindparam(None, text, type_=sa.Text, unique=True)


def _seconds(text: Expr) -> Expr:
    return sa.cast(sa.func.strftime(_s("%s"), text), sa.Integer)


def _trimmed(text: Expr) -> Expr:
    plain = sa.func.replace(sa.func.replace(text, _s("Z"), _s("")), _s("+00:00"), _s(""))
    short = sa.func.rtrim(sa.func.rtrim(plain, _s("0")), _s("."))
    return sa.case((sa.func.instr(plain, _s(".")) > _n(0), short), else_=plain)


def _assembled(column: Expr, pattern: str) -> Expr:
    """Give what a pattern wrote as ``2026-12-01 10:00:00``, flat: SQLite's parser is not deep."""
    found = places(pattern) or {}
    text = sa.cast(column, sa.Text)
    missing = {"Y": "0000", "m": "01", "d": "01", "H": "00", "M": "00", "S": "00"}
    pieces = [
        sa.func.substr(text, _n(found[part][0]), _n(found[part][1])) if part in found else _s(instead)
        for part, instead in missing.items()
    ]
    return sa.func.printf(_s("%s-%s-%s %s:%s:%s"), *pieces)


def _spellable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(portable(text), re.DOTALL)


def _text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else str(value)


def _contains(value: Any, part: str | None) -> bool | None:
    text = _text(value)
    return None if text is None or part is None else part in fold(text)


def _starts(value: Any, part: str | None) -> bool | None:
    text = _text(value)
    return None if text is None or part is None else fold(text).startswith(part)


def _ends(value: Any, part: str | None) -> bool | None:
    text = _text(value)
    return None if text is None or part is None else fold(text).endswith(part)


def _matches(value: Any, pattern: str | None) -> bool | None:
    text = _text(value)
    return None if text is None or pattern is None else _pattern(pattern).fullmatch(text) is not None


def _folded(value: Any) -> str | None:
    text = _text(value)
    return None if text is None else fold(text)


def _version(value: Any) -> str | None:
    text = _text(value)
    return None if text is None else version_key(text)


def _lot(key: Any) -> float | None:
    return None if key is None else share_of("rank", canonical_id(key))


@lru_cache(maxsize=1024)
def _info(zone: str | None, otherwise: str) -> ZoneInfo:
    return ZoneInfo(zone if zone in all_zones() else otherwise)


def _wall(micros: int | None, zone: Any, otherwise: str) -> int | None:
    if micros is None:
        return None
    seconds = micros // 1_000_000
    offset = dt.datetime.fromtimestamp(seconds, _info(zone, otherwise)).utcoffset()
    return seconds + int(offset.total_seconds()) if offset is not None else seconds


def _clock(micros: int | None, zone: Any, otherwise: str, crest: int) -> int | None:
    """Give an instant on the wall clock of a zone, or (``crest``) the latest time that it has shown until then."""
    if micros is None:
        return None
    seconds, rest = divmod(micros, SCALE)
    wall = (_wall(micros, zone, otherwise) or 0) * SCALE + rest
    if not crest:
        return wall
    backs = shown(zone if zone in all_zones() else otherwise, UNTIL)
    place = bisect_right(backs, seconds, key=lambda back: back[0])
    return max(wall, backs[place - 1][1] * SCALE - 1) if place else wall


@lru_cache(maxsize=256)
def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split()]


def _moved(value: int | None, edges: str, offsets: str) -> int | None:
    return None if value is None else value + _numbers(offsets)[bisect_right(_numbers(edges), value)]


def _months(wall: int | None, now: int, ahead: int) -> int | None:
    """Give whole months from a wall clock to now, or from now on; the 31st clamps in shorter months (A52)."""
    if wall is None:
        return None
    then, here = (EPOCH + dt.timedelta(microseconds=micros) for micros in (wall, now))
    own = min(here.day, monthrange(then.year, then.month)[1])
    months = (here.year - then.year) * 12 + here.month - then.month
    there, clock = (then.day, then.time()), (own, here.time())
    return -months - (there < clock) if ahead else months - (there > clock)


def _micros(text: Any) -> int | None:
    """Read ``2026-12-01 10:00:00.5`` as a clock in UTC; None where it is no time."""
    try:
        read = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    if read.tzinfo is None:
        read = read.replace(tzinfo=dt.UTC)
    return (read - EPOCH) // dt.timedelta(microseconds=1)


def _floor(value: Any, step: int) -> int | None:
    return None if value is None else int(value // step)


REGISTERED: tuple[tuple[str, int, Any], ...] = (
    ("orc_contains", 2, _contains),
    ("orc_starts", 2, _starts),
    ("orc_ends", 2, _ends),
    ("orc_matches", 2, _matches),
    ("orc_fold", 1, _folded),
    ("orc_version", 1, _version),
    ("orc_haversine", 4, haversine),
    ("orc_lot", 1, _lot),
    ("orc_wall", 3, _wall),
    ("orc_clock", 4, _clock),
    ("orc_moved", 3, _moved),
    ("orc_months", 3, _months),
    ("orc_micros", 1, _micros),
    ("orc_floor", 2, _floor),
)
