"""MariaDB 10.6 and MySQL 8.0.19 or newer: pre-aggregated derived tables, IN and NOT EXISTS, money as exact numbers.

``prepare`` makes a session read alike on every server: UTC, and texts compared by their code points with blanks at
their end (a server compares without capitals and without such blanks by default; texts are therefore always cast,
which gives them the session's collation). Ids of people and events are compared as the columns themselves compare,
so that the index on them serves.

The tables of zones of the server are never asked: many have none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from orchestrator.compile.dialects.base import TRUES, Expr, bind, compared
from orchestrator.compile.dialects.exact import Exact
from orchestrator.compile.dialects.mysql_clocks import Clocks, months_between, stepped
from orchestrator.compile.dialects.mysql_json import MySQLJson
from orchestrator.compile.dialects.patterned import patterned
from orchestrator.compile.letters import folding, portable
from orchestrator.compile.moments import stored, wall
from orchestrator.compile.shifts import UNTIL, every_offset
from orchestrator.compile.shifts import offsets as offsets_of
from orchestrator.compile.versions import DIGITS, NUMBERS, PATTERN, RELEASED
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.money import digits
from orchestrator.model.schema import Field, TimeFormat, Type

MICROS = 1_000_000
DAY_ZERO = 719_528
"""What ``to_days`` gives for 1970-01-01."""
LONG_AGO = -(10**15)
EXACT: sa.DECIMAL[Decimal] = sa.DECIMAL(65, 12)
WHOLE: sa.DECIMAL[Decimal] = sa.DECIMAL(65, 0)
MOMENT = mysql.DATETIME(fsp=6)


class MySQL(MySQLJson, Exact):
    """MySQL and MariaDB, through PyMySQL when it runs."""

    name = "mysql"
    joins = True
    _zones: sa.CTE | None = None
    _clocks: Clocks | None = None

    def printer(self) -> sa.Dialect:
        """Give the printing dialect."""
        printer: sa.Dialect = mysql.dialect(paramstyle="named")
        return printer

    def prepare(self, connection: Any) -> None:
        """Set what a session calculates, compares and tells the time with."""
        maria = "MariaDB" in connection.get_server_info()
        settings = [
            f"NAMES utf8mb4 COLLATE {'utf8mb4_nopad_bin' if maria else 'utf8mb4_0900_bin'}",
            "SESSION time_zone = '+00:00'",
            "SESSION sql_mode = 'NO_UNSIGNED_SUBTRACTION'",
            "SESSION div_precision_increment = 20",
            *(["SESSION default_regex_flags = ''"] if maria else []),
        ]
        with connection.cursor() as cursor:
            for setting in settings:
                cursor.execute(f"SET {setting}")

    def value(self, column: Expr, field: Field) -> Expr:
        """Give texts in the session's collation, numbers exact, money in major units."""
        if field.type is Type.TEXT:
            return sa.cast(column, sa.Text)
        if field.type is Type.MONEY and field.minor:
            return sa.cast(column, WHOLE) * sa.literal_column(str(Decimal(1).scaleb(-digits(field.currency))))
        if field.type in (Type.DECIMAL, Type.MONEY):
            return sa.cast(column, EXACT)
        if field.type is Type.BOOL:  # a column of one bit gives the sign itself
            return sa.cast(column, sa.Text).in_([bind(t, "yes") for t in (*TRUES, "\x01")])
        return column

    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Calculate with exact numbers of 65 digits."""
        left, right = (
            sa.cast(side, WHOLE) if type_ is Type.INT else side
            for side, type_ in zip((left, right), types, strict=False)
        )
        if op == "/":
            return left.op("/", precedence=8)(sa.func.nullif(right, _n(0)))
        return left.op(op, precedence=8 if op == "*" else 7)(right)

    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Use the engine's own aggregates, which are exact for exact numbers."""
        found: Expr = getattr(sa.func, fn.value)(value)
        return found

    def text(self, value: str) -> str | None:
        """Refuse what UTF-8 cannot spell."""
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return value

    def searched(self, op: TextOp, value: Expr, pattern: Expr, literal: str | None) -> Expr:
        """Search with a pattern that lists both forms of each letter; two columns are folded letter by letter."""
        if literal is not None:
            inner = f"(?:{portable(literal)})" if op is TextOp.MATCHES else _either(literal)
            start, end = (
                sign if op in (one, TextOp.MATCHES) else ""
                for sign, one in ((r"\A", TextOp.STARTS_WITH), (r"\z", TextOp.ENDS_WITH))
            )
            return value.op("REGEXP", is_comparison=True)(bind(f"(?s){start}{inner}{end}", "pattern"))
        text, part = _folded(value), _folded(pattern)
        if op is TextOp.CONTAINS:
            return sa.func.locate(part, text) > _n(0)
        side = sa.func.left if op is TextOp.STARTS_WITH else sa.func.right
        return side(text, sa.func.char_length(part)) == part

    def double(self, value: Expr) -> Expr:
        """Multiply with a float: the printer knows of no cast to one."""
        return value.op("*", precedence=8)(sa.literal_column("1e0", sa.Double))

    def version(self, value: Expr) -> Expr:
        """Pad the numbers between the points; a text that is no version has no key."""
        plain = sa.func.substring_index(value, _s("+"), _n(1))
        numbers = sa.func.substring_index(plain, _s("-"), _n(1))
        dotted = sa.func.concat(numbers, _s("." * NUMBERS))
        suffix = sa.func.substr(plain, sa.func.char_length(numbers) + _n(2))
        ending = sa.case((suffix == _s(""), _s(RELEASED)), else_=sa.func.lower(suffix))
        parts = [
            sa.func.substring_index(sa.func.substring_index(dotted, _s("."), _n(place)), _s("."), _n(-1))
            for place in range(1, NUMBERS + 1)
        ]
        padded = (sa.func.lpad(part, _n(DIGITS), _s("0")) for part in parts)
        form = self.searched(TextOp.MATCHES, value, bind(PATTERN, "version"), PATTERN)
        return sa.case((form, sa.func.concat(*padded, ending)), else_=sa.null())

    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Bind a long list as one JSON text."""
        if len(items) <= 100:
            return value.in_([bind(item, "item") for item in items])
        plain = [item for item in items if "\x00" not in item]
        found: Expr = _Among(value, bind(json.dumps(plain, ensure_ascii=False), "items"))
        odd = [item for item in items if "\x00" in item]
        return sa.or_(found, value.in_([bind(item, "item") for item in odd])) if odd else found

    def holds(self, column: Expr, value: object, name: str) -> Expr:
        """Ask twice: as the column compares, so that its index serves, and by code points."""
        found = super().holds(column, value, name)
        if not isinstance(value, str):
            return found
        exact: Expr = sa.cast(column, sa.Text) == bind(value, name)
        return sa.and_(found, exact)

    def moment(self, op: str, column: Expr, value: dt.datetime, form: TimeFormat) -> Expr:
        """Compare with a wall clock of the column's zone; a TIMESTAMP shows the session's, which is UTC."""
        if form.kind == "native":
            return compared(op, column, bind(wall(value, form.zone).isoformat(" "), "at"))
        return super().moment(op, column, value, form)

    def sortable(self, column: Expr, form: TimeFormat) -> Expr:
        """Sort texts by code points, not by a language."""
        letters = form.pattern.replace("%", "") if form.kind == "pattern" else ""
        if form.kind in ("iso", "iso_t") or (not letters.isalnum() and letters):
            return sa.cast(column, sa.Text)
        return column

    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Compare as they stand; texts as moments, so that a missing fraction does not matter."""
        if form.kind in ("iso", "iso_t"):
            left, right = (sa.cast(side, sa.Date if type_ is Type.DATE else MOMENT) for side in (left, right))
        return compared(op, left, right)

    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Count microseconds of the instant, or of the wall clock where a zone is declared."""
        if form.kind in ("epoch", "epoch_ms"):
            factor = _n(MICROS if form.kind == "epoch" else 1000)
            return sa.cast(sa.func.round(column * factor), mysql.BIGINT)
        moment = column if form.kind == "native" else _read(column, form, MOMENT)
        unit: Expr = sa.literal_column("MICROSECOND")
        return sa.func.timestampdiff(unit, _s("1970-01-01"), moment, type_=sa.BigInteger)

    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Count days."""
        if form.kind in ("epoch", "epoch_ms"):
            return self.floor(self.micros(column, form), 86_400 * MICROS)
        day = column if form.kind == "native" else _read(column, form, sa.Date())
        return sa.func.to_days(day, type_=sa.BigInteger) - _n(DAY_ZERO)

    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Read parts of a date that is counted in days: the engine's instants end in 2038."""
        if unit in (Unit.HOUR, Unit.MINUTE):
            size, step = (86_400, 3_600) if unit is Unit.HOUR else (3_600, 60)
            rest = sa.func.mod(seconds + _n(1_000_000 * 86_400), _n(size))
            return self.whole(rest, step)
        day = sa.func.from_days(self.floor(seconds, 86_400) + _n(DAY_ZERO))
        if unit is None:
            return sa.func.weekday(day, type_=sa.Integer) + _n(1)
        if unit is Unit.WEEK:
            return sa.func.week(day, _n(3), type_=sa.Integer)
        names = {Unit.DAY: "dayofmonth", Unit.MONTH: "month", Unit.QUARTER: "quarter", Unit.YEAR: "year"}
        found: Expr = getattr(sa.func, names[unit])(day, type_=sa.Integer)
        return found

    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Look the offset up in a table of all zones, which travels with the statement as one value."""
        seconds = self.floor(micros, MICROS)
        first, shifts = offsets_of(otherwise, UNTIL)
        table = self._shifts(known)
        own = sa.select(table.c.o).where(table.c.z == zone, table.c.a <= seconds).order_by(table.c.a.desc())
        found = own.limit(_n(1)).correlate_except(table).scalar_subquery()
        project = _offset(seconds, [s.at for s in shifts], [first, *(s.offset for s in shifts)])
        return seconds + sa.func.coalesce(found, project, type_=sa.BigInteger)

    def _shifts(self, known: Sequence[str]) -> sa.CTE:
        """Give all zones with all their offsets as one common table: ``z``, ``a`` (from when on) and ``o``."""
        if self._zones is None:
            rows = _Shifts(bind(_all_shifts(tuple(known)), "zones")).table_valued("z", "a", "o", name="orc_shifts")
            table = sa.select(sa.cast(rows.c.z, sa.Text).label("z"), rows.c.a, rows.c.o)
            self._zones = table.distinct().cte("orc_zones")  # distinct: it is laid down once, with an index
        return self._zones

    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Look offset and time shown up in a table of all zones, which travels with the statement as one value."""
        if self._clocks is None:
            self._clocks = Clocks(tuple(known))
        return self._clocks.wall(micros, self.floor(micros, MICROS), zone, otherwise, crest)

    def moved(self, value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
        """Look the place up among the edges."""
        moved: Expr = value + _offset(value, edges, offsets)
        return moved

    def own_months(self, wall: Expr, now: Expr, ahead: bool) -> Expr | None:
        """Step by the engine's own months, so that a search in ``wall`` stands there three times and not twenty."""
        return months_between(wall, now, ahead)

    def stepped(self, wall: Expr, months: int) -> Expr | None:
        """Step by the engine's own months."""
        return stepped(wall, months)

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers."""
        return sa.type_coerce(sa.type_coerce(value, sa.BigInteger).op("DIV", precedence=8)(_n(step)), sa.BigInteger)

    def quotient(self, value: Expr, step: int) -> Expr:
        """Divide as an exact number."""
        return sa.cast(value, WHOLE).op("/", precedence=8)(_n(step))

    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Bind what the column would write, of the column's type."""
        if form.kind != "native":
            return bind(stored(value, form), "default")
        text = wall(value, form.zone).isoformat(" ") if isinstance(value, dt.datetime) else stored(value, form)
        return sa.cast(bind(text, "default"), sa.Date() if type_ is Type.DATE else MOMENT)

    def id_text(self, key: Expr) -> Expr:
        """Give texts in the session's collation; a number with decimals loses its zeros."""
        text: Expr = sa.cast(key, sa.Text)
        whole = sa.func.regexp_replace(text, _s("[.]0*$"), _s(""))
        return sa.case((sa.func.collation(key) == _s("binary"), whole), else_=text)

    def lot(self, key: Expr) -> Expr:
        """Hash in the database; hexadecimal digits sort like the number they spell."""
        text = sa.func.concat(_s("rank:"), sa.cast(key, sa.Text))
        return sa.func.left(sa.func.sha2(text, _n(256)), _n(16))


class MariaDB(MySQL):
    """The same under SQLAlchemy's other name."""

    name = "mariadb"


class _Among(FunctionElement[Any]):
    """Whether a text is one of a JSON list."""

    inherit_cache = True
    name = "orc_among"
    type = sa.Boolean()


@compiles(_Among)
def _spell_among(element: _Among, compiler: Any, **options: Any) -> str:
    value, items = (compiler.process(clause, **options) for clause in element.clauses)
    rows = f"JSON_TABLE({items}, '$[*]' COLUMNS (v LONGTEXT PATH '$')) AS orc_items"
    return f"({value} IN (SELECT CAST(orc_items.v AS CHAR) FROM {rows}))"  # noqa: S608 (printed by the compiler)


class _Shifts(FunctionElement[Any]):
    """A JSON list of [zone, seconds, offset] as rows."""

    inherit_cache = True
    name = "orc_shifts"


@compiles(_Shifts)
def _spell_shifts(element: _Shifts, compiler: Any, **options: Any) -> str:
    columns = "z VARCHAR(64) PATH '$[0]', a BIGINT PATH '$[1]', o BIGINT PATH '$[2]'"
    return f"JSON_TABLE({compiler.process(element.clauses, **options)}, '$[*]' COLUMNS ({columns}))"


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.BigInteger)


