"""The statements that the rest of the house asks for: members, counts, cells, audiences, samples, values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.build import Builder
from orchestrator.compile.dialects import dialect as dialect_of
from orchestrator.compile.dialects.base import Dialect, Expr, bind
from orchestrator.compile.features import EVERYBODY, NOBODY, Column, Consented, Measured, Pred, Term
from orchestrator.compile.logic import all_of, negation, time_format
from orchestrator.compile.names import Mistake, Scope, attribute, entity_name
from orchestrator.compile.names import segment as find_segment
from orchestrator.compile.statement import Frame, Statement
from orchestrator.compile.timing import EARLIEST, all_zones
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Attr, Condition, SegmentRef
from orchestrator.model.errors import UsageError
from orchestrator.model.schema import Entity, Field, TimeFormat, Type
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

What = SegmentRef | Condition


@dataclass(frozen=True)
class Query:
    """One statement with its values bound. ``columns`` are the names of what it returns, in order."""

    select: sa.Select[Any]
    dialect: str
    columns: tuple[str, ...]

    def sql(self) -> str:
        """Give the statement as text with named parameters; needs no driver and no database."""
        return str(self._compiled())

    def parameters(self) -> dict[str, object]:
        """Give the value of each named parameter of :meth:`sql`."""
        return dict(self._compiled().params)

    def _compiled(self) -> Any:
        printer = dialect_of(self.dialect).printer()
        return self.select.compile(dialect=printer, compile_kwargs={"render_postcompile": True})


def members_query(
    workspace: Workspace, what: What, as_of: dt.datetime, dialect: str, entity: str | None = None
) -> Query:
    """Give the ids of all members, ordered by id. ``entity`` says what a condition is about (the first one)."""
    made = _Made(workspace, as_of, dialect, _entity(workspace, what, entity))
    pred = made.pred(what)
    frame = made.frame(pred)
    return made.query(frame.select([frame.key.label("id")], frame.truth(pred)).order_by(frame.key), "id")


def count_query(workspace: Workspace, what: What, as_of: dt.datetime, dialect: str, entity: str | None = None) -> Query:
    """Give the number of members: one row, one column ``n``."""
    made = _Made(workspace, as_of, dialect, _entity(workspace, what, entity))
    pred = made.pred(what)
    frame = made.frame(pred)
    return made.query(frame.select([sa.func.count().label("n")], frame.truth(pred)), "n")


def cells_query(workspace: Workspace, partition: str, as_of: dt.datetime, dialect: str) -> Query:
    """Give everybody whom a partition divides with the name of the cell: ``id``, ``cell``, ordered by id."""
    made, frame, cell, people = _cells(workspace, partition, as_of, dialect)
    return made.query(
        frame.select([frame.key.label("id"), cell.label("cell")], people).order_by(frame.key), "id", "cell"
    )


def cell_counts_query(workspace: Workspace, partition: str, as_of: dt.datetime, dialect: str) -> Query:
    """Give the number of people of each cell that has any: ``cell``, ``n``, ordered by cell."""
    made, frame, cell, people = _cells(workspace, partition, as_of, dialect)
    inner = frame.select([cell.label("cell")], people).subquery("cells")
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
    made = _Made(workspace, as_of, dialect, workspace.schema.first)
    out = [c for c in (campaign.exclude, workspace.policies.exclude) if c is not None]
    pred = all_of(made.pred(campaign.audience), *(negation(made.pred(c)) for c in out))
    asked = [_consented(workspace, channel, topic, made) for channel, topic in consents]
    terms = [made.fact(name) for name in facts]
    frame = made.frame(pred, *asked)
    people, entity = frame.people, made.entity
    columns: list[Any] = [
        frame.key.label("id"),
        (sa.null() if entity.zone is None else people.c[entity.zone]).label("zone"),
    ]
    names = ["id", "zone"]
    for channel in channels:
        name = entity.addresses.get(channel)
        field = entity.attributes.get(name) if name is not None else None
        columns.append((sa.null() if field is None else people.c[field.column]).label(f"address__{channel}"))
        names.append(f"address__{channel}")
    for (channel, topic), consent in zip(consents, asked, strict=True):
        name = f"consent__{channel}__{topic}"
        yes = sa.case((frame.truth(consent, True, False), sa.literal_column("1")), else_=sa.literal_column("0"))
        columns.append((sa.null() if workspace.schema.consent is None else yes).label(name))
        names.append(name)
    for n, (name, term) in enumerate(zip(facts, terms, strict=True)):
        columns.append(made.shown(frame, name, term).label(f"fact__{n}"))
        names.append(f"fact__{n}")
    where = [frame.truth(pred), *made.of_zone(frame, zone)]
    if only is not None:
        text = made.dialect.text(only)
        where.append(sa.false() if text is None else sa.cast(frame.key, sa.Text) == bind(text, "only"))
    return made.query(frame.select(columns, *where).order_by(frame.key), *names)


def consenting_query(
    workspace: Workspace, people: Sequence[str], channel: str, topic: str, as_of: dt.datetime, dialect: str
) -> Query:
    """Give those of the given ids (canonical texts) who consent by ``as_of``: ``id``, ordered by id."""
    made = _Made(workspace, as_of, dialect, workspace.schema.first)
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
    made = _Made(workspace, as_of, dialect, _entity(workspace, what, entity))
    pred = made.pred(what)
    terms = [made.fact(name) for name in facts]
    frame = made.frame(pred)
    shown = [made.shown(frame, name, term) for name, term in zip(facts, terms, strict=True)]
    columns = [frame.key.label("id"), *(fact.label(f"fact__{n}") for n, fact in enumerate(shown))]
    select = frame.select(columns, frame.truth(pred)).order_by(frame.key).limit(limit)
    return made.query(select, "id", *(f"fact__{n}" for n in range(len(terms))))


def trait_query(workspace: Workspace, trait: str | Trait, as_of: dt.datetime, dialect: str) -> Query:
    """Give a trait's value for everybody: ``id``, ``value`` (money in major units), ordered by id."""
    found = workspace.definitions.get(trait) if isinstance(trait, str) else trait
    if not isinstance(found, Trait):
        raise UsageError(f"there is no trait `{trait}`", "see `orc ls`")
    made = _Made(workspace, as_of, dialect, workspace.schema.entity(found.of))
    term = made.fact(found.name)
    frame = made.frame()
    select = frame.select([frame.key.label("id"), made.shown(frame, found.name, term).label("value")]).order_by(
        frame.key
    )
    return made.query(select, "id", "value")


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
            target_field = Field(name, Type(target.type), name, currency=currency, time=form, title=target.doc)
        else:
            target_field = target.field
        found.append(target_field)
    return tuple(found)


