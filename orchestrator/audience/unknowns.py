"""How many rows have no value, column by column: one reading of each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.audience.joining import Rows, rows
from orchestrator.model.people import canonical_id
from orchestrator.model.schema import Field, Table


def unknowns(
    connection: Connection, table: Table, fields: Mapping[str, Field], where: Mapping[str, str | int] | None = None
) -> tuple[int, dict[str, float]]:
    """Give the number of rows, and for each field that may be unknown the share of rows (0 to 1) where it is."""
    nullable = [field for field in fields.values() if field.nullable]
    counts = [sa.func.count(sa.column(field.column)) for field in nullable]
    query = sa.select(sa.func.count(), *counts).select_from(sa.table(table.name, schema=table.schema))
    for column, value in (where or {}).items():
        query = query.where(sa.column(column) == value)
    rows, *known = connection.execute(query).one()
    if not rows:
        return 0, {}
    return int(rows), {field.name: 1 - int(n) / int(rows) for field, n in zip(nullable, known, strict=True)}


def amounts(connection: Connection, query: Rows) -> Iterator[tuple[str, Decimal]]:
    """Yield the canonical id and the number of everybody who has one, from a query of ``id`` and ``value``."""
    for person, value, *_ in rows(connection, query, 5000):
        if person is not None and value is not None:
            yield canonical_id(person), Decimal(str(value))
