"""SQL in a segment: what is refused, where, and that nothing refused is ever made into a statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from orchestrator.audience import ids
from orchestrator.compile import check, dependencies, english, members_query
from orchestrator.language import format_segments
from orchestrator.model.condition import SegmentRef
from orchestrator.model.errors import UsageError
from orchestrator.model.schema import Field, Schema, Type
from orchestrator.model.workspace import Workspace
from tests.compile.conftest import ATTRIBUTES, SCHEMA

AS_OF = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)

# the SQL, its code, and the author's words at the place
REFUSED = [
    ("select from", "E360", None),
    ("", "E360", None),
    ("select id from customers; drop table customers", "E360", None),
    ("select id from customers;", "E360", None),
    ("select id from customers -- everybody", "E360", None),
    ("select id from customers /*! union select 1 */", "E360", None),
    ("delete from customers", "E361", None),
    ("values (1)", "E361", None),
    ("with x as (delete from customers returning id) select id from x", "E361", None),
    ("select id into new_table from customers", "E361", None),
    ("select id from customers for update", "E361", None),
    ("select id from customers where cast('now' as date) > '2026-01-01'", "E361", "'now'"),
    ("select id from customers limit 5", "E361", "5"),
    ("select id from customers where id = :id", "E361", None),
    ("select id from customers where id = ?", "E361", None),
    ("select id from customers where id = @x", "E361", None),
    ("select * from customers", "E361", "*"),
    ("select c.* from customers c", "E361", None),
    ("select id from customers where created_at < current_timestamp", "E361", None),
    ("select id from customers natural join orders", "E361", None),
    ("select id from customers tablesample (3)", "E361", None),
    ("with recursive x as (select id from customers union all select id from x) select id from x", "E361", None),
    ("select cast('customers' as regclass) as id from customers", "E361", None),
    ("select id from read_csv('/etc/passwd')", "E361", None),
    ("select id from generate_series(1, 9)", "E361", None),
    ("select id from lateral (select id from customers) x", "E361", None),
    ("select pg_sleep(9) as id from customers", "E362", "pg_sleep"),
    ("select pg_read_file('/etc/passwd') as id from customers", "E362", "pg_read_file"),
    ("select load_extension('x') as id from customers", "E362", "load_extension"),
    ("select id from customers where sleep(9) = 0", "E362", "sleep"),
    ("select id from customers where load_file('/etc/passwd') = 'x'", "E362", "load_file"),
    ("select random() as id from customers", "E362", "random"),
    ("select id from custmers", "E363", "custmers"),
    ("select id from pg_catalog.pg_user", "E363", None),
    ("select id from customers where id in (select id from sqlite_master)", "E363", "sqlite_master"),
    ("select custmer_id as id from orders", "E364", "custmer_id"),
    ("select o.customer as id from orders o", "E364", "customer"),
    ("select c.id from customers c where exists (select 1 from orders o where o.who = c.id)", "E364", "who"),
    ("select id from (select customer_id as x from orders) y", "E364", "id"),
    ("select customer_id from orders", "E365", None),
    ("select id, age from customers", "E365", None),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "code", "words"), REFUSED, ids=[sql for sql, _, _ in REFUSED])
def test_what_is_refused_has_a_code_and_a_place(
    shop: Callable[..., Workspace], sql: str, code: str, words: str | None
) -> None:
    """The finding points into the fence, and no statement is ever made from such SQL."""
    text = f"segment asked where age > 3\n  and sql (id: int) {{\n    {sql}\n}}\n"
    made = shop(text)
    (found,) = [each for each in check(made) if each.is_error]
    assert found.code == code, found
    if words is not None:
        start = found.span.start
        lines = text.split("\n")
        assert text[start : found.span.end] == words
        assert lines[found.span.line - 1][found.span.column - 1 :].startswith(words)
    with pytest.raises(UsageError, match=code):
        members_query(made, SegmentRef("asked"), AS_OF, "sqlite")


@pytest.mark.parametrize("columns", ["who: int", "id: int, id: int", "id: number"])
def test_the_first_column_is_the_person(shop: Callable[..., Workspace], columns: str) -> None:
    """It is called `id`, and every column has a type of the language."""
    made = shop(f"segment asked where sql ({columns}) {{ select id from customers }}\n")
    assert [each.code for each in check(made) if each.is_error] == ["E365"]


def test_a_filter_holds_no_sql(shop: Callable[..., Workspace]) -> None:
    """A filter looks at one event."""
    made = shop("segment asked where did purchase where (sql (id: int) { select id from customers }) ever\n")
    assert [each.code for each in check(made) if each.is_error] == ["E210"]


def test_what_sql_reads_is_known(shop: Callable[..., Workspace]) -> None:
    """Reviews and checks of the warehouse see the columns."""
    made = shop("segment asked where sql (id: int) { select customer_id as id from orders where items > 3 }\n")
    assert {"schema:purchase", "schema:purchase.items"} <= dependencies(made, "asked")
    assert "among the ids of this SQL: select customer_id as id from orders" in english(made, "asked")


def test_sql_keeps_its_text() -> None:
    """The canonical form changes the words around it, and what looks like a comment in quotes is none."""
    text = "segment a\nwhere x is 1 # why\n  and sql(id:int){\n  select 'a # b' as id -- {\n from t}\n"
    text = text.replace(" -- {", "")
    made, findings = format_segments(text)
    assert not findings
    assert "sql (id: int) { select 'a # b' as id\n from t }" in made
    assert made.count("#") == 2
    assert format_segments(made)[0] == made


KEYED = replace(
    SCHEMA,
    entities={
        **SCHEMA.entities,
        "customer": replace(
            SCHEMA.entities["customer"], attributes={**ATTRIBUTES, "number": Field("number", Type.INT, "id")}
        ),
    },
)


@pytest.mark.parametrize(
    ("sql", "words", "schema", "help_"),
    [
        ("(id: text) { select email as id from customers }", "email", SCHEMA, ("id as id",)),
        ("(id: text) { select c.email as id from customers c }", "c.email", SCHEMA, ("id as id",)),
        ("(id: int) { select id from customers union select email from customers }", "email", SCHEMA, ("id as id",)),
        ("(id: text) { select country as id from customers }", "country", SCHEMA, ("id as id",)),
        ("(id: text) { select birth_date as id from customers }", "birth_date", SCHEMA, ("id as id",)),
        ("(id: text) { select coupon as id from orders }", "coupon", KEYED, ("customer_id as id",)),
        ("(id: int) { select language as id from customers }", "language", SCHEMA, ("id as id",)),
    ],
)
def test_ids_that_are_no_keys(
    shop: Callable[..., Workspace], sql: str, words: str, schema: Schema, help_: tuple[str, ...]
) -> None:
    """What can be nobody's key is told at its place, with the column that is one."""
    text = f"segment asked where sql {sql}\n"
    found = [each for each in check(shop(text, schema)) if each.code == "W330"]
    (one,) = found
    assert text[one.span.start : one.span.end] in (words, words.partition(".")[2])
    assert one.help == help_