class _Made:
    """A statement of one workspace, dialect and entity while it is made."""

    def __init__(self, workspace: Workspace, as_of: dt.datetime, dialect: str, entity: Entity) -> None:
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
                return self.builder.segment(what, self.scope)
            return self.builder.condition(what, self.scope)
        except Mistake as error:
            raise _usage(error) from error

    def fact(self, name: str) -> Term:
        """Give the attribute or trait of that name."""
        try:
            found = _resolved(name, self.scope)
            return self.builder.trait(found) if isinstance(found, Trait) else found
        except Mistake as error:
            raise _usage(error) from error

    def frame(self, *preds: Pred) -> Frame:
        """Open the statement."""
        project = self.workspace.project
        self.statement = Statement(self.workspace.schema, self.entity, self.dialect, self.as_of, project.zone, *preds)
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


def _cells(workspace: Workspace, name: str, as_of: dt.datetime, dialect: str) -> tuple[_Made, Frame, Expr, Expr]:
    partition = workspace.definitions.get(name)
    if not isinstance(partition, Partition):
        raise UsageError(f"there is no partition `{name}`", "see `orc ls`")
    made = _Made(workspace, as_of, dialect, workspace.schema.entity(partition.of))
    try:
        cells = made.builder.cells(partition)
        people = made.builder.among(partition)
    except Mistake as error:
        raise _usage(error) from error
    frame = made.frame(people, *(pred for _, pred in cells))
    named = [(cell, sa.cast(bind(cell, "cell"), sa.Text)) for cell, _ in cells]
    cases = [
        (frame.truth(pred, True, False), text) for (_, pred), (_, text) in zip(cells[:-1], named[:-1], strict=True)
    ]
    cell = sa.case(*cases, else_=named[-1][1]) if cases else named[-1][1]
    return made, frame, cell, frame.truth(people)


def _consented(workspace: Workspace, channel: str, topic: str, made: _Made) -> Pred:
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
            raise _usage(error) from error
        return workspace.schema.first
    return workspace.schema.entity(entity_name(found, workspace))


def _resolved(name: str, scope: Scope) -> Column | Trait:
    found = attribute(Attr(tuple(name.split("."))), scope)
    if not isinstance(found, Column | Trait):
        raise UsageError(f"`{name}` is not a fact of a person", "name an attribute or a trait")
    return found


def _usage(error: Mistake) -> UsageError:
    found = error.diagnostic
    remedy = f"did you mean: {', '.join(found.help)}" if found.help else "run `orc check` to see all problems"
    return UsageError(f"{found.span}: {found.message} ({found.code})" if found.span.path else found.message, remedy)
