"""Where the state may lie, and whose time counts: what is refused before anything is sent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from orchestrator.ledger import migrate, open_ledger, refuse_skew
from orchestrator.ledger.place import refuse_shared_disk
from orchestrator.model.errors import StateError

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def table(folder: Path, *lines: str) -> Path:
    """Write a table of mounts."""
    path = folder / "mounts"
    path.write_text("".join(f"{line} rw 0 0\n" for line in ("/dev/vda / ext4", *lines)))
    return path


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_state_file_on_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Neither is it made there, nor opened; the message names the file system and what to do."""
    state = tmp_path / "share d" / "deep" / "state.db"
    url = f"sqlite:///{state}"
    mounted = str(tmp_path / "share d").replace(" ", "\\040")
    monkeypatch.setattr("orchestrator.ledger.place.MOUNTS", table(tmp_path, f"server:/x {mounted} {kind}"))
    with pytest.raises(StateError, match=f"network file system .{kind} at {tmp_path}/share d") as told:
        migrate(url, "test")
    assert not state.parent.exists()
    assert "PostgreSQL" in told.value.remedy
    monkeypatch.undo()
    migrate(url, "test")
    monkeypatch.setattr("orchestrator.ledger.place.MOUNTS", table(tmp_path, f"server:/x {mounted} {kind}"))
    with pytest.raises(StateError, match="network file system"):
        open_ledger(url)


def test_only_the_disk_of_the_file_itself_counts(tmp_path: Path) -> None:
    """The innermost mount decides, the last one where there are two; a link is followed; no table refuses nothing."""
    here = tmp_path.resolve()
    local = table(tmp_path, f"s:/x {here} nfs4", f"/dev/vdb {here}/a tmpfs", "s:/y /elsewhere nfs4")
    refuse_shared_disk(here / "a" / "state.db", local)
    with pytest.raises(StateError):
        refuse_shared_disk(here / "ab" / "state.db", local)
    refuse_shared_disk(here / "b" / "state.db", table(tmp_path, f"s:/x {here} nfs4", f"/dev/vdb {here} ext4"))
    refuse_shared_disk(here / "b" / "state.db", table(tmp_path, "none / 9p"))  # the root of a sandboxed container
    (here / "a").mkdir()
    (here / "link").symlink_to(here / "a")
    refuse_shared_disk(here / "link" / "state.db", table(tmp_path, f"s:/x {here} nfs4", f"/dev/vdb {here}/a xfs"))
    refuse_shared_disk(here / "state.db", here / "no such table")


@pytest.mark.parametrize(("off", "refused"), [(0, False), (30, False), (-30, False), (31, True), (-31, True)])
def test_clocks_that_disagree_are_refused(off: int, refused: bool) -> None:
    """More than thirty seconds either way; the time that asking took is no skew."""
    before, after = NOON, NOON + dt.timedelta(seconds=4)
    theirs = (after if off > 0 else before) + dt.timedelta(seconds=off)
    if not refused:
        return refuse_skew(theirs, before, after)
    with pytest.raises(StateError, match="clocks disagree by 31 s") as told:
        refuse_skew(theirs, before, after)
    assert f"{theirs:%H:%M:%S}" in str(told.value)
    assert "12:00:0" in str(told.value)
    assert "set-ntp" in told.value.remedy
    return None
