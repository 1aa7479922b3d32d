"""The way back from a lost state: backup, restore, refusal, decision, and on."""

from __future__ import annotations

import json

from tests.cli.conftest import Desk
from tests.cli.test_cli_send import LAUNCH, applied


def test_a_lost_state_comes_back_and_sends_nothing_by_itself(desk: Desk) -> None:
    """Backup, send, lose the state, restore: the slots count as missed, and nobody is written to again."""
    applied(desk)
    file = desk.root / "state.orcbackup"
    said = desk("backup", str(file), "--format", "json")
    assert said.status == 0, said.err
    assert json.loads(said.out)["rows"] > 5
    again = desk("backup", str(file))
    assert (again.status, "is there already" in again.err) == (2, True)
    assert desk("run", "--once", "--as-of", LAUNCH).status == 0
    letters = len(list(desk.root.rglob("*.eml")))
    assert letters > 0
    for path in desk.root.rglob("state.sqlite*"):
        path.unlink()
    said = desk("restore", str(file))
    assert said.status == 0, said.err
    assert "orc resume --after-restore" in said.out
    refused = desk("run", "--once", "--as-of", LAUNCH)
    assert refused.status == 2
    assert "was restored from a backup" in refused.err
    assert "orc resume --after-restore" in refused.err
    said = desk("resume", "--after-restore", "--yes")
    assert said.status == 0, said.err
    assert "recorded as missed" in said.out
    assert desk("run", "--once", "--as-of", LAUNCH).status == 0
    assert len(list(desk.root.rglob("*.eml"))) == letters
    assert desk("audit", "--ledger").status == 0
    assert desk("restore", str(file)).status == 2


def test_resume_takes_one_of_three(desk: Desk) -> None:
    """A campaign, everything, or what a restore left open; never two of them."""
    for words in (["resume"], ["resume", "winback", "--all"], ["resume", "--all", "--after-restore"]):
        said = desk(*words)
        assert said.status == 2
        assert "say what may go on" in said.err
