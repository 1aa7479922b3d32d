"""Who the judges are: every engine takes part, and a missing one is said, not passed over."""

from __future__ import annotations

import pytest
from engines import STORES, Store


@pytest.mark.parametrize("engine", ["postgres_url", "mysql_url"])
def test_every_engine_is_there(request: pytest.FixtureRequest, stores: list[Store], engine: str) -> None:
    """The engines in memory always judge; a server that is missing is a skip with its reason, and fails on CI."""
    url = request.getfixturevalue(engine)
    assert {"sqlite", "duckdb", url.partition("+")[0]} <= {store.dialect for store in stores} <= set(STORES)
