"""One campaign sent to its end through a connection that is cut again and again, and what must hold afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
from collections import Counter
from pathlib import Path

from sqlalchemy.engine import make_url

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import Ledger
from orchestrator.ledger.store import open_engine
from orchestrator.model.errors import StateError
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.schedule import run_once
from tests.run.conftest import Clock, Wire
from tests.run.cutter import Cutter

FLIGHT = 4
"""Messages of a batch: small, so that one campaign has many commits."""
LIVES = 40
"""Workers that may give up in order, one after the other, before the campaign must be through."""


def check(house: House, wire: Wire) -> Counter[str]:
    """Hold the provider's list against the ledger; give the number of messages by state."""
    rows = {row.id: row for row in house.ledger.messages()}
    taken = Counter(message.id for message in wire.taken)
    assert set(taken.values()) <= {1}
    assert {i for i, row in rows.items() if row.state == "accepted"} <= set(taken)
    assert all(rows[i].state in ("accepted", "unknown") for i in taken)
    assert house.ledger.audit() == []
    return Counter(row.state.value for row in rows.values())


def send_through_cuts(house: House, clock: Clock, outbox: Path, where: str, seed: int) -> int:
    """Send everything of a house on PostgreSQL through a :class:`Cutter`; give how often it cut.

    A worker may give up in order (StateError); ten minutes later the next one goes on. Anything else is raised.
    """
    dice = random.Random(seed)
    server = make_url(house.settings.state_url)
    with Cutter(server.host or "127.0.0.1", server.port or 5432, where, lambda: dice.random() < 0.3) as cutter:
        url = server.set(host="127.0.0.1", port=cutter.port).render_as_string(hide_password=False)
        ledger = Ledger(open_engine(url), clock, "test")
        ledger.in_flight = FLIGHT
        settings = Settings(house.settings.warehouse_url, url, outbox, "test", "k" * 32, in_flight=FLIGHT)
        cut = House(open_warehouse(settings.warehouse_url, prepare), ledger, settings)
        for _ in range(LIVES):
            with contextlib.suppress(StateError):
                asyncio.run(run_once(cut))
            states = {row.state.value for row in house.ledger.messages()}
            if states and states <= {"accepted", "skipped"}:
                break
            clock.at += dt.timedelta(minutes=10)
        ledger.close()
    return cutter.cuts
