"""The whole way with the company's data in DuckDB and in MariaDB, and the state in SQLite."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import shops
import sqlalchemy as sa

from tests.cli.conftest import AS_OF, Desk

LAUNCH = "2026-12-01T09:05Z"
UNTIL = dt.datetime(2026, 12, 3, tzinfo=dt.UTC)


@pytest.mark.parametrize("engine", ["duckdb", "mysql"])
def test_the_whole_way_on_another_engine(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, engine: str
) -> None:
    """Draft, members, sizes, plan and run say what they say on SQLite, and the same people get letters."""
    asked = (("members", "engaged", "--as-of", AS_OF), ("show", "engaged", "--as-of", AS_OF, "--format", "json"))
    on_sqlite = [desk(*words).out for words in asked]
    if engine == "duckdb":
        shops.into_duckdb(desk.root / ".orc" / "shop.duckdb", 400, UNTIL)
        url = f"duckdb:///{desk.root / '.orc' / 'shop.duckdb'}"
    else:
        url = request.getfixturevalue("fresh_mysql")()
        shops.into_mysql(url, 400, UNTIL)
    monkeypatch.setenv("ORC_WAREHOUSE_URL", url)
    monkeypatch.setenv("ORC_DEPLOYMENT", engine)
    monkeypatch.setenv("ORC_STATE_URL", f"sqlite:///{desk.root / '.orc' / 'other.sqlite'}")
    draft = desk("schema", "pull")
    assert draft.status == 0, draft.err
    assert "table: customers" in draft.out
    assert desk("migrate").status == 0
    assert [desk(*words).out for words in asked] == on_sqlite
    plan = str(json.loads(desk("plan", "--format", "json").out)["id"])
    assert desk("apply", plan).status == 0
    found = json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)
    assert found["sent"]["accepted"] == len(list((desk.root / ".orc" / "outbox").glob("*.eml"))) > 10
    assert json.loads(desk("audit", "--ledger", "--format", "json").out)["findings"] == []
    healed(desk, url)


def healed(desk: Desk, url: str) -> None:
    """Let the doctor look, run its statements, and see that it asks for nothing more."""
    words = ("doctor", "--no-statistics", "--as-of", f"{UNTIL:%Y-%m-%dT%H:%MZ}")
    said = desk(*words)
    wanted = [line.strip().rstrip(";") for line in said.out.splitlines() if line.strip().startswith("CREATE ")]
    if url.startswith("duckdb"):
        assert not wanted
        assert "DuckDB needs no index for segments" in said.out
        return
    assert wanted
    assert "needs no index" not in said.out
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in wanted:
            connection.exec_driver_sql(statement)
    engine.dispose()
    assert "D101" not in desk(*words).out
