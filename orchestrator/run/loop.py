"""The event loop: uvloop's where the ``fast`` extra brought it, asyncio's own elsewhere."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end what waits for the network, and give what came of it."""
    with asyncio.Runner(loop_factory=_faster()) as runner:
        return runner.run(work)


def _faster() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        made: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None
    return made
