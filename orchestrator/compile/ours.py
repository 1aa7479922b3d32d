"""The rows of our own events as a statement reads them: where they lie, and what is only known as of a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.model.messages import CLICKED_AT
from orchestrator.model.schema import EventTable, TimeFormat

SCHEMA = "orc"


def our_rows(event: EventTable, dialect: Dialect, as_of: dt.datetime, alias: str) -> Any:
    """Give the table or view of one of our events under a name of its own.

    The schema is ours on PostgreSQL and none on SQLite. A message counts as clicked when that was before ``as_of``.
    """
    names = [event.key, event.at, event.id, *event.where, *(p.column for p in event.properties.values())]
    columns = dict.fromkeys(name for name in names if name is not None)
    table = sa.table(
        quoted_name(event.table.name, True),
        *(sa.column(quoted_name(name, True)) for name in columns),
        schema=quoted_name(SCHEMA, True) if dialect.name == "postgresql" else None,
    )
    if CLICKED_AT not in columns:
        return table.alias(alias)
    one: Expr = sa.literal_column("1")
    clicked = sa.case(
        (dialect.moment("<", table.c[CLICKED_AT], as_of, TimeFormat()), one), else_=sa.literal_column("0")
    )
    rest = [table.c[name] for name in columns if name != CLICKED_AT]
    return sa.select(*rest, clicked.label(CLICKED_AT)).subquery(alias)
