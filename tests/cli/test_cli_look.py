"""Looking: counts, samples, ids, SQL, English, previews. Nothing is changed by any of it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from orchestrator.cli.say import cell
from tests.cli.conftest import AS_OF, Desk


def test_members_prints_one_id_a_line_and_nothing_else(desk: Desk) -> None:
    """A script reads the ids of a segment without cutting anything away."""
    said = desk("members", "engaged", "--as-of", AS_OF)
    assert said.status == 0, said.err
    ids = said.out.splitlines()
    assert len(ids) > 20
    assert len(set(ids)) == len(ids)
    assert all(person.isdigit() for person in ids)
    assert said.err == ""


def test_every_form_of_members_has_the_same_people(desk: Desk) -> None:
    """ids, csv, json and text say the same."""
    ids = desk("members", "engaged", "--as-of", AS_OF).out.splitlines()
    rows = csv.DictReader(io.StringIO(desk("members", "engaged", "--as-of", AS_OF, "--format", "csv").out))
    assert [row["id"] for row in rows] == ids
    found = json.loads(desk("members", "engaged", "--as-of", AS_OF, "--format", "json").out)
    assert found["members"] == ids
    assert found["as_of"] == "2026-12-01T09:00:00Z"
    assert desk("members", "engaged", "--as-of", AS_OF, "--format", "text").out.splitlines() == ids


def test_the_moment_decides_who_is_in(desk: Desk) -> None:
    """The same call gives the same people for ever; another moment gives others."""
    first = desk("members", "engaged", "--as-of", AS_OF).out
    assert desk("members", "engaged", "--as-of", AS_OF).out == first
    assert desk("members", "engaged", "--as-of", "2026-03-01").out != first


def test_a_moment_without_a_zone_is_on_the_project_s_clock(desk: Desk) -> None:
    """10:00 in Berlin is 09:00 UTC in winter."""
    for moment in (
        "2026-12-01T10:00",
        "2026-12-01T09:00Z",
        "2026-12-01T10:00+01:00",
        "2026-12-01T10:00[Europe/Berlin]",
    ):
        said = desk("members", "engaged", "--as-of", moment, "--format", "json")
        assert json.loads(said.out)["as_of"] == "2026-12-01T09:00:00Z", moment


def test_a_senseless_moment_is_refused(desk: Desk) -> None:
    """30 February is answered with the forms that can be written."""
    said = desk("members", "engaged", "--as-of", "2026-02-30")
    assert said.status == 2
    assert "is not a moment" in said.err


@pytest.mark.parametrize("value", ["=1+1", "+49 40 123", "-1", "@import", "\tx"])
def test_a_spreadsheet_runs_nothing_that_we_wrote(value: str) -> None:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    assert cell(value) == f"'{value}"


def test_show_counts_and_masks(desk: Desk) -> None:
    """The sample shows what people look like without saying who they are."""
    said = desk("show", "engaged", "--as-of", AS_OF)
    assert said.status == 0, said.err
    assert re.search(r"engaged  [\d,]+ people, [\d.]+% of 400", said.out)
    assert "***@example." in said.out
    assert not re.search(r"[a-z]{2,}\*?@example", said.out)
    found = json.loads(desk("show", "engaged", "--as-of", AS_OF, "--format", "json").out)
    assert found["of"] == 400
    assert 0 < found["size"] < 400
    assert len(found["sample"]) == 5


def test_a_partition_is_shown_and_listed_by_cell(desk: Desk) -> None:
    """Every person is in one cell; the cells add up to the whole."""
    file = desk.root / "campaigns/segments/stages.seg"
    file.write_text("partition stage\n  case buyer when did purchase ever\n  otherwise stranger\n", encoding="utf-8")
    found = json.loads(desk("show", "stage", "--as-of", AS_OF, "--format", "json").out)
    assert sum(found["cells"].values()) == found["size"] == 400
    rows = list(csv.DictReader(io.StringIO(desk("members", "stage", "--as-of", AS_OF, "--format", "csv").out)))
    assert {row["cell"] for row in rows} == {"buyer", "stranger"}
    assert len(rows) == 400
    one = desk("members", "stage.buyer", "--as-of", AS_OF).out.splitlines()
    assert len(one) == found["cells"]["buyer"]
    assert "its cells are buyer, stranger" in desk("members", "stage.nobody", "--as-of", AS_OF).err


def test_compile_prints_sql_and_its_values(desk: Desk) -> None:
    """Values are bound, named, and printed beside the statement; no database is asked."""
    (desk.root / ".orc" / "warehouse.sqlite").unlink()
    for dialect in ("sqlite", "postgresql"):
        found = json.loads(desk("compile", "engaged", "--dialect", dialect, "--as-of", AS_OF, "--format", "json").out)
        (query,) = found["queries"]
        assert found["dialect"] == dialect
        assert "SELECT" in query["sql"]
        assert query["values"]
        assert all(f":{name}" in query["sql"] for name in query["values"])
        assert "2026" not in query["sql"]
    text = desk("compile", "engaged", "--as-of", AS_OF).out
    assert text.startswith("-- segment engaged · sqlite · as of 2026-12-01T09:00:00Z\n")


def test_compile_without_names_gives_every_segment(desk: Desk) -> None:
    """The whole workspace can be looked at as SQL."""
    found = json.loads(desk("compile", "--format", "json", "--as-of", AS_OF).out)
    assert {query["name"] for query in found["queries"]} == {
        "segment engaged",
        "segment buyers",
        "segment best_customers",
        "segment gone_quiet",
    }


def test_explain_says_a_segment_in_english_beside_its_sql(desk: Desk) -> None:
    """A reviewer reads what it means and what is run."""
    said = desk("explain", "gone_quiet", "--as-of", AS_OF)
    assert said.status == 0, said.err
    assert "campaigns/segments/customers.seg:" in said.out
    assert "in the last 60 days" in said.out
    assert "SELECT" in said.out


def test_explain_prints_the_page_of_every_code(desk: Desk) -> None:
    """Every code that a finding may have has a page, found in any spelling."""
    from orchestrator.cli.explain import pages

    for code in pages():
        said = desk("explain", code.lower())
        assert said.status == 0
        assert said.out.startswith(code)
    assert desk("explain", "E9999").status == 2


def test_an_unknown_name_is_answered_with_the_closest(desk: Desk) -> None:
    """A typing error in a segment's name is answered like one in a file."""
    said = desk("show", "engagde")
    assert said.status == 2
    assert said.err == "error: nothing is called `engagde`\nhelp: did you mean `engaged`?\n"


