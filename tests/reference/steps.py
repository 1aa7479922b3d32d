"""Sequences of events by trying every chain (A22-A28 of the specification)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from orchestrator.model import condition as c
from reference.rows import Happening

LENGTHS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}  # seconds of elapsed time


def fits(one: Any, sequence: c.Sequence) -> bool:
    """Tell whether some chain of one person's events fits all steps."""
    happened = [one.happenings(step.event, None) for step in sequence.steps]
    firsts = one.happenings(sequence.event, sequence.window)
    return any(_goes_on(one.world.as_of, sequence.steps, happened, 0, first) for first in firsts)


def _goes_on(as_of: dt.datetime, steps: tuple[c.Step, ...], happened: Any, place: int, here: Happening) -> bool:
    """Tell whether the steps from ``place`` on fit behind the event ``here``."""
    if place == len(steps):
        return True
    step = steps[place]
    long = None if step.within is None else dt.timedelta(
        seconds=step.within.count * LENGTHS[step.within.unit.value]
    )  # fmt: skip
    later = [other for other in happened[place] if _follows(step, here, other, long)]
    if step.link is c.Link.THEN:
        return any(_goes_on(as_of, steps, happened, place + 1, other) for other in later)
    if step.link is c.Link.NOT and (long is None or not as_of - here.at > long):
        return False  # not over yet
    return not later and _goes_on(as_of, steps, happened, place + 1, here)


def _follows(step: c.Step, here: Happening, other: Happening, long: dt.timedelta | None) -> bool:
    if other.at <= here.at or (long is not None and other.at - here.at > long):
        return False
    if step.same is None:
        return True
    mine, theirs = here.values[step.same], other.values[step.same]
    return mine is not None and theirs is not None and mine == theirs
