"""The statements that the rest of the house asks for: members, counts, cells, audiences, samples, values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.arguments import refuse_open
from orchestrator.compile.asking import Query, Wanted, ask
from orchestrator.compile.build import Builder
from orchestrator.compile.conditions import Conditions
from orchestrator.compile.dialects import dialect as dialect_of
from orchestrator.compile.dialects.base import Dialect, Expr, bind
from orchestrator.compile.features import EVERYBODY, NOBODY, Column, Consented, Measured, Pred, Term
from orchestrator.compile.homes import ONLY_WAREHOUSE, Where
from orchestrator.compile.logic import all_of, negation, never_unknown, time_format
from orchestrator.compile.names import Mistake, Scope, attribute, entity_name, usage
from orchestrator.compile.names import segment as find_segment
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.statement import Frame, Statement
from orchestrator.compile.timing import EARLIEST, all_zones
from orchestrator.compile.typed_parameters import given
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Attr, Condition, SegmentRef
from orchestrator.model.errors import UsageError
from orchestrator.model.schema import Entity, Field, TimeFormat, Type
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

What = SegmentRef | Condition


def members_query(
    workspace: Workspace, what: What, as_of: dt.datetime, dialect: str, entity: str | None = None
) -> Query:
    """Give the ids of all members, ordered by id. ``entity`` says what a condition is about (the first one)."""
    made = Making(workspace, as_of, dialect, _entity(workspace, what, entity))
    return ask(made, made.pred(what))


def count_query(workspace: Workspace, what: What, as_of: dt.datetime, dialect: str, entity: str | None = None) -> Query:
    """Give the number of members: one row, one column ``n``; or their ids, where no statement can count them."""
    made = Making(workspace, as_of, dialect, _entity(workspace, what, entity))
    pred = made.pred(what)
    if not made.in_warehouse(pred):
        return ask(made, pred)
    frame = made.frame(pred)
    return made.query(frame.select([sa.func.count().label("n")], frame.truth(pred)), "n")


def cells_query(workspace: Workspace, partition: str, as_of: dt.datetime, dialect: str) -> Query:
    """Give everybody whom a partition divides with the name of the cell: ``id``, ``cell``, ordered by id."""
    made, people, cells = _cells(workspace, partition, as_of, dialect)
    return ask(made, people, [Wanted("cell", lambda frame: _cell(frame, cells), cases=cells)])


def cell_counts_query(workspace: Workspace, partition: str, as_of: dt.datetime, dialect: str) -> Query:
    """Give the number of people of each cell that has any: ``cell``, ``n``, ordered by cell.

    Where no statement can count them, it is everybody with the name of the cell.
    """
    made, people, cells = _cells(workspace, partition, as_of, dialect)
    if not made.in_warehouse(people, *(pred for _, pred in cells)):
        return ask(made, people, [Wanted("cell", lambda frame: _cell(frame, cells), cases=cells)])
    frame = made.frame(people, *(pred for _, pred in cells))
    inner = frame.select([_cell(frame, cells).label("cell")], frame.truth(people)).subquery("cells")
    select = sa.select(inner.c.cell, sa.func.count().label("n")).group_by(inner.c.cell).order_by(inner.c.cell)
    return made.query(select, "cell", "n")


def audience_query(
    workspace: Workspace,
    campaign: Campaign,
    as_of: dt.datetime,
    dialect: str,
    facts: Sequence[str],
    consents: Sequence[tuple[str, str]],
    channels: Sequence[str],
    zone: str | None,
    only: str | None = None,
) -> Query:
    """Give a campaign's people with all that a message needs, ordered by id.

    The audience, less ``exclude`` of the campaign and of the policies. Columns: ``id``, ``zone``,
    ``address__<channel>``, ``consent__<channel>__<topic>`` (unknown where the schema has no consent) and
    ``fact__<n>`` in the order of ``facts``. ``zone`` keeps the people of one zone; the project's takes also
    those without a known one. ``only`` keeps one person, by id.
    """
    made = Making(workspace, as_of, dialect, workspace.schema.first)
    out = [c for c in (campaign.exclude, workspace.policies.exclude) if c is not None]
    pred = all_of(made.pred(campaign.audience), *(negation(made.pred(c)) for c in out))
    asked = [_consented(workspace, channel, topic, made) for channel, topic in consents]
    terms = [made.fact(name) for name in facts]
    entity = made.entity

    def column(name: str | None) -> Callable[[Frame], Expr]:
        return lambda frame: sa.null() if name is None else frame.people.c[name]

    def consenting(consent: Pred) -> Callable[[Frame], Expr]:
        one: Expr = sa.literal_column("1")
        none: Expr = sa.literal_column("0")
        if workspace.schema.consent is None:
            return lambda frame: sa.null()
        return lambda frame: sa.case((frame.truth(consent, True, False), one), else_=none)

    wanted = [Wanted("zone", column(entity.zone))]
    for channel in channels:
        field = entity.attributes.get(entity.addresses.get(channel, ""))
        wanted.append(Wanted(f"address__{channel}", column(None if field is None else field.column)))
    for (channel, topic), consent in zip(consents, asked, strict=True):
        wanted.append(Wanted(f"consent__{channel}__{topic}", consenting(consent), preds=(consent,)))
    wanted += made.facts(facts, terms)

    def where(frame: Frame) -> list[Expr]:
        tests = made.of_zone(frame, zone)
        if only is not None:
            text = made.dialect.text(only)
            tests.append(sa.false() if text is None else sa.cast(frame.key, sa.Text) == bind(text, "only"))
        return tests

    return ask(made, pred, wanted, where)


def consenting_query(
    workspace: Workspace, people: Sequence[str], channel: str, topic: str, as_of: dt.datetime, dialect: str
) -> Query:
    """Give those of the given ids (canonical texts) who consent by ``as_of``: ``id``, ordered by id."""
    made = Making(workspace, as_of, dialect, workspace.schema.first)
    pred = _consented(workspace, channel, topic, made)
    frame = made.frame(pred)
    texts = [text for person in people if (text := made.dialect.text(person)) is not None]
    own = frame.key.in_([bind(text, "person") for text in texts]) if texts else sa.false()
    select = frame.select([frame.key.label("id")], own, frame.truth(pred)).order_by(frame.key)
    return made.query(select, "id")


def sample_query(
    workspace: Workspace,
    what: What,
    as_of: dt.datetime,
    dialect: str,
    limit: int,
    facts: Sequence[str],
    entity: str | None = None,
) -> Query:
    """Give the first ``limit`` members by id with some facts: ``id``, ``fact__<n>`` in the order of ``facts``."""
    made = Making(workspace, as_of, dialect, _entity(workspace, what, entity))
    pred = made.pred(what)
    terms = [made.fact(name) for name in facts]
    return ask(made, pred, made.facts(facts, terms), limit=limit)


def trait_query(workspace: Workspace, trait: str | Trait, as_of: dt.datetime, dialect: str) -> Query:
    """Give a trait's value for everybody: ``id``, ``value`` (money in major units), ordered by id."""
    found = workspace.definitions.get(trait) if isinstance(trait, str) else trait
    if not isinstance(found, Trait):
        raise UsageError(f"there is no trait `{trait}`", "see `orc ls`")
    made = Making(workspace, as_of, dialect, workspace.schema.entity(found.of))
    term = made.fact(found.name)
    return ask(made, EVERYBODY, [Wanted("value", lambda frame: made.shown(frame, found.name, term), term)])


