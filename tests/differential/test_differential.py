"""Three readings of the same text agree: the reference evaluator, SQLite and PostgreSQL, person by person.

Every world is a made-up schema with made-up rows; every sentence is made up as a tree, written as text, read by
the parser and compiled. A failure prints the seed: ``python -m tests.long.differential --seed N`` repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from comparing import run
from engines import Store, sqlite_store

from orchestrator.compile import prepare

WORLDS, SENTENCES = 25, 52


@pytest.fixture(scope="session")
def stores(postgres_url: str) -> Iterator[list[Store]]:
    """Give both engines; rows lie in a transaction that is undone, queries run under a role that may only read."""
    both = [sqlite_store(prepare), Store(postgres_url)]
    yield both
    for store in both:
        store.engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(WORLDS))
def test_reference_sqlite_and_postgresql_agree(stores: list[Store], seed: int) -> None:
    """Fifty-four made-up segments, a partition and four traits have the same answer three times."""
    run(seed, SENTENCES, stores)
