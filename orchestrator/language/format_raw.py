"""A condition in SQL as its author wrote it: the SQL keeps its lines and its spaces."""

from __future__ import annotations

from orchestrator.language.format_words import words
from orchestrator.model import condition as c


@words.register
def _(node: c.RawSql) -> str:
    columns = ", ".join(f"{column.name}: {column.type}" for column in node.columns)
    return f"sql ({columns}) {{ {node.body.text} }}" if node.body.text else f"sql ({columns}) {{ }}"
