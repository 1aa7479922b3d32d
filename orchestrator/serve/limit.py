"""A light limit on requests: each address has a bucket that fills again, so nobody tries tokens by the million."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

BURST = 60.0
"""Requests that an address may make at once."""
PER_SECOND = 2.0
"""Requests that come back to it each second."""
REMEMBERED = 10_000
"""Addresses that are kept in mind; the one not seen for longest is forgotten first."""


class Limit:
    """Counts requests by address in memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock in seconds."""
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> bool:
        """Tell whether this address may make one more request, and count it."""
        now = self._clock()
        left, seen = self._buckets.pop(address, (BURST, now))
        left = min(BURST, left + (now - seen) * PER_SECOND)
        allowed = left >= 1
        self._buckets[address] = (left - 1 if allowed else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed
