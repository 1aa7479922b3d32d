"""Numbers that a plan tells beside the people it counts: ties at the edge of a rank, and histories that begin too late.

Rows A30 and A62 of the specification: nobody is in or out by these, but a reader should know how many it is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import sqlalchemy as sa

from orchestrator.compile import ranks
from orchestrator.compile.arguments import with_values
from orchestrator.compile.around import Whole
from orchestrator.compile.asking import Query
from orchestrator.compile.dependencies import dependencies
from orchestrator.compile.features import Ranked
from orchestrator.compile.histories import too_late
from orchestrator.compile.query import Making
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.errors import UsageError
from orchestrator.model.segment import Partition, Segment
from orchestrator.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Aside:
    """A rank or a question about a history, in the definition or campaign ``owner``, about an entity."""

    owner: str
    node: c.Rank | c.Held
    entity: str


def asides(workspace: Workspace, names: tuple[str, ...]) -> Iterator[Aside]:
    """Yield every rank and every ``has been`` that these campaigns depend on, each once."""
    seen: set[tuple[str, object]] = set()
    for found in _all(workspace, names):
        if (found.entity, found.node) not in seen:
            seen.add((found.entity, found.node))
            yield found


def tied_query(workspace: Workspace, aside: Aside, as_of: dt.datetime, dialect: str, inside: bool) -> Query | None:
    """Give the number of people who share a value at the edge of a rank: all of them, or those who are in.

    None where the rank means another test on each person's own clock.
    """
    making = Making(workspace, as_of, dialect, workspace.schema.entity(aside.entity))
    pred = making.pred(aside.node)
    if not isinstance(pred, Ranked):
        return None
    making.frame(pred)
    return making.query(_tied(making.statement, pred, inside), "n")


def too_late_query(workspace: Workspace, aside: Aside, as_of: dt.datetime, dialect: str) -> Query | None:
    """Give the number of people whose history begins within the time that ``has been`` asks for."""
    making = Making(workspace, as_of, dialect, workspace.schema.entity(aside.entity))
    if not isinstance(aside.node, c.Held):
        return None
    pred = too_late(making.builder, aside.node, making.scope)
    frame = making.frame(pred)
    return making.query(frame.select([sa.func.count().label("n")], frame.truth(pred)), "n")


def _tied(whole: Whole, pred: Ranked, inside: bool) -> sa.Select[Any]:
    frame = whole.frame()
    value = frame.terms.value(pred.by).label("v")
    group = [] if pred.each is None else [frame.terms.value(pred.each).label("g")]
    people = frame.select([frame.key.label("id"), value, *group], frame.truth(pred.among)).subquery(whole.alias("a"))
    each = [people.c.g] if group else []
    is_in = people.c.id.in_(ranks.ranked(whole, pred))
    one: Any = sa.literal_column("1")
    none: Any = sa.literal_column("0")
    known = [column.is_not(None) for column in (people.c.v, *each)]
    hits = sa.func.sum(sa.case((is_in, one), else_=none)).label("k")
    values = sa.select(people.c.v, *each, sa.func.count().label("n"), hits).where(*known).group_by(people.c.v, *each)
    counted = values.subquery(whole.alias("a"))
    order = counted.c.v.asc() if pred.top else counted.c.v.desc()
    edge = sa.func.row_number().over(partition_by=counted.c.g if group else None, order_by=order).label("d")
    edges = sa.select(counted.c.n, counted.c.k, edge).where(counted.c.k > none).subquery(whole.alias("a"))
    number = sa.func.coalesce(sa.func.sum(edges.c.k if inside else edges.c.n), none)
    return sa.select(number.label("n")).where(edges.c.d == one, edges.c.n > one)


def _all(workspace: Workspace, names: tuple[str, ...]) -> Iterator[Aside]:
    first = workspace.schema.first.name
    for name in names:
        campaign = workspace.campaigns[name]
        for condition in (campaign.audience, campaign.exclude, workspace.policies.exclude):
            yield from _inside(condition, name, first, None)
        for used in sorted(dependencies(workspace, f"campaign:{name}")):
            found = workspace.definitions.get(used)
            entity = workspace.schema.entity(getattr(found, "of", None)).name
            if isinstance(found, Partition):
                for case in found.cases:
                    yield from _inside(case.when, f"{used}.{case.name}", entity, found.among)
            elif isinstance(found, Segment):
                try:
                    yield from _inside(
                        getattr(with_values(workspace, c.SegmentRef(used)), "where", None), used, entity, None
                    )
                except UsageError:  # it is asked with values, which differ from place to place
                    continue


def _inside(node: object, owner: str, entity: str, among: c.SegmentRef | None) -> Iterator[Aside]:
    if isinstance(node, c.Rank):
        yield Aside(owner, replace(node, among=node.among or among), entity)
    elif isinstance(node, c.Held):
        yield Aside(owner, node, entity)
    elif isinstance(node, tuple):
        for item in node:
            yield from _inside(item, owner, entity, among)
    elif is_dataclass(node) and not isinstance(node, Span | type | c.HasRelated):
        for field in fields(node):
            yield from _inside(getattr(node, field.name), owner, entity, among)