def test_an_error_elsewhere_does_not_stop_a_look(desk: Desk) -> None:
    """One broken campaign does not keep anybody from counting a segment that is whole."""
    desk.edit("campaigns/winback.yml", "in segment gone_quiet", "in segment gone_qiuet")
    assert desk("show", "engaged", "--as-of", AS_OF).status == 0
    said = desk("preview", "winback")
    assert said.status == 1
    assert "gone_qiuet" in said.err


def test_an_error_in_what_a_segment_uses_does(desk: Desk) -> None:
    """A segment is only as good as what it is made of."""
    desk.edit("campaigns/segments/customers.seg", 'status is "completed"', 'sattus is "completed"')
    said = desk("members", "best_customers", "--as-of", AS_OF)
    assert said.status == 1
    assert said.out == ""
    assert "sattus" in said.err


def test_preview_writes_every_variant_without_a_database(desk: Desk) -> None:
    """An author sees the letters before any data is there, and the state stays untouched."""
    (desk.root / ".orc" / "warehouse.sqlite").unlink()
    said = desk("preview", "winter_launch")
    assert said.status == 0, said.err
    pages = sorted((desk.root / ".orc/preview/winter_launch").glob("*.html"))
    assert [page.stem for page in pages] == ["launch-curious-generated", "launch-plain-generated"]
    assert "<html" in pages[0].read_text(encoding="utf-8")
    assert "Subject: The winter collection is here" in said.out
    assert not (desk.root / ".orc" / "state.sqlite").exists()


