"""Before a run: whether its message can be written, for real people and for people as odd as the schema allows.

Twenty people of the snapshot are tried with every variant of their step, whatever their arm; so are fifty generated
ones. A variant that can be written for none of the real people halts the occurrence before anything leaves. What
fails for generated people only is a warning: real people may never look like that. A warning is about a template, so no
generated text is one that every subject refuses (a line break, a thousand letters): such people fail one by one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.ledger import Claimed, Occurrence
from orchestrator.model.campaign import Campaign
from orchestrator.model.people import Fact
from orchestrator.model.schema import Field, Type
from orchestrator.render import RenderError
from orchestrator.run.facts import dumps, loads
from orchestrator.run.house import House
from orchestrator.run.letters import compose
from orchestrator.run.snapshot import Decision
from orchestrator.run.writing import Writing

REAL = 20
GENERATED = 50
FIRST = 200
"""So many messages of a run are watched; more failures among them than ``TOLERATED`` put its campaign on hold."""
TOLERATED = FIRST * 2 // 100

_TEXTS = (
    "Ada",
    "",
    " ",
    "x" * 400,
    "Łukasz Żółć",
    "李小龍",
    "שלום עולם",
    "\u202eمرحبا\u202c",
    "👩‍👩‍👧‍👦",
    'O\'Brien "Bob"',
    "<b>bold</b><script>alert(1)</script>",
    "{{ person.id }} {% raw %}",
    "a & b; c, d",
    "Anna-Lena  van der Berg",
    "100 % \\ /",
)
_NUMBERS = (0, 1, -1, 3, 2**31, 10**15, -(10**15))
_YEARS = (1900, 1970, 2000, 2026, 2099)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What came of it: ``halt`` is why nothing may leave, ``warnings`` say for whom it would fail."""

    halt: str | None
    warnings: tuple[str, ...]


def add_to_sample(sample: Mapping[str, list[Decision]], decisions: Sequence[Decision]) -> None:
    """Fill each step's sample up to twenty people who get a message."""
    for decision in decisions:
        if decision.reason is None and len(sample[decision.step.id]) < REAL:
            sample[decision.step.id].append(decision)


def preflight(
    house: House, occurrence: Occurrence, campaign: Campaign, sample: Mapping[str, Sequence[Decision]]
) -> Preflight:
    """Write the messages of the sample and of generated people for every variant, and send none of them."""
    fields = house.facts(occurrence.version, campaign)
    odd = list(generated(fields))
    warnings: list[str] = []
    for step in campaign.steps:
        real = [loads(dumps(decision.person.facts)) for decision in sample[step.id]]
        for variant in step.variants:
            use = house.writing(occurrence.version, campaign.name, step.id, variant.name)
            failures = list(_failures(house, use, real))
            if real and len(failures) == len(real):
                who = "for the one person who was tried" if len(real) == 1 else f"for none of {len(real)} people tried"
                return Preflight(f"{step.id}/{variant.name} can be written {who}: {failures[0]}", tuple(warnings))
            if failures := list(_failures(house, use, odd)):
                warnings.append(
                    f"{step.id}/{variant.name} cannot be written for {len(failures)} of {len(odd)} generated people: "
                    f"{failures[0]}"
                )
    return Preflight(None, tuple(warnings))


def generated(fields: Sequence[Field]) -> Iterator[dict[str, Fact]]:
    """Yield the facts of fifty people who do not exist; a value is missing only where the schema lets it be."""
    for n in range(GENERATED):
        yield {field.name: _odd(field, n + 3 * place) for place, field in enumerate(fields)}


def too_many_broken(house: House, claims: Sequence[Claimed], broken: Mapping[uuid.UUID, str]) -> dict[int, str]:
    """Give the occurrences that must not go on, each with the reason: too many of their first 200 cannot be written.

    ``claims`` are in the order in which they would leave, ``broken`` are those that could not be written, with why.
    """
    found: dict[int, str] = {}
    for number in {claim.occurrence for claim in claims if claim.id in broken}:
        tried, failed = house.ledger.tried(number)
        now = [claim for claim in claims if claim.occurrence == number][: max(FIRST - tried, 0)]
        failures = [broken[claim.id] for claim in now if claim.id in broken]
        if failures and failed + len(failures) > TOLERATED:
            found[number] = (
                f"{failed + len(failures)} of the first {tried + len(now)} messages cannot be written: {failures[0]}"
            )
    return found


def _failures(house: House, use: Writing, people: Sequence[Mapping[str, Fact]]) -> Iterator[str]:
    """Yield a line for each person whose message cannot be written; people with the same facts are tried once."""
    tried: dict[str, str | None] = {}
    for facts in people:
        alike = repr(sorted(facts.items()))
        if alike not in tried:
            tried[alike] = None
            try:
                compose(house.tokens, uuid.UUID(int=0), "nobody@example.com", facts, use, None)
            except RenderError as error:
                tried[alike] = str(error)
        if (failure := tried[alike]) is not None:
            yield failure


def _odd(field: Field, n: int) -> Fact:
    if field.nullable and n % 5 == 4:
        return None
    if field.type is Type.TEXT:
        return field.values[n % len(field.values)] if field.values else _TEXTS[n % len(_TEXTS)]
    if field.type is Type.VERSION:
        return ("4.10", "0.0.1-beta", "1")[n % 3]
    year = _YEARS[n % len(_YEARS)]
    if field.type is Type.DATE:
        return dt.date(year, 2, 28)
    if field.type is Type.TIMESTAMP:
        return dt.datetime(year, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    if field.type is Type.BOOL:
        return n % 2 == 0
    number = _NUMBERS[n % len(_NUMBERS)]
    return number if field.type is Type.INT else Decimal(number) / 4
