"""The journal of a worker: durable or not there, and shared by processes that start at the same moment."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from orchestrator.model.delivery import Outcome, Receipt
from orchestrator.run.journal import Journal, gave_up, read, waiting


def receipts(count: int) -> list[Receipt]:
    return [Receipt(uuid.uuid4(), Outcome.ACCEPTED, "250", "taken") for _ in range(count)]


@pytest.mark.parametrize(
    "said", ["Łódź\u2028queued", "a\x85b", "a\x1cb", "a\x0bb", "a\r\nb", "half \ud800", '"}', "\0"]
)
def test_whatever_a_server_said_is_read_again(tmp_path: Path, said: str) -> None:
    """A stranger's text may hold what Python takes for the end of a line: its receipt was lost with it."""
    one = Receipt(uuid.uuid4(), Outcome.ACCEPTED, "250", said, said)
    Journal(tmp_path, "one").keep([one], {one.id: 7})
    assert read(*waiting(tmp_path)) == ("one", [one], {one.id: 7})


def test_a_full_disk_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept stays whole when there is no room for more, and nothing half-written stands behind it."""
    journal = Journal(tmp_path, "one")
    first = receipts(3)
    journal.keep(first, {r.id: 1 for r in first})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    more = receipts(2)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            journal.keep(more, {r.id: 1 for r in more})
        with pytest.raises(OSError, match="No space"):
            Journal(tmp_path, "two").keep(more, {r.id: 1 for r in more})
    (path,) = waiting(tmp_path)
    assert read(path) == ("one", first, {r.id: 1 for r in first})
    journal.keep(more, {r.id: 2 for r in more})
    assert read(path)[1] == first + more


def test_a_journal_that_another_process_took_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes recover at once: who comes second finds nothing to do, at whatever moment the files go."""
    one = receipts(1)
    for owner in ("one", "two"):
        Journal(tmp_path, owner).keep(one, {r.id: 1 for r in one})
        Journal(tmp_path, owner).leave()
    found = waiting(tmp_path)
    found[0].unlink()
    assert read(found[0]) == (found[0].stem, [], {})
    listed = {pattern: list(tmp_path.glob(pattern)) for pattern in ("*.jsonl", "*.left")}
    for path in (*listed["*.jsonl"], tmp_path / "two.left"):
        path.unlink(missing_ok=True)
    monkeypatch.setattr(Path, "glob", lambda _, pattern: listed[pattern])
    assert waiting(tmp_path) == []
    assert [owner for _, owner in gave_up(tmp_path)] == ["one"]
