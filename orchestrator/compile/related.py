"""Relations and parents: what their names mean, and the metrics and predicates that they become."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from orchestrator.compile.belonging import Elsewhere
from orchestrator.compile.features import (
    EVERYBODY,
    All,
    Arith,
    Column,
    Compared,
    Const,
    Counted,
    Fixed,
    Known,
    Listed,
    Measured,
    Metric,
    Neg,
    Pred,
    Searched,
    Some,
)
from orchestrator.compile.inside import exchanged, parts
from orchestrator.compile.lists import counts_list
from orchestrator.compile.logic import aggregate_type, all_of, negation, span_of
from orchestrator.compile.names import Scope, attribute, mistake, unknown
from orchestrator.compile.timing import Clock
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.schema import Field, Relation, Type
from orchestrator.model.workspace import Workspace

PLAIN = (All, Some, Neg, Fixed, Compared, Listed, Known, Searched, Arith, Const, Column)
"""What looks at a row and at nothing else."""


ASKED = (
    c.Did,
    c.Sequence,
    c.InSegment,
    c.Rank,
    c.Consent,
    c.Sample,
    c.Moved,
    c.Held,
    c.Changed,
    c.Cumulative,
    c.IsUnique,
    c.HasRelated,
    c.RawSql,
)
"""What asks about a whole person or thing: inside a relation's filter, about whom its row leads to."""


class Builder(Protocol):
    """What this file needs of the one who builds conditions."""

    workspace: Workspace
    clock: Clock

    def condition(self, node: c.Condition, scope: Scope) -> Pred:
        """Give the predicate that a condition means."""

    def segment(self, ref: c.SegmentRef, scope: Scope) -> Pred:
        """Give the members of a segment or cell."""


# ------------------------------------------------------------------ names


def find_relation(name: str, scope: Scope, span: Span, many: bool = False) -> Relation:
    """Give the relation behind a name, by its plural too; raises Mistake E211, E212, E214 or E215.

    ``many`` says that a number other than 1 stands before it, which demands the plural where one is declared.
    """
    schema = scope.workspace.schema
    known = {found.name: found for found in relations(scope)}
    plurals = {r.plural: r for r in known.values() if r.plural is not None}
    found = known.get(name) or plurals.get(name)
    if found is None:
        if name in schema.events:
            raise mistake("E211", span, f"`{name}` is an event: `did {name}` says when", (f"did {name} ever",))
        own = [n for n, r in known.items() if r.entity == scope.entity.name]
        raise unknown("E214", span, f"there is no relation `{name}`", name, own)
    if found.entity != scope.entity.name:
        about = f"`{name}` belongs to `{found.entity}`, and this is about `{scope.entity.name}`"
        raise mistake("E212", span, about)
    wanted = found.plural if many and found.plural is not None else found.name
    if name != wanted:
        number = "after this number" if many else "of one"
        raise mistake("E215", span, f"{number} it is called `{wanted}`", (wanted,), f"not `{name}`")
    return found


def is_many(quantity: c.Quantity | None) -> bool:
    """Tell whether a number other than 1 stands there."""
    return quantity is not None and (quantity.count != 1 or quantity.high not in (None, 1))


def row_scope(found: Relation, name: str, scope: Scope) -> Scope:
    """Give the scope of a filter on related rows: an entity's own, or the rows' properties."""
    if found.own and found.to is not None:
        return Scope(scope.workspace, scope.workspace.schema.entities[found.to])
    return replace(scope, event=found, event_name=name)


def asked_of(scope: Scope) -> Scope:
    """Give the scope of the entity that a relation leads to (A65), the scope itself anywhere else."""
    event = scope.event
    if not isinstance(event, Relation) or event.to is None:
        return scope
    return Scope(scope.workspace, scope.workspace.schema.entities[event.to])


def find_parent(node: c.Value, scope: Scope) -> tuple[Column, str]:
    """Give the column that points at a parent, and the parent's entity; raises Mistake E217."""
    parent = scope.entity.parent
    path = node.path if isinstance(node, c.Attr) else ()
    own = path[1:] if path[:1] == (scope.entity.name,) else path if scope.event is None else ()
    if parent is None or len(own) != 1 or own[0] not in (parent.name, parent.column):
        instead = () if parent is None else (parent.name,)
        raise mistake("E217", node.span, f"this does not point at anything above `{scope.entity.name}`", instead)
    return key_column(parent.column), parent.entity


