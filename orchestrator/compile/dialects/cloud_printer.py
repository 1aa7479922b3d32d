"""A printer for engines whose drivers we do not bring: SQLAlchemy's general one with an engine's quotes and types."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import GenericTypeCompiler, IdentifierPreparer, SQLCompiler


class _Compiler(SQLCompiler):
    mark = ":"

    def bindparam_string(self, name: str, *args: Any, **options: Any) -> str:
        """Give a named parameter with the engine's own mark."""
        return self.mark + super().bindparam_string(name, *args, **options).removeprefix(":")

    def visit_collate_binary(self, binary: Any, operator: Any, **options: Any) -> str:
        """Leave collations out: these engines sort texts by their bytes."""
        return str(self.process(binary.left, **options))


@lru_cache(maxsize=16)
def printer_of(
    name: str, quote: str, escaped: tuple[tuple[str, str], ...], mark: str, text_type: str, piece: str
) -> sa.Dialect:
    """Give a printer: how names are quoted, what marks a parameter, the type of texts, and the piece of a text."""

    class Preparer(IdentifierPreparer):
        def __init__(self, dialect: Any) -> None:
            super().__init__(dialect, initial_quote=quote)

        def _requires_quotes(self, value: str) -> bool:
            return True

        def _escape_identifier(self, value: str) -> str:
            for sign, instead in escaped:
                value = value.replace(sign, instead)
            return value

    class Types(GenericTypeCompiler):
        def visit_text(self, type_: Any, **_: Any) -> str:
            return text_type

        def visit_TEXT(self, type_: Any, **_: Any) -> str:
            return text_type

    class Compiler(_Compiler):
        def visit_split_part_func(self, func: Any, **options: Any) -> str:
            return piece.format(*(self.process(clause, **options) for clause in func.clauses))

    Compiler.mark = mark
    made = type(
        f"{name}_printer",
        (DefaultDialect,),
        {
            "name": name,
            "supports_native_boolean": True,
            "statement_compiler": Compiler,
            "type_compiler_cls": Types,
            "preparer": Preparer,
            "max_identifier_length": 250,
        },
    )
    found: sa.Dialect = made(paramstyle="named")
    return found
