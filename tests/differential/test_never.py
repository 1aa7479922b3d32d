"""Whenever the analysis says "never", the reference finds nobody; whenever it says "implies", nobody is outside.

The conditions are made up, and paired with changed copies of themselves, so that contradictions are common. Others
stand at the edge of sense (:mod:`strange`), and what a person is told of them is held against the reference, too.
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
from strange import Strange
from writing import definition

from orchestrator.compile import check
from orchestrator.compile.build import Builder
from orchestrator.compile.logic import negation
from orchestrator.compile.names import Mistake
from orchestrator.compile.never import implies, never
from orchestrator.language import parse_definitions, parse_expression
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.project import Policies
from orchestrator.model.segment import Segment
from orchestrator.model.workspace import Workspace

WORLDS, PAIRS, STRANGE = 40, 40, 70
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
    if isinstance(made, c.Rank):
        bigger = (
            {"share": Decimal(rng.choice((10, 60, 100))) / 100} if made.share else {"count": rng.choice((1, 4, 50))}
        )
        return replace(made, **bigger)
    if isinstance(made, c.Cumulative | c.Sample):
        return replace(made, share=Decimal(rng.choice((10, 60, 99))) / 100)
    if isinstance(made, c.HasItems):
        return replace(made, which=rng.choice(tuple(c.Which)[:3]))
    if isinstance(made, c.Anchor | c.Pick):
        return replace(made, edge=rng.choice(tuple(c.Edge)))
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
    everybody = reference.members(c.Everyone())
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
        if never(negation(first)):
            assert in_one == everybody, said
        if never(builder.condition(c.AllOf((one, other)), scope)):
            proved += 1
            assert not in_one & in_other, said
        if implies(first, second):
            proved += 1
            assert in_one <= in_other, said
        if implies(second, first):
            assert in_other <= in_one, said
    assert proved >= 5, "the pairs say too little"


def told(seed: int) -> list[str]:
    """Hold what a person is told of strange sentences against the reference; give the codes of what was held."""
    world = make(seed)
    writer = Writer(world, seed)
    named = writer.vocabulary()
    author = Strange(writer, random.Random(seed))
    asked = [Segment(f"asked_{n}", author.condition()) for n in range(STRANGE)]
    text = "\n".join(map(definition, (*named, *asked)))
    read, problems = parse_definitions(text, "made.seg")
    assert not problems, problems
    workspace = Workspace(
        Path(), world.project, world.schema, Policies(), {d.name: d for d in read}, {}, sources={"made.seg": text}
    )
    reference = Reference(workspace, world.tables, world.as_of)
    found = check(workspace)
    wrong = {f.span.line for f in found if f.is_error}
    held = []
    for segment in read:
        if not isinstance(segment, Segment) or segment.name not in {a.name for a in asked}:
            continue
        nodes = {node.span: node for node in conditions(segment.where)}
        for problem in found:
            if problem.code not in ("W320", "W323") or problem.span not in nodes or problem.span.line in wrong:
                continue
            said = (problem.message, definition(segment), world.as_of)
            members = reference.members(nodes[problem.span])
            if problem.related:
                other = nodes.get(problem.related[0].span)
                if other is None:
                    continue
                others = reference.members(other)
                one_says_it = members <= others or others <= members
                assert one_says_it if problem.code == "W323" else not members & others, said
            elif problem.code == "W320":
                assert not members, said
            elif "only says" in problem.message:
                known, _ = parse_expression(problem.help[0])
                assert known is not None
                assert members == reference.members(known), said
            else:
                assert members == reference.members(c.Everyone()), said
            held.append(problem.code)
    return held


def conditions(node: c.Condition) -> list[c.Condition]:
    """Give a condition about a person and those that it joins."""
    joined = (node.item,) if isinstance(node, c.Not) else getattr(node, "items", ())
    inner = joined if isinstance(node, c.Not | c.AllOf | c.AnyOf | c.NoneOf | c.SomeOf) else ()
    return [node, *(found for item in inner for found in conditions(item))]


@pytest.mark.parametrize("seed", range(WORLDS))
def test_what_is_told_is_so(seed: int) -> None:
    """Nothing called never has members, nothing called always leaves out anybody, and known is what it says."""
    held = told(seed)
    assert held.count("W320") >= 2, "too little is called never"
    assert held.count("W323") >= 1, "too little is called always"
