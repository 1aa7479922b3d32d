"""The canonical text says the same as the tree, keeps comments, and does not change any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.language import (
    format_expression,
    format_segments,
    parse_definitions,
    parse_expression,
    parse_value,
    print_condition,
    print_definition,
    print_value,
)
from orchestrator.model.condition import Condition, Value
from orchestrator.model.segment import Definition
from tests.language.generate import conditions, definitions, values

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # long names of strategies
CASES = Path(__file__).parent / "cases"


@given(conditions)
@settings(max_examples=100, deadline=None)
def test_a_printed_condition_reads_back(condition: Condition) -> None:
    """What is printed parses to an equal tree."""
    made, findings = parse_expression(print_condition(condition))
    assert not findings, (print_condition(condition), findings)
    assert made == condition


@given(values)
@settings(max_examples=60, deadline=None)
def test_a_printed_value_reads_back(value: Value) -> None:
    """So does a value."""
    made, findings = parse_value(print_value(value))
    assert not findings, (print_value(value), findings)
    assert made == value


@given(st.lists(definitions, max_size=4))
@settings(max_examples=60, deadline=None)
def test_printed_definitions_read_back_and_stay(made: list[Definition]) -> None:
    """A file of printed definitions parses to the same, and formatting it twice is formatting it once."""
    text = "\n".join(print_definition(definition) for definition in made)
    read, findings = parse_definitions(text)
    assert not findings, (text, findings)
    assert list(read) == made
    once, findings = format_segments(text)
    assert not findings
    assert list(parse_definitions(once)[0]) == made
    assert format_segments(once)[0] == once


@given(st.lists(definitions, min_size=1, max_size=3), st.data())
@settings(max_examples=60, deadline=None)
def test_comments_are_kept_wherever_they_stand(made: list[Definition], data: st.DataObject) -> None:
    """Comments put between any two words come out again, each once, and the text is stable."""
    text = "\n".join(print_definition(definition) for definition in made)
    lines = text.split("\n")
    for k in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        if data.draw(st.booleans()):
            lines[at] = f"{lines[at]} # c{k}."
        else:
            lines.insert(at, f"  # c{k}.")
    commented = "\n".join(lines)
    once, findings = format_segments(commented)
    assert not findings
    assert list(parse_definitions(once)[0]) == made
    for k in range(4):
        assert once.count(f"# c{k}.") == commented.count(f"# c{k}.")
    assert format_segments(once)[0] == once


@given(conditions)
@settings(max_examples=40, deadline=None)
def test_an_expression_of_a_campaign_is_broken_into_lines_and_stays(condition: Condition) -> None:
    """An expression inside YAML gets the same form."""
    text, findings = format_expression(print_condition(condition), width=60)
    assert not findings
    assert parse_expression(text)[0] == condition
    assert format_expression(text, width=60)[0] == text


def test_the_form_of_a_file(expected: Callable[[Path, str], None]) -> None:
    """This is how everybody's files look."""
    text = (CASES / "format.in.seg").read_text(encoding="utf-8")
    made, findings = format_segments(text)
    assert not findings
    expected(CASES / "format.out.seg", made)
    assert format_segments(made)[0] == made
    assert parse_definitions(made)[0] == parse_definitions(text)[0]


@pytest.mark.parametrize("text", ["segment a where x = 1\n", "segment a where x > 1.000", "segment a where x has no y"])
def test_what_does_not_read_is_not_touched(text: str) -> None:
    """A file with a finding comes back as it was, with the finding."""
    made, findings = format_segments(text)
    assert made == text
    assert findings


def test_an_empty_file_stays_empty() -> None:
    """Nothing is made up."""
    assert format_segments("") == ("", ())
    assert format_segments("\n\n") == ("", ())
    assert format_segments("# only a comment\n")[0] == "# only a comment\n"


def test_an_expression_keeps_its_comments() -> None:
    """Comments in a campaign's audience are kept."""
    text, _ = format_expression("in segment a   # those\n\n  and not in segment b # but not these")
    assert text == "in segment a  # those\nand not in segment b  # but not these"
