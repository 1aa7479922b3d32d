"""Step 6 of the walk: a claimed row and its campaign in, the message to hand over out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.ledger import Claimed, Rules
from orchestrator.model.campaign import Campaign, Step, Variant
from orchestrator.model.delivery import Message
from orchestrator.model.people import Fact, address_hash
from orchestrator.model.project import Category, Project, Sender
from orchestrator.model.workspace import Workspace
from orchestrator.render import Letter, Parts, Tokens, compile_letter, message_links, unsubscribe_headers
from orchestrator.run.facts import loads
from orchestrator.run.house import House

NO_URL = "http://127.0.0.1:8025"
"""Where the links of an outbox without `public_url` lead: the address that `orc serve` has by default."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What one message is written with: everything but the person."""

    workspace: Workspace
    campaign: Campaign
    step: Step
    variant: Variant
    letter: Letter

    @property
    def project(self) -> Project:
        """Give the project it belongs to."""
        return self.workspace.project

    @property
    def category(self) -> Category:
        """Give the category of its step."""
        return self.project.categories[self.step.category]

    @property
    def sender(self) -> Sender:
        """Give the mailbox it comes from: the step's, else the project's first."""
        senders = self.project.senders
        return senders[self.step.sender] if self.step.sender else next(iter(senders.values()))


def writing(house: House, version: int, campaign: str, step: str, variant: str | None) -> Writing:
    """Find what a row of the ledger names in the version that it was planned from; raises KeyError."""
    workspace = house.workspace(version)
    found = workspace.campaigns[campaign]
    its_step = next(s for s in found.steps if s.id == step)
    its_variant = next(v for v in its_step.variants if v.name == variant)
    return Writing(workspace, found, its_step, its_variant, house.letter(version, found, its_step, its_variant))


def provider_of(house: House, claim: Claimed) -> str:
    """Give the name of the provider that a row goes to, in the version that it was planned from; raises KeyError."""
    steps = house.workspace(claim.version).campaigns[claim.campaign].steps
    return next(step.provider for step in steps if step.id == claim.step)


def draft(workspace: Workspace, campaign: Campaign, step: Step, variant: Variant) -> Writing:
    """Give what a message of files that are not applied would be written with: for previews and tests."""
    letter = compile_letter(workspace.templates, step, variant, workspace.project)
    return Writing(workspace, campaign, step, variant, letter)


def message_for(house: House, claim: Claimed, use: Writing) -> Message:
    """Write the message of one claimed row; raises RenderError, which concerns this row only.

    The same row gives the same bytes on every retry: id, date and links come from the ledger.
    """
    moment = claim.snapshot_at or claim.expires_at
    return compose(house.tokens, claim.id, claim.address, loads(claim.facts), use, moment, claim.address_hash)


def compose(
    tokens: Tokens,
    message_id: uuid.UUID,
    to: str,
    facts: Mapping[str, Fact],
    use: Writing,
    moment: dt.datetime | None,
    hashed: bytes | None = None,
) -> Message:
    """Write one message to a mailbox with the facts of one person; raises RenderError."""
    project, category, sender = use.project, use.category, use.sender
    links = message_links(
        tokens,
        project.public_url or NO_URL,
        message_id,
        to,
        hashed or address_hash(to),
        use.step.channel,
        category.topic,
    )
    parts = _parts(use, facts, links.unsubscribe)
    domain = sender.address.rpartition("@")[2]
    headers = unsubscribe_headers(links.one_click, f"{category.topic}.{domain}") if category.unsubscribe else {}
    reply = project.senders[use.step.reply_to].address if use.step.reply_to else None
    return Message(
        message_id,
        to,
        sender.address,
        parts.subject,
        parts.html,
        parts.text,
        sender_name=sender.display,
        reply_to=reply,
        message_id=f"{message_id}@{domain}",
        date=moment,
        headers=headers,
        html_slots=parts.html_slots,
        text_slots=parts.text_slots,
    )


def rules(use: Writing) -> Rules:
    """Give what the guard checks for a message: from its category, on the project's clock where a zone is unknown."""
    category = use.category
    return Rules(
        category=category.name,
        topic=category.topic,
        zone=use.project.zone,
        caps=category.caps,
        quiet=category.quiet,
        consent=category.consent,
        marketing=category.unsubscribe,
    )


def _parts(use: Writing, facts: Mapping[str, Fact], unsubscribe: str) -> Parts:
    campaign = {
        "name": use.campaign.name,
        "title": use.campaign.title or use.campaign.name,
        "params": dict(use.variant.params),
    }
    variant = {"name": use.variant.name}
    return use.letter.render(facts, campaign, variant, {"unsubscribe": unsubscribe})
