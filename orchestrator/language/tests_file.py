"""``campaigns/tests/*.yml``: the workspace's own tests, people and events given, members expected."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.kinds import Text, Word
from orchestrator.language.segment import parse_ref
from orchestrator.language.shapes import Keys, Reading, read
from orchestrator.language.yaml import Document, Map, Node, Scalar, Seq
from orchestrator.model.calendar import in_zone
from orchestrator.model.condition import Argument
from orchestrator.model.diagnostic import Diagnostic, Related
from orchestrator.model.workspace import Given, Nested, TestCase

LATER = {
    "campaign": "tests of whole campaigns",
    "cases.*.campaign": "tests of whole campaigns",
    "cases.*.messages": "tests of whole campaigns",
    "cases.*.value": "tests of traits",
    "cases.*.trait": "tests of traits",
}


def _moment(value: Any) -> dt.datetime:
    given = kinds.text(value)
    if re.search(r"(Z|[+-][0-9]{2}:[0-9]{2})$", given):
        try:
            return dt.datetime.fromisoformat(given).astimezone(dt.UTC).replace(microsecond=0)
        except ValueError:
            kinds.wrong("E008", f"`{given}` is not a date with a time", "write it as in 2026-12-01T10:00")
    return kinds.instant(value)


def _id(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return kinds.text(value)
    return str(value)


Moment = Annotated[dt.datetime, PlainValidator(_moment)]
Ids = list[Annotated[str, PlainValidator(_id)]]
Row = dict[Text, Any]


class CaseKeys(Keys):
    """One case."""

    name: Annotated[Text, Field(examples=["name: a buyer of yesterday is in"])]
    segment: Text | None = None
    as_of: Moment | None = None
    people: Annotated[list[Row], Field(examples=["people:"])]
    events: dict[Word, list[Row]] = Field(default_factory=dict)
    consents: list[Row] = Field(default_factory=list)
    relations: dict[Word, list[Row]] = Field(default_factory=dict)
    membership: list[Row] = Field(default_factory=list)
    history: dict[Word, list[Row]] = Field(default_factory=dict)
    members: Ids | None = None
    cells: dict[Word, Ids] = Field(default_factory=dict)


class TestKeys(Keys):
    """All keys of the file: what several cases share stands above them."""

    __test__ = False

    segment: Text | None = None
    as_of: Moment | None = None
    cases: Annotated[list[CaseKeys], Field(examples=["cases:"])]


def read_tests(
    document: Document, problems: list[Diagnostic], zone: str
) -> tuple[tuple[TestCase, ...], list[Diagnostic]]:
    """Give the cases of a file and what is wrong with it; ``zone`` is that of moments without an offset."""
    reading = read(TestKeys, document, problems, LATER)
    keys = reading.shape
    if keys is None:
        return (), reading.problems
    found: list[TestCase] = []
    names: dict[str, int] = {}
    for number, case in enumerate(keys.cases):
        first = names.setdefault(case.name, number)
        if first != number:
            reading.problems.append(
                Diagnostic(
                    reading.span("cases", number, "name"),
                    "E205",
                    f"two cases are called `{case.name}`",
                    help=("give each case its own name",),
                    related=(Related(reading.span("cases", first, "name"), "the first one"),),
                )
            )
        made = _case(reading, number, case, keys, zone)
        if made is not None:
            found.append(made)
    return tuple(found), reading.problems


def _case(reading: Reading[TestKeys], number: int, case: CaseKeys, keys: TestKeys, zone: str) -> TestCase | None:
    at = ("cases", number)
    place = reading.span(*at, "name")
    segment, as_of = case.segment or keys.segment, case.as_of or keys.as_of
    if segment is None:
        reading.add(place, "E002", "`segment` is missing", "segment: …    # the segment or partition to test")
    if as_of is None and (*at, "as_of") not in reading.dropped and ("as_of",) not in reading.dropped:
        reading.add(place, "E002", "`as_of` is missing", "as_of: 2026-11-23T10:00")
    has_cells = reading.node(*at, "cells") is not None
    if case.members is None and not has_cells and not reading.lost(*at, "members") and not reading.lost(*at, "cells"):
        reading.add(place, "E002", "the case does not say who is in", "members: [1, 2]", "members: []    # nobody")
    if case.members is not None and has_cells:
        reading.add(reading.key_span(*at, "cells"), "E024", "`members` and `cells` exclude each other", "keep one")
    args: tuple[Argument, ...] = ()
    if segment is not None and "(" in segment:
        ref, findings = parse_ref(segment)
        if ref is None:
            message = findings[0].message if findings else "this is not a segment"
            reading.add(
                place, "E008", f"`{segment}` cannot be read: {message}", "segment: big_spenders($min = 900 EUR)"
            )
            return None
        args = ref.args
    if segment is None or as_of is None or (case.members is None) is not has_cells:
        return None
    return TestCase(
        name=case.name,
        segment=segment,
        as_of=as_of if as_of.tzinfo is not None else in_zone(as_of, zone),
        people=_rows(reading, (*at, "people")),
        events={name: _rows(reading, (*at, "events", name)) for name in case.events},
        relations={name: _rows(reading, (*at, "relations", name)) for name in case.relations},
        consents=_rows(reading, (*at, "consents")),
        membership=_rows(reading, (*at, "membership")),
        history={name: _rows(reading, (*at, "history", name)) for name in case.history},
        members=None if case.members is None else tuple(case.members),
        cells={name: tuple(ids) for name, ids in case.cells.items()},
        path=reading.path,
        span=place,
        args=args,
    )


def _rows(reading: Reading[TestKeys], loc: tuple[str | int, ...]) -> tuple[Given, ...]:
    node = reading.node(*loc)
    rows: list[Given] = []
    for item in node.items if isinstance(node, Seq) else ():
        if not isinstance(item, Map):
            continue
        values: dict[str, str | None] = {}
        for entry in item.entries:
            if isinstance(entry.value, Scalar):
                values[entry.key.value] = None if entry.value.is_null else entry.value.value
            elif isinstance(entry.value, Seq | Map):
                values[entry.key.value] = Nested(json.dumps(_plain(entry.value)))
        head = item.entries[0].key.span if item.entries else item.span
        rows.append(Given(values, head))
    return tuple(rows)


def _plain(node: Node) -> Any:
    """Give a list or an object written in YAML as JSON would hold it; words without quotes may be numbers."""
    if isinstance(node, Seq):
        return [_plain(item) for item in node.items]
    if isinstance(node, Map):
        return {entry.key.value: _plain(entry.value) for entry in node.entries}
    if not isinstance(node, Scalar) or node.is_null:
        return None
    if not getattr(node, "style", ""):
        if node.value in ("true", "false"):
            return node.value == "true"
        if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", node.value):
            return float(node.value) if "." in node.value else int(node.value)
    return node.value
