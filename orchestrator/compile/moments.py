"""Bounds of time in the form in which a column holds its dates and instants.

The bound is converted, never the column, so an index on the column serves. A bound has whole seconds; it is spelled
as short as it can be, so that texts with and without seconds or fractions sort on the right side of it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orchestrator.compile.shifts import offsets
from orchestrator.compile.timing import day_start
from orchestrator.model.schema import TimeFormat

PARTS = (("S", 1), ("M", 60), ("H", 3600), ("d", 86400))


@dataclass(frozen=True, slots=True)
class Written:
    """A bound as the column would write it: the least value not before it.

    ``equal`` are all spellings of exactly this moment, empty when the column cannot hold it.
    """

    at_least: str | int
    equal: tuple[str | int, ...]


def wall(moment: dt.datetime, zone: str) -> dt.datetime:
    """Give the wall clock (naive) in a zone such that what a column there shows from it on is not before ``moment``.

    A clock that shows an hour twice means its first coming (A20), so in the second one it is the end of both.
    """
    local = moment.astimezone(ZoneInfo(zone))
    if local.fold:
        first, shifts = offsets(zone, local.year + 1)
        at = bisect_right([shift.at for shift in shifts], int(moment.timestamp())) - 1
        before = shifts[at - 1].offset if at > 0 else first
        local = dt.datetime.fromtimestamp(shifts[at].at, dt.UTC) + dt.timedelta(seconds=before)
    return local.replace(tzinfo=None, fold=0)


def native(moment: dt.datetime, zone: str) -> str:
    """Give one text that reads right as an instant and, its offset left out, as wall clock of the zone."""
    local = wall(moment, zone)
    offset = local - moment.replace(tzinfo=None)
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    sign = "-" if offset < dt.timedelta(0) else "+"
    tail = f":{seconds:02d}" if seconds else ""
    return f"{local.isoformat(' ')}{sign}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def written(moment: dt.datetime, form: TimeFormat) -> Written:
    """Give an instant as a column of that form writes it (every form but the engine's own type)."""
    if form.kind == "epoch":
        seconds = int(moment.timestamp())
        return Written(seconds, (seconds,))
    if form.kind == "epoch_ms":
        millis = int(moment.timestamp()) * 1000
        return Written(millis, (millis,))
    local = wall(moment, form.zone)
    exact = wall(moment, form.zone) == moment.astimezone(ZoneInfo(form.zone)).replace(tzinfo=None, fold=0)
    if form.kind == "pattern":
        return _patterned(local, form.pattern, exact)
    separator = "T" if form.kind == "iso_t" else " "
    text = local.isoformat(separator)
    spellings = [text, f"{text}.0", f"{text}.000", f"{text}.000000"]
    if form.zone == "UTC":
        spellings += [f"{text}Z", f"{text}.000Z", f"{text}.000000Z", f"{text}+00:00", f"{text}.000000+00:00"]
    short = text
    for zero in (":00", f"{separator}00:00"):
        if short.endswith(zero):
            short = short.removesuffix(zero)
            spellings.append(short)
    return Written(short, tuple(spellings) if exact else ())


def written_day(day: dt.date, form: TimeFormat) -> str | int:
    """Give the least value of a column of dates that is not before ``day``."""
    if form.kind in ("epoch", "epoch_ms"):
        return written(day_start(day, form.zone), form).at_least
    if form.kind == "pattern":
        return _patterned(dt.datetime.combine(day, dt.time()), form.pattern, True).at_least
    return day.isoformat()


def stored(value: object, form: TimeFormat) -> str | int:
    """Give a constant date or instant as a column of that form holds it."""
    if isinstance(value, dt.datetime):
        bound = written(value, form)
        return bound.equal[0] if bound.equal else bound.at_least
    if isinstance(value, dt.date):
        return written_day(value, form)
    raise ValueError("only dates and instants are stored as such")


def step_of(pattern: str) -> str:
    """Give the finest part that a strftime pattern writes: S, M, H, d, m or Y."""
    written_parts = {pattern[i + 1] for i in range(len(pattern) - 1) if pattern[i] == "%"}
    for part in "SMHd":
        if part in written_parts or (part == "d" and "j" in written_parts):
            return part
    return "m" if "m" in written_parts else "Y"


def formatted(moment: dt.datetime, pattern: str) -> str:
    """Give a moment by a strftime pattern, years always with four digits."""
    return moment.strftime(pattern.replace("%Y", f"{moment.year:04d}"))


def places(pattern: str) -> dict[str, tuple[int, int]] | None:
    """Give where each part stands in what a pattern writes: letter to (offset from 1, width), None for others."""
    widths = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
    found, at, i = {}, 1, 0
    while i < len(pattern):
        if pattern[i] == "%" and i + 1 < len(pattern):
            part = pattern[i + 1]
            if part == "%":
                at += 1
            elif part in widths:
                found[part] = (at, widths[part])
                at += widths[part]
            else:
                return None
            i += 2
        else:
            at, i = at + 1, i + 1
    return found if "Y" in found else None


def _patterned(local: dt.datetime, pattern: str, exact: bool) -> Written:
    step = step_of(pattern)
    if step in "mY":
        floor = dt.datetime.combine(dt.date(local.year, local.month if step == "m" else 1, 1), dt.time())
    else:
        seconds = dict(PARTS)[step]
        of_day = local.hour * 3600 + local.minute * 60 + local.second
        floor = local - dt.timedelta(seconds=of_day % seconds, microseconds=local.microsecond)
    if floor == local:
        text = formatted(local, pattern)
        return Written(text, (text,) if exact else ())
    return Written(formatted(_next(floor, step), pattern), ())


def _next(floor: dt.datetime, step: str) -> dt.datetime:
    if step == "Y":
        return floor.replace(year=floor.year + 1)
    if step == "m":
        return floor.replace(year=floor.year + floor.month // 12, month=floor.month % 12 + 1)
    return floor + dt.timedelta(seconds=dict(PARTS)[step])
