"""Two databases for tests: the company's on any engine, our own beside it, and both in one where an engine can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import sqlalchemy as sa
from engines import Store, Tables, open_store

from orchestrator.model.homes import STATE, TOGETHER
from orchestrator.model.messages import OURS
from orchestrator.model.schema import Schema

BOTH = ("sqlite", "postgresql")
"""The engines that can hold our own tables."""


def ours(schema: Schema) -> Schema:
    """Give the part of a schema that lies in the state database."""
    return replace(
        schema, entities={}, consent=None, events={name: e for name, e in schema.events.items() if name in OURS}
    )


def theirs(schema: Schema) -> Schema:
    """Give the part of a schema that lies in the warehouse."""
    return replace(schema, events={name: e for name, e in schema.events.items() if name not in OURS})


class Homes:
    """The state database of a test, and the ways in which a warehouse's connection can reach it."""

    def __init__(self) -> None:
        self.state = open_store("sqlite://")

    @contextmanager
    def holding(self, store: Store, schema: Schema, tables: Tables) -> Iterator[tuple[sa.Connection, sa.Connection]]:
        """Give a connection to the warehouse and one to the state database, with the rows of each."""
        whole = schema if store.dialect in BOTH else theirs(schema)
        with (
            self.state.holding(ours(schema), {k: rows for k, rows in tables.items() if k.startswith("orc_")}) as state,
            store.holding(
                whole, tables if whole is schema else {k: v for k, v in tables.items() if k[:4] != "orc_"}
            ) as connection,
        ):
            yield connection, state

    @classmethod
    def ways(cls, store: Store, connection: sa.Connection, state: sa.Connection) -> Iterator[str]:
        """Yield the name of each way while the connection goes it: apart, one database asked twice, one statement."""
        yield cls._way(connection, state, False, "apart")
        if store.dialect in BOTH:
            yield cls._way(connection, connection, False, "asked twice")
            yield cls._way(connection, state, True, "together")

    @staticmethod
    def _way(connection: sa.Connection, state: sa.Connection, together: bool, name: str) -> str:
        connection.execution_options(**{STATE: lambda: nullcontext(state), TOGETHER: together})
        return name
