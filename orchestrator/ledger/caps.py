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

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import among
from orchestrator.ledger.quiet import window_start
from orchestrator.ledger.tables import CAP_USE
from orchestrator.ledger.values import Claimed, Rules
from orchestrator.ledger.versions import insert_new
from orchestrator.model.project import Cap


def lock_people(connection: Connection, people: Collection[tuple[str, str]]) -> None:
    """Let no other guard count for these (person, category) until this transaction ends; always in one order."""
    if connection.dialect.name != "postgresql" or not people:
        return
    keys = sorted({_lock_key(person, category) for person, category in people})
    key = sa.func.unnest(sa.cast(keys, sa.ARRAY(sa.BigInteger))).column_valued("key")
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key))).all()


def _lock_key(person: str, category: str) -> int:
    digest = hashlib.sha256(f"{category}:{person}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def use_counts(
    connection: Connection, claims: Sequence[tuple[Claimed, Rules]], now: dt.datetime
) -> Counter[tuple[str, str, Cap]]:
    """Give how much of each cap is used, by (person, category, cap): one statement per category and window.

    The messages themselves are left aside, so that one that is sent again does not stand in its own way.
    """
    themselves = [claim.id for claim, _ in claims]
    counts: Counter[tuple[str, str, Cap]] = Counter()
    people: dict[tuple[str, Cap], set[str]] = defaultdict(set)
    for claim, rule in claims:
        for cap in rule.caps:
            people[rule.category, cap].add(claim.person)
    for (category, cap), who in people.items():
        query = (
            sa.select(CAP_USE.c.person, sa.func.count().label("n"))
            .where(
                among(connection, CAP_USE.c.person, who),
                CAP_USE.c.category == category,
                CAP_USE.c.at > window_start(now, cap.per),
            )
            .where(sa.not_(among(connection, CAP_USE.c.message_id, themselves)))
            .group_by(CAP_USE.c.person)
        )
        for row in connection.execute(query):
            counts[row.person, category, cap] = row.n
    return counts


def spend(connection: Connection, uses: Sequence[tuple[uuid.UUID, str, str]], now: dt.datetime) -> None:
    """Write down that these messages (id, person, category) are on their way."""
    rows = [{"message_id": i, "person": person, "category": category, "at": now} for i, person, category in uses]
    if rows:
        connection.execute(insert_new(connection, CAP_USE), rows)


def refund(connection: Connection, messages: Collection[uuid.UUID]) -> None:
    """Take the use back of messages that definitely did not arrive."""
    if messages:
        connection.execute(sa.delete(CAP_USE).where(among(connection, CAP_USE.c.message_id, messages)))
