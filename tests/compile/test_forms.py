"""Time, texts and patterns: the small laws that SQL is made from."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from engines import IN_MEMORY, Store, open_store

from orchestrator.compile import load_rows, members_query, memory, prepare, trait_query
from orchestrator.model import condition as c
from orchestrator.model.calendar import in_zone
from orchestrator.model.project import Policies, Project
from orchestrator.model.schema import Entity, Field, Schema, Table, TimeFormat, Type
from orchestrator.model.segment import Trait
from orchestrator.model.workspace import Given, TestCase, Workspace

UTC = dt.UTC
FORMS = [
    TimeFormat("native", "UTC"),
    TimeFormat("iso", "UTC"),
    TimeFormat("iso_t", "UTC"),
    TimeFormat("epoch"),
    TimeFormat("epoch_ms"),
    TimeFormat("pattern", "UTC", "%Y%m%d%H%M%S"),
    TimeFormat("native", "Europe/Berlin"),
    TimeFormat("iso_t", "America/New_York"),
    TimeFormat("pattern", "Europe/Berlin", "%Y%m%d%H%M%S"),
    TimeFormat("pattern", "Asia/Kolkata", "%Y-%m-%d"),
]


def written(moment: dt.datetime, form: TimeFormat) -> str | int:
    """Write an instant as the form says (by other means than the room)."""
    if form.kind == "epoch":
        return int(moment.timestamp())
    if form.kind == "epoch_ms":
        return int(moment.timestamp()) * 1000
    local = moment.astimezone(ZoneInfo(form.zone)).replace(tzinfo=None)
    if form.kind == "pattern":
        return local.strftime(form.pattern)
    return local.strftime("%Y-%m-%dT%H:%M:%S" if form.kind == "iso_t" else "%Y-%m-%d %H:%M:%S")


def shop(form: TimeFormat, zone: str = "Europe/Berlin", definitions: dict[str, Trait] | None = None) -> Workspace:
    """Give a shop of people with one moment."""
    entity = Entity("person", Table("people"), "id", {"seen": Field("seen", Type.TIMESTAMP, "seen", time=form)})
    schema = Schema({"person": entity}, {})
    return Workspace(Path(), Project(1, "x", zone=zone), schema, Policies(), definitions or {}, {})


def holding(values: list[str | int | None]) -> sa.Connection:
    """Give a SQLite with one person for each value, numbered from 0."""
    engine = sa.create_engine("sqlite://")
    connection = engine.connect()
    prepare("sqlite", connection.connection.driver_connection)
    kind = "integer" if any(isinstance(v, int) for v in values) else "text"
    connection.exec_driver_sql(f"create table people (id integer primary key, seen {kind})")
    connection.connection.driver_connection.executemany("insert into people values (?, ?)", list(enumerate(values)))
    return connection


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_bound_falls_where_the_instant_falls(form: TimeFormat) -> None:
    """In every form and zone, also around a change of the clocks, a stored moment is compared as an instant."""
    start = dt.datetime(2026, 10, 24, 20, tzinfo=UTC)
    coarse = "%S" not in form.pattern and form.kind == "pattern"
    stored = [start + dt.timedelta(minutes=30 * n) for n in range(30)]
    texts = [written(moment, form) for moment in stored]
    zone = ZoneInfo("UTC" if form.kind in ("epoch", "epoch_ms") else form.zone)
    # what a column shows twice means its first coming; a column of days means their beginning
    walls = [moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in stored]
    meant = [in_zone(dt.datetime.combine(w.date(), dt.time()) if coarse else w, str(zone)) for w in walls]
    made = shop(form)
    with holding(list(texts)) as connection:
        for bound in [start + dt.timedelta(minutes=15 * n) for n in range(70)]:
            point = c.DateTime(bound)
            for window, test in (
                (c.Since(point), lambda x, b=bound: x >= b),
                (c.Before(point), lambda x, b=bound: x < b),
                (c.After(point), lambda x, b=bound: x > b),
                (c.On(point), lambda x, b=bound: x == b),
            ):
                query = members_query(made, c.IsTime(c.Attr(("seen",)), window), start, "sqlite")
                got = [row.id for row in connection.execute(query.select)]
                assert got == [n for n, moment in enumerate(meant) if test(moment)], (window, form)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("unit", list(c.Unit))
@pytest.mark.parametrize("as_of", ["2026-11-22T09:00", "2026-10-26T01:30", "2028-02-29T23:10", "2026-03-31T01:15"])
def test_units_since_as_a_value_and_as_a_bound_agree(unit: c.Unit, zone: str, as_of: str) -> None:
    """A13 and A60: the value is the largest whole k for which the comparison with k holds, for every unit."""
    now = dt.datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    step = {c.Unit.MINUTE: 0.001, c.Unit.HOUR: 0.05}.get(unit, 1)
    moments = [now - dt.timedelta(hours=7.3 * step * n, seconds=n % 3) for n in range(-40, 160)]
    moments += [now, now - dt.timedelta(days=365), now + dt.timedelta(days=1)]
    form = TimeFormat()
    for value in (c.Elapsed(unit, c.Attr(("seen",))), c.Remaining(unit, c.Attr(("seen",)))):
        made = shop(form, zone, {"t": Trait("t", "int", value)})
        texts: list[str | int | None] = [written(moment.replace(microsecond=0), form) for moment in moments]
        with holding(texts) as connection:
            values = {row.id: row.value for row in connection.execute(trait_query(made, "t", now, "sqlite").select)}
            for k in sorted(set(values.values()))[:: max(1, len(set(values.values())) // 12)]:
                what = c.Compare(">=", value, c.Number(Decimal(k)))
                got = {row.id for row in connection.execute(members_query(made, what, now, "sqlite").select)}
                assert got == {person for person, found in values.items() if found >= k}, (value, k)


def test_clocks_thirty_years_ahead_keep_their_summer_time(stores: list[Store]) -> None:
    """The hour of a moment in 2056 is read on summer time, as changes of the clocks are written out so far."""
    hour = Trait("t", "int", c.Part(c.Unit.HOUR, SEEN))
    made = shop(TimeFormat("epoch"), definitions={"t": hour})
    moments = [dt.datetime(2056, month, 20, 8, 15, tzinfo=UTC) for month in (1, 4, 7, 10, 12)]
    tables = {"people": [{"id": n, "seen": int(moment.timestamp())} for n, moment in enumerate(moments)]}
    hours = [moment.astimezone(ZoneInfo("Europe/Berlin")).hour for moment in moments]
    for store in stores:
        query = trait_query(made, "t", dt.datetime(2026, 3, 31, 8, 15, tzinfo=UTC), store.dialect)
        with store.holding(made.known, tables) as connection:
            assert [row.value for row in connection.execute(query.select)] == hours, store.dialect


SEEN = c.Attr(("seen",))
OFTEN = [
    (c.Elapsed(c.Unit.MONTH, SEEN), 1),
    (c.Remaining(c.Unit.YEAR, SEEN), 1),
    (c.Remaining(c.Unit.DAY, SEEN, anniversary=True), 4),  # its month, its day, whether it is over, how old today
]


@pytest.mark.parametrize(("value", "searches"), OFTEN)
def test_duckdb_searches_the_offset_of_a_wall_clock_once(value: c.Elapsed | c.Remaining, searches: int) -> None:
    """Months read a wall clock twenty times, anniversaries 366 times: the text stays short, the values are SQLite's."""
    now = dt.datetime(2028, 2, 29, 23, 10, tzinfo=UTC)
    made = shop(TimeFormat("native", "UTC"), definitions={"t": Trait("t", "int", value)})
    moments = [now - dt.timedelta(days=n * 29.7, hours=n % 5) for n in range(-30, 90)]
    tables = {"people": [{"id": n, "seen": moment.replace(tzinfo=None)} for n, moment in enumerate(moments)]}
    found = []
    for store in map(open_store, IN_MEMORY):
        query = trait_query(made, "t", now, store.dialect)
        with store.holding(made.known, tables) as connection:
            found.append({row.id: row.value for row in connection.execute(query.select)})
    assert found[0] == found[1]
    assert len(set(found[0].values())) > 2
    assert query.dialect == "duckdb"
    assert query.sql().count("orc_moved") == searches
    assert query.sql().count(" AS orc_once") == 1


