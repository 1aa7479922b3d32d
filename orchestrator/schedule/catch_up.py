"""Which slots are due, including those that passed while no daemon was awake: one row each, whoever writes it.

What a campaign's `late` says decides about a slot that is found too late: it becomes an occurrence, or a row
``missed``, so that nothing disappears without a trace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.ledger import OccurrenceState
from orchestrator.model.calendar import later
from orchestrator.model.campaign import Campaign, Catch, Duration, Status
from orchestrator.model.condition import Unit
from orchestrator.run import House
from orchestrator.schedule.when import Slot, slots

PUNCTUAL = Duration(15, Unit.MINUTE)
"""How late a slot may start under `late: skip`: the time a restart takes, not an outage."""
MOST = 500
"""Slots of one campaign and zone that are looked back at; older ones are not even recorded as missed."""


@dataclass(frozen=True, slots=True)
class Due:
    """A slot of a campaign and what becomes of it: sent until ``deadline``, or ``missed``."""

    campaign: str
    slot: Slot
    deadline: dt.datetime
    missed: bool


def plan_due(house: House, now: dt.datetime) -> list[Due]:
    """Write down every slot up to ``now`` that is not written down yet; give those that this call wrote.

    Only active campaigns of the applied version are looked at, from their last slot on, or from the moment at
    which they became active. The slots of `zone: person` are one occurrence for each zone that people have.
    """
    number = house.ledger.current_number()
    if number is None:
        return []
    workspace = house.workspace(number)
    doubtful = house.ledger.slots_since()
    written = []
    active = [campaign for campaign in workspace.campaigns.values() if campaign.status is Status.ACTIVE]
    last = house.ledger.last_slots([campaign.name for campaign in active])
    applied = house.ledger.applied_at()
    for campaign in active:
        since = last.get(campaign.name, {})
        found: list[tuple[Due, str]] = []
        for zone in zones_of(house, number, campaign, now):
            start = since.get(zone) or activated(house, applied, number, campaign.name)
            if since and zone not in since:
                # Somebody moved here, or the zone's first slot came while nobody was awake: what lies before the last
                # slot of the other zones was never due to anybody, unless it can still begin.
                start = max(start, min(max(since.values()), now - (deadline(campaign, now, zone) - now)))
            found += [(due, zone) for due in _judged(campaign, zone, start, now, doubtful)]
        for due, zone in sorted(found, key=lambda one: one[0].slot.at):  # a death leaves later ones to the next look
            state = OccurrenceState.MISSED if due.missed else OccurrenceState.PLANNED
            if house.ledger.plan_occurrence(
                campaign.name,
                due.slot.name,
                due.slot.at,
                due.deadline,
                version=number,
                local_slot=due.slot.local,
                zone=zone,
                state=state,
            ):
                written.append(due)
    return written


def zones_of(house: House, version: int, campaign: Campaign, now: dt.datetime) -> list[str]:
    """Give the zones in which the campaign has slots of its own: one, or those that people live in.

    Somebody whose zone is missing or unknown belongs to the project's.
    """
    zone = campaign.trigger.zone
    if zone == "person":
        return house.zones(version, now)
    return [house.workspace(version).project.zone if zone == "project" else zone]


def deadline(campaign: Campaign, slot: dt.datetime, zone: str) -> dt.datetime:
    """Give the moment (UTC) from which a slot is too late to begin."""
    late = campaign.trigger.late
    return later(slot, late.within if late.within and late.catch is not Catch.SKIP else PUNCTUAL, zone)


def activated(house: House, applied: Mapping[int, dt.datetime], version: int, campaign: str) -> dt.datetime:
    """Give the moment (UTC) since which the campaign is active without a break, by when versions were ``applied``."""
    since = applied[version]
    for number in range(version - 1, 0, -1):
        found = house.workspace(number).campaigns.get(campaign)
        if found is None or found.status is not Status.ACTIVE:
            break
        since = applied[number]
    return since


def _judged(
    campaign: Campaign, zone: str, start: dt.datetime, now: dt.datetime, doubtful: dt.datetime | None
) -> Iterator[Due]:
    """Yield the slots up to now; those up to ``doubtful`` may have been sent from a state that was lost."""
    late = campaign.trigger.late
    passed: list[Slot] = []
    for slot in slots(campaign.trigger, zone, start):
        if slot.at > now:
            break
        passed = [*passed[-(MOST - 1) :], slot]
    for n, slot in enumerate(passed):
        end = deadline(campaign, slot.at, zone)
        superseded = late.catch is Catch.LAST and n < len(passed) - 1
        gone = superseded or end <= now or (doubtful is not None and slot.at <= doubtful)
        yield Due(campaign.name, slot, end, missed=gone)
