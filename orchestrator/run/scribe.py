"""Who writes the letters of one worker: batch by batch, and the first of a run before any of them leaves."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orchestrator.ledger import Claimed, Reason
from orchestrator.model.delivery import Message
from orchestrator.render import RenderError
from orchestrator.run.house import House
from orchestrator.run.letters import message_for
from orchestrator.run.preflight import FIRST, too_many_broken
from orchestrator.run.sent import Sent
from orchestrator.run.writing import Writing


class Ready(NamedTuple):
    """A claimed message as it is handed over, and what it was written with."""

    claim: Claimed
    use: Writing
    message: Message


class Scribe:
    """Writes what ``owner`` has claimed, and tells ``sent`` what could not be written."""

    def __init__(self, house: House, owner: str, sent: Sent) -> None:
        """Begin with nothing written."""
        self._house, self._owner, self._sent = house, owner, sent
        self._begun: Counter[int] = Counter()
        """Messages of each occurrence that left for the first time, or never will: all of them are begun."""
        self._ahead: dict[uuid.UUID, Ready | str] = {}

    def begin(self, claims: Sequence[Claimed]) -> Sequence[Claimed]:
        """Write the first messages of each run and give the claims of those that go on.

        Where too many of the first cannot be written, the campaign is put on hold and its claims are given back:
        none of those that were written leaves.
        """
        first: list[Claimed] = []
        left = {number: FIRST - self._begun[number] for number in {claim.occurrence for claim in claims}}
        for claim in claims:
            if not claim.tries and left[claim.occurrence] > 0:  # what was tried before can be written
                left[claim.occurrence] -= 1
                first.append(claim)
        self._ahead = {claim.id: self._write(claim) for claim in first}
        broken = {i: one for i, one in self._ahead.items() if isinstance(one, str)}
        halted = too_many_broken(self._house, first, broken)
        halted = {n: why for n, why in halted.items() if self._house.ledger.hold_occurrence(n, "preflight", why)}
        if not halted:
            return claims
        self._sent.halted |= halted
        self._house.ledger.give_back(self._owner, [claim for claim in claims if claim.occurrence in halted])
        return [claim for claim in claims if claim.occurrence not in halted]

    def written(self, claims: Sequence[Claimed]) -> list[Ready]:
        """Give the messages of one batch, written now where they are not yet; those that cannot be have failed."""
        ready: list[Ready] = []
        failures: list[tuple[Claimed, Reason, str]] = []
        for claim in claims:
            one = self._ahead.pop(claim.id, None) or self._write(claim)
            if isinstance(one, str):
                failures.append((claim, Reason.RENDER_ERROR, one))
            else:
                ready.append(one)
        if failures:
            self._sent.broken += self._house.ledger.fail(self._owner, failures)
            self.begun(claim for claim, _, _ in failures)
        return ready

    def begun(self, claims: Iterable[Claimed]) -> None:
        """Count messages that have been let out."""
        self._begun.update([claim.occurrence for claim in claims if not claim.tries])

    def _write(self, claim: Claimed) -> Ready | str:
        """Write one message, or give why it cannot be written."""
        try:
            use = self._house.writing(claim.version, claim.campaign, claim.step, claim.variant)
            return Ready(claim, use, message_for(self._house, claim, use))
        except RenderError as error:
            return str(error)
