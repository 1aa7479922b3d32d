"""A condition in SQL, for what the words of the language cannot say: one SELECT that gives the ids of its people."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.literal import Node


@dataclass(frozen=True, slots=True)
class RawColumn(Node):
    """``id: int``, one column that the SELECT gives; ``type`` is the word that the author wrote."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class RawText(Node):
    """The SQL between the braces, without the white space around it; its place is that of the text itself."""

    text: str


@dataclass(frozen=True, slots=True)
class RawSql(Node):
    """``sql (id: int) { select customer_id as id from orders }``: the people whose key is among the ids."""

    columns: tuple[RawColumn, ...]
    body: RawText
