"""The event loop: uvloop's where the ``fast`` extra brought it, asyncio's own elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
YOUNG = 20_000
"""New objects after which the collector looks for cycles. Python's 700 cost a fifth of a letter's time: a claim's
letters live until they are sent, and were looked through again and again."""


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end what waits for the network, and give what came of it."""
    with _patient_collector(), asyncio.Runner(loop_factory=_faster()) as runner:
        return runner.run(work)


async def next_turn() -> None:
    """Let the loop turn once, so that signals are heard and the page for machines answers; no time passes."""
    await asyncio.sleep(0)


@contextlib.contextmanager
def _patient_collector() -> Iterator[None]:
    """Let the collector of cycles look less often, as long as it looks at all."""
    before = gc.get_threshold()
    if 0 < before[0] < YOUNG:
        gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _faster() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        made: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None
    return made
