"""The daemons of a simulated year: threads that take turns between any two transactions, and may die at each."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.ledger import Ledger
from orchestrator.model.errors import OrchestratorError
from orchestrator.run import House
from orchestrator.schedule import run_once

if TYPE_CHECKING:
    from tests.long.year import Year

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
SWITCH = 0.04
"""How often another daemon goes on between two steps of one."""


class Died(BaseException):
    """What a killed process feels: nothing of it goes on."""


class Stage(Ledger):
    """A ledger that lets others act before and after each of its statements' transactions."""

    turn: Callable[[], None]
    owner = ""
    _inside = False


def _staged(name: str) -> Callable[..., Any]:
    original = getattr(Ledger, name)

    def call(self: Stage, *args: Any, **named: Any) -> Any:
        if self._inside:
            return original(self, *args, **named)
        if name == "take_occurrence":
            self.owner = args[0]
        self.turn()
        self._inside = True
        try:
            found = original(self, *args, **named)
        finally:
            self._inside = False
        self.turn()
        return found

    return call


for _name in dir(Ledger):
    if not _name.startswith("_") and callable(getattr(Ledger, _name)) and _name not in ("close", "read", "write"):
        setattr(Stage, _name, _staged(_name))


@dataclass
class Daemon:
    """One machine's daemon: a thread that runs while it is its turn."""

    year: Year
    number: int
    house: House | None = None
    steps_to_live: int = -1
    """After so many turns it dies; below zero, it lives on."""
    asleep_until: dt.datetime = LONG_AGO
    working: bool = False
    dead: bool = False
    _go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def start(self) -> None:
        """Begin the thread; it waits for its first turn."""
        threading.Thread(target=self._live, daemon=True).start()

    def resume(self) -> None:
        """Let it go on until it gives the turn back."""
        self._go.release()
        self.year.back.acquire()

    def turn(self) -> None:
        """Let others act, now and then; die where that was decided."""
        if threading.current_thread() is self.year.main:
            return
        if self.dead:
            raise Died
        if self.steps_to_live == 0:
            self.dead = True
            raise Died
        self.steps_to_live -= self.steps_to_live > 0
        if self.year.luck.random() < SWITCH:
            self.year.back.release()
            self._go.acquire()

    def _live(self) -> None:
        with asyncio.Runner() as runner:
            while True:
                self._go.acquire()
                if self.year.over:
                    self.year.back.release()
                    return
                try:
                    self._beat(runner)
                except Exception as error:  # a defect of the house or of this file: the year ends with it
                    self.year.broken.append(f"{type(error).__name__}: {error}")
                self.working = False
                self.year.back.release()

    def _beat(self, runner: asyncio.Runner) -> None:
        self.house = self.house or self.year.house(self)
        try:
            runner.run(run_once(self.house))
        except Died:
            owner = self.house.ledger.owner if isinstance(self.house.ledger, Stage) else ""
            self.year.deaths += 1
            self.year.write("died", worker=self.number, in_flight=self.year.flying(owner))
            self.asleep_until = self.year.now + dt.timedelta(minutes=self.year.luck.choice((0, 1, 30)))
            self.house.ledger._engine.dispose()
            self.house, self.steps_to_live, self.dead = None, -1, False
        except OrchestratorError as error:
            self.year.troubles.append(str(error))
