"""Quiet hours: when a message that may not go out now may go out, on the person's own wall clock."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.project import Quiet

_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


@lru_cache(maxsize=1024)
def zone_of(name: str | None, otherwise: str) -> ZoneInfo:
    """Give the person's zone, or the project's when there is none or it is not known."""
    for candidate in (name, otherwise):
        try:
            if candidate:
                return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def is_quiet(quiet: Quiet, clock: dt.time) -> bool:
    """Tell whether a wall clock stands within the quiet hours; the end is outside."""
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def quiet_until(quiet: Quiet | None, zone: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    """Give the instant (UTC) at which the quiet hours end, None when ``now`` is not within them."""
    if quiet is None:
        return None
    local = now.astimezone(zone)
    if not is_quiet(quiet, local.time()):
        return None
    for days in (0, 1):
        for fold in (0, 1):
            day = local.date() + dt.timedelta(days=days)
            end = dt.datetime.combine(day, quiet.end, tzinfo=zone).replace(fold=fold).astimezone(dt.UTC)
            if end > now and not is_quiet(quiet, end.astimezone(zone).time()):
                return end
    return now + dt.timedelta(hours=1)


def window_start(now: dt.datetime, per: Duration) -> dt.datetime:
    """Give the beginning of the window that ends now: exact for minutes to weeks, by the calendar above."""
    match per.unit:
        case Unit.MINUTE:
            return now - dt.timedelta(minutes=per.count)
        case Unit.HOUR:
            return now - dt.timedelta(hours=per.count)
        case Unit.DAY:
            return now - dt.timedelta(days=per.count)
        case Unit.WEEK:
            return now - dt.timedelta(weeks=per.count)
    months = now.year * 12 + now.month - 1 - per.count * _MONTHS[per.unit]
    year, month = divmod(months, 12)
    for day in range(now.day, 27, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return now.replace(year=year, month=month + 1)
