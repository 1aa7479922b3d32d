"""Who must not be written to: suppressed mailboxes and withdrawn consents that reached us."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import in_list, listed
from orchestrator.ledger.store import Store, chunks
from orchestrator.ledger.tables import MESSAGE, SUPPRESSION, WITHDRAWAL
from orchestrator.ledger.values import Suppression
from orchestrator.ledger.versions import insert_new

EVERYTHING = "*"
MARKETING = "marketing"


def suppressed_among(
    connection: Connection, channel: str, hashes: Collection[bytes], scopes: Collection[str]
) -> set[tuple[bytes, str]]:
    """Give (address hash, scope) of every suppression of these mailboxes in these scopes."""
    found: set[tuple[bytes, str]] = set()
    statement = _suppressing(connection.dialect.name)
    for some in chunks(hashes, 5000):
        lists = {"scopes": listed(connection, scopes), "hashes": listed(connection, some)}
        rows = connection.execute(statement, {"channel": channel, **lists})
        found.update((bytes(row.address_hash), row.scope) for row in rows)
    return found


@cache
def _suppressing(dialect: str) -> sa.Select[tuple[bytes, str]]:
    s = SUPPRESSION.c
    return sa.select(s.address_hash, s.scope).where(
        s.channel == sa.bindparam("channel", type_=sa.Text()),
        in_list(dialect, s.scope, "scopes"),
        in_list(dialect, s.address_hash, "hashes"),
    )


def withdrawn_among(connection: Connection, channel: str, topic: str, people: Iterable[str]) -> set[str]:
    """Give those of ``people`` whose consent to the topic was withdrawn with us."""
    found: set[str] = set()
    statement = _withdrawing(connection.dialect.name)
    for some in chunks(people, 5000):
        parameters = {"channel": channel, "topic": topic, "people": listed(connection, some)}
        found.update(connection.scalars(statement, parameters))
    return found


@cache
def _withdrawing(dialect: str) -> sa.Select[tuple[str]]:
    w = WITHDRAWAL.c
    text = sa.Text()
    return sa.select(w.person).where(
        w.channel == sa.bindparam("channel", type_=text),
        w.topic == sa.bindparam("topic", type_=text),
        in_list(dialect, w.person, "people"),
    )


class People(Store):
    """Suppressions by mailbox, withdrawals by person. No guard that commits later lets them through."""

    def suppress(
        self,
        channel: str,
        scope: str,
        address_hash: bytes,
        reason: str,
        source: str,
        message: uuid.UUID | None = None,
    ) -> bool:
        """Write nothing more of ``scope`` to that mailbox; False when it stood there already.

        ``scope`` is ``*`` (everything), ``marketing`` (whatever carries an unsubscribe link) or a topic. With the
        ``message`` that was answered, its person takes back consent to the topic in the same commit, so that a new
        mailbox does not bring it back.
        """

        def work(connection: Connection) -> bool:
            self.decide_gate(connection)
            row = {"channel": channel, "scope": scope, "address_hash": address_hash, "reason": reason, "source": source}
            now = self._clock(connection)
            result = connection.execute(insert_new(connection, SUPPRESSION).values(**row, at=now))
            if message is not None and scope not in (EVERYTHING, MARKETING):
                person = connection.scalar(sa.select(MESSAGE.c.person).where(MESSAGE.c.id == message))
                if person is not None:
                    said = {"person": person, "channel": channel, "topic": scope, "source": source}
                    connection.execute(insert_new(connection, WITHDRAWAL).values(**said, at=now))
            return result.rowcount == 1

        return self.write(work)

    def suppressed(self, channel: str, hashes: Collection[bytes], scopes: Collection[str]) -> set[bytes]:
        """Give those mailboxes that are suppressed in any of the scopes; ``*`` always counts."""
        wanted = {EVERYTHING, *scopes}
        return self.read(lambda c: {found for found, _ in suppressed_among(c, channel, hashes, wanted)})

    def suppressions(self, limit: int = 100) -> list[Suppression]:
        """Give the latest suppressions."""
        query = sa.select(SUPPRESSION).order_by(SUPPRESSION.c.at.desc()).limit(limit)

        def work(connection: Connection) -> list[Suppression]:
            return [
                Suppression(r.channel, r.scope, bytes(r.address_hash), r.reason, r.source, r.at)
                for r in connection.execute(query)
            ]

        return self.read(work)

    def suppression_count(self) -> int:
        """Give the number of suppressions."""
        return self.read(lambda c: c.scalar(sa.select(sa.func.count()).select_from(SUPPRESSION)) or 0)

    def record_withdrawal(self, person: str, channel: str, topic: str, source: str) -> bool:
        """Keep that a person took consent back; False when we knew."""

        def work(connection: Connection) -> bool:
            self.decide_gate(connection)
            row = {"person": person, "channel": channel, "topic": topic, "source": source}
            result = connection.execute(insert_new(connection, WITHDRAWAL).values(**row, at=self._clock(connection)))
            return result.rowcount == 1

        return self.write(work)

    def lift_withdrawal(self, person: str, channel: str, topic: str) -> bool:
        """Forget a withdrawal because the person consented again; False when there was none."""
        mine = sa.and_(WITHDRAWAL.c.person == person, WITHDRAWAL.c.channel == channel, WITHDRAWAL.c.topic == topic)
        return self.write(lambda c: c.execute(sa.delete(WITHDRAWAL).where(mine)).rowcount == 1)

    def withdrawn(self, channel: str, topic: str, people: Collection[str]) -> set[str]:
        """Give those of ``people`` who withdrew consent to the topic with us."""
        return self.read(lambda c: withdrawn_among(c, channel, topic, people))
