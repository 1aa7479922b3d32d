"""Circuit breakers: a provider that fails again and again is left alone by all workers, and tried by one message.

What counts is what says nothing about a message: no connection, a connection that broke, no answer.
"""

from __future__ import annotations

import datetime as dt
import json

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.store import Store, storable
from orchestrator.ledger.tables import BREAKER
from orchestrator.ledger.values import OpenBreaker, Passage
from orchestrator.ledger.versions import insert_new

FAILURES, WITHIN = 20, dt.timedelta(seconds=60)
"""So many failures in so long a time open a breaker."""
PROBE = dt.timedelta(seconds=60)
"""While it is open, one message is let out so often."""
LONGEST_REASON = 300


class Breaker(Store):
    """Whether a provider may be asked, and what became of asking it."""

    def passage(self, provider: str) -> Passage:
        """Tell whether a provider may be used: freely, by one message of this caller, or not now.

        Who gets PROBE is the only one that may try within ``PROBE``, and says what came of it with :meth:`probed`.
        """
        row = self.read(lambda c: c.execute(sa.select(BREAKER).where(BREAKER.c.provider == provider)).first())
        if row is None or row.opened_at is None:
            return Passage.FREE

        def take(connection: Connection) -> Passage:
            now = self._clock(connection)
            taken = (
                sa.update(BREAKER)
                .where(BREAKER.c.provider == provider, BREAKER.c.probe_at <= now)
                .values(probe_at=now + PROBE, probes=BREAKER.c.probes + 1)
            )
            return Passage.PROBE if connection.execute(taken).rowcount == 1 else Passage.SHUT

        return self.write(take)

    def failed(self, provider: str, times: int, reason: str) -> bool:
        """Count failures of a provider, and tell whether it is to be left alone now."""

        def work(connection: Connection) -> bool:
            now = self._clock(connection)
            first = {"provider": provider, "recent": "[]", "reason": "", "probes": 0}
            connection.execute(insert_new(connection, BREAKER).values(**first))
            query = sa.select(BREAKER).where(BREAKER.c.provider == provider).with_for_update()
            row = connection.execute(query).one()
            if row.opened_at is not None:
                return True
            recent = [*json.loads(row.recent), *[now.timestamp()] * min(times, FAILURES)][-FAILURES:]
            opens = len(recent) == FAILURES and now.timestamp() - recent[0] <= WITHIN.total_seconds()
            values: dict[str, object] = {"recent": json.dumps(recent), "reason": storable(reason, LONGEST_REASON)}
            if opens:
                values |= {"recent": "[]", "opened_at": now, "probe_at": now + PROBE}
            connection.execute(sa.update(BREAKER).where(BREAKER.c.provider == provider).values(**values))
            return opens

        return self.write(work)

    def probed(self, provider: str, well: bool) -> None:
        """Close the breaker after a probe that went well; after another it stays open until the next one."""
        if well:
            self.write(lambda c: c.execute(sa.delete(BREAKER).where(BREAKER.c.provider == provider)))

    def open_breakers(self) -> list[OpenBreaker]:
        """Give the providers that are left alone, since when, until when, and why."""
        query = sa.select(BREAKER).where(BREAKER.c.opened_at.is_not(None)).order_by(BREAKER.c.provider)
        rows = self.read(lambda c: c.execute(query).all())
        return [OpenBreaker(r.provider, r.opened_at, r.probe_at, r.probes, r.reason) for r in rows]
