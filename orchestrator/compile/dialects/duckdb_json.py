"""Lists and values inside JSON on DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from orchestrator.compile.dialects.base import NUL, Expr, bind, json_kind
from orchestrator.model.schema import Field


class _Named(UserDefinedType[Any]):
    """A type of the engine by its own name, for casts."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """Give the name."""
        return self.name


class _Json(FunctionElement[Any]):
    """A text as JSON, unknown where it is none."""

    inherit_cache = True
    name = "orc_json"
    type = _Named("JSON")


@compiles(_Json)
def _spell_json(element: _Json, compiler: Any, **options: Any) -> str:
    return f"TRY_CAST({compiler.process(element.clauses, **options)} AS JSON)"


JSON, JSONS, DOUBLE = _Named("JSON"), _Named("JSON[]"), _Named("DOUBLE")


class DuckDBJson:
    """The part of the dialect that looks into documents."""

    def json_document(self, column: Expr) -> Any:
        """Give what the column holds as JSON: its own JSON or list, or a text where that is JSON."""
        listed = sa.func.typeof(column).like(sa.literal_column("'%[]'"))
        return sa.case(
            (listed, sa.func.to_json(column, type_=JSON)), (_lenient(column), sa.null()), else_=_Json(column)
        )

    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Read a value of the declared kind."""
        kind, place = json_kind(field), _path(path)
        kinds = {"text": ("VARCHAR",), "number": ("BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"), "bool": ("BOOLEAN",)}[kind]
        text = sa.func.json_extract_string(document, place)
        read = {"text": text, "number": sa.cast(text, DOUBLE), "bool": sa.cast(text, sa.Boolean)}[kind]
        found = sa.func.json_type(document, place).in_([sa.literal_column(f"'{each}'") for each in kinds])
        return sa.case((found, read))

    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the list."""
        found = sa.func.json_extract(document, _path(path), type_=JSON)
        return sa.case((self.json_is_list(document, path), found))

    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Ask for the type."""
        kind = sa.func.json_type(document, _path(path))
        return sa.func.coalesce(kind, sa.literal_column("''")) == sa.literal_column("'ARRAY'")

    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Count the entries of a list that a function keeps, which reads no table."""
        listed = sa.cast(self.json_list(document, path), JSONS)
        passes = sa.func.coalesce(test(sa.literal_column(name)), sa.false())
        kept = sa.func.list_filter(listed, sa.literal_column(f"lambda {name}").op(":", precedence=0)(passes))
        return sa.func.coalesce(sa.func.len(kept), sa.literal_column("0"))


def _lenient(column: Expr) -> Expr:
    """Give the test of what only DuckDB's parser takes for JSON: a comma at the end, NaN, infinity, NUL in a text."""
    texts: Expr = sa.literal_column(r"""'"(\\.|[^"\\])*"'""")
    odd: Expr = sa.literal_column(r"',\s*[\]}]|[nN][aA][nN]|[iI][nN][fF]'")
    letter: Expr = sa.literal_column("'s'")
    everywhere: Expr = sa.literal_column("'g'")
    outside = sa.func.regexp_replace(sa.cast(column, sa.Text), texts, letter, everywhere)
    nul = sa.func.regexp_matches(sa.cast(column, sa.Text), sa.literal_column(f"'{NUL}'"))
    return sa.or_(sa.func.regexp_matches(outside, odd), nul)


def _path(path: tuple[str, ...]) -> Expr:
    """Give the path to a place in a document."""
    return sa.cast(bind("$" + "".join(f'."{key}"' for key in path), "path"), sa.Text)
