"""The daemon: wake up, plan what is due, walk, sleep. APScheduler only wakes it; time is the database's.

Many daemons may run on one PostgreSQL state: a slot is one row, and every piece of work is lent to one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import structlog

from orchestrator.model.errors import OrchestratorError, SettingsError
from orchestrator.model.settings import Settings
from orchestrator.run import House, Walked, ready_to_send, walk
from orchestrator.schedule.catch_up import Due, plan_due
from orchestrator.schedule.listen import listening
from orchestrator.schedule.measures import Measures

BEAT = 15.0
"""Seconds between two looks at the clock and the ledger when nothing else wakes the daemon."""

log = structlog.get_logger("orc")


@dataclass
class Turn:
    """One round: slots written down (some as missed) and what the walk did."""

    due: list[Due]
    walked: Walked


def owner_name() -> str:
    """Give a name for this worker that no other has: host, process, and eight random digits."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


async def run_once(house: House, stop: Callable[[], bool] = lambda: False) -> Turn:
    """Plan and send everything that is due by the ledger's clock, then come back.

    Raises DeliveryError or SettingsError when a provider of an active campaign may not be used, before anything
    is planned; StateError when the state database cannot be used.
    """
    number = house.ledger.current_number()
    if number is not None:
        await ready_to_send(house, number)
    due = plan_due(house, house.ledger.now())
    return Turn(due, await walk(house, owner_name(), stop))


@contextlib.contextmanager
def until_told(told: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Give what ``stop`` of :func:`run_once` may be: true from the first SIGTERM or SIGINT on, of which ``told`` hears.

    The second one ends the process at once, as it does where nobody listens. Only in the main thread's loop.
    """
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()

    def deaf() -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)

    def first() -> None:
        deaf()
        stopping.set()
        told()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, first)
    try:
        yield stopping.is_set
    finally:
        deaf()


async def serve_forever(
    house: House,
    beat: float = BEAT,
    measures: Measures | None = None,
    listen: tuple[str, int] | None = None,
    reread: Callable[[], Settings] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT: in-flight messages are finished and recorded, then it returns.

    A database or provider that is down is logged and tried again at the next beat. ``measures`` are answered at
    ``listen`` (host, port), where it is given; SettingsError when that is taken. SIGHUP asks ``reread`` for the
    settings; what cannot be used leaves the old ones in force.
    """
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    wake, stopping = asyncio.Event(), asyncio.Event()

    def leave() -> None:
        stopping.set()
        wake.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, leave)
    if reread is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _reload, house, reread)
    measures = measures or Measures()
    clock = AsyncIOScheduler(timezone=dt.UTC)
    clock.add_job(wake.set, IntervalTrigger(seconds=beat), coalesce=True, max_instances=1, misfire_grace_time=None)
    clock.start()
    owner = owner_name()
    try:
        async with listening(measures, listen) as port:
            log.info("started", owner=owner, beat_seconds=beat)
            if port is not None:
                log.info("listening", port=port)
            while not stopping.is_set():
                wake.clear()
                await _beat(house, owner, stopping.is_set, measures)
                if not stopping.is_set():
                    await wake.wait()
    finally:
        clock.shutdown(wait=False)
        log.info("stopped", owner=owner)


def _reload(house: House, reread: Callable[[], Settings]) -> None:
    """Take the settings that may change while a daemon runs; the others need a new process."""
    old = house.settings
    try:
        new = reread()
        if replace(new, in_flight=old.in_flight) != old:
            raise SettingsError("only `in_flight` may change while a daemon runs", "restart it for the other settings")
    except SettingsError as error:
        log.error("kept the old settings", error=str(error), remedy=error.remedy)
        return
    house.settings = new
    house.ledger.in_flight = new.in_flight
    log.info("reloaded", in_flight=new.in_flight)


async def _beat(house: House, owner: str, stop: Callable[[], bool], measures: Measures) -> None:
    try:
        if (number := house.ledger.current_number()) is not None:
            await ready_to_send(house, number)
        for due in plan_due(house, house.ledger.now()):
            log.info("missed" if due.missed else "due", campaign=due.campaign, slot=due.slot.name)
        walked = await walk(house, owner, stop)
        measures.worked(house.ledger, walked)
    except OrchestratorError as error:
        measures.failed(str(error))
        log.error("cannot work", error=str(error), remedy=error.remedy)
        return
    for occurrence in walked.frozen:
        log.info("queued", campaign=occurrence.campaign, slot=occurrence.slot)
    for occurrence, reason in walked.halted:
        log.warning("halted", campaign=occurrence.campaign, slot=occurrence.slot, reason=reason)
    for occurrence, warning in walked.warnings:
        log.warning("doubtful template", campaign=occurrence.campaign, slot=occurrence.slot, reason=warning)
    for failure in walked.errors:
        log.error("left waiting", error=str(failure), remedy=failure.remedy)
    if walked.sent.claimed:
        log.info("sent", **walked.sent.summary())
