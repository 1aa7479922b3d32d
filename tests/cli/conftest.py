"""A workspace to call verbs in: the starter, a small simulated shop, and a state of its own."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.starter import generate, workspace_files

NOW = "2026-11-30T09:00:00Z"
AS_OF = "2026-12-01T09:00Z"


@dataclass(frozen=True)
class Said:
    """What one call printed, and its exit status."""

    status: int
    out: str
    err: str


@dataclass
class Desk:
    """A workspace and the verb to call in it."""

    root: Path
    call: Callable[..., Said]

    def __call__(self, *words: str) -> Said:
        """Call ``orc -C ROOT words``."""
        return self.call("-C", str(self.root), *words)

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a text in one file."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not say {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with a simulated shop of 400 customers."""
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    generate(path, 400, until=dt.datetime(2026, 12, 3, tzinfo=dt.UTC))
    return path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Said]:
    """Give a function that calls ``orc`` in this process, with nothing of the machine's own environment."""
    for name in ("WAREHOUSE_URL", "STATE_URL", "TOKEN_KEY", "DEPLOYMENT", "OUTBOX", "PROFILES", "DEBUG", "IN_FLIGHT"):
        monkeypatch.delenv(f"ORC_{name}", raising=False)
    monkeypatch.setenv("ORC_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("ORC_USER", "ada")
    monkeypatch.setenv("ORC_REHEARSAL", NOW)

    def run(*words: str) -> Said:
        capsys.readouterr()
        status = main(words)
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return run


@pytest.fixture
def desk(tmp_path: Path, call: Callable[..., Said], small_shop: Path) -> Desk:
    """Give a fresh copy of the starter with a small shop behind it."""
    root = tmp_path / "shop"
    for path, text in workspace_files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (root / ".orc").mkdir()
    shutil.copy(small_shop, root / ".orc" / "warehouse.sqlite")
    return Desk(root, call)