@pytest.mark.parametrize(
    "sql",
    [
        "(id: int) { select id from customers }",
        "(id: text) { select id from customers }",
        "(id: text) { select customer_id as id from orders }",
        "(id: text) { select cast(id as text) as id from customers }",
        "(id: text) { select coupon as id from orders }",
        "(id: int) { select age as id from customers }",
        "(id: text) { select age as id from customers }",
        "(id: int) { select id from customers union select items as id from orders where items > 3 }",
        "(id: text) { select id from (select email as id from customers) x }",
    ],
)
def test_ids_that_may_be_keys(shop: Callable[..., Workspace], sql: str) -> None:
    """Keys are compared as texts; a column that may point at somebody is believed."""
    assert check(shop(f"segment asked where sql {sql}\n")) == []


def test_a_text_and_a_number_are_the_same_person(shop: Callable[..., Workspace]) -> None:
    """Whatever the SELECT calls its ids, and whatever type they have in the database."""
    engine = sa.create_engine("sqlite://")
    made = shop("segment asked where sql (id: text) { select coupon as id from orders }\n")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table customers (id integer, timezone text)")
        connection.exec_driver_sql("create table orders (coupon text)")
        connection.exec_driver_sql("insert into customers values (7, null), (8, null), (9, null)")
        connection.exec_driver_sql("insert into orders values ('7'), ('008'), ('x'), (null)")
        query = members_query(made, SegmentRef("asked"), AS_OF, "sqlite")
        assert list(ids(connection, query)) == ["7"]
