"""Consent once more, from the warehouse, for messages that have waited since their snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from orchestrator.audience import ids
from orchestrator.compile import consenting_query
from orchestrator.ledger import Claimed, Reason
from orchestrator.run.house import House

FRESH = dt.timedelta(minutes=5)
"""How long the snapshot's word on consent counts. (What people withdraw with us is checked by every guard.)"""


def still_consenting(house: House, owner: str, claims: Sequence[Claimed]) -> list[Claimed]:
    """Give the claims whose people consent by now; the others are skipped with the reason no_consent.

    Only messages claimed more than ``FRESH`` after their snapshot are asked about, in one statement for each
    channel and topic. Raises WarehouseError when the warehouse does not answer: then nothing is sent.
    """
    now = house.ledger.now()
    old = [claim for claim in claims if claim.snapshot_at is not None and now - claim.snapshot_at > FRESH]
    asked: dict[tuple[int, str, str], list[Claimed]] = {}
    for claim in old:
        workspace = house.workspace(claim.version)
        category = workspace.project.categories[claim.category]
        if category.consent and workspace.schema.consent is not None:
            asked.setdefault((claim.version, claim.channel, category.topic), []).append(claim)
    refused: set[Claimed] = set()
    for (version, channel, topic), some in asked.items():
        people = [claim.person for claim in some]
        with house.warehouse.read() as connection:
            query = consenting_query(
                house.workspace(version), people, channel, topic, now.replace(microsecond=0), house.warehouse.dialect
            )
            consenting = set(ids(connection, query))
        refused |= {claim for claim in some if claim.person not in consenting}
    house.ledger.skip(owner, [(claim, Reason.NO_CONSENT) for claim in refused])
    return [claim for claim in claims if claim not in refused]
