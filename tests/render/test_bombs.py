"""Every bomb of ``bombs.py`` ends in a letter or an error with its place, within its seconds and its megabytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.render.bombs import BOMBS


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    """Set all of them off in a process of their own."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.render.bombs"], cwd=root, capture_output=True, text=True, timeout=300, check=True
    )
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_its_bounds(found: dict[str, dict[str, Any]], name: str) -> None:
    """It is what was expected, its error says where, and neither CPU nor memory went beyond what it may take."""
    bomb, came = BOMBS[name], found[name]
    assert came["kind"] == ("error" if bomb.says else "letter"), came
    assert bomb.says in came["said"]
    assert came["at"].count(":") >= 2 or not bomb.says, came
    assert came["seconds"] < bomb.seconds
    assert came["megabytes"] < bomb.megabytes


def test_every_kind_of_bomb_is_there() -> None:
    """Time, memory, recursion, loops and output each have some."""
    assert {bomb.kind for bomb in BOMBS.values()} == {"time", "memory", "recursion", "loop", "output"}


def test_a_bomb_that_hangs_or_grows_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same measuring says so of a letter that takes a second, and of one that takes a hundred megabytes."""
    from tests.render import bombs

    def greedy(*_: object, **__: object) -> Any:
        begun = bombs.time.process_time()  # in the child, whose clock begins anew
        hoard = bytearray(b"x" * 100_000_000)
        while bombs.time.process_time() - begun < 1:
            hoard[0] ^= 1
        raise bombs.RenderError("done")

    monkeypatch.setattr(bombs, "letter", greedy)
    monkeypatch.setattr(bombs, "BOMBS", {"greedy": bombs.Bomb("time", "", "")})
    (came,) = bombs.all_of_them()
    assert came["seconds"] >= 0.9
    assert came["megabytes"] > 90
    assert came["at"] == ""
