"""What SQLAlchemy has no word for: lists that become rows, and entries of arrays."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class SuperList(FunctionElement[Any]):
    """Whether a text is one of a JSON list, on Redshift."""

    inherit_cache = True
    name = "orc_super_list"
    type = sa.Boolean()


@compiles(SuperList)
def _spell_super(element: SuperList, compiler: Any, **options: Any) -> str:
    value, items = (compiler.process(clause, **options) for clause in element.clauses)
    rows = f"(SELECT JSON_PARSE({items}) AS listed) AS orc_items, orc_items.listed AS one"
    return f"({value} IN (SELECT CAST(one AS VARCHAR(65535)) FROM {rows}))"  # noqa: S608 (printed by the compiler)


class InUnnest(FunctionElement[Any]):
    """Whether a text is one of a JSON list, on BigQuery."""

    inherit_cache = True
    name = "orc_in_unnest"
    type = sa.Boolean()


@compiles(InUnnest)
def _spell_unnest(element: InUnnest, compiler: Any, **options: Any) -> str:
    value, items = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({value} IN UNNEST(JSON_VALUE_ARRAY({items})))"


class ArrayOf(FunctionElement[Any]):
    """A JSON list as an array of texts, on Trino."""

    inherit_cache = True
    name = "orc_array_of"


@compiles(ArrayOf)
def _spell_array(element: ArrayOf, compiler: Any, **options: Any) -> str:
    return f"CAST(JSON_PARSE({compiler.process(element.clauses, **options)}) AS ARRAY(VARCHAR))"
