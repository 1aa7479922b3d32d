"""Every operator in every dialect with hostile names and values: the statement stays the one of plain names.

The same sentence is compiled twice: once as it stands, once with hostile letters before every name of a table or column
and before every text. But for the letters inside quoted names both are one text, and somebody else's parser finds the
letters in names alone. So no value and no name has become SQL, whatever the operator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from engines import Store
from sqlglot import exp
from test_experimental import parsed
from test_hostile import AS_OF, members, tables
from test_hostile import workspace as people
from test_operators import EXAMPLE
from test_operators import SENTENCES as OPERATORS
from test_sql import SENTENCES, workspace

from orchestrator.compile import DIALECTS, EXPERIMENTAL, members_query
from orchestrator.compile.dialects import dialect as dialect_of
from orchestrator.language import parse_definitions
from orchestrator.model import condition as c
from orchestrator.model.errors import UsageError
from orchestrator.model.raw import RawSql
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Field, History, Parent, Relation, Table
from orchestrator.model.workspace import Workspace

MARK = "zq'\"`%s%(x)s:y--\\\u202e;/*"
"""Before names: quotes of every engine, marks of parameters, comments, a backslash, a mark of direction."""
CLEANED = "zq_s_x_s_y_"
"""What the name of a parameter keeps of them."""
NUMBER = re.compile(r"\d+")
VALUE = MARK + "_\n"
NAMES: Mapping[type, tuple[str, ...]] = {
    Table: ("name",),
    Field: ("column", "currency_column", "longitude"),
    History: ("key", "value", "at", "id"),
    Parent: ("column",),
    Entity: ("key", "zone"),
    EventTable: ("key", "at", "id"),
    Relation: ("key", "ref"),
    ConsentTable: ("key", "channel", "topic", "granted", "at", "id"),
}
"""The places of a schema that name a table or a column."""


def marked(node: Any) -> Any:
    """Give a part of a workspace with the letters before every table, column and text; raw SQL and patterns stay."""
    if isinstance(node, RawSql) or (isinstance(node, c.TextTest) and node.op is c.TextOp.MATCHES):
        return node
    if isinstance(node, c.Text):
        return c.Text(VALUE + node.value)
    if isinstance(node, tuple):
        return tuple(map(marked, node))
    if isinstance(node, Mapping):
        return {key: marked(value) for key, value in node.items()}
    if not is_dataclass(node) or isinstance(node, type):
        return node
    named = NAMES.get(type(node), ())
    found = {f.name: getattr(node, f.name) for f in fields(node) if f.init}
    changed = {
        key: value if value is None else MARK + value if key in named else marked(value) for key, value in found.items()
    }
    where = found.get("where")
    if named and where:
        changed["where"] = {MARK + key: VALUE + v if isinstance(v, str) else v for key, v in where.items()}
    return replace(node, **changed)


def accented(node: Any) -> Any:
    """Give every column a letter that documents may write as an escape: keys without one take a shorter statement."""
    if isinstance(node, tuple):
        return tuple(map(accented, node))
    if isinstance(node, Mapping):
        return {key: accented(value) for key, value in node.items()}
    if not is_dataclass(node) or isinstance(node, type):
        return node
    found = {f.name: accented(getattr(node, f.name)) for f in fields(node) if f.init}
    return replace(node, **found | ({"column": found["column"] + "é"} if isinstance(node, Field) else {}))


def hostile(made: Workspace) -> Workspace:
    """Give a workspace with the letters everywhere."""
    return replace(made, schema=marked(made.schema), definitions=marked(made.definitions))


def read_again(sql: str, dialect: str) -> None:
    """Let somebody else's parser read a statement: one SELECT, the letters only at the beginning of names."""
    tree = parsed(sql, {"postgresql": "postgres"}.get(dialect, dialect))
    names = [name.this.removeprefix(MARK) for name in tree.find_all(exp.Identifier)]
    assert not [word for word in [*names, *(found.this for found in tree.find_all(exp.Literal))] if "zq" in word]


