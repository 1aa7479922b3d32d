"""Wall clocks and instants: the calendar arithmetic that several rooms need, in one place. Pure.

Every function takes and gives instants in UTC and follows the clocks of a named IANA zone. An hour that comes
twice means its first coming; a moment in the hour that never comes moves to the end of the gap (A20).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit


@lru_cache(maxsize=1024)
def clock_of(zone: str) -> ZoneInfo:
    """Give the clocks of a zone; ``zoneinfo`` itself keeps eight, and a test on everybody's clocks asks all 600."""
    return ZoneInfo(zone)


def later(moment: dt.datetime, duration: Duration, zone: str) -> dt.datetime:
    """Give ``moment`` plus a duration as UTC: exact for minutes and hours, by ``zone``'s calendar for the rest."""
    if duration.unit is Unit.MINUTE:
        return moment + dt.timedelta(minutes=duration.count)
    if duration.unit is Unit.HOUR:
        return moment + dt.timedelta(hours=duration.count)
    local = moment.astimezone(clock_of(zone))
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}.get(duration.unit)
    if months is None:
        days = duration.count * (7 if duration.unit is Unit.WEEK else 1)
        day = local.date() + dt.timedelta(days=days)
    else:
        index = local.year * 12 + local.month - 1 + duration.count * months
        day = _clamped(index // 12, index % 12 + 1, local.day)
    return in_zone(dt.datetime.combine(day, local.time()), zone)


def in_zone(wall: dt.datetime, zone: str) -> dt.datetime:
    """Give the instant in UTC at which the clocks of ``zone`` first show ``wall``, or the end of the gap over it."""
    info = clock_of(zone)
    first = wall.replace(tzinfo=info, fold=0)
    back = first.astimezone(dt.UTC).astimezone(info)
    if back.replace(tzinfo=None) == wall.replace(tzinfo=None, fold=0):
        return first.astimezone(dt.UTC)
    # In a gap the two readings differ by its length; the later offset gives the moment of the change itself.
    low = wall.replace(tzinfo=info, fold=1).astimezone(dt.UTC)
    high = first.astimezone(dt.UTC)
    before = low.astimezone(info).utcoffset()
    while high - low > dt.timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(info).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _clamped(year: int, month: int, day: int) -> dt.date:
    while True:
        try:
            return dt.date(year, month, day)
        except ValueError:
            day -= 1


@lru_cache(maxsize=4096)
def known_zone(name: str) -> bool:
    """Tell whether there is an IANA zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def occurs(wall: dt.datetime, zone: str) -> int:
    """Tell how often the clocks of ``zone`` show ``wall``: once, twice, or (0) never."""
    info = clock_of(zone)
    first, second = (wall.replace(tzinfo=info, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if first.astimezone(info).replace(tzinfo=None) != wall.replace(tzinfo=None, fold=0):
        return 0
    return 1 if first == second else 2
