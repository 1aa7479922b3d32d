"""When a campaign runs next, on the clock that its author meant."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.model.campaign import Campaign
    from orchestrator.model.project import Project
    from orchestrator.schedule import Slot


def next_slots(campaign: Campaign, project: Project, after: dt.datetime, n: int) -> list[Slot]:
    """Give the next ``n`` slots later than ``after`` (UTC); those on each person's clock as in the project's zone."""
    from orchestrator.schedule import slots

    trigger = campaign.trigger
    zone = project.zone if trigger.zone in ("project", "person") else trigger.zone
    return list(islice(slots(trigger, zone, after), n))


def when(slot: Slot, campaign: Campaign) -> str:
    """Give a slot as people say it: ``Tue 1 Dec 2026 10:00 Europe/Berlin``."""
    moment = dt.datetime.fromisoformat(slot.local)
    where = "on each person's clock" if campaign.trigger.zone == "person" else slot.zone
    return f"{moment:%a} {moment.day} {moment:%b %Y %H:%M} {where}"
