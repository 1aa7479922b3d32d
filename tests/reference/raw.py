"""SQL in a segment: the text as it stands, run by SQLite over the raw rows."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model.people import canonical_id


def ids(condition: c.RawSql, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[str]:
    """Give the canonical ids that the SELECT gives; unknown ones are nobody's."""
    connection = sqlite3.connect(":memory:")
    for name, rows in tables.items():
        if not rows:
            continue
        names = list(rows[0])
        connection.execute(f'create table "{name}" ({", ".join(chr(34) + n + chr(34) for n in names)})')
        marks = ", ".join("?" for _ in names)
        values = [[_plain(row[n]) for n in names] for row in rows]
        connection.executemany(f'insert into "{name}" values ({marks})', values)
    found = connection.execute(condition.body.text).fetchall()
    connection.close()
    return {canonical_id(row[0]) for row in found if row[0] is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, dt.date) else value
