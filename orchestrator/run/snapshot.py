"""Steps 2 to 5 of the walk: who is in the audience of one slot, frozen in the ledger with arm and facts.

The warehouse is read once, in one transaction, and let go. Who cannot or must not be written to becomes a row
with its reason, settled before arms are assigned, so the arms are alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.audience import Warehouse, check_address, people
from orchestrator.compile import audience_query
from orchestrator.experiment import arm
from orchestrator.ledger import Ledger, Reason
from orchestrator.model.calendar import in_zone, later
from orchestrator.model.campaign import Campaign, Duration, Step
from orchestrator.model.condition import Unit
from orchestrator.model.people import Person, address_hash
from orchestrator.model.project import Category
from orchestrator.model.schema import Field
from orchestrator.model.workspace import Workspace

EXPIRES = Duration(24, Unit.HOUR)
"""How long after its slot a message may still be sent when its step does not say."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person gets in one step: a message in the arm ``variant``, or nothing for ``reason``.

    Reasons: no_address, invalid_address, suppressed, no_consent, holdout. (A second person of one mailbox
    becomes ``duplicate_address`` in the ledger, which alone sees everybody.)
    """

    person: Person
    step: Step
    address: str | None = None
    hash: bytes | None = None
    variant: str | None = None
    reason: Reason | None = None


def audience(
    warehouse: Warehouse,
    workspace: Workspace,
    campaign: Campaign,
    as_of: dt.datetime,
    facts: Sequence[Field] = (),
    zone: str | None = None,
    only: str | None = None,
) -> Iterator[list[Person]]:
    """Yield the people of a campaign (exclusions already out) in batches, from one read-only transaction.

    ``zone`` keeps the people of one zone only, for a slot on each person's own clock; ``only`` one person.
    """
    categories = workspace.project.categories
    asking = [step for step in campaign.steps if categories[step.category].consent]
    asked = {(step.channel, categories[step.category].topic) for step in asking}
    channels = sorted({step.channel for step in campaign.steps})
    with warehouse.read() as connection:
        query = audience_query(
            workspace,
            campaign,
            as_of,
            warehouse.dialect,
            facts=[field.name for field in facts],
            consents=sorted(asked),
            channels=channels,
            zone=zone,
            only=only,
        )
        yield from people(connection, query, facts)


def decide(ledger: Ledger | None, workspace: Workspace, campaign: Campaign, batch: Sequence[Person]) -> list[Decision]:
    """Give one decision for each person and step; without a ledger nobody counts as suppressed."""
    found: list[Decision] = []
    for step in campaign.steps:
        category = workspace.project.categories[step.category]
        reached = [_reachable(category, person, step) for person in batch]
        kept = _kept(ledger, category, step, reached) if ledger else reached
        found += [_armed(campaign, decision) for decision in kept]
    return found


def expiry(step: Step, slot: dt.datetime, zone: str) -> dt.datetime:
    """Give the instant (UTC) from which a step's message of this slot is no longer sent."""
    if isinstance(step.expires, dt.datetime):
        return in_zone(step.expires, zone) if step.expires.tzinfo is None else step.expires.astimezone(dt.UTC)
    return later(slot, step.expires or EXPIRES, zone)


def _reachable(category: Category, person: Person, step: Step) -> Decision:
    raw = person.addresses.get(step.channel)
    if raw is None or not raw.strip():
        return Decision(person, step, reason=Reason.NO_ADDRESS)
    address = check_address(raw)
    if address is None:
        return Decision(person, step, reason=Reason.INVALID_ADDRESS)
    refused = category.consent and person.consents.get((step.channel, category.topic)) is not True
    return Decision(person, step, address, address_hash(address), reason=Reason.NO_CONSENT if refused else None)


def _kept(ledger: Ledger, category: Category, step: Step, decisions: Sequence[Decision]) -> Iterator[Decision]:
    """Yield the decisions again, with those turned down whom our own lists turn down."""
    scopes = [category.topic, "marketing"] if category.unsubscribe else [category.topic]
    hashes = {decision.hash for decision in decisions if decision.hash is not None and decision.reason is None}
    people = {decision.person.id for decision in decisions if decision.reason is None}
    suppressed = ledger.suppressed(step.channel, hashes, scopes) if hashes else set()
    withdrawn = ledger.withdrawn(step.channel, category.topic, people) if category.consent and people else set()
    for decision in decisions:
        if decision.reason is None and decision.hash in suppressed:
            yield replace(decision, reason=Reason.SUPPRESSED)
        elif decision.reason is None and decision.person.id in withdrawn:
            yield replace(decision, reason=Reason.NO_CONSENT)
        else:
            yield decision


def _armed(campaign: Campaign, decision: Decision) -> Decision:
    if decision.reason is not None:
        return decision
    variant = arm(campaign, decision.step, decision.person.id)
    if variant is None:
        return replace(decision, reason=Reason.HOLDOUT)
    return replace(decision, variant=variant.name)
