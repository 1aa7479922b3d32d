"""How plain English calls what the files declare: names in back-ticks, one of a kind and many of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.model.condition import Condition, SegmentRef
from orchestrator.model.schema import EventTable, Field, Relation, Type
from orchestrator.model.segment import EventDef, Trait
from orchestrator.model.workspace import Workspace


def plural(noun: str) -> str:
    """Give the plural of a name: ``customer`` to ``customers``, ``company`` to ``companies``."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def called(*path: str) -> str:
    """Give a name as words in back-ticks: ``birth_date`` to ```birth date```, ``customer.size`` likewise."""
    return f"`{' '.join(part.replace('_', ' ') for name in path for part in name.split('.'))}`"


def among_words(ref: SegmentRef | None) -> str:
    """Give the words for the people among whom somebody is ranked; none for everybody."""
    return "" if ref is None else f" of segment `{ref}`"


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of a workspace stand for; one that nothing declares is taken for an event."""

    workspace: Workspace

    def one(self, event: str) -> str:
        """Give one event as a noun: ```purchase``` where its plural is declared, else ```click message` event``."""
        return called(event) if self._noun(event) else f"{called(event)} event"

    def many(self, event: str) -> str:
        """Give events or related rows as a noun: ```purchases```, ```click message` events``, ```devices```."""
        table = self._rows(self._base(event))
        if isinstance(table, Relation):
            return called(table.plural or plural(event))
        if not self._noun(event):
            return f"{called(event)} events"
        own = table.plural if table is not None and table.name == event else None
        return called(own or plural(event))

    def happens(self, event: str) -> bool:
        """Tell whether a name is an event, which happens, and not rows or a list, which are there."""
        return not self.is_list(event) and not isinstance(self._rows(self._base(event)), Relation)

    def is_list(self, name: str) -> bool:
        """Tell whether a name is a list and neither an event nor a relation."""
        if self._rows(self._base(name)) is not None:
            return False
        definition = self.workspace.definitions.get(name)
        if isinstance(definition, Trait):
            return definition.type.startswith("list")
        return any(fields[name].type is Type.LIST for fields in self._fields() if name in fields)

    def is_moment(self, event: str, prop: Sequence[str]) -> bool:
        """Tell whether a property of an event holds dates or moments."""
        name, table = ".".join(prop), self._rows(self._base(event))
        found = None if table is None else table.properties.get(name)
        return name == "happened_at" or (found is not None and found.type.is_time)

    def _base(self, event: str) -> str:
        """Give the schema's name behind a named event."""
        seen = set()
        while event not in seen and isinstance(found := self.workspace.definitions.get(event), EventDef):
            seen.add(event)
            event = found.event.name
        return event

    def _noun(self, event: str) -> bool:
        table = self._rows(self._base(event))
        return table is not None and table.plural is not None

    def _rows(self, name: str) -> EventTable | Relation | None:
        schema = self.workspace.known if self.workspace.schema.entities else self.workspace.schema
        return schema.events.get(name) or schema.relation(name)

    def _fields(self) -> Iterator[Mapping[str, Field]]:
        schema = self.workspace.schema
        yield from (entity.attributes for entity in schema.entities.values())
        yield from (event.properties for event in schema.events.values())


class Clause(Protocol):
    """Whoever gives a condition as one clause, and knows what the names in it stand for."""

    @property
    def names(self) -> Names:
        """Give what the names stand for."""

    def __call__(self, condition: Condition) -> str:
        """Give the clause."""
