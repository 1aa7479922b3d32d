"""``campaigns/schema.yml``: which tables hold the people, what they did, and what they allowed."""

from __future__ import annotations

import re

from orchestrator.language.schema_columns import column, table, time_format
from orchestrator.language.schema_keys import (
    BUILT_IN,
    LATER,
    ConsentKeys,
    EntityKeys,
    EventKeys,
    ParentKeys,
    RelationKeys,
    SchemaKeys,
)
from orchestrator.language.shapes import Reading, read
from orchestrator.language.yaml import Document
from orchestrator.model.diagnostic import Diagnostic, Related, Span
from orchestrator.model.schema import (
    ConsentTable,
    Entity,
    EventTable,
    Parent,
    Relation,
    Schema,
    TimeFormat,
    Type,
)
from orchestrator.model.suggest import closest


def read_schema(document: Document, problems: list[Diagnostic], currency: str) -> tuple[Schema, list[Diagnostic]]:
    """Give the schema and what is wrong with the file; ``currency`` is that of money which names none."""
    reading = read(SchemaKeys, document, problems, LATER)
    keys = reading.shape
    if keys is None:
        return Schema({}, {}), reading.problems
    if not keys.entities and not reading.lost("entities"):
        reading.add(reading.key_span("entities"), "E002", "there is no entity", "describe the table of your customers")
    entities = {name: _entity(reading, name, given, currency, keys) for name, given in keys.entities.items()}
    events = {name: _event(reading, name, given, currency, list(entities)) for name, given in keys.events.items()}
    relations = {
        name: _relation(reading, name, given, currency, list(entities)) for name, given in keys.relations.items()
    }
    _names(reading, keys)
    return Schema(entities, events, _consent(reading, keys.consent), relations), reading.problems


def _entity(reading: Reading[SchemaKeys], name: str, keys: EntityKeys, currency: str, all_: SchemaKeys) -> Entity:
    at = ("entities", name)
    attributes = {
        word: column(reading, (*at, "attributes", word), given, currency, TimeFormat())
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
        table=table(keys.table),
        key=keys.key,
        attributes=attributes,
        zone=attributes[keys.zone].column if keys.zone in attributes else keys.zone,
        addresses={channel: target for channel, target in keys.addresses.items() if target in attributes},
        title=keys.title,
        parent=_parent(reading, at, keys.parent, all_),
        plural=keys.plural,
        span=reading.key_span(*at),
    )


def _no_attribute(reading: Reading[SchemaKeys], loc: tuple[str, ...], owner: str, name: str, known: list[str]) -> None:
    near = closest(name, known, 1)
    help = near[0] if near else f"declare it under `attributes:` of {owner}"
    label = f"did you mean `{near[0]}`?" if near else ""
    reading.add(reading.span(*loc), "E224", f"{owner} has no attribute `{name}`", help, label=label)


