"""Lists: what their names mean, and the tests and counts that they become.

A list lies in a column, or is the value of a trait: an attribute under another name, or what the first or last event
held. A missing list holds nothing (A3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from orchestrator.compile.belonging import Entries, Listing
from orchestrator.compile.features import EVERYBODY, Column, Compared, Const, Listed, Measured, Pred, Some, Term
from orchestrator.compile.logic import all_of, negation
from orchestrator.compile.names import Items, Scope, attribute, entity_name, mistake, parent_field, prop
from orchestrator.model import condition as c
from orchestrator.model.schema import Field, Type
from orchestrator.model.segment import Trait

VALUE = "value"
"""How a filter calls the entry itself where a list holds texts or numbers."""


class Builder(Protocol):
    """What this file needs of the one who builds conditions."""

    def condition(self, node: c.Condition, scope: Scope) -> Pred:
        """Give the predicate that a condition means."""

    def trait(self, trait: Trait) -> Term:
        """Give the value of a trait."""


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list and its entries as rows. ``entry`` is the field of the entry itself, None where it is an object."""

    field: Field
    items: Items
    entry: Field | None


# ------------------------------------------------------------------ names


def find_list(attr: c.Attr, scope: Scope) -> FoundList:
    """Give the list behind a name; raises Mistake E202 or E216."""
    field = behind(attr, scope)
    if field is None:
        raise mistake("E216", attr.span, f"`{attr.name}` is not a list", label="`has` looks into lists")
    return opened(attr.name, field)


def behind(value: c.Value, scope: Scope, seen: tuple[str, ...] = ()) -> Field | None:
    """Give the field of the list that a value is, None for what is no list; raises Mistake E202 or E213.

    What belongs to somebody else, or to an event that may never have happened, can be missing.
    """
    if isinstance(value, c.Pick):
        term = prop(value.event, value.prop, scope, value.span)
        field = term.field if isinstance(term, Column) else None
        return None if field is None or field.type is not Type.LIST else replace(field, nullable=True)
    if not isinstance(value, c.Attr):
        return None
    found = attribute(value, scope)
    if isinstance(found, Trait):  # a circle of traits is reported elsewhere
        return None if found.name in seen else behind(found.value, scope.outside(), (*seen, found.name))
    if not isinstance(found, Column) or found.type is not Type.LIST:
        return None
    return replace(found.field, nullable=True) if found.parent else found.field


def opened(name: str, field: Field) -> FoundList:
    """Give what a list holds."""
    if field.fields:
        return FoundList(field, Items(name, field.fields), None)
    entry = replace(field.of or Field(VALUE, Type.TEXT, ""), name=VALUE, column="")
    return FoundList(field, Items(name, {VALUE: entry}), entry)


def counted_list(node: c.Aggregate, scope: Scope) -> FoundList | None:
    """Give the list whose entries a ``count of`` counts, None where it counts something else."""
    name = (node.event.name, *node.prop)
    return find_list(c.Attr(name, span=node.event.span), scope) if counts_list(node, scope) else None


def counts_list(node: c.Aggregate, scope: Scope) -> bool:
    """Tell whether a ``count of`` is about a list; an event of the same name comes first."""
    if node.fn is not c.Fn.COUNT or (not node.prop and node.event.name in scope.workspace.schema.events):
        return False
    return _is_list((node.event.name, *node.prop), scope)


def _is_list(path: tuple[str, ...], scope: Scope) -> bool:
    entity, name = scope.entity, ".".join(path)
    if scope.event is not None and name in scope.event.properties:
        return scope.event.properties[name].type is Type.LIST
    names = [] if scope.event is not None else [name]
    for own in [*names, ".".join(path[1:])] if path[0] == entity.name else names:
        field = entity.attributes.get(own) or parent_field(own, scope)
        if field is not None:
            return field.type is Type.LIST
        found = scope.workspace.definitions.get(own)
        if isinstance(found, Trait) and entity_name(found, scope.workspace) == entity.name:
            return found.type == Type.LIST
    return False


# ------------------------------------------------------------------ building


def of(b: Builder, attr: c.Attr, scope: Scope) -> Column | Measured:
    """Give where a list lies: a column, or the value of a first or last event."""
    found = attribute(attr, scope)
    term = b.trait(found) if isinstance(found, Trait) else found
    if not isinstance(term, Column | Measured):
        raise mistake("E216", attr.span, f"`{attr.name}` is not a list", label="`has` looks into lists")
    return term


def entries(b: Builder, node: c.Aggregate, found: FoundList, scope: Scope) -> Entries:
    """Give ``count of tags``, ``count of items where (…)``."""
    where: Pred = EVERYBODY
    if node.event.where is not None:
        where = b.condition(node.event.where, replace(scope, event=found.items, event_name=found.items.name))
    name = (node.event.name, *node.prop)
    return Entries(of(b, c.Attr(name, span=node.event.span), scope), found.items.name, where)


def has_item(b: Builder, node: c.HasItem, scope: Scope) -> Pred:
    """Give the test of a list's entries by a filter (A56 for ``every``)."""
    found, lies = find_list(node.of, scope), of(b, node.of, scope)
    where = b.condition(node.where, replace(scope, event=found.items, event_name=found.items.name))
    if node.which is c.Which.EVERY:
        bad = negation(Listing(lies, found.items.name, negation(where)))
        return all_of(Listing(lies, found.items.name, EVERYBODY), bad)
    some = Listing(lies, found.items.name, where)
    return negation(some) if node.which is c.Which.NONE else some


def has_items(b: Builder, node: c.HasItems, consts: Sequence[Const], scope: Scope) -> Pred:
    """Give the test of a list's entries by value."""
    found, lies = find_list(node.of, scope), of(b, node.of, scope)
    if found.entry is None:
        raise ValueError("only entries that are values are compared")
    entry = Column(found.entry, event=True)

    def some(*wanted: Const) -> Pred:
        test: Pred = Compared("=", entry, wanted[0]) if len(wanted) == 1 else _one_of(entry, wanted)
        return Listing(lies, found.items.name, test)

    if node.which is c.Which.ALL:
        return all_of(*(some(const) for const in dict.fromkeys(consts)))
    any_ = some(*dict.fromkeys(consts))
    return negation(any_) if node.which is c.Which.NONE else any_


def _one_of(entry: Term, consts: tuple[Const, ...]) -> Pred:
    if entry.type.is_time:
        return Some(tuple(Compared("=", entry, const) for const in consts))
    return Listed(entry, consts)
