"""The kinds of values that YAML keys take: a text in, a value out, or a sentence about what is wrong with it.

Every function here takes what stood in the file (a text, None, keys or a list) and is used as a pydantic
validator. A complaint is raised by :func:`wrong` and carries our own code.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from orchestrator.model.campaign import Catch, Duration, Late
from orchestrator.model.condition import Unit
from orchestrator.model.project import Cap, Quiet
from orchestrator.model.suggest import closest

VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_DURATION = re.compile(r"([0-9][0-9_]*)\s+([a-z]+)")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_UNITS = [unit.value for unit in Unit]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def wrong(code: str, said: str, *help: str, write: str = "") -> NoReturn:
    """Raise a complaint: our code, one sentence, what to do; ``write`` is the text that is right for sure."""
    raise PydanticCustomError(code, "{said}", {"said": said, "help": help, "write": write})


def text(value: Any) -> str:
    """Give the text; complains about nothing, keys, lists and ``${NAME}``, which is not filled in here."""
    given = open_text(value)
    found = VARIABLE.search(given)
    if found:
        wrong(
            "E013",
            f"`{found.group()}` is not filled in here",
            "variables are allowed in the settings of providers and in public_url only",
        )
    return given


def open_text(value: Any) -> str:
    """Give the text as it stands; ``${NAME}`` is allowed."""
    if value is None:
        wrong("E005", "there is no value", "write one, or delete the key")
    if isinstance(value, dict):
        wrong("E004", "a text is expected here, and these are keys", "write the text without braces, or in quotes")
    if isinstance(value, list):
        wrong("E004", "a text is expected here, and this is a list")
    given = str(value).strip()
    if not given:
        wrong("E005", "the text is empty", "write one, or delete the key")
    return given


def choice(what: str, known: Iterable[str], later: Iterable[str] = ()) -> Any:
    """Give a validator that takes one of ``known`` words; words of ``later`` get "comes later"."""
    words, waiting = list(known), list(later)

    def take(value: Any) -> str:
        given = text(value)
        if given in words:
            return given
        if given in waiting:
            wrong("E003", f"`{given}` comes later: this version of orc does not know that {what}", "use " + _or(words))
        near = closest(given, words, 1)
        wrong("E006", f"`{given}` is not a {what}", "write " + _or(words), write=near[0] if near else "")

    take.__dict__["words"] = words
    return PlainValidator(take)


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


_DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_JSON_PATH = re.compile(r"[^.\"\\\x00-\x1f]+(\.[^.\"\\\x00-\x1f]+)*")


def dotted(value: Any) -> str:
    """Give a name, or several with points between them, which lead into a column of JSON."""
    given = text(value)
    return given if _DOTTED.fullmatch(given) else word(value)


def json_path(value: Any) -> str:
    """Give the keys that lead to a value inside JSON, with points between them."""
    given = text(value)
    if not _JSON_PATH.fullmatch(given):
        wrong("E010", f"`{given}` does not lead into JSON", "write the keys with points between them: prefs.lang")
    return given


def word(value: Any) -> str:
    """Give a name: small letters, digits and underscores, a letter first."""
    given = text(value)
    if not _WORD.fullmatch(given):
        plain = re.sub(r"[^a-z0-9_]+", "_", given.lower()).strip("_")
        near = plain if _WORD.fullmatch(plain) else ""
        wrong(
            "E012", f"`{given}` is not a name", "use small letters, digits and _, and start with a letter", write=near
        )
    return given


def whole(value: Any) -> int:
    """Give a whole number; ``400_000`` is fine."""
    given = text(value)
    if not re.fullmatch(r"[+-]?[0-9]+(_[0-9]+)*", given):
        plain = re.sub(r"[ ,.'](?=[0-9]{3}\b)", "_", given)
        near = plain if re.fullmatch(r"[0-9]+(_[0-9]+)+", plain) else ""
        wrong("E007", f"`{given}` is not a whole number", "write digits only, as in 400_000", write=near)
    return int(given)


def positive(value: Any) -> int:
    """Give a whole number above 0."""
    number = whole(value)
    if number <= 0:
        wrong("E007", f"`{number}` is not above 0", "write a number from 1")
    return number


def number(value: Any) -> Decimal:
    """Give a decimal number."""
    given = text(value)
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", given):
        wrong("E007", f"`{given}` is not a number", "write it as in 52.52")
    return Decimal(given)


def share(value: Any) -> Decimal:
    """Give a share between 0 and 1, which authors write in percent."""
    given = text(value)
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?\s*%", given):
        near = f"{given}%" if re.fullmatch(r"[0-9]+", given) else ""
        wrong("E007", f"`{given}` is not a percentage", "write it as in 10%", write=near)
    part = Decimal(given.rstrip("% ")) / 100
    if not 0 <= part < 1:
        wrong("E502", f"`{given}` is outside 0% to 100%", "write a share from 0% up to, not including, 100%")
    return part


def yes(value: Any) -> bool:
    """Give true or false; no other words."""
    given = text(value)
    if given not in ("true", "false"):
        near = {"yes": "true", "on": "true", "no": "false", "off": "false", "True": "true", "False": "false"}.get(given)
        wrong("E015", f"`{given}` is neither true nor false", "write true or false", write=near or "")
    return given == "true"


def clock(value: Any) -> dt.time:
    """Give a time of day."""
    given = text(value)
    found = _CLOCK.fullmatch(given)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        wrong("E008", f"`{given}` is not a time of day", "write it as in 09:00 or 21:30")
    return dt.time(int(found[1]), int(found[2]))


def instant(value: Any) -> dt.datetime:
    """Give a wall-clock instant without a zone."""
    given = text(value)
    try:
        if not _INSTANT.fullmatch(given):
            raise ValueError
        return dt.datetime.fromisoformat(given)  # a wall clock, on purpose without a zone
    except ValueError:
        help = "write it as in 2026-12-01T10:00"
        if re.search(r"(Z|[+-][0-9]{2}:?[0-9]{2})$", given) and "T" in given:
            help = "write the wall-clock time without an offset and give the zone as `zone:`"
        wrong("E008", f"`{given}` is not a date with a time", help)


def duration(value: Any) -> Duration:
    """Give a span of time such as ``12 hours``."""
    return _duration(text(value))


def _duration(given: str) -> Duration:
    found = _DURATION.fullmatch(given)
    if found:
        unit = found[2].removesuffix("s")
        if unit in _UNITS and int(found[1]) > 0:
            return Duration(int(found[1]), Unit(unit))
        near = closest(unit, _UNITS, 1)
        if near and int(found[1]) > 0:
            right = str(Duration(int(found[1]), Unit(near[0])))
            wrong("E010", f"`{given}` is not a length of time", f"write {right}", write=right)
    wrong("E010", f"`{given}` is not a length of time", "write a number from 1 and a unit, as in 12 hours or 7 days")


def expiry(value: Any) -> Duration | dt.datetime:
    """Give ``12 hours`` or an instant."""
    given = text(value)
    return instant(given) if re.match(r"[0-9]{4}-", given) else _duration(given)


def late(value: Any) -> Late:
    """Give ``skip``, ``up to 5 hours`` or ``all within 5 hours``."""
    given = " ".join(text(value).split())
    if given == "skip":
        return Late(Catch.SKIP, None)
    for start, catch in (("up to ", Catch.LAST), ("all within ", Catch.ALL)):
        if given.startswith(start):
            return Late(catch, _duration(given.removeprefix(start)))
    wrong("E010", f"`{given}` does not say how late is too late", "write skip, up to 5 hours, or all within 5 hours")


def cap(value: Any) -> Cap:
    """Give ``3 per 7 days``."""
    given = " ".join(text(value).split())
    found = re.fullmatch(r"([0-9]+) per (.+)", given)
    if not found or int(found[1]) < 1:
        wrong("E010", f"`{given}` is not a cap", "write it as in 3 per 7 days")
    per = found[2] if found[2][0].isdigit() else f"1 {found[2]}"
    return Cap(int(found[1]), _duration(per))


def quiet(value: Any) -> Quiet:
    """Give ``21:00-08:00``."""
    given = text(value).replace(" ", "")
    ends = given.replace("–", "-").split("-")
    if len(ends) != 2 or not all(_CLOCK.fullmatch(end) for end in ends):
        wrong("E010", f"`{given}` is not a span of hours", "write it as in 21:00-08:00")
    hours = Quiet(clock(ends[0]), clock(ends[1]))
    if hours.start == hours.end:
        wrong("E516", f"`{given}` starts and ends at the same time", "write it as in 21:00-08:00")
    return hours


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(value: Any) -> str:
    """Give an IANA zone."""
    given = text(value)
    try:
        if not given or given.startswith(("/", ".")):
            raise ValueError
        ZoneInfo(given)
    except (KeyError, ValueError, OSError):
        ends = {name.rsplit("/", 1)[-1].lower(): name for name in sorted(_zones(), reverse=True)}
        near = ends.get(given.lower().replace(" ", "_")) or next(iter(closest(given, _zones(), 1)), "")
        wrong("E009", f"`{given}` is not a time zone", "write an IANA name such as Europe/Berlin", write=near)
    return given


def trigger_zone(value: Any) -> str:
    """Give ``person``, ``project`` or an IANA zone."""
    given = text(value)
    return given if given in ("person", "project") else zone(given)


def currency(value: Any) -> str:
    """Give an ISO 4217 code."""
    given = text(value)
    if not re.fullmatch(r"[A-Z]{3}", given):
        near = given.upper() if re.fullmatch(r"[A-Za-z]{3}", given) else ""
        wrong("E016", f"`{given}` is not a currency", "write three capitals, as in EUR", write=near)
    return given


def weekday(value: Any) -> int:
    """Give 0 for ``mon`` or ``monday`` to 6."""
    given = text(value)
    for names in (WEEKDAYS, _LONG_DAYS):
        if given.lower() in names:
            return names.index(given.lower())
    wrong("E006", f"`{given}` is not a day of the week", "write mon, tue, wed, thu, fri, sat or sun")


def day(value: Any) -> int | str:
    """Give a day of the week as its short word, or a day of the month as a number."""
    given = text(value)
    if not given.isdigit():
        return WEEKDAYS[weekday(given)]
    if not 1 <= int(given) <= 31:
        wrong("E510", f"`{given}` is not a day of a month", "write 1 to 31")
    return int(given)


def address(value: Any) -> str:
    """Give a mailbox, checked only for its shape."""
    given = text(value)
    if not re.fullmatch(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"()]+", given):
        wrong("E018", f"`{given}` is not an e-mail address", "write it as in news@example.com")
    return given


def url(value: Any) -> str:
    """Give an http or https address without a path's slash at its end, or a variable."""
    given = open_text(value)
    if VARIABLE.fullmatch(given):
        return given
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", given):
        wrong("E018", f"`{given}` is not a web address", "write it as in https://mail.example.com")
    return given.rstrip("/")


