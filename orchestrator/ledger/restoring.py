"""A state database that is older than what was sent from it: how it is told, and what is decided about it.

What may have left since the backup is everything that was open in it, every slot that it had not begun, and every slot
that it does not know. The first becomes unknown, with an attempt that says why; the second is halted; the third is
recorded as missed. Nothing is sent by itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orchestrator.ledger.occurrences import FRESH, in_state
from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import ATTEMPT, MESSAGE, OCCURRENCE, RECIPIENT, SETTING
from orchestrator.ledger.values import MessageState, OccurrenceState, Reason
from orchestrator.ledger.versions import insert_new, write_action
from orchestrator.model.delivery import Outcome

RESTORED = "restored"
"""The setting that a restored backup carries until somebody decides: the moment (UTC) of the backup."""
SINCE = "slots_since"
"""The setting with the moment (UTC) up to which slots that are not written down may have been sent already."""
NOT_TRIED = (MessageState.PENDING, MessageState.RETRY, MessageState.CLAIMED)
PRUNED = "pruned_before"
"""The setting with the moment (UTC) before which messages that are over were turned into numbers."""
MACHINE = "machine"
SILENT = dt.timedelta(minutes=10)
"""A machine that was not heard of for so long has left a SQLite state to another."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """What a campaign may have sent since the backup: open messages, and slots that were due and not begun."""

    campaign: str
    messages: int
    slots: int


class Restoring(Store):
    """Telling an older state, and deciding about it."""

    def remembers(self, message: uuid.UUID, epoch: int) -> bool:
        """Tell whether the attempt of this message and epoch is known."""
        a = ATTEMPT.c
        query = sa.select(a.seq).where(a.message_id == message, a.epoch == epoch)
        return self.read(lambda c: c.scalar(query.limit(1)) is not None)

    def pruned_before(self) -> dt.datetime | None:
        """Give the moment (UTC) before which attempts may be gone on purpose, None where nothing was pruned."""
        query = sa.select(SETTING.c.value).where(SETTING.c.name == PRUNED)
        found = self.read(lambda c: c.scalar(query))
        return None if found is None else dt.datetime.fromisoformat(found)

    def restored(self) -> str | None:
        """Give the moment of the backup that this state was restored from, None when nothing waits to be decided."""
        query = sa.select(SETTING.c.value).where(SETTING.c.name == RESTORED)
        return self.read(lambda c: c.scalar(query))

    def slots_since(self) -> dt.datetime | None:
        """Give the moment (UTC) before which a slot that is not written down counts as missed, None for no such."""
        query = sa.select(SETTING.c.value).where(SETTING.c.name == SINCE)
        found = self.read(lambda c: c.scalar(query))
        return None if found is None else dt.datetime.fromisoformat(found)

    def uncertain(self) -> list[Uncertain]:
        """Give, by campaign, what may have left since the backup."""
        return self.read(self._uncertain)

    def resume_after_restore(self, by: str) -> list[Uncertain]:
        """Make everything uncertain unknown, halt what had not begun, and give what that was; lifts the refusal."""

        def work(connection: Connection) -> list[Uncertain]:
            self.decide_gate(connection)
            now = self._clock(connection)
            found = self._uncertain(connection)
            _doubt(connection, now)
            _halt(connection, now)
            connection.execute(sa.delete(SETTING).where(SETTING.c.name.in_((RESTORED, SINCE))))
            connection.execute(sa.insert(SETTING).values(name=SINCE, value=now.isoformat()))
            messages, slots = sum(one.messages for one in found), sum(one.slots for one in found)
            write_action(connection, now, by, "resume after restore", "", f"{messages} messages, {slots} slots")
            return found

        return self.write(work)

    def other_machine(self, machine: str) -> tuple[str, dt.datetime] | None:
        """Say that this machine uses the state; give another one and when it was heard of, if that was just now."""

        def work(connection: Connection) -> tuple[str, dt.datetime] | None:
            now = self._clock(connection)
            said = connection.scalar(sa.select(SETTING.c.value).where(SETTING.c.name == MACHINE))
            name, _, at = (said or "").partition("|")
            if said and name != machine and dt.timedelta() <= now - dt.datetime.fromisoformat(at) < SILENT:
                return name, dt.datetime.fromisoformat(at)
            value = f"{machine}|{now.isoformat()}"
            made = connection.execute(insert_new(connection, SETTING).values(name=MACHINE, value=value)).rowcount
            if made != 1:
                connection.execute(sa.update(SETTING).where(SETTING.c.name == MACHINE).values(value=value))
            return None

        return self.write(work)

    def _uncertain(self, connection: Connection) -> list[Uncertain]:
        o = OCCURRENCE.c
        open_ones = sa.select(o.campaign, sa.func.count()).join(MESSAGE, MESSAGE.c.occurrence_id == o.id)
        open_ones = open_ones.where(_may_have_left()).group_by(o.campaign)
        fresh = sa.select(o.campaign, sa.func.count()).where(_not_begun(self._clock(connection))).group_by(o.campaign)
        messages: dict[str, int] = {name: int(n) for name, n in connection.execute(open_ones)}
        slots: dict[str, int] = {name: int(n) for name, n in connection.execute(fresh)}
        return [Uncertain(name, messages.get(name, 0), slots.get(name, 0)) for name in sorted({*messages, *slots})]


def _may_have_left() -> sa.ColumnElement[bool]:
    sending = sa.select(OCCURRENCE.c.id).where(in_state(OCCURRENCE.c.state, OccurrenceState.SENDING))
    return sa.and_(in_state(MESSAGE.c.state, *NOT_TRIED, MessageState.ATTEMPTING), MESSAGE.c.occurrence_id.in_(sending))


def _not_begun(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(in_state(OCCURRENCE.c.state, *FRESH), OCCURRENCE.c.due_at <= now)


def _doubt(connection: Connection, now: dt.datetime) -> None:
    """Make open messages unknown; those that had no attempt under way get one that says why."""
    m = MESSAGE.c
    untried = sa.and_(_may_have_left(), in_state(m.state, *NOT_TRIED))
    said = {
        "worker": "restore",
        "started_at": now,
        "ended_at": now,
        "outcome": Outcome.UNKNOWN.value,
        "code": "restored",
        "evidence": "it may have left after the backup",
    }
    words = [sa.literal(value, ATTEMPT.c[name].type) for name, value in said.items()]
    rows = sa.select(m.id, m.tries + 1, m.epoch + 1, *words).where(untried)
    connection.execute(sa.insert(ATTEMPT).from_select(["message_id", "n", "epoch", *said], rows))
    doubt = {
        "state": MessageState.UNKNOWN.value,
        "reason": Reason.AMBIGUOUS.value,
        "detail": "it may have left after the backup",
        "lease_until": None,
        "updated_at": now,
    }
    more = {"owner": None, "tries": m.tries + 1, "epoch": m.epoch + 1}
    connection.execute(sa.update(MESSAGE).where(untried).values(**doubt, **more))
    connection.execute(sa.update(MESSAGE).where(_may_have_left()).values(**doubt))


def _halt(connection: Connection, now: dt.datetime) -> None:
    """Halt the slots that were due and not begun; their half-written rows go."""
    begun = sa.select(OCCURRENCE.c.id).where(_not_begun(now))
    ours = sa.select(MESSAGE.c.id).where(MESSAGE.c.occurrence_id.in_(begun))
    connection.execute(sa.delete(RECIPIENT).where(RECIPIENT.c.message_id.in_(ours)))
    connection.execute(sa.delete(MESSAGE).where(MESSAGE.c.occurrence_id.in_(begun)))
    reason = "it may have been sent after the backup that this state was restored from"
    halted = {"state": OccurrenceState.HALTED.value, "reason": reason, "owner": None, "lease_until": None}
    connection.execute(sa.update(OCCURRENCE).where(_not_begun(now)).values(**halted))
