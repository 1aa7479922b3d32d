"""Versions, plans, and a state database that says what is wrong with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from ledger_desk import Desk, planned

import orchestrator.ledger
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.ledger.tables import REVISION, REVISION_TABLE, meta
from orchestrator.model.errors import SettingsError, StaleError, StateError, UsageError

FILES = {"campaigns/a.yml": "name: a\n", "templates/ö.html.j2": "Grüße 🎉"}


def test_a_version_is_kept_whole(desk: Desk) -> None:
    """A daemon without git reads back every file byte for byte; the next version shares unchanged texts."""
    assert desk.ledger.current_version() is None
    assert desk.ledger.publish(NewVersion("d1", FILES, "ann", "abc", "p1", {"vip": 12}), None) == 1
    assert desk.ledger.publish(NewVersion("d2", {**FILES, "campaigns/b.yml": "x"}, "bob"), 1) == 2
    first = desk.ledger.version(1)
    assert (dict(first.files), first.by, first.commit, dict(first.sizes)) == (FILES, "ann", "abc", {"vip": 12})
    current = desk.ledger.current_version()
    assert (current.number, current.digest, len(current.files)) == (2, "d2", 3)
    assert desk.sql("select count(*) from {}orc_text")[0][0] == 3
    assert [a.action for a in desk.ledger.actions()] == ["apply", "apply"]
    with pytest.raises(UsageError):
        desk.ledger.version(3)


def test_a_stale_version_is_refused(desk: Desk) -> None:
    """Applying against a version that is not current any more changes nothing."""
    desk.ledger.publish(NewVersion("d1", FILES, "ann"), None)
    for expected in (None, 2):
        with pytest.raises(StaleError, match="version 1 is applied"):
            desk.ledger.publish(NewVersion("d2", FILES, "bob"), expected)
    assert desk.ledger.current_version().digest == "d1"


def test_plans_are_found_by_the_beginning_of_their_name(desk: Desk) -> None:
    """A saved plan is loaded by its id or an unambiguous beginning of id or digest."""
    desk.ledger.save_plan("p-one", "aaa1", "{}")
    desk.ledger.save_plan("p-one", "aaa1", "{}")
    desk.wait(1)
    desk.ledger.save_plan("p-two", "bbb2", '{"n": 1}')
    assert [plan.id for plan in desk.ledger.plans()] == ["p-two", "p-one"]
    assert desk.ledger.load_plan("p-one").digest == "aaa1"
    assert desk.ledger.load_plan("bbb").body == '{"n": 1}'
    assert desk.ledger.load_plan("p-") is None
    assert desk.ledger.load_plan("%") is None
    assert desk.ledger.load_plan("") is None


def test_a_copy_of_the_state_is_refused(desk: Desk) -> None:
    """A cloned database does not send the original's messages."""
    with pytest.raises(StateError, match="belongs to the deployment 'test', not to 'staging'"):
        open_ledger(desk.url, deployment="staging")
    with pytest.raises(StateError, match="belongs to"):
        migrate(desk.url, "staging")


def test_migrating_again_changes_nothing(desk: Desk) -> None:
    """`orc migrate` can be run at every start."""
    desk.snapshot([planned("1")])
    assert migrate(desk.url, "test") == REVISION
    assert len(desk.ledger.messages()) == 1


