"""The company's database is only read, streamed once and in order; its errors come with a remedy."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.audience import Warehouse, count, ids, masked, open_warehouse, people, reflect, zones
from orchestrator.audience.people import fact
from orchestrator.audience.warehouse import explained
from orchestrator.model.errors import SettingsError, WarehouseError
from orchestrator.model.people import canonical_id
from orchestrator.model.schema import Entity, Field, Table, TimeFormat, Type


class Statement:
    """A query as this room sees it."""

    def __init__(self, select: sa.Select[tuple[object, ...]]) -> None:
        self.select = select
        self.columns = tuple(str(column.key) for column in select.selected_columns)
        self.joined = self.together = None


TABLE = "create table person (id integer, mail text, born text, spent real, zone text)"
ROWS = (
    "insert into person values (2, 'b@example.com', '2000-02-29', 9.5, 'Europe/Berlin'),"
    " (10, null, null, null, null),"
    " (3, 'c@example.com', 'nonsense', 1, 'Mars/Base'), (3, 'again@example.com', null, 2, null)"
)


@pytest.fixture(params=["sqlite", "postgresql", "duckdb", "mysql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A shop with three people, on each engine."""
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "shop.db") as db:
            db.executescript(f"{TABLE};{ROWS}")
        url = f"sqlite:///{tmp_path / 'shop.db'}"
    else:
        url = (
            f"duckdb:///{tmp_path / 'shop.duckdb'}"
            if request.param == "duckdb"
            else request.getfixturevalue("fresh_mysql" if request.param == "mysql" else "fresh_database")()
        )
        owner = sa.create_engine(url)
        with owner.begin() as connection:
            connection.exec_driver_sql(TABLE)
            connection.exec_driver_sql(ROWS)
        owner.dispose()
    opened = open_warehouse(url)  # with all rights on purpose: we keep our promise without the server's help
    yield opened
    opened.dispose()


PERSON = sa.table("person", *(sa.column(c) for c in ("id", "mail", "born", "spent", "zone")))
FACTS = (Field("born", Type.DATE, "born", time=TimeFormat("iso")), Field("spent", Type.MONEY, "spent", currency="EUR"))


def query() -> Statement:
    """Everybody with address and facts."""
    c = PERSON.c
    return Statement(
        sa.select(
            c.id.label("id"), c.zone.label("zone"), c.mail.label("address__email"),
            sa.literal(True).label("consent__email__news"), c.born.label("fact__0"), c.spent.label("fact__1"),
        ).order_by(c.id)
    )  # fmt: skip


def test_everybody_comes_once_in_order_with_typed_facts(shop: Warehouse) -> None:
    """A second row of the same id is left out; what cannot be read is unknown, and stops nobody."""
    with shop.read() as connection:
        batches = list(people(connection, query(), FACTS, batch=2))
    everybody = [person for batch in batches for person in batch]
    assert [person.id for person in everybody] == ["2", "3", "10"]
    assert everybody[0].facts == {"born": dt.date(2000, 2, 29), "spent": Decimal("9.50")}
    assert everybody[1].facts["born"] is None
    assert everybody[0].consents == {("email", "news"): True}
    assert everybody[2].addresses == {"email": None}


def test_counts_ids_and_zones(shop: Warehouse) -> None:
    """The small questions have small answers."""
    with shop.read() as connection:
        assert count(connection, Statement(sa.select(sa.func.count()).select_from(PERSON))) == 4
        assert list(ids(connection, Statement(sa.select(PERSON.c.id).order_by(PERSON.c.id)))) == ["2", "3", "10"]
        assert zones(connection, Entity("p", Table("person"), "id", {}, zone="zone")) == ["Europe/Berlin", "Mars/Base"]


def test_the_warehouse_cannot_be_written(shop: Warehouse) -> None:
    """Not even by mistake: the connection itself refuses."""
    with pytest.raises(WarehouseError), shop.read() as connection:
        connection.execute(sa.text("delete from person"))


def test_a_missing_table_or_column_is_named(shop: Warehouse) -> None:
    """The sentence names it and points at the schema."""
    with pytest.raises(WarehouseError, match="no table `nobody`") as table, shop.read() as connection:
        connection.execute(sa.text("select 1 from nobody"))
    assert "schema.yml" in table.value.remedy
    with pytest.raises(WarehouseError, match="no column `colour`"), shop.read() as connection:
        connection.execute(sa.text("select colour from person"))


