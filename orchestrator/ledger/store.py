"""The connection to the state database: engine, clock, transactions that are tried again, errors in our words."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from orchestrator.ledger.tables import SCHEMA
from orchestrator.model.errors import SettingsError, StateError

T = TypeVar("T")
Clock = Callable[[Connection], dt.datetime]

GATE = 0x6F7263  # the advisory lock between guards (shared) and whoever changes what guards look at (alone)
_WRITING = "select set_config('synchronous_commit', 'on', true)"
_GUARDING = f"{_WRITING}, pg_advisory_xact_lock_shared({GATE})"  # what is read later was committed before
TRIES = 6
RESTED = 1.0
"""Seconds in the pool after which a connection is asked first whether it still stands."""
_AGAIN = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available


def database_clock(connection: Connection) -> dt.datetime:
    """Give the database's own time in UTC, so that all workers of one state agree on it."""
    if connection.dialect.name == "sqlite":
        text = connection.exec_driver_sql("select strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    moment: dt.datetime = swiftly(connection, "select clock_timestamp()")[0][0]
    return moment.astimezone(dt.UTC)


def open_engine(url: str) -> Engine:
    """Give an engine with the switches that the ledger's promise needs; connects to nothing yet."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a ValueError where the port is no number
        raise SettingsError("the state database's URL cannot be read", _URL_HELP) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed)
    raise SettingsError(f"the state database cannot be a {parsed.get_backend_name()} database", _URL_HELP)


_URL_HELP = "set ORC_STATE_URL to sqlite:///path/to/state.db or postgresql+psycopg://user@host/database"


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("the state cannot live in memory: a restart would send everything again", _URL_HELP)
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=30000"):
            cursor.execute(f"pragma {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("orc_writes")
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine.execution_options(schema_translate_map={SCHEMA: None}, preserve_rowcount=True)


def _postgresql(url: URL) -> Engine:
    url = url.set(drivername="postgresql+psycopg")
    options = "-c statement_timeout=120000 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=120000"
    options += " -c plan_cache_mode=force_custom_plan -c jit=off -c timezone=UTC"
    arguments = {"options": options, "connect_timeout": 10}
    engine = sa.create_engine(url, hide_parameters=True, connect_args=arguments)

    @sa.event.listens_for(engine, "checkin")
    def rests(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def awake(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        if time.monotonic() - record.info.get("rests_since", 0.0) > RESTED:
            _ask(engine.dialect, connection)

    return engine.execution_options(preserve_rowcount=True)


def _ask(dialect: Dialect, connection: DBAPIConnection) -> None:
    """Ask a connection that has rested whether it still stands; raises what makes the pool open new ones."""
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def swiftly(connection: Connection, statement: str, parameters: Mapping[str, Any] | None = None) -> list[Any]:
    """Run a statement on PostgreSQL's driver itself and give its rows; fails as SQLAlchemy does.

    For what every batch runs: measured, a statement costs us half as much as over SQLAlchemy's cursor.
    """
    dialect, dbapi = connection.dialect, connection.dialect.loaded_dbapi
    driven = connection.connection
    cursor = driven.cursor()
    try:
        dialect.do_execute(cursor, statement, parameters)
        return list(cursor.fetchall())
    except dbapi.Error as error:
        lost = dialect.is_disconnect(error, driven, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error
    finally:
        cursor.close()


class Store:
    """What every part of the ledger stands on: ``write`` and ``read`` run a function in one transaction."""

    def __init__(self, engine: Engine, clock: Clock, deployment: str) -> None:
        """Keep the engine, the clock that transactions ask once, and the id of this deployment."""
        self._engine = engine
        self._clock = clock
        self.deployment = deployment

    @property
    def dialect(self) -> str:
        """Give ``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def now(self) -> dt.datetime:
        """Give the time of the ledger's clock, UTC."""
        return self.read(self._clock)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that only reads; raises StateError."""
        return self._run(work, writes=False, landed=None)

    @contextmanager
    def reading(self, prepare: Callable[[str, Any], None]) -> Iterator[Connection]:
        """Give a connection whose one transaction only reads, for rows that are streamed; raises StateError.

        ``prepare`` registers on SQLite the functions that a statement of another room needs.
        """
        try:
            with self._engine.connect().execution_options(orc_writes=False) as connection, connection.begin():
                if connection.dialect.name == "sqlite":
                    prepare("sqlite", connection.connection.driver_connection)
                else:
                    connection.exec_driver_sql("set local time zone 'UTC'")
                    connection.exec_driver_sql("set transaction read only")
                yield connection
        except SQLAlchemyError as error:
            raise state_error(error) from error

    def write(
        self,
        work: Callable[[Connection], T],
        landed: Callable[[Connection, T], bool] | None = None,
        unsure: list[T] | None = None,
        guards: bool = False,
    ) -> T:
        """Run ``work`` in one transaction and commit it durably; raises StateError.

        A deadlock or a lost connection before the commit runs it again. When the reply to the commit is lost,
        ``landed`` is asked whether it arrived; without ``landed``, ``work`` must be harmless to run twice. A result
        whose commit had no reply to the very end is left in ``unsure``: whoever tries the same work again hands the
        list in again, and that is asked about first. ``guards`` says that it lets messages out: it then sees
        decisions whole, because it waits for whoever is about to stop, pause, cancel or suppress, and they for it.
        """
        return self._run(work, writes=True, landed=landed, unsure=unsure, guards=guards)

    def _run(
        self,
        work: Callable[[Connection], T],
        writes: bool,
        landed: Callable[[Connection, T], bool] | None,
        unsure: list[T] | None = None,
        guards: bool = False,
    ) -> T:
        unsure = [] if unsure is None else unsure
        for attempt in range(1, TRIES + 1):
            committing = False
            try:
                with self._engine.connect().execution_options(orc_writes=writes) as connection:
                    if unsure and landed is not None:
                        if landed(connection, unsure[-1]):
                            return unsure[-1]  # stays in the list: letting go of the connection may fail, too
                        unsure.clear()
                        connection.rollback()
                    with connection.begin() as transaction:
                        if writes and connection.dialect.name == "postgresql":
                            swiftly(connection, _GUARDING if guards else _WRITING)
                        result = work(connection)
                        committing = True
                        transaction.commit()
                    return result
            except SQLAlchemyError as error:
                if committing and _disconnected(error):
                    unsure.append(result)
                if attempt == TRIES or not _transient(error):
                    raise state_error(error) from error
                time.sleep(0.05 * 2**attempt)
        raise AssertionError("the loop returns or raises")

    def decide_gate(self, connection: Connection) -> None:
        """Wait for guards that are under way: taken by whoever stops, pauses, cancels, suppresses."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(GATE)))


def _sqlstate(error: SQLAlchemyError) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _disconnected(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated
        or (_sqlstate(error) or "").startswith(("57P", "08"))
        or _unanswered(error)  # the driver may not have noticed yet that it is closed
    )


def _unanswered(error: SQLAlchemyError) -> bool:
    """Tell whether psycopg failed without a word of the server: each of the server's errors has its SQLSTATE.

    libpq's own failures in the middle of a statement are plain DatabaseErrors there.
    """
    plain = type(error) in (sa.exc.DatabaseError, sa.exc.OperationalError, sa.exc.InterfaceError)
    return plain and getattr(getattr(error, "orig", None), "sqlstate", "") is None


def _transient(error: SQLAlchemyError) -> bool:
    if _sqlstate(error) in _AGAIN or _disconnected(error):
        return True
    text = str(getattr(error, "orig", error))
    return "starting up" in text or "shutting down" in text


_SENTENCES: tuple[tuple[str, str, str], ...] = (
    ("disk is full", "the disk of the state database is full", "free some space; nothing more is sent until then"),
    ("No space left", "the disk of the state database is full", "free some space; nothing more is sent until then"),
    (
        "database is locked",
        "another process keeps the state database locked",
        "end it, or use PostgreSQL for the state",
    ),
    ("readonly database", "the state database cannot be written to", "check the rights of the file and its folder"),
    ("read-only transaction", "the state database cannot be written to", "is this a standby? use the primary's URL"),
    ("not a database", "the state file is not a database", "check ORC_STATE_URL, or restore the file"),
    ("malformed", "the state database is damaged", "restore a backup, then `orc resume --after-restore`"),
    ("unable to open", "the state database cannot be opened", "check ORC_STATE_URL and the rights of its folder"),
    ("no such table", "the state database has no tables of ours, or old ones", "run `orc migrate`"),
    ("does not exist", "the state database, or a table of ours in it, does not exist", "create it, then `orc migrate`"),
    ("permission denied", "our role may not use the state database", "grant it the schema `orc`"),
    ("password authentication", "the state database refuses the password", "check ORC_STATE_URL"),
    ("no such column", "the state database is older than this program", "run `orc migrate`"),
)


def state_error(error: SQLAlchemyError) -> StateError:
    """Give our word for a failure of the database, with the next thing to try."""
    first = str(getattr(error, "orig", None) or error).strip().splitlines()
    text = first[0] if first else type(error).__name__
    if _sqlstate(error) == "53100":
        text = "No space left on the server"
    for sign, sentence, remedy in _SENTENCES:
        if sign in text:
            return StateError(f"{sentence} ({text})", remedy)
    strange = not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) and not _disconnected(error)
    if isinstance(error, DBAPIError) and strange:
        raise error  # a constraint or a type: a bug of ours, not a stranger's failure
    return StateError(f"the state database does not answer ({text})", "check ORC_STATE_URL and that the server is up")


def storable(text: str, longest: int) -> str:
    """Give a stranger's text in a form that every database takes: no NUL, no half characters, not too long."""
    if len(text) <= longest and text.isascii() and "\0" not in text:
        return text
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode()


def chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    """Yield lists of at most ``size``."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