def fact_fields(workspace: Workspace, names: Sequence[str], entity: str | None = None) -> tuple[Field, ...]:
    """Give for each name the field by which a query's ``fact__<n>`` is read: an attribute's own, or a trait's."""
    scope = Scope(workspace, workspace.schema.entity(entity))
    found = []
    for name in names:
        target = _resolved(name, scope)
        if isinstance(target, Trait):
            term = Builder(workspace, EARLIEST).trait(target)
            form = time_format(term) if term.type.is_time and isinstance(term, Column | Measured) else TimeFormat()
            currency = workspace.project.currency
            missing = target.default is None and not never_unknown(term)
            target_field = Field(
                name, Type(target.type), name, nullable=missing, currency=currency, time=form, title=target.doc
            )
        else:
            target_field = target.field
        found.append(target_field)
    return tuple(found)


class Making:
    """A statement of one workspace, dialect and entity while it is made."""

    def __init__(self, workspace: Workspace, as_of: dt.datetime, dialect: str, entity: Entity) -> None:
        """Freeze the clock."""
        self.workspace = workspace
        self.entity = entity
        self.dialect: Dialect = dialect_of(dialect)
        self.builder = Builder(workspace, as_of)
        self.scope = Scope(workspace, entity)
        self.as_of = as_of

    def pred(self, what: What) -> Pred:
        """Give the predicate of a segment or a condition; raises UsageError for one that means nothing."""
        try:
            if isinstance(what, SegmentRef):
                self._refuse_unfit(what)
                return self.builder.segment(what, self.scope)
            refuse_open(what)
            return self.builder.condition(what, self.scope)
        except Mistake as error:
            raise usage(error) from error

    def _refuse_unfit(self, ref: SegmentRef) -> None:
        """Raise UsageError for a value, given at the keyboard, that the segment cannot mean."""

        def check(report: Reporter, condition: Condition, scope: Scope) -> None:
            Conditions(self.workspace, report).check(condition, scope)

        for problem in given(ref, self.workspace, check):
            raise usage(Mistake(problem))

    def fact(self, name: str) -> Term:
        """Give the attribute or trait of that name."""
        try:
            found = _resolved(name, self.scope)
            return self.builder.trait(found) if isinstance(found, Trait) else found
        except Mistake as error:
            raise usage(error) from error

    def in_warehouse(self, *nodes: Pred) -> bool:
        """Tell whether all that these need lies in the warehouse."""
        where = Where()
        return all(where.homes(node) <= ONLY_WAREHOUSE for node in nodes)

    def facts(self, names: Sequence[str], terms: Sequence[Term]) -> list[Wanted]:
        """Give the columns ``fact__<n>`` of attributes and traits."""

        def spelled(name: str, term: Term) -> Callable[[Frame], Expr]:
            return lambda frame: self.shown(frame, name, term)

        pairs = zip(names, terms, strict=True)
        return [Wanted(f"fact__{n}", spelled(name, term), term) for n, (name, term) in enumerate(pairs)]

    def frame(self, *preds: Pred) -> Frame:
        """Open the statement."""
        project = self.workspace.project
        self.statement = Statement(self.workspace.known, self.entity, self.dialect, self.as_of, project.zone, *preds)
        return Frame(self.statement)

    def shown(self, frame: Frame, name: str, term: Term) -> Expr:
        """Give a fact as it leaves the database: an attribute as it lies there, a trait's money in major units."""
        attribute_itself = not isinstance(_resolved(name, self.scope), Trait)
        if isinstance(term, Column) and (attribute_itself or term.type is not Type.MONEY):
            return frame.terms.raw(term)
        value = frame.terms.value(term)
        return self.dialect.from_money(value, self.workspace.project.currency) if term.type is Type.MONEY else value

    def of_zone(self, frame: Frame, zone: str | None) -> list[Expr]:
        """Give the condition that keeps the people of one zone."""
        if zone is None or self.entity.zone is None:
            return [] if zone in (None, self.workspace.project.zone) else [sa.false()]
        own = frame.in_zones((zone,))
        if zone != self.workspace.project.zone:
            return [own]
        missing = frame.people.c[self.entity.zone].is_(None)
        return [sa.or_(own, missing, sa.not_(frame.in_zones(all_zones())))]

    def query(self, select: sa.Select[Any], *columns: str) -> Query:
        """Give the finished statement."""
        return Query(self.statement.whole(select), self.dialect.name, columns)


