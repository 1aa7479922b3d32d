"""A whole run of the product in which everything goes wrong: drawn by a seed, ended by a healthy worker.

Answers of every kind and none, a worker that is cut off in the middle of a batch, clocks that jump over leases and
ends, an operator who stops, holds, cancels and decides, people who leave, letters that cannot be written.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
import uuid
from collections import Counter
from pathlib import Path
from typing import Literal
from unittest import mock

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import OrchestratorError
from orchestrator.model.people import address_hash
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.model.conformance import Edge, moves, watch
from tests.run.conftest import DUE, FILES, Clock, Wire, fill

_HELLO = FILES["campaigns/hello.yml"].replace("holdout: 20%", "holdout: 0%")
TROUBLED = {
    "campaigns/hello.yml": _HELLO,
    "campaigns/again.yml": _HELLO.replace("name: hello", "name: again"),
    "campaigns/notes.yml": _HELLO.replace("name: hello", "name: notes").replace(
        "category: promotional", "category: service"
    ),
    "templates/hello.html.j2": FILES["templates/hello.html.j2"]
    + "{{ 1 / (0 if person.first_name | default('x') in ('Ann1', 'Ann2') else 1) }}",
}
"""Three campaigns, one of which sends again what nobody knows; two people cannot be written to."""


class Cut(Exception):
    """The worker ends here, as if its process had been killed: nobody records what it heard."""


class Turmoil:
    """One house, its clock and its provider, and a seed that draws what goes wrong."""

    def __init__(self, house: House, wire: Wire, clock: Clock, seed: int) -> None:
        """Take over the provider's answers."""
        self.house, self.wire, self.clock = house, wire, clock
        self.dice = random.Random(seed)
        self.copies: Counter[uuid.UUID] = Counter()
        self.decided: set[uuid.UUID] = set()
        wire.answer = self.answer

    def answer(self, message: Message) -> Receipt | None:
        """Give one of the answers that there are; what may have arrived is counted."""
        if self.dice.random() < 0.02:
            raise Cut
        if self.dice.random() < 0.08:
            self.order(message)
        kind = self.dice.choices(["yes", "later", "no", "lost", "silent"], [10, 5, 1, 1, 1])[0]
        if kind in ("yes", "lost"):
            self.copies[message.id] += 1
        outcome = {"yes": Outcome.ACCEPTED, "later": Outcome.RETRY, "no": Outcome.FAILED, "lost": Outcome.UNKNOWN}
        return Receipt(message.id, outcome[kind], "x") if kind in outcome else None

    def well(self, message: Message) -> Receipt:
        """Take the message."""
        self.copies[message.id] += 1
        return Receipt(message.id, Outcome.ACCEPTED, "250")

    def order(self, message: Message) -> None:
        """Let somebody decide something, or let time pass, while messages are under way."""
        ledger, draw = self.house.ledger, self.dice.random()
        if draw < 0.2:
            ledger.stop("ann")
        elif draw < 0.4:
            ledger.pause(self.dice.choice(["hello", "again", "notes"]), "ann")
        elif draw < 0.6:
            address = f"p{self.dice.randint(1, 30)}@example.com"
            ledger.suppress("email", "*", address_hash(address), "unsubscribed", "test")
        elif draw < 0.65:
            ledger.cancel("again", "ann")
        elif draw < 0.8:
            self.clock.at += dt.timedelta(minutes=self.dice.choice([1, 3, 10]))
            ledger.reap()
        else:
            self.decide()

    def decide(self) -> None:
        """Let an operator say what became of one of the unknown messages."""
        unknown = self.house.ledger.unknown()
        if unknown:
            one = self.dice.choice(unknown)
            said: Literal["accepted", "failed", "resend"] = self.dice.choice(["accepted", "failed", "resend"])
            self.house.ledger.resolve_unknown(said, "ann", ids=[one.id])
            self.decided.add(one.id)

    def life(self) -> None:
        """Run what is due, to its end or to its cut."""
        with contextlib.suppress(OrchestratorError, Cut):
            asyncio.run(run_once(self.house))

    def tell(self, lives: int) -> None:
        """Live so often with everything going wrong, then until nothing is left, with a provider that is well."""
        for _ in range(lives):
            self.life()
            self.clock.at += dt.timedelta(minutes=self.dice.choice([0, 2, 10, 45, 180, 700]))
            self.house.ledger.resume_all("ann")
            for campaign in self.house.ledger.paused():
                self.house.ledger.resume(campaign, "ann")
        self.wire.answer = self.well
        for _ in range(8):
            self.clock.at += dt.timedelta(hours=2)
            self.life()

    def wrong(self) -> list[str]:
        """Give what does not fit: the ledger's own audit, open messages, more copies than doubts allow."""
        ledger = self.house.ledger
        found = [f"audit: {finding}" for finding in ledger.audit()]
        if left := ledger.open_messages():
            found.append(f"{left} messages are still open")
        table = "orc_attempt" if ledger.dialect == "sqlite" else "orc.orc_attempt"
        query = f"select message_id from {table} where outcome is null or outcome = 'unknown'"
        with ledger._engine.connect() as connection:
            doubts = Counter(uuid.UUID(str(one)) for one in connection.exec_driver_sql(query).scalars())
        found += [f"{i} arrived {n} times" for i, n in self.copies.items() if n > 1 + doubts[i]]
        states = {row.id: row.state.value for row in ledger.messages()}
        settled = {i for i, state in states.items() if state == "accepted"}
        found += [f"{i} is accepted and lost" for i in settled - self.copies.keys() - self.decided]
        return found


def tell(folder: Path, state_url: str, seed: int, lives: int) -> tuple[list[str], dict[Edge, int]]:
    """Run one turmoil in a fresh folder and state; give what was wrong and the transitions that were made."""
    fill(folder / "shop.db")
    migrate(state_url, "test")
    watch(state_url)
    clock, wire = Clock(DUE - dt.timedelta(days=1)), Wire()
    ledger = open_ledger(state_url, deployment="test", clock=clock, in_flight=8)
    ledger.publish(NewVersion("d", {**FILES, **TROUBLED}, "ann"), None)
    clock.at = DUE
    shop = f"sqlite:///{folder / 'shop.db'}"
    settings = Settings(shop, state_url, folder / "outbox", "test", "k" * 32, in_flight=8)
    turmoil = Turmoil(House(open_warehouse(shop, prepare), ledger, settings), wire, clock, seed)
    with mock.patch("orchestrator.run.send.open_channel", return_value=wire):
        turmoil.tell(lives)
    wrong = turmoil.wrong()
    ledger.close()
    return wrong, moves(state_url)
