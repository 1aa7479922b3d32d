"""What counts as a change, and what a change reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.language import load_texts
from orchestrator.model.workspace import Workspace
from orchestrator.review import How, digest
from orchestrator.review.diff import diff
from orchestrator.starter import workspace_files

SEG = "campaigns/segments/customers.seg"


def workspace(*edits: tuple[str, str, str]) -> Workspace:
    """Give the starter with some texts replaced."""
    files = workspace_files()
    for path, old, new in edits:
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new)
    loaded = load_texts(files, Path("/nowhere"))
    assert not loaded.has_errors, loaded.diagnostics
    return loaded.workspace


def users(workspace: Workspace, name: str) -> frozenset[str]:
    """Give what a definition uses, by the compiler."""
    from orchestrator.compile import dependencies

    return dependencies(workspace, name)


def changes(*edits: tuple[str, str, str]) -> dict[str, How]:
    """Give what differs between the starter and the starter with edits."""
    return {change.what: change.how for change in diff(workspace(), workspace(*edits), users)}


def test_the_same_files_differ_in_nothing() -> None:
    """A plan right after apply is empty, and so is the second one."""
    assert changes() == {}
    assert digest(workspace()) == digest(workspace())


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (SEG, "segment buyers", "# everybody who ever bought\nsegment buyers"),
        (SEG, "did visit in last 90 days or did purchase", "did visit in last 90 days\n  or  did   purchase"),
        ("campaigns/winter_launch.yml", "holdout: 10%", "holdout:   10%   # a tenth"),
    ],
)
def test_comments_and_spaces_are_no_change(path: str, old: str, new: str) -> None:
    """What a machine reads the same is the same: nobody approves a comment."""
    edited = workspace((path, old, new))
    assert diff(workspace(), edited, users) == ()
    assert digest(edited) == digest(workspace())


def test_a_segment_reaches_the_campaigns_that_use_it() -> None:
    """Whoever changes a segment sees which campaigns write to other people because of it."""
    found = changes((SEG, "did visit in last 90 days", "did visit in last 30 days"))
    assert found["segment engaged"] is How.CHANGED
    assert found["campaign winter_launch"] is How.AFFECTED
    assert "campaign winback" not in found


def test_a_changed_segment_shows_its_lines() -> None:
    """The lines that differ are printed as they were written."""
    edited = workspace((SEG, "did visit in last 90 days", "did visit in last 30 days"))
    change = next(c for c in diff(workspace(), edited, users) if c.what == "segment engaged")
    assert change.lines == (
        "- where did visit in last 90 days or did purchase in last 90 days",
        "+ where did visit in last 30 days or did purchase in last 90 days",
    )
    assert change.place.startswith(f"{SEG}:")


def test_a_template_reaches_the_campaigns_that_send_it() -> None:
    """A changed layout is a change of every campaign whose letters extend it."""
    found = changes(("templates/layout/base.html.j2", "</body>", "<p>New</p></body>"))
    assert found["template layout/base.html.j2"] is How.CHANGED
    assert found["campaign winter_launch"] is How.AFFECTED
    assert found["campaign winback"] is How.AFFECTED


def test_the_zone_of_the_project_reaches_everything() -> None:
    """Days begin elsewhere: every segment may mean other people."""
    found = changes(("campaigns/project.yml", "zone: Europe/Berlin", "zone: Pacific/Auckland"))
    assert found["project"] is How.CHANGED
    assert found["segment buyers"] is How.AFFECTED
    assert found["campaign winback"] is How.AFFECTED


def test_a_new_and_a_removed_segment_are_named() -> None:
    """Both directions are seen."""
    longer = workspace((SEG, "\nsegment buyers\n", "\nsegment all_of_them\nwhere everyone\n\nsegment buyers\n"))
    assert {c.what: c.how for c in diff(workspace(), longer, users)} == {"segment all_of_them": How.ADDED}
    assert {c.what: c.how for c in diff(longer, workspace(), users)} == {"segment all_of_them": How.REMOVED}


def test_an_attribute_of_the_schema_reaches_who_reads_it() -> None:
    """Another column behind a name is a change of every segment that names it."""
    text = workspace_files()["campaigns/schema.yml"]
    assert "orders" in text
    found = changes(("campaigns/schema.yml", "orders", "orders_2"))
    assert found["segment buyers"] is How.AFFECTED
    assert found["trait revenue_365"] is How.AFFECTED


RELATED = {
    "campaigns/project.yml": "edition: 1\nname: test\nzone: UTC\n",
    "campaigns/schema.yml": """entities:
  customer: {table: customers, key: id, attributes: {country: text}}
  account: {table: accounts, key: id, attributes: {plan: text}}
  user:
    table: users
    key: id
    plural: users
    parent: {entity: account, column: account_id}
    attributes: {status: text}
relations:
  device: {table: devices, key: customer_id, plural: devices, properties: {os: text}}
""",
    "campaigns/segments/a.seg": """segment single where has device
segment many where has at least 2 devices where (os is "ios")
segment counted where count of device > 3
segment busy of account where has at least 2 users where (status is "active")
segment austrians where country is "AT"
""",
}


@pytest.mark.parametrize(
    ("old", "new", "affected"),
    [
        ("table: devices", "table: devices_2", {"single", "many", "counted"}),
        ("{os: text}", "{os: text, model: text}", {"single", "many", "counted"}),
        ("table: users", "table: users_2", {"busy"}),
        ("{status: text}", "{status: {type: text, column: state}}", {"busy"}),
        ("column: account_id", "column: of_account", {"busy"}),
        ("{country: text}", "{country: {type: text, column: land}}", {"austrians"}),
    ],
)
def test_related_rows_reach_who_asks_for_them(old: str, new: str, affected: set[str]) -> None:
    """A relation or the members of an entity behind other tables and columns, named by singular or plural."""
    changed = RELATED | {"campaigns/schema.yml": RELATED["campaigns/schema.yml"].replace(old, new)}
    before, after = (load_texts(files, Path("/nowhere")).workspace for files in (RELATED, changed))
    found = {c.what.removeprefix("segment ") for c in diff(before, after, users) if c.how is How.AFFECTED}
    assert found == affected