def listed(value: Any) -> Any:
    """Give a list where one text stood: ``at: 09:00`` means the same as ``at: [09:00]``."""
    return value if isinstance(value, list) or value is None else [value]


Text = Annotated[str, PlainValidator(text)]
Word = Annotated[str, PlainValidator(word)]
Dotted = Annotated[str, PlainValidator(dotted)]
JsonPath = Annotated[str, PlainValidator(json_path)]
Whole = Annotated[int, PlainValidator(whole)]
Positive = Annotated[int, PlainValidator(positive)]
Number = Annotated[Decimal, PlainValidator(number)]
Share = Annotated[Decimal, PlainValidator(share)]
Yes = Annotated[bool, PlainValidator(yes)]
Clock = Annotated[dt.time, PlainValidator(clock)]
Instant = Annotated[dt.datetime, PlainValidator(instant)]
Length = Annotated[Duration, PlainValidator(duration)]
Expiry = Annotated[Duration | dt.datetime, PlainValidator(expiry)]
LateBy = Annotated[Late, PlainValidator(late)]
CapText = Annotated[Cap, PlainValidator(cap)]
QuietText = Annotated[Quiet, PlainValidator(quiet)]
Zone = Annotated[str, PlainValidator(zone)]
TriggerZone = Annotated[str, PlainValidator(trigger_zone)]
Currency = Annotated[str, PlainValidator(currency)]
WeekDay = Annotated[int, PlainValidator(weekday)]
Day = Annotated[int | str, PlainValidator(day)]
Mailbox = Annotated[str, PlainValidator(address)]
Url = Annotated[str, PlainValidator(url)]
OneOrMore = BeforeValidator(listed)
