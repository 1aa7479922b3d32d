"""Lists and values inside JSON on ClickHouse: a document is its text, and every look into it reads that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.dialects.base import NUL, Expr, bind, json_kind
from orchestrator.model.schema import Field

KINDS = {"text": ("String",), "number": ("Int64", "UInt64", "Double"), "bool": ("Bool",)}
READERS = {"text": "JSONExtractString", "number": "JSONExtractFloat", "bool": "JSONExtractBool"}


class ClickHouseJson:
    """The part of the dialect that looks into documents."""

    def json_document(self, column: Expr) -> Any:
        """Give the text of what the column holds: its own JSON or list, or a text where that is JSON."""
        whole = sa.func.toJSONString(column)
        text = sa.func.JSONExtractString(whole)
        texts: Expr = sa.func.toTypeName(column).like(sa.literal_column("'%String%'"))
        listed: Expr = sa.func.toTypeName(column).like(sa.literal_column("'%(%String%(%'"))
        nul: Expr = sa.func.match(text, bind(NUL, "pattern"))
        return sa.func.coalesce(
            sa.case(
                (sa.not_(texts), whole),
                (listed, whole),
                (sa.and_(sa.func.isValidJSON(text) == _one(), sa.not_(nul)), text),
            ),
            sa.literal_column("''"),
        )

    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Read a value of the declared kind."""
        kind = json_kind(field)
        read: Expr = getattr(sa.func, READERS[kind])(document, *_path(path))
        return sa.case((_kind(document, path).in_([_word(each) for each in KINDS[kind]]), read))

    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the text of the list."""
        return sa.case((self.json_is_list(document, path), sa.func.JSONExtractRaw(document, *_path(path))))

    def json_known(self, value: Expr) -> Any:
        """Give the text; every look into it needs one."""
        return sa.func.coalesce(value, sa.literal_column("''"))

    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Ask for the type."""
        found: Expr = _kind(document, path) == _word("Array")
        return found

    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Count the entries of a list that a function keeps, which reads no table."""
        entries = sa.func.JSONExtractArrayRaw(document, *_path(path))
        passes = sa.func.coalesce(test(sa.literal_column(name)), sa.false())
        found: Expr = sa.func.arrayCount(sa.literal_column(name).op("->", precedence=0)(passes), entries)
        return found


def _kind(document: Any, path: tuple[str, ...]) -> Expr:
    return sa.cast(sa.func.JSONType(document, *_path(path)), sa.Text)


def _path(path: tuple[str, ...]) -> list[Expr]:
    return [bind(key, "path") for key in path]


def _word(text: str) -> Expr:
    return sa.literal_column(f"'{text}'", sa.Text)


def _one() -> Expr:
    return sa.literal_column("1")
