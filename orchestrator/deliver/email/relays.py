"""Several servers for one provider: which one is asked next, and for how long one that failed is left alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.deliver.email.connection import Server

STRIKES, WITHIN = 20, 60.0
"""So many broken connections and unanswered messages in so many seconds, and a server is left alone."""
REST, LONGEST_REST = 30.0, 600.0
"""Seconds for which a server is left alone: at first, and at most after failing again and again."""


@dataclass(slots=True)
class Relay:
    """One server of a provider. ``pipelining`` is false once its answers did not fit to pipelined commands."""

    server: Server
    pipelining: bool = True
    rests_until: float = 0.0
    failures: int = 0
    probed: bool = False
    """Somebody is trying whether it works again; the others keep to the next server meanwhile."""
    _strikes: deque[float] = field(default_factory=lambda: deque(maxlen=STRIKES))

    def failed(self, now: float) -> None:
        """Leave it alone for a while: no connection was to be had, or it said that it goes away."""
        self.rests_until = now + min(LONGEST_REST, REST * 2.0**self.failures)
        self.failures += 1
        self._strikes.clear()

    def struck(self, now: float) -> None:
        """Count a broken connection or an unanswered message; too many are a failure."""
        self._strikes.append(now)
        if len(self._strikes) == STRIKES and now - self._strikes[0] <= WITHIN:
            self.failed(now)

    def worked(self) -> None:
        """Trust it again: a connection is there."""
        self.rests_until, self.failures = 0.0, 0


def to_ask(relays: Sequence[Relay], now: float) -> list[Relay]:
    """Give the servers to ask, in order: those that do not rest, then those that do, the soonest ready first."""
    ready = [relay for relay in relays if relay.rests_until <= now and not relay.probed]
    others = [relay for relay in relays if relay not in ready]
    return ready + sorted(others, key=lambda relay: relay.rests_until)
