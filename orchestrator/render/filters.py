"""What templates may do with a value: the filters and tests, one row each. Nothing outside this table exists.

Every filter that makes text is bounded by :data:`LONGEST`, so that no chain of them grows without end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Undefined
from jinja2.filters import do_default
from markupsafe import Markup, escape

LONGEST = 100_000
"""Characters or entries that one value made by a template may have."""

_MINOR = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "OMR": 3, "JOD": 3}
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF", "INR": "₹"}
_PLACES = [Decimal(1).scaleb(-digits) for digits in range(13)]
_WHOLE = 10**15
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class TemplateError(Exception):
    """Raised inside a template with a sentence for its author; it never contains anybody's data."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One row: what it does, in one line, an example, and what the example gives."""

    call: Callable[..., Any]
    does: str
    example: str
    gives: str


def bounded(value: Any) -> Any:
    """Give ``value`` back; raises TemplateError when it is longer than a template may make."""
    if isinstance(value, str | list | tuple | dict) and len(value) > LONGEST:
        raise TemplateError(f"a value grew beyond {LONGEST} characters or entries")
    return value


def text(value: Any) -> str:
    """Give the text of a value, markup kept; raises for an unknown one, so that nobody reads "None"."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        raise TemplateError("a list has no text of its own: loop over it, or use | join(', ')")
    return str(value)


def decimal(value: Any) -> Decimal:
    """Give a number exactly; raises TemplateError for what is none."""
    try:
        if type(value) is int or type(value) is Decimal:
            number = Decimal(value)
        else:
            if isinstance(value, bool | Undefined):
                str(value)  # an unknown value says which one it is
                raise TemplateError("this filter takes a number")
            number = Decimal(str(value).strip())
    except InvalidOperation:
        raise TemplateError("this filter takes a number") from None
    if not number.is_finite() or abs(number.adjusted()) > 60:
        raise TemplateError("this filter takes a number that can be written down")
    return number


def number(value: Any, digits: int = 0, point: str = ".", group: str = ",") -> str:
    """Give a number with ``digits`` decimals, rounded half up, thousands grouped."""
    digits = max(0, min(int(digits), 12))
    if type(value) is int and -_WHOLE < value < _WHOLE:  # nothing to round
        shown = f"{value:,}.{'0' * digits}" if digits else f"{value:,}"
    else:
        shown = f"{decimal(value).quantize(_PLACES[digits], ROUND_HALF_UP):,.{digits}f}"
    if point == "." and group == ",":
        return shown
    return shown.translate({ord(","): str(group)[:3], ord("."): str(point)[:3]})


def money(value: Any, currency: str = "EUR", point: str = ".", group: str = ",") -> str:
    """Give an amount in major units with its currency: ``€1,234.50``; currencies without a sign stand behind."""
    code, amount = str(currency).upper(), value if type(value) is int else decimal(value)
    shown = number(abs(amount), _MINOR.get(code, 2), point, group)
    sign = _SIGNS.get(code, code)
    minus = "-" if amount < 0 else ""
    return f"{minus}{sign}{shown}" if len(sign) == 1 else f"{minus}{shown} {sign}"


def percent(value: Any, digits: int = 0) -> str:
    """Give a share as a percentage: 0.125 is ``13%``."""
    return number(decimal(value) * 100, digits) + "%"


def _moment(value: Any) -> dt.date:
    if isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            raise TemplateError("this filter takes a date or a time such as 2026-12-01T10:00") from None
    if not isinstance(value, dt.date):
        str(value)  # an unknown value says which one it is
        raise TemplateError("this filter takes a date or a time")
    return value


def shown_date(value: Any, form: str = "{day} {month} {year}", zone: str = "UTC") -> str:
    """Give a date in words. Forms: day, dd, month, mon, mm, year, weekday, hour, hh, minute."""
    moment = _moment(value)
    if isinstance(moment, dt.datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(zone))
    hour, minute = (moment.hour, moment.minute) if isinstance(moment, dt.datetime) else (0, 0)
    parts = {
        "day": str(moment.day),
        "dd": f"{moment.day:02}",
        "month": _MONTHS[moment.month - 1],
        "mon": _MONTHS[moment.month - 1][:3],
        "mm": f"{moment.month:02}",
        "year": f"{moment.year:04}",
        "weekday": _DAYS[moment.weekday()],
        "hour": str(hour),
        "hh": f"{hour:02}",
        "minute": f"{minute:02}",
    }
    shown = str(form)[:200]
    for name, part in parts.items():
        shown = shown.replace("{" + name + "}", part)
    return shown


def truncate(value: Any, length: int = 80, end: str = "…") -> str:
    """Give at most ``length`` characters, cut at a word."""
    whole, length = text(value), max(1, min(int(length), LONGEST))
    if len(whole) <= length:
        return whole
    return whole[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + str(end)[:10]


def replace(value: Any, old: str, new: str) -> str:
    """Give the text with ``old`` replaced."""
    whole = text(value)
    if isinstance(whole, Markup):
        old, new = escape(old), escape(new)
    old, new = str(old), str(new)
    if len(whole) + whole.count(old) * len(new) > LONGEST:
        raise TemplateError(f"a value grew beyond {LONGEST} characters")
    return type(whole)(str(whole).replace(old, new))


def join(value: Sequence[Any], between: str = ", ", last: str | None = None) -> str:
    """Give the entries in one text; ``last`` stands before the last one (`` and ``)."""
    entries = [text(entry) for entry in value]
    between = str(between)
    if sum(map(len, entries)) + len(entries) * len(between) > LONGEST:
        raise TemplateError(f"a value grew beyond {LONGEST} characters")
    if any(isinstance(entry, Markup) for entry in entries):
        entries = [escape(entry) for entry in entries]
        between, last = escape(between), None if last is None else escape(last)
    if last is None or len(entries) < 2:
        return type(between)(between).join(entries)
    return type(between)(between).join(entries[:-1]) + last + entries[-1]


def plural(value: Any, one: str, many: str) -> str:
    """Give ``one`` for 1 and ``many`` for everything else."""
    return one if decimal(value) == 1 else many


def rounded(value: Any, digits: int = 0) -> Decimal | int:
    """Give a number rounded half up; without digits a whole one."""
    digits = max(0, min(int(digits), 12))
    result = decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return result if digits else int(result)


def length(value: Any) -> int:
    """Give how many characters or entries there are."""
    return len(value)


def first(value: Sequence[Any]) -> Any:
    """Give the first entry."""
    return value[0]


def last(value: Sequence[Any]) -> Any:
    """Give the last entry."""
    return value[-1]


def title(value: Any) -> str:
    """Give the text with a capital at the start of each word, the rest as it stands."""
    whole = text(value)
    return type(whole)(" ".join(word[:1].upper() + word[1:] for word in str(whole).split(" ")))


FILTERS: dict[str, Filter] = {
    "default": Filter(
        do_default, "another value where this one is unknown", "person.first_name | default('You')", "You"
    ),
    "upper": Filter(lambda v: bounded(text(v).upper()), "capital letters", "'abc' | upper", "ABC"),
    "lower": Filter(lambda v: bounded(text(v).lower()), "small letters", "'ABC' | lower", "abc"),
    "capitalize": Filter(
        lambda v: text(v)[:1].upper() + text(v)[1:], "a capital first letter", "'hello you' | capitalize", "Hello you"
    ),
    "title": Filter(title, "a capital at each word", "'new york' | title", "New York"),
    "trim": Filter(lambda v: text(v).strip(), "without space around it", "'  a ' | trim", "a"),
    "truncate": Filter(
        truncate, "at most so many characters, cut at a word", "'one two three' | truncate(8)", "one two…"
    ),
    "replace": Filter(replace, "one text replaced by another", "'a-b' | replace('-', '+')", "a+b"),
    "join": Filter(join, "entries in one text", "['a', 'b', 'c'] | join(', ', ' and ')", "a, b and c"),
    "length": Filter(length, "how many characters or entries", "['a', 'b'] | length", "2"),
    "first": Filter(first, "the first entry", "['a', 'b'] | first", "a"),
    "last": Filter(last, "the last entry", "['a', 'b'] | last", "b"),
    "number": Filter(number, "a number, grouped, with so many decimals", "1234.5 | number(2)", "1,234.50"),
    "money": Filter(money, "an amount with its currency", "1234.5 | money('EUR')", "€1,234.50"),
    "percent": Filter(percent, "a share as a percentage", "0.125 | percent(1)", "12.5%"),
    "round": Filter(rounded, "a number rounded half up", "2.5 | round", "3"),
    "abs": Filter(lambda v: abs(decimal(v)), "a number without its sign", "-3 | abs", "3"),
    "int": Filter(lambda v: int(decimal(v)), "the whole part of a number", "'3.9' | int", "3"),
    "plural": Filter(plural, "one word for 1, another for other numbers", "2 | plural('point', 'points')", "points"),
    "date": Filter(
        shown_date,
        "a date in words, in the project's zone",
        "'2026-12-01' | date('{weekday}, {day} {mon}')",
        "Tuesday, 1 Dec",
    ),
    "time": Filter(shown_date, "a time of day, in the project's zone", "'2026-12-01T09:05' | time", "09:05"),
    "urlencode": Filter(
        lambda v: bounded(quote(text(v), safe="")), "text for a URL", "'a b&c' | urlencode", "a%20b%26c"
    ),
    "escape": Filter(
        lambda v: escape(text(v)), "text for HTML (done by itself in .html.j2)", "'<b>' | escape", "&lt;b&gt;"
    ),
}

ALIASES: Mapping[str, str] = {"d": "default", "e": "escape", "count": "length", "datetime": "date"}

TESTS = (
    "defined",
    "undefined",
    "divisibleby",
    "even",
    "odd",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "in",
    "string",
    "number",
    "none",
)
