"""At which moments a campaign is due: slots on the wall clock of a zone, as instants in UTC.

A slot's name is its local time and zone (``2026-10-25T03:30[Europe/Helsinki]``), so an hour that comes twice
holds one slot. In the hour that never comes a slot moves to the first moment behind the gap (A20).
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from orchestrator.model.campaign import Duration, Trigger
from orchestrator.model.condition import Unit

HORIZON = dt.timedelta(days=366 * 5)
REPEATED = 240  # minutes of wall clock that can come twice when clocks go back


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One due moment: ``at`` in UTC, ``local`` the wall clock it stands for (``2026-10-25T03:30``), ``zone``."""

    at: dt.datetime
    local: str
    zone: str

    @property
    def name(self) -> str:
        """Give the text that makes the slot unique within its campaign."""
        return f"{self.local}[{self.zone}]"


def slots(trigger: Trigger, zone: str, after: dt.datetime) -> Iterator[Slot]:
    """Yield the slots strictly later than ``after`` (UTC) in order, at most five years ahead; may be endless before."""
    if trigger.once is not None:
        slot = _slot(trigger.once, zone)
        if slot.at > after:
            yield slot
        return
    recent: dict[str, None] = {}
    for slot in heapq.merge(*(_walk(line, zone, after) for line in crons(trigger))):
        if slot.local not in recent:
            yield slot
            recent[slot.local] = None
            if len(recent) > REPEATED:
                del recent[next(iter(recent))]


def crons(trigger: Trigger) -> list[str]:
    """Give the cron lines (minute, hour, day of month, month, weekday) that say the same as ``every`` or ``cron``."""
    if trigger.cron is not None:
        return [trigger.cron]
    times = trigger.at or (dt.time(9),)
    if trigger.every is Unit.WEEK:
        days = ",".join(str((day + 1) % 7) for day in trigger.days or (0,))
        return [f"{time.minute} {time.hour} * * {days}" for time in times]
    if trigger.every is Unit.MONTH:
        days = ",".join(str(day) for day in trigger.days or (1,))
        return [f"{time.minute} {time.hour} {days} * *" for time in times]
    if trigger.every is Unit.HOUR:
        minutes = ",".join(sorted({str(time.minute) for time in trigger.at} or {"0"}))
        return [f"{minutes} * * * *"]
    weekdays = ",".join(str((day + 1) % 7) for day in trigger.days) or "*"
    return [f"{time.minute} {time.hour} * * {weekdays}" for time in times]


def is_cron(line: str) -> bool:
    """Tell whether a text is a cron line of five fields."""
    try:
        CronSim(line, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    except CronSimError:
        return False
    return len(line.split()) == 5


def later(moment: dt.datetime, duration: Duration, zone: str) -> dt.datetime:
    """Give ``moment`` plus a duration as UTC: exact for minutes and hours, by ``zone``'s calendar for the rest."""
    if duration.unit is Unit.MINUTE:
        return moment + dt.timedelta(minutes=duration.count)
    if duration.unit is Unit.HOUR:
        return moment + dt.timedelta(hours=duration.count)
    local = moment.astimezone(ZoneInfo(zone))
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}.get(duration.unit)
    if months is None:
        days = duration.count * (7 if duration.unit is Unit.WEEK else 1)
        day = local.date() + dt.timedelta(days=days)
    else:
        index = local.year * 12 + local.month - 1 + duration.count * months
        day = _clamped(index // 12, index % 12 + 1, local.day)
    return _instant(dt.datetime.combine(day, local.time()), zone)


def in_zone(wall: dt.datetime, zone: str) -> dt.datetime:
    """Give the instant in UTC at which the clocks of ``zone`` first show ``wall``, or the end of the gap over it."""
    return _instant(wall, zone)


def _walk(line: str, zone: str, after: dt.datetime) -> Iterator[Slot]:
    start = after.astimezone(ZoneInfo(zone))
    end = after + HORIZON
    for moment in CronSim(line, start):
        at = moment.astimezone(dt.UTC)
        if at > end:
            return
        if at > after:
            yield Slot(at, moment.strftime("%Y-%m-%dT%H:%M"), zone)


def _slot(wall: dt.datetime, zone: str) -> Slot:
    return Slot(_instant(wall, zone), wall.strftime("%Y-%m-%dT%H:%M"), zone)


def _instant(wall: dt.datetime, zone: str) -> dt.datetime:
    info = ZoneInfo(zone)
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
