"""Where a process may die: points that the ports make themselves, before and after each of their effects.

A port is a narrow place through which an effect leaves the process: a statement or a commit, a write to a provider's
socket, an answer read from it, a flush of a file. Nothing in the product names a point; the ports are wrapped here,
and ``tests/crash/test_ports.py`` counts their methods, so that a new effect without a point fails a test.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from orchestrator.deliver.providers.outbox import Outbox
from orchestrator.run.journal import Journal
from orchestrator.run.mark import HighWater

#: Methods that leave the process, by port: each is wrapped, and is a point before and after it.
EFFECTS: dict[str, tuple[str, ...]] = {
    "statement": ("do_execute", "do_executemany", "do_execute_no_params"),
    "transaction": ("do_commit",),
    "socket": ("write", "data_received"),
    "disk": ("fsync", "link"),
    "journal": ("keep", "done", "leave"),
    "outbox": ("_write",),
    "mark": ("rise",),
}
#: Methods of the same ports that change nothing outside the process, with the reason.
HARMLESS: dict[str, str] = {
    "do_begin": "a transaction that is begun and never committed leaves nothing",
    "do_rollback": "the server rolls back what a dead process had open",
    "close": "the peer of a dead process sees its connections end as well",
    "abort": "the same",
    "get_write_buffer_size": "only asks",
    "set_protocol": "only wires",
    "set_write_buffer_limits": "only wires",
}


class Killed(KeyboardInterrupt):
    """The process died here. Asyncio lets it through, as it would let nothing else."""


@dataclass
class Points:
    """Counts the points of one life and ends it at number ``kill`` (from 1; 0 lets it live).

    ``names`` are the points passed, in order. After its death a life has no effect any more: every port refuses.
    """

    kill: int = 0
    names: list[str] = field(default_factory=list)
    dead: bool = False
    down: int = 0
    """Statements about messages that fail before the state database answers again."""
    connections: list[Any] = field(default_factory=list)
    """What this life has connected to; it goes when the process does."""

    def __call__(self, name: str) -> None:
        """Pass a point, or die at it."""
        if self.dead:
            raise Killed
        self.names.append(name)
        if len(self.names) == self.kill:
            self.dead = True
            raise Killed

    def around(self, name: str, effect: Callable[[], Any]) -> Any:
        """Pass the point before an effect, let it happen, pass the point after it."""
        self(f"{name}, before")
        result = effect()
        self(f"{name}, after")
        return result

    def bury(self) -> None:
        """Close every connection, as the system does for a dead process; what was not committed is lost."""
        for connection in self.connections:
            with suppress(Exception):
                connection.close()

    @property
    def kinds(self) -> Counter[str]:
        """Give the distinct points and how often each was passed."""
        return Counter(self.names)


_WORDS = re.compile(r"^\s*(?:with\b.*?\b)?(select|insert|update|delete|pragma|set|begin|savepoint|show)\b", re.I | re.S)
_TABLE = re.compile(r"\b(orc_[a-z_]+|customers|consents|orders)\b")
_NEW_STATE = re.compile(r"new_state\W+(\w+)")


def label(statement: str, parameters: object) -> str:
    """Name a statement by its verb, its first table, and the state into which it moves messages."""
    verb = _WORDS.match(statement)
    table = _TABLE.search(statement)
    told = _NEW_STATE.search(str(parameters)) if verb and verb[1].lower() == "update" else None
    state = told[1].lower() if told and not told[1].startswith("MessageState") else ""
    return " ".join(filter(None, (verb[1].lower() if verb else "other", table[1] if table else "", state)))


def on_engine(engine: Engine, life: Callable[[], Points], port: str) -> None:
    """Make every statement and commit of an engine a point, before and after it, of the life that is going on.

    One engine serves all lives, because what it has compiled is kept with it; its connections do not.
    """
    dialect = engine.dialect
    sa.event.listen(engine, "connect", lambda connection, _: life().connections.append(connection))

    def wrapped(name: str) -> None:
        real = getattr(dialect, name)

        def effect(cursor: Any, statement: str, *rest: Any, **more: Any) -> Any:
            points = life()
            if points.down and not points.dead and "orc_message" in statement:
                points.down -= 1
                raise sa.exc.OperationalError(statement, {}, Exception("the server is away"))
            text = label(statement, rest[0] if rest else "")
            try:
                return points.around(f"{port} {text}", lambda: real(cursor, statement, *rest, **more))
            except Killed:
                cursor.close()  # SQLite keeps its lock for as long as a cursor is open
                raise

        setattr(dialect, name, effect)

    for name in EFFECTS["statement"]:
        wrapped(name)
    commit = dialect.do_commit

    def committed(connection: Any) -> None:
        life().around(f"{port} commit", lambda: commit(connection))

    dialect.do_commit = committed  # type: ignore[method-assign]


@contextmanager
def on_disk(points: Points) -> Iterator[None]:
    """Make flushes, links, and the calls of the journal and the outbox points."""
    saved: list[tuple[Any, str, Any]] = []

    def wrap(owner: Any, name: str, port: str) -> None:
        real = getattr(owner, name)
        saved.append((owner, name, real))
        setattr(owner, name, lambda *a, **k: points.around(f"{port} {name.strip('_')}", lambda: real(*a, **k)))

    for name in EFFECTS["disk"]:
        wrap(os, name, "disk")
    for name in EFFECTS["journal"]:
        wrap(Journal, name, "journal")
    for name in EFFECTS["outbox"]:
        wrap(Outbox, name, "outbox")
    for name in EFFECTS["mark"]:
        wrap(HighWater, name, "mark")
    try:
        yield
    finally:
        for owner, name, real in saved:
            setattr(owner, name, real)
