"""campaigns/tests/*.yml: people and events given, members expected, all as the author wrote them."""

from __future__ import annotations

import datetime as dt

import pytest

from .shop import codes, load, said

CASES = """\
as_of: 2026-11-23T10:00
cases:
  - name: germans are in
    segment: vip
    people:
      - {id: 1, country: DE, first_name: ~}
      - {id: 2, country: NO, first_name: "null"}
      - {id: 007, country: AT}
    events:
      purchase:
        - {customer_id: 1, ordered_at: 2026-11-01T10:30, amount: 12.50}
    consents:
      - {customer_id: 1, channel: email, topic: promotions, granted: true}
    members: [1]
  - name: everybody has a cell
    segment: lifecycle
    as_of: 2026-06-01T10:00+02:00
    people: [{id: 1}]
    cells: {new: [1], rest: []}
"""


def test_values_stay_texts() -> None:
    """Norway stays NO, 007 stays 007, nothing stays nothing; the schema types them later."""
    loaded = load(cases=CASES)
    assert said(loaded) == []
    first, second = loaded.workspace.tests
    assert [row.values for row in first.people] == [
        {"id": "1", "country": "DE", "first_name": None},
        {"id": "2", "country": "NO", "first_name": "null"},
        {"id": "007", "country": "AT"},
    ]
    assert first.events["purchase"][0].values == {
        "customer_id": "1",
        "ordered_at": "2026-11-01T10:30",
        "amount": "12.50",
    }
    assert first.consents[0].values["granted"] == "true"
    assert first.members == ("1",)
    assert first.as_of == dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
    assert second.as_of == dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)
    assert second.cells == {"new": ("1",), "rest": ()}
    assert second.members is None
    assert (first.path, first.span.line) == ("campaigns/tests/cases.yml", 3)
    assert first.people[2].span.line == 8


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("as_of: 2026-11-23T10:00\n", "", ["2:11 E002"]),
        ("as_of: 2026-11-23T10:00", "as_of: today", ["1:8 E008"]),
        ("    segment: vip\n", "", ["3:11 E002"]),
        ("    members: [1]\n", "", ["3:11 E002"]),
        ("    members: [1]\n", "    members: [1]\n    cells: {a: [1]}\n", ["15:5 E024"]),
        ("    members: [1]", "    members: 1", ["14:14 E004"]),
        ("- {id: 1, country: DE, first_name: ~}", "- 1", ["6:9 E004"]),
        ("name: everybody has a cell", "name: germans are in", ["15:11 E205"]),
        ("name: everybody has a cell", "naem: everybody", ["15:5 E001", "15:5 E002"]),
        ("    people:\n", "    poeple:\n", ["3:5 E002", "5:5 E001"]),
        ("segment: vip", "campaign: autumn", ["3:11 E002", "4:5 E003"]),
    ],
)
def test_each_mistake_has_its_code_and_place(old: str, new: str, expected: list[str]) -> None:
    """One mistake gives the finding at the key or value that is wrong."""
    assert old in CASES
    assert codes(load(cases=CASES.replace(old, new, 1)), "tests/cases") == expected
