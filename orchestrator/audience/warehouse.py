"""The company's database, opened for reading: one snapshot at a time, and errors that say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, exc
from sqlalchemy.engine import Connection, Engine, make_url

from orchestrator.audience.engines import DRIVERS, EXTRAS, opened
from orchestrator.audience.joining import Opener
from orchestrator.model.errors import OrchestratorError, SettingsError, WarehouseError
from orchestrator.model.homes import STATE, TOGETHER

Prepare = Callable[[str, Any], None]

_NO_TABLE = re.compile(
    r'no such table: (?P<name>[^\s"]+)|relation "(?P<pg>[^"]+)" does not exist'
    r"|Table with name (?P<duck>\S+) does not exist|Table '(?P<my>[^']+)' doesn't exist"
    r"|Unknown table expression identifier '(?P<click>[^']+)'"
)
_NO_COLUMN = re.compile(
    r'no such column: (?P<name>[^\s"]+)|column "?(?P<pg>[^"\s]+)"? does not exist'
    r'|Referenced column "(?P<duck>[^"]+)" not found|does not have a column named "(?P<duck2>[^"]+)"'
    r"|Unknown column '(?P<my>[^']+)'"
    r"|Unknown expression identifier `(?P<click>[^`]+)`|Identifier '(?P<click2>[^']+)' cannot be resolved"
)
_REFUSED = re.compile(r"Access denied for user|password authentication failed|no password supplied")
_LOCKED = re.compile(r"Could not set lock on file|being used by another process")
_TOO_DEEP = re.compile(
    r"parser stack overflow|Expression tree is too large|stack depth limit|Max expression depth|max_parser_depth"
    r"|tables in a join"
)
_DAMAGED = ("not a database", "malformed", "not a valid DuckDB")


class Warehouse:
    """An open warehouse. ``dialect`` is SQLAlchemy's name of the engine; ``read()`` gives one snapshot."""

    def __init__(self, engine: Engine, label: str, state: Opener | None = None, together: bool = False) -> None:
        """Keep the engine; ``label`` is the URL without its password.

        ``state`` reads the state database; ``together``: its tables lie in this database, and may be read here.
        """
        self.engine = engine
        self._options = {STATE: state, TOGETHER: together}
        self.dialect: str = engine.dialect.name
        self.label = label

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection inside one read-only transaction; raises WarehouseError for whatever goes wrong."""
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(**self._options)
        except exc.SQLAlchemyError as error:
            raise explained(error, self.label) from error

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_warehouse(
    url: str, prepare: Prepare | None = None, state: Opener | None = None, state_url: str = ""
) -> Warehouse:
    """Open the warehouse behind ``url`` for reading only.

    ``prepare`` is called with the dialect's name and each new driver connection (functions are registered
    there). ``state`` reads the state database when a question needs it; when ``state_url`` is this very database,
    both are asked in one statement. Raises SettingsError for a URL that nobody can open,
    WarehouseError for a file that is not there.
    """
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):  # a ValueError where the port is no number
        raise SettingsError(
            "the warehouse URL cannot be read",
            "write it like sqlite:///shop.db, duckdb:///shop.duckdb, postgresql://user@host/db or mysql://user@host/db",
        ) from None
    parsed = parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))
    name = parsed.get_backend_name()
    label = parsed.set(query={}).render_as_string(hide_password=True)  # parameters may hold secrets too
    try:
        engine = opened(parsed)
    except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsError(
            f"no driver for {name} is installed",
            f'install it: pip install "campaign-orchestrator[{EXTRAS.get(name, name)}]"',
        ) from error
    if prepare is not None:

        @event.listens_for(engine, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            prepare(engine.dialect.name, connection)

    return Warehouse(engine, label, state, same_database(url, state_url))


def same_database(one: str, other: str) -> bool:
    """Tell whether two URLs name one database, read with the same rights."""
    if not one or not other:
        return False
    try:
        urls = [make_url(one), make_url(other)]
    except (exc.ArgumentError, ValueError):
        return False
    if any(url.get_backend_name() == "sqlite" for url in urls):
        files = [Path(url.database or "").expanduser().resolve() for url in urls]
        return all(url.get_backend_name() == "sqlite" and url.database for url in urls) and files[0] == files[1]
    places = [(DRIVERS.get(u.drivername, u.drivername), u.username, u.host, u.port or 5432, u.database) for u in urls]
    return places[0] == places[1]


def explained(error: exc.SQLAlchemyError, label: str) -> OrchestratorError:
    """Give the warehouse's complaint as one sentence with a remedy; the statement and its values stay out."""
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0][:300]
    if found := _NO_TABLE.search(text):
        name = _first(found)
        name = name.rpartition(".")[2] if found["my"] else name  # before the dot stands the database
        return WarehouseError(
            f"the warehouse has no table `{name}`",
            "correct `table:` in campaigns/schema.yml, or compare with `orc schema pull`",
        )
    if found := _NO_COLUMN.search(text):
        name = _first(found).rpartition(".")[2]  # before the dot stands a name of our own statement
        return WarehouseError(
            f"the warehouse has no column `{name}`",
            "correct the column in campaigns/schema.yml, or compare with `orc schema pull`",
        )
    if _LOCKED.search(text):
        return WarehouseError(
            f"another program holds the warehouse {label} open for writing",
            "close that program, or let it write into a copy: a DuckDB file has either one writer or many readers",
        )
    if _REFUSED.search(text):
        return WarehouseError(
            f"the warehouse {label} does not let us in: {text}", "correct the user or the password in ORC_WAREHOUSE_URL"
        )
    if _TOO_DEEP.search(text):
        return WarehouseError(
            f"a segment is larger or nested deeper than the warehouse can read: {text}",
            "say it with fewer conditions beside and inside one another, or with fewer segments behind one another",
        )
    if any(word in text for word in _DAMAGED):
        return WarehouseError(
            f"the warehouse {label} is damaged, or not a database", "check ORC_WAREHOUSE_URL, or restore the file"
        )
    if isinstance(error, exc.OperationalError | exc.InterfaceError):
        return WarehouseError(
            f"the warehouse {label} does not answer: {text}", "check ORC_WAREHOUSE_URL and that the database is up"
        )
    return WarehouseError(f"the warehouse refused a statement: {text}", "check the types in campaigns/schema.yml")


def _first(found: re.Match[str]) -> str:
    return next(name for name in found.groups() if name is not None)
