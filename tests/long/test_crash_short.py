"""The short form of ``crash.py``: eight workers killed on each database."""

from __future__ import annotations

import os
import signal
import time
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


@pytest.mark.kills
@pytest.mark.parametrize("state", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_hazard_4_a_worker_that_wakes_up_too_late(state: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Hazard 4: SIGSTOP past its lease, another one works, SIGCONT: one message each, its answers count."""
    url = f"sqlite:///{tmp_path}/state.sqlite"
    if state == "postgresql":
        url = request.getfixturevalue("fresh_database")()
    with Harness(tmp_path, url, people=400, seed=4, pause=0.02) as harness:
        harness.slot()
        zombie = harness.nursery.bear()
        while not harness.delivered():
            time.sleep(0.002)
        os.kill(zombie.pid, signal.SIGSTOP)
        harness.report.kills = 1
        harness.night()
        harness.orc("run", "--once")
        doubtful = harness.sql("select count(*) from {}orc_message where state = 'unknown'")[0][0]
        os.kill(zombie.pid, signal.SIGCONT)
        zombie.wait()
        harness.compare()
    assert harness.report.wrong == []
    assert 0 < doubtful <= IN_FLIGHT
    assert harness.report.unknown == 0
