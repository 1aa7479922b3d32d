"""The ids that the SQL of a segment gives, as a SELECT of the engine that runs it."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Dialect
from orchestrator.compile.features import Raw
from orchestrator.compile.raw import parsed
from orchestrator.compile.raw_grammar import PRINTED
from orchestrator.model.errors import UsageError
from orchestrator.model.schema import Entity


class Statement(Protocol):
    """What this file needs of a statement."""

    dialect: Dialect
    entity: Entity

    def alias(self, prefix: str) -> str:
        """Give a name that the statement has not used."""

    def people(self) -> Any:
        """Give the entity's table under a name of its own."""


def ids(statement: Statement, pred: Raw) -> sa.Select[Any]:
    """Give the keys of the people whose id is among those of the SQL, each once, under the name ``id``.

    Keys are compared as canonical texts, so that a text and a number that say the same are the same person on every
    engine; an unknown id is nobody. Raises UsageError for SQL that the engine cannot say.
    """
    text = printed(pred.text, statement.dialect.name)
    literal = sa.text(text.replace(":", "\\:"))  # a colon in the author's SQL is no parameter
    rows = literal.columns(*(sa.column(name) for name in pred.columns)).subquery(statement.alias("orc_raw"))
    people = statement.people()
    key = people.c[statement.entity.key]
    spelled = statement.dialect.id_text
    same = spelled(key) == spelled(rows.c.id)
    return sa.select(key.label("id")).select_from(people.join(rows, same)).distinct()


def printed(text: str, dialect: str) -> str:
    """Give the SQL as an engine says it, all names quoted; raises UsageError where it cannot say it."""
    from sqlglot.errors import ErrorLevel, SqlglotError

    tree = parsed(text)
    if isinstance(tree, str):
        raise ValueError(tree)  # whoever builds the predicate has read it before
    try:
        found = tree.sql(
            dialect=PRINTED.get(dialect, dialect), identify=True, comments=False, unsupported_level=ErrorLevel.RAISE
        )
    except SqlglotError as error:
        raise UsageError(f"{dialect} cannot say the SQL of this segment: {error}", "say it in simpler SQL") from None
    return str(found)
