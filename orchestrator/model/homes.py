"""What is left to decide about a person when the rows of every home are there: the small program behind a query.

A statement of the warehouse gives rows ``(id, …)`` of everybody who may be in; one of the state database gives rows
``(id, …)`` of people whom it knows, and one row without an id that stands for everybody else. Hashes of the id need
no database. A :data:`Test` puts these together for one person, and an :data:`Answer` is one column handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestrator.model.people import share_of

STATE = "orc_state"
"""The option of a warehouse's connection under which stands how the state database is read."""

TOGETHER = "orc_together"
"""The option that is true where the tables of the state lie in the warehouse's own database."""

Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Flag:
    """True where the column of the row is 1 (or true). ``state``: the row of the state database."""

    column: int
    state: bool = False

    def holds(self, person: str, row: Cells, noted: Cells) -> bool:
        """Tell whether it is so for one person."""
        return bool((noted if self.state else row)[self.column])


@dataclass(frozen=True, slots=True)
class Drawn:
    """True for the part ``share`` of everybody by the hash of the id with ``salt`` (A59)."""

    salt: str
    share: Decimal

    def holds(self, person: str, row: Cells, noted: Cells) -> bool:
        """Tell whether the person is drawn."""
        return share_of(self.salt, person) < self.share


@dataclass(frozen=True, slots=True)
class Enough:
    """At least ``count`` of the items."""

    items: tuple[Test, ...]
    count: int

    def holds(self, person: str, row: Cells, noted: Cells) -> bool:
        """Tell whether enough of them are so; asks no more of them than it needs."""
        missing = self.count
        for item in self.items if missing > 0 else ():
            if item.holds(person, row, noted):
                missing -= 1
                if missing == 0:
                    return True
        return missing <= 0


@dataclass(frozen=True, slots=True)
class Opposite:
    """The complement."""

    item: Test

    def holds(self, person: str, row: Cells, noted: Cells) -> bool:
        """Tell whether the item is not so."""
        return not self.item.holds(person, row, noted)


Test = Flag | Drawn | Enough | Opposite


@dataclass(frozen=True, slots=True)
class Given:
    """A column as a database gave it."""

    column: int
    state: bool = False

    def of(self, person: str, row: Cells, noted: Cells) -> Any:
        """Give the value for one person."""
        return (noted if self.state else row)[self.column]


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The name of the first case whose test holds, else the last name."""

    cases: tuple[tuple[str, Test], ...]
    otherwise: str

    def of(self, person: str, row: Cells, noted: Cells) -> str:
        """Give the name for one person."""
        return next((name for name, test in self.cases if test.holds(person, row, noted)), self.otherwise)


Answer = Given | FirstOf


@dataclass(frozen=True)
class Joined:
    """How the rows of a query are finished outside SQL.

    ``test`` says who is in, ``answers`` are the columns in order (the first is the id), ``limit`` the most people.
    ``state`` gives the statement for the state database in its dialect, None where it has nothing to say; then the
    order of the warehouse's rows does not matter, else they come by the canonical text of the id. ``drawn`` names
    what is computed by hash, for a reader.
    """

    test: Test
    answers: tuple[Answer, ...]
    limit: int | None = None
    state: Callable[[str], Any] | None = None
    width: int = 0
    drawn: tuple[Drawn, ...] = ()
