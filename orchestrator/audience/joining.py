"""The rows of a query, finished: what no statement of the warehouse can say is added here, person by person.

The warehouse gives everybody who may be in; the state database gives what our own records say, ordered by id like
the warehouse's rows; hashes are computed. The streams are merged, so nothing but one row of each is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.model.errors import SettingsError, WarehouseError
from orchestrator.model.homes import STATE, TOGETHER, Joined
from orchestrator.model.people import canonical_id

Opener = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection to the state database that reads one snapshot."""


class Rows(Protocol):
    """What this room needs of a compiled query: the statement, its columns, and what is left to do outside."""

    @property
    def select(self) -> sa.Select[Any]:
        """Give the statement."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the names of the columns."""

    @property
    def joined(self) -> Joined | None:
        """Give how the rows are finished, None where they are."""

    @property
    def together(self) -> Rows | None:
        """Give the same question for one database that holds the state's tables, too."""


def rows(connection: Connection, query: Rows, batch: int) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query with its columns; raises SettingsError where the state database is out of reach."""
    options = connection.get_execution_options()
    if query.together is not None and options.get(TOGETHER):
        query = query.together
    given = _stream(connection, query.select, batch)
    joined = query.joined
    if joined is None:
        yield from given
        return
    found = _finished(given, joined, options.get(STATE), batch)
    yield from found if joined.limit is None else islice(found, joined.limit)


def whole(query: Rows) -> bool:
    """Tell whether the warehouse alone answers a query, so that it can also count."""
    return query.joined is None


def _stream(connection: Connection, select: sa.Select[Any], batch: int) -> Iterator[Sequence[Any]]:
    result = connection.execute(select, execution_options={"stream_results": True, "max_row_buffer": batch})
    for part in result.partitions(batch):
        yield from part


def _finished(
    given: Iterator[Sequence[Any]], joined: Joined, opener: Opener | None, batch: int
) -> Iterator[Sequence[Any]]:
    noted = _Noted(joined, opener, batch)
    last: str | None = None
    for row in given:
        if row[0] is None:
            continue
        person = canonical_id(row[0])
        if person == last:
            continue
        mine = noted.of(person)
        last = person
        if joined.test.holds(person, row, mine):
            yield [answer.of(person, row, mine) for answer in joined.answers]


class _Noted:
    """What our own records say about one person after the other, in the order of their ids."""

    def __init__(self, joined: Joined, opener: Opener | None, batch: int) -> None:
        self._rows: Iterator[Sequence[Any]] = iter(())
        self._others: Sequence[Any] = ()
        self._asked = joined.state is not None
        self._last = ""
        if joined.state is not None:
            if opener is None:
                raise SettingsError(
                    "this asks for messages or membership, and there is no state database to ask",
                    "set ORC_STATE_URL to the state database, then `orc migrate`",
                )
            self._rows = _of_state(opener, joined.state, batch)
            self._others = next(self._rows)
        self._next = next(self._rows, None)

    def of(self, person: str) -> Sequence[Any]:
        """Give the row of a person, or the one for everybody without; raises WarehouseError for a wrong order."""
        if not self._asked:
            return self._others
        if person < self._last:
            raise WarehouseError(
                f"the warehouse does not give ids in the order of their texts ({person!r} after {self._last!r})",
                "declare the key column as a whole number, a text or a UUID",
            )
        self._last = person
        while self._next is not None and self._next[0] < person:
            self._next = next(self._rows, None)
        return self._next if self._next is not None and self._next[0] == person else self._others


def _of_state(opener: Opener, statement: Callable[[str], Any], batch: int) -> Iterator[Sequence[Any]]:
    with opener() as connection:
        yield from _stream(connection, statement(connection.dialect.name), batch)