def plain_again(sql: str, dialect: str) -> str:
    """Take the letters from the quoted names, and what is left of them from the names of parameters."""
    quoted = dialect_of(dialect).printer().identifier_preparer.quote_identifier(MARK)
    return sql.replace(f"{quoted[0]}{quoted[1:-1]}", quoted[0]).replace(CLEANED, "")


def compiled(made: Workspace, dialect: str) -> tuple[str, bool]:
    """Give the statement, and whether the dialect refuses it for its lists."""
    try:
        return members_query(made, c.SegmentRef("asked"), AS_OF, dialect).sql(), False
    except UsageError as error:
        return "", "cannot look into lists and JSON" in str(error)


def same_statement(made: Workspace, other: Workspace, dialect: str, parsing: bool) -> None:
    """The hostile statement is the plain one but for lengths of texts; where ``parsing``, it is read again, too."""
    found, refused = compiled(other, dialect)
    plain, lists = compiled(made, dialect)
    if lists:
        assert dialect in EXPERIMENTAL
        assert refused
        return
    assert MARK[:3] in found
    assert NUMBER.sub("0", plain_again(found, dialect)) == NUMBER.sub("0", plain)
    if parsing:
        read_again(found, dialect)


SPOKEN = sorted(set(DIALECTS.names()) - {"mariadb"})
"""MariaDB is MySQL under its other name, and has the same statements."""
TRIED = sorted(set(EXPERIMENTAL) & set(SPOKEN))


def for_place(place: int) -> list[str]:
    """Give the dialects of the engines that are run, and one after the other of those that are only parsed."""
    return sorted({*SPOKEN} - {*TRIED} | {TRIED[place % len(TRIED)]})


PLAIN = replace(EXAMPLE, campaigns={}, tests=(), schema=accented(EXAMPLE.schema))
HOSTILE = hostile(PLAIN)
TABLE = [sentence for _, sentence in OPERATORS if "sql (" not in sentence]
"""Raw SQL names its tables itself, in words that are its own; tests/compile/test_raw.py has its hostile texts."""


@pytest.mark.parametrize("name", [name for name in SENTENCES if "sql (" not in SENTENCES[name]])
def test_every_sentence(shop: Callable[..., Workspace], name: str) -> None:
    """Every kind of sentence is the same statement in the dialects, whatever the names and the texts."""
    made = workspace(shop, SENTENCES[name])
    other, place = hostile(made), list(SENTENCES).index(name)
    for number, dialect in enumerate(asked := for_place(place)):
        same_statement(made, other, dialect, parsing=number == place % len(asked))


@pytest.mark.parametrize("sentence", TABLE)
def test_every_operator(sentence: str) -> None:
    """Every operator of the printed table is the same statement in the dialects, read again in one after the other."""
    definitions, findings = parse_definitions(f"segment asked where {sentence}")
    assert not findings
    made = replace(PLAIN, definitions={**PLAIN.definitions, "asked": definitions[0]})
    other = replace(HOSTILE, definitions={**HOSTILE.definitions, "asked": marked(definitions[0])})
    place = TABLE.index(sentence)
    for number, dialect in enumerate(asked := for_place(place)):
        same_statement(made, other, dialect, parsing=number == place % len(asked))


@pytest.mark.parametrize("dialect", SPOKEN)
def test_ten_thousand_hostile_items_are_bound(dialect: str) -> None:
    """A long list is no part of the statement."""
    items = c.OneOf(c.Attr(("label",)), tuple(c.Text(f"{VALUE}{n}") for n in range(10_000)))
    query = members_query(people("x"), items, AS_OF, dialect)
    read_again(query.sql(), dialect)
    assert "zq" not in query.sql()


def test_ten_thousand_hostile_items_are_found(stores: list[Store]) -> None:
    """Every engine reads the long list, and finds in it what a person has."""
    label = c.Attr(("label",))
    items = tuple(c.Text(f"{VALUE}{n}") for n in range(10_000))
    for store in stores:
        with store.holding(people("x").schema, tables("x", f"{VALUE}9999")) as connection:
            assert members(store, connection, people("x"), c.OneOf(label, items)) == ["P"]
            assert members(store, connection, people("x"), c.OneOf(label, items[:-1])) == []