def key_column(column: str, event: bool = False) -> Column:
    """Give a column that holds a key, compared as it lies there."""
    return Column(Field(column, Type.TEXT, column), event)


# ------------------------------------------------------------------ building


def rows_metric(b: Builder, event: c.Event, scope: Scope, quantity: c.Quantity | None = None) -> tuple[Metric, Pred]:
    """Give the number of related rows without a filter, and the filter."""
    found = find_relation(event.name, scope, event.span, is_many(quantity))
    metric = Metric(found.name, b.clock.as_of, related=True)
    if event.where is None:
        return metric, EVERYBODY
    where = b.condition(event.where, row_scope(found, event.name, scope))
    return metric, _on_rows(found, where) if found.own else where


def _on_rows(found: Relation, where: Pred) -> Pred:
    """Give a test of an entity as a test of its row: at once where it looks at the row only, else by its key."""
    inside = list(parts(where))
    if all(isinstance(part, PLAIN) and not getattr(part, "parent", False) for part in inside):
        columns = {part for part in inside if isinstance(part, Column)}
        for column in columns:
            where = exchanged(where, column, replace(column, event=True))
        return where
    return Elsewhere(found.to or "", key_column(found.ref or "", event=True), where)


def is_counted(node: c.Aggregate, scope: Scope) -> bool:
    """Tell whether an aggregate is over entries of a list or over related rows, and not over events."""
    if counts_list(node, scope):
        return True
    return scope.event is None and is_relation(node.event.name, scope)


def is_relation(name: str, scope: Scope) -> bool:
    """Tell whether an aggregate's subject is a relation, by its plural too, and no event."""
    schema, workspace = scope.workspace.schema, scope.workspace
    if name in schema.events or name in workspace.definitions:
        return False
    return any(name in (found.name, found.plural) for found in relations(scope))


def relations(scope: Scope) -> list[Relation]:
    """Give everything that could stand behind ``has``."""
    schema = scope.workspace.schema
    return [found for name in (*schema.relations, *schema.entities) if (found := schema.relation(name)) is not None]


def over_rows(b: Builder, node: c.Aggregate, scope: Scope) -> Measured:
    """Give ``count of device where (…)``, ``sum of subscription.price``."""
    metric, where = rows_metric(b, node.event, scope)
    of = None
    if node.prop:
        found = find_relation(node.event.name, scope, node.span)
        of = row_property(found, c.Attr(node.prop, span=node.span), scope)
    return Measured(replace(metric, filter=where, fn=node.fn, of=of, type=aggregate_type(node.fn, of)))


def row_property(found: Relation, attr: c.Attr, scope: Scope) -> Column:
    """Give a property of related rows; raises Mistake E202."""
    term = attribute(attr, Scope(scope.workspace, scope.entity, found, found.name))
    if not isinstance(term, Column) or not term.event:
        raise unknown("E202", attr.span, f"`{found.name}` has no property `{attr.name}`", attr.name, found.properties)
    return term


def related(b: Builder, node: c.HasRelated, scope: Scope) -> Pred:
    """Give the test of related rows."""
    metric, where = rows_metric(b, node.event, scope, node.quantity)
    if node.which is c.Which.EVERY:
        bad = replace(metric, filter=negation(where))
        return all_of(Counted(metric, 1, None), *([] if where == EVERYBODY else [Counted(bad, 0, 0)]))
    metric = replace(metric, filter=where)
    if node.which is c.Which.NONE:
        return Counted(metric, 0, 0)
    low, high = span_of(node.quantity)
    if high is not None and high < low:
        return Fixed(False)
    return EVERYBODY if low <= 0 and high is None else Counted(metric, max(low, 0), high)


def elsewhere(b: Builder, node: c.Condition, scope: Scope) -> Pred:
    """Give a question about the entity that a relation's row leads to."""
    event = scope.event
    if not isinstance(event, Relation) or event.to is None or event.ref is None:
        raise mistake("E210", node.span, "these rows lead to no entity that could be asked")
    return Elsewhere(event.to, key_column(event.ref, event=True), b.condition(node, asked_of(scope)))


def in_segment_of(b: Builder, node: c.InSegmentOf, scope: Scope) -> Pred:
    """Give the test that a parent is a member."""
    column, entity = find_parent(node.of, scope)
    there = Scope(scope.workspace, scope.workspace.schema.entities[entity])
    pred = Elsewhere(entity, column, b.segment(node.ref, there))
    return negation(pred) if node.negated else pred
