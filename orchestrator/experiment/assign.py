"""Which arm a person is in: a hash against cumulative weights (the unit is the person).

The place of a person is the first 64 bits of sha256(salt ":" id) over 2^64, as in
:func:`orchestrator.model.people.share_of`.
"""

from __future__ import annotations

from fractions import Fraction

from orchestrator.model.campaign import Campaign, Step, Variant
from orchestrator.model.people import share_of


def held_out(campaign: Campaign, person: str) -> bool:
    """Tell whether this person gets nothing from the campaign, in every slot alike."""
    return campaign.holdout > 0 and share_of(f"{campaign.salt}/holdout", person) < campaign.holdout


def shares(step: Step) -> dict[str, Fraction]:
    """Give each variant's exact share of the people who are not held out; the shares add up to 1."""
    total = sum(variant.weight for variant in step.variants)
    return {variant.name: Fraction(variant.weight, total) for variant in step.variants}


def arm(campaign: Campaign, step: Step, person: str) -> Variant | None:
    """Give the variant this person gets in this step, None for somebody held out."""
    if held_out(campaign, person):
        return None
    if len(step.variants) == 1:
        return step.variants[0]
    total = sum(variant.weight for variant in step.variants)
    place = share_of(f"{campaign.salt}/{step.id}", person) * total
    reached = 0
    for variant in step.variants:
        reached += variant.weight
        if place < reached:
            return variant
    return step.variants[-1]
