"""A backup holds everything, goes into either kind of database, and is refused when it is not whole."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_desk import Desk, epochs, planned, receipt

from orchestrator.ledger import NewVersion, backup, migrate, open_ledger, restore
from orchestrator.ledger.restoring import RESTORED
from orchestrator.model.delivery import Outcome
from orchestrator.model.errors import StateError
from orchestrator.model.people import address_hash

Made = Callable[[], str]


@pytest.fixture
def lived(desk: Desk, tmp_path: Path) -> tuple[Desk, Path]:
    """Give a ledger in which much has happened, and its backup."""
    desk.ledger.publish(NewVersion("d1", {"campaigns/ä.yml": "name: ä\n"}, "ann", "abc", "p1", {"vip": 12}), None)
    desk.snapshot([planned(str(n), facts='{"name": "Ünal \\u2028"}') for n in range(6)])
    claims = desk.send(limit=3)
    outcomes = (Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.RETRY)
    told = [receipt(claim, outcome) for claim, outcome in zip(claims, outcomes, strict=True)]
    desk.ledger.record("w1", told, epochs(claims))
    desk.ledger.suppress("email", "*", address_hash("x@example.com"), "unsubscribed", "test")
    desk.ledger.pause("spring", "ann")
    return desk, tmp_path / "state.orcbackup"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the url of an empty, migrated state of each kind, beside the one that the backup was taken of."""
    url = f"sqlite:///{tmp_path}/other.db" if request.param == "sqlite" else request.getfixturevalue("fresh_database")()
    migrate(url, "test")
    return url


def everything(url: str) -> dict[str, list]:
    """Give every row of every table as a backup would hold it, but for what a restore adds."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy"
        backup(url, path)
        lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    found: dict[str, list] = {}
    for name, row in lines[1:-1]:
        if not (name == "orc_setting" and row[0] == RESTORED):
            found.setdefault(name, []).append(row)
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def test_everything_comes_back_in_either_kind_of_database(lived: tuple[Desk, Path], empty: str) -> None:
    """Row by row the same, and the ledger goes on from there: new rows do not collide with old numbers."""
    desk, path = lived
    made = backup(desk.url, path)
    assert made.rows > 20
    assert restore(empty, path, "test") == made
    assert everything(empty) == everything(desk.url)
    ledger = open_ledger(empty, deployment="test", clock=lambda _: desk.time)
    desk.extra.append(ledger)
    assert ledger.audit() == []
    assert ledger.restored() == made.at.isoformat()
    ledger.plan_occurrence("autumn", "s", desk.time, desk.time.replace(year=2027), version=1, local_slot="s")
    found = ledger.resume_after_restore("ann")
    assert [(one.campaign, one.messages, one.slots) for one in found] == [("autumn", 0, 1), ("spring", 4, 0)]
    assert ledger.restored() is None
    assert ledger.audit() == []
    assert len(ledger.unknown("spring")) == 5


def test_a_backup_never_replaces_a_file(lived: tuple[Desk, Path]) -> None:
    """A second backup under the same name is refused, and the first is as it was."""
    desk, path = lived
    backup(desk.url, path)
    before = path.read_bytes()
    with pytest.raises(StateError, match="is there already"):
        backup(desk.url, path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.glob("*.part")] == []
    with pytest.raises(StateError, match="cannot be written"):
        backup(desk.url, path.parent / "no" / "such" / "folder")


def test_what_is_not_whole_is_refused_before_anything_is_written(lived: tuple[Desk, Path], empty: str) -> None:
    """Every cut and every changed row is noticed, and the database stays empty."""
    desk, path = lived
    backup(desk.url, path)
    whole = path.read_bytes()
    text = gzip.decompress(whole)
    lines = text.splitlines(keepends=True)
    broken = [
        b"",
        b"hello",
        whole[: len(whole) // 2],
        gzip.compress(b""),
        gzip.compress(b"".join(lines[:-1])),
        gzip.compress(b"".join(lines[:3] + lines[4:])),
        gzip.compress(text.replace(b"pending", b"failed!", 1)),
        gzip.compress(b'{"format": "something else"}\n{"rows": 0, "sha256": ""}\n'),
    ]
    for n, data in enumerate(broken):
        bad = path.with_name(f"bad{n}")
        bad.write_bytes(data)
        with pytest.raises(StateError, match="not a whole backup"):
            restore(empty, bad, "test")
    with pytest.raises(StateError, match="there is no file"):
        restore(empty, path.with_name("none"), "test")
    assert restore(empty, path, "test").rows > 0


def test_a_restore_needs_an_empty_state_of_the_same_deployment(lived: tuple[Desk, Path], empty: str) -> None:
    """Neither a state with rows nor another deployment's is filled."""
    desk, path = lived
    backup(desk.url, path)
    with pytest.raises(StateError, match="not empty"):
        restore(desk.url, path, "test")
    with pytest.raises(StateError, match="belongs to the deployment 'test', not to 'staging'"):
        restore(empty, path, "staging")
