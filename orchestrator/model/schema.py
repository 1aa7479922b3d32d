"""What the company's database holds, as ``schema.yml`` states it: entities, events and consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from orchestrator.model.diagnostic import NOWHERE, Span


class Type(StrEnum):
    """The type of an attribute, a property or a value."""

    TEXT = "text"
    INT = "int"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    TIMESTAMP = "timestamp"
    VERSION = "version"
    LIST = "list"
    PLACE = "place"

    @property
    def is_number(self) -> bool:
        """Tell whether it takes part in arithmetic and comparisons by size."""
        return self in (Type.INT, Type.DECIMAL, Type.MONEY)

    @property
    def is_time(self) -> bool:
        """Tell whether it is a date or an instant."""
        return self in (Type.DATE, Type.TIMESTAMP)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How a date or an instant lies in a column.

    ``kind``: ``native`` (the engine's own type), ``iso`` (text ``2026-12-01 10:00:00``), ``iso_t`` (text with a
    ``T``), ``epoch`` (seconds), ``epoch_ms`` (milliseconds) or ``pattern`` (text or number by ``pattern``, a
    sortable strftime form such as ``%Y%m%d``). ``zone`` is the IANA zone of values that carry none.
    """

    kind: str = "native"
    zone: str = "UTC"
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view, with its database schema where it is not the default one."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        """Give the dotted name."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class History:
    """Where the former values of an attribute lie: each row holds the value from that moment on.

    ``key`` points at the entity, ``value`` holds the value, ``at`` says since when; ``id`` decides between rows of
    one moment.
    """

    table: Table
    key: str
    value: str
    at: str
    time: TimeFormat = TimeFormat()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One column: an attribute of an entity or a property of an event.

    ``values`` is the closed list of texts, empty when open. Money has ``currency`` (fixed) or
    ``currency_column``; ``minor`` is true when the column holds whole minor units (cents).
    A place has its latitude in ``column`` and its longitude in ``longitude``, both in degrees.
    ``tags`` are privacy tags: ``personal``, ``special`` or a purpose.

    ``path`` leads into the JSON that the column holds. A list lies there as JSON or as the engine's own array:
    ``of`` is the type of its entries, ``fields`` what each entry holds where the entries are objects.
    """

    name: str
    type: Type
    column: str
    nullable: bool = True
    values: tuple[str, ...] = ()
    currency: str | None = None
    currency_column: str | None = None
    minor: bool = False
    time: TimeFormat = TimeFormat()
    tags: tuple[str, ...] = ()
    title: str = ""
    history: History | None = None
    longitude: str | None = None
    path: tuple[str, ...] = ()
    of: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict, hash=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parent:
    """What an entity belongs to: ``column`` holds the key of ``entity``; sentences call it ``name``."""

    name: str
    column: str
    entity: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """Something a segment is made of: customers. ``addresses`` maps a channel (email, sms) to an attribute.

    ``key`` and ``zone`` are columns; ``zone`` holds each person's IANA zone. ``parent`` is what it belongs to;
    ``plural`` is demanded where its parent counts it.
    """

    name: str
    table: Table
    key: str
    attributes: Mapping[str, Field]
    zone: str | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    parent: Parent | None = None
    plural: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EventTable:
    """Something that people do. ``key`` points at the entity, ``at`` says when, ``id`` tells rows apart.

    ``where`` holds fixed conditions (column equals text or number) that pick this event out of a shared table.
    """

    name: str
    entity: str
    table: Table
    key: str
    at: str
    time: TimeFormat
    properties: Mapping[str, Field]
    id: str | None = None
    where: Mapping[str, str | int] = field(default_factory=dict)
    plural: str | None = None
    title: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows that belong to an entity without being an event: devices, subscriptions, the users of an account.

    ``key`` points at the entity. Where the rows are an entity themselves, ``to`` is its name and ``ref`` the
    column that holds its key; ``own`` says that they lie in that entity's own table, so that its attributes are
    their properties. ``where`` holds fixed conditions, as for events.
    """

    name: str
    entity: str
    table: Table
    key: str
    properties: Mapping[str, Field]
    where: Mapping[str, str | int] = field(default_factory=dict)
    plural: str | None = None
    to: str | None = None
    ref: str | None = None
    own: bool = False
    title: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ConsentTable:
    """Who allowed what: the latest row of (person, channel, topic) counts; unknown ``granted`` is refused.

    ``granted`` is a column that is true, 1 or one of ``granted_values`` when consent was given.
    """

    table: Table
    key: str
    channel: str
    topic: str
    granted: str
    at: str | None = None
    time: TimeFormat = TimeFormat()
    id: str | None = None
    granted_values: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole description. The first entity is the one that a segment is of when it does not say."""

    entities: Mapping[str, Entity]
    events: Mapping[str, EventTable]
    consent: ConsentTable | None = None
    relations: Mapping[str, Relation] = field(default_factory=dict)

    @property
    def first(self) -> Entity:
        """Give the entity that is meant where none is named."""
        return next(iter(self.entities.values()))

    def entity(self, name: str | None) -> Entity:
        """Give the entity of that name, the first one for None; raises KeyError."""
        return self.first if name is None else self.entities[name]

    def histories(self) -> dict[str, EventTable]:
        """Give the rows of every history as if they were events, called ``customer.plan``; raises nothing."""
        found = {}
        for entity in self.entities.values():
            for attribute in entity.attributes.values():
                past = attribute.history
                if past is not None:
                    name = f"{entity.name}.{attribute.name}"
                    value = replace(attribute, name="value", column=past.value, nullable=True, history=None)
                    own = {"value": value}
                    found[name] = EventTable(
                        name, entity.name, past.table, past.key, past.at, past.time, own, past.id, span=attribute.span
                    )
        return found

    def rows_of(self, name: str) -> EventTable:
        """Give the table behind the name of an event, or of a history (``customer.plan``); raises KeyError."""
        return self.events[name] if name in self.events else self.histories()[name]

    def relation(self, name: str) -> Relation | None:
        """Give the relation of that name, or the entity whose declared parent counts it; None for neither."""
        if name in self.relations:
            return self.relations[name]
        entity = self.entities.get(name)
        if entity is None or entity.parent is None:
            return None
        at = entity.parent
        return Relation(
            name, at.entity, entity.table, at.column, entity.attributes, {}, entity.plural, name, entity.key, True
        )


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column as the database describes it. ``type`` is one of the words of :class:`Type`, "" when none fits.

    ``spelled`` is the engine's own spelling (``VARCHAR(80)``), printed where no type fits.
    """

    name: str
    type: str
    nullable: bool = True
    spelled: str = ""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table or view as the database describes it: what ``orc schema pull`` drafts from.

    ``foreign_keys`` are (column, other table, other column) in the same database. ``rows`` is a count or an
    estimate, None when nobody asked. ``samples`` maps a column to a few distinct values as text, which never
    leave the machine: they only decide about formats and closed lists.
    """

    name: str
    columns: tuple[ColumnInfo, ...]
    schema: str | None = None
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
    rows: int | None = None
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