def _s(text: str) -> Expr:
    return sa.literal_column(f"'{text}'")


def _offset(value: Expr, edges: Sequence[int], offsets: Sequence[int]) -> Expr:
    """Give the offset of the last edge that a whole number has reached."""
    if not edges:
        return _n(offsets[0])
    # MariaDB forgets rows where ELT reads what INTERVAL found behind an outer join; a text of equal pieces is as fast
    width = max(len(str(offset)) for offset in offsets) + 1
    place = sa.func.interval(value, sa.literal_column(", ".join(map(str, edges))), type_=sa.BigInteger)
    texts = _s("".join(str(offset).rjust(width) for offset in offsets))
    return sa.cast(sa.func.substr(texts, place * _n(width) + _n(1), _n(width)), mysql.BIGINT)


@lru_cache(maxsize=4)
def _all_shifts(zones: tuple[str, ...]) -> str:
    return json.dumps(every_offset(zones, UNTIL, LONG_AGO), separators=(",", ":"))


def _either(text: str) -> str:
    """Give a pattern for a folded text in large and small letters."""
    capitals = {small: large for large, small in folding().items()}
    signs = []
    for sign in text:
        large = capitals.get(ord(sign))
        if large is not None:
            signs.append(f"[{sign}{chr(large)}]")
        else:
            signs.append(f"\\x{{{ord(sign):x}}}" if ord(sign) < 128 and not sign.isalnum() else sign)
    return "".join(signs)


def _folded(value: Expr) -> Expr:
    """Give a text in small letters: plain ASCII, which nearly all are, without the long table."""
    return sa.case((sa.func.length(value) == sa.func.char_length(value), sa.func.lower(value)), else_=_Letters(value))


class _Letters(FunctionElement[Any]):
    """A text in which the letters of the one table are small (A54); the engine's own table is longer."""

    inherit_cache = True
    name = "orc_letters"
    type = sa.Text()


@compiles(_Letters)
def _spell_letters(element: _Letters, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    steps = [f", '{chr(large)}', '{chr(small)}')" for large, small in folding().items()]
    return f"{'REPLACE(' * len(steps)}{text}{''.join(steps)}"


def _read(column: Expr, form: TimeFormat, kind: Any) -> Expr:
    """Give what a text wrote as a moment or a day, unknown where it is none."""
    text: Expr = sa.cast(column, sa.Text)
    if form.kind == "pattern":
        text = patterned(text, form.pattern, lambda of, at, n: sa.func.substr(of, _n(at), _n(n)), _s)
    return sa.cast(text, kind)
