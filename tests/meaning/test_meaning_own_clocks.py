"""Units on each person's own clocks that no two people share: behind a moment of their own, and as a value."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from reference import clock

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Lord_Howe",  # back by half an hour
    "Antarctica/Troll",  # back by two hours
    "America/St_Johns",  # until 2011 a minute after midnight
    "Asia/Beirut",  # back to the day before
    "America/Havana",  # shows midnight twice
    "Pacific/Apia",  # lost a day
    "Mars/Olympus",
    None,
)


def test_days_behind_a_moment_are_the_persons_own(ask):
    """Seven days after 08:00 in New York on 28 October end at 08:00 there, which is an hour later in UTC."""
    people = {
        "P": {"timezone": "America/New_York", "created_at": "2026-10-28 12:00"},
        "Q": {"timezone": "Europe/Berlin", "created_at": "2026-10-28 12:00"},
        "R": {"timezone": "Mars/Olympus", "created_at": "2026-10-28 12:00"},
        "S": {"created_at": "2026-10-28 12:00"},
        "T": {"timezone": "America/New_York"},
    }
    late = {"purchase": [(person, "2026-11-04 13:00") for person in people]}
    assert ask("did purchase in first 7 local days after created_at", people, late) == "P"
    assert ask("did purchase in first 7 days after created_at", people, late) == ""
    later = {"purchase": [(person, "2026-11-04 13:00:00.000001") for person in people]}
    assert ask("did purchase in first 7 local days after created_at", people, later) == ""
    assert ask("did purchase in first 7 local days after created_at", people, late, zone="America/New_York") == "PRS"
    assert ask("did not purchase in first 7 local days after created_at", people, late) == "QRST"


def test_days_before_a_moment_are_the_persons_own(ask):
    """A week before 12:00 in New York on 4 November begins at 16:00 UTC, an hour before what Berlin counts."""
    people = {
        "P": {"timezone": "America/New_York", "renews_at": "2026-11-04 17:00"},
        "Q": {"timezone": "Europe/Berlin", "renews_at": "2026-11-04 17:00"},
    }
    early = {"visit": [(person, "2026-10-28 16:00") for person in people]}
    assert ask("did visit in last 7 local days before renews_at", people, early) == "P"
    assert ask("did visit in last 7 days before renews_at", people, early) == ""


def test_a_date_begins_on_the_persons_clock(ask):
    """The first local day after a date begins at the person's midnight, and so do its hours."""
    people = {
        "P": {"timezone": "Pacific/Auckland", "birth_date": "2026-11-20"},
        "Q": {"timezone": "America/Los_Angeles", "birth_date": "2026-11-20"},
        "R": {"birth_date": "2026-11-20"},
    }
    events = {"visit": [(person, "2026-11-20 05:00") for person in people]}
    assert ask("did visit in first 1 local day after birth_date", people, events) == "PR"
    assert ask("did visit in first 17 local hours after birth_date", people, events) == "R"
    assert ask("did visit in first 19 local hours after birth_date", people, events) == "PR"
    assert ask("did visit in last 5 local hours before birth_date", people, events) == "Q"


def test_the_day_of_a_moment_is_the_persons_own(ask):
    """A date is held against the day that a sign-up has on the clock of who signed up."""
    people = {
        "P": {"timezone": "Pacific/Auckland", "created_at": "2026-11-20 20:00", "renewal_date": "2026-11-20"},
        "Q": {"timezone": "America/Los_Angeles", "created_at": "2026-11-20 20:00", "renewal_date": "2026-11-20"},
    }
    assert ask("renewal_date is in first 1 local day after created_at", people) == "Q"
    assert ask("renewal_date is in last 1 local day before created_at", people) == "P"


def test_local_units_are_values(ask):
    """They are compared with an attribute, stand in arithmetic, between two ends, in a rank and in a trait."""
    people = {
        "P": {"timezone": "Pacific/Auckland", "created_at": "2026-11-15 09:30", "points": 5},
        "Q": {"timezone": "America/New_York", "created_at": "2026-10-31 13:00", "points": 20},
        "R": {"timezone": None, "created_at": None, "points": 0},
    }
    before, after = {"as_of": "2026-11-21 13:30"}, {"as_of": "2026-11-21 14:00"}  # 08:30 and 09:00 in New York
    assert ask("local days since created_at > points", people, **before) == "P"
    assert ask("local days since created_at > points", people, **after) == "PQ"
    assert ask("days since created_at > points", people, **before) == "PQ"
    assert ask("local days since created_at + 1 > 21", people, **before) == ""
    assert ask("local days since created_at + 1 > 21", people, **after) == "Q"
    assert ask("points + 1 is between local days since created_at and 22", people, **before) == "PQ"
    assert ask("points is between local days since created_at and 22", people, **after) == ""
    assert ask("in top 1 by local days since created_at", people) == "Q"
    days = "trait waited: int = local days since created_at\n"
    assert ask("waited", people, definitions=days, trait=True, **before) == {"P": 6, "Q": 20, "R": None}


