"""Lists, JSON and rows of other entities in SQL.

A column with a path, and what stands inside a list, are read from a JSON document by the dialect: a value of
another type than the declared one is unknown, and what is no JSON is a missing document.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from orchestrator.compile.around import Around
from orchestrator.compile.belonging import Elsewhere, Entries, Listing
from orchestrator.compile.dialects.base import Expr
from orchestrator.compile.features import Column, Measured, Pred
from orchestrator.compile.names import Items
from orchestrator.model.schema import Type


def column(frame: Around, term: Column) -> Expr:
    """Give a column as it lies in the database, or the value at its place in a document."""
    if term.type is Type.LIST:
        document, path = _place(frame, term)
        return frame.dialect.json_list(document, path)
    if not term.field.path and not _in_entry(frame, term):
        found: Expr = _table(frame, term).c[term.field.column]
        return found
    document, path = _place(frame, term)
    return frame.dialect.json_value(document, path, term.field)


def known(frame: Around, term: Column | Measured, wanted: bool) -> Expr:
    """Give the test that there is a list (or none)."""
    document, path = _place(frame, term)
    found = frame.dialect.json_is_list(document, path)
    return found if wanted else sa.not_(found)


def number(frame: Around, term: Entries) -> Expr:
    """Give the number of entries that pass, 0 where there is no list."""
    document, path = _place(frame, term.of)
    return frame.dialect.json_count(document, path, _test(frame, term.name, term.filter), _name(frame))


def some(frame: Around, pred: Listing, wanted: bool) -> Expr:
    """Give the test that some entry passes (or none does)."""
    document, path = _place(frame, pred.of)
    found = frame.dialect.json_some(document, path, _test(frame, pred.name, pred.filter), _name(frame))
    return found if wanted else sa.not_(found)


def elsewhere(frame: Around, pred: Elsewhere, wanted: bool) -> Expr:
    """Give the test that the row points at one of those of another entity for whom a predicate is true."""
    inner = frame.statement.about(pred.entity).frame()
    ids = inner.select([inner.key], inner.key.is_not(None), inner.truth(pred.pred))
    found: Expr = frame.terms.raw(pred.key).in_(ids)
    return found if wanted else frame.dialect.is_not_true(found)


def _test(frame: Around, name: str, pred: Pred) -> Any:
    """Give the function from an entry to the test that it passes."""

    def test(entry: Any) -> Expr:
        return frame.statement.frame(Items(name, {}), frame, entry).truth(pred, True, False)

    return test


def _name(frame: Around) -> str:
    return frame.statement.alias("i")


def _in_entry(frame: Around, term: Column) -> bool:
    return term.event and isinstance(frame.event, Items)


def _place(frame: Around, term: Column | Measured) -> tuple[Any, tuple[str, ...]]:
    """Give the document that holds a value, and the path to it."""
    if isinstance(term, Measured):
        return frame.dialect.json_known(frame.read(term.metric)), ()
    field = term.field
    if _in_entry(frame, term):
        return frame.source, ((field.column, *field.path) if field.column else ())
    return frame.dialect.json_document(_table(frame, term).c[field.column]), field.path


def _table(frame: Around, term: Column) -> Any:
    return frame.source if term.event else frame.parent if term.parent else frame.people
