"""A ledger on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from ledger_desk import Desk

from orchestrator.ledger import migrate, open_ledger


@pytest.fixture(scope="module")
def postgres_state(fresh_database: Callable[[], str]) -> str:
    url = fresh_database()
    migrate(url, "test")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the url of an empty, migrated state on each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/state.db"
        migrate(url, "test")
        return url
    url = request.getfixturevalue("postgres_state")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        names = connection.exec_driver_sql(
            "select string_agg('orc.' || tablename, ', ') from pg_tables where schemaname = 'orc'"
            " and tablename not in ('orc_revision')"
        ).scalar_one()
        connection.exec_driver_sql(f"truncate {names} restart identity")
        connection.exec_driver_sql("insert into orc.orc_setting values ('deployment', 'test')")
    engine.dispose()
    return url


@pytest.fixture
def desk(state_url: str) -> Iterator[Desk]:
    made = Desk(state_url, None)  # type: ignore[arg-type]
    made.ledger = open_ledger(state_url, deployment="test", clock=lambda _: made.time)
    yield made
    for ledger in [made.ledger, *made.extra]:
        ledger.close()
