"""The strict loader: nothing is guessed, nothing is dropped, everything has its place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.language.yaml import Map, Scalar, Seq, read_yaml, walk


def first(text: str) -> str:
    """Give ``line:column CODE`` of the first finding of a text."""
    _, problems = read_yaml(text, "a.yml")
    return f"{problems[0].span.line}:{problems[0].span.column} {problems[0].code}" if problems else "fine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n", "fine"),
        ("", "1:1 Y010"),
        ("# nothing\n", "1:1 Y010"),
        ("a:\n\t- b\n", "2:1 Y002"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1 Y002"),
        ("a: 1\na: 2\n", "2:1 Y003"),
        ("x: {a: 1, a: 2}\n", "1:11 Y003"),
        ("a: b\x00c\n", "1:5 Y005"),
        ("a: b\x1b[31m\n", "1:5 Y005"),
        ("a: b\u2028c: d\n", "1:5 Y005"),
        ("a: b\rc: d\n", "1:5 Y005"),
        ("a: *b\n", "1:4 Y008"),
        ("a: &b 1\n", "1:4 Y008"),
        ("a: &b [1, *b]\n", "1:4 Y008"),
        ("a: !!int 3\n", "1:4 Y008"),
        ("a: !thing {b: 1}\n", "1:4 Y008"),
        ("<<: {a: 1}\n", "1:1 Y008"),
        ("a: 1\n---\nb: 2\n", "2:1 Y009"),
        ("? [a]\n: b\n", "1:3 Y011"),
        ("{a: 1}: b\n", "1:1 Y011"),
        ("a: [1, 2\nb: 3\n", "2:2 Y001"),
        ("a: b: c\n", "1:5 Y001"),
        ('a: "b\n', "1:4 Y001"),
        ("a: `last` is known\n", "1:4 Y001"),
        ("a: @b\n", "1:4 Y001"),
        ("a:\n  - b\n c: d\n", "3:2 Y001"),
        ("a: - b\n", "1:4 Y001"),
        ('goal: {reached: country is one of ("DE", "AT"), within: 2 days}\n', "1:46 Y012"),
    ],
)
def test_each_trap_has_its_code_and_place(text: str, expected: str) -> None:
    """What other readers guess or drop is refused where it stands."""
    assert first(text) == expected


def test_scalars_stay_as_written() -> None:
    """NO is Norway, 10:30 is a time, 012 is a text: only our schema gives types."""
    document, problems = read_yaml("a: NO\nb: 10:30\nc: 012\nd: 1e3\ne: on\nf: ~\ng: 0x1F\n", "a.yml")
    assert not problems
    assert isinstance(document.root, Map)
    values = [entry.value for entry in document.root.entries]
    assert [v.value for v in values if isinstance(v, Scalar)] == ["NO", "10:30", "012", "1e3", "on", "~", "0x1F"]
    assert [v.is_null for v in values if isinstance(v, Scalar)] == [False, False, False, False, False, True, False]


def test_deep_brackets_are_a_finding_not_a_crash() -> None:
    """5,000 nested brackets get a place and an answer at once."""
    start = time.perf_counter()
    assert first("a: " + "[" * 500 + "]" * 500) == "1:53 Y007"
    assert first("a: " + "[" * 5000 + "]" * 5000).endswith("Y007")
    assert first("a: " + "{a: " * 5000 + "}" * 5000).endswith("Y007")
    assert first("".join(f"{'  ' * i}a:\n" for i in range(60))).endswith("Y007")
    assert time.perf_counter() - start < 2


def test_a_big_file_is_refused_unread() -> None:
    """Ten megabytes are refused at once, by their size."""
    start = time.perf_counter()
    assert first("a: " + "x" * 10_000_000) == "1:1 Y006"
    assert time.perf_counter() - start < 0.5


def test_places_count_characters_of_the_file() -> None:
    """Columns and offsets are right behind letters that take several bytes, and lines end at line feeds only."""
    text = "tïtle: ünï cödé\r\nb:\n  - 'ä': [x, y]\n"
    document, problems = read_yaml(text, "a.yml")
    assert not problems
    assert document.root is not None
    for _, node in walk(document.root):
        if isinstance(node, Scalar) and node.style == "":
            assert text[node.span.start : node.span.end] == node.value
            line = text.split("\n")[node.span.line - 1]
            assert line[node.span.column - 1 :].startswith(node.value)


def test_duplicates_name_the_first_place() -> None:
    """The second key points at the first one."""
    _, problems = read_yaml("owner: crm\nname: a\nowner: brand\n", "a.yml")
    assert [(p.span.line, p.related[0].span.line) for p in problems] == [(3, 1)]


def test_several_problems_of_one_file_come_at_once() -> None:
    """Reading goes on behind an alias, a tag and a duplicate."""
    _, problems = read_yaml("a: *x\nb: !!str 1\nc: 1\nc: 2\n<<: 3\n", "a.yml")
    assert [p.code for p in problems] == ["Y008", "Y008", "Y003", "Y008"]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}'\"|>#&*!%@`,? \n\t0\\\x00é")), max_size=60))
def test_any_text_gives_a_tree_or_a_finding(text: str) -> None:
    """Whatever somebody writes, the answer is a tree or a place; never an exception."""
    document, problems = read_yaml(text, "a.yml")
    assert document.root is not None or problems
    for problem in problems:
        assert problem.span.line >= 1
        assert problem.span.column >= 1
        assert problem.span.end <= len(text)
        assert problem.message
    assert document.root is None or isinstance(document.root, Map | Seq | Scalar)
