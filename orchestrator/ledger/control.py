"""What an operator decides: pause and resume, cancel, the kill switch, and messages whose fate nobody knows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.caps import refund
from orchestrator.ledger.claims import LONGEST_DETAIL
from orchestrator.ledger.ending import settle
from orchestrator.ledger.moving import FREE, forget, move
from orchestrator.ledger.occurrences import STOP, in_state, is_stopped
from orchestrator.ledger.reaper import send_again
from orchestrator.ledger.store import Store, storable
from orchestrator.ledger.tables import ATTEMPT, HOLD, MESSAGE, OCCURRENCE, SETTING
from orchestrator.ledger.values import MessageState, OccurrenceState, Reason, Row
from orchestrator.ledger.versions import insert_new, write_action

ENDABLE = (
    OccurrenceState.PLANNED,
    OccurrenceState.SNAPSHOTTING,
    OccurrenceState.SENDING,
    OccurrenceState.HALTED,
)
NOT_LEFT = (MessageState.PENDING, MessageState.RETRY, MessageState.CLAIMED)


class Control(Store):
    """Decisions. Each waits for guards under way and is seen by all later ones."""

    def pause(self, campaign: str, by: str) -> bool:
        """Hold a campaign, with or without an open occurrence; False when it was held."""

        def work(connection: Connection) -> bool:
            self.decide_gate(connection)
            now = self._clock(connection)
            made = connection.execute(insert_new(connection, HOLD).values(campaign=campaign, at=now, by=by)).rowcount
            if made == 1:
                write_action(connection, now, by, "pause", campaign)
            return made == 1

        return self.write(work)

    def resume(self, campaign: str, by: str) -> bool:
        """Release a campaign; False when it was not held."""

        def work(connection: Connection) -> bool:
            self.decide_gate(connection)
            gone = connection.execute(sa.delete(HOLD).where(HOLD.c.campaign == campaign)).rowcount
            if gone:
                write_action(connection, self._clock(connection), by, "resume", campaign)
            return gone == 1

        return self.write(work)

    def hold_occurrence(self, number: int, by: str, reason: str) -> bool:
        """Hold the campaign of an occurrence that is being sent, and write the reason beside the occurrence.

        False when a hold of this kind was decided for it before, whether it still stands (another worker was first)
        or was lifted: then a person has looked, and the rest goes on. Its open messages stay as they are.
        """

        def work(connection: Connection) -> bool:
            self.decide_gate(connection)
            now = self._clock(connection)
            mine = sa.and_(OCCURRENCE.c.id == number, in_state(OCCURRENCE.c.state, OccurrenceState.SENDING))
            campaign = connection.scalar(
                sa.update(OCCURRENCE)
                .where(mine, OCCURRENCE.c.reason.is_(None))
                .values(reason=storable(reason, LONGEST_DETAIL))
                .returning(OCCURRENCE.c.campaign)
            )
            if campaign is None:
                return False
            connection.execute(insert_new(connection, HOLD).values(campaign=campaign, at=now, by=by))
            write_action(connection, now, by, "pause", campaign, storable(reason, LONGEST_DETAIL))
            return True

        return self.write(work)

    def tried(self, number: int) -> tuple[int, int]:
        """Count the messages of an occurrence that were begun, and those of them that could not be written.

        What expired, was skipped or cancelled before its turn was never begun.
        """
        ours = sa.and_(MESSAGE.c.occurrence_id == number, MESSAGE.c.variant.is_not(None))
        broken = sa.and_(ours, MESSAGE.c.reason == Reason.RENDER_ERROR.value)
        begun = sa.or_(sa.and_(ours, MESSAGE.c.tries > 0), broken)

        def work(connection: Connection) -> tuple[int, int]:
            counted = [sa.select(sa.func.count()).select_from(MESSAGE).where(which) for which in (begun, broken)]
            all_of_them, failed = (connection.scalar(query) or 0 for query in counted)
            return all_of_them, failed

        return self.read(work)

    def paused(self) -> set[str]:
        """Give the campaigns on hold."""
        return self.read(lambda connection: set(connection.scalars(sa.select(HOLD.c.campaign))))

    def cancel(self, campaign: str, by: str) -> int:
        """End the campaign's open occurrences; give the number of messages cancelled. What has left, has left."""

        def work(connection: Connection) -> int:
            self.decide_gate(connection)
            now = self._clock(connection)
            ended = list(
                connection.scalars(
                    sa.update(OCCURRENCE)
                    .where(OCCURRENCE.c.campaign == campaign, in_state(OCCURRENCE.c.state, *ENDABLE))
                    .values(state=OccurrenceState.CANCELLED.value, reason=f"cancelled by {by}", **FREE)
                    .returning(OCCURRENCE.c.id)
                )
            )
            rows = connection.execute(
                sa.select(MESSAGE.c.id, MESSAGE.c.epoch)
                .where(MESSAGE.c.occurrence_id.in_(ended), in_state(MESSAGE.c.state, *NOT_LEFT))
                .order_by(MESSAGE.c.id)
                .with_for_update()
            ).all()
            done = 0
            for start in range(0, len(rows), 5000):
                pairs = [(row.id, row.epoch) for row in rows[start : start + 5000]]
                values = {**FREE, "updated_at": now}
                done += len(settle(connection, pairs, NOT_LEFT, MessageState.CANCELLED, values).done)
            write_action(connection, now, by, "cancel", campaign, f"{len(ended)} occurrences, {done} messages")
            return done

        return self.write(work)

    def stop(self, by: str) -> None:
        """Press the kill switch of the whole deployment: nothing is claimed or guarded until it is lifted."""

        def work(connection: Connection) -> None:
            self.decide_gate(connection)
            made = connection.execute(insert_new(connection, SETTING).values(name=STOP, value=by)).rowcount
            if made == 1:
                write_action(connection, self._clock(connection), by, "stop", "")

        self.write(work)

    def resume_all(self, by: str) -> None:
        """Lift the kill switch. Paused campaigns stay paused."""

        def work(connection: Connection) -> None:
            self.decide_gate(connection)
            if connection.execute(sa.delete(SETTING).where(SETTING.c.name == STOP)).rowcount:
                write_action(connection, self._clock(connection), by, "resume all", "")

        self.write(work)

    def stopped(self) -> bool:
        """Tell whether the kill switch is on."""
        return self.read(is_stopped)

    def unknown(self, campaign: str | None = None) -> list[Row]:
        """List the messages whose fate nobody knows, oldest first, with what was said of their last attempts."""
        return self.read(lambda c: rows_where(c, campaign, MessageState.UNKNOWN, said=True))

    def resolve_unknown(
        self,
        outcome: Literal["accepted", "failed", "resend"],
        by: str,
        *,
        campaign: str | None = None,
        ids: Sequence[uuid.UUID] | None = None,
    ) -> int:
        """Decide what became of unknown messages, of a campaign or by id; give how many this decided.

        ``resend`` may reach somebody twice: that is what the decision says. Messages of a cancelled occurrence
        are not sent again.
        """
        if campaign is None and ids is None:
            raise ValueError("say which messages: a campaign, ids, or both")

        def work(connection: Connection) -> int:
            now = self._clock(connection)
            query = sa.select(MESSAGE.c.id, MESSAGE.c.epoch, MESSAGE.c.occurrence_id)
            query = query.join(OCCURRENCE, OCCURRENCE.c.id == MESSAGE.c.occurrence_id)
            query = query.where(in_state(MESSAGE.c.state, MessageState.UNKNOWN))
            if campaign is not None:
                query = query.where(OCCURRENCE.c.campaign == campaign)
            if ids is not None:
                query = query.where(MESSAGE.c.id.in_(ids))
            if outcome == "resend":
                query = query.where(OCCURRENCE.c.state.in_(("sending", "done")))
            rows = connection.execute(query.order_by(MESSAGE.c.id).with_for_update(of=MESSAGE)).all()
            if outcome == "resend":
                done = send_again(connection, rows, now)
            else:
                target = MessageState.ACCEPTED if outcome == "accepted" else MessageState.FAILED
                values = {**FREE, "updated_at": now, "reason": Reason.RESOLVED.value, "detail": f"decided by {by}"}
                moved = move(connection, [(r.id, r.epoch) for r in rows], [MessageState.UNKNOWN], target, values)
                forget(connection, moved)
                if target is MessageState.FAILED:
                    refund(connection, moved)
                done = len(moved)
            write_action(connection, now, by, f"resolve as {outcome}", campaign or "", f"{done} messages")
            return done

        return self.write(work)


