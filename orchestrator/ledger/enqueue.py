"""Filling the snapshot: one row per person, step and channel; one mailbox, one message; nobody twice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import among, insert_many
from orchestrator.ledger.occurrences import still_mine
from orchestrator.ledger.store import Store, chunks
from orchestrator.ledger.tables import MAY_BE_SENT, MESSAGE, OCCURRENCE, RECIPIENT
from orchestrator.ledger.values import Enqueued, MessageState, Occurrence, OccurrenceState, Planned, Reason
from orchestrator.model.delivery import MessageKey
from orchestrator.model.errors import GateError

Mailbox = tuple[str, str, bytes]  # step, channel, address hash
LEASE = 60.0


def rank(person: str) -> tuple[int, int, str]:
    """Give the order of ids in which the lower one keeps a shared mailbox: numbers by value, before texts."""
    if person.isascii() and person.isdigit():
        return (0, int(person), person)
    return (1, 0, person)


def mailbox(row: Planned) -> Mailbox | None:
    """Give the place that the row would take, None for rows that were left out before arms were assigned."""
    if row.reason not in (None, Reason.HOLDOUT) or row.address_hash is None:
        return None
    return (row.step, row.channel, row.address_hash)


class Enqueue(Store):
    """Writes chunks of a snapshot."""

    def enqueue(self, occurrence: Occurrence, rows: Sequence[Planned], chunk: int) -> Enqueued:
        """Write one chunk (about 5,000 rows) of the snapshot; running it again changes nothing.

        The second person of a mailbox is written as skipped(duplicate_address), whatever the order of chunks:
        the lower id wins. Whoever is planned in another zone's occurrence of the same local slot is left out.
        Renews the lease. Raises GateError when the occurrence is not ours any more, or was cancelled.
        """
        for row in rows:
            if row.reason is None and (row.address is None or row.address_hash is None):
                raise ValueError("a message that is to be sent needs an address and its hash")

        def work(connection: Connection) -> Enqueued:
            now = self._clock(connection)
            mine = connection.execute(
                sa.update(OCCURRENCE)
                .where(still_mine(occurrence), OCCURRENCE.c.state == OccurrenceState.SNAPSHOTTING.value)
                .values(lease_until=now + dt.timedelta(seconds=LEASE))
            )
            if mine.rowcount != 1:
                raise GateError(f"the snapshot of {occurrence.campaign} {occurrence.slot} is not ours any more")
            keyed = {self.key(occurrence, row).id: row for row in rows}
            fresh = _fresh(connection, occurrence, keyed)
            losers = _losers(connection, occurrence, fresh)
            _demote(connection, losers - fresh.keys(), now)
            messages = [_message(occurrence, i, fresh[i], i in losers, chunk, now) for i in sorted(fresh)]
            insert_many(connection, MESSAGE, messages, "id")
            written = _written(connection, occurrence, list(fresh))
            recipients = [
                {"message_id": m["id"], "address": row.address, "zone": row.zone, "facts": row.facts}
                for m in messages
                if m["state"] == MessageState.PENDING.value and m["id"] in written
                for row in (fresh[m["id"]],)
            ]
            insert_many(connection, RECIPIENT, recipients)
            again = len(keyed) - len(fresh) - _elsewhere(connection, occurrence, keyed.keys() - fresh.keys())
            skipped = len(written) - len(recipients)
            return Enqueued(len(recipients), skipped, len(keyed) - len(written) - again)

        return self.write(work)

    def key(self, occurrence: Occurrence, row: Planned) -> MessageKey:
        """Give the key of a row: its zone is no part of it, so nobody gets a local slot twice."""
        return MessageKey(
            self.deployment, occurrence.campaign, occurrence.local_slot, row.person, row.step, row.channel
        )


def _fresh(connection: Connection, occurrence: Occurrence, keyed: dict[uuid.UUID, Planned]) -> dict[uuid.UUID, Planned]:
    """Give the rows that stand nowhere yet, neither here (a chunk written twice) nor in another zone."""
    known: set[uuid.UUID] = set()
    for some in chunks(keyed, 5000):
        known.update(connection.scalars(sa.select(MESSAGE.c.id).where(among(connection, MESSAGE.c.id, some))))
    return {i: row for i, row in keyed.items() if i not in known}


def _elsewhere(connection: Connection, occurrence: Occurrence, ids: set[uuid.UUID]) -> int:
    """Count those of ``ids`` that stand in another zone's occurrence."""
    found = 0
    for some in chunks(ids, 5000):
        query = sa.select(sa.func.count()).where(
            among(connection, MESSAGE.c.id, some), MESSAGE.c.occurrence_id != occurrence.id
        )
        found += connection.scalar(query.select_from(MESSAGE)) or 0
    return found


