"""A small database in memory, typed by the schema and filled from the rows of a workspace's test: ``orc test``.

It is SQLite with the functions that statements need; the columns are the schema's, each in the form it declares.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql import quoted_name

from orchestrator.compile.dialects import prepare
from orchestrator.compile.moments import stored
from orchestrator.compile.names import entity_name
from orchestrator.model.calendar import in_zone
from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.homes import TOGETHER
from orchestrator.model.messages import CLICKED_AT, ENTERED, MESSAGES, RECEIVED
from orchestrator.model.money import digits
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Field, Relation, Schema, Table, Type
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Given, Nested, TestCase, Workspace


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of each table by column, and what could not be read."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    diagnostics: tuple[Diagnostic, ...]


def memory_tables(schema: Schema) -> sa.MetaData:
    """Give every table that a schema speaks of, for SQLite. Keys and texts are text, so ids stay as written."""
    metadata = sa.MetaData()
    for name, fields in _columns(schema).items():
        columns = [sa.Column(quoted_name(column, True), _type(field)) for column, field in fields.items()]
        sa.Table(quoted_name(name, True), metadata, *columns)
    return metadata


def load_rows(workspace: Workspace, case: TestCase) -> Loaded:
    """Give a test's people, events and consents as rows of those tables; instants without an offset are local."""
    reader = _Reader(workspace)
    schema = workspace.schema
    tested = workspace.definitions.get(case.segment.partition(".")[0])
    entity = schema.first if tested is None else schema.entities.get(entity_name(tested, workspace), schema.first)
    for given in case.people:
        reader.put(entity.table, _of_entity(entity), given)
    for name, rows in case.events.items():
        table = workspace.known.events.get(name)
        for given in rows:
            if table is None:
                reader.unknown(given.span, f"there is no event `{name}`", name, [*schema.events, *MESSAGES])
                break
            reader.put(table.table, _of_event(table), given, dict(table.where), numbered=table.id)
    changes = workspace.known.events[ENTERED]
    for given in case.membership:
        names = {**_of_event(changes), "change": Field("change", Type.TEXT, "change")}
        reader.put(changes.table, names, given, numbered=changes.id)
        change = given.values.get("change")
        if change not in ("entered", "left"):
            problem = f"a change of membership is `entered` or `left`, not `{change}`"
            reader.problems.append(Diagnostic(given.span, "E319", problem, ("change: entered", "change: left")))
    for row in reader.rows.get(RECEIVED, ()):
        row[CLICKED_AT] = row.get("at") if row.get(CLICKED_AT) else None
    for name, rows in case.history.items():
        past = schema.histories().get(f"{entity.name}.{name}")
        for given in rows:
            if past is None:
                stated = tuple(key.removeprefix(f"{entity.name}.") for key in schema.histories())
                reader.unknown(given.span, f"the schema states no history of `{name}`", name, stated)
                break
            names = _of_event(past)
            column = past.properties["value"].column
            reader.put(past.table, {**names, column: names["value"]}, given, numbered=past.id)
    for name, rows in case.relations.items():
        relation = schema.relations.get(name)
        other = schema.entities.get(name)
        for given in rows:
            if relation is not None:
                reader.put(relation.table, _of_relation(relation), given, dict(relation.where))
            elif other is not None:
                reader.put(other.table, _of_entity(other), given)
            else:
                known = (*schema.relations, *schema.entities)
                reader.unknown(given.span, f"there is no relation and no entity `{name}`", name, known)
                break
    for given in case.consents:
        if schema.consent is None:
            reader.unknown(given.span, "the schema declares no consent table", "", ())
            break
        reader.put(schema.consent.table, _of_consent(schema.consent), given, numbered=schema.consent.id)
    return Loaded(reader.rows, tuple(reader.problems))


