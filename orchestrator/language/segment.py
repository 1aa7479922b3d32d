"""Text of the segment language to values of the model, with every finding at its place in the file.

Each function reads ``text[start:end]``, which may be a part of a larger file, and gives (value, findings). The value
is None, or the definitions that could be read, where something is wrong; nothing is ever raised for an author's text.
Names, types, missing windows and closed lists are ``compile/``'s to check.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TypeVar

from lark import UnexpectedInput
from lark.utils import TextSlice

from orchestrator.language.grammars import parser
from orchestrator.language.mistakes import explain
from orchestrator.language.segment_definitions import Definitions
from orchestrator.language.segment_guard import Places, guard
from orchestrator.language.segment_tree import Branch, Refused
from orchestrator.model.condition import Condition, Event, InSegment, SegmentRef, Value
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.segment import Definition, Expect

T = TypeVar("T")
Findings = tuple[Diagnostic, ...]

MOST_BROKEN = 50
_HEAD = re.compile(r"^(?:segment|partition|trait|event|list)[ \t]+([a-z_][a-z0-9_]*)", re.MULTILINE)
BOM = "\ufeff"


def parse_definitions(text: str, path: str = "<text>") -> tuple[tuple[Definition, ...], Findings]:
    """Read a ``.seg`` file: all definitions that could be read, and all findings in the order of the file."""
    start = 1 if text.startswith(BOM) else 0
    refused = guard(text, path, start)
    if refused:
        return (), refused
    with _uncollected():
        try:
            return _definitions(_tree(text, start, len(text), "start"), text, path)
        except UnexpectedInput:
            pass
    return _piece_by_piece(text, path, start)


def defined_names(text: str) -> frozenset[str]:
    """Give the names that a file defines or tries to: a broken definition is not an unknown name elsewhere."""
    return frozenset(match[1] for match in _HEAD.finditer(text))


def parse_expression(
    text: str, path: str = "<text>", start: int = 0, end: int | None = None
) -> tuple[Condition | None, Findings]:
    """Read one condition."""
    tree, findings = _one(text, path, start, end, "expression")
    return _read(tree, text, path, findings, lambda reader, at: reader.condition(at.children[0]))


def parse_ref(text: str) -> tuple[SegmentRef | None, Findings]:
    """Read ``vip``, ``lifecycle.active`` or ``big_spenders($min = 900 EUR)``; places are those of no file."""
    made, findings = parse_expression(f"in segment {text}", "")
    return made.ref if isinstance(made, InSegment) else None, findings


def parse_value(
    text: str, path: str = "<text>", start: int = 0, end: int | None = None
) -> tuple[Value | None, Findings]:
    """Read one value, as in a trait."""
    tree, findings = _one(text, path, start, end, "trait_value")
    return _read(tree, text, path, findings, lambda reader, at: reader.value(at.children[0]))


def parse_expectation(
    text: str, path: str = "<text>", start: int = 0, end: int | None = None
) -> tuple[Expect | None, Findings]:
    """Read one expectation, as in ``expect: - size between 100 and 500``."""
    tree, findings = _one(text, path, start, end, "expectation")
    return _read(tree, text, path, findings, lambda reader, at: reader.expectation(at.children[0]))


def parse_trigger_event(
    text: str, path: str = "<text>", start: int = 0, end: int | None = None
) -> tuple[Event | None, Findings]:
    """Read ``did add_to_cart where (…)`` of a campaign's trigger."""
    tree, findings = _one(text, path, start, end, "trigger_event")
    return _read(tree, text, path, findings, lambda reader, at: reader.event(at.children[-1]))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking over a growing tree again and again: half of the time of a large file."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _tree(text: str, start: int, end: int, symbol: str) -> Branch:
    made: Branch = parser().parse(TextSlice(text, start, end), start=symbol)
    return made


def _definitions(tree: Branch, text: str, path: str) -> tuple[tuple[Definition, ...], Findings]:
    reader = Definitions(text, path)
    return reader.definitions(tree), tuple(reader.found)


def _piece_by_piece(text: str, path: str, start: int) -> tuple[tuple[Definition, ...], Findings]:
    """Read every definition for itself: a mistake in one hides nothing of the others."""
    cuts = [start, *(match.start() for match in _HEAD.finditer(text) if match.start() > start), len(text)]
    made: list[Definition] = []
    findings: list[Diagnostic] = []
    broken = 0
    for begin, end in pairwise(cuts):
        try:
            good, found = _definitions(_tree(text, begin, end, "start"), text, path)
        except UnexpectedInput:
            broken += 1
            if broken > MOST_BROKEN:
                span = Places(text, path).span(begin, begin)
                findings.append(
                    Diagnostic(span, "E139", f"more than {MOST_BROKEN} definitions are broken; the rest was not read")
                )
                break
            findings += explain(text, path, begin, end, "start")
        else:
            made += good
            findings += found
    return tuple(made), tuple(findings)


def _one(text: str, path: str, start: int, end: int | None, symbol: str) -> tuple[Branch | None, Findings]:
    end = len(text) if end is None else end
    refused = guard(text, path, start, end)
    if refused:
        return None, refused
    try:
        return _tree(text, start, end, symbol), ()
    except UnexpectedInput:
        return None, explain(text, path, start, end, symbol)


def _read(
    tree: Branch | None, text: str, path: str, findings: Findings, how: Callable[[Definitions, Branch], T]
) -> tuple[T | None, Findings]:
    if tree is None:
        return None, findings
    reader = Definitions(text, path)
    try:
        made = how(reader, tree)
    except Refused:
        return None, tuple(reader.found)
    wrong = any(finding.is_error for finding in reader.found)  # what was read around a mistake is not what was meant
    return None if wrong else made, tuple(reader.found)
