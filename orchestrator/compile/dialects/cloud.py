"""What the cloud warehouses have in common: pre-aggregated derived tables, exact decimals, and no driver of ours.

These dialects are experimental: their statements are parsed by an independent parser in the tests, but no test has run
them on the engine itself. What they cannot say is an error that names the engine and the column.

Names are always quoted, so a schema writes them exactly as the engine's catalogue holds them.
"""

from __future__ import annotations

import datetime as dt
import json
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from orchestrator.compile.dialects.base import BIG, TRUES, Expr, bind, compared
from orchestrator.compile.dialects.cloud_printer import printer_of
from orchestrator.compile.dialects.exact import Exact
from orchestrator.compile.dialects.parted import version_key_by_parts
from orchestrator.compile.letters import folding, portable
from orchestrator.compile.moments import places, stored, wall, written_day
from orchestrator.model.condition import Fn, TextOp, Unit
from orchestrator.model.errors import UsageError
from orchestrator.model.money import digits
from orchestrator.model.schema import Field, TimeFormat, Type

MICROS = 1_000_000
DAY, HALF_HOUR = 86_400, 1_800


class Named(UserDefinedType[Any]):
    """A type of the engine by its own name, for casts."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """Give the name."""
        return self.name


class Cloud(Exact):
    """The common part of the experimental dialects."""

    joins = True
    title: ClassVar[str]
    """The engine's name as people write it."""
    types: ClassVar[Mapping[str, str]]
    """The engine's names of ``text``, ``numeric``, ``double`` and ``moment``."""
    quote: ClassVar[str] = '"'
    try_cast: ClassVar[str] = "TRY_CAST"
    escaped: ClassVar[tuple[tuple[str, str], ...]] = (('"', '""'),)
    """What stands inside a quoted name for each sign that cannot stand there."""
    mark: ClassVar[str] = ":"
    piece: ClassVar[str] = "SPLIT_PART({}, {}, {})"
    """How a piece of a text is spelled: the text, the sign between the pieces, and which one, from 1."""
    week: ClassVar[str] = "WEEK"
    session: ClassVar[str] = ""
    """The statement that sets a session's zone to UTC, empty where the engine has no such setting."""

    def kind(self, name: str) -> Named:
        """Give one of the engine's types."""
        return Named(self.types[name])

    def is_not_true(self, test: Expr) -> Expr:
        """Use what every engine knows: not all have IS NOT TRUE."""
        return sa.not_(sa.func.coalesce(test, sa.false(), type_=sa.Boolean))

    def printer(self) -> sa.Dialect:
        """Give a printer of our own."""
        return printer_of(self.name, self.quote, self.escaped, self.mark, self.types["text"], self.piece)

    def prepare(self, connection: Any) -> None:
        """Set the session's zone where there is one."""
        if self.session:
            connection.cursor().execute(self.session)

    # -------------------------------------------------------------- numbers

    def value(self, column: Expr, field: Field) -> Expr:
        """Give texts as text, decimals and money as exact numbers, money in major units."""
        if field.type is Type.TEXT:
            return sa.cast(column, sa.Text)
        if field.type is Type.MONEY and field.minor:
            factor: Expr = sa.literal_column(str(Decimal(1).scaleb(-digits(field.currency))))
            return sa.cast(column, self.kind("numeric")).op("*", precedence=8)(factor)
        if field.type in (Type.DECIMAL, Type.MONEY):
            return sa.cast(column, self.kind("numeric"))
        if field.type is Type.BOOL:
            return sa.cast(column, sa.Text).in_([bind(t, "yes") for t in TRUES])
        return column

    def arithmetic(self, op: str, left: Expr, right: Expr, types: tuple[Type, Type, Type]) -> Expr:
        """Calculate with exact numbers; a quotient is a float."""
        kind = self.kind("double" if op == "/" else "numeric")
        left, right = sa.cast(left, kind), sa.cast(right, kind)
        if op == "/":
            return left.op("/", precedence=8)(sa.func.nullif(right, n(0)))
        return left.op(op, precedence=8 if op == "*" else 7)(right)

    def aggregate(self, fn: Fn, value: Expr, type_: Type) -> Expr:
        """Use the engine's own aggregates over exact numbers."""
        exact = value if fn in (Fn.MIN, Fn.MAX) else sa.cast(value, self.kind("numeric"))
        found: Expr = getattr(sa.func, fn.value)(exact)
        return found

    # -------------------------------------------------------------- texts

    def text(self, value: str) -> str | None:
        """Refuse NUL and what UTF-8 cannot spell."""
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return None if "\x00" in value else value

    def searched(self, op: TextOp, value: Expr, pattern: Expr, literal: str | None) -> Expr:
        """Search the folded text; ``matches`` holds the whole text."""
        if op is TextOp.MATCHES:
            return self.matches(value, portable(literal or ""))
        text, part = folded(value), pattern if literal is not None else folded(pattern)
        if literal == "":
            return sa.func.length(value) >= n(0)
        if op is TextOp.CONTAINS:
            return self.place(text, part) > n(0)
        length = n(len(literal)) if literal is not None else sa.func.length(part)
        if op is TextOp.STARTS_WITH:
            return sa.func.substr(text, n(1), length) == part
        start = sa.func.length(text) - length + n(1)
        return sa.and_(start >= n(1), sa.func.substr(text, sa.func.greatest(start, n(1))) == part)

    def place(self, text: Expr, part: Expr) -> Expr:
        """Give where a part begins in a text, from 1, 0 for nowhere."""
        return sa.func.strpos(text, part, type_=sa.Integer)

    @abstractmethod
    def matches(self, value: Expr, pattern: str) -> Expr:
        """Give the test that a pattern (in the common spelling) holds the whole text."""

    def version(self, value: Expr) -> Expr:
        """Pad the numbers between the points; a text that is no version has no key."""
        return version_key_by_parts(self, value)

    def in_texts(self, value: Expr, items: Sequence[str]) -> Expr:
        """Bind a long list as one JSON text."""
        if len(items) <= 100:
            return value.in_([bind(item, "item") for item in items])
        return self.in_json(value, bind(json.dumps(list(items), ensure_ascii=False), "items"))

    @abstractmethod
    def in_json(self, value: Expr, items: Expr) -> Expr:
        """Give the test that a text is in a list of texts that is written as JSON."""

    def id_text(self, key: Expr) -> Expr:
        """Give the key as text; the engines sort texts by their bytes."""
        return sa.cast(key, sa.Text)

    def lot(self, key: Expr) -> Expr:
        """Hash in the database; hexadecimal digits sort like the number they spell."""
        words = sa.literal_column("'rank:'").op("||", precedence=6)(sa.cast(key, sa.Text))
        return sa.func.substr(self.sha(words), n(1), n(16))

    def sha(self, words: Expr) -> Expr:
        """Give the SHA-256 of a text as hexadecimal digits in one case."""
        return sa.func.sha2(words, n(256))

    # -------------------------------------------------------------- time

    def moment(self, op: str, column: Expr, value: dt.datetime, form: TimeFormat) -> Expr:
        """Compare with an instant, or with a wall clock where the column has a zone of its own."""
        if form.kind == "native":
            return compared(op, column, self.constant(wall(value, form.zone), form))
        return super().moment(op, column, value, form)

    def constant(self, value: dt.datetime, form: TimeFormat) -> Expr:
        """Give a moment of the engine's own type."""
        return sa.cast(bind(value.replace(tzinfo=None).isoformat(" "), "at"), self.kind("moment"))

    def day(self, op: str, column: Expr, value: dt.date, form: TimeFormat) -> Expr:
        """Compare a date with dates."""
        if form.kind != "native":
            return super().day(op, column, value, form)
        own = sa.cast(column, sa.Date)
        at = sa.cast(bind(written_day(value, form), "day"), sa.Date)
        return compared(op, own, at)

    def same_form(self, op: str, left: Expr, right: Expr, form: TimeFormat, type_: Type) -> Expr:
        """Compare as they stand; texts as moments, so that a missing fraction does not matter."""
        if form.kind in ("iso", "iso_t"):
            left, right = (self.read(side, form) for side in (left, right))
        if type_ is Type.DATE and form.kind in ("iso", "iso_t", "native"):
            left, right = (sa.cast(side, sa.Date) for side in (left, right))
        return compared(op, left, right)

    def read(self, column: Expr, form: TimeFormat) -> Expr:
        """Give what a text wrote as a moment, unknown where it is none and the engine can say so."""
        words: Expr = sa.cast(column, sa.Text)
        if form.kind == "pattern":
            words = _assembled(words, form.pattern)
        else:
            for sign, instead in (("T", " "), ("Z", ""), ("+00:00", "")):
                words = sa.func.replace(words, s(sign), s(instead))
        return self.tried(words)

    def tried(self, words: Expr) -> Expr:
        """Give a text as a moment, unknown where it is none."""
        name: Expr = sa.literal_column(self.types["moment"])
        found: Expr = getattr(sa.func, self.try_cast)(words.op("AS", precedence=0)(name), type_=sa.DateTime)
        return found

    def micros(self, column: Expr, form: TimeFormat) -> Expr:
        """Count microseconds of the instant, or of the wall clock where a zone is declared."""
        if form.kind in ("epoch", "epoch_ms"):
            factor = n(MICROS if form.kind == "epoch" else 1000)
            return sa.cast(sa.func.round(sa.cast(column, self.kind("numeric")) * factor), sa.BigInteger)
        return self.counted(column if form.kind == "native" else self.read(column, form))

    @abstractmethod
    def counted(self, moment: Expr) -> Expr:
        """Give a moment as microseconds since 1970."""

    def days(self, column: Expr, form: TimeFormat) -> Expr:
        """Count days."""
        if form.kind in ("epoch", "epoch_ms"):
            return self.floor(self.micros(column, form), DAY * MICROS)
        return self.day_number(sa.cast(column if form.kind == "native" else self.read(column, form), sa.Date))

    @abstractmethod
    def day_number(self, day: Expr) -> Expr:
        """Give a date as days since 1970."""

    @abstractmethod
    def date_of(self, days: Expr) -> Expr:
        """Give days since 1970 as a date."""

    def part(self, unit: Unit | None, seconds: Expr) -> Expr:
        """Read parts of a date that is counted in days; hours, minutes and weekdays by arithmetic."""
        if unit in (Unit.HOUR, Unit.MINUTE):
            size, step = (DAY, 3_600) if unit is Unit.HOUR else (3_600, 60)
            return self.whole(sa.func.mod(seconds + n(BIG * DAY), n(size)), step)
        days = self.floor(seconds, DAY)
        if unit is None:
            return sa.func.mod(days + n(7 * BIG + 3), n(7)) + n(1)
        name = self.week if unit is Unit.WEEK else unit.value.upper()
        return sa.cast(sa.extract(name, self.date_of(days)), sa.Integer)

    def local_seconds(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str) -> Expr:
        """Ask the engine's own zone tables."""
        own = sa.case((self.in_texts(zone, known), zone), else_=sa.cast(bind(otherwise, "zone"), sa.Text))
        return self.in_zone(self.floor(micros, MICROS), own)

    def own_wall(self, micros: Expr, zone: Expr, known: Sequence[str], otherwise: str, crest: bool) -> Expr:
        """Ask the engine's own zone tables; what a clock has shown before it was set back, it showed just before that.

        Clocks are set at half hours of UTC, and back by up to two hours: so all do today.
        """
        seconds = self.floor(micros, MICROS)
        wall = micros + (self.local_seconds(micros, zone, known, otherwise) - seconds) * n(MICROS)
        if not crest:
            return wall
        before = []
        for back in range(4):
            edge = (self.floor(seconds, HALF_HOUR) - n(back)) * n(HALF_HOUR) - n(1)
            before.append((self.local_seconds(edge * n(MICROS), zone, known, otherwise) + n(1)) * n(MICROS) - n(1))
        return sa.func.greatest(wall, *before)

    @abstractmethod
    def in_zone(self, seconds: Expr, zone: Expr) -> Expr:
        """Give seconds since 1970 as those of a zone's wall clock."""

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers without a rest."""
        whole = sa.type_coerce(value, sa.BigInteger)
        return sa.type_coerce(whole.op("/", precedence=8)(n(step)), sa.BigInteger)

    def quotient(self, value: Expr, step: int) -> Expr:
        """Divide as a float."""
        return sa.cast(value, self.kind("double")).op("/", precedence=8)(n(step))

    def stored_time(self, value: object, form: TimeFormat, type_: Type) -> Expr:
        """Bind what the column would write, of the column's type."""
        if form.kind != "native":
            return bind(stored(value, form), "default")
        if isinstance(value, dt.datetime):
            return self.constant(wall(value, form.zone), form)
        return sa.cast(bind(stored(value, form), "default"), sa.Date)

    # -------------------------------------------------------------- lists and JSON

    def json_document(self, column: Expr) -> Any:
        """Refuse: nobody has seen these engines read a list as the others do."""
        name = getattr(column, "name", None)
        table = getattr(getattr(column, "table", None), "name", None)
        place = ".".join(f"{part}" for part in (table, name) if part)
        raise UsageError(
            f"{self.title} cannot look into lists and JSON in `{place or 'this column'}`: the dialect is experimental",
            "give the values columns of their own, for example in a view, and name that in the schema",
        )

    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Refuse, as for the document."""
        return sa.type_coerce(self.json_document(document), sa.Text)

    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Refuse."""
        return sa.type_coerce(self.json_document(document), sa.Text)

    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Refuse, as for the document."""
        return sa.type_coerce(self.json_document(document), sa.Boolean)

    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Refuse, as for the document."""
        return sa.type_coerce(self.json_document(document), sa.Integer)


