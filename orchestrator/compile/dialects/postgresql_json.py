"""Lists and values inside JSON on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from orchestrator.compile.dialects.base import Expr, bind, json_kind
from orchestrator.model.schema import Field

TEXTS = ("text", "character varying", "character")
DEEPEST = 6
_HEX = "[0-9a-fA-F]"
_PLAIN = rf"\\u(?!0000|[dD][89a-fA-F]){_HEX}{{4}}"
_PAIR = rf"\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"
STRINGS = rf'"(?:[^"\\\x01-\x1f]|\\["\\/bfnrt]|{_PLAIN}|{_PAIR})*"'
NUMBERS = r"(^|[][{},:\s])-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,2})?(?=[][{},:\s]|$)"


class PostgreSQLJson:
    """The part of the dialect that looks into documents."""

    def json_document(self, column: Expr) -> Any:
        """Give what the column holds as jsonb: its own JSON or array, or a text where that is JSON.

        A column of type `json` may hold NUL and half pairs, which `jsonb` refuses with an error.
        """
        text = sa.cast(column, sa.Text)
        is_text = sa.cast(sa.func.pg_typeof(column), sa.Text).in_([sa.literal_column(f"'{name}'") for name in TEXTS])
        read = sa.case((json_text(text), sa.cast(text, postgresql.JSONB)))
        kept = sa.cast(sa.func.pg_typeof(column), sa.Text) == sa.literal_column("'json'")
        odd = _replaced(text, STRINGS, "s").op("~", is_comparison=True)(sa.literal_column("'\"'"))
        return sa.case((is_text, read), (sa.and_(kept, odd), sa.null()), else_=sa.func.to_jsonb(column))

    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Read a value of the declared kind."""
        found, kind = _below(document, path), json_kind(field)
        word = {"text": "string", "number": "number", "bool": "boolean"}[kind]
        text = found.op("#>>", precedence=10)(sa.literal_column("'{}'"))
        read = {"text": text, "number": sa.cast(text, sa.Numeric), "bool": sa.cast(text, sa.Boolean)}[kind]
        return sa.case((sa.func.jsonb_typeof(found) == sa.literal_column(f"'{word}'"), read))

    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the list."""
        return sa.case((self.json_is_list(document, path), _below(document, path)))

    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Ask for the type."""
        kind = sa.func.jsonb_typeof(_below(document, path))
        found: Expr = sa.func.coalesce(kind, sa.literal_column("''")) == sa.literal_column("'array'")
        return found

    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Count entries; the function looks at one row of its own and at no table."""
        found: Expr = self._each(document, path, test, name, sa.func.count()).scalar_subquery()
        return found

    def json_some(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Stop at the first entry that passes."""
        found: Expr = self._each(document, path, test, name, sa.literal_column("1")).exists()
        return found

    def _each(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str, what: Expr) -> Any:
        strict: list[Expr] = [sa.literal_column(text) for text in ("CAST('strict $[*]' AS jsonpath)", "'{}'", "true")]
        rows = (
            sa.func.jsonb_path_query(_below(document, path), *strict)
            .table_valued(sa.column("v", postgresql.JSONB), name=name, joins_implicitly=True)
            .render_derived()
        )
        return sa.select(what).select_from(rows).where(test(rows.c.v)).correlate_except(rows)


def _below(document: Expr, path: tuple[str, ...]) -> Expr:
    keys = [sa.cast(bind(key, "key"), sa.Text) for key in path]
    return sa.func.jsonb_extract_path(document, *keys, type_=postgresql.JSONB) if keys else document


def json_text(text: Expr) -> Expr:
    """Give the test that a text is JSON that jsonb can hold, with at most ``DEEPEST`` lists and objects in one another.

    PostgreSQL 15 cannot ask without failing where it is none. Every string becomes ``s``, every other value ``v``, and
    each round turns the innermost lists and objects into a ``v`` until one value is left. A column of type ``jsonb``
    saves all of this.
    """
    for found, instead in (
        (STRINGS, "s"),
        (NUMBERS, r"\1v"),
        (r"\m(true|false|null)\M", "v"),
        (r"[ \t\n\r]*([][{},:])[ \t\n\r]*", r"\1"),
        *(((r"\[([sv](,[sv])*)?\]|\{(s:[sv](,s:[sv])*)?\}"), "v"),) * DEEPEST,
    ):
        text = _replaced(text, found, instead)
    return text.op("~", is_comparison=True)(_quoted(r"^[ \t\n\r]*[sv][ \t\n\r]*$"))


def _replaced(text: Expr, found: str, instead: str) -> Expr:
    """Replace a pattern of our own everywhere."""
    made: Expr = sa.func.regexp_replace(text, _quoted(found), _quoted(instead), sa.literal_column("'g'"))
    return made


def _quoted(text: str) -> Expr:
    """Give one of our own patterns as a parameter."""
    return sa.cast(bind(text, "pattern"), sa.Text)