def test_two_migrations_at_once_do_not_hurt(state_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Two daemons that start together on an empty database leave one good schema."""
    url = f"sqlite:///{tmp_path}/two.db"
    if state_url.startswith("postgresql"):
        url = request.getfixturevalue("fresh_database")()
    code = f"from orchestrator.ledger import migrate; print(migrate({url!r}, 'x'))"
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0].decode().strip() for process in both] == [REVISION] * 2
    open_ledger(url, deployment="x").close()


def test_the_migrations_lead_to_the_tables(desk: Desk) -> None:
    """What alembic builds is what the program expects, and its newest step is the one that is asked for."""
    config = Config()
    folder = Path(orchestrator.ledger.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION
    if desk.ledger.dialect == "postgresql":
        options = {"include_schemas": True, "version_table": REVISION_TABLE, "version_table_schema": "orc"}
        with desk.ledger._engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection, opts=options), meta) == []
    else:
        for table in meta.tables.values():
            found = {row[1] for row in desk.sql(f"pragma table_info({table.name})")}
            assert found == {column.name for column in table.columns}


def test_a_state_without_tables_names_the_remedy(
    tmp_path: Path, request: pytest.FixtureRequest, state_url: str
) -> None:
    """Before `orc migrate` every call says to run it."""
    url = f"sqlite:///{tmp_path}/none.db"
    if state_url.startswith("postgresql"):
        url = request.getfixturevalue("fresh_database")()
    with pytest.raises(StateError) as caught:
        open_ledger(url)
    assert "orc migrate" in caught.value.remedy
    assert not (tmp_path / "none.db").exists()


def test_a_newer_state_is_refused(desk: Desk) -> None:
    """An old program does not touch the tables of a newer one."""
    desk.sql("update {}orc_revision set version_num = '9999'")
    try:
        for call in (lambda: open_ledger(desk.url), lambda: migrate(desk.url, "test")):
            with pytest.raises(StateError, match="newer than this program"):
                call()
    finally:
        desk.sql(f"update {{}}orc_revision set version_num = '{REVISION}'")


@pytest.mark.parametrize(
    ("url", "text"),
    [("mysql://x/y", "cannot be a mysql"), ("nonsense", "cannot be read"), ("sqlite://", "cannot live in memory")],
)
def test_a_url_that_cannot_work_is_refused(url: str, text: str) -> None:
    """A state that could not keep the promise is refused when it is named."""
    with pytest.raises(SettingsError, match=text):
        open_ledger(url)


def test_a_server_that_is_down_is_said_so() -> None:
    """Nobody sees a traceback because PostgreSQL does not run."""
    with pytest.raises(StateError, match="does not answer"):
        open_ledger("postgresql+psycopg://nobody@127.0.0.1:1/none")


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_a_full_disk_stops_and_names_itself(desk: Desk) -> None:
    """When no row can be written any more, the call fails whole; with room again everything goes on."""
    occurrence = desk.snapshot([planned(str(n)) for n in range(200)])
    desk.ledger._engine.dispose()
    limits = {"on": True}

    @sa.event.listens_for(desk.ledger._engine, "checkout")
    def limit(connection: sqlite3.Connection, *_: object) -> None:
        (pages,) = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages if limits['on'] else 1_000_000}")

    def fill() -> None:
        for n in range(5000):
            desk.ledger.suppress("email", "*", n.to_bytes(32, "big"), "x" * 4000, "test")

    with pytest.raises(StateError, match="disk of the state database is full"):
        fill()
    limits["on"] = False
    assert len(desk.send()) == 64
    assert desk.ledger.audit() == []
    assert desk.ledger.occurrence(occurrence.id).state == "sending"


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    """A state file with something else in it is named as such."""
    (tmp_path / "state.db").write_text("hello " * 1000)
    with pytest.raises(StateError, match="not a database"):
        open_ledger(f"sqlite:///{tmp_path}/state.db")


def test_the_switches_of_durability_are_on(desk: Desk) -> None:
    """What was committed survives a crash of the machine: the promise stands on it."""
    if desk.ledger.dialect == "sqlite":
        assert desk.ledger.read(lambda c: c.exec_driver_sql("pragma synchronous").scalar()) == 2
        assert desk.ledger.read(lambda c: c.exec_driver_sql("pragma journal_mode").scalar()) == "wal"
        return
    engine = desk.ledger._engine
    with engine.connect() as connection:
        connection.exec_driver_sql("set synchronous_commit = off")
        connection.commit()
    seen = desk.ledger.write(lambda c: c.exec_driver_sql("show synchronous_commit").scalar())
    assert seen == "on"
