"""Whenever the analysis says "never", the reference finds nobody; whenever it says "implies", nobody is outside.

The conditions are made up, and paired with changed copies of themselves, so that contradictions are common.
"""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from making import make
from reference import Reference
from sentences import Writer

from orchestrator.compile import check
from orchestrator.compile.build import Builder
from orchestrator.compile.names import Mistake
from orchestrator.compile.never import implies, never
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.project import Policies
from orchestrator.model.segment import Segment
from orchestrator.model.workspace import Workspace

WORLDS, PAIRS = 40, 60
UNITS = (c.Unit.DAY, c.Unit.WEEK, c.Unit.MONTH)


def changed(node: Any, rng: random.Random) -> Any:
    """Give a condition again with some numbers, units, directions and negations changed."""
    if isinstance(node, tuple):
        return tuple(changed(item, rng) for item in node)
    if not is_dataclass(node) or isinstance(node, Span):
        return node
    made: Any = replace(node, **{f.name: changed(getattr(node, f.name), rng) for f in fields(node) if f.name != "span"})  # type: ignore[type-var]
    if rng.random() < 0.5:
        return made
    if isinstance(made, c.Number) and made.whole:
        return replace(made, value=made.value + rng.choice((-2, -1, 1, 2)))
    if isinstance(made, c.Money):
        return replace(made, amount=made.amount + Decimal(rng.choice((-1, 1))))
    if isinstance(made, c.Rolling):
        return replace(made, count=max(1, made.count + rng.choice((-3, 3, 20))))
    if isinstance(made, c.Compare):
        return replace(made, op=rng.choice(("<", "<=", ">", ">=")))
    if isinstance(made, c.Is | c.OneOf | c.Between | c.IsTime | c.TextTest | c.IsMissing):
        return replace(made, negated=not made.negated)
    if isinstance(made, c.Did) and not made.negated:
        return replace(made, quantity=c.Quantity(rng.choice(list(c.Count)[:5]), rng.randint(1, 3)))
    if isinstance(made, c.Did):
        return replace(made, negated=False)
    return made


@pytest.mark.parametrize("seed", range(WORLDS))
def test_never_means_nobody(seed: int) -> None:
    """No false alarm: a warning that is wrong once is never read again."""
    world = make(seed)
    writer = Writer(world, seed)
    rng = random.Random(seed)
    named = writer.vocabulary()
    workspace = Workspace(
        Path(), world.project, world.schema, Policies(), {definition.name: definition for definition in named}, {}
    )
    reference = Reference(workspace, world.tables, world.as_of)
    builder = Builder(workspace, world.as_of)
    scope = builder.scope(None)
    proved = 0
    for _ in range(PAIRS):
        one = writer.condition(rng.randint(0, 1))
        other = changed(one, rng)
        both = {**workspace.definitions, "one": Segment("one", one), "other": Segment("other", other)}
        if any(found.is_error for found in check(replace(workspace, definitions=both))):
            continue
        try:
            first, second = builder.condition(one, scope), builder.condition(other, scope)
        except Mistake:
            continue
        in_one, in_other = reference.members(one), reference.members(other)
        said = (one, other, world.as_of)
        if never(first):
            assert not in_one, said
        if never(builder.condition(c.AllOf((one, other)), scope)):
            proved += 1
            assert not in_one & in_other, said
        if implies(first, second):
            proved += 1
            assert in_one <= in_other, said
        if implies(second, first):
            assert in_other <= in_one, said
    assert proved >= 5, "the pairs say too little"
