"""Which tables and columns ``schema.yml`` declares, by the names that SQL knows them by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestrator.model.schema import Field, Schema, Table


def declared(schema: Schema) -> dict[str, dict[str, frozenset[str]]]:
    """Give each table (dotted where it has a schema) with its columns, and what the language calls each column.

    A column that only joins or dates rows has the name of its event (``purchase``), or none.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for table, column, name in _all(schema):
        called = found.setdefault(str(table), {}).setdefault(column, set())
        if name is not None:
            called.add(name)
    return {table: {column: frozenset(names) for column, names in own.items()} for table, own in found.items()}


def _all(schema: Schema) -> Iterator[tuple[Table, str, str | None]]:
    for entity in schema.entities.values():
        above = None if entity.parent is None else entity.parent.column
        yield from _plain(entity.table, (entity.key, entity.zone, above), None)
        for attribute in entity.attributes.values():
            yield from _field(entity.table, attribute, attribute.name)
    for event in (*schema.events.values(), *schema.histories().values()):
        past = "." in event.name
        yield from _plain(event.table, (event.key, event.at, event.id, *event.where), None if past else event.name)
        for prop in event.properties.values():
            name = event.name.partition(".")[2] if past else f"{event.name}.{prop.name}"
            yield from _field(event.table, prop, name)
    for relation in schema.relations.values():
        yield from _plain(relation.table, (relation.key, relation.ref, *relation.where), relation.name)
        for prop in relation.properties.values():
            yield from _field(relation.table, prop, f"{relation.name}.{prop.name}")
    said = schema.consent
    if said is not None:
        yield from _plain(said.table, (said.key, said.channel, said.topic, said.granted, said.at, said.id), None)


def _plain(table: Table, columns: Iterable[str | None], name: str | None) -> Iterator[tuple[Table, str, str | None]]:
    for column in columns:
        if column is not None:
            yield table, column, name


def _field(table: Table, of: Field, name: str) -> Iterator[tuple[Table, str, str | None]]:
    for column in (of.column, of.longitude, of.currency_column):
        if column:
            yield table, column, name
