"""Do the `expect` lines hold? Asked by a plan, and again by a run before its first message (A61).

Sizes are remembered by key: the name of a segment or partition, ``campaign:NAME`` for a campaign's audience.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.audience import Warehouse, count
from orchestrator.compile import count_query, dependencies
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import AllOf, Condition, InSegment, Not, SegmentRef
from orchestrator.model.diagnostic import Span
from orchestrator.model.segment import (
    Expect,
    ExpectChange,
    ExpectDisjoint,
    ExpectSize,
    ExpectSubset,
    Partition,
    Segment,
)
from orchestrator.model.workspace import Workspace

Count = Callable[[Condition], int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one `expect` line: ``holds``, with the sentence that a person reads."""

    owner: str
    span: Span
    holds: bool
    sentence: str


def verdicts(
    warehouse: Warehouse, workspace: Workspace, names: Iterable[str], as_of: dt.datetime, before: Mapping[str, int]
) -> list[Verdict]:
    """Judge every `expect` line of the named campaigns, segments and partitions, and of all that they refer to.

    ``names`` are keys as above. ``before`` holds the sizes last applied, by key. A change is judged against 1
    when nobody was there before, and holds when there was no size yet.
    """
    wanted = dict.fromkeys(names)
    for name in list(wanted):
        wanted.update(dict.fromkeys(sorted(dependencies(workspace, name.removeprefix("campaign:")))))
    with warehouse.read() as connection:

        def size(condition: Condition) -> int:
            return count(connection, count_query(workspace, condition, as_of, warehouse.dialect))

        return [verdict for key in wanted for verdict in _of(workspace, key, size, before)]


def reach(workspace: Workspace, campaign: Campaign) -> Condition:
    """Give the campaign's audience without everybody that it or the policies exclude, as one condition."""
    out = [Not(found) for found in (campaign.exclude, workspace.policies.exclude) if found is not None]
    return AllOf((campaign.audience, *out)) if out else campaign.audience


def _of(workspace: Workspace, key: str, count: Count, before: Mapping[str, int]) -> Iterator[Verdict]:
    audience: Condition
    if campaign := workspace.campaigns.get(key.removeprefix("campaign:")) if key.startswith("campaign:") else None:
        owner, audience, expects = f"campaign {campaign.name}", reach(workspace, campaign), campaign.expects
    elif isinstance(found := workspace.definitions.get(key), Segment | Partition):
        owner, audience, expects = f"segment {found.name}", InSegment(SegmentRef(found.name)), found.expects
    else:
        return
    size: int | None = None
    for expect in expects:
        if isinstance(expect, ExpectSize | ExpectChange) and size is None:
            size = count(audience)
        holds, sentence = _judged(owner, audience, expect, size or 0, count, before.get(key))
        yield Verdict(owner, expect.span, holds, sentence)


def _judged(
    owner: str, audience: Condition, expect: Expect, size: int, count: Count, before: int | None
) -> tuple[bool, str]:
    if isinstance(expect, ExpectSize):
        holds = expect.low <= size <= expect.high
        return holds, f"{owner} has {size:,} people, expected between {expect.low:,} and {expect.high:,}"
    if isinstance(expect, ExpectChange):
        if before is None:
            return True, f"{owner} has no size yet to compare with"
        change = Decimal(abs(size - before)) / max(before, 1)
        words = f"{owner} went from {before:,} to {size:,} ({change:.0%}), expected a change under {expect.under:.0%}"
        return change < expect.under, words
    other, inside = (expect.of, False) if isinstance(expect, ExpectSubset) else (expect.other, True)
    member: Condition = InSegment(other)
    wrong = count(AllOf((audience, member if inside else Not(member))))
    verb = "in" if isinstance(expect, ExpectDisjoint) else "outside"
    return wrong == 0, f"{wrong:,} of {owner} are {verb} segment {other}, expected none"
