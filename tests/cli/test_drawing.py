"""The look of a finding, for people and for machines."""

from __future__ import annotations

import json

from orchestrator.cli import drawing
from orchestrator.model.diagnostic import Diagnostic, Fix, Related, Severity, Span

SEG = "segment lapsed\nwhere did purchase in last 30 days\n  and lifetime_valeu > 500\n"
TRAITS = "# values\n\ntrait lifetime_value: money = sum of purchase.amount ever\n"
FILES = {"campaigns/segments/lapsed.seg": SEG, "campaigns/segments/traits.seg": TRAITS}

UNKNOWN = Diagnostic(
    Span("campaigns/segments/lapsed.seg", 3, 7, 3, 21),
    "E202",
    "customer has no attribute `lifetime_valeu`",
    ("lifetime_value",),
    label="did you mean `lifetime_value`?",
    related=(Related(Span("campaigns/segments/traits.seg", 3, 7, 3, 21), "declared here"),),
    fix=Fix(Span("campaigns/segments/lapsed.seg", 3, 7, 3, 21), "lifetime_value"),
)


def drawn(finding: Diagnostic, text: str = "", colour: bool = False) -> str:
    """Draw one finding over the files above, or over ``text`` for every path."""
    return drawing.text([finding], lambda path: text or FILES.get(path), colour)


def at(line: int, column: int, end: int, path: str = "a.yml", **more: object) -> Diagnostic:
    """Give a finding at a place."""
    return Diagnostic(Span(path, line, column, line, end), "E001", "wrong", **more)  # type: ignore[arg-type]


def test_the_whole_look() -> None:
    """Place, line, caret, label, the second place, and a text to paste."""
    assert drawn(UNKNOWN) == (
        "error[E202]: customer has no attribute `lifetime_valeu`\n"
        " --> campaigns/segments/lapsed.seg:3:7\n"
        "   |\n"
        " 3 |   and lifetime_valeu > 500\n"
        "   |       ^^^^^^^^^^^^^^ did you mean `lifetime_value`?\n"
        "   |\n"
        " ::: campaigns/segments/traits.seg:3:7\n"
        "   |\n"
        " 3 | trait lifetime_value: money = sum of purchase.amount ever\n"
        "   |       -------------- declared here\n"
        "   = help: lifetime_value\n"
    )


def test_a_near_second_place_shares_the_picture() -> None:
    """Two places in neighbouring lines are drawn together, in the order of the file."""
    text = "in segment a and b is 1\nor c is 2\n"
    finding = at(2, 1, 3, label="`or` here", related=(Related(Span("a.yml", 1, 14, 1, 17), "`and` here"),))
    assert drawn(finding, text).splitlines()[2:7] == [
        "   |",
        " 1 | in segment a and b is 1",
        "   |              --- `and` here",
        " 2 | or c is 2",
        "   | ^^ `or` here",
    ]


def test_tabs_and_wide_signs_keep_the_caret_in_place() -> None:
    """The caret stands below its sign behind tabs, Chinese, emoji and combining accents."""
    for lead in ("\t\t", "名前", "🎉 ", "e\u0301", "plain"):
        lines = drawn(at(1, len(lead) + 1, len(lead) + 4), lead + "bad rest").splitlines()
        cells = sum(0 if c == "\u0301" else 2 if ord(c) > 0x2E80 else 1 for c in lines[3].split("bad")[0])
        assert lines[4].index("^") == cells


def test_a_long_line_is_cut_around_the_caret() -> None:
    """Nobody scrolls sideways for a line of ten thousand signs."""
    text = "x" * 5000 + "BAD" + "y" * 5000
    lines = drawn(at(1, 5001, 5004), text).splitlines()
    assert len(lines[3]) < 130
    assert lines[3][lines[4].index("^") :].startswith("BAD")
    whole = drawn(at(1, 1, 10_001), text).splitlines()
    assert len(whole[3]) < 130
    assert len(whole[4]) < 130


def test_a_file_without_lines_is_still_named() -> None:
    """A finding about a whole file shows its path and no picture."""
    finding = Diagnostic(Span("campaigns/schema.yml"), "E021", "there is no campaigns/schema.yml", ("orc schema pull",))
    assert drawn(finding) == (
        "error[E021]: there is no campaigns/schema.yml\n --> campaigns/schema.yml\n   = help: orc schema pull\n"
    )


def test_a_text_cannot_paint_the_terminal() -> None:
    """Escape sequences and reversed text out of a file are shown, not obeyed."""
    out = drawn(at(1, 1, 4), "\x1b[31mred \u202egnp.exe")
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_colours_only_when_asked_for() -> None:
    """Colour is a choice of the caller and changes no sign."""
    import re

    painted = drawn(UNKNOWN, colour=True)
    assert "\x1b[1;31m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == drawn(UNKNOWN)


def test_json_says_everything() -> None:
    """A machine gets code, place, the second place and the fix."""
    (record,) = json.loads(drawing.as_json([UNKNOWN]))
    assert record == {
        "code": "E202",
        "severity": "error",
        "message": "customer has no attribute `lifetime_valeu`",
        "file": "campaigns/segments/lapsed.seg",
        "range": {"start": {"line": 3, "column": 7}, "end": {"line": 3, "column": 21}},
        "label": "did you mean `lifetime_value`?",
        "help": ["lifetime_value"],
        "related": [{"file": "campaigns/segments/traits.seg", "line": 3, "column": 7, "message": "declared here"}],
        "fix": {
            "applicability": "safe",
            "edits": [{"start": {"line": 3, "column": 7}, "end": {"line": 3, "column": 21}, "text": "lifetime_value"}],
        },
    }


def test_annotations_cannot_be_broken_out_of() -> None:
    """Line breaks, colons and commas in names and messages stay inside their annotation."""
    finding = Diagnostic(
        Span("a,b:c.yml", 2, 3, 2, 5), "W011", "50% cut\n::error::fake", ("do this",), severity=Severity.WARNING
    )
    assert drawing.github([finding]) == (
        "::warning file=a%2Cb%3Ac.yml,line=2,endLine=2,col=3,endColumn=5,title=W011"
        "::50%25 cut%0A::error::fake%0Ahelp: do this\n"
    )


def test_concise_is_one_line_that_editors_open() -> None:
    """Path, line and column first."""
    assert drawing.concise([UNKNOWN]) == (
        "campaigns/segments/lapsed.seg:3:7: E202 customer has no attribute `lifetime_valeu` "
        "(did you mean `lifetime_value`?)\n"
    )


def test_the_last_line_counts() -> None:
    """The end says how many problems there are, or how much is fine."""
    warning = Diagnostic(Span("b.yml"), "W012", "nobody reads this", severity=Severity.WARNING)
    assert drawing.counted([], 3, 1, 2) == "no problems in 1 definition, 2 campaigns, 3 files"
    assert drawing.counted([UNKNOWN, warning], 3, 1, 2).startswith("1 error and 1 warning in 2 files")