def rows_where(
    connection: Connection,
    campaign: str | None = None,
    state: MessageState | None = None,
    occurrence: int | None = None,
    limit: int | None = None,
    message: uuid.UUID | None = None,
    said: bool = False,
) -> list[Row]:
    """Give messages as rows to list, those that changed first in front."""
    m, o = MESSAGE.c, OCCURRENCE.c
    columns: list[sa.ColumnElement[Any]] = [
        m.id,
        m.person,
        m.step,
        m.channel,
        m.variant,
        m.state,
        m.reason,
        m.tries,
        m.detail,
    ]
    columns += [o.campaign, o.local_slot.label("slot"), m.updated_at.label("at")]
    query = sa.select(*columns).join(OCCURRENCE, o.id == m.occurrence_id).order_by(m.updated_at, m.id)
    if said:
        other = ATTEMPT.alias()
        last = sa.select(sa.func.max(other.c.n)).where(other.c.message_id == m.id).scalar_subquery()
        query = query.outerjoin(ATTEMPT, sa.and_(ATTEMPT.c.message_id == m.id, ATTEMPT.c.n == last))
        query = query.add_columns(ATTEMPT.c.code, ATTEMPT.c.evidence)
    if campaign is not None:
        query = query.where(o.campaign == campaign)
    if state is not None:
        query = query.where(in_state(m.state, state))
    if occurrence is not None:
        query = query.where(m.occurrence_id == occurrence)
    if message is not None:
        query = query.where(m.id == message)
    found = []
    for row in connection.execute(query.limit(limit)):
        words = {"state": MessageState(row.state), "reason": None if row.reason is None else Reason(row.reason)}
        found.append(Row(**{**row._mapping, **words}))
    return found
