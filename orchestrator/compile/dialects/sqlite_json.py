"""Lists and values inside JSON on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, json_kind, plain_key
from orchestrator.model.schema import Field


class SQLiteJson:
    """The part of the dialect that looks into documents."""

    def json_document(self, column: Expr) -> Any:
        """Give the text where it is JSON of letters that a text can hold, and the path of its root."""
        return sa.case((sa.and_(sa.func.json_valid(column) == _n(1), _holdable(column)), column)), _s("$")

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
    keys = ""
    for key in path:
        if plain_key(key):
            keys += f'."{key}"'
            continue
        rows = sa.func.json_each(text, _joined(place, keys)).table_valued("key", "fullkey", name="orc_key")
        found = sa.select(rows.c.fullkey).where(rows.c.key == _s(key)).correlate_except(rows)
        place, keys = found.limit(_n(1)).scalar_subquery(), ""
    return text, _joined(place, keys)


def _joined(place: Expr, keys: str) -> Expr:
    return place.op("||", precedence=6)(_s(keys)) if keys else place


def _holdable(column: Expr) -> Expr:
    """Give the test that no text in the JSON holds NUL or half a surrogate pair, which no other engine reads.

    SQLite ends a text at NUL, and takes half a pair for U+FFFD where it compares by a pattern only.
    """
    rows = sa.func.json_tree(column).table_valued("key", "atom", name="orc_piece")
    odd = [
        sa.func.replace(piece, _s("\ufffd"), _s("")).op("GLOB", is_comparison=True)(_s("*\ufffd*"))
        for piece in (rows.c.key, rows.c.atom)
    ]
    halves = sa.select(_n(1)).select_from(rows).where(sa.or_(*odd)).correlate_except(rows)
    nul = sa.func.instr(sa.func.replace(column, _s(r"\\"), _s(".")), _s(r"\u0000"))
    plain: Expr = sa.func.instr(column, _s(r"\u")) == _n(0)
    return sa.or_(plain, sa.and_(nul == _n(0), sa.not_(halves.exists())))


def _n(value: int) -> Expr:
    return sa.literal_column(str(value), sa.Integer)


def _s(text: str) -> Expr:
    """Give one of our own fixed words as a parameter."""
    return sa.bindparam(None, text, type_=sa.Text, unique=True)
