"""The clock of a deployment that rehearses: it starts at a moment of its own and then runs as all clocks do."""

from __future__ import annotations

import datetime as dt
import time


class Rehearsal:
    """A clock that starts at ``start`` (UTC) in this process. Called with a connection, it is a clock of the ledger."""

    def __init__(self, start: dt.datetime) -> None:
        """Start it."""
        self.move(start)

    def move(self, to: dt.datetime) -> None:
        """Put it to another moment, from which it runs on."""
        self._start, self._begun = to, time.monotonic()

    def now(self) -> dt.datetime:
        """Give its time, UTC."""
        return self._start + dt.timedelta(seconds=time.monotonic() - self._begun)

    def __call__(self, connection: object) -> dt.datetime:
        """Give its time, whichever database asks."""
        return self.now()
