"""The short form of ``crash.py``: eight workers killed on each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.long.crash import IN_FLIGHT, Harness


@pytest.mark.kills
@pytest.mark.parametrize("state", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_killed_workers_send_nobody_twice_and_lose_nobody(
    state: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """kill -9 at any moment, start again: at most one message each, everybody accounted for, the doubtful listed."""
    url = f"sqlite:///{tmp_path}/state.sqlite"
    if state == "postgresql":
        url = request.getfixturevalue("fresh_database")()
    with Harness(tmp_path, url, people=800, seed=3) as harness:
        report = harness.run(kills=8, longest=0.8)
    assert report.wrong == []
    assert report.kills == 8
    assert report.killed_while_sending >= 2
    assert report.most_in_flight_at_a_kill <= IN_FLIGHT
    assert report.unknown <= IN_FLIGHT * report.kills