def n(value: int) -> Expr:
    """Give a whole number of ours."""
    return sa.literal_column(str(value), sa.BigInteger)


def w(text: str) -> Expr:
    """Give words of the engine as they stand."""
    return sa.literal_column(text)


def s(text: str) -> Expr:
    """Give a fixed word of ours."""
    return sa.literal_column(f"'{text}'", sa.Text)


def folded(value: Expr) -> Expr:
    """Give a text in which the letters of the one table are small (A54)."""
    table = folding()
    upper, lower = ("".join(map(chr, letters)) for letters in (table.keys(), table.values()))
    return sa.func.translate(value, bind(upper, "upper"), bind(lower, "lower"))


def _assembled(text: Expr, pattern: str) -> Expr:
    found = places(pattern) or {}
    pieces: list[Expr] = []
    for part, before, missing in zip("YmdHMS", ("", "-", "-", " ", ":", ":"), ("0000", "01", "01", *["00"] * 3),
                                     strict=True):  # fmt: skip
        at, width = found.get(part, (0, 0))
        pieces += [s(before)] if before else []
        pieces.append(sa.func.substr(text, n(at), n(width)) if width else s(missing))
    words = pieces[0]
    for piece in pieces[1:]:
        words = words.op("||", precedence=6)(piece)
    return words
