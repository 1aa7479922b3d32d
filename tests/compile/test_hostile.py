"""Hostile names and values on real engines: they stay names and values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from engines import Store
from sqlalchemy.sql import quoted_name

from orchestrator.compile import audience_query, cells_query, members_query
from orchestrator.model import condition as c
from orchestrator.model.campaign import Campaign, Trigger
from orchestrator.model.project import Policies, Project
from orchestrator.model.schema import Entity, EventTable, Field, Schema, Table, TimeFormat, Type
from orchestrator.model.segment import Case, Partition
from orchestrator.model.workspace import Workspace

AS_OF = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
NAMES = [
    "'",
    '"',
    "a\"b'c",
    "%s",
    "a%(b)s",
    ":x",
    "a b",
    "select",
    "1; drop",
    "ü\u202e",
    "a.b",
    "--",
    "?",
    "\\",
    "[x]",
    "p",
    "v",
    "k",
]
VALUES = [
    "'",
    '"',
    "'; drop table x; --",
    "%",
    "_",
    "100%",
    "\\",
    "\\%",
    "a\\'b",
    "\u202eabc",
    "\u200f",
    "ÄÖ",
    "",
    " ",
    ":p",
    "%s",
    "?",
    "\n",
]


def workspace(column: str) -> Workspace:
    """Give a shop whose tables and columns all carry a hostile name."""
    attributes = {
        "label": Field("label", Type.TEXT, f"{column}l"),
        "count": Field("count", Type.INT, f"{column}n"),
        "seen": Field("seen", Type.TIMESTAMP, f"{column}t"),
    }
    event = EventTable(
        "buy", "person", Table(f"{column}events"), f"{column}who", f"{column}at", TimeFormat(),
        {"what": Field("what", Type.TEXT, f"{column}what")}, id=f"{column}id", where={f"{column}kind": column},
    )  # fmt: skip
    entity = Entity("person", Table(f"{column}people"), f"{column}key", attributes, zone=f"{column}z")
    return Workspace(Path(), Project(1, "x"), Schema({"person": entity}, {"buy": event}), Policies(), {}, {})


def tables(name: str, label: str) -> dict[str, list[dict[str, Any]]]:
    """Give two people, one of them with the label and an event."""
    at = dt.datetime(2026, 11, 20, 9)
    people = [
        {f"{name}key": "P", f"{name}l": label, f"{name}n": 3, f"{name}t": at, f"{name}z": None},
        {f"{name}key": "Q", f"{name}l": "other", f"{name}n": None, f"{name}t": None, f"{name}z": "Mars/Olympus"},
    ]
    row = {f"{name}who": "P", f"{name}at": at, f"{name}what": label, f"{name}id": 1, f"{name}kind": name}
    return {f"{name}people": people, f"{name}events": [row]}


@contextmanager
def filled(store: Store, rows: dict[str, list[dict[str, Any]]]) -> Iterator[Any]:
    """Create the tables through SQLAlchemy, which can spell every name, and undo it all."""
    kinds = {str: sa.Text, int: sa.Integer, dt.datetime: sa.DateTime}
    metadata = sa.MetaData()
    for name, found in rows.items():
        columns = {k: kinds[type(v)] for row in reversed(found) for k, v in row.items() if v is not None}
        columns = {k: columns.get(k, sa.Text) for k in found[0]}
        sa.Table(quoted_name(name, True), metadata, *(sa.Column(quoted_name(k, True), t) for k, t in columns.items()))
    with store.engine.connect() as connection:
        metadata.create_all(connection)
        for name, table in metadata.tables.items():
            connection.execute(sa.insert(table).values([[row[c.name] for c in table.c] for row in rows[name]]))
        yield connection
        connection.rollback()
        metadata.drop_all(connection)
        connection.commit()


def members(store: Store, connection: Any, made: Workspace, what: c.Condition) -> list[str]:
    """Ask who is in."""
    return [str(row.id) for row in connection.execute(members_query(made, what, AS_OF, store.dialect).select)]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_schema_are_quoted(stores: list[Store], name: str) -> None:
    """Whatever a table or a column is called, the statement reads it, in every shape of statement."""
    made = workspace(name)
    what = c.Attr(("label",))
    did = c.Did(c.Event("buy", c.Is(c.Attr(("what",)), c.Text("x"))), None, c.Ever())
    often = c.Did(
        c.Event("buy", c.Compare(">=", c.Attr(("nth",)), c.Number(Decimal(1)))),
        c.Quantity(c.Count.AT_LEAST, 1),
        c.Ever(),
    )
    rank = c.Rank(True, c.Attr(("count",)), count=1, each=c.Attr(("label",)))
    anchor = c.IsTime(c.Attr(("seen",)), c.Before(c.Anchor(c.Edge.LAST, c.Event("buy"))), negated=True)
    wanted = c.AllOf(
        (
            c.Is(what, c.Text("x")),
            did,
            often,
            rank,
            anchor,
            c.IsTime(c.Attr(("seen",)), c.OnDay(c.Day.TODAY, True), True),
        )
    )
    for store in stores:
        with filled(store, tables(name, "x")) as connection:
            assert members(store, connection, made, wanted) == ["P"]


@pytest.mark.parametrize("value", VALUES)
def test_values_are_bound(stores: list[Store], value: str) -> None:
    """Quotes, wildcards, backslashes and marks of direction are letters like others."""
    made = workspace("x")
    label = c.Attr(("label",))
    tests = [
        c.Is(label, c.Text(value)),
        c.OneOf(label, (c.Text(value), c.Text("none"))),
        c.TextTest(c.TextOp.CONTAINS, label, c.Text(value)),
        c.TextTest(c.TextOp.STARTS_WITH, label, c.Text(value)),
        c.TextTest(c.TextOp.ENDS_WITH, label, c.Text(value)),
        c.Did(c.Event("buy", c.Is(c.Attr(("what",)), c.Text(value))), None, c.Ever()),
    ]
    for store in stores:
        with store.holding(made.schema, tables("x", value)) as connection:
            for test in tests:
                got = members(store, connection, made, test)
                assert got == (["P", "Q"] if value == "" and isinstance(test, c.TextTest) else ["P"]), test


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "\x00"])
def test_what_no_column_can_hold_matches_nobody(stores: list[Store], value: str) -> None:
    """NUL and halves of signs are an answer, not a crash: nobody has them, and everybody has not."""
    made = workspace("x")
    for store in stores:
        with store.holding(made.schema, tables("x", "x")) as connection:
            for test in (
                c.Is(c.Attr(("label",)), c.Text(value)),
                c.OneOf(c.Attr(("label",)), (c.Text(value),)),
                c.TextTest(c.TextOp.CONTAINS, c.Attr(("label",)), c.Text(value)),
            ):
                assert members(store, connection, made, test) == []
                assert members(store, connection, made, c.Not(test)) == ["P", "Q"]


def test_wildcards_do_not_match_other_letters(stores: list[Store]) -> None:
    """`%` and `_` stand for themselves."""
    made = workspace("x")
    for store in stores:
        with store.holding(made.schema, tables("x", "abc")) as connection:
            for value in ("a%", "a_c", "%", "_"):
                for op in (c.TextOp.CONTAINS, c.TextOp.STARTS_WITH, c.TextOp.ENDS_WITH):
                    assert members(store, connection, made, c.TextTest(op, c.Attr(("label",)), c.Text(value))) == []


def test_names_of_cells_and_ids_are_bound(stores: list[Store]) -> None:
    """A cell and an id that look like SQL are texts."""
    made = workspace("x")
    part = Partition("p", (Case("it's", c.Is(c.Attr(("label",)), c.Text("x"))),), 're"st')
    made = Workspace(made.root, made.project, made.schema, made.policies, {"p": part}, {})
    for store in stores:
        with store.holding(made.schema, tables("x", "x")) as connection:
            rows = connection.execute(cells_query(made, "p", AS_OF, store.dialect).select)
            assert {row.id: row.cell for row in rows} == {"P": "it's", "Q": 're"st'}
            campaign = Campaign("x", c.Everyone(), Trigger(), ())
            for only, expected in (("P", ["P"]), ("' or 1=1 --", []), ("a\x00", [])):
                query = audience_query(made, campaign, AS_OF, store.dialect, ["label"], [], ["email"], None, only)
                assert [row.id for row in connection.execute(query.select)] == expected


def test_people_of_a_zone_are_asked_for_once(stores: list[Store]) -> None:
    """Somebody without a zone, or with one that does not exist, belongs to the project's zone."""
    made = workspace("x")
    campaign = Campaign("x", c.Everyone(), Trigger(), ())
    for store in stores:
        with store.holding(made.schema, tables("x", "x")) as connection:
            for zone, expected in (("UTC", ["P", "Q"]), ("Europe/Berlin", []), (None, ["P", "Q"])):
                query = audience_query(made, campaign, AS_OF, store.dialect, [], [], [], zone)
                assert [row.id for row in connection.execute(query.select)] == expected
