"""``orc schema export`` and ``orc init`` write what editors read."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Desk


def test_every_schema_is_written(desk: Desk, tmp_path: Path) -> None:
    """By default where the first lines of the starter's files look for them."""
    assert desk("schema", "export").status == 0
    folder = desk.root / ".orchestrator" / "schemas"
    assert sorted(path.stem for path in folder.iterdir()) == ["campaign", "policies", "project", "schema", "tests"]
    line = (desk.root / "campaigns/winback.yml").read_text().splitlines()[0]
    named = line.partition("$schema=")[2]
    assert json.loads((desk.root / "campaigns" / named).read_text())["title"] == "A campaign"
    assert desk("schema", "export", "--to", str(tmp_path / "there")).status == 0
    assert (tmp_path / "there" / "tests.json").is_file()
    assert desk("check").status == 0


def test_a_new_workspace_has_them(desk: Desk, tmp_path: Path) -> None:
    """And they are no secret: git keeps them."""
    assert desk.call("-C", str(tmp_path), "init", "fresh").status == 0
    assert (tmp_path / "fresh/.orchestrator/schemas/campaign.json").is_file()
    assert ".orchestrator" not in (tmp_path / "fresh/.gitignore").read_text()
