"""``trigger:`` of a campaign: exactly one way to be due, and only the keys that go with it."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from orchestrator.language.campaign_keys import CampaignKeys, TriggerKeys
from orchestrator.language.kinds import WEEKDAYS
from orchestrator.language.shapes import Reading
from orchestrator.model.campaign import Late, Trigger
from orchestrator.model.condition import Unit

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CRON_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# name, lowest, highest, words that may stand for numbers
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _CRON_DAYS),
)


def read_trigger(reading: Reading[CampaignKeys], keys: TriggerKeys) -> Trigger | None:
    """Give the trigger, None when it is not clear; what is wrong goes to ``reading``."""
    given = [key for key in ("once", "every", "cron") if getattr(keys, key) is not None]
    before = len(reading.problems)
    if not given:
        if not reading.lost("trigger"):
            reading.add(
                reading.key_span("trigger"),
                "E507",
                "`trigger` does not say when",
                "once: 2026-12-01T10:00",
                "every: day",
            )
        return None
    if len(given) > 1:
        for extra in given[1:]:
            place = reading.key_span("trigger", extra)
            reading.add(place, "E507", f"`{given[0]}` and `{extra}` exclude each other", "keep one of them")
        return None
    way = given[0]
    for key in ("days", "at"):
        if getattr(keys, key) and way != "every":
            help = "every: week" if way == "once" else "write the time and the days into the cron line"
            reading.add(reading.key_span("trigger", key), "E509", f"`{key}` goes with `every`, not with `{way}`", help)
    if way == "every":
        _every(reading, keys)
    if keys.cron is not None:
        problem = cron_problem(keys.cron)
        if problem:
            reading.add(reading.span("trigger", "cron"), "E508", problem, 'cron: "0 9 * * tue"')
    if len(reading.problems) > before:
        return None
    return Trigger(
        once=keys.once,
        every=Unit(keys.every) if keys.every is not None else None,
        days=tuple(WEEKDAYS.index(day) if isinstance(day, str) else day for day in keys.days),
        at=tuple(sorted(keys.at)),
        cron=keys.cron,
        zone=keys.zone,
        late=keys.late if keys.late is not None else Late(),
        span=reading.key_span("trigger"),
    )


def _every(reading: Reading[CampaignKeys], keys: TriggerKeys) -> None:
    at = reading.key_span("trigger", "every")
    if not keys.at and not reading.lost("trigger", "at"):
        reading.add(at, "E513", f"`every: {keys.every}` needs a time", "at: 09:00")
    if len(set(keys.at)) < len(keys.at):
        reading.add(reading.key_span("trigger", "at"), "E513", "the same time stands twice", "write it once")
    by_name = [day for day in keys.days if isinstance(day, str)]
    if keys.every == "month" and by_name:
        help = f'cron: "0 9 * * {by_name[0]}#1"    # the first {by_name[0]} of each month'
        reading.add(reading.key_span("trigger", "days"), "E510", "`every: month` takes days of the month", help)
    elif keys.every in ("week", "day") and len(by_name) < len(keys.days):
        reading.add(reading.key_span("trigger", "days"), "E510", "`every: week` takes mon to sun", "days: [tue]")
    elif keys.every == "day" and keys.days:
        reading.add(reading.key_span("trigger", "days"), "E510", "`every: day` is every day", "every: week")
    elif keys.every in ("week", "month") and not keys.days and not reading.lost("trigger", "days"):
        days = "days: [tue]" if keys.every == "week" else "days: [1]"
        reading.add(at, "E510", f"`every: {keys.every}` needs days", days)
    if len(set(keys.days)) < len(keys.days):
        reading.add(reading.key_span("trigger", "days"), "E510", "the same day stands twice", "write it once")


def cron_problem(line: str) -> str:
    """Say what is wrong with a cron line of five fields; empty when it can be kept."""
    parts = line.split()
    if len(parts) != 5:
        if line.startswith("@"):
            return f"`{line}` is a nickname of cron; write its five fields"
        return f"a cron line has five fields (minute hour day month weekday), and here are {len(parts)}"
    values: list[set[int]] = []
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        found: set[int] = set()
        for piece in part.lower().split(","):
            took = _piece(piece, low, high, words, name)
            if took is None:
                return f"`{part}` cannot be the {name}"
            found |= took
        values.append(found)
    days, months = values[2], values[3]
    if parts[4] == "*" and days and not any(min(days) <= _LONGEST[month - 1] for month in months):
        return "this day never comes in these months"
    return ""


def _piece(piece: str, low: int, high: int, words: tuple[str, ...], name: str) -> set[int] | None:
    if name == "day of the month" and piece in ("l", "lw"):
        return {28}
    if name == "day of the week":
        nth = re.fullmatch(r"(\w+)#([1-5])|(\w+)l", piece)
        if nth:
            piece = nth[1] or nth[3]
    base, slash, step = piece.partition("/")
    if slash and (not step.isdigit() or int(step) < 1 or int(step) > high):
        return None
    if base == "*":
        first, last = low, high
    else:
        ends = [_number(end, low, words) for end in base.split("-")]
        if len(ends) > 2 or any(end is None or not low <= end <= high for end in ends):
            return None
        numbers = [end for end in ends if end is not None]
        first, last = numbers[0], numbers[-1]
        if slash and len(numbers) == 1:
            last = high
        if first > last:
            return None
    return set(range(first, last + 1, int(step) if slash else 1))


def _number(text: str, low: int, words: tuple[str, ...]) -> int | None:
    if text in words:
        return words.index(text) + low
    return int(text) if text.isdigit() and text.isascii() else None


def twice_or_never(wall: dt.datetime, zone: str) -> str:
    """Say whether the clocks of ``zone`` show ``wall`` "twice" or "never"; empty when they show it once."""
    info = ZoneInfo(zone)
    first, second = wall.replace(tzinfo=info, fold=0), wall.replace(tzinfo=info, fold=1)
    if first.utcoffset() == second.utcoffset():
        return ""
    back = first.astimezone(dt.UTC).astimezone(info).replace(tzinfo=None)
    return "twice" if back == wall else "never"
