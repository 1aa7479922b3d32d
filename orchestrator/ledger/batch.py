"""Many values in one parameter: statements of one text, whatever the size of the batch, planned once and kept.

PostgreSQL takes arrays (``= any(…)``, ``unnest``), SQLite takes JSON text (``json_each``). An array travels as its
text (``{a,b}``), cast by the server: written here in one pass, it costs a third of what the driver's lists cost.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeEngine, UserDefinedType

from orchestrator.ledger.store import swiftly

_NUL = "\0"


class _Array(UserDefinedType[str]):
    """A parameter that is the text of an array: typed, so that the server reads it once, before it plans."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    @classmethod
    def of(cls, kind: TypeEngine[Any]) -> _Array:
        return cls(kind.compile(postgresql.dialect()))  # type: ignore[no-untyped-call]

    def get_col_spec(self, **_: Any) -> str:
        """Give the type's name on the server."""
        return f"{self.kind}[]"


def among(connection: Connection, column: sa.ColumnElement[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Give the test ``column in values``."""
    items = list(values)
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, _array(items), type_=_Array.of(column.type)))
    if isinstance(column.type, sa.LargeBinary):
        return column.in_(items)
    return _in_json(column, sa.bindparam(None, listed(connection, items), type_=sa.Text()))


def in_list(dialect: str, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Give the test ``column in :name`` for a statement that is built once; ``listed`` gives the parameter."""
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam(name, type_=_Array.of(column.type)))
    if isinstance(column.type, sa.LargeBinary):
        return column.in_(sa.bindparam(name, expanding=True))
    return _in_json(column, sa.bindparam(name, type_=sa.Text()))


def listed(connection: Connection, values: Iterable[Any]) -> Any:
    """Give the parameter of ``in_list``."""
    items = list(values)
    if connection.dialect.name == "postgresql":
        return _array(items)
    if items and isinstance(items[0], bytes):
        return items
    return json.dumps([_plain(item) for item in items])


def _in_json(column: sa.ColumnElement[Any], parameter: sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    each = sa.func.json_each(parameter).table_valued("value")
    return column.in_(sa.select(each.c.value))


def rows_of(connection: Connection, statement: sa.Executable, parameters: Mapping[str, Any]) -> list[Any]:
    """Run a statement that is built once and kept, and give its rows as tuples; it holds no list of changing length.

    On PostgreSQL its text goes to the driver, and what comes back is as the driver gives it.
    """
    if connection.dialect.name != "postgresql":
        return list(connection.execute(statement, parameters).all())
    text, fixed = _text(statement, connection.dialect)
    for value in parameters.values():
        if isinstance(value, dt.datetime) and value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone: the ledger keeps UTC")
    return swiftly(connection, text, {**fixed, **parameters})


@lru_cache(maxsize=1024)
def _text(statement: sa.Executable, dialect: Dialect) -> tuple[str, dict[str, Any]]:
    """Give the text of a statement for the driver, and the values that stand in it."""
    compiled = cast(sa.ClauseElement, statement).compile(dialect=dialect)
    return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}


def given(dialect: str, **kinds: TypeEngine[Any]) -> sa.FromClause:
    """Give a table of values with these columns, to join an UPDATE or an INSERT with. No bytes on SQLite.

    For a statement that is built once; ``giving`` gives its parameters.
    """
    if dialect == "postgresql":
        arrays = [sa.bindparam(f"given_{name}", type_=_Array.of(kind)) for name, kind in kinds.items()]
        names = [sa.column(name, kind) for name, kind in kinds.items()]
        return sa.func.unnest(*arrays).table_valued(*names, name="given").render_derived()
    each = sa.func.json_each(sa.bindparam("given", type_=sa.Text())).table_valued("value", name="each")
    parts = [
        sa.type_coerce(sa.func.json_extract(each.c.value, sa.literal_column(f"'$[{n}]'")), kind).label(name)
        for n, (name, kind) in enumerate(kinds.items())
    ]
    return sa.select(*parts).subquery("given")


def giving(connection: Connection, **columns: Sequence[Any]) -> dict[str, Any]:
    """Give the parameters of ``given``, column by column."""
    if connection.dialect.name == "postgresql":
        return {f"given_{name}": _array(values) for name, values in columns.items()}
    lists = [[_plain(value) for value in values] for values in columns.values()]
    return {"given": json.dumps(list(zip(*lists, strict=True)))}


def insert_many(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *key: str) -> None:
    """Insert rows of equal shape; those whose ``key`` (default: any) is there already are left alone."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(index_elements=key or None), rows)
        return
    names = list(rows[0])
    news = given("postgresql", **{name: table.c[name].type for name in names})
    insert = postgresql.insert(table).from_select(names, sa.select(*(news.c[name] for name in names)))
    columns = {name: [row[name] for row in rows] for name in names}
    connection.execute(insert.on_conflict_do_nothing(index_elements=key or None), giving(connection, **columns))


def _plain(value: Any) -> Any:
    """Give the form in which SQLite stores a value that JSON does not know."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def _array(values: Iterable[Any]) -> str:
    """Give the text of a PostgreSQL array. Columns of one kind, which are nearly all, are written in one pass."""
    items = list(values)
    kinds = set(map(type, items))
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is NoneType:
        return "{" + ",".join(["null"] * len(items)) + "}"
    if kind is uuid.UUID:
        return "{" + ",".join([f"{value.int:032x}" for value in items]) + "}"
    if kind is int:
        return "{" + ",".join(map(str, items)) + "}"
    if kind is str:
        whole = _NUL.join(items).replace("\\", "\\\\").replace('"', '\\"')
        if whole.count(_NUL) == len(items) - 1:  # the server refuses the others, in its own words
            return '{"' + whole.replace(_NUL, '","') + '"}'
    return "{" + ",".join([_element(value) for value in items]) + "}"


def _element(value: Any) -> str:
    """Give one value as it stands in the text of an array: texts always quoted, so that none can end its place."""
    if isinstance(value, uuid.UUID):
        return f"{value.int:032x}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return f'"{value.isoformat()}"'
    raise ValueError(f"a {type(value).__name__} without a zone or a place in an array: the ledger keeps UTC")
