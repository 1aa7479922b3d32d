"""Words of the segment language inside a YAML file: found, handed to the parser in place, problems kept in place."""

from __future__ import annotations

import re

from orchestrator.language.segment import parse_expectation, parse_expression
from orchestrator.language.shapes import Reading, content_span
from orchestrator.language.yaml import Scalar, Seq
from orchestrator.language.yaml_errors import braces
from orchestrator.model.condition import Condition
from orchestrator.model.diagnostic import Diagnostic, Severity, Span
from orchestrator.model.segment import Expect

_GOES_ON = re.compile(r"#\s*(and|or|not)\b|#[^\s#]*\"")


def read_condition(reading: Reading, *loc: str | int) -> tuple[Condition | None, Span]:  # type: ignore[type-arg]
    """Give the condition at ``loc`` and its place; None where it is not there or cannot be read."""
    node = reading.node(*loc)
    if not isinstance(node, Scalar) or node.is_null:
        return None, reading.span(*loc)
    place = _slice(reading, node)
    if place is None:
        return None, reading.span(*loc)
    text = reading.document.lines.text
    condition, problems = parse_expression(text, reading.path, start=place.start, end=place.end)
    reading.problems.extend(problems)
    _cut_off(reading, node, place, broken=bool(problems))
    return condition, place


def read_expectations(reading: Reading, key: str) -> tuple[Expect, ...]:  # type: ignore[type-arg]
    """Give the list of expectations under ``key``."""
    node = reading.node(key)
    if not isinstance(node, Seq):
        return ()
    found: list[Expect] = []
    for item in node.items:
        if not isinstance(item, Scalar) or item.is_null:
            continue
        place = _slice(reading, item)
        if place is None:
            continue
        text = reading.document.lines.text
        expect, problems = parse_expectation(text, reading.path, start=place.start, end=place.end)
        reading.problems.extend(problems)
        _cut_off(reading, item, place, broken=bool(problems))
        if expect is not None:
            found.append(expect)
    return tuple(found)


def _slice(reading: Reading, node: Scalar) -> Span | None:  # type: ignore[type-arg]
    """Give the part of the file that the parser may read as it stands; None after a complaint."""
    lines = reading.document.lines
    place = content_span(reading.document, node)
    if node.in_braces:
        reading.problems.append(braces(lines, place.start, place.end))
        return None
    raw = lines.text[place.start : place.end]
    if (node.style == '"' and "\\" in raw) or (node.style == "'" and "''" in raw):
        reading.add(
            place,
            "E011",
            "an expression in quotes with escapes in it cannot be shown at its place",
            "write `|` behind the key and the expression on the lines below, without the quotes around it",
        )
        return None
    return place


def _cut_off(reading: Reading, node: Scalar, place: Span, *, broken: bool) -> None:  # type: ignore[type-arg]
    """Warn where YAML took the end of a plain text for a comment and it looks like a part of the expression."""
    if node.style:
        return
    rest = reading.document.lines.rest_of_line(place.end)
    stripped = rest.lstrip(" \t")
    if not stripped.startswith("#") or not (broken or _GOES_ON.match(stripped)):
        return
    start = place.end + len(rest) - len(stripped)
    reading.problems.append(
        Diagnostic(
            reading.document.lines.span(start, place.end + len(rest)),
            "W011",
            "everything from ` #` on is a comment of YAML and not read",
            help=("write `|` behind the key and the expression on the lines below",),
            severity=Severity.WARNING,
        )
    )
