"""The cases S1 to S34: each is a file of the example, said without SQL, and tested with people on its edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from orchestrator.language import load_workspace
from orchestrator.model.condition import RawSql
from orchestrator.model.segment import Definition
from orchestrator.model.workspace import TestCase, Workspace

ROOT = Path(__file__).parent.parent.parent
CASES = range(1, 35)


@cache
def example() -> Workspace:
    return load_workspace(ROOT).workspace


def defined(number: int) -> list[Definition]:
    """Give what the file of a case defines."""
    start = f"campaigns/segments/cases/s{number:02}_"
    return [d for d in example().definitions.values() if d.span.path.startswith(start)]


def claims(number: int) -> list[TestCase]:
    """Give the workspace's own tests of a case, which begin with its number."""
    return [test for test in example().tests if test.name.startswith(f"S{number} ")]


def inside(node: object) -> Iterator[object]:
    yield node
    if isinstance(node, tuple):
        for item in node:
            yield from inside(item)
    elif is_dataclass(node) and not isinstance(node, type):
        for field in fields(node):
            yield from inside(getattr(node, field.name))


@pytest.mark.parametrize("number", CASES, ids="S{}".format)
def test_a_case_is_a_file_that_needs_no_sql(number: int) -> None:
    """All 34 can be said in the language's own words."""
    found = defined(number)
    assert found
    assert not [node for each in found for node in inside(each) if isinstance(node, RawSql)]


@pytest.mark.parametrize("number", CASES, ids="S{}".format)
def test_a_case_has_people_on_both_sides_and_one_of_whom_something_is_unknown(number: int) -> None:
    """Its own tests ask about what its file defines; somebody is in, somebody is out, and somebody lacks a value."""
    tests = claims(number)
    assert {test.ref.name for test in tests} <= {each.name for each in defined(number)}
    taken = outside = unknown = False
    for test in tests:
        cells = [people for people in test.cells.values() if people]
        members = set(test.members or ()) if test.members is not None else set(cells[0] if cells else ())
        people = [str(given.values["id"]) for given in test.people]
        taken |= bool(members)
        outside |= bool(set(people) - members)
        unknown |= _lacks(test)
    assert taken
    assert outside
    assert unknown


def _lacks(test: TestCase) -> bool:
    """Tell whether one person has no value, or no row, where another one has some."""
    named = {key for given in test.people for key, value in given.values.items() if value is not None}
    if any(named - {k for k, v in given.values.items() if v is not None} for given in test.people):
        return True
    rows = [*test.consents, *(row for table in (test.events, test.relations, test.history) for rows in table.values()
                              for row in rows)]  # fmt: skip
    filled = {key for row in rows for key, value in row.values.items() if value is not None}
    if any(filled - {k for k, v in row.values.items() if v is not None} for row in rows):
        return True
    busy = {str(value) for row in rows for value in row.values.values()}
    return any(str(given.values["id"]) not in busy for given in test.people)
