"""Lists and values inside JSON on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, json_kind
from orchestrator.model.schema import Field


class SQLiteJson:
    """The part of the dialect that looks into documents."""

    def json_document(self, column: Expr) -> Any:
        """Give the text where it is JSON, and the path of its root."""
        return sa.case((sa.func.json_valid(column) == _n(1), column)), _s("$")

    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Read a value of the declared kind."""
        text, place = _below(document, path)
        kind = sa.func.json_type(text, place, type_=sa.Text)
        kinds = {"text": ("text",), "number": ("integer", "real"), "bool": ("true", "false")}[json_kind(field)]
        return sa.case((kind.in_([_s(each) for each in kinds]), sa.func.json_extract(text, place)))

    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the text of the list."""
        text, place = _below(document, path)
        return sa.case((sa.func.json_type(text, place) == _s("array"), sa.func.json_extract(text, place)))

    def json_known(self, value: Expr) -> Any:
        """Give the text and the path of its root."""
        return value, _s("$")

    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Ask for the type."""
        return sa.func.coalesce(sa.func.json_type(*_below(document, path)), _s("")) == _s("array")

    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Count rows of ``json_each``."""
        found: Expr = self._each(document, path, test, name, sa.func.count()).scalar_subquery()
        return found

    def json_some(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Stop at the first row of ``json_each`` that passes."""
        found: Expr = self._each(document, path, test, name, _n(1)).exists()
        return found

    def _each(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str, what: Expr) -> Any:
        text, place = _below(document, path)
        listed = sa.case((sa.func.json_type(text, place) == _s("array"), text))
        rows = sa.func.json_each(listed, place).table_valued("fullkey", name=name)
        return sa.select(what).select_from(rows).where(test((text, rows.c.fullkey))).correlate_except(rows)


def _below(document: Any, path: tuple[str, ...]) -> tuple[Expr, Expr]:
    """Give the text of a document and the path to a place in it."""
    text, place = document
    keys = "".join(f'."{key}"' for key in path)
    return text, place.op("||", precedence=6)(_s(keys)) if keys else place


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.Integer)


def _s(text: str) -> Expr:
    """Give one of our own fixed words as a parameter."""
    return sa.bindparam(None, text, type_=sa.Text, unique=True)
