"""What a value was before: its rows in the order of time (ties by id), each the value from that moment on."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from orchestrator.model import condition as c
from reference import clock, windows


def held(one: Any, condition: c.Held) -> bool:
    """Tell whether the value was there at the start of the time, and every later row says the same."""
    rows = one.somebody.histories[condition.of.path[-1]]
    start = clock.move(one.here.as_of, -condition.count, condition.unit.value, one.here.zone(condition.local))
    before = [row for row in rows if row.at <= start]
    since = [row for row in rows if row.at > start]
    wanted = one.value(condition.value)
    return bool(before) and all(one._same(row.values["value"], wanted) for row in (before[-1], *since))


def changed(one: Any, condition: c.Changed) -> bool:
    """Tell whether a row of the window holds the new value and the row before it a different, known one."""
    rows = one.somebody.histories[condition.of.path[-1]]
    times = windows.times(condition.window, one.here)
    if times is None:
        return False
    after = one.value(condition.after)
    for previous, row in pairwise(rows):
        was, now = previous.values["value"], row.values["value"]
        if was is None or now is None or not times.holds(row.at) or not one._same(now, after) or one._same(was, now):
            continue
        if condition.before is None or one._same(was, one.value(condition.before)):
            return True
    return False
