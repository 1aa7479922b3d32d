"""Rows as the schema describes them: raw cells become texts, exact numbers, days and instants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.model.messages import OURS
from orchestrator.model.people import canonical_id
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Field, Relation, Schema, TimeFormat, Type
from reference import clock, related, versions

Raw = Mapping[str, Any]
Tables = Mapping[str, Sequence[Raw]]


@dataclass
class Happening:
    """One event of one person. ``nth`` and ``since_previous`` count over all events of the name up to ``as_of``."""

    at: dt.datetime
    id: Any
    values: dict[str, Any]
    nth: int | None = None
    since_previous: Fraction | None = None


@dataclass
class Somebody:
    """One person with all that is known, unknown values are None."""

    id: str
    values: dict[str, Any]
    zone: ZoneInfo
    events: dict[str, list[Happening]] = field(default_factory=dict)
    histories: dict[str, list[Happening]] = field(default_factory=dict)
    related: dict[str, list[related.Row]] = field(default_factory=dict)
    parent: Any = None
    consents: dict[tuple[str, str], list[tuple[Any, Any, bool]]] = field(default_factory=dict)


def moment(raw: Any, how: TimeFormat) -> dt.datetime | None:
    """Read an instant: what carries no zone is read in the zone that the schema states (A51)."""
    if raw is None:
        return None
    if how.kind == "epoch":
        return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(seconds=raw)
    if how.kind == "epoch_ms":
        return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=raw)
    if how.kind == "pattern":
        raw = dt.datetime.strptime(str(raw), how.pattern)
    elif isinstance(raw, str):
        raw = dt.datetime.fromisoformat(raw)
    elif not isinstance(raw, dt.datetime):
        raw = dt.datetime.combine(raw, dt.time())
    if raw.tzinfo is not None:
        return raw.astimezone(dt.UTC)
    return clock.instant(raw, ZoneInfo(how.zone))


def day(raw: Any, how: TimeFormat) -> dt.date | None:
    """Read a date."""
    if raw is None:
        return None
    if how.kind == "pattern":
        return dt.datetime.strptime(str(raw), how.pattern).date()
    if isinstance(raw, str):
        return dt.date.fromisoformat(raw[:10])
    return raw.date() if isinstance(raw, dt.datetime) else raw


def cell(raw: Any, column: Field) -> Any:
    """Give the typed value of one cell, or of its place in JSON."""
    if column.path or column.type is Type.LIST:
        found = related.inside(related.document(raw), column.path)
        if column.type is Type.LIST:
            return related.entries(found, column, entry)
        raw = related.fitting(found, column)
    return entry(raw, column)


def entry(raw: Any, column: Field) -> Any:
    """Give the typed value of what stands in no document of its own."""
    if column.type is Type.LIST:
        return related.entries(raw, column, entry)
    if raw is None:
        return None
    if column.type is Type.TIMESTAMP:
        return moment(raw, column.time)
    if column.type is Type.DATE:
        return day(raw, column.time)
    if column.type is Type.BOOL:
        return bool(raw)
    if column.type is Type.VERSION:
        return versions.version(str(raw))
    if column.type is Type.TEXT:
        return str(raw)
    number = Fraction(Decimal(str(raw)))
    if column.type is Type.MONEY and column.minor:
        number /= 100
    return number


def field_of(raw: Raw, column: Field) -> Any:
    """Give the typed value of a field; a place is its two coordinates, if both are there and possible."""
    if column.type is not Type.PLACE:
        return cell(raw[column.column], column)
    both = raw[column.column], raw[column.longitude]
    if None in both or abs(both[0]) > 90 or abs(both[1]) > 180:
        return None
    return tuple(Fraction(Decimal(str(each))) for each in both)


def people(schema: Schema, entity: Entity, tables: Tables, as_of: dt.datetime, project_zone: str) -> list[Somebody]:
    """Give everybody of an entity with their events and consents."""
    everybody: dict[Any, Somebody] = {}
    for raw in tables.get(str(entity.table), ()):
        key = raw[entity.key]
        values = {name: field_of(raw, column) for name, column in entity.attributes.items()}
        zone = None
        if entity.zone is not None:
            zone = values[entity.zone] if entity.zone in values else raw[entity.zone]
        everybody[key] = Somebody(canonical_id(key), values, clock.zone_of(zone, project_zone))
        everybody[key].parent = None if entity.parent is None else raw[entity.parent.column]
    for relation in related.relations(schema, entity.name):
        _related(relation, tables, everybody)
    for name, source in schema.histories().items():
        if source.entity == entity.name:
            _events(name, source, tables, everybody, as_of)
            for somebody in everybody.values():
                somebody.histories[name.split(".")[1]] = somebody.events.pop(name)
    for name, source in schema.events.items():
        if source.entity == entity.name:
            _events(name, source, tables, everybody, as_of)
    if schema.consent is not None and entity is schema.first:
        _consents(schema.consent, tables, everybody, as_of)
    return list(everybody.values())


def _events(name: str, source: EventTable, tables: Tables, everybody: dict[Any, Somebody], as_of: dt.datetime) -> None:
    for somebody in everybody.values():
        somebody.events[name] = []
    known: dict[Any, Somebody] = everybody
    if name in OURS:  # our own records hold canonical texts, whatever the key is
        known = {somebody.id: somebody for somebody in everybody.values()}
    for raw in tables.get(str(source.table), ()):
        if raw[source.key] not in known or any(raw[column] != value for column, value in source.where.items()):
            continue
        at = moment(raw[source.at], source.time)
        if at is None or at >= as_of:
            continue
        values = {prop: field_of(raw, column) for prop, column in source.properties.items()}
        if "clicked" in values and name in OURS:
            clicked = moment(raw["clicked_at"], source.time)
            values["clicked"] = clicked is not None and clicked < as_of
        known[raw[source.key]].events[name].append(Happening(at, raw[source.id] if source.id else 0, values))
    for somebody in everybody.values():
        found = somebody.events[name]
        found.sort(key=lambda happening: (happening.at, happening.id))
        for index, happening in enumerate(found):
            happening.nth = index + 1
            if index:
                seconds = Fraction((happening.at - found[index - 1].at) // dt.timedelta(microseconds=1), 1_000_000)
                happening.since_previous = seconds / 86_400


def _related(source: Relation, tables: Tables, everybody: dict[Any, Somebody]) -> None:
    for somebody in everybody.values():
        somebody.related[source.name] = []
    for raw in tables.get(str(source.table), ()):
        if raw[source.key] in everybody and all(raw[column] == value for column, value in source.where.items()):
            values = {prop: cell(raw[column.column], column) for prop, column in source.properties.items()}
            ref = raw[source.ref] if source.ref else None
            lists = frozenset(n for n, column in source.properties.items() if column.type is Type.LIST)
            everybody[raw[source.key]].related[source.name].append(related.Row(values, ref, lists))


def _consents(source: ConsentTable, tables: Tables, everybody: dict[Any, Somebody], as_of: dt.datetime) -> None:
    for raw in tables.get(str(source.table), ()):
        if raw[source.key] not in everybody:
            continue
        at = moment(raw[source.at], source.time) if source.at else None
        if source.at and (at is None or at >= as_of):
            continue
        granted = raw[source.granted]
        yes = granted in source.granted_values if source.granted_values else granted in (True, 1)
        rows = everybody[raw[source.key]].consents.setdefault((raw[source.channel], raw[source.topic]), [])
        rows.append((at, raw[source.id] if source.id else 0, yes))
        rows.sort(key=lambda row: (row[0] or as_of, row[1]))
