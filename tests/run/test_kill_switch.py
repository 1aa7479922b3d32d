"""``orc stop`` pressed while messages leave: after its commit nothing more leaves than what was in flight.

``tests/long/kill_switch.py`` presses it a hundred times and prints how many and how long.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from long.kill_switch import press

from orchestrator.run import House
from tests.run.conftest import Wire

Build = Callable[..., House]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stop_ends_it_before_the_next_batch(build: Build, wire: Wire, seed: int) -> None:
    """Pressed from inside the provider at any message: the batch under way ends, the next guard lets nobody out."""
    found = press(build(), wire, at=random.Random(seed).randrange(1, 15), in_flight=4)
    assert found.after < 4
    assert found.left > 0
    assert found.resumed == found.left
