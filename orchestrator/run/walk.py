"""The walk of one campaign, from a due slot to an inbox. The only file that knows the order.

1. the applied files are read from the state database          (language, by ``House.workspace``)
2. the audience of the slot becomes a ``Select``                (compile, by ``snapshot.audience``)
3. people come out of the warehouse, which is then let go       (audience)
4. everybody gets an arm, or a reason why not                   (experiment, by ``snapshot.decide``)
5. the ledger freezes them; workers claim and guard             (ledger, by ``send``)
6. each message is written                                      (render, by ``letters``)
7. and handed over; what the other side says is recorded        (deliver, by ``send``)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.deliver import ready
from orchestrator.ledger import Occurrence, Planned
from orchestrator.model.campaign import Status
from orchestrator.model.errors import DeliveryError, OrchestratorError
from orchestrator.model.workspace import Workspace
from orchestrator.run.expectations import verdicts
from orchestrator.run.facts import dumps
from orchestrator.run.house import House, frozen
from orchestrator.run.journal import gave_up, journal_folder, read, waiting
from orchestrator.run.loop import next_turn
from orchestrator.run.preflight import add_to_sample, preflight
from orchestrator.run.send import send
from orchestrator.run.sent import Sent
from orchestrator.run.snapshot import Decision, audience, decide, expiry
from orchestrator.run.trust import trust

LEASE = 120.0
"""Seconds for which a snapshot belongs to one worker; renewed with every batch."""


@dataclass
class Walked:
    """What one walk did: occurrences frozen, halted or held with their reason, what was sent, errors that it survived.

    ``warnings`` are about messages that could not be written for people who do not exist, but might.
    """

    frozen: list[Occurrence] = field(default_factory=list)
    halted: list[tuple[Occurrence, str]] = field(default_factory=list)
    sent: Sent = field(default_factory=Sent)
    errors: list[OrchestratorError] = field(default_factory=list)
    warnings: list[tuple[Occurrence, str]] = field(default_factory=list)


async def walk(house: House, owner: str, stop: Callable[[], bool] = lambda: False) -> Walked:
    """Freeze every occurrence that is due and send everything that may be sent now; then come back.

    ``owner`` names this worker and must be unique. ``stop`` is asked between batches. A database that is down
    for one campaign does not stop the others: its error is in ``errors`` and its slot waits until its deadline.
    """
    walked = Walked()
    recover(house, owner)
    while not stop() and (occurrence := house.ledger.take_occurrence(owner, LEASE)):
        try:
            await _freeze(house, occurrence, walked, stop)
        except OrchestratorError as error:
            house.ledger.release(occurrence)
            walked.errors.append(error)
            break
        except asyncio.CancelledError:
            house.ledger.release(occurrence)
            raise
    walked.sent = await send(house, owner, stop)
    walked.errors += walked.sent.errors
    walked.halted += [(house.ledger.occurrence(number), reason) for number, reason in walked.sent.halted.items()]
    house.ledger.finish_occurrences()
    return walked


def recover(house: House, owner: str = "") -> None:
    """Clean up after workers that died or gave up: record what they left in a journal, end their claims and leases.

    ``owner`` begins anew: what it still holds from a walk that failed is put back, too.

    Raises StateError, before anything is touched, when the state is an older copy of itself or another machine's.
    """
    trust(house)
    for path in waiting(journal_folder(house.settings)):
        another, receipts, epochs = read(path)
        house.ledger.record(another, receipts, epochs)
        path.unlink(missing_ok=True)
    for path, another in gave_up(journal_folder(house.settings)):
        house.ledger.let_go(another)
        path.unlink(missing_ok=True)
    if owner:
        house.ledger.let_go(owner)
    house.ledger.reap()


async def ready_to_send(house: House, version: int) -> None:
    """Make sure that every provider of the active campaigns may be used; raises DeliveryError or SettingsError."""
    workspace = house.workspace(version)
    active = [c for c in workspace.campaigns.values() if c.status is Status.ACTIVE]
    for name in sorted({step.provider for campaign in active for step in campaign.steps}):
        provider = workspace.project.providers[name]
        if house.settings.rehearsal is not None and provider.kind != "outbox":
            raise DeliveryError(
                f"this deployment rehearses with its clock at {house.settings.rehearsal:%Y-%m-%d}, and provider "
                f"`{name}` sends real mail",
                "take `rehearsal` out of profiles.yml (or unset ORC_REHEARSAL), or send to an outbox",
            )
        await ready(provider, workspace.project, house.settings.deployment, house.settings.token_key)


async def _freeze(house: House, occurrence: Occurrence, walked: Walked, stop: Callable[[], bool]) -> None:
    """Read the audience of a slot into the ledger, or halt the occurrence before anything is sendable.

    On ``stop`` it is given back: the next one who takes it begins anew.
    """
    stored = house.ledger.version(occurrence.version)
    workspace = house.workspace(occurrence.version)
    campaign = workspace.campaigns[occurrence.campaign]
    repeated = house.ledger.repeated(occurrence)
    as_of = frozen(repeated.due_at if repeated else occurrence.due_at)

    def halt(reason: str) -> None:
        if house.ledger.halt(occurrence, reason):
            walked.halted.append((occurrence, reason))

    for verdict in verdicts(house.warehouse, workspace, [f"campaign:{campaign.name}"], as_of, stored.sizes):
        if not verdict.holds:
            return halt(verdict.sentence)
    if not house.ledger.begin_snapshot(occurrence):
        return None
    zone = occurrence.zone if campaign.trigger.zone == "person" else None
    people = pending = 0
    sample: dict[str, list[Decision]] = {step.id: [] for step in campaign.steps}
    facts = house.facts(occurrence.version, campaign)
    for chunk, batch in enumerate(audience(house.warehouse, workspace, campaign, as_of, facts, zone)):
        decisions = decide(house.ledger, workspace, campaign, batch)
        if repeated:
            decisions = [one for one in decisions if (one.person.id, one.step.id) in repeated.who]
        people += len({one.person.id for one in decisions})
        add_to_sample(sample, decisions)
        rows = [_row(workspace, occurrence, decision) for decision in decisions]
        pending += house.ledger.enqueue(occurrence, rows, chunk).pending
        if campaign.max_recipients is not None and pending > campaign.max_recipients:
            return halt(f"more than {campaign.max_recipients:,} recipients, the limit of `limits.max_recipients`")
        house.progress(f"queueing {campaign.name}", people, None)
        await next_turn()
        if stop():
            return house.ledger.release(occurrence)
    tried = preflight(house, occurrence, campaign, sample)
    if tried.halt is not None:
        return halt(tried.halt)
    walked.warnings += [(occurrence, warning) for warning in tried.warnings]
    if house.ledger.finish_snapshot(occurrence, people):
        walked.frozen.append(occurrence)
    return None


def _row(workspace: Workspace, occurrence: Occurrence, decision: Decision) -> Planned:
    step, person = decision.step, decision.person
    return Planned(
        person.id,
        step.id,
        step.channel,
        step.category,
        decision.variant,
        decision.address,
        decision.hash,
        person.zone,
        dumps(person.facts) if decision.reason is None else "{}",
        decision.reason,
        expiry(step, occurrence.due_at, occurrence.zone or workspace.project.zone),
        on_unknown=workspace.project.categories[step.category].on_unknown,
    )
