"""The experimental dialects: every sentence is compiled, and the statement parsed again by somebody else's parser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import sqlglot
from sqlglot import exp
from test_sql import AS_OF, BASE, SENTENCES, workspace

from orchestrator.compile import EXPERIMENTAL, cells_query, count_query, members_query, trait_query
from orchestrator.compile.dialects import dialect as dialect_of
from orchestrator.model.condition import SegmentRef
from orchestrator.model.errors import UsageError
from orchestrator.model.workspace import Workspace

NAMES = sorted(EXPERIMENTAL)


def parsed(sql: str, dialect: str) -> exp.Expression:
    """Give the one statement of a text, parsed strictly: what the parser does not know is no command."""
    found = sqlglot.parse(sql, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert len(found) == 1
    assert isinstance(found[0], exp.Query), sql
    return found[0]


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("name", SENTENCES)
def test_the_statement_of_a_sentence_parses(shop: Callable[..., Workspace], name: str, dialect: str) -> None:
    """It is one SELECT in the engine's own grammar; the only tables are the schema's and the statement's own."""
    made = workspace(shop, SENTENCES[name])
    query = members_query(made, SegmentRef("asked"), AS_OF, dialect)
    tree = parsed(query.sql(), dialect)
    known = {str(e.table).split(".")[-1] for e in made.known.entities.values()}
    known |= {str(e.table).split(".")[-1] for e in {**made.known.events, **made.known.histories()}.values()}
    known |= {str(made.known.consent.table)} if made.known.consent else set()
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    assert {table.name for table in tree.find_all(exp.Table)} <= known | own | {"orc_items", "one", "listed"}
    parsed(count_query(made, SegmentRef("asked"), AS_OF, dialect).sql(), dialect)


@pytest.mark.parametrize("dialect", NAMES)
def test_cells_traits_and_long_lists_parse(shop: Callable[..., Workspace], dialect: str) -> None:
    """Partitions, traits, and ten thousand items as one value."""
    made = workspace(shop, "everyone")
    parsed(cells_query(made, "stage", AS_OF, dialect).sql(), dialect)
    parsed(trait_query(made, "revenue", AS_OF, dialect).sql(), dialect)
    items = ", ".join(f'"{n}"' for n in range(10_000))
    query = members_query(
        shop(f"{BASE}\nlist big = ({items})\nsegment asked where email is one of big\n"),
        SegmentRef("asked"), AS_OF, dialect,
    )  # fmt: skip
    parsed(query.sql(), dialect)
    assert len(query.parameters()) == 1


@pytest.mark.parametrize("dialect", NAMES)
def test_lists_are_refused_by_the_engines_name(dialect: str) -> None:
    """Nobody has seen the engine read a list, so there is no statement that might read it otherwise."""
    spoken = dialect_of(dialect)
    with pytest.raises(UsageError, match=f"{spoken.title} cannot look into lists and JSON in `people.tags`"):
        spoken.json_document(sa.table("people", sa.column("tags")).c.tags)


@pytest.mark.parametrize("dialect", NAMES)
def test_names_are_quoted(dialect: str) -> None:
    """A sign that ends a name is written so that it does not."""
    for name in ("a`b", 'a"b', "a b", "select", "1; drop table x", "%", "--", "\\"):
        sql = str(sa.select(sa.table(name, sa.column("x")).c.x).compile(dialect=dialect_of(dialect).printer()))
        (table,) = parsed(sql, dialect).find_all(exp.Table)
        assert table.name == name
