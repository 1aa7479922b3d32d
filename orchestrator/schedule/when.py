"""At which moments a campaign is due: slots on the wall clock of a zone, as instants in UTC.

A slot's name is its local time and zone (``2026-10-25T03:30[Europe/Helsinki]``), so an hour that comes twice
holds one slot. In the hour that never comes a slot moves to the first moment behind the gap (A20).
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from orchestrator.model.calendar import in_zone
from orchestrator.model.campaign import Trigger
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


def _walk(line: str, zone: str, after: dt.datetime) -> Iterator[Slot]:
    start = after.astimezone(ZoneInfo(zone))
    end = after + HORIZON
    for moment in CronSim(line, start):
        at = moment.astimezone(dt.UTC)
        if at > end:
            return
        if at > after:
            yield Slot(at, moment.strftime("%Y-%m-%dT%H:%M"), zone)


@lru_cache(maxsize=4096)  # a daemon asks at every beat, for every campaign that is sent once
def _slot(wall: dt.datetime, zone: str) -> Slot:
    return Slot(in_zone(wall, zone), wall.strftime("%Y-%m-%dT%H:%M"), zone)
