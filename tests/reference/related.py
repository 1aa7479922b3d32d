"""Lists, related rows, and what somebody belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model.people import canonical_id
from orchestrator.model.schema import Field, Relation, Schema, Type
from orchestrator.model.segment import ListDef, Trait

COUNTS = {
    c.Count.AT_LEAST: lambda n, q: n >= q.count,
    c.Count.AT_MOST: lambda n, q: n <= q.count,
    c.Count.EXACTLY: lambda n, q: n == q.count,
    c.Count.MORE_THAN: lambda n, q: n > q.count,
    c.Count.FEWER_THAN: lambda n, q: n < q.count,
    c.Count.BETWEEN: lambda n, q: q.count <= n <= q.high,
}


@dataclass
class Row:
    """A row without a time: an entry of a list, or a related row with the key of what it leads to."""

    values: Mapping[str, Any]
    ref: Any = None
    lists: frozenset[str] = frozenset()


def document(raw: Any) -> Any:
    """Read JSON; what is none is nothing, and so is a document with a text that not every engine can hold."""
    if not isinstance(raw, str):
        return raw
    try:
        found = json.loads(raw, parse_constant=lambda _: 1 / 0)
        return found if holdable(found) else None
    except (ValueError, ZeroDivisionError):
        return None


def holdable(found: Any) -> bool:
    """Tell whether no text in a document holds NUL or half a surrogate pair."""
    if isinstance(found, dict):
        return all(holdable(piece) for item in found.items() for piece in item)
    if isinstance(found, list):
        return all(holdable(piece) for piece in found)
    return not isinstance(found, str) or not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in found)


def inside(found: Any, path: tuple[str, ...]) -> Any:
    """Go down a path; where it does not lead on there is nothing."""
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def fitting(found: Any, field: Field) -> Any:
    """Give a JSON value as a cell, nothing for another type than the declared one."""
    if field.type is Type.LIST:
        return found
    if field.type is Type.BOOL:
        return found if isinstance(found, bool) else None
    epoch = field.type.is_time and field.time.kind in ("epoch", "epoch_ms")
    if field.type.is_number or epoch:
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None
    return found if isinstance(found, str) else None


def entries(found: Any, field: Field, cell: Any) -> list[Row] | None:
    """Give the entries of a list as rows; None where there is no list."""
    if not isinstance(found, list):
        return None
    made = []
    for item in found:
        if field.of is not None:
            made.append(Row({"value": cell(fitting(item, field.of), field.of)}))
        else:
            cells = {n: cell(fitting(inside(item, (f.column, *f.path)), f), f) for n, f in field.fields.items()}
            made.append(Row(cells, lists=frozenset(n for n, f in field.fields.items() if f.type is Type.LIST)))
    return made


def relations(schema: Schema, entity: str) -> list[Relation]:
    """Give the relations of an entity, declared ones and entities whose parent it is."""
    found = [schema.relation(name) for name in (*schema.relations, *schema.entities)]
    return [each for each in found if each is not None and each.entity == entity]


class Related:
    """Conditions and values over lists, related rows and parents; mixed into the evaluator."""

    def _entries(self: Any, attr: c.Attr) -> list[Row]:
        return self.value(attr) or []

    def _hasitems(self: Any, condition: c.HasItems) -> bool:
        items = condition.items
        if isinstance(items, c.ListRef):
            definition = self.world.workspace.definitions[items.name]
            assert isinstance(definition, ListDef)
            items = definition.items
        held = [row.values["value"] for row in self._entries(condition.of)]
        there = [any(self._same(each, self.value(item)) for each in held) for item in items]
        if condition.which is c.Which.ALL:
            return all(there)
        return any(there) != (condition.which is c.Which.NONE)

    def _hasitem(self: Any, condition: c.HasItem) -> bool:
        passed = [self._at(row, "").holds(condition.where) for row in self._entries(condition.of)]
        return _which(condition.which, passed)

    def _hasrelated(self: Any, condition: c.HasRelated) -> bool:
        found, rows = self._related(condition.event.name)
        passed = [self._passes(found, row, condition.event.where) for row in rows]
        if condition.quantity is not None:
            return bool(COUNTS[condition.quantity.kind](sum(passed), condition.quantity))
        return _which(condition.which, passed)

    def _insegmentof(self: Any, condition: c.InSegmentOf) -> bool:
        parent = self._parent()
        return (parent is not None and self.world._in(condition.ref, parent)) != condition.negated

    def _related(self: Any, name: str) -> tuple[Relation, list[Row]]:
        for found in relations(self.world.workspace.schema, self.entity.name):
            if name in (found.name, found.plural):
                return found, self.somebody.related[found.name]
        raise KeyError(name)

    def is_related(self: Any, name: str) -> bool:
        """Tell whether a name is a relation of this entity."""
        schema = self.world.workspace.schema
        known = (n for found in relations(schema, self.entity.name) for n in (found.name, found.plural))
        return name in known and name not in schema.events

    def _passes(self: Any, found: Relation, row: Row, where: Any) -> bool:
        if where is None:
            return True
        if found.own:
            child = self.world.somebody(found.to, row.ref)
            return child is not None and self._as(child, found.to).holds(where)
        return self._at(row, found.name).holds(where)

    def led(self: Any) -> Any:
        """Give the evaluator of what the row of a relation leads to, None where it leads nowhere."""
        found = self.world.workspace.schema.relations.get(self.source)
        if found is None or found.to is None:
            return None
        child = self.world.somebody(found.to, self.event.ref)
        return None if child is None else self._as(child, found.to)

    def listed(self: Any, value: c.Aggregate) -> list[Any] | None:
        """Give what a count of entries or an aggregate of related rows is made of; None for events."""
        path = (value.event.name, *value.prop)
        if value.fn is c.Fn.COUNT and self.is_list(path):
            rows = self._entries(c.Attr(path))
            return [row for row in rows if value.event.where is None or self._at(row, "").holds(value.event.where)]
        if self.event is not None or not self.is_related(value.event.name):
            return None
        found, rows = self._related(value.event.name)
        kept = [row for row in rows if self._passes(found, row, value.event.where)]
        name = ".".join(value.prop)
        return [row.values[name] for row in kept] if value.prop else kept

    def is_list(self: Any, path: tuple[str, ...]) -> bool:
        """Tell whether a name is a list of the person, their parent, or the row in a filter, or a trait of one."""
        if isinstance(self.event, Row) and ".".join(path) in self.event.lists:
            return True
        name = ".".join(path[path[0] == self.entity.name :])
        own = self.entity.attributes.get(name)
        trait = self.world.workspace.definitions.get(name)
        if isinstance(trait, Trait) and own is None and (self.event is None or path[0] == self.entity.name):
            return trait.type == "list"
        above = self.entity.parent
        if above is not None and name.startswith(f"{above.name}."):
            parent = self.world.workspace.schema.entities[above.entity]
            own = parent.attributes.get(name.removeprefix(f"{above.name}."))
        event = self.world.workspace.schema.events.get(self.source)
        if self.event is not None and event is not None and ".".join(path) in event.properties:
            own = event.properties[".".join(path)]
        return own is not None and own.type is Type.LIST

    def _parent(self: Any) -> Any:
        above = self.entity.parent
        return None if above is None else self.world.somebody(above.entity, self.somebody.parent)

    def above(self: Any, name: str) -> tuple[bool, Any]:
        """Tell whether a name is an attribute of the parent, and what it is."""
        above = self.entity.parent
        if above is None or not name.startswith(f"{above.name}."):
            return False, None
        parent = self._parent()
        return True, None if parent is None else parent.values[name[len(above.name) + 1 :]]


def _which(which: c.Which, passed: list[bool]) -> bool:
    if which is c.Which.EVERY:
        return bool(passed) and all(passed)
    return any(passed) != (which is c.Which.NONE)


def same_key(a: Any, b: Any) -> bool:
    """Tell whether two keys are the same, a missing one like none."""
    return a is not None and b is not None and canonical_id(a) == canonical_id(b)
