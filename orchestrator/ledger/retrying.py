"""Sending again to those whom a campaign did not reach, as a new, recorded decision and never by itself.

A retry is an occurrence of its own, ``<slot>+retry1``, whose audience are the failed messages of the slot it repeats:
whoever was accepted, is unknown, or was left out for a reason is not in it, so that nobody gets two.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.occurrences import RETRY, in_state, tz_version
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import MESSAGE, OCCURRENCE
from orchestrator.ledger.values import MessageState, Occurrence, OccurrenceState, Reason
from orchestrator.ledger.versions import write_action
from orchestrator.model.errors import UsageError

BEGINS_WITHIN = dt.timedelta(hours=2)
O, M = OCCURRENCE.c, MESSAGE.c  # noqa: E741
OVER = (OccurrenceState.DONE, OccurrenceState.CANCELLED, OccurrenceState.MISSED, OccurrenceState.HALTED)


@dataclass(frozen=True, slots=True)
class Unreached:
    """A slot of a campaign and the people in it whose messages failed and that no retry settled, by reason."""

    occurrence: int
    slot: str
    local_slot: str
    reasons: dict[Reason, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """Give their number."""
        return sum(self.reasons.values())


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a retry repeats: the moment (UTC) for which the audience was read, and who is meant, as (person, step)."""

    due_at: dt.datetime
    who: frozenset[tuple[str, str]]


class Retrying(Store):
    """Who was not reached, and the decision to try again."""

    def unreached(self, campaign: str) -> list[Unreached]:
        """Give the slots of a campaign in which messages failed, newest first."""

        def work(connection: Connection) -> list[Unreached]:
            slots = connection.execute(
                sa.select(O.id, O.slot, O.local_slot)
                .where(O.campaign == campaign, O.slot.not_like(f"%{RETRY}%"), in_state(O.state, *OVER[:2], "sending"))
                .order_by(O.due_at.desc(), O.id.desc())
            ).all()
            found = [
                Unreached(row.id, row.slot, row.local_slot, _reasons(connection, campaign, row.slot)) for row in slots
            ]
            return [one for one in found if one.reasons]

        return self.read(work)

    def plan_retry(self, occurrence: int, version: int, by: str) -> str:
        """Write a retry of a slot down, due now, by the files of ``version``; give its local slot.

        Raises UsageError when nothing of the slot failed or when a retry of it is not over yet.
        """

        def work(connection: Connection) -> str:
            now = self._clock(connection)
            base = connection.execute(sa.select(OCCURRENCE).where(O.id == occurrence).with_for_update()).one()
            again = sa.and_(O.campaign == base.campaign, O.slot.startswith(base.slot + RETRY, autoescape=True))
            states = list(connection.scalars(sa.select(O.state).where(again)))
            if any(state not in OVER for state in states):
                raise UsageError(f"a retry of {base.local_slot} is on its way", "`orc status` shows how far it is")
            people = sum(_reasons(connection, base.campaign, base.slot).values())
            if not people:
                raise UsageError(f"no message of {base.local_slot} failed", "`orc status` shows what became of them")
            local = f"{base.local_slot}{RETRY}{len(states) + 1}"
            connection.execute(
                sa.insert(OCCURRENCE).values(
                    deployment=self.deployment,
                    campaign=base.campaign,
                    slot=f"{base.slot}{RETRY}{len(states) + 1}",
                    local_slot=local,
                    zone=base.zone,
                    tz_version=tz_version(),
                    due_at=now.replace(second=0, microsecond=0),  # a rehearsal's clock begins anew in each process
                    deadline_at=now + BEGINS_WITHIN,
                    version=version,
                    state=OccurrenceState.PLANNED.value,
                    epoch=0,
                )
            )
            write_action(connection, now, by, "retry", base.campaign, f"{base.local_slot}, {people} messages")
            return local

        return self.write(work)

    def repeated(self, occurrence: Occurrence) -> Repeated | None:
        """Give what an occurrence repeats, None for one that is no retry."""
        base, found, _ = occurrence.slot.partition(RETRY)
        if not found:
            return None

        def work(connection: Connection) -> Repeated:
            due = connection.scalars(sa.select(O.due_at).where(O.campaign == occurrence.campaign, O.slot == base)).one()
            return Repeated(due, frozenset(_failed(connection, occurrence.campaign, base)))

        return self.read(work)


def _reasons(connection: Connection, campaign: str, slot: str) -> dict[Reason, int]:
    counts: dict[Reason, int] = defaultdict(int)
    for reason in _failed(connection, campaign, slot).values():
        counts[reason] += 1
    return dict(sorted(counts.items(), key=lambda one: -one[1]))


def _failed(connection: Connection, campaign: str, slot: str) -> dict[tuple[str, str], Reason]:
    """Give (person, step) of the messages that failed and that no retry settled otherwise, with the latest reason."""
    family = sa.or_(O.slot == slot, O.slot.startswith(slot + RETRY, autoescape=True))
    query = sa.select(M.person, M.step, M.state, M.reason).join(OCCURRENCE, O.id == M.occurrence_id)
    query = query.where(O.campaign == campaign, family).order_by(O.id)
    begun: dict[tuple[str, str], Reason] = {}
    over: set[tuple[str, str]] = set()
    for row in connection.execute(query):
        if row.state == MessageState.FAILED.value:
            begun[row.person, row.step] = Reason(row.reason) if row.reason else Reason.REFUSED
        else:
            over.add((row.person, row.step))
    return {key: reason for key, reason in begun.items() if key not in over}
