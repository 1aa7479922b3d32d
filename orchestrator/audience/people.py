"""People, ids and counts out of a query: streamed once, ordered by id, in batches."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.audience.joining import Rows, rows, whole
from orchestrator.model.money import digits
from orchestrator.model.people import Fact, Person, canonical_id
from orchestrator.model.schema import Entity, Field, Type


def people(
    connection: Connection, query: Rows, facts: Sequence[Field] = (), batch: int = 1000
) -> Iterator[list[Person]]:
    """Yield everybody once, ordered by id as the warehouse orders it, in lists of at most ``batch``.

    The columns are ``id``, ``zone``, ``address__<channel>``, ``consent__<channel>__<topic>`` and ``fact__<n>``
    for the n-th of ``facts``, whose type says how its value is read. A second row of one id is left out.
    """
    names = list(query.columns)
    zone = names.index("zone") if "zone" in names else None
    addresses = [(i, n.removeprefix("address__")) for i, n in enumerate(names) if n.startswith("address__")]
    parts = [(i, n.split("__")) for i, n in enumerate(names) if n.startswith("consent__")]
    consents = [(i, name[1], name[2]) for i, name in parts]
    facing = [(names.index(f"fact__{n}"), field) for n, field in enumerate(facts)]
    last: str | None = None
    given = rows(connection, query, batch)
    while some := list(islice(given, batch)):
        found: list[Person] = []
        for row in some:
            if row[0] is None:
                continue
            person = canonical_id(row[0])
            if person == last:
                continue
            last = person
            found.append(
                Person(
                    person,
                    None if zone is None or row[zone] is None else _zone(str(row[zone])),
                    {channel: None if row[i] is None else str(row[i]) for i, channel in addresses},
                    {(channel, topic): None if row[i] is None else bool(row[i]) for i, channel, topic in consents},
                    {field.name: fact(row[i], field) for i, field in facing},
                )
            )
        if found:
            yield found


def _zone(text: str) -> str | None:
    """Give the text of a zone, None where no zone can be meant: the ledger could not even keep some of these."""
    return text if text.isascii() and text.isprintable() else None


def ids(connection: Connection, query: Rows, batch: int = 5000) -> Iterator[str]:
    """Yield the canonical id of every member once, in the order of the query."""
    last: str | None = None
    for value, *_ in rows(connection, query, batch):
        if value is not None and (person := canonical_id(value)) != last:
            yield person
            last = person


def cells(connection: Connection, query: Rows, batch: int = 5000) -> Iterator[tuple[str, str]]:
    """Yield the canonical id of everybody in a partition with their cell, in the order of the query."""
    last: str | None = None
    for value, cell, *_ in rows(connection, query, batch):
        if value is not None and cell is not None and (person := canonical_id(value)) != last:
            yield person, str(cell)
            last = person


def count(connection: Connection, query: Rows) -> int:
    """Give the one number that a count query returns, or count the ids that it gives."""
    if not whole(query):
        return sum(1 for _ in rows(connection, query, 5000))
    return int(connection.execute(query.select).scalar_one())


def groups(connection: Connection, query: Rows) -> dict[str, int]:
    """Give the size of each cell that a cell-count query returns, or count the people of each."""
    if not whole(query):
        return dict(sorted(Counter(cell for _, cell in cells(connection, query)).items()))
    return {str(cell): int(n) for cell, n in rows(connection, query, 1000)}


def zones(connection: Connection, entity: Entity) -> list[str]:
    """Give the distinct texts of the entity's zone column, sorted; empty where it has none."""
    if entity.zone is None:
        return []
    source = sa.table(entity.table.name, sa.column(entity.zone), schema=entity.table.schema)
    column = source.c[entity.zone]
    found = connection.execute(sa.select(column).where(column.is_not(None)).distinct())
    return sorted(str(row[0]) for row in found)


def fact(value: Any, field: Field) -> Fact:
    """Give a raw value in the Python type of its field; what cannot be read is unknown (None)."""
    if value is None:
        return None
    try:
        return _READERS[field.type](value, field)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        return None


def _money(value: Any, field: Field) -> Decimal:
    places = digits(field.currency)
    return round(Decimal(str(value)) / (10**places if field.minor else 1), places)


def _date(value: Any, field: Field) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if field.time.kind in ("epoch", "epoch_ms"):
        return _moment(value, field).date()
    if field.time.kind == "pattern":
        return dt.datetime.strptime(str(value), field.time.pattern).date()  # noqa: DTZ007 (a day has no zone)
    return dt.date.fromisoformat(str(value)[:10])


def _moment(value: Any, field: Field) -> dt.datetime:
    kind = field.time.kind
    if kind in ("epoch", "epoch_ms") and not isinstance(value, dt.datetime):
        return dt.datetime.fromtimestamp(float(value) / (1000 if kind == "epoch_ms" else 1), dt.UTC)
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    elif kind == "pattern":
        moment = dt.datetime.strptime(str(value), field.time.pattern)  # noqa: DTZ007 (its zone is the field's)
    else:
        moment = dt.datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(field.time.zone))
    return moment.astimezone(dt.UTC)


def _bool(value: Any, _field: Field) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in ("1", "t", "true", "yes", "y")
    return bool(value)


def _listed(value: Any, _field: Field) -> str:
    """Give a list in words, for whoever looks at a few people: an entry that is no single value in braces."""
    entries = json.loads(value) if isinstance(value, str) else value
    return ", ".join(entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries)


_READERS: Mapping[Type, Callable[[Any, Field], Fact]] = {
    Type.TEXT: lambda value, _field: str(value),
    Type.INT: lambda value, _field: int(value),
    Type.DECIMAL: lambda value, _field: Decimal(str(value)),
    Type.MONEY: _money,
    Type.BOOL: _bool,
    Type.DATE: _date,
    Type.TIMESTAMP: _moment,
    Type.VERSION: lambda value, _field: str(value),
    Type.LIST: _listed,
    Type.PLACE: lambda value, _field: Decimal(str(value)),  # its latitude: letters show no places
}
