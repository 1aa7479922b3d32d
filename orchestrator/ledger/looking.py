"""Looking without touching: where every message stands."""

from __future__ import annotations

import uuid
from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.control import rows_where
from orchestrator.ledger.occurrences import held, in_state, occurrence_of
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import MESSAGE, OCCURRENCE, PAST
from orchestrator.ledger.values import Count, MessageState, OccurrenceState, OccurrenceStatus, Reason, Row


class Looking(Store):
    """Counts and lists."""

    def status(self, campaign: str | None = None, limit: int = 20) -> list[OccurrenceStatus]:
        """Give the latest occurrences with their counts, newest first."""
        query = sa.select(OCCURRENCE, held().label("paused"))
        query = query.order_by(OCCURRENCE.c.due_at.desc(), OCCURRENCE.c.id.desc()).limit(limit)
        if campaign is not None:
            query = query.where(OCCURRENCE.c.campaign == campaign)

        def work(connection: Connection) -> list[OccurrenceStatus]:
            rows = connection.execute(query).all()
            counts: dict[int, list[Count]] = defaultdict(list)
            m = MESSAGE.c
            groups = (m.occurrence_id, m.step, m.variant, m.state, m.reason)
            of = sa.select(*groups, sa.func.count().label("n")).where(m.occurrence_id.in_([row.id for row in rows]))
            for r in connection.execute(of.group_by(*groups).order_by(*groups)):
                reason = None if r.reason is None else Reason(r.reason)
                counts[r.occurrence_id].append(Count(r.step, r.variant, MessageState(r.state), reason, r.n))
            p = PAST.c
            kept = (p.occurrence_id, p.step, p.variant, p.state, p.reason)
            past = sa.select(*kept, sa.func.sum(p.n).label("n")).where(p.occurrence_id.in_([row.id for row in rows]))
            for r in connection.execute(past.group_by(*kept).order_by(*kept)):
                reason = None if r.reason is None else Reason(r.reason)
                counts[r.occurrence_id].append(Count(r.step, r.variant, MessageState(r.state), reason, int(r.n)))
            waiting = sa.select(m.occurrence_id, sa.func.count().label("n"), sa.func.min(m.not_before).label("until"))
            waiting = waiting.where(
                m.occurrence_id.in_([row.id for row in rows if row.state == OccurrenceState.SENDING.value]),
                in_state(m.state, MessageState.PENDING, MessageState.RETRY),
                m.not_before > self._clock(connection),
            ).group_by(m.occurrence_id)
            waits = {r.occurrence_id: (r.n, r.until) for r in connection.execute(waiting)}
            return [
                OccurrenceStatus(occurrence_of(row), bool(row.paused), tuple(counts[row.id]), waits.get(row.id))
                for row in rows
            ]

        return self.read(work)

    def messages(
        self, occurrence: int | None = None, state: MessageState | None = None, limit: int = 1000
    ) -> list[Row]:
        """List messages, those that changed first in front."""
        return self.read(lambda c: rows_where(c, occurrence=occurrence, state=state, limit=limit))

    def recipient(self, message: uuid.UUID) -> Row | None:
        """Give one message by its id, None when there is none."""
        return next(iter(self.read(lambda c: rows_where(c, message=message))), None)
