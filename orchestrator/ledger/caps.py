"""Frequency caps: how many messages of a category somebody got in a window that ends now.

Every attempt of a capped category is one row; a definite no takes it back. Counting rows in a sliding window
means that "3 per 7 days" holds for any seven days, not only for calendar weeks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import among, given, giving, in_list, listed, rows_of
from orchestrator.ledger.quiet import window_start
from orchestrator.ledger.tables import CAP_USE
from orchestrator.ledger.values import Claimed, Rules
from orchestrator.model.project import Cap


def lock_people(connection: Connection, people: Collection[tuple[str, str]]) -> None:
    """Let no other guard count for these (person, category) until this transaction ends; always in one order."""
    if connection.dialect.name != "postgresql" or not people:
        return
    keys = sorted({_lock_key(person, category) for person, category in people})
    rows_of(connection, _locking(), giving(connection, key=keys))


@cache
def _locking() -> sa.Select[Any]:
    keys = given("postgresql", key=sa.BigInteger())
    return sa.select(sa.func.count(sa.func.pg_advisory_xact_lock(keys.c.key)))


def _lock_key(person: str, category: str) -> int:
    digest = hashlib.sha256(f"{category}:{person}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def use_counts(
    connection: Connection, claims: Sequence[tuple[Claimed, Rules]], now: dt.datetime
) -> dict[int, list[tuple[int, Counter[str]]]]:
    """Give how much of each cap is used: for each rule (its ``id()``), what its caps allow and the use by person.

    Rules of one category share the use of equal caps: counting it up for one counts for all. One statement per
    category and window. The messages themselves are left aside, so that one that is sent again does not stand in
    its own way.
    """
    by_rule: dict[int, tuple[Rules, list[str]]] = {}
    for claim, rule in claims:
        by_rule.setdefault(id(rule), (rule, []))[1].append(claim.person)
    people: dict[tuple[str, Cap], set[str]] = defaultdict(set)
    for rule, who in by_rule.values():
        for cap in rule.caps:
            people[rule.category, cap].update(who)
    themselves = listed(connection, [claim.id for claim, _ in claims]) if people else None
    uses: dict[tuple[str, Cap], Counter[str]] = {}
    for (category, cap), some in people.items():
        parameters = {"people": listed(connection, some), "category": category, "since": window_start(now, cap.per)}
        rows = rows_of(connection, _counting(connection.dialect.name), {**parameters, "themselves": themselves})
        uses[category, cap] = Counter(dict(map(tuple, rows)))
    return {key: [(cap.count, uses[rule.category, cap]) for cap in rule.caps] for key, (rule, _) in by_rule.items()}


@cache
def _counting(dialect: str) -> sa.Select[Any]:
    use = CAP_USE.c
    return (
        sa.select(use.person, sa.func.count().label("n"))
        .where(
            in_list(dialect, use.person, "people"),
            use.category == sa.bindparam("category", type_=sa.Text()),
            use.at > sa.bindparam("since", type_=use.at.type),
            sa.not_(in_list(dialect, use.message_id, "themselves")),
        )
        .group_by(use.person)
    )


def spending(dialect: str, moved: sa.FromClause) -> sa.Insert:
    """Give what writes down that those of ``:capped`` that have just become ``attempting`` are on their way."""
    uses = sa.select(moved.c.id, moved.c.person, moved.c.category, moved.c.updated_at)
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    insert = make(CAP_USE).from_select(
        ["message_id", "person", "category", "at"], uses.where(in_list(dialect, moved.c.id, "capped"))
    )
    return insert.on_conflict_do_nothing()


def refund(connection: Connection, messages: Collection[uuid.UUID]) -> None:
    """Take the use back of messages that definitely did not arrive."""
    if messages:
        connection.execute(sa.delete(CAP_USE).where(among(connection, CAP_USE.c.message_id, messages)))
