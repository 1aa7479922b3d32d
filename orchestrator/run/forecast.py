"""Who would get what, without writing anything: the numbers of a plan."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from orchestrator.audience import Warehouse
from orchestrator.ledger import Ledger, Reason
from orchestrator.model.campaign import Campaign
from orchestrator.model.workspace import Workspace
from orchestrator.run.snapshot import audience, decide


@dataclass
class Forecast:
    """People in the audience; per step, messages by variant; per step, people left out by reason."""

    audience: int = 0
    variants: dict[str, Counter[str]] = field(default_factory=dict)
    skipped: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        """Give the number of messages over all steps."""
        return sum(counter.total() for counter in self.variants.values())


def forecast(
    warehouse: Warehouse, ledger: Ledger | None, workspace: Workspace, campaign: Campaign, as_of: dt.datetime
) -> Forecast:
    """Count what the campaign would send if its slot were at ``as_of``; raises WarehouseError.

    The same decisions as a real snapshot; the second person of a mailbox is found by the hash of the address.
    """
    found = Forecast(
        variants={step.id: Counter({variant.name: 0 for variant in step.variants}) for step in campaign.steps},
        skipped={step.id: Counter() for step in campaign.steps},
    )
    seen: dict[tuple[str, str], set[bytes]] = {(step.id, step.channel): set() for step in campaign.steps}
    for batch in audience(warehouse, workspace, campaign, as_of):
        found.audience += len(batch)
        for decision in decide(ledger, workspace, campaign, batch):
            step = decision.step
            reason = decision.reason
            if decision.hash is not None and reason in (None, Reason.HOLDOUT):
                mailboxes = seen[step.id, step.channel]
                if decision.hash in mailboxes:
                    reason = Reason.DUPLICATE_ADDRESS
                mailboxes.add(decision.hash)
            if reason is None:
                found.variants[step.id][decision.variant or ""] += 1
            else:
                found.skipped[step.id][reason.value] += 1
    return found