def test_a_statement_that_is_too_deep_is_no_outage(tmp_path: Path) -> None:
    """SQLite gives up reading; that is told as what it is, with what the author can do."""
    sqlite3.connect(tmp_path / "shop.db").close()
    shop = open_warehouse(f"sqlite:///{tmp_path / 'shop.db'}")
    with pytest.raises(WarehouseError, match="nested deeper than the warehouse can read") as told, shop.read() as read:
        read.execute(sa.text("select " + "(" * 2000 + "1" + ")" * 2000))
    assert "fewer conditions" in told.value.remedy
    shop.dispose()
    many = sa.exc.OperationalError("select", {}, Exception(1116, "MariaDB can only use 61 tables in a join"))
    assert str(explained(many, "shop")) == (
        "a segment is larger or nested deeper than the warehouse can read: "
        "(1116, 'MariaDB can only use 61 tables in a join')"
    )


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Opening a wrong path must not leave an empty database behind."""
    for kind in ("sqlite", "duckdb"):
        warehouse = open_warehouse(f"{kind}:///{tmp_path / 'no.db'}")
        with pytest.raises(WarehouseError, match="not there"), warehouse.read():
            pass
        assert not (tmp_path / "no.db").exists()


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "mariadb"])
def test_a_server_that_is_down_is_said_without_its_password(kind: str) -> None:
    """Passwords never reach a message."""
    warehouse = open_warehouse(f"{kind}://reader:secret@127.0.0.1:1/shop")
    with pytest.raises(WarehouseError, match="does not answer") as down, warehouse.read():
        pass
    assert "secret" not in str(down.value) + down.value.remedy


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "duckdb:///:memory:", "duckdb://", "oracle9://x/y"]
)
def test_a_url_that_cannot_be_opened_is_refused(url: str) -> None:
    """With a sentence, not with a trace."""
    with pytest.raises(SettingsError):
        open_warehouse(url)


def test_a_file_that_somebody_writes_is_said(tmp_path: Path) -> None:
    """DuckDB lets nobody in while another program writes; one sentence says so."""
    path = tmp_path / "shop.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        warehouse = open_warehouse(f"duckdb:///{path}")
        with pytest.raises(WarehouseError, match="another program holds") as held, warehouse.read():
            pass
        assert "copy" in held.value.remedy
        writer.communicate(b"\n")
    with warehouse.read() as connection:
        assert reflect(connection) == []


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_is_no_database_is_said(tmp_path: Path, kind: str) -> None:
    """Whatever lies there instead."""
    (tmp_path / "shop").write_text("not a database at all, but long enough to be one " * 100)
    warehouse = open_warehouse(f"{kind}:///{tmp_path / 'shop'}")
    with pytest.raises(WarehouseError, match="damaged, or not a database"), warehouse.read() as connection:
        connection.execute(sa.text("select 1 from person"))


def test_a_wrong_password_is_said_without_it(mysql_server: str, postgres_server: str) -> None:
    """The server's words, and where the password stands."""
    for server in (mysql_server, postgres_server):
        url = sa.engine.make_url(server).set(username="orc_nobody", password="secret")
        warehouse = open_warehouse(url.render_as_string(hide_password=False))
        with pytest.raises(WarehouseError) as refused, warehouse.read():
            pass
        assert "secret" not in str(refused.value) + refused.value.remedy
        assert "ORC_WAREHOUSE_URL" in refused.value.remedy


def test_a_missing_driver_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is one line to copy."""
    for kind, extra, module in (("mysql", "mysql", "pymysql"), ("mariadb", "mysql", "pymysql")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(SettingsError) as missing:
            open_warehouse(f"{kind}://reader@localhost/shop")
        assert f"campaign-orchestrator[{extra}]" in missing.value.remedy


def test_tables_are_described_for_a_draft(shop: Warehouse) -> None:
    """Columns, types, rows and samples, for `orc schema pull`."""
    with shop.read() as connection:
        (table,) = reflect(connection)
    assert (table.name, table.rows) == ("person", 4)
    assert [column.type for column in table.columns] == ["int", "text", "text", "decimal", "text"]


def test_ids_have_one_text_form() -> None:
    """7, 7.0 and Decimal(7) are one person; "007" is somebody else."""
    assert {canonical_id(7), canonical_id(7.0), canonical_id(Decimal("7"))} == {"7"}
    assert canonical_id("007") == "007"
    with pytest.raises(ValueError, match="cannot be an id"):
        canonical_id(7.5)


def test_samples_are_masked() -> None:
    """Enough to recognise a row, not enough to write to it."""
    assert masked("ann@example.com") == "a***@example.com"
    assert masked("Ann") == "A***"
    assert masked(None) is None


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "12.34"), ("JPY", "1234"), ("KWD", "1.234")])
def test_minor_units_are_those_of_the_currency(currency: str, amount: str) -> None:
    """1234 in minor units is 12.34 EUR, 1,234 JPY and 1.234 KWD."""
    assert fact(1234, Field("spent", Type.MONEY, "spent", currency=currency, minor=True)) == Decimal(amount)
