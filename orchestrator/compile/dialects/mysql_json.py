"""Lists and values inside JSON on MariaDB and MySQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from orchestrator.compile.dialects.base import NUL, Expr, bind, json_kind, plain_key
from orchestrator.model.schema import Field

EXACT: sa.DECIMAL[Any] = sa.DECIMAL(65, 12)
HEX = re.compile(r"(\\u)([0-9a-f]{4})")
KINDS = {
    "text": ("STRING",),
    "number": ("INTEGER", "UNSIGNED INTEGER", "DOUBLE", "DECIMAL"),
    "bool": ("BOOLEAN",),
}


class _Each(FunctionElement[Any]):
    """The entries of a list as rows of one column ``v``."""

    inherit_cache = True
    name = "orc_each"


@compiles(_Each)
def _spell_each(element: _Each, compiler: Any, **options: Any) -> str:
    return f"JSON_TABLE({compiler.process(element.clauses, **options)}, '$[*]' COLUMNS (v JSON PATH '$'))"


class MySQLJson:
    """The part of the dialect that looks into documents."""

    def json_document(self, column: Expr) -> Any:
        """Give the text or the document where it is JSON in which no text holds NUL."""
        nul = column.op("REGEXP", is_comparison=True)(bind(NUL, "pattern"))
        return sa.case((sa.and_(sa.func.json_valid(column) == sa.literal_column("1"), sa.not_(nul)), column))

    def json_value(self, document: Any, path: tuple[str, ...], field: Field) -> Expr:
        """Read a value of the declared kind."""
        found, kind = _below(document, path), json_kind(field)
        text = sa.func.json_unquote(found)
        read: Expr = sa.cast(text, EXACT) if kind == "number" else text
        fits = sa.func.json_type(found).in_([sa.literal_column(f"'{each}'") for each in KINDS[kind]])
        return sa.case((fits, read))

    def json_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Give the list."""
        return sa.case((self.json_is_list(document, path), _below(document, path)))

    def json_is_list(self, document: Any, path: tuple[str, ...]) -> Expr:
        """Ask for the type."""
        kind = sa.func.json_type(_below(document, path))
        found: Expr = sa.func.coalesce(kind, sa.literal_column("''")) == sa.literal_column("'ARRAY'")
        return found

    def json_count(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Count rows of a table made of the document; MariaDB answers EXISTS over one inside another wrongly."""
        rows = _Each(self.json_list(document, path)).table_valued("v", name=name)
        select = sa.select(sa.func.count()).select_from(rows).where(test(rows.c.v)).correlate_except(rows)
        found: Expr = select.scalar_subquery()
        return found

    def json_some(self, document: Any, path: tuple[str, ...], test: Callable[[Any], Expr], name: str) -> Expr:
        """Count, for the same reason."""
        return self.json_count(document, path, test, name) > sa.literal_column("0")


def _below(document: Expr, path: tuple[str, ...]) -> Expr:
    """Give what a path leads to; MariaDB knows a key only as the document spells it, by its letters or by escapes."""
    spelled = [path]
    if not all(plain_key(key) for key in path):
        escaped = [json.dumps(key)[1:-1] for key in path]
        spelled += [tuple(escaped), tuple(HEX.sub(lambda found: found[1] + found[2].upper(), key) for key in escaped)]
    found = [
        sa.func.json_extract(document, bind("$" + "".join(f'."{key}"' for key in each), "path")) for each in spelled
    ]
    return sa.func.coalesce(*found) if len(found) > 1 else found[0]
