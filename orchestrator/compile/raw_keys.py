"""Whether the ids that the SQL of a segment gives can be people's keys, as far as schema.yml says what a column holds.

Ids are compared as canonical texts, so a key of numbers and the same numbers as texts are the same people. What is
no key would give an empty segment, or people by accident, without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.model.schema import Entity, Field, Schema, Type

IDS = (Type.TEXT, Type.INT)
"""What a key can be."""
WORDS = {Type.TEXT: "a text", Type.INT: "a number"}


def doubt(schema: Schema, entity: Entity, declared: str, column: tuple[str, str]) -> str | None:
    """Say why a column (table, name) holds no keys of an entity; None where it may."""
    table, name = column
    if (table, name) in set(_keys(schema)):
        return None
    own = [field for where, field in _fields(schema) if (where, field.column) == column and not field.path]
    if not own:
        return None
    field = own[0]
    key = next((f for f in entity.attributes.values() if f.column == entity.key and not f.path), None)
    said = f"`{name}`, which the SELECT gives as `id`,"
    if table == str(entity.table) and field.name in entity.addresses.values():
        return f"{said} is an address of a `{entity.name}`, not the key"
    if field.values:
        return f"{said} is one of {', '.join(field.values[:3])}{' …' if len(field.values) > 3 else ''}, and no key"
    if field.type not in IDS:
        return f"{said} is of type {field.type.value}, and no key"
    if key is not None and key.type in IDS and key.type is not field.type:
        return f"{said} is {WORDS[field.type]}, and the key of a `{entity.name}` is {WORDS[key.type]}"
    if field.type is Type.TEXT and declared == Type.INT.value:
        return f"{said} is {WORDS[field.type]} in schema.yml, and `id: {declared}` is declared here"
    return None


def key_of(schema: Schema, entity: Entity, table: str) -> str | None:
    """Give the column of a table that points at an entity."""
    if table == str(entity.table):
        return entity.key
    return next((e.key for e in schema.events.values() if str(e.table) == table and e.entity == entity.name), None)


def _keys(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the columns that are keys, or point at somebody."""
    for entity in schema.entities.values():
        yield str(entity.table), entity.key
        if entity.parent is not None:
            yield str(entity.table), entity.parent.column
    for event in (*schema.events.values(), *schema.histories().values()):
        yield str(event.table), event.key
    for relation in schema.relations.values():
        yield from ((str(relation.table), column) for column in (relation.key, relation.ref) if column is not None)
    if schema.consent is not None:
        yield str(schema.consent.table), schema.consent.key


def _fields(schema: Schema) -> Iterator[tuple[str, Field]]:
    for entity in schema.entities.values():
        yield from ((str(entity.table), field) for field in entity.attributes.values())
    for event in schema.events.values():
        yield from ((str(event.table), field) for field in event.properties.values())
    for relation in schema.relations.values():
        yield from ((str(relation.table), field) for field in relation.properties.values())
