"""Slots: the moments at which a campaign is due, across clock changes."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from zoneinfo import available_timezones

from orchestrator.model.calendar import in_zone, later
from orchestrator.model.campaign import Duration, Trigger
from orchestrator.model.condition import Unit
from orchestrator.schedule import is_cron, slots

UTC = dt.UTC


def names(trigger: Trigger, zone: str, after: dt.datetime, n: int) -> list[str]:
    """Give the names of the next n slots."""
    return [slot.name for slot in islice(slots(trigger, zone, after), n)]


def test_a_daily_slot_comes_once_on_the_day_the_clocks_go_back() -> None:
    """03:30 comes twice in Helsinki on 25 October 2026; the mail goes out at the first."""
    found = list(
        islice(slots(Trigger(cron="30 3 * * *"), "Europe/Helsinki", dt.datetime(2026, 10, 24, 12, tzinfo=UTC)), 2)
    )
    assert [slot.at for slot in found] == [
        dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        dt.datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_a_slot_in_the_hour_that_never_comes_moves_to_its_end() -> None:
    """02:30 does not exist in Berlin on 28 March 2027; the slot is 03:00 local, 01:00 UTC."""
    trigger = Trigger(every=Unit.DAY, at=(dt.time(2, 30),))
    found = list(islice(slots(trigger, "Europe/Berlin", dt.datetime(2027, 3, 27, 12, tzinfo=UTC)), 2))
    assert found[0].at == dt.datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert found[1].at == dt.datetime(2027, 3, 29, 0, 30, tzinfo=UTC)


def test_no_local_minute_holds_two_slots() -> None:
    """Every half hour across the clock change, each wall-clock minute appears once."""
    found = names(Trigger(cron="*/30 * * * *"), "Europe/Berlin", dt.datetime(2026, 10, 24, 20, tzinfo=UTC), 30)
    assert len(found) == len(set(found))


def test_weekdays_are_the_days_that_were_named() -> None:
    """`days: [tue]` is a Tuesday (APScheduler's own cron reading would make it a Wednesday)."""
    trigger = Trigger(every=Unit.WEEK, days=(1,), at=(dt.time(9),))
    found = [slot.at.astimezone(UTC) for slot in islice(slots(trigger, "UTC", dt.datetime(2026, 11, 1, tzinfo=UTC)), 3)]
    assert [(slot.strftime("%a"), slot.hour) for slot in found] == [("Tue", 9)] * 3


def test_two_times_a_day_are_two_slots_in_order() -> None:
    """Several `at` times are merged."""
    trigger = Trigger(every=Unit.DAY, at=(dt.time(18), dt.time(8)))
    assert names(trigger, "UTC", dt.datetime(2026, 11, 1, tzinfo=UTC), 3) == [
        "2026-11-01T08:00[UTC]",
        "2026-11-01T18:00[UTC]",
        "2026-11-02T08:00[UTC]",
    ]


def test_once_is_one_instant_per_zone() -> None:
    """The same wall clock is another instant in each zone, and past it there is nothing."""
    trigger = Trigger(once=dt.datetime(2026, 12, 1, 10))
    after = dt.datetime(2026, 11, 1, tzinfo=UTC)
    assert next(slots(trigger, "Pacific/Auckland", after)).at == dt.datetime(2026, 11, 30, 21, tzinfo=UTC)
    assert next(slots(trigger, "America/Los_Angeles", after)).at == dt.datetime(2026, 12, 1, 18, tzinfo=UTC)
    assert not list(slots(trigger, "UTC", dt.datetime(2026, 12, 1, 10, tzinfo=UTC)))


def test_a_preview_of_a_rare_slot_terminates() -> None:
    """29 February comes once within the five years that are looked at."""
    found = names(Trigger(cron="0 9 29 2 *"), "Europe/Berlin", dt.datetime(2026, 1, 1, tzinfo=UTC), 5)
    assert found == ["2028-02-29T09:00[Europe/Berlin]"]


def test_every_zone_has_one_slot_a_day_in_2027() -> None:
    """In every zone and across each of its clock changes a daily campaign has exactly one slot a day."""
    start = dt.datetime(2026, 12, 30, tzinfo=UTC)
    for zone in sorted(available_timezones())[::17]:
        days = [slot.local[:10] for slot in islice(slots(Trigger(cron="30 2 * * *"), zone, start), 370)]
        assert len(days) == len(set(days)), zone


def test_a_cron_line_has_five_fields() -> None:
    """`@daily` and six fields are refused."""
    assert is_cron("0 9 * * 1")
    assert not is_cron("0 9 * *")
    assert not is_cron("61 9 * * 1")
    assert not is_cron("0 9 31 2 *")


def test_a_day_later_is_the_same_wall_clock() -> None:
    """`1 day` follows the calendar, `24 hours` the stop-watch."""
    noon = in_zone(dt.datetime(2026, 10, 24, 12), "Europe/Berlin")
    assert later(noon, Duration(1, Unit.DAY), "Europe/Berlin") - noon == dt.timedelta(hours=25)
    assert later(noon, Duration(24, Unit.HOUR), "Europe/Berlin") - noon == dt.timedelta(hours=24)
    assert later(in_zone(dt.datetime(2026, 1, 31, 9), "UTC"), Duration(1, Unit.MONTH), "UTC").day == 28
