"""The state database beside the simulated shop: migrated, with a few clicks and refusals that somebody reported."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.compile import prepare
from orchestrator.ledger import migrate, open_ledger

Opener = Callable[[], AbstractContextManager[sa.Connection]]


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    """Give what opens our own records for reading: every third person clicked, some telephones are dead."""
    file: Path = tmp_path_factory.mktemp("state") / "state.sqlite"
    migrate(f"sqlite:///{file}", "a-test")
    engine = sa.create_engine(f"sqlite:///{file}")
    rows = [("click_message", person, f"2026-11-{1 + person % 20:02d}", "email", None) for person in range(3, 4000, 3)]
    rows += [("bounce_message", person, f"2026-10-{day:02d}", "sms", "30003") for person in (5, 7) for day in (1, 2, 3)]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'insert into orc_event (event, person, "at", channel, code) values (?, ?, ?, ?, ?)',
            [(event, str(person), f"{day} 12:00:00.000000", *rest) for event, person, day, *rest in rows],
        )
    engine.dispose()
    ledger = open_ledger(f"sqlite:///{file}")
    return lambda: ledger.reading(prepare)