def _event(reading: Reading[SchemaKeys], name: str, keys: EventKeys, currency: str, entities: list[str]) -> EventTable:
    at = ("events", name)
    if keys.of is not None and keys.of not in entities:
        _no_entity(reading, (*at, "of"), keys.of, entities)
    time = time_format(keys.format, keys.zone)
    properties = {
        word: column(reading, (*at, "properties", word), given, currency, time)
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
        table=table(keys.table),
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


def _parent(
    reading: Reading[SchemaKeys], at: tuple[str, ...], keys: ParentKeys | None, all_: SchemaKeys
) -> Parent | None:
    if keys is None:
        return None
    if keys.entity not in all_.entities:
        _no_entity(reading, (*at, "parent", "entity"), keys.entity, list(all_.entities))
        return None
    return Parent(keys.name or keys.entity, keys.column, keys.entity, reading.key_span(*at, "parent"))


def _no_entity(reading: Reading[SchemaKeys], loc: tuple[str, ...], name: str, entities: list[str]) -> None:
    if reading.lost("entities", name):
        return
    near = closest(name, entities, 1)
    label = f"did you mean `{near[0]}`?" if near else ""
    reading.add(reading.span(*loc), "E225", f"there is no entity `{name}`", *near, label=label)


def _relation(
    reading: Reading[SchemaKeys], name: str, keys: RelationKeys, currency: str, entities: list[str]
) -> Relation:
    at = ("relations", name)
    for key, given in (("of", keys.of), ("entity", keys.entity)):
        if given is not None and given not in entities:
            _no_entity(reading, (*at, key), given, entities)
    if keys.entity is not None and keys.ref is None:
        message = f"`{name}` does not say which column holds the key of `{keys.entity}`"
        reading.add(reading.key_span(*at, "entity"), "E002", message, "ref: …")
    if keys.entity is None and keys.ref is not None:
        message = "`ref` is the column that holds the key of another entity"
        reading.add(reading.key_span(*at, "ref"), "E023", message, "entity: …")
    time = time_format(keys.format, keys.zone)
    leads = keys.entity in entities and keys.ref is not None
    return Relation(
        name=name,
        entity=keys.of if keys.of in entities else (entities[0] if entities else ""),
        table=table(keys.table),
        key=keys.key,
        properties={
            word: column(reading, (*at, "properties", word), given, currency, time)
            for word, given in keys.properties.items()
        },
        where={each: _constant(reading, (*at, "where", each), value) for each, value in keys.where.items()},
        plural=keys.plural,
        to=keys.entity if leads else None,
        ref=keys.ref if leads else None,
        title=keys.title,
        span=reading.key_span(*at),
    )


def _constant(reading: Reading[SchemaKeys], loc: tuple[str, ...], value: str) -> str | int:
    node = reading.node(*loc)
    quoted = getattr(node, "style", "") != ""
    return int(value) if not quoted and re.fullmatch(r"-?(0|[1-9][0-9]*)", value) else value


def _names(reading: Reading[SchemaKeys], keys: SchemaKeys) -> None:
    """Report a relation or a plural whose name something else has: sentences call both by name."""
    taken: dict[str, tuple[str, ...]] = {name: ("entities", name) for name in keys.entities}
    plurals: list[tuple[str | None, tuple[str, ...]]] = []
    for kind, named in (("events", keys.events), ("relations", keys.relations)):
        for name in named:
            if kind == "relations" or name not in taken:
                _take(reading, taken, name, (kind, name), reading.key_span(kind, name))
    for kind, many in (("entities", keys.entities), ("events", keys.events), ("relations", keys.relations)):
        plurals += [(given.plural, (kind, name)) for name, given in many.items()]
    for plural, at in plurals:
        if plural is not None and taken.get(plural) != at:
            _take(reading, taken, plural, (*at, "plural"), reading.span(*at, "plural"))


def _take(
    reading: Reading[SchemaKeys], taken: dict[str, tuple[str, ...]], name: str, at: tuple[str, ...], place: Span
) -> None:
    other = taken.setdefault(name, at)
    if other == at:
        return
    where = reading.span(*other) if other[-1] == "plural" else reading.key_span(*other)
    help = "choose another plural, or leave it out" if at[-1] == "plural" else "give it another name"
    related = (Related(where, "taken here"),)
    reading.problems.append(Diagnostic(place, "E227", f"`{name}` is taken", help=(help,), related=related))


def _consent(reading: Reading[SchemaKeys], keys: ConsentKeys | None) -> ConsentTable | None:
    if keys is None:
        return None
    return ConsentTable(
        table=table(keys.table),
        key=keys.key,
        channel=keys.channel,
        topic=keys.topic,
        granted=keys.granted,
        at=keys.at,
        time=time_format(keys.format, keys.zone),
        id=keys.id,
        granted_values=tuple(keys.granted_values),
        span=reading.key_span("consent"),
    )
