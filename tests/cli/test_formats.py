"""Findings as GitLab, SARIF viewers and JUnit readers get them; the whole files are kept in ``cases/``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestrator.cli import formats
from orchestrator.cli.explain import pages
from orchestrator.model.diagnostic import Diagnostic, Severity, Span
from tests.cli.conftest import Desk

CASES = Path(__file__).parent / "cases"
FILE = "campaigns/segments/customers.seg"
WRONG = """
# three mistakes in three definitions, two in the last
segment alpha where contry is "DE"
segment beta where country = "DE"
segment gamma where did purchase in last 30 days and did visit at most 0 times and email is not "<&x>"
"""


def wrong(desk: Desk) -> None:
    """Add the mistakes to the starter's file."""
    file = desk.root / FILE
    file.write_text(file.read_text(encoding="utf-8") + WRONG, encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "concise", "json", "github", "gitlab", "sarif", "junit"])
def test_a_report_as_it_is_printed(desk: Desk, form: str, expected: Callable[[Path, str], None]) -> None:
    """Nobody changes a format without seeing it; every mistake of the file is told."""
    wrong(desk)
    said = desk("check", "--format", form)
    assert (said.status, said.err) == (1, "")
    out = re.sub(r'"version": "\d+\.\d+\.\d+[^"]*"', '"version": "0"', said.out) if form == "sarif" else said.out
    expected(CASES / f"check.{form}.txt", out)


def test_gitlab_marks_are_of_the_line_and_not_of_its_number(desk: Desk) -> None:
    """A line that moves keeps its mark; two equal findings have two."""
    wrong(desk)
    before = [row["fingerprint"] for row in json.loads(desk("check", "--format", "gitlab").out)]
    file = desk.root / FILE
    file.write_text("# a line more\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    after = [row["fingerprint"] for row in json.loads(desk("check", "--format", "gitlab").out)]
    assert before == after
    assert len(set(before)) == len(before)


def test_sarif_points_from_results_to_rules(desk: Desk) -> None:
    """Each result names its rule by id and by place, each rule has its page, and regions count from 1."""
    wrong(desk)
    log = json.loads(desk("check", "--format", "sarif").out)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    known = pages()
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["shortDescription"]["text"] == known[rule["id"]].title
        assert result["level"] in ("error", "warning")
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            region = location["physicalLocation"]["region"]
            assert 1 <= region["startLine"] <= region["endLine"]
            assert min(region["startColumn"], region["endColumn"]) >= 1
            assert not location["physicalLocation"]["artifactLocation"]["uri"].startswith("/")


def test_junit_counts_what_it_holds(desk: Desk) -> None:
    """The numbers of a suite are those of its cases; an error fails, a warning does not."""
    wrong(desk)
    root = ElementTree.fromstring(desk("check", "--format", "junit").out)
    cases = root.findall("./testsuite/testcase")
    assert int(root.get("tests", "")) == len(cases)
    assert int(root.get("failures", "")) == len(root.findall(".//failure")) > 0
    assert len(root.findall(".//system-out")) == len(cases) - len(root.findall(".//failure"))


def test_without_findings_every_form_is_whole(desk: Desk) -> None:
    """A tool that reads the report finds an empty one, not a broken one."""
    text = formats.junit([])
    assert [case.get("name") for case in ElementTree.fromstring(text).iter("testcase")] == ["no problems"]
    assert json.loads(formats.gitlab([], lambda path: None)) == []
    assert json.loads(formats.sarif([], lambda path: None, {}, "1"))["runs"][0]["results"] == []


def test_xml_survives_what_it_cannot_hold() -> None:
    """Signs that XML forbids, brackets and quotes do not break the file."""
    finding = Diagnostic(Span("a&<\"'>.yml", 1, 1, 1, 2), "E001", 'wrong \x00 \ud800 <b> & "q"', ("x < y",))
    warning = Diagnostic(Span("b.yml"), "W001", "odd ]]> \x1b", severity=Severity.WARNING)
    root = ElementTree.fromstring(formats.junit([finding, warning]).encode("utf-8", "surrogatepass"))
    assert root.find(".//failure").get("message") == 'wrong \ufffd \ufffd <b> & "q"'  # type: ignore[union-attr]
