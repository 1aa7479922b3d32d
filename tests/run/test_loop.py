"""The extra that makes the loop faster is used where it is installed, and missed by nobody."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType

import pytest

from orchestrator.run import run_loop


async def answer() -> str:
    await asyncio.sleep(0)
    return type(asyncio.get_running_loop()).__name__


def test_without_the_extra_the_usual_loop_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the standard library is needed."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert "Loop" in run_loop(answer())


def test_with_the_extra_its_loop_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installs ``campaign-orchestrator[fast]`` gets what it is for."""

    class FastLoop(asyncio.SelectorEventLoop):
        pass

    module = ModuleType("uvloop")
    module.new_event_loop = FastLoop  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "uvloop", module)
    assert run_loop(answer()) == "FastLoop"
