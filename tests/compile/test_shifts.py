"""The changes of clocks: what is read from a zone's file is what ``zoneinfo`` says, and it is read quickly."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from orchestrator.compile import shifts
from orchestrator.compile.shifts import START, Shift, every_offset, offsets, searched
from orchestrator.compile.timing import all_zones

UNTIL = 2060
END = int(dt.datetime(UNTIL + 1, 1, 1, tzinfo=dt.UTC).timestamp())
ODD = (
    "UTC",
    "Africa/Casablanca",  # summer time ends for Ramadan, listed for decades ahead
    "Africa/El_Aaiun",
    "America/New_York",
    "America/Scoresbysund",
    "Antarctica/Troll",  # two hours
    "Asia/Kathmandu",  # a quarter of an hour
    "Australia/Lord_Howe",  # half an hour of summer time
    "Europe/Dublin",  # winter time is the exception
    "Pacific/Apia",  # lost a day
    "Europe/Berlin",
    "Etc/GMT+12",
)


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget what was read, before and after."""
    for cached in (offsets, every_offset, shifts._repeated):
        cached.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    for cached in (offsets, every_offset, shifts._repeated):
        cached.cache_clear()


def looked(zone: str) -> tuple[int, tuple[Shift, ...]]:
    """Give the changes that looking at the clock every week finds."""
    info = ZoneInfo(zone)
    first = dt.datetime.fromtimestamp(START, info).utcoffset()
    assert first is not None
    return int(first.total_seconds()), tuple(searched(info, START, END))


@pytest.mark.parametrize("zone", ODD)
def test_changes_are_those_of_the_clock(zone: str) -> None:
    """A zone's list and its last rule give every change that its clock shows."""
    assert offsets(zone, UNTIL) == looked(zone)


@pytest.mark.usefixtures("fresh")
def test_zones_of_the_package_do_as_well() -> None:
    """A computer without zones of its own has those of the package ``tzdata``."""
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    assert shifts._listed("Europe/Berlin") is not None
    assert offsets("Europe/Berlin", UNTIL) == looked("Europe/Berlin")


@pytest.mark.usefixtures("fresh")
def test_a_zone_without_a_file_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file is not found, or is one of 32 bits, the clock itself is looked at."""
    for content in (None, b"no zone at all", b"TZif\0" + bytes(39)):
        offsets.cache_clear()
        monkeypatch.setattr(shifts, "_file", lambda _zone, content=content: content)
        assert offsets("Europe/Dublin", UNTIL) == looked("Europe/Dublin")


@pytest.mark.usefixtures("fresh")
def test_all_zones_are_in_the_table() -> None:
    """The table that travels with a statement knows every zone."""
    rows = every_offset(all_zones(), UNTIL, START)
    assert len({zone for zone, _, _ in rows}) == len(all_zones())
