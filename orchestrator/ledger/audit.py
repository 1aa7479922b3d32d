"""The audit: does every row add up, from what was planned to what was settled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.occurrences import in_state
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import ATTEMPT, CAP_USE, MESSAGE, OCCURRENCE, PAST, RECIPIENT
from orchestrator.ledger.values import OPEN, SETTLED, Finding, MessageState, OccurrenceState, Sum
from orchestrator.model.delivery import Outcome

M, O, A, R = MESSAGE.c, OCCURRENCE.c, ATTEMPT.c, RECIPIENT.c  # noqa: E741
WITH_CONTENT = (*OPEN, MessageState.UNKNOWN)
ARRIVED = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED)
TERMS = {
    **{state.value: state.value for state in (*SETTLED, MessageState.UNKNOWN)},
    **{state.value: MessageState.ACCEPTED.value for state in ARRIVED},
    **{state.value: "open" for state in OPEN},
}
TRIED = (MessageState.ATTEMPTING, MessageState.UNKNOWN, *ARRIVED)


class Audit(Store):
    """Checks the whole ledger against itself."""

    def audit(self) -> list[Finding]:
        """Give everything that does not add up; an empty list means that planned = settled + unknown + open."""
        return self.read(lambda connection: list(_findings(connection)))

    def sums(self) -> list[Sum]:
        """Give the sum of every occurrence, earliest first: what was planned, and where each of its rows stands."""
        return self.read(_sums)


def _sums(connection: Connection) -> list[Sum]:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    groups = sa.select(M.occurrence_id, sa.type_coerce(M.state, sa.Text).label("state"), sa.func.count().label("n"))
    pruned = sa.select(PAST.c.occurrence_id, PAST.c.state, PAST.c.n)
    for row in (*connection.execute(groups.group_by(M.occurrence_id, M.state)), *connection.execute(pruned)):
        counts[row.occurrence_id][TERMS.get(row.state, "impossible")] += row.n
    occurrences = sa.select(O.id, O.campaign, O.slot, O.planned).order_by(O.due_at, O.id)
    return [
        Sum(row.campaign, row.slot, counts[row.id].total() if row.planned is None else row.planned, counts[row.id])
        for row in connection.execute(occurrences)
    ]


def _findings(connection: Connection) -> Iterator[Finding]:
    for code, text, query in _checks():
        n = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        if n:
            yield Finding(code, text, n)


def _checks() -> Iterator[tuple[str, str, sa.Select[tuple[object]]]]:
    there = sa.select(sa.func.count()).where(M.occurrence_id == O.id).select_from(MESSAGE).scalar_subquery()
    pruned = sa.select(sa.func.coalesce(sa.func.sum(PAST.c.n), 0)).where(PAST.c.occurrence_id == O.id)
    rows = there + pruned.scalar_subquery()
    frozen = in_state(O.state, OccurrenceState.SENDING, OccurrenceState.DONE)
    yield (
        "conservation",
        "occurrences whose messages are not as many as were planned",
        sa.select(O.id).where(sa.or_(sa.and_(frozen, O.planned.is_(None)), O.planned != rows)),
    )
    yield (
        "impossible_state",
        "messages in a state that does not exist",
        sa.select(M.id).where(M.state.not_in([state.value for state in MessageState])),
    )
    nowhere = sa.not_(sa.exists().where(O.id == M.occurrence_id))
    yield ("no_occurrence", "messages of an occurrence that is not there", sa.select(M.id).where(nowhere))
    nobody = sa.not_(sa.exists().where(M.id == A.message_id))
    yield ("no_message", "attempts of a message that is not there", sa.select(A.message_id).where(nobody))
    waiting = sa.exists().where(M.occurrence_id == O.id, in_state(M.state, *OPEN))
    yield (
        "open_in_done",
        "occurrences that are done although messages of theirs are open",
        sa.select(O.id).where(in_state(O.state, OccurrenceState.DONE, OccurrenceState.MISSED), waiting),
    )
    strange = in_state(O.state, OccurrenceState.PLANNED, OccurrenceState.MISSED, OccurrenceState.HALTED)
    yield (
        "early_rows",
        "messages of occurrences that have no snapshot",
        sa.select(M.id).join(OCCURRENCE, O.id == M.occurrence_id).where(strange),
    )
    moving = in_state(M.state, MessageState.CLAIMED, MessageState.ATTEMPTING, *ARRIVED, MessageState.UNKNOWN)
    yield (
        "sent_from_snapshot",
        "messages that moved although their snapshot is not finished",
        sa.select(M.id)
        .join(OCCURRENCE, O.id == M.occurrence_id)
        .where(in_state(O.state, OccurrenceState.SNAPSHOTTING), moving),
    )
    tried = sa.select(sa.func.count()).where(A.message_id == M.id).select_from(ATTEMPT).scalar_subquery()
    yield ("tries", "messages whose attempts are not as many as their tries", sa.select(M.id).where(M.tries != tried))
    yield (
        "untried",
        "messages that left, or may have, without an attempt",
        sa.select(M.id).where(in_state(M.state, *TRIED), M.tries == 0),
    )
    unended = sa.exists().where(A.message_id == M.id, A.ended_at.is_(None))
    over = (MessageState.ACCEPTED, MessageState.RETRY)
    yield (
        "no_receipt",
        "messages that are accepted or to be tried again without any receipt or decision",
        sa.select(M.id).where(in_state(M.state, *over), M.reason.is_(None), unended, M.tries == 1, M.epoch <= 1),
    )
    arrived = sa.exists().where(A.message_id == M.id, A.outcome == Outcome.ACCEPTED.value)
    yield (
        "lost_yes",
        "messages that were accepted by the other side but stand elsewhere",
        sa.select(M.id).where(arrived, M.state.not_in([state.value for state in (*ARRIVED, *OPEN)])),
    )
    twice = sa.select(A.message_id).where(A.outcome == Outcome.ACCEPTED.value).group_by(A.message_id)
    yield ("accepted_twice", "messages that were accepted more than once", twice.having(sa.func.count() > 1))
    mailbox = (M.occurrence_id, M.step, M.channel, M.address_hash)
    yield (
        "mailbox_twice",
        "mailboxes that got a step of an occurrence more than once",
        sa.select(M.address_hash).where(in_state(M.state, *ARRIVED)).group_by(*mailbox).having(sa.func.count() > 1),
    )
    content = sa.exists().where(R.message_id == M.id)
    yield (
        "not_forgotten",
        "settled messages whose address and facts are still here",
        sa.select(M.id).where(in_state(M.state, *SETTLED), content),
    )
    yield (
        "no_content",
        "open or unknown messages whose address and facts are gone",
        sa.select(M.id).where(in_state(M.state, *WITH_CONTENT), sa.not_(content)),
    )
    yield (
        "cap_use",
        "uses of a cap by messages that never left",
        sa.select(M.id).join(CAP_USE, CAP_USE.c.message_id == M.id).where(M.tries == 0),
    )
