"""A ledger with a clock that stands still until a test moves it, and short ways to usual things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.ledger import Claimed, Ledger, Occurrence, Planned, Rules, open_ledger
from orchestrator.model.delivery import Outcome, Receipt
from orchestrator.model.people import address_hash

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@dataclass
class Desk:
    """What a test needs around a ledger: the url to open it again, the time, and short ways to usual things."""

    url: str
    ledger: Ledger
    time: dt.datetime = NOON
    extra: list[Ledger] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.time += dt.timedelta(seconds=seconds)

    def another(self) -> Ledger:
        """Open the same state again, as another process would."""
        self.extra.append(open_ledger(self.url, clock=lambda _: self.time))
        return self.extra[-1]

    def slot(self, campaign: str = "spring", slot: str = "2026-11-23T12:00[UTC]", due: dt.datetime = NOON) -> None:
        late = due + dt.timedelta(hours=2)
        self.ledger.plan_occurrence(campaign, slot, due, late, version=1, local_slot=slot.split("[")[0])

    def snapshot(self, rows: Sequence[Planned], campaign: str = "spring", **more: str) -> Occurrence:
        """Plan a slot, fill it with these rows, and open it for sending."""
        self.slot(campaign, **more)
        occurrence = self.ledger.take_occurrence("w1")
        assert occurrence is not None
        assert self.ledger.begin_snapshot(occurrence)
        self.ledger.enqueue(occurrence, rows, 1)
        assert self.ledger.finish_snapshot(occurrence, len(rows))
        return self.ledger.occurrence(occurrence.id)

    def send(self, owner: str = "w1", rules: Rules | None = None, limit: int = 500) -> list[Claimed]:
        """Claim and guard; give the claims that may leave."""
        claims = self.ledger.claim(owner, limit)
        left = self.ledger.guard(owner, [(claim, rules or rule()) for claim in claims[:64]])
        return [claim for claim in claims if claim.id in left]

    def states(self) -> dict[str, tuple[str, str | None]]:
        """Give state and reason by person."""
        return {row.person: (row.state.value, row.reason and row.reason.value) for row in self.ledger.messages()}

    def sql(self, text: str) -> list:
        prefix = "orc." if self.ledger.dialect == "postgresql" else ""
        with self.ledger._engine.begin() as connection:
            result = connection.exec_driver_sql(text.replace("{}", prefix))
            return result.all() if result.returns_rows else []


def planned(person: str, address: str | None = None, **more: object) -> Planned:
    address = address or f"{person}@example.com"
    values = {"step": "offer", "channel": "email", "category": "news", "address": address, "variant": "a"}
    return Planned(person=person, **{**values, "address_hash": address_hash(address), **more})


def rule(**more: object) -> Rules:
    return Rules(**{"category": "news", "topic": "promotions", **more})


def receipt(claim: Claimed, outcome: Outcome = Outcome.ACCEPTED, **more: object) -> Receipt:
    return Receipt(claim.id, outcome, "250", "ok", **more)


def epochs(claims: Sequence[Claimed]) -> dict:
    return {claim.id: claim.epoch for claim in claims}
