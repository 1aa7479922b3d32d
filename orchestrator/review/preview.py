"""Messages as a person would get them, without sending or writing anything down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.audience import Warehouse, people
from orchestrator.compile import audience_query, fact_fields
from orchestrator.model.campaign import Campaign, Step, Variant
from orchestrator.model.delivery import Message
from orchestrator.model.errors import UsageError
from orchestrator.model.people import Fact, Person
from orchestrator.model.schema import Field, Type
from orchestrator.model.workspace import Workspace
from orchestrator.render import Tokens
from orchestrator.run import compose, draft

GENERATED = "generated"
_NAMES = {"first_name": "Ada", "last_name": "Lovelace", "city": "Hamburg", "country": "DE", "language": "en"}


@dataclass(frozen=True, slots=True)
class Preview:
    """One message and whose facts it was written with; ``person`` is an id, or ``generated``."""

    step: str
    variant: str
    person: str
    message: Message


def arms(campaign: Campaign, variant: str | None) -> list[tuple[Step, Variant]]:
    """Give every step with every variant, or those of one name; raises UsageError when nothing has it."""
    every = [(step, found) for step in campaign.steps for found in step.variants]
    chosen = [pair for pair in every if variant is None or pair[1].name == variant]
    if not chosen:
        names = ", ".join(dict.fromkeys(found.name for _, found in every))
        raise UsageError(f"campaign {campaign.name} has no variant `{variant}`", f"its variants are {names}")
    return chosen


def read_fields(workspace: Workspace, campaign: Campaign) -> list[Field]:
    """Give the fields of a person that the campaign's templates read."""
    letters = [draft(workspace, campaign, step, variant).letter for step, variant in arms(campaign, None)]
    return list(fact_fields(workspace, sorted({name for letter in letters for name in letter.facts})))


def audience_members(
    warehouse: Warehouse, workspace: Workspace, campaign: Campaign, as_of: dt.datetime, n: int, person: str | None
) -> list[Person]:
    """Give the first ``n`` people of the audience with a mailbox, or the one asked for; raises UsageError for none."""
    fields = read_fields(workspace, campaign)
    channels = sorted({step.channel for step in campaign.steps})
    found: list[Person] = []
    with warehouse.read() as connection:
        query = audience_query(
            workspace,
            campaign,
            as_of,
            warehouse.dialect,
            facts=[field.name for field in fields],
            consents=(),
            channels=channels,
            zone=None,
            only=person,
        )
        for batch in people(connection, query, fields):
            found += [one for one in batch if person is not None or any(one.addresses.values())]
            if len(found) >= n:
                break
    if not found:
        who = f"person {person}" if person is not None else "nobody"
        raise UsageError(
            f"{who} is in the audience of {campaign.name}" if person is None else f"{who} is not in the audience",
            "leave the person out: the message is then written with generated facts",
        )
    return found[:n]


def generated_person(workspace: Workspace, campaign: Campaign) -> Person:
    """Give somebody who does not exist, with a value for every fact that the templates read."""
    facts = {field.name: _value(field) for field in read_fields(workspace, campaign)}
    return Person(GENERATED, addresses={step.channel: "ada@example.com" for step in campaign.steps}, facts=facts)


def written(
    workspace: Workspace,
    campaign: Campaign,
    chosen: Sequence[tuple[Step, Variant]],
    persons: Sequence[Person],
    tokens: Tokens,
    moment: dt.datetime,
    to: str | None = None,
) -> Iterator[Preview]:
    """Yield each message for each person, addressed ``to`` or to the person; raises RenderError.

    The ids are fresh: no row of the ledger has them, so no link in these messages belongs to a real one.
    """
    for step, variant in chosen:
        use = draft(workspace, campaign, step, variant)
        for person in persons:
            address = to or person.addresses.get(step.channel) or "nobody@example.com"
            message = compose(tokens, uuid.uuid4(), address, person.facts, use, moment)
            yield Preview(step.id, variant.name, person.id, message)


def _value(field: Field) -> Fact:
    if field.type is Type.TEXT:
        return field.values[0] if field.values else _NAMES.get(field.name, field.title or field.name.replace("_", " "))
    if field.type is Type.VERSION:
        return "4.10"
    if field.type is Type.DATE:
        return dt.date(1990, 6, 15)
    if field.type is Type.TIMESTAMP:
        return dt.datetime(2026, 6, 15, 9, 30, tzinfo=dt.UTC)
    if field.type is Type.BOOL:
        return True
    return 3 if field.type is Type.INT else Decimal("49.90")