def test_preview_for_real_members(desk: Desk) -> None:
    """With a warehouse it is written for people of the audience."""
    found = json.loads(desk("preview", "winter_launch", "--n", "2", "--as-of", AS_OF, "--format", "json").out)
    assert len(found) == 4
    assert len({row["person"] for row in found}) == 2
    person = found[0]["person"]
    one = json.loads(desk("preview", "winter_launch", "--person", person, "--as-of", AS_OF, "--format", "json").out)
    assert {row["person"] for row in one} == {person}
    assert "is not in the audience" in desk("preview", "winter_launch", "--person", "99999", "--as-of", AS_OF).err


def test_send_test_reaches_one_address_and_no_row(desk: Desk) -> None:
    """A test is marked as one, lands where it was sent, and takes nobody's turn."""
    said = desk("send-test", "winter_launch", "--to", "Ada@Example.com", "--variant", "plain")
    assert said.status == 0, said.err
    (file,) = (desk.root / ".orc" / "outbox").glob("*.eml")
    text = file.read_text(encoding="utf-8")
    assert "[test]" in text
    assert "@example.com" in text.lower()
    assert json.loads(desk("status", "--format", "json").out)["slots"] == []
    assert desk("send-test", "winter_launch", "--to", "Ada@Example.com", "--variant", "plain").status == 0
    assert len(list((desk.root / ".orc" / "outbox").glob("*.eml"))) == 2


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "ada@example.com\nBcc: eve@example.com", ""])
def test_send_test_refuses_what_is_no_address(desk: Desk, address: str) -> None:
    """Nothing that could add a header gets near one."""
    said = desk("send-test", "winter_launch", "--to", address)
    assert said.status == 2
    assert "is not an address" in said.err


def test_without_a_warehouse_a_verb_says_what_to_set(desk: Desk) -> None:
    """Somebody who did not connect a database is told how."""
    (desk.root / ".orc" / "warehouse.sqlite").unlink()
    said = desk("show", "engaged")
    assert said.status == 2
    assert "ORC_WAREHOUSE_URL" in said.err


def test_schema_pull_drafts_and_never_overwrites(desk: Desk) -> None:
    """A draft is printed where a file is there, and written where none is."""
    schema = desk.root / "campaigns" / "schema.yml"
    before = schema.read_text(encoding="utf-8")
    said = desk("schema", "pull")
    assert said.status == 0, said.err
    assert "customers" in said.out
    assert schema.read_text(encoding="utf-8") == before
    out = desk.root / "draft.yml"
    assert desk("schema", "pull", "--out", str(out)).status == 0
    assert out.read_text(encoding="utf-8") == said.out
    assert desk("schema", "pull", "--out", str(out)).status == 2
    schema.unlink()
    assert desk("schema", "pull").status == 0
    assert schema.read_text(encoding="utf-8") == said.out


def test_test_says_who_is_where_they_should_not_be(desk: Desk) -> None:
    """A failing case names the people, and the verb's status is 1; so it is when nothing was tested."""
    assert desk("test").status == 0
    file = "campaigns/tests/customers.yml"
    desk.edit(file, "members: [1]", "members: [1, 3]")
    said = desk("test")
    assert said.status == 1
    assert "expected in gone_quiet, but not there: 3" in said.out
    found = json.loads(desk("test", "--format", "json").out)
    assert (found["passed"], found["failed"]) == (0, 1)
    assert desk("test", "no such words").status == 1
    (desk.root / file).unlink()
    assert desk("test").status == 1


def test_fmt_changes_the_form_and_nothing_else(desk: Desk) -> None:
    """--check and --diff only tell; without them the file is rewritten, and then it stays as it is."""
    file = "campaigns/segments/customers.seg"
    text = (desk.root / file).read_text(encoding="utf-8")
    old = "did purchase in last 365 days\n\nsegment"
    desk.edit(file, old, "did   purchase in last 365 days   # all of them\n\nsegment")
    assert desk("fmt", "--check").status == 1
    assert "+where did purchase in last 365 days" in desk("fmt", "--diff").out.replace("  #", " #")
    assert desk("fmt").status == 0
    assert (desk.root / file).read_text(encoding="utf-8").replace("  # all of them", "") == text
    assert desk("fmt", "--check").status == 0
    desk.edit(file, "did purchase in last 365 days", "did did purchase")
    broken = (desk.root / file).read_text(encoding="utf-8")
    assert desk("fmt").status == 1
    assert (desk.root / file).read_text(encoding="utf-8") == broken
