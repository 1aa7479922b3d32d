"""``orc explain`` is read on eighty columns and on two hundred, and says the same SQL on both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from orchestrator.cli import explain
from orchestrator.cli.sql_layout import beside, folded, laid_out
from tests.cli.conftest import Desk

SQL = """SELECT p."id" AS id, CASE WHEN (NOT (EXISTS (SELECT 1
FROM "orders AND more" AS e
WHERE e."customer_id" = p."id" AND e."at" BETWEEN 1 AND 2 AND e."note" = 'a  FROM  b'))) THEN 1 ELSE 2 END AS cell
FROM (SELECT row_number() OVER (PARTITION BY e2."who" ORDER BY e2."at", e2."id") AS nth FROM "x" AS e2) AS p"""


def words(sql: str) -> str:
    """Give a statement without what is not said: spaces and lines."""
    return re.sub(r"\s+", "", sql)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_statement_stays_the_same(width: int) -> None:
    """Only spaces and line ends between words differ; what is quoted is not touched."""
    made = laid_out(SQL, width)
    assert words(made) == words(SQL)
    assert '"orders AND more"' in made
    assert "'a  FROM  b'" in made
    assert max(map(len, made.splitlines())) <= width
    assert "BETWEEN 1 AND 2" in " ".join(made.split())


def test_two_columns() -> None:
    """The shorter one ends, the longer one goes on."""
    assert beside("a\nb", "1\n2\n3", 3) == "a   │ 1\nb   │ 2\n    │ 3"
    assert folded("  - one two three", 11) == "  - one two\n    three"


@pytest.mark.parametrize("name", ["gone_quiet", "best_customers", "revenue_365", "winback"])
def test_eighty_columns_are_enough(desk: Desk, name: str) -> None:
    """Words above, SQL below, in lines that fit."""
    said = desk("explain", name, "--as-of", "2026-12-01T09:00Z")
    assert said.status == 0
    assert max(map(len, said.out.splitlines())) <= 80
    found = json.loads(desk("explain", name, "--as-of", "2026-12-01T09:00Z", "--format", "json").out)
    assert words(found["queries"][0]["sql"]) in words(said.out)


def test_a_wide_terminal_has_two_columns(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of the segment stand to the left of its SQL."""
    monkeypatch.setattr(explain, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "160")
    lines = desk("explain", "gone_quiet").out.splitlines()
    columns = [line.split("│") for line in lines if "│" in line]
    assert any("did `purchase` at least once" in left for left, _ in columns)
    assert any('FROM "orders"' in right for _, right in columns)


def test_events_and_lists_have_words_only(desk: Desk) -> None:
    """They have SQL where a segment uses them."""
    (desk.root / "campaigns/segments/more.seg").write_text(
        'list near = ("DE", "AT")\nevent paid = purchase where (status is "completed")\n'
    )
    said = desk("explain", "near")
    assert (said.status, "SELECT" in said.out) == (0, False)
    assert '"DE" and "AT"' in said.out
    assert "purchase" in desk("explain", "paid").out


def test_another_dialect(desk: Desk) -> None:
    """The SQL of an engine that is not the warehouse's; a name that is none is refused with those there are."""
    said = desk("explain", "gone_quiet", "--dialect", "postgresql")
    assert "· postgresql ·" in said.out
    assert desk("explain", "gone_quiet", "--dialect", "oracle").status == 2


CASES = sorted((Path(__file__).parents[1] / "compile" / "cases").rglob("*.sql"))
PIECES = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|`[^`]*`|[^\s\"'`]+")


def test_every_statement_of_the_cases_stays_the_same() -> None:
    """What `orc compile` prints can be run: between the pieces of each statement nothing but spaces has changed."""
    assert len(CASES) > 300
    for path in CASES:
        lines = path.read_text(encoding="utf-8").splitlines()
        sql = "\n".join(line for line in lines if not line.startswith("--"))
        made = laid_out(sql, 100, path.parent.name)
        assert "".join(PIECES.findall(made)) == "".join(PIECES.findall(sql)), path


def test_what_stands_in_quotes_keeps_its_lines() -> None:
    """A line end or a tab inside a text is a part of it, and a back-slash hides a quote where the engine says so."""
    sql = "SELECT 'a\n\tb  FROM  c' AS t FROM \"x\ny\" AS e"
    assert laid_out(sql, 100) == "SELECT 'a\n\tb  FROM  c' AS t\nFROM \"x\ny\" AS e"
    assert laid_out(r"SELECT 'a\' AS t FROM x", 100) == "SELECT 'a\\' AS t\nFROM x"
    assert laid_out(r"SELECT 'a\'  FROM b' AS t FROM x", 100, "mysql") == "SELECT 'a\\'  FROM b' AS t\nFROM x"


def test_brackets_hold_what_is_asked_below() -> None:
    """A statement in brackets stands further in; its bracket ends on a line of its own, and tests stand below WHERE."""
    joined = "LEFT OUTER JOIN (SELECT k FROM e WHERE a AND (b OR c AND d)) AS m ON m.k = p.id"
    sql = f"SELECT p.id FROM p {joined} WHERE f(x FROM y)"
    assert laid_out(sql, 100).splitlines() == [
        "SELECT p.id",
        "FROM p",
        "LEFT OUTER JOIN (",
        "  SELECT k",
        "  FROM e",
        "  WHERE a",
        "    AND (b",
        "      OR c AND d)",
        ") AS m ON m.k = p.id",
        "WHERE f(x FROM y)",
    ]


def test_compile_and_explain_lay_a_statement_out_alike(desk: Desk) -> None:
    """One statement, one look, and one list of values below it."""
    compiled = desk("compile", "gone_quiet", "--as-of", "2026-12-01T09:00Z").out
    explained = desk("explain", "gone_quiet", "--as-of", "2026-12-01T09:00Z").out
    assert max(map(len, compiled.splitlines())) <= 100
    assert [line for line in compiled.splitlines() if line.startswith("--   ")] == [
        line for line in explained.splitlines() if line.startswith("--   ")
    ]
    assert words(compiled) in words(explained)
    assert sum(line.startswith("  AND ") for line in compiled.splitlines()) >= 2
    paste = desk("compile", "gone_quiet", "--as-of", "2026-12-01T09:00Z", "--format", "sql").out
    assert paste.strip() in compiled
