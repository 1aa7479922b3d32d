"""What a plan counts beside its people, on every engine: ties at the edge of a rank (A30), short histories (A62)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from orchestrator.audience import count
from orchestrator.compile import Aside, tied_query, too_late_query
from orchestrator.language import parse_expression
from orchestrator.model.project import Project

AS_OF = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
PEOPLE: dict[str, dict[str, Any]] = {
    "A": {"points": 9, "country": "DE"}, "B": {"points": 5, "country": "DE"}, "C": {"points": 5, "country": "FR"},
    "D": {"points": 5, "country": "FR"}, "E": {"points": 1, "country": "FR"}, "F": {"points": 1}, "G": {},
}  # fmt: skip


def node(sentence: str) -> Any:
    found, problems = parse_expression(sentence)
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    ("sentence", "tied", "inside"),
    [
        ("in top 1 by points", 0, 0),
        ("in top 2 by points", 3, 1),
        ("in top 3 by points", 3, 2),
        ("in top 4 by points", 3, 3),
        ("in top 5 by points", 2, 1),
        ("in top 100 by points", 2, 2),
        ("in top 17% by points", 3, 3),
        ("in top 10% by points", 0, 0),
        ("in bottom 1 by points", 2, 1),
        ("in bottom 50% by points", 3, 3),
        ("in top 1 by points within each country", 2, 1),
        ("in top 2 by points within each country", 2, 2),
        ("in top 50% by points within each country", 2, 2),
        ("in top 1 by points among segment few", 3, 1),
    ],
)
def test_a30_how_many_are_tied_at_the_edge(judges: Any, sentence: str, tied: int, inside: int) -> None:
    """Those who share the last value that is in, and how many of them are in; each group has an edge of its own."""
    made = judges.workspace("segment few where points < 9\n", Project(1, "test", zone="UTC"))
    aside = Aside("here", node(sentence), "customer")
    tables = judges.tables(PEOPLE, {}, ())
    for store in judges.stores:
        queries = [tied_query(made, aside, AS_OF, store.dialect, only) for only in (False, True)]
        with store.holding(made.schema, tables) as connection:
            got = [count(connection, query) for query in queries if query is not None]
        assert got == [tied, inside], store.dialect


def test_a62_how_many_histories_begin_too_late(judges: Any) -> None:
    """P has had the plan for a week, nobody knows what was before; Q always had it, R none, S another one before."""
    histories = {
        "plan": [("P", "Pro", "2026-11-15 09:00"), ("Q", "Pro", "2026-01-01"), ("S", "free", "2026-01-01"),
                 ("S", "Pro", "2026-11-15"), ("T", "free", "2026-11-01")]
    }  # fmt: skip
    made = judges.workspace("", Project(1, "test", zone="UTC"))
    tables = judges.tables({name: {} for name in "PQRST"}, {}, (), histories)
    for sentence, expected in (
        ('plan has been "Pro" for at least 6 months', 2),
        ('plan has been "Pro" for at least 14 days', 1),
        ('plan has been "Pro" for at least 7 days', 0),
        ('plan has not been "Pro" for at least 6 local months', 2),
    ):
        aside = Aside("here", node(sentence), "customer")
        for store in judges.stores:
            query = too_late_query(made, aside, AS_OF, store.dialect)
            assert query is not None
            with store.holding(made.schema, tables) as connection:
                assert count(connection, query) == expected, (store.dialect, sentence)
