"""The way back from a lost state: backup, restore, refusal, decision, and on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

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


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_without_a_restore_there_is_nothing_to_decide(
    desk: Desk, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a state that was never restored nor one that was decided is touched, whatever the flags."""
    if kind == "postgresql":
        fresh: Callable[[], str] = request.getfixturevalue("fresh_database")
        monkeypatch.setenv("ORC_STATE_URL", fresh())
        monkeypatch.setenv("ORC_DEPLOYMENT", "pg")
        assert desk("migrate").status == 0
    applied(desk)
    file = desk.root / "state.orcbackup"
    for _ in range(2):
        for flags in ([], ["--yes"]):
            said = desk("resume", "--after-restore", *flags)
            assert (said.status, said.out) == (0, "no restore waits for a decision; nothing was changed\n"), said.err
        said = desk("resume", "--after-restore", "--yes", "--format", "json")
        assert json.loads(said.out) == {"restored": [], "changed": False}
        if not file.exists():
            assert desk("backup", str(file)).status == 0
            _lose(desk, kind, request, monkeypatch)
            assert desk("restore", str(file)).status == 0
            decided = desk("resume", "--after-restore", "--yes", "--format", "json")
            assert json.loads(decided.out)["changed"] is True


def _lose(desk: Desk, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "postgresql":
        monkeypatch.setenv("ORC_STATE_URL", request.getfixturevalue("fresh_database")())
        assert desk("migrate").status == 0
        return
    for path in desk.root.rglob("state.sqlite*"):
        path.unlink()


def _send_and_put_back(desk: Desk) -> None:
    """Send a campaign, then put the state's files back by hand as they were before."""
    applied(desk)
    (state,) = desk.root.rglob("state.sqlite")
    kept = desk.root / "kept"
    kept.mkdir()
    for path in state.parent.glob("state.sqlite*"):
        shutil.copy(path, kept)
    assert desk("run", "--once", "--as-of", LAUNCH).status == 0
    for path in state.parent.glob("state.sqlite*"):
        path.unlink()
    for path in kept.iterdir():
        shutil.copy(path, state.parent)


def test_an_older_copy_without_a_sign_is_decided_on_somebodys_word(desk: Desk) -> None:
    """On a new machine nothing tells that a state is older: `--older` does, and only about a restore."""
    _send_and_put_back(desk)
    letters = len(list(desk.root.rglob("*.eml")))
    for mark in desk.root.rglob("high-water.json"):
        mark.unlink()
    assert "nothing was changed" in desk("resume", "--after-restore", "--yes").out
    wrong = desk("resume", "--all", "--older")
    assert wrong.status == 2
    assert "orc resume --after-restore --older" in wrong.err
    decided = desk("resume", "--after-restore", "--older", "--yes", "--format", "json")
    assert json.loads(decided.out)["changed"] is True
    assert desk("run", "--once", "--as-of", LAUNCH).status == 0
    assert len(list(desk.root.rglob("*.eml"))) == letters > 0


def test_a_copy_that_a_start_refuses_can_be_decided_once(desk: Desk) -> None:
    """A file that was copied back by hand carries no word of it; this machine's mark tells."""
    _send_and_put_back(desk)
    assert "has forgotten an attempt" in desk("run", "--once", "--as-of", LAUNCH).err
    assert "recorded as missed" in desk("resume", "--after-restore", "--yes").out
    assert "nothing was changed" in desk("resume", "--after-restore", "--yes").out
