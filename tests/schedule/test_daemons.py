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