def _cells(
    workspace: Workspace, name: str, as_of: dt.datetime, dialect: str
) -> tuple[Making, Pred, tuple[tuple[str, Pred], ...]]:
    partition = workspace.definitions.get(name)
    if not isinstance(partition, Partition):
        raise UsageError(f"there is no partition `{name}`", "see `orc ls`")
    made = Making(workspace, as_of, dialect, workspace.schema.entity(partition.of))
    try:
        return made, made.builder.among(partition), tuple(made.builder.cells(partition))
    except Mistake as error:
        raise usage(error) from error


def _cell(frame: Frame, cells: Sequence[tuple[str, Pred]]) -> Expr:
    """Give the name of the first cell that a person fits, the last one for everybody else."""
    named = [(pred, sa.cast(bind(cell, "cell"), sa.Text)) for cell, pred in cells]
    cases = [(frame.truth(pred, True, False), text) for pred, text in named[:-1]]
    return sa.case(*cases, else_=named[-1][1]) if cases else named[-1][1]


def _consented(workspace: Workspace, channel: str, topic: str, made: Making) -> Pred:
    if workspace.schema.consent is None:
        return NOBODY
    return Consented(channel, topic, made.builder.clock.as_of, EVERYBODY)


def _entity(workspace: Workspace, what: What, entity: str | None) -> Entity:
    if entity is not None or not isinstance(what, SegmentRef):
        return workspace.schema.entity(entity)
    found = workspace.definitions.get(what.name)
    if not isinstance(found, Segment | Partition):
        try:
            find_segment(what, Scope(workspace, workspace.schema.first))
        except Mistake as error:
            raise usage(error) from error
        return workspace.schema.first
    return workspace.schema.entity(entity_name(found, workspace))


def _resolved(name: str, scope: Scope) -> Column | Trait:
    found = attribute(Attr(tuple(name.split("."))), scope)
    if not isinstance(found, Column | Trait):
        raise UsageError(f"`{name}` is not a fact of a person", "name an attribute or a trait")
    return found