def test_a_fraction_or_a_z_behind_the_seconds_does_not_matter() -> None:
    """`10:00:00`, `10:00:00.000000` and `10:00:00Z` are the same moment for every comparison."""
    moment = c.DateTime(dt.datetime(2026, 11, 1, 10, tzinfo=UTC))
    texts: list[str | int | None] = ["2026-11-01 10:00:00", "2026-11-01 10:00:00.000000", "2026-11-01 10:00:00Z"]
    texts += ["2026-11-01 10:00:00.5", "2026-11-01 09:59:59.999", "2026-11-01 10:00", None]
    made = shop(TimeFormat("iso"))
    now = dt.datetime(2026, 11, 22, 9, tzinfo=UTC)
    with holding(texts) as connection:
        for window, expected in (
            (c.Since(moment), [0, 1, 2, 3, 5]),
            (c.After(moment), [3]),
            (c.Before(moment), [4]),
            (c.On(moment), [0, 1, 2, 5]),
        ):
            query = members_query(made, c.IsTime(c.Attr(("seen",)), window), now, "sqlite")
            assert [row.id for row in connection.execute(query.select)] == expected


def test_windows_of_ages_do_not_break() -> None:
    """A window of more years than the calendar has is open, on either side."""
    now = dt.datetime(2026, 11, 22, 9, tzinfo=UTC)
    made = shop(TimeFormat())
    with holding(["2026-11-01 10:00:00", "2027-11-01 10:00:00"]) as connection:
        for unit in c.Unit:
            for window, expected in (
                (c.Rolling(999_999_999, unit), [0]),
                (c.Rolling(999_999_999, unit, ahead=True), [1]),
                (c.MoreThan(999_999_999, unit), []),
                (c.Calendar(unit, 99_999), None),
            ):
                query = members_query(made, c.IsTime(c.Attr(("seen",)), window), now, "sqlite")
                got = [row.id for row in connection.execute(query.select)]
                assert expected is None or got == expected, (window, got)


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("a.c", "a\nc", True),
        ("[a-z]+@x[.]io", "anna@x.io", True),
        ("a", "A", False),
        ("a", "ab", False),
        ("a|b", "b", True),
        ("a{2,3}", "aaaa", False),
        ("(ab)+c?", "abab", True),
        ("[^0-9]", "5", False),
        ("\\.", ".", True),
        ("\\.", "x", False),
        ("[\\]a]", "]", True),
        ("a", "a\n", False),
    ],
)
def test_patterns_read_alike(stores: list[Store], pattern: str, text: str, holds: bool) -> None:
    """`matches` holds the whole text on every engine, newlines included."""
    entity = Entity("person", Table("people"), "id", {"name": Field("name", Type.TEXT, "name")})
    made = Workspace(Path(), Project(1, "x"), Schema({"person": entity}, {}), Policies(), {}, {})
    what = c.TextTest(c.TextOp.MATCHES, c.Attr(("name",)), c.Text(pattern))
    now = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
    for store in stores:
        with store.holding(made.schema, {"people": [{"id": 1, "name": text}]}) as connection:
            query = members_query(made, what, now, store.dialect)
            assert bool(connection.execute(query.select).all()) is holds, store.dialect


