"""What an author sees for each mistake: kept as text in ``cases/``, written anew with ``--update``.

A case is the wrong text, a line of dashes, and what is said. Cases are divided by a line of equal signs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.language import parse_definitions, parse_expectation, parse_expression
from orchestrator.language.codes import CODES
from orchestrator.language.mistakes_expected import GROUPS
from orchestrator.language.segment_codes import SEGMENT_CODES
from orchestrator.model.diagnostic import Diagnostic

CASES = Path(__file__).parent / "cases"
FILES = sorted(path for path in CASES.glob("mistakes_*.txt"))
DIVIDER, RULE = "\n" + "=" * 40 + "\n", "\n" + "-" * 20 + "\n"
READERS: dict[str, Callable[[str], tuple[object, tuple[Diagnostic, ...]]]] = {
    "definitions": parse_definitions,
    "expectation": parse_expectation,
}


def findings(path: Path, text: str) -> tuple[Diagnostic, ...]:
    """What is said about a text; the name of the file tells what it should be."""
    return READERS.get(path.stem.removeprefix("mistakes_"), parse_expression)(text)[1]


def draw(text: str, finding: Diagnostic) -> str:
    """One finding as an author sees it: the line, the caret, and what helps."""
    span = finding.span
    line = text.split("\n")[span.line - 1]
    width = span.end_column - span.column if span.end_line == span.line else len(line) - span.column + 1
    out = [f"{finding.severity}[{finding.code}] {finding.message}", f"  {span.line}:{span.column} | {line}"]
    indent = len(f"  {span.line}:{span.column} | ") + span.column - 1
    out.append(" " * indent + "^" * max(width, 1) + (f" {finding.label}" if finding.label else ""))
    out += [f"  also {other.span.line}:{other.span.column}: {other.message}" for other in finding.related]
    out += [f"  note: {note}" for note in finding.notes]
    out += [f"  help: {text}" for text in finding.help]
    if finding.fix is not None:
        out.append(f"  {'fix' if finding.fix.safe else 'guess'}: {finding.fix.text!r}")
    return "\n".join(out)


def cases(path: Path) -> list[str]:
    """The wrong texts of a file."""
    return [case.split(RULE.rstrip())[0] for case in path.read_text(encoding="utf-8").rstrip("\n").split(DIVIDER)]


ALL = [(path, text) for path in FILES for text in cases(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_an_author_sees(path: Path, expected: Callable[[Path, str], None]) -> None:
    """Each mistake is answered with its place, its reason, and a text to paste."""
    parts = []
    for text in cases(path):
        said = "\n".join(draw(text, finding) for finding in findings(path, text))
        parts.append(f"{text}{RULE}{said}")
    expected(path, DIVIDER.join(parts) + "\n")


def test_there_are_many_cases() -> None:
    """The habits of other tools are many."""
    assert len(ALL) >= 100
    assert len(set(ALL)) == len(ALL)


@pytest.mark.parametrize(("path", "text"), ALL, ids=[text[:40] for _, text in ALL])
def test_what_is_said_is_true(path: Path, text: str) -> None:
    """A wrong text has a finding; every fix reads further than the text did, and nobody reads a terminal's name."""
    found = findings(path, text)
    assert found
    for finding in found:
        assert len(finding.help) <= 3
        said = " ".join((finding.message, finding.label, *finding.notes))
        for _, terminals, _ in GROUPS:
            assert not {word.strip("`,.:") for word in said.split()} & (terminals - {"AND", "OR"})
        assert text[: finding.span.start].count("\n") == finding.span.line - 1
        assert finding.code in CODES, f"{finding.code} has no page"
    first = found[0]
    if first.fix is not None:
        span = first.fix.span
        mended = text[: span.start] + first.fix.text + text[span.end :]
        left = findings(path, mended)
        assert not any(
            d.code == first.code and d.span.start == first.span.start and d.message == first.message for d in left
        )


def test_a_whole_condition_of_help_reads() -> None:
    """What is offered for a mistake in a condition is itself a condition without a mistake of form."""
    for text in (
        'country = "DE"',
        "did purchase in last month",
        "did purchase once ever",
        "age between 1 and 5",
        'a is "x" or "y"',
    ):
        for help in parse_expression(text)[1][0].help:
            assert parse_expression(help)[1] == (), help


@pytest.mark.parametrize("code", sorted(SEGMENT_CODES))
def test_a_page_tells_the_truth(code: str) -> None:
    """The wrong sentence of a page has that finding, the right one has none."""
    page = SEGMENT_CODES[code]
    assert page.title
    assert page.explanation.endswith(".")
    read = parse_definitions if page.bad.startswith("segment") else parse_expression
    if page.bad:
        assert code in {finding.code for finding in read(page.bad)[1]}
        assert not read(page.good)[1]
    else:
        assert not page.good
