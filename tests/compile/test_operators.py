"""The page of operators says what is: each sentence is read, checked, compiled for every engine, said in English."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from orchestrator.compile import DIALECTS, check, english, members_query
from orchestrator.compile.dialects import EXPERIMENTAL
from orchestrator.language import load_texts, load_workspace, parse_definitions
from orchestrator.model.condition import SegmentRef
from orchestrator.model.segment import Segment
from orchestrator.model.workspace import Workspace

ROOT = Path(__file__).parents[2]
AS_OF = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_operators", ROOT / "docs" / "operators.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_operators"] = module
    spec.loader.exec_module(module)
    return module


TABLE = table()
OPERATORS = TABLE.OPERATORS


def lent() -> Workspace:
    """The example, and beside its own schema what two sentences of the table take as given."""
    found = load_workspace(ROOT).workspace
    loaded = load_texts(
        {"campaigns/project.yml": "edition: 1\nname: lent\nzone: UTC", "campaigns/schema.yml": TABLE.LENT}, ROOT
    )
    assert loaded.diagnostics == ()
    beside, own = loaded.workspace.schema, found.schema
    first = replace(own.first, attributes={**own.first.attributes, **beside.first.attributes})
    schema = replace(
        own,
        entities={**own.entities, first.name: first},
        relations={**own.relations, **beside.relations},
    )
    return replace(found, schema=schema)


EXAMPLE = lent()
SENTENCES = [(row, sentence) for row in OPERATORS for sentence in row.says]


@pytest.mark.parametrize(("row", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_an_operator_is_covered(row: object, sentence: str) -> None:
    """A sentence of the table has no mistake, says something in English, and is a statement on every engine."""
    definitions, findings = parse_definitions(f"segment asked where {sentence}")
    assert not findings
    (asked,) = definitions
    assert isinstance(asked, Segment)
    workspace = replace(EXAMPLE, definitions={**EXAMPLE.definitions, "asked": asked}, campaigns={}, tests=())
    errors = [found for found in check(workspace) if found.is_error and found.span.path == asked.span.path]
    assert errors == []
    assert english(workspace, asked)
    for dialect in set(DIALECTS.names()) - EXPERIMENTAL:
        assert members_query(workspace, SegmentRef("asked"), AS_OF, dialect).sql()


def test_what_is_not_covered_says_why() -> None:
    """A missing operator has its reason, and a covered one a sentence."""
    for row in OPERATORS:
        assert row.how in ("words", "rewriting", "missing"), row
        assert row.says or row.how == "missing", row
        assert row.note or row.how != "missing", row


def test_the_union_is_covered() -> None:
    """Of what the leading tools offer, at most three operators have no sentence here."""
    assert sum(row.how == "missing" for row in OPERATORS) <= 3
