"""All readings of the same text agree: the reference evaluator and every engine, person by person.

Every world is a made-up schema with made-up rows; every sentence is made up as a tree, written as text, read by
the parser and compiled. A failure prints the seed: ``python -m tests.long.differential --seed N`` repeats it.
"""

from __future__ import annotations

import pytest
from comparing import run
from engines import Store

WORLDS, SENTENCES = 25, 46


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_reference_and_every_engine_agree(stores: list[Store], seed: int) -> None:
    """Made-up segments of people and of households, a partition and traits have the same answer everywhere."""
    run(seed, SENTENCES, stores)
