"""A backup of the state in one file, and its way back into an empty database, of either kind.

The file is gzip over lines of JSON: a head (format, revision, deployment, moment), one line a row in the order in which
tables hang on each other, and a tail with the number of rows and the SHA-256 of everything before it. It is written in
one transaction that only reads, beside running daemons, and read back in one that commits whole or not at all. A backup
of SQLite can be restored into PostgreSQL, and the other way round.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import gzip
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from orchestrator.ledger.opening import revision
from orchestrator.ledger.restoring import MACHINE, RESTORED
from orchestrator.ledger.store import chunks, database_clock, open_engine, state_error
from orchestrator.ledger.tables import REVISION, SETTING, Moment, meta
from orchestrator.model.errors import StateError

FORMAT = "campaign-orchestrator state 1"
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: whose state it was, when (UTC), the revision of its tables, and rows in all of them."""

    deployment: str
    at: dt.datetime
    revision: str
    rows: int


def backup(url: str, path: Path) -> Backup:
    """Write the state into ``path``, flushed to the disk and whole or not at all; raises StateError.

    A file that is there already is never replaced.
    """
    if path.exists():
        raise StateError(f"{path} is there already", "give another name: a backup never replaces one")
    engine = open_engine(url)
    part = path.with_name(f".{path.name}.part")
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("set transaction isolation level repeatable read, read only")
            made = _write(connection, part)
        os.link(part, path)
        return made
    except SQLAlchemyError as error:
        raise state_error(error) from error
    except FileExistsError:
        raise StateError(f"{path} is there already", "give another name: a backup never replaces one") from None
    except OSError as error:
        raise StateError(f"the backup cannot be written to {path} ({error.strerror})", "choose another place") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
        engine.dispose()


def restore(url: str, path: Path, deployment: str) -> Backup:
    """Read a backup into a migrated, empty state; raises StateError when it is damaged, another's, or not empty.

    The whole file is checked before the database is touched. The state carries the moment of the backup until
    somebody decides what may have been sent since.
    """
    head = _checked(path)
    if head.deployment != deployment:
        raise StateError(
            f"the backup belongs to the deployment {head.deployment!r}, not to {deployment!r}",
            "set ORC_DEPLOYMENT to the one it belongs to: a clone must not send the original's messages",
        )
    engine = open_engine(url)
    try:
        with engine.connect().execution_options(orc_writes=True) as connection, connection.begin():
            found = revision(connection)
            if found != REVISION:
                raise StateError(f"the state database is at revision {found or 'none'}", "run `orc migrate`")
            _must_be_empty(connection)
            _fill(connection, path)
            connection.execute(sa.delete(SETTING).where(SETTING.c.name.in_((RESTORED, MACHINE))))
            connection.execute(sa.insert(SETTING).values(name=RESTORED, value=head.at.isoformat()))
        return head
    except SQLAlchemyError as error:
        raise state_error(error) from error
    finally:
        engine.dispose()


def _write(connection: Connection, part: Path) -> Backup:
    deployment = connection.scalar(sa.select(SETTING.c.value).where(SETTING.c.name == "deployment")) or ""
    at = database_clock(connection)
    head = {"format": FORMAT, "revision": REVISION, "deployment": deployment, "at": at.isoformat()}
    digest, rows = hashlib.sha256(), 0
    with part.open("wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:

            def line(value: object) -> None:
                data = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
                digest.update(data)
                file.write(data)

            line(head)
            for table in meta.sorted_tables:
                query = sa.select(table).order_by(*table.primary_key.columns)
                for row in connection.execution_options(yield_per=BATCH).execute(query):
                    line([table.name, [_plain(value) for value in row]])
                    rows += 1
            file.write(json.dumps({"rows": rows, "sha256": digest.hexdigest()}).encode() + b"\n")
        raw.flush()
        os.fsync(raw.fileno())
    return Backup(deployment, at, REVISION, rows)


def _checked(path: Path) -> Backup:
    """Read the whole file and give its head; raises StateError where it is not whole or not a backup."""
    damaged = StateError(f"{path} is not a whole backup of a state", "take another one; `orc backup` writes them")
    digest, rows, head, last = hashlib.sha256(), -1, None, b""
    try:
        with gzip.open(path, "rb") as file:
            for text in file:
                if last:
                    digest.update(last)
                    rows += 1
                    head = head or json.loads(last)
                last = text
        tail = json.loads(last)
        if head is None or head["format"] != FORMAT or tail != {"rows": rows, "sha256": digest.hexdigest()}:
            raise damaged
        made = Backup(head["deployment"], dt.datetime.fromisoformat(head["at"]), head["revision"], rows)
    except FileNotFoundError:
        raise StateError(f"there is no file {path}", "`orc backup FILE` writes one") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        raise damaged from None
    if made.revision != REVISION:
        raise StateError(
            f"the backup has tables of revision {made.revision}, this program those of {REVISION}",
            "restore it with the release that wrote it, then `orc migrate` with this one",
        )
    return made


def _must_be_empty(connection: Connection) -> None:
    for table in meta.sorted_tables:
        if table is not SETTING and connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)):
            raise StateError(
                f"the state database is not empty: {table.name} has rows",
                "restore into a new database: point ORC_STATE_URL at one, and run `orc migrate`",
            )


def _fill(connection: Connection, path: Path) -> None:
    connection.execute(sa.delete(SETTING))
    for name, rows in _rows(path):
        table = meta.tables[f"{meta.schema}.{name}"]
        columns = list(table.columns)
        values = [
            {column.name: _back(value, column) for column, value in zip(columns, row, strict=True)} for row in rows
        ]
        connection.execute(sa.insert(table), values)
    if connection.dialect.name == "postgresql":
        for table in meta.sorted_tables:
            for column in table.primary_key.columns:
                name = f"{meta.schema}.{table.name}"
                asked = sa.text("select pg_get_serial_sequence(:name, :column)")
                if sequence := connection.scalar(asked, {"name": name, "column": column.name}):
                    highest = connection.scalar(sa.select(sa.func.max(column)))
                    connection.execute(
                        sa.text("select setval(:sequence, coalesce(:highest, 1), :highest is not null)"),
                        {"sequence": sequence, "highest": highest},
                    )


def _rows(path: Path) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield rows by table, at most ``BATCH`` at once."""
    name, waiting = "", list[list[Any]]()
    with gzip.open(path, "rb") as file:
        next(file)
        for text in file:
            line = json.loads(text)
            if isinstance(line, dict):
                break
            if line[0] != name:
                yield from ((name, some) for some in chunks(waiting, BATCH))
                name, waiting = line[0], []
            waiting.append(line[1])
            if len(waiting) == BATCH:
                yield name, waiting
                waiting = []
    yield from ((name, some) for some in chunks(waiting, BATCH))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _back(value: Any, column: sa.Column[Any]) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, sa.Uuid):
        return uuid.UUID(value)
    return dt.datetime.fromisoformat(value) if isinstance(column.type, Moment) else value
