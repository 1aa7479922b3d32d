"""The grammar keeps its promises: no conflict, no name that is a keyword, no word that reads as another."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from lark import Lark, Token, Tree, UnexpectedInput

from orchestrator.language import cache_folder, grammars
from orchestrator.language.grammars import (
    AMBIGUOUS,
    LATER,
    OPTIONS,
    RESERVED,
    STARTS,
    expand,
    grammar_text,
    keywords,
    parser,
)
from orchestrator.language.segment_definitions import Definitions
from orchestrator.language.segment_later import LATER as NOT_YET

GROUPS = {
    "UNIT": [
        unit + plural for unit in ("minute", "hour", "day", "week", "month", "quarter", "year") for plural in ("", "s")
    ],
    "AGG": ["sum", "avg", "min", "max", "median"],
    "DIST": ["km", "mi", "m"],
    "TIMES": ["time", "times"],
}


@cache
def free() -> Lark:
    """The grammar in which every word may be a name: what is ambiguous there must be reserved."""
    return Lark(expand(grammar_text(), frozenset()), **OPTIONS)


def states(lark: Lark) -> list[set[str]]:
    """The terminals that each state of the parser accepts."""
    table = lark.parser.parser._parse_table.states
    return [{name for name in row if name.isupper()} for row in table.values()]


def tree(text: str, start: str = "expression") -> Tree[Token]:
    return parser().parse(text, start=start)


def test_the_grammar_has_no_conflict() -> None:
    """Every sentence has one reading: Lark builds the table with all its checks on."""
    pytest.importorskip("interegular")
    made = Lark(expand(grammar_text()), strict=True, **OPTIONS)
    assert len(made.parser.parser._parse_table.states) > 500


def test_reserved_words_come_from_the_table() -> None:
    """A word is reserved when some state would take it for a name too; the list in the code is what the table says."""
    words = {name: [name.lower()] for name in keywords(grammar_text())} | GROUPS
    found = {
        word for accepted in states(free()) if "NAME" in accepted for name in accepted for word in words.get(name, [])
    }
    assert found == AMBIGUOUS
    assert LATER.isdisjoint(AMBIGUOUS)


def test_no_other_word_is_reserved_by_accident() -> None:
    """Usual column names stay free."""
    for name in (
        "size",
        "tags",
        "status",
        "time_zone",
        "share",
        "owner",
        "item",
        "place",
        "list",
        "event",
        "sql",
        "top",
        "to",
    ):
        assert name not in RESERVED
        assert tree(f'{name} is "x"')


def test_no_terminal_reads_as_a_keyword() -> None:
    """In no state does another accepted terminal match a keyword; strict mode does not see such a clash."""
    lark = parser()
    patterns = {t.name: re.compile(t.pattern.to_regexp()) for t in lark.terminals}
    words = {name: [name.lower()] for name in keywords(grammar_text())} | GROUPS
    clashes = {
        (name, other)
        for accepted in states(lark)
        for name in accepted & set(words)
        for other in accepted - {name}
        for word in words[name]
        if other in patterns and patterns[other].fullmatch(word)
    }
    assert not clashes


def test_capital_words_are_no_currency() -> None:
    """`500 AND` was once read as an amount in a currency called AND."""
    with pytest.raises(UnexpectedInput):
        tree("amount > 500 AND b > 2")
    assert tree("amount > 500 EUR and b > 2")


# What the third kind of test reads is the tree: that a sentence is accepted does not say as what.
READINGS = [
    ('plan changed from "a" to "b"', "changed"),
    ("created_at is from 2026-01-01 to 2026-01-31", "is_time"),
    ("did cart then yet within 1 day", None),
    ("did cart then not yet purchase", "sequence"),
    ("did purchase between 1 and 3 times ever", "did"),
    ("did purchase between 1 and 3 days ago", "did"),
    ("x is between 1 and 3", "between"),
    ("created_at is today", "is_time"),
    ("days since last purchase > 5", "cmp"),
    ("last purchase.amount since 2026-01-01 > 5 EUR", "cmp"),
    ('tags has "vip"', "has_value"),
    ('has ticket where (status is "open")', "has_related"),
    ("account is in segment busy", "ref_member"),
    ("x is in last 3 days", "is_time"),
    ("in last is 5", None),
    ('email does not match "[a-z]+"', "not_text_op"),
    ("anniversary of birth_date is in this month", "anniversary"),
    ("not (a is 1)", "not_"),
    ("not a is 1", None),
    ("not not (a is 1)", None),
    ("not did purchase ever", None),
    ("a is 1 and b is 2 or c is 3", None),
    ("did purchase inlast 30 days", None),
    ("sum of p.x in last 30 days - sum of q.x in last 30 days > 0", "cmp"),
]


@pytest.mark.parametrize(("text", "rule"), READINGS, ids=[text for text, _ in READINGS])
def test_a_sentence_is_read_as_what_it_says(text: str, rule: str | None) -> None:
    """The tree says what the sentence says, or the sentence is refused."""
    if rule is None:
        with pytest.raises(UnexpectedInput):
            tree(text)
    else:
        assert tree(text).children[0].data == rule  # type: ignore[union-attr]


def test_a_change_is_no_span_of_time() -> None:
    """`changed from "a" to "b"` was once silently read as a time window."""
    made = tree('plan changed from "a" to "b" in last 30 days').children[0]
    assert isinstance(made, Tree)
    assert [str(child) for child in made.children if isinstance(child, Token)] == [
        "changed",
        "from",
        '"a"',
        "to",
        '"b"',
    ]


def test_every_rule_is_read_or_refused_by_name() -> None:
    """No rule of the grammar reaches an author as an internal failure: each is read, or comes later by name."""
    inner = set(
        re.findall(
            "[a-z_]+",
            "distinct_units "
            "of doc owner tags among case otherwise default expect type filter across duration count unit times "
            "quantity within_each params args "
            "param arg step step_not step_not_yet same column latlon named_place place item expr "
            "unary cond comparison event_cond meta group value term factor literal given aggregate relation",
        )
    ) | set(STARTS)
    rules = {str(rule.alias or rule.origin.name) for rule in parser().rules if not rule.origin.name.startswith("_")}
    unread = {
        name
        for name in rules
        if not name.startswith("_")
        and not hasattr(Definitions, f"on_{name}")
        and name not in NOT_YET
        and name not in inner
    }
    assert not unread


def test_the_table_is_kept_and_a_damaged_one_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is read from the cache folder; a broken file there costs time, never a failure."""
    monkeypatch.setenv("ORC_CACHE_DIR", str(tmp_path / "cache"))
    grammars.parser.cache_clear()
    try:
        assert grammars.parser().parse("everyone", start="expression")
        (kept,) = (tmp_path / "cache").iterdir()
        assert kept.name.startswith("segment-")
        for damage in (b"", b"not a table", kept.read_bytes()[:1000]):
            kept.write_bytes(damage)
            grammars.parser.cache_clear()
            assert grammars.parser().parse("everyone", start="expression")
            assert len(kept.read_bytes()) > 1000
        assert [path.name for path in (tmp_path / "cache").iterdir()] == [kept.name]
    finally:
        grammars.parser.cache_clear()


def test_a_cache_folder_that_cannot_be_written_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a read-only disk the table is built each time."""
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    monkeypatch.setenv("ORC_CACHE_DIR", str(blocked / "below"))
    grammars.parser.cache_clear()
    try:
        assert grammars.parser().parse("everyone", start="expression")
    finally:
        grammars.parser.cache_clear()


def test_the_cache_is_outside_of_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is written beside an author's files."""
    monkeypatch.delenv("ORC_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if os.name == "posix":
        assert cache_folder().is_relative_to(tmp_path) or "Library" in cache_folder().parts
