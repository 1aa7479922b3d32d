"""The frozen clock: ``as_of`` on the calendars of zones, and the steps of the calendar from there.

Everything is computed here, once, with ``zoneinfo``; SQL only ever compares with the results. Instants are UTC.
What would leave the years 1 to 9999 stays at their edge, so a window of 5,000 years is simply open.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from orchestrator.model.calendar import clock_of, in_zone, later
from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Day, Unit

EARLIEST = dt.datetime(1, 1, 3, tzinfo=dt.UTC)
LATEST = dt.datetime(9999, 12, 29, tzinfo=dt.UTC)
EXACT = (Unit.MINUTE, Unit.HOUR)
MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
DAYS = {Day.YESTERDAY: -1, Day.TODAY: 0, Day.TOMORROW: 1}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@lru_cache(maxsize=1)
def all_zones() -> tuple[str, ...]:
    """Give the names of all IANA zones, sorted."""
    return tuple(sorted(available_timezones() - {"localtime", "Factory"}))


@lru_cache(maxsize=4096)
def day_start(day: dt.date, zone: str) -> dt.datetime:
    """Give the instant at which a day begins in a zone, also where its midnight does not exist."""
    if not EARLIEST.date() <= day <= LATEST.date():
        return EARLIEST if day < EARLIEST.date() else LATEST
    return in_zone(dt.datetime.combine(day, dt.time()), zone)


@lru_cache(maxsize=16384)
def day_of(moment: dt.datetime, zone: str) -> dt.date:
    """Give the day on the clocks of a zone."""
    return moment.astimezone(clock_of(zone)).date()


def add_days(day: dt.date, count: int) -> dt.date:
    """Give the day ``count`` days later, at most the edge of the calendar."""
    ordinal = day.toordinal() + count
    if ordinal < EARLIEST.toordinal():
        return EARLIEST.date()
    return LATEST.date() if ordinal > LATEST.toordinal() else dt.date.fromordinal(ordinal)


def add_units(day: dt.date, count: int, unit: Unit) -> dt.date:
    """Give the day ``count`` units later; a day that the month lacks becomes its last one (A52)."""
    if unit in (Unit.DAY, Unit.WEEK):
        return add_days(day, count * (7 if unit is Unit.WEEK else 1))
    index = day.year * 12 + day.month - 1 + count * MONTHS[unit]
    if index < 24:
        return EARLIEST.date()
    if index // 12 > 9998:
        return LATEST.date()
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, month_length(year, month)))


def month_length(year: int, month: int) -> int:
    """Give the number of days of a month."""
    return (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day


def unit_start(day: dt.date, unit: Unit, week_starts: int) -> dt.date:
    """Give the first day of the unit that a day lies in."""
    if unit is Unit.DAY:
        return day
    if unit is Unit.WEEK:
        return add_days(day, -((day.weekday() - week_starts) % 7))
    month = {Unit.MONTH: day.month, Unit.QUARTER: (day.month - 1) // 3 * 3 + 1, Unit.YEAR: 1}[unit]
    return dt.date(day.year, month, 1)


@lru_cache(maxsize=16384)
def shifted(moment: dt.datetime, count: int, unit: Unit, zone: str) -> dt.datetime:
    """Give ``moment`` plus ``count`` units: exact for minutes and hours, by the zone's calendar for the rest."""
    if unit in EXACT:
        try:
            found = moment + dt.timedelta(minutes=count * (60 if unit is Unit.HOUR else 1))
        except OverflowError:
            return EARLIEST if count < 0 else LATEST
        return min(max(found, EARLIEST), LATEST)
    day = add_units(day_of(moment, zone), count, unit)
    if day in (EARLIEST.date(), LATEST.date()):
        return EARLIEST if count < 0 else LATEST
    return later(moment, Duration(count, unit), zone)


@dataclass(frozen=True, slots=True)
class Clock:
    """One frozen moment and the project's calendar. ``as_of`` is UTC with whole seconds."""

    as_of: dt.datetime
    zone: str
    week_starts: int = 0

    def today(self, zone: str) -> dt.date:
        """Give the current day on the clocks of a zone."""
        return day_of(self.as_of, zone)

    def ago(self, count: int, unit: Unit, zone: str) -> dt.datetime:
        """Give the instant ``count`` units before ``as_of`` (a negative count: after it)."""
        return shifted(self.as_of, -count, unit, zone)

    def unit_days(self, unit: Unit, back: int, zone: str) -> tuple[dt.date, dt.date]:
        """Give the first day of the unit ``back`` units before the current one, and of the unit behind it."""
        start = unit_start(self.today(zone), unit, self.week_starts)
        first = add_units(start, -back, unit)
        return first, add_units(first, 1, unit)

    def unit_instants(self, unit: Unit, back: int, zone: str) -> tuple[dt.datetime, dt.datetime]:
        """Give the instants at which that unit begins and ends; minutes and hours as the zone's clocks show them."""
        if unit not in EXACT:
            first, end = self.unit_days(unit, back, zone)
            return day_start(first, zone), day_start(end, zone)
        local = self.as_of.astimezone(clock_of(zone))
        minutes = 0 if unit is Unit.MINUTE else local.minute
        start = self.as_of - dt.timedelta(minutes=minutes, seconds=local.second)
        step = dt.timedelta(minutes=60 if unit is Unit.HOUR else 1)
        return start - back * step, start - (back - 1) * step