@contextmanager
def memory(workspace: Workspace, loaded: Loaded) -> Iterator[Connection]:
    """Give a connection to a database in memory that holds the rows; it is gone afterwards."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    try:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            prepare("sqlite", driver)
            connection = connection.execution_options(**{TOGETHER: True})
            schema = workspace.known
            for place in {t.schema for t in _tables(schema) if t.schema is not None}:
                connection.exec_driver_sql(f"attach ':memory:' as {engine.dialect.identifier_preparer.quote(place)}")
            metadata = memory_tables(schema)
            by_name = {str(t): t for t in _tables(schema)}
            for name, table in metadata.tables.items():
                table.name, table.schema = quoted_name(by_name[name].name, True), by_name[name].schema
            metadata.create_all(connection, checkfirst=False)
            for name, table in metadata.tables.items():
                rows = loaded.rows.get(name)
                if rows:
                    connection.execute(sa.insert(table), [{**dict.fromkeys(table.c.keys()), **row} for row in rows])
            yield connection
    finally:
        engine.dispose()


class _Reader:
    """Turns the texts of a test into the values that columns hold."""

    def __init__(self, workspace: Workspace) -> None:
        self.zone = workspace.project.zone
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.problems: list[Diagnostic] = []

    def put(
        self,
        table: Table,
        names: Mapping[str, Field],
        given: Given,
        fixed: Mapping[str, Any] | None = None,
        numbered: str | None = None,
    ) -> None:
        """Add one row."""
        row: dict[str, Any] = dict(fixed or {})
        rows = self.rows.setdefault(str(table), [])
        for name, text in given.values.items():
            field = names.get(name)
            if field is None:
                self.unknown(given.span, f"`{table}` has no column for `{name}`", name, names)
                continue
            try:
                row[field.column] = self.value(text, field)
            except (ValueError, InvalidOperation):
                message = f"`{text}` is not a value of type {field.type.value} (`{name}`)"
                self.problems.append(Diagnostic(given.span, "E319", message))
        if numbered is not None:
            row.setdefault(numbered, len(rows) + 1)
        rows.append(row)

    def unknown(self, span: Span, message: str, name: str, known: Any) -> None:
        """Note an unknown name."""
        self.problems.append(Diagnostic(span, "E202", message, tuple(closest(name, known))))

    def value(self, text: str | None, field: Field) -> Any:
        """Give the value of a text as the column holds it."""
        if text is None:
            return None
        if field.type is Type.LIST or field.path:
            json.loads(text)
            return str(text)
        if isinstance(text, Nested):
            raise ValueError(text)
        if field.type is Type.INT:
            return int(text.replace("_", ""))
        if field.type in (Type.DECIMAL, Type.MONEY):
            number = Decimal(text.split()[0].replace("_", ""))
            return int(number.scaleb(digits(field.currency))) if field.minor else float(number)
        if field.type is Type.BOOL:
            if text.lower() not in ("true", "false"):
                raise ValueError(text)
            return int(text.lower() == "true")
        if field.type is Type.DATE:
            return stored(dt.date.fromisoformat(text), field.time)
        if field.type is Type.TIMESTAMP:
            moment = dt.datetime.fromisoformat(text)
            moment = in_zone(moment, self.zone) if moment.tzinfo is None else moment.astimezone(dt.UTC)
            return stored(moment, field.time)
        return text


def _of_entity(entity: Entity) -> dict[str, Field]:
    found = {field.column: _column(field) for field in entity.attributes.values()}
    above = None if entity.parent is None else entity.parent.column
    for column in (entity.key, entity.zone, above):
        if column is not None:
            found.setdefault(column, Field(column, Type.TEXT, column))
    for field in entity.attributes.values():
        if field.currency_column is not None:
            found.setdefault(field.currency_column, Field("", Type.TEXT, field.currency_column))
    found |= _coordinates(entity.attributes)
    return {**found, **entity.attributes, entity.key: Field(entity.key, Type.TEXT, entity.key)}


def _of_relation(relation: Relation) -> dict[str, Field]:
    key = Field(relation.key, Type.TEXT, relation.key)
    found = {_column(field).column: _column(field) for field in relation.properties.values()}
    if relation.ref is not None:
        found[relation.ref] = Field(relation.ref, Type.TEXT, relation.ref)
    return {"key": key, **found, **relation.properties, relation.key: key}


def _column(field: Field) -> Field:
    """Give the column that holds a field: the document where the field lies inside one."""
    return Field(field.column, Type.LIST, field.column) if field.path or field.type is Type.LIST else field


def _coordinates(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Give the two columns of each place by their names: a test row writes them apart."""
    names = [(f.column, f.longitude) for f in fields.values() if f.longitude is not None]
    return {name: Field(name, Type.DECIMAL, name) for pair in names for name in pair}


