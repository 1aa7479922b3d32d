"""A few members to look at, with everything personal masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from orchestrator.audience.joining import Rows, rows
from orchestrator.audience.people import fact
from orchestrator.model.people import Fact, canonical_id
from orchestrator.model.schema import Field

_PRIVATE = {"personal", "special"}


def sample(connection: Connection, query: Rows, facts: Sequence[Field]) -> list[dict[str, Fact]]:
    """Give the rows of a sample query as dictionaries with ``id`` and each fact by name, personal ones masked.

    The query's columns are ``id`` and ``fact__<n>`` for the n-th of ``facts``.
    """
    found = []
    for row in rows(connection, query, 1000):
        values: dict[str, Any] = dict(zip(query.columns, row, strict=True))
        line: dict[str, Fact] = {"id": canonical_id(values["id"])}
        for n, field in enumerate(facts):
            value = fact(values[f"fact__{n}"], field)
            line[field.name] = masked(value) if _PRIVATE & set(field.tags) else value
        found.append(line)
    return found


def masked(value: Fact) -> Fact:
    """Give the value with all but its first letter hidden; of an address the domain stays: ``a***@example.com``."""
    if value is None:
        return None
    text = str(value)
    name, at, domain = text.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{text[:1]}***" if text else text
