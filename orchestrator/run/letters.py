"""Step 6 of the walk: a claimed row and its campaign in, the message to hand over out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from orchestrator.ledger import Claimed
from orchestrator.model.delivery import Message
from orchestrator.model.people import Fact, address_hash
from orchestrator.render import Tokens, message_links, unsubscribe_headers
from orchestrator.run.facts import loads
from orchestrator.run.house import House
from orchestrator.run.writing import Writing

NO_URL = "http://127.0.0.1:8025"
"""Where the links of an outbox without `public_url` lead: the address that `orc serve` has by default."""


def provider_of(house: House, claim: Claimed) -> str:
    """Give the name of the provider that a row goes to, in the version that it was planned from; raises KeyError."""
    steps = house.workspace(claim.version).campaigns[claim.campaign].steps
    return next(step.provider for step in steps if step.id == claim.step)


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
    project, category, sender, domain = use.project, use.category, use.sender, use.domain
    links = message_links(
        tokens,
        project.public_url or NO_URL,
        message_id,
        to,
        hashed or address_hash(to),
        use.step.channel,
        category.topic,
    )
    parts = use.letter.render(facts, *use.names, {"unsubscribe": links.unsubscribe})
    headers = unsubscribe_headers(links.one_click, f"{category.topic}.{domain}") if category.unsubscribe else {}
    return Message(
        message_id,
        to,
        sender.address,
        parts.subject,
        parts.rich,
        parts.plain,
        sender_name=sender.display,
        reply_to=use.reply_to,
        message_id=f"{message_id}@{domain}",
        date=moment,
        headers=headers,
    )
