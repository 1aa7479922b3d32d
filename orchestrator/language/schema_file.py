"""``campaigns/schema.yml``: which tables hold the people, what they did, and what they allowed."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.kinds import Currency, Text, Word, Yes
from orchestrator.language.shapes import Keys, Reading, read
from orchestrator.language.yaml import Document
from orchestrator.model.diagnostic import Diagnostic, Related
from orchestrator.model.schema import ConsentTable, Entity, EventTable, History, Schema, Table, TimeFormat, Type
from orchestrator.model.schema import Field as Column
from orchestrator.model.suggest import closest

_PATH = "values inside JSON; give the value a column of its own in a view"
_PARENT = "entities above entities, such as accounts of users"

LATER = {
    "relations": "rows that belong to a person without being an event, such as subscriptions",
    "periods": "named stretches of time such as sale weeks",
    "entities.*.parent": _PARENT,
    "entities.*.history": "the history of a whole entity; write `history:` at the attribute",
    "entities.*.where": "entities that are a part of a table; make a view",
    "entities.*.loaded_at": "when a row arrived, which a replay needs to be exact",
    "events.*.loaded_at": "when a row arrived, which a replay needs to be exact",
    "entities.*.plural": "plurals of entities",
    "entities.*.attributes.*.path": _PATH,
    "entities.*.attributes.*.lat": "places; declare latitude and longitude as two decimals",
    "entities.*.attributes.*.lon": "places; declare latitude and longitude as two decimals",
    "entities.*.attributes.*.purpose": "for what an attribute may be used; write it under `tags:`",
    "events.*.properties.*.path": _PATH,
    "events.*.properties.*.history": "the history of a property; events do not change",
    "consent.purpose": "the legal purpose of a consent",
}
TYPES = [kind.value for kind in Type]
TYPES_LATER = ["list", "json", "geo", "list(text)", "list(int)", "object"]
TYPES_ELSEWHERE = {
    "string": "text", "str": "text", "varchar": "text", "char": "text", "uuid": "text", "enum": "text",
    "integer": "int", "bigint": "int", "smallint": "int", "number": "decimal", "numeric": "decimal",
    "float": "decimal", "double": "decimal", "real": "decimal", "boolean": "bool", "datetime": "timestamp",
    "timestamptz": "timestamp", "time": "timestamp", "currency": "money", "price": "money",
}  # fmt: skip
FORMATS = ("native", "iso", "iso_t", "epoch", "epoch_ms")
BUILT_IN = ("happened_at", "nth", "days_since_previous")


def _type(value: Any) -> str:
    given = kinds.text(value)
    elsewhere = TYPES_ELSEWHERE.get(given.lower().split("(")[0])
    if elsewhere and given not in TYPES:
        kinds.wrong("E006", f"`{given}` is not a type here", "write " + elsewhere, write=elsewhere)
    return str(kinds.choice("type", TYPES, TYPES_LATER).func(value))


def _format(value: Any) -> str:
    given = kinds.text(value)
    if "%" in given:
        signs = re.findall(r"%(.?)", given)
        order = [sign for sign in signs if sign in "YmdHMS"]
        if not signs or order != signs or order != list("YmdHMS")[: len(order)] or order[:3] != list("Ymd"):
            kinds.wrong(
                "E010",
                f"`{given}` does not sort by time",
                "a pattern goes from the year down: %Y%m%d, %Y-%m-%d, %Y/%m/%d %H:%M:%S",
            )
        return given
    return str(kinds.choice("format of time", FORMATS).func(value))


TimeText = Annotated[str, PlainValidator(_format)]


def _short(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class HistoryKeys(Keys):
    """The table of an attribute's former values."""

    table: Annotated[Text, Field(examples=["table: plan_history"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    value: Annotated[Text, Field(examples=["value: plan"])]
    at: Annotated[Text, Field(examples=["at: changed_at"])]
    id: Text | None = None
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"


class FieldKeys(Keys):
    """An attribute or a property."""

    type: Annotated[str, PlainValidator(_type), Field(examples=["type: text"])]
    column: Text | None = None
    values: list[Text] = Field(default_factory=list)
    nullable: Yes = True
    currency: Currency | None = None
    currency_column: Text | None = None
    minor: Yes = False
    zone: kinds.Zone | None = None
    format: TimeText | None = None
    tags: Annotated[list[Word], kinds.OneOrMore] = Field(default_factory=list)
    title: Text = ""


ShortField = Annotated[FieldKeys, BeforeValidator(_short)]


class AttributeKeys(FieldKeys):
    """An attribute, of which former values may be known."""

    history: HistoryKeys | None = None


ShortAttribute = Annotated[AttributeKeys, BeforeValidator(_short)]


class EntityKeys(Keys):
    """A table of people or things."""

    table: Annotated[Text, Field(examples=["table: customers"])]
    key: Annotated[Text, Field(examples=["key: id"])]
    zone: Text | None = None
    addresses: dict[Word, Text] = Field(default_factory=dict)
    attributes: Annotated[dict[Word, ShortAttribute], Field(examples=["attributes:"])]
    title: Text = ""


class EventKeys(Keys):
    """A table of things that people did."""

    table: Annotated[Text, Field(examples=["table: orders"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    at: Annotated[Text, Field(examples=["at: ordered_at"])]
    id: Text | None = None
    of: Word | None = None
    where: dict[Text, Text] = Field(default_factory=dict)
    properties: dict[Word, ShortField] = Field(default_factory=dict)
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"
    plural: Word | None = None
    title: Text = ""


class ConsentKeys(Keys):
    """The table of consents."""

    table: Annotated[Text, Field(examples=["table: consents"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    channel: Annotated[Text, Field(examples=["channel: channel"])]
    topic: Annotated[Text, Field(examples=["topic: topic"])]
    granted: Annotated[Text, Field(examples=["granted: granted"])]
    granted_values: Annotated[list[Text], kinds.OneOrMore] = Field(default_factory=list)
    at: Text | None = None
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"
    id: Text | None = None


class SchemaKeys(Keys):
    """All keys of the file."""

    entities: Annotated[dict[Word, EntityKeys], Field(examples=["entities:"])]
    events: dict[Word, EventKeys] = Field(default_factory=dict)
    consent: ConsentKeys | None = None


def read_schema(document: Document, problems: list[Diagnostic], currency: str) -> tuple[Schema, list[Diagnostic]]:
    """Give the schema and what is wrong with the file; ``currency`` is that of money which names none."""
    reading = read(SchemaKeys, document, problems, LATER)
    keys = reading.shape
    if keys is None:
        return Schema({}, {}), reading.problems
    if not keys.entities and not reading.lost("entities"):
        reading.add(reading.key_span("entities"), "E002", "there is no entity", "describe the table of your customers")
    entities = {name: _entity(reading, name, given, currency) for name, given in keys.entities.items()}
    events = {name: _event(reading, name, given, currency, list(entities)) for name, given in keys.events.items()}
    _plurals(reading, keys)
    return Schema(entities, events, _consent(reading, keys.consent)), reading.problems


def _table(text: str) -> Table:
    schema, dot, name = text.partition(".")
    return Table(name, schema) if dot else Table(text)


def _time(format: str, zone: str) -> TimeFormat:
    return TimeFormat("pattern", zone, format) if "%" in format else TimeFormat(format, zone)


def _column(
    reading: Reading[SchemaKeys], loc: tuple[str, ...], keys: FieldKeys, currency: str, time: TimeFormat
) -> Column:
    kind = Type(keys.type)
    misplaced = {
        "values": bool(keys.values) and kind is not Type.TEXT,
        "currency": keys.currency is not None and kind is not Type.MONEY,
        "currency_column": keys.currency_column is not None and kind is not Type.MONEY,
        "minor": keys.minor and kind is not Type.MONEY,
        "zone": keys.zone is not None and kind is not Type.TIMESTAMP,
        "format": keys.format is not None and not kind.is_time,
    }
    for key, is_wrong in misplaced.items():
        if is_wrong:
            reading.add(reading.key_span(*loc, key), "E023", f"`{key}` means nothing for type {kind}", "take it out")
    if keys.currency is not None and keys.currency_column is not None:
        at = reading.key_span(*loc, "currency_column")
        reading.add(at, "E023", "`currency` and `currency_column` exclude each other", "keep one of them")
    doubled = {value for value in keys.values if keys.values.count(value) > 1}
    for value in sorted(doubled):
        reading.add(reading.key_span(*loc, "values"), "E023", f"`{value}` is listed twice", "keep one of them")
    if kind.is_time and (keys.format is not None or keys.zone is not None):
        time = _time(keys.format or (time.pattern or time.kind), keys.zone or time.zone)
    elif kind is Type.DATE:
        time = TimeFormat()
    fixed = None
    if kind is Type.MONEY and keys.currency_column is None:
        fixed = keys.currency or currency
    return Column(
        name=loc[-1],
        type=kind,
        column=keys.column or loc[-1],
        nullable=keys.nullable,
        values=tuple(keys.values),
        currency=fixed,
        currency_column=keys.currency_column,
        minor=keys.minor,
        time=time,
        tags=tuple(keys.tags),
        title=keys.title,
        history=_history(reading, loc, keys, kind),
        span=reading.key_span(*loc),
    )


def _history(reading: Reading[SchemaKeys], loc: tuple[str, ...], keys: FieldKeys, kind: Type) -> History | None:
    past = getattr(keys, "history", None)
    if not isinstance(past, HistoryKeys):
        return None
    if kind.is_time or (kind is Type.MONEY and keys.currency_column is not None):
        words = "money of several currencies" if kind is Type.MONEY else f"a {kind}"
        reading.add(reading.key_span(*loc, "history"), "E023", f"the history of {words} cannot be asked", "take it out")
        return None
    return History(_table(past.table), past.key, past.value, past.at, _time(past.format, past.zone), past.id)


def _entity(reading: Reading[SchemaKeys], name: str, keys: EntityKeys, currency: str) -> Entity:
    at = ("entities", name)
    attributes = {
        word: _column(reading, (*at, "attributes", word), given, currency, TimeFormat())
        for word, given in keys.attributes.items()
    }
    for channel, target in keys.addresses.items():
        loc = (*at, "addresses", channel)
        if target not in attributes:
            if reading.lost(*at, "attributes"):
                continue
            _no_attribute(reading, loc, name, target, list(attributes))
        elif attributes[target].type is not Type.TEXT:
            reading.add(reading.span(*loc), "E023", f"`{target}` is not a text", "name an attribute of type text")
    return Entity(
        name=name,
        table=_table(keys.table),
        key=keys.key,
        attributes=attributes,
        zone=attributes[keys.zone].column if keys.zone in attributes else keys.zone,
        addresses={channel: target for channel, target in keys.addresses.items() if target in attributes},
        title=keys.title,
        span=reading.key_span(*at),
    )


def _no_attribute(reading: Reading[SchemaKeys], loc: tuple[str, ...], owner: str, name: str, known: list[str]) -> None:
    near = closest(name, known, 1)
    help = near[0] if near else f"declare it under `attributes:` of {owner}"
    label = f"did you mean `{near[0]}`?" if near else ""
    reading.add(reading.span(*loc), "E224", f"{owner} has no attribute `{name}`", help, label=label)


def _event(reading: Reading[SchemaKeys], name: str, keys: EventKeys, currency: str, entities: list[str]) -> EventTable:
    at = ("events", name)
    if keys.of is not None and keys.of not in entities and not reading.lost("entities", keys.of):
        near = closest(keys.of, entities, 1)
        label = f"did you mean `{near[0]}`?" if near else ""
        reading.add(reading.span(*at, "of"), "E225", f"there is no entity `{keys.of}`", *near, label=label)
    time = _time(keys.format, keys.zone)
    properties = {
        word: _column(reading, (*at, "properties", word), given, currency, time)
        for word, given in keys.properties.items()
    }
    for word in BUILT_IN:
        if word in properties:
            place = reading.key_span(*at, "properties", word)
            reading.add(place, "E226", f"every event has `{word}` already", f"{word}_: {{type: …, column: {word}}}")
            del properties[word]
    return EventTable(
        name=name,
        entity=keys.of if keys.of in entities else (entities[0] if entities else ""),
        table=_table(keys.table),
        key=keys.key,
        at=keys.at,
        time=time,
        properties=properties,
        id=keys.id,
        where={column: _constant(reading, (*at, "where", column), value) for column, value in keys.where.items()},
        plural=keys.plural,
        title=keys.title,
        span=reading.key_span(*at),
    )


def _constant(reading: Reading[SchemaKeys], loc: tuple[str, ...], value: str) -> str | int:
    node = reading.node(*loc)
    quoted = getattr(node, "style", "") != ""
    return int(value) if not quoted and re.fullmatch(r"-?(0|[1-9][0-9]*)", value) else value


def _plurals(reading: Reading[SchemaKeys], keys: SchemaKeys) -> None:
    taken: dict[str, tuple[str, ...]] = {name: ("events", name) for name in keys.events}
    for name, event in keys.events.items():
        if event.plural is None:
            continue
        other = taken.get(event.plural)
        if other is not None and other != ("events", name):
            reading.problems.append(
                Diagnostic(
                    reading.span("events", name, "plural"),
                    "E227",
                    f"`{event.plural}` is taken",
                    help=("choose another plural, or leave it out",),
                    related=(Related(reading.key_span(*other), "taken here"),),
                )
            )
        taken.setdefault(event.plural, ("events", name, "plural"))


def _consent(reading: Reading[SchemaKeys], keys: ConsentKeys | None) -> ConsentTable | None:
    if keys is None:
        return None
    return ConsentTable(
        table=_table(keys.table),
        key=keys.key,
        channel=keys.channel,
        topic=keys.topic,
        granted=keys.granted,
        at=keys.at,
        time=_time(keys.format, keys.zone),
        id=keys.id,
        granted_values=tuple(keys.granted_values),
        span=reading.key_span("consent"),
    )
