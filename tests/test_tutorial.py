"""The tutorial shows what its reader will see, and the worked example is one that nobody has to be warned of."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.compile import fact_fields
from orchestrator.language import load_workspace
from orchestrator.render import RenderError, Tokens
from orchestrator.run.facts import dumps, loads
from orchestrator.run.letters import compose
from orchestrator.run.preflight import generated
from orchestrator.run.writing import draft

ROOT = Path(__file__).parent.parent
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
SECTION = TUTORIAL.partition("## 3.")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"```text\n(.*?)```", SECTION, re.S)
WAS = "did paid_order between 10 and 11 days ago"

Orc = Callable[..., str]


@pytest.fixture
def orc(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Orc:
    """Give a function that calls ``orc`` in a copy of the worked example and gives what it printed."""
    monkeypatch.setenv("ORC_CACHE_DIR", str(tmp_path / "cache"))
    for folder in ("campaigns", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / "shop" / folder)

    def run(*words: str) -> str:
        capsys.readouterr()
        main(["-C", str(tmp_path / "shop"), *words])
        return capsys.readouterr().out

    return run


def test_the_third_section_shows_what_is_printed(orc: Orc, tmp_path: Path) -> None:
    """The change, its typing mistake and the test that it breaks are those of the example, to line and number."""
    line, mistake, broken = BLOCKS
    file = tmp_path / "shop" / "campaigns" / "segments" / "lifecycle.seg"
    before = file.read_text(encoding="utf-8")
    assert before.count(WAS) == 1
    changed = re.sub(rf"^where .*{WAS}\n", line, before, flags=re.M)
    file.write_text(changed, encoding="utf-8")
    assert orc("check") == mistake
    file.write_text(changed.replace("paid_ordr", "paid_order"), encoding="utf-8")
    printed = [row for row in orc("test").splitlines() if not row.startswith("✓")]
    assert printed == [row for row in broken.splitlines() if row != "…"]
    tests = tmp_path / "shop" / "campaigns" / "tests" / "doings.yml"
    day = "{customer_id: 1, ordered_at: 2026-11-13T09:30"
    said = tests.read_text(encoding="utf-8")
    assert said.count(day) == 1
    tests.write_text(said.replace(day, "{customer_id: 1, ordered_at: 2026-11-16T09:30"), encoding="utf-8")
    assert "1 of 1 test passed" in orc("test", "second_order_due")


def test_the_example_writes_to_everybody() -> None:
    """No campaign of the example warns before its run that somebody's message could not be written."""
    workspace = load_workspace(ROOT).workspace
    tokens = Tokens("k1:a-key-for-this-test-only-0123456789", "us")
    for campaign in workspace.campaigns.values():
        for step in campaign.steps:
            for variant in step.variants:
                use = draft(workspace, campaign, step, variant)
                for facts in generated(list(fact_fields(workspace, sorted(use.letter.facts)))):
                    try:
                        compose(tokens, uuid.UUID(int=0), "nobody@example.com", loads(dumps(facts)), use, None)
                    except RenderError as error:
                        pytest.fail(f"{campaign.name}: {error}")
