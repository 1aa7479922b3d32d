"""When the clocks of a zone are set: every change of its offset, in seconds since 1970.

Changes are read from the zone's own file (RFC 9636), which lists them; what its last rule repeats from then on every
year is searched on ``zoneinfo``, once for all zones that share the rule. So all zones take half a second, not seven.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

START = int(dt.datetime(1900, 1, 1, tzinfo=dt.UTC).timestamp())
"""Changes before this moment are left out: until then clocks kept the sun's time."""
UNTIL = 2060
"""The last year whose changes of the clocks are listed for people in their own zones."""
WEEK = 7 * 86_400
"""No rule sets clocks twice within a week."""


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``at`` (seconds since 1970, UTC) on, clocks are ``offset`` seconds ahead of UTC."""

    at: int
    offset: int


@lru_cache(maxsize=256)
def offsets(zone: str, until: int) -> tuple[int, tuple[Shift, ...]]:
    """Give the offset before 1900 and every change of it up to the year ``until``, oldest first."""
    info = ZoneInfo(zone)
    end = int(dt.datetime(min(until, 2200) + 1, 1, 1, tzinfo=dt.UTC).timestamp())
    first = here = _at(info, START)
    listed = _listed(zone)
    if listed is None:
        return first, tuple(searched(info, START, end))
    changes, rule = listed
    found = []
    for at in changes:
        if START < at < end and (offset := _at(info, at)) != here:
            found.append(Shift(at, offset))
            here = offset
    if "," in rule:  # without a comma it has no summer time
        found += _repeated(rule, max([START, *changes[-1:]]), end)
    return first, tuple(found)


@lru_cache(maxsize=4)
def every_offset(zones: tuple[str, ...], until: int, long_ago: int) -> tuple[tuple[str, int, int], ...]:
    """Give (zone, seconds from when on, offset) of all zones, oldest first; the first counts from ``long_ago``."""
    rows: list[tuple[str, int, int]] = []
    for zone in zones:
        first, shifts = offsets(zone, until)
        rows += [(zone, long_ago, first), *((zone, shift.at, shift.offset) for shift in shifts)]
    return tuple(rows)


@lru_cache(maxsize=1024)
def shown(zone: str, until: int) -> tuple[tuple[int, int], ...]:
    """Give (seconds from when on, time that the clock had shown until then) for each time that it is set back.

    The time is in seconds of the wall clock since 1970, and itself not shown any more.
    """
    before, shifts = offsets(zone, until)
    found = []
    for shift in shifts:
        if shift.offset < before:
            found.append((shift.at, shift.at + before))
        before = shift.offset
    return tuple(found)


@lru_cache(maxsize=1024)
def overnight(zone: str, until: int) -> bool:
    """Tell whether a zone's clocks are ever set back to the day before, so that a day ends twice."""
    moved = {shift.at: shift.at + shift.offset for shift in offsets(zone, until)[1]}
    return any((time - 1) // 86_400 > moved[at] // 86_400 for at, time in shown(zone, until))


@lru_cache(maxsize=4)
def every_crest(zones: tuple[str, ...], until: int, long_ago: int) -> tuple[tuple[str, int, int, int], ...]:
    """Give (zone, seconds from when on, offset, time shown until then) of all zones, oldest first."""
    rows: list[tuple[str, int, int, int]] = []
    for zone in zones:
        first, shifts = offsets(zone, until)
        latest, backs = long_ago, dict(shown(zone, until))
        rows.append((zone, long_ago, first, latest))
        for shift in shifts:
            latest = max(latest, backs.get(shift.at, latest))
            rows.append((zone, shift.at, shift.offset, latest))
    return tuple(rows)


def searched(info: ZoneInfo, start: int, end: int) -> Iterator[Shift]:
    """Yield the changes after ``start`` and before ``end`` by looking at the clock every week."""
    here = _at(info, start)
    for low in range(start, end, WEEK):
        high = min(low + WEEK, end - 1)
        if _at(info, high) == here:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _at(info, middle) == here:
                low = middle
            else:
                high = middle
        here = _at(info, high)
        yield Shift(high, here)


@lru_cache(maxsize=1024)
def _repeated(rule: str, start: int, end: int) -> tuple[Shift, ...]:
    """Give the changes that a rule such as ``CET-1CEST,M3.5.0,M10.5.0/3`` makes between two moments."""
    part = struct.pack(">5s15x6ll?B2s", b"TZif2", 0, 0, 0, 0, 1, 2, 0, False, 0, b"-")
    return tuple(searched(ZoneInfo.from_file(io.BytesIO(part + part + f"\n{rule}\n".encode())), start, end))


def _listed(zone: str) -> tuple[tuple[int, ...], str] | None:
    """Give the changes that a zone's file lists and the rule that holds afterwards; None where no file is found."""
    content = _file(zone)
    if content is None or content[:4] != b"TZif" or content[4:5] < b"2":
        return None
    utc, standard, leaps, times, types, letters = struct.unpack_from(">6l", content, 20)
    second = 44 + 5 * times + 6 * types + letters + 8 * leaps + standard + utc  # behind the part in 32 bits
    utc, standard, leaps, times, types, letters = struct.unpack_from(">6l", content, second + 20)
    footer = second + 44 + 9 * times + 6 * types + letters + 12 * leaps + standard + utc
    return struct.unpack_from(f">{times}q", content, second + 44), content[footer:].decode("ascii").strip("\n")


def _file(zone: str) -> bytes | None:
    """Read the file that ``ZoneInfo`` reads, whose name it has already found good."""
    for place in [*map(Path, zoneinfo.TZPATH), *_packaged()]:
        file = place.joinpath(*zone.split("/"))
        if file.is_file():
            return file.read_bytes()
    return None


def _packaged() -> list[Traversable]:
    """Give the folder of the package ``tzdata``, where there is one."""
    try:
        return [resources.files("tzdata") / "zoneinfo"]
    except ModuleNotFoundError:
        return []


def _at(info: ZoneInfo, second: int) -> int:
    offset = dt.datetime.fromtimestamp(second, info).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
