"""Real daemons on one state: two of them, one SMTP server, and nobody written to twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from long.crash import Harness


@pytest.mark.kills
@pytest.mark.parametrize("state", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_two_daemons_never_double(state: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Both share the work of two slots; told to stop, both finish what is in flight and end with status 0."""
    url = f"sqlite:///{tmp_path}/state.sqlite"
    if state == "postgresql":
        url = request.getfixturevalue("fresh_database")()
    with Harness(tmp_path, url, people=1500, seed=5, pause=0.001) as harness:
        harness.slot()
        harness.slot()
        daemons = [
            subprocess.Popen(harness.command("run"), env=harness.environment, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        try:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                time.sleep(0.3)
                states = {occurrence.state.value for occurrence in harness.ledger.occurrences()}
                if states == {"done"}:
                    break
        finally:
            for daemon in daemons:
                daemon.send_signal(signal.SIGTERM)
            said = [daemon.communicate(timeout=60)[0] for daemon in daemons]
        assert [daemon.returncode for daemon in daemons] == [0, 0], said
        assert states == {"done"}
        taken = harness.delivered()
        assert max(Counter(name for name, _ in taken).values()) == 1
        harness.compare()
        assert harness.report.wrong == []
        assert harness.report.unknown == 0
        workers = {row[0] for row in harness.sql("select distinct worker from {}orc_attempt")}
        assert 1 <= len(workers) <= 2


@pytest.mark.kills
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_single_run_finishes_what_is_in_flight(told: signal.Signals, tmp_path: Path) -> None:
    """Told to stop, `orc run --once` records what it handed over and gives the rest back; nothing is unknown."""
    with Harness(tmp_path, f"sqlite:///{tmp_path}/state.sqlite", people=2000, seed=5, pause=0.02) as harness:
        harness.slot()
        command = harness.command("run", "--once")
        once = subprocess.Popen(command, env=harness.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while len(harness.delivered()) < 100 and time.monotonic() < deadline:
            time.sleep(0.05)
        once.send_signal(told)
        said = once.communicate(timeout=60)[0].decode()
        states = dict(map(tuple, harness.sql("select state, count(*) from {}orc_message group by 1")))
        assert once.returncode == 130, said
        assert set(states) == {"accepted", "pending", "skipped"}, said
        assert states["accepted"] == len(harness.delivered())
        assert "what is in flight is finished first" in said
        assert "what has not left waits for the next `orc run`" in said
