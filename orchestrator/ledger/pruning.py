"""Retention: messages that are over for long enough become numbers, and nothing that protects anybody is lost.

What goes are messages with their attempts, uses of caps and events. What stays are occurrences (so that no slot can be
sent again), their sums by step, variant, state and reason (so that the audit adds up), suppressions, withdrawals, and
everything that is open or unknown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.batch import in_list, listed
from orchestrator.ledger.occurrences import in_state
from orchestrator.ledger.restoring import PRUNED
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import ATTEMPT, CAP_USE, HAPPENED, MESSAGE, OCCURRENCE, PAST, RECIPIENT, SETTING
from orchestrator.ledger.values import OPEN, MessageState, OccurrenceState
from orchestrator.ledger.versions import write_action

BATCH = 2000
"""Messages that one commit takes away, so that no guard waits long for it."""
OVER = (OccurrenceState.DONE, OccurrenceState.CANCELLED)
M, O = MESSAGE.c, OCCURRENCE.c  # noqa: E741


@dataclass(frozen=True, slots=True)
class Old:
    """What is older than a moment and over: occurrences and the messages in them; ``kept`` have unknown messages."""

    occurrences: int
    messages: int
    kept: int


class Pruning(Store):
    """Looking at what is old, and turning it into numbers."""

    def old(self, before: dt.datetime) -> Old:
        """Give what :meth:`prune` would take away."""

        def work(connection: Connection) -> Old:
            numbers = _over(before)
            messages = sa.select(sa.func.count()).select_from(MESSAGE).where(M.occurrence_id.in_(numbers))
            some = sa.select(sa.func.count(sa.distinct(M.occurrence_id))).where(M.occurrence_id.in_(numbers))
            unknown = sa.exists().where(M.occurrence_id == O.id, in_state(M.state, MessageState.UNKNOWN))
            kept = sa.select(sa.func.count()).select_from(OCCURRENCE).where(O.due_at < before, unknown)
            return Old(*(connection.scalar(query) or 0 for query in (some, messages, kept)))

        return self.read(work)

    def prune(self, before: dt.datetime, by: str) -> Old:
        """Take it away in small commits and give what it was; when it is ended half way, the rest goes another time."""
        found = self.old(before)
        while self.write(lambda connection: self._some(connection, before)) == BATCH:
            pass

        def written(connection: Connection) -> None:
            connection.execute(sa.delete(SETTING).where(SETTING.c.name == PRUNED))
            connection.execute(sa.insert(SETTING).values(name=PRUNED, value=before.isoformat()))
            text = f"{found.messages} messages of {found.occurrences} occurrences before {before:%Y-%m-%d}"
            write_action(connection, self._clock(connection), by, "prune", "", text)

        if found.messages:
            self.write(written)
        return found

    def _some(self, connection: Connection, before: dt.datetime) -> int:
        """Turn up to ``BATCH`` messages into numbers, in one commit with them."""
        chosen = sa.select(M.id).where(M.occurrence_id.in_(_over(before))).order_by(M.id).limit(BATCH)
        ids = list(connection.scalars(chosen.with_for_update(skip_locked=True)))
        if not ids:
            return 0
        dialect, these = connection.dialect.name, {"ids": listed(connection, ids)}
        groups = (M.occurrence_id, M.step, M.variant, M.state, M.reason)
        sums = sa.select(*groups, sa.func.count()).where(in_list(dialect, M.id, "ids")).group_by(*groups)
        names = [column.name for column in (*groups, PAST.c.n)]
        connection.execute(sa.insert(PAST).from_select(names, sums), these)
        for column in (ATTEMPT.c.message_id, CAP_USE.c.message_id, RECIPIENT.c.message_id, HAPPENED.c.message_id, M.id):
            connection.execute(sa.delete(column.table).where(in_list(dialect, column, "ids")), these)
        return len(ids)


def _over(before: dt.datetime) -> sa.Select[tuple[int]]:
    """Select the occurrences that are over since before a moment, with nothing open or unknown in them."""
    waiting = sa.exists().where(M.occurrence_id == O.id, in_state(M.state, *OPEN, MessageState.UNKNOWN))
    lately = sa.exists().where(M.occurrence_id == O.id, M.updated_at >= before)
    heard = sa.exists().where(HAPPENED.c.message_id == M.id, M.occurrence_id == O.id, HAPPENED.c.at >= before)
    return sa.select(O.id).where(
        in_state(O.state, *OVER), O.due_at < before, sa.not_(waiting), sa.not_(lately), sa.not_(heard)
    )