def _of_event(event: EventTable) -> dict[str, Field]:
    at = Field(event.at, Type.TIMESTAMP, event.at, time=event.time)
    key = Field(event.key, Type.TEXT, event.key)
    found = {field.column: _column(field) for field in event.properties.values()}
    for field in event.properties.values():
        if field.currency_column is not None:
            found.setdefault(field.currency_column, Field("", Type.TEXT, field.currency_column))
    found |= {**event.properties, **_coordinates(event.properties)}
    if event.id is not None:
        found[event.id] = Field(event.id, Type.INT, event.id)
    return {"key": key, "at": at, "happened_at": at, **found, event.key: key, event.at: at}


def _of_consent(consent: ConsentTable) -> dict[str, Field]:
    kind = Type.TEXT if consent.granted_values else Type.BOOL
    key = Field(consent.key, Type.TEXT, consent.key)
    granted = Field("granted", kind, consent.granted)
    channel, topic = (Field(column, Type.TEXT, column) for column in (consent.channel, consent.topic))
    found = {"key": key, consent.key: key, "channel": channel, consent.channel: channel, "topic": topic}
    found |= {consent.topic: topic, "granted": granted, consent.granted: granted}
    if consent.at is not None:
        at = Field("at", Type.TIMESTAMP, consent.at, time=consent.time)
        found |= {"at": at, consent.at: at}
    if consent.id is not None:
        found[consent.id] = Field(consent.id, Type.INT, consent.id)
    return found


def _tables(schema: Schema) -> list[Table]:
    found = [entity.table for entity in schema.entities.values()]
    found += [event.table for event in {**schema.events, **schema.histories()}.values()]
    found += [relation.table for relation in schema.relations.values()]
    return found if schema.consent is None else [*found, schema.consent.table]


def _columns(schema: Schema) -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    sources = [(entity.table, _of_entity(entity)) for entity in schema.entities.values()]
    for event in {**schema.events, **schema.histories()}.values():
        fixed = {
            column: Field(column, Type.INT if isinstance(value, int) else Type.TEXT, column)
            for column, value in event.where.items()
        }
        sources.append((event.table, fixed | _of_event(event)))
    for relation in schema.relations.values():
        same = {
            column: Field(column, Type.INT if isinstance(value, int) else Type.TEXT, column)
            for column, value in relation.where.items()
        }
        sources.append((relation.table, same | _of_relation(relation)))
    if schema.consent is not None:
        sources.append((schema.consent.table, _of_consent(schema.consent)))
    for table, fields in sources:
        columns = found.setdefault(str(table), {})
        for field in fields.values():
            columns.setdefault(field.column, field)
    return found


def _type(field: Field) -> Any:
    if field.path:
        return sa.Text()
    if field.type.is_time:
        return sa.Integer() if field.time.kind in ("epoch", "epoch_ms") else sa.Text()
    if field.type in (Type.INT, Type.BOOL) or field.minor:
        return sa.Integer()
    return sa.Text() if field.type in (Type.TEXT, Type.VERSION, Type.LIST) else sa.Float()