def test_a_test_in_memory_reads_what_its_rows_say() -> None:
    """Rows of a test are typed by the schema; what cannot be read is said at its place."""
    fields = {
        "age": Field("age", Type.INT, "age"),
        "paid": Field("paid", Type.MONEY, "paid", currency="EUR", minor=True),
        "seen": Field("seen", Type.TIMESTAMP, "seen", time=TimeFormat("epoch")),
    }
    schema = Schema({"person": Entity("person", Table("people", "crm"), "id", fields)}, {})
    made = Workspace(Path(), Project(1, "x", zone="Europe/Berlin"), schema, Policies(), {}, {})
    now = dt.datetime(2026, 11, 22, 9, tzinfo=UTC)
    rows = (
        Given({"id": "007", "age": "40", "paid": "12.50", "seen": "2026-11-22T09:30"}),
        Given({"id": "8", "age": None}),
    )
    loaded = load_rows(made, TestCase("x", "s", now, rows))
    assert not loaded.diagnostics
    what = c.AllOf(
        (
            c.Is(c.Attr(("paid",)), c.Money(Decimal("12.50"), "EUR")),
            c.IsTime(c.Attr(("seen",)), c.Rolling(1, c.Unit.HOUR)),
            c.Compare(">", c.Attr(("age",)), c.Number(Decimal(39))),
        )
    )
    with memory(made, loaded) as connection:
        query = members_query(made, what, now, "sqlite")
        assert [row.id for row in connection.execute(query.select)] == ["007"]
    wrong = load_rows(made, TestCase("x", "s", now, (Given({"id": "1", "agee": "3", "age": "many"}),)))
    assert [(d.code, d.help) for d in wrong.diagnostics] == [("E202", ("age",)), ("E319", ())]


def test_no_file_of_the_room_writes_a_value_into_sql() -> None:
    """``sa.text`` stands at one place, for SQL that was printed from a checked tree: no value becomes SQL elsewhere."""
    import orchestrator.compile as room

    folder = Path(room.__file__).parent
    found = [
        (path.relative_to(folder).as_posix(), match[0])
        for path in folder.rglob("*.py")
        for match in re.finditer(r"\bsa\.text\(.*|\btextual|exec_driver_sql\(f?[\"'](?!attach)", path.read_text())
    ]
    assert [name for name, _ in found] == ["raw_ids.py"]
    assert found[0][1].startswith(r'sa.text(text.replace(":", "\\:"))')
    assert "text = printed(pred.text, statement.dialect.name)" in (folder / "raw_ids.py").read_text()
