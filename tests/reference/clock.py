"""Calendar arithmetic in a zone: steps back and forth on the wall clock, whole days, months, weeks."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

EXACT = {"minute": dt.timedelta(minutes=1), "hour": dt.timedelta(hours=1)}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def zone_of(name: object, fallback: str) -> ZoneInfo:
    """Give the zone of that name; an unknown or missing one is the fallback."""
    if isinstance(name, str) and name:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    return ZoneInfo(fallback)


def instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give the UTC instant of a wall clock: the first of two; in an hour that never was, the end of the gap (A20)."""
    high = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if high.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return high
    low = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    while high - low > dt.timedelta(seconds=1):  # the clocks jump somewhere between the two readings
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def wall(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give what the wall clock of a zone shows at an instant."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def add_months(day: dt.date, months: int) -> dt.date:
    """Move a date by whole months; the 31st clamps to the last day of a shorter month (A52)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def move_date(day: dt.date, count: int, unit: str) -> dt.date:
    """Move a date by ``count`` calendar units, back when negative."""
    if unit == "day":
        return day + dt.timedelta(days=count)
    if unit == "week":
        return day + dt.timedelta(weeks=count)
    return add_months(day, MONTHS[unit] * count)


def move(moment: dt.datetime, count: int, unit: str, zone: ZoneInfo) -> dt.datetime:
    """Move an instant: minutes and hours are exact, longer units keep the wall clock of the zone."""
    if unit in EXACT:
        return moment + EXACT[unit] * count
    if count == 0:
        return moment
    here = wall(moment, zone)
    return instant(dt.datetime.combine(move_date(here.date(), count, unit), here.time()), zone)


def unit_start(day: dt.date, unit: str, week_starts: int) -> dt.date:
    """Give the first day of the calendar unit that a day lies in."""
    if unit == "day":
        return day
    if unit == "week":
        return day - dt.timedelta(days=(day.weekday() - week_starts) % 7)
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return dt.date(day.year, 1, 1)


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Give the instant at which a day begins."""
    return instant(dt.datetime.combine(day, dt.time()), zone)


def clock_unit(
    moment: dt.datetime, unit: str, back: int, zone: ZoneInfo, week_starts: int
) -> tuple[dt.datetime, dt.datetime]:
    """Give the span of this calendar unit, or of the one ``back`` units before it."""
    here = wall(moment, zone)
    if unit == "hour":
        start = moment.astimezone(dt.UTC) - dt.timedelta(
            minutes=here.minute, seconds=here.second, microseconds=here.microsecond
        )
        start -= dt.timedelta(hours=back)
        return start, start + dt.timedelta(hours=1)
    if unit == "minute":
        start = moment.replace(second=0, microsecond=0) - dt.timedelta(minutes=back)
        return start, start + dt.timedelta(minutes=1)
    first = move_date(unit_start(here.date(), unit, week_starts), -back, unit)
    return midnight(first, zone), midnight(move_date(first, 1, unit), zone)


def whole_units(earlier: dt.datetime, moment: dt.datetime, unit: str, zone: ZoneInfo) -> int:
    """Give the largest whole k for which ``earlier`` is not after ``moment`` moved back by k units (A13)."""
    if unit in EXACT:
        return (moment - earlier) // EXACT[unit]
    days = (wall(moment, zone).date() - wall(earlier, zone).date()).days
    k = days // {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[unit] - 2
    while _reached(earlier, move, moment, -(k + 1), unit, zone):
        k += 1
    return k


def whole_dates(earlier: dt.date, today: dt.date, unit: str) -> int:
    """The same for dates, which count days."""
    k = (today - earlier).days // {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[unit] - 2
    while _reached(earlier, move_date, today, -(k + 1), unit):
        k += 1
    return k


def units_until(later: dt.datetime, moment: dt.datetime, unit: str, zone: ZoneInfo) -> int:
    """Give the largest whole k for which ``moment`` moved on by k units is not after ``later``."""
    if unit in EXACT:
        return (later - moment) // EXACT[unit]
    days = (wall(later, zone).date() - wall(moment, zone).date()).days
    k = days // {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}[unit] + 3
    while not _reached_ahead(later, move, moment, k, unit, zone):
        k -= 1
    return k


def dates_until(later: dt.date, today: dt.date, unit: str) -> int:
    """The same for dates."""
    k = (later - today).days // {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}[unit] + 3
    while not _reached_ahead(later, move_date, today, k, unit):
        k -= 1
    return k


def _reached(earlier: Any, step: Callable[..., Any], *how: Any) -> bool:
    """Tell whether a step back does not pass ``earlier``; what passes the first day of the calendar passes all."""
    try:
        return bool(earlier <= step(*how))
    except (OverflowError, ValueError):
        return False


def _reached_ahead(later: Any, step: Callable[..., Any], *how: Any) -> bool:
    """Tell whether a step on does not pass ``later``; what passes the last day of the calendar passes all."""
    try:
        return bool(step(*how) <= later)
    except (OverflowError, ValueError):
        return False


def anniversary(day: dt.date, year: int) -> dt.date:
    """Give the anniversary of a day in a year; 29 February is kept on 1 March in common years (A14)."""
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1)
    return day.replace(year=year)