@pytest.mark.parametrize("seed", range(4))
def test_every_clock_is_set_the_same_way_everywhere(ask, seed):
    """Around changes of the clocks, whatever they do, all engines count as the reference does."""
    rng = random.Random(seed)
    people, events = {}, {"purchase": []}
    as_of = rng.choice(("2026-10-25 01:30", "2026-11-01 06:30", "2026-11-22 09:00", "2027-03-28 01:00"))
    for number in range(60):
        zone = rng.choice(ZONES)
        info = clock.zone_of(zone, "Europe/Berlin")
        start = _near_a_change(rng, info)
        name = f"P{number:02}"
        day = clock.wall(start, info).date() + dt.timedelta(days=rng.choice((-1, 0, 0, 1)))
        people[name] = {
            "timezone": zone,
            "created_at": start.replace(tzinfo=None).isoformat(" "),
            "renewal_date": day.isoformat(),
            "points": rng.choice((0, 1, 30, 5000)),
        }
        for unit, count in (("day", 1), ("month", 1), ("week", -1)):
            edge = clock.move(start, count, unit, info) + rng.choice(
                (dt.timedelta(0), dt.timedelta(microseconds=1), dt.timedelta(minutes=-20), dt.timedelta(minutes=40))
            )
            events["purchase"].append((name, edge.replace(tzinfo=None).isoformat(" ")))
        midnight = clock.midnight(day, info) + rng.choice((dt.timedelta(0), dt.timedelta(hours=1)))
        events["purchase"].append((name, midnight.replace(tzinfo=None).isoformat(" ")))
    for sentence in (
        "did purchase in first 1 local day after created_at",
        "did purchase in first 1 local month after created_at",
        "did purchase at least 2 times in last 1 local week before created_at",
        "did purchase in first 1 local day after renewal_date",
        "did purchase in first 25 local hours after renewal_date",
        "renewal_date is in first 1 local day after created_at",
        "local days since created_at > points",
        "local months since last purchase > points",
        "local weeks until created_at <= 0 - points",
    ):
        ask(sentence, people, events, as_of=as_of)


def _near_a_change(rng: random.Random, info: ZoneInfo) -> dt.datetime:
    """Give a moment near one of the times at which the clocks of a zone are set, or an ordinary one."""
    moment = dt.datetime(rng.choice((2009, 2010, 2011, 2025, 2026)), 1, 1, tzinfo=dt.UTC)
    moment += dt.timedelta(hours=rng.randrange(8000))
    later = moment + dt.timedelta(days=200)
    offset = moment.astimezone(info).utcoffset()
    while later - moment > dt.timedelta(seconds=1):
        middle = moment + (later - moment) / 2
        if middle.astimezone(info).utcoffset() == offset:
            moment = middle
        else:
            later = middle
    change = later.replace(microsecond=0)
    step = dt.timedelta(minutes=rng.choice((-61, -30, -1, 0, 0, 1, 15, 59, 60, 90)))
    return min(change + step, dt.datetime(2026, 9, 30, tzinfo=dt.UTC))


def test_a_time_that_comes_twice_means_its_first_coming(ask):
    """New York shows 01:00 to 02:00 again from 06:00 UTC on 1 November on: what comes in it is later than all of it."""
    zone = "America/New_York"
    hung = {"P": {"timezone": zone, "created_at": "2026-10-31 05:30"}}  # 01:30, and a day later is 05:30 UTC
    sentence = "did visit in first 1 local day after created_at"
    assert ask(sentence, hung, {"visit": [("P", "2026-11-01 05:30")]}) == "P"
    assert ask(sentence, hung, {"visit": [("P", "2026-11-01 06:20")]}) == ""
    again = {"P": {"timezone": zone, "created_at": "2026-11-01 06:20", "points": 0}}
    assert ask("local days since created_at is points", again, as_of="2026-11-02 06:30") == "P"
    assert ask("local days since created_at > points", again, as_of="2026-11-02 07:00") == "P"
    first = {"P": {"timezone": zone, "created_at": "2026-11-01 05:40", "points": 0}}
    assert ask("local days since created_at is points", first, as_of="2026-11-01 06:20") == "P"
    assert ask("local days until created_at < points", first, as_of="2026-11-01 06:20") == "P"


def test_local_units_of_long_ago_are_counted_where_every_zone_has_its_own_clock(ask):
    """In 1936 there were more wall clocks than MariaDB joins tables: then the units are a value."""
    people = {
        "P": {"timezone": "America/New_York"},
        "Q": {"timezone": "Europe/Berlin"},
        "R": {"timezone": "Africa/Monrovia"},
        "S": {},
        "T": {},
    }
    events = {"purchase": [(person, "1936-11-22 08:30") for person in "PQRS"]}
    sentence = 'local years since last purchase where (coupon starts with "x" or coupon is missing) is 90'
    assert ask(sentence, people, events, as_of="2026-11-22 09:00") == "PQRS"
    assert ask(sentence, people, events, as_of="2026-11-22 08:20") == "R"  # 44.5 minutes behind Greenwich until 1972
    assert ask(sentence, people, events, as_of="2026-11-21 09:00") == ""