def _losers(connection: Connection, occurrence: Occurrence, fresh: dict[uuid.UUID, Planned]) -> set[uuid.UUID]:
    """Give the ids, new and old, that lose their mailbox to a lower id."""
    best: dict[Mailbox, tuple[tuple[int, int, str], uuid.UUID]] = {}
    losers: set[uuid.UUID] = set()
    siblings = sa.select(OCCURRENCE.c.id).where(
        OCCURRENCE.c.campaign == occurrence.campaign, OCCURRENCE.c.local_slot == occurrence.local_slot
    )
    hashes = {place[2] for row in fresh.values() if (place := mailbox(row)) is not None}
    for some in chunks(sorted(hashes), 5000):
        m = MESSAGE.c
        standing = sa.select(m.id, m.occurrence_id, m.person, m.step, m.channel, m.address_hash).where(
            MESSAGE.c.occurrence_id.in_(siblings), MAY_BE_SENT, among(connection, MESSAGE.c.address_hash, some)
        )
        for row in connection.execute(standing):
            first = (-1, 0, "") if row.occurrence_id != occurrence.id else rank(row.person)
            best[row.step, row.channel, bytes(row.address_hash)] = (first, row.id)
    for i, planned in fresh.items():
        place = mailbox(planned)
        if place is None:
            continue
        mine = (rank(planned.person), i)
        other = best.get(place)
        if other is None or mine < other:
            best[place] = mine
            if other is not None:
                losers.add(other[1])
        else:
            losers.add(i)
    return losers


def _demote(connection: Connection, losers: set[uuid.UUID], now: dt.datetime) -> None:
    """Let rows of earlier chunks go without their mailbox; nothing of this snapshot can be claimed yet."""
    for some in chunks(sorted(losers), 5000):
        connection.execute(sa.delete(RECIPIENT).where(among(connection, RECIPIENT.c.message_id, some)))
        connection.execute(
            sa.update(MESSAGE)
            .where(among(connection, MESSAGE.c.id, some))
            .values(
                state=MessageState.SKIPPED.value,
                reason=Reason.DUPLICATE_ADDRESS.value,
                variant=None,
                updated_at=now,
            )
        )


def _message(
    occurrence: Occurrence, message_id: uuid.UUID, row: Planned, loser: bool, chunk: int, now: dt.datetime
) -> dict[str, Any]:
    reason = Reason.DUPLICATE_ADDRESS if loser else row.reason
    return {
        "id": message_id,
        "occurrence_id": occurrence.id,
        "chunk": chunk,
        "person": row.person,
        "step": row.step,
        "channel": row.channel,
        "category": row.category,
        "variant": None if loser else row.variant,
        "address_hash": row.address_hash,
        "on_unknown": row.on_unknown.value,
        "state": (MessageState.PENDING if reason is None else MessageState.SKIPPED).value,
        "reason": None if reason is None else reason.value,
        "not_before": row.not_before or occurrence.due_at,
        "expires_at": row.expires_at,
        "updated_at": now,
    }


def _written(connection: Connection, occurrence: Occurrence, ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Give those of ``ids`` that stand in this occurrence: another zone may have been quicker."""
    found: set[uuid.UUID] = set()
    for some in chunks(ids, 5000):
        query = sa.select(MESSAGE.c.id).where(
            among(connection, MESSAGE.c.id, some), MESSAGE.c.occurrence_id == occurrence.id
        )
        found.update(connection.scalars(query))
    return found
