"""``orc fix`` on real files: shown, checked, written in one step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Desk

SEG = "campaigns/segments/more.seg"
WRONG = "# why\nsegment german where country = 'DE'  # German\n\nsegment lately where did purchase in the last 3 days\n"
RIGHT = '# why\nsegment german where country is "DE"  # German\n\nsegment lately where did purchase in last 3 days\n'


@pytest.fixture
def file(desk: Desk) -> Path:
    """Give a file with four mistakes of habit in two definitions."""
    path = desk.root / SEG
    path.write_bytes(WRONG.encode())
    return path


def test_everything_sure_is_put_right(desk: Desk, file: Path) -> None:
    """One call; the check is clean afterwards, and a second call finds nothing."""
    said = desk("fix")
    assert (said.status, said.out) == (0, f"fixed: {SEG}\n")
    assert "problems in 1 file fixed" in said.err
    assert file.read_bytes() == RIGHT.encode()
    assert desk("check").status == 0
    assert desk("fix").err == "nothing to fix\n"


def test_the_encoding_and_the_permissions_stay(desk: Desk, file: Path) -> None:
    """The byte order mark, the line ends, and who may read the file."""
    file.write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    os.chmod(file, 0o640)
    assert desk("fix", str(file)).status == 0
    assert file.read_bytes() == b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


def test_check_and_diff_change_nothing(desk: Desk, file: Path) -> None:
    """For CI and for the curious: status 1 and the file as it was."""
    said = desk("fix", "--check")
    assert (said.status, said.out) == (1, f"can be fixed: {SEG}\n")
    said = desk("fix", "--diff")
    assert said.status == 1
    assert "-segment german where country = 'DE'  # German" in said.out.splitlines()
    assert '+segment german where country is "DE"  # German' in said.out.splitlines()
    assert file.read_bytes() == WRONG.encode()


def test_what_only_a_person_can_decide_is_left(desk: Desk) -> None:
    """Status 1, and the number of what is left; the best guess is made when asked for."""
    (desk.root / SEG).write_text('segment x where contry is "DE"\n')
    said = desk("fix")
    assert said.status == 1
    assert "1 error left for you" in said.err
    assert desk("fix", "--unsafe").status == 0
    assert (desk.root / SEG).read_text() == 'segment x where country is "DE"\n'


def test_a_file_of_elsewhere_is_refused(desk: Desk, tmp_path: Path) -> None:
    """Nothing outside of the workspace is touched."""
    other = tmp_path / "other.seg"
    other.write_text(WRONG)
    assert desk("fix", str(other)).status == 2
    assert other.read_text() == WRONG
