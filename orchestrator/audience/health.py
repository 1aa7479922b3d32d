"""The warehouse looked at by a doctor: indexes that are missing, keys of two types, times and zones that look wrong.

Only reads. What a role may not see is passed over; whoever owns the tables runs the statements that are proposed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Inspector

from orchestrator.audience.layout import COLUMNAR, collation, disorder, indexed, indexes
from orchestrator.model.calendar import known_zone
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Schema, Table, TimeFormat
from orchestrator.model.symptom import Symptom

TIED = 0.01
"""The share of neighbouring events of one person at the very same moment from which their order is in doubt."""
SECONDS = 10**11
"""Whole numbers from here on are milliseconds: as seconds they lie after the year 5000."""


def examine(connection: Connection, schema: Schema, events: Sequence[str], as_of: dt.datetime) -> Iterator[Symptom]:
    """Yield what is wrong with the tables behind the entities and the named events, at ``as_of`` (UTC)."""
    body = _Body(connection, schema, as_of)
    read = [schema.events[name] for name in events]
    entities = list(dict.fromkeys([schema.first.name, *(event.entity for event in read)]))
    for name in entities:
        yield from body.entity(schema.entities[name])
    for event in read:
        yield from body.event(event)
    if schema.consent is not None:
        yield from body.consent(schema.consent)


class _Body:
    """One database while it is examined."""

    def __init__(self, connection: Connection, schema: Schema, as_of: dt.datetime) -> None:
        self.connection = connection
        self.schema = schema
        self.as_of = as_of
        self.dialect = connection.dialect.name
        self.inspector: Inspector = sa.inspect(connection)
        self.asked: set[tuple[Table, tuple[str, ...]]] = set()

    def entity(self, entity: Entity) -> Iterator[Symptom]:
        """Look at the table of people."""
        if not self._there(entity.table):
            yield _missing(entity.table)
            return
        yield from self._index(entity.table, (entity.key,))
        if entity.zone is not None:
            yield from self._zones(entity)

    def event(self, event: EventTable) -> Iterator[Symptom]:
        """Look at the table of one event."""
        if not self._there(event.table):
            yield _missing(event.table)
            return
        owner = self.schema.entities[event.entity]
        yield from self._index(event.table, (event.key, *event.where, event.at))
        yield from self._alike(owner, event.table, event.key)
        yield from self._order(event)
        yield from self._times(event)

    def consent(self, consent: ConsentTable) -> Iterator[Symptom]:
        """Look at the table of consents."""
        if not self._there(consent.table):
            yield _missing(consent.table)
            return
        columns = (consent.key, consent.channel, consent.topic, *([consent.at] if consent.at else []))
        yield from self._index(consent.table, columns)
        yield from self._alike(self.schema.first, consent.table, consent.key)

    # -------------------------------------------------------------- structure

    def _there(self, table: Table) -> bool:
        names = [*self.inspector.get_table_names(schema=table.schema), *self._views(table)]
        return table.name in names

    def _views(self, table: Table) -> list[str]:
        return self.inspector.get_view_names(schema=table.schema)

    def _index(self, table: Table, wanted: tuple[str, ...]) -> Iterator[Symptom]:
        """Yield the statement that makes an index which begins with these columns, unless there is one."""
        if self.dialect in COLUMNAR or table.name in self._views(table):
            return
        known = indexes(self.inspector, self.connection, table)
        if (table, wanted) in self.asked or any(_serves(columns, wanted) for columns in known):
            return
        self.asked.add((table, wanted))
        quote = self.connection.dialect.identifier_preparer.quote
        full = ".".join(quote(part) for part in (table.schema, table.name) if part)
        name = quote("_".join(("ix", table.name, *wanted))[:60])
        columns_ = ", ".join(indexed(self.connection, column, self._type(table, column)) for column in wanted)
        yield Symptom(
            "D101",
            str(table),
            f"`{table}` has no index that begins with {' and '.join(f'`{column}`' for column in wanted)}",
            f"CREATE INDEX {name} ON {full} ({columns_});",
        )

    def _order(self, event: EventTable) -> Iterator[Symptom]:
        """Look at the order of the rows, once for each table."""
        if (event.table, (event.at,)) not in self.asked and event.table.name not in self._views(event.table):
            self.asked.add((event.table, (event.at,)))
            yield from disorder(self.connection, event)

    def _alike(self, owner: Entity, table: Table, key: str) -> Iterator[Symptom]:
        """Yield a finding where a key has another kind of type than the key that it points at."""
        own, other = self._type(owner.table, owner.key), self._type(table, key)
        if own is None or other is None:
            return
        if _kind(own) == _kind(other):
            first, second = (collation(self.connection, *place) for place in ((owner.table, owner.key), (table, key)))
            if first == second:
                return
            own, other = f"of collation {first}", f"of collation {second}"
        yield Symptom(
            "D102",
            f"{table}.{key}",
            f"`{table}.{key}` is {other}, and `{owner.table}.{owner.key}`, which it points at, is {own}",
            "give both columns one type and one collation: the database cannot use an index across two",
        )

    def _type(self, table: Table, column: str) -> Any:
        for found in self.inspector.get_columns(table.name, schema=table.schema):
            if found["name"] == column:
                return found["type"]
        return None

    # -------------------------------------------------------------- contents

    def _zones(self, entity: Entity) -> Iterator[Symptom]:
        column: sa.ColumnClause[Any] = sa.column(entity.zone or "")
        query = sa.select(column, sa.func.count()).select_from(_table(entity.table)).group_by(column)
        found = [(str(zone), int(n)) for zone, n in self.connection.execute(query) if zone is not None]
        unknown = sorted(((n, zone) for zone, n in found if not known_zone(zone)), reverse=True)
        if unknown:
            people = sum(n for n, _ in unknown)
            named = ", ".join(f"`{zone}` ({n:,})" for n, zone in unknown[:8]) + (" …" if len(unknown) > 8 else "")
            yield Symptom(
                "D103",
                f"{entity.table}.{entity.zone}",
                f"{people:,} people have a zone that nobody knows, and are counted on the project's clock: {named}",
                "write IANA names such as Europe/Berlin",
            )

    def _times(self, event: EventTable) -> Iterator[Symptom]:
        at: sa.ColumnClause[Any] = sa.column(event.at)
        key: sa.ColumnClause[Any] = sa.column(event.key)
        base = sa.select(at.label("at"), key.label("who")).select_from(_table(event.table))
        for column, value in event.where.items():
            base = base.where(sa.column(column) == value)
        rows = base.where(at.is_not(None), key.is_not(None)).subquery("rows")
        high, n, people = self.connection.execute(
            sa.select(sa.func.max(rows.c.at), sa.func.count(), sa.func.count(sa.distinct(rows.c.who)))
        ).one()
        if not n:
            return
        where = f"{event.table}.{event.at}"
        if (scale := _scale(high, event.time)) is not None:
            yield Symptom("D105", where, f"the times of `{event.name}` look like {scale[0]}", f"format: {scale[1]}")
            return
        bound = as_stored(self.as_of, event.time, high)
        if bound is not None:
            late = self.connection.execute(sa.select(sa.func.count()).where(rows.c.at >= bound)).scalar_one()
            if late:
                yield Symptom(
                    "D104",
                    where,
                    f"{late:,} of {n:,} `{event.name}` lie in the future, and count only once they are past",
                    "look at the zone in schema.yml (`zone:` of the event), or at what writes the column",
                )
        distinct = sa.select(rows.c.who, rows.c.at).distinct().subquery("moments")
        moments = self.connection.execute(sa.select(sa.func.count()).select_from(distinct)).scalar_one()
        pairs = n - people
        if pairs > 0 and (n - moments) / pairs > TIED:
            yield Symptom(
                "D106",
                where,
                f"{(n - moments) / pairs:.0%} of a person's neighbouring `{event.name}` have the very same moment, so "
                "that nobody can tell which came first",
                "store the moment of the event itself, not of the load",
            )


def as_stored(moment: dt.datetime, how: TimeFormat, like: object) -> Any:
    """Give an instant as a column of this format holds it; ``like`` is one of its values. None where it is unclear."""
    from zoneinfo import ZoneInfo

    if how.kind == "epoch":
        return int(moment.timestamp())
    if how.kind == "epoch_ms":
        return int(moment.timestamp() * 1000)
    local = moment.astimezone(ZoneInfo(how.zone)).replace(tzinfo=None)
    if how.kind == "pattern":
        text = local.strftime(how.pattern)
        return int(text) if isinstance(like, int) else text
    if isinstance(like, dt.datetime):
        return local if like.tzinfo is None else moment
    if isinstance(like, dt.date):
        return local.date() + dt.timedelta(days=1)
    if isinstance(like, str):
        return local.isoformat(sep="T" if how.kind == "iso_t" else " ", timespec="seconds")
    return None


def _scale(high: object, how: TimeFormat) -> tuple[str, str] | None:
    """Give (in words, the format to write) where whole numbers are read in the wrong unit."""
    if not isinstance(high, int | float) or isinstance(high, bool) or how.kind == "pattern":
        return None
    if high >= SECONDS and how.kind != "epoch_ms":
        return "milliseconds since 1970", "epoch_ms"
    if high < SECONDS and how.kind != "epoch":
        return "seconds since 1970", "epoch"
    return None


def _serves(columns: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether an index on ``columns`` does for ``wanted``: what is held equal comes first, in any order.

    Of more than two columns the last one orders the rows; an index that begins with the first and the last serves, too.
    """
    if len(wanted) < 3:
        return columns[: len(wanted)] == wanted
    equal = len(wanted) - 1
    return set(columns[:equal]) == set(wanted[:equal]) or columns[:2] == (wanted[0], wanted[-1])


def _kind(type_: Any) -> str:
    for known, word in ((sa.Integer, "number"), (sa.Numeric, "number"), (sa.Uuid, "uuid"), (sa.String, "text")):
        if isinstance(type_, known):
            return word
    return str(type_).lower()


def _table(table: Table) -> sa.TableClause:
    return sa.table(table.name, schema=table.schema)


def _missing(table: Table) -> Symptom:
    return Symptom("D100", str(table), f"there is no table `{table}`", "correct `table:` in campaigns/schema.yml")
