"""Keys of the language that this version does not do yet are refused by name, never ignored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.language import load_texts
from orchestrator.language.campaign_keys import LATER as CAMPAIGN_LATER
from orchestrator.language.policies_file import LATER as POLICIES_LATER
from orchestrator.language.project_file import LATER as PROJECT_LATER
from orchestrator.language.schema_keys import LATER as SCHEMA_LATER
from orchestrator.language.tests_file import LATER as TESTS_LATER

from .shop import FILES, load, said

TABLES = {
    "campaigns/autumn.yml": CAMPAIGN_LATER,
    "campaigns/policies.yml": POLICIES_LATER,
    "campaigns/project.yml": PROJECT_LATER,
    "campaigns/schema.yml": SCHEMA_LATER,
    "campaigns/tests/cases.yml": TESTS_LATER,
}
ROWS = [(path, row) for path, table in TABLES.items() for row in table]

# every key of section 4 of the specification that no reader of this version takes
SPECIFIED = {
    "campaigns/autumn.yml": [
        "reentry", "exit_when", "renamed_from", "hours", "days", "goal", "requires", "approvals",
        "trigger.event", "trigger.quiet_for", "trigger.enters segment", "trigger.date",
        "steps.*.at", "steps.*.wait", "steps.*.when", "steps.*.branch", "steps.*.otherwise", "steps.*.webhook",
        "steps.*.suppress", "steps.*.set_consent", "steps.*.exit",
        "steps.*.send.content", "steps.*.send.locales", "steps.*.send.by", "steps.*.send.cases", "steps.*.send.to",
        "experiment.test", "experiment.decide", "experiment.hypothesis", "experiment.primary",
        "experiment.guardrails", "limits.throttle", "limits.ramp", "limits.order_by", "limits.halt_when",
    ],
    "campaigns/project.yml": ["quiet_hours", "environments", "retention"],
    "campaigns/schema.yml": [],
    "campaigns/policies.yml": ["caps", "priorities", "approval_rules", "forbidden_hours", "waivers"],
}  # fmt: skip


def nested(row: str) -> Any:
    """Give the smallest tree that holds the key of a row."""
    tree: Any = "1 day"
    for part in reversed(row.split(".")):
        tree = {part: tree}
    return tree


def dump(tree: Any, lists: tuple[str, ...], indent: int = 0) -> str:
    """Write a tree as YAML; ``*`` is a list item below the names of ``lists``, else the key ``x``."""
    pad = "  " * indent
    out = ""
    for key, value in tree.items():
        if isinstance(value, str):
            out += f"{pad}{key}: {value}\n"
        elif "*" in value and key in lists:
            inner = dump(value["*"], lists, indent + 2)
            out += f"{pad}{key}:\n{pad}  - {inner.lstrip()}"
        else:
            renamed = {("x" if name == "*" else name): below for name, below in value.items()}
            out += f"{pad}{key}:\n{dump(renamed, lists, indent + 1)}"
    return out


@pytest.mark.parametrize(("path", "row"), ROWS, ids=[f"{path.split('/')[-1]}-{row}" for path, row in ROWS])
def test_a_key_that_comes_later_says_so(path: str, row: str) -> None:
    """Each row of each table is found at its key, with what it will do one day."""
    text = dump(nested(row), ("steps", "variants", "cases") if "send.cases" not in row else ("steps", "variants"))
    loaded = load_texts({**FILES, path: text}, Path("shop"))
    key = row.split(".")[-1]
    found = [f for f in loaded.diagnostics if f.span.path == path and f.code == "E003"]
    assert [f.message.split(":")[0] for f in found] == [f"`{key}` comes later"]
    line = text.split("\n")[found[0].span.line - 1]
    assert line[found[0].span.column - 1 :].startswith(f"{key}:")


@pytest.mark.parametrize("path", SPECIFIED)
def test_the_tables_hold_the_whole_specification(path: str) -> None:
    """No key of the specification falls through to "unknown key"."""
    assert [row for row in SPECIFIED[path] if row not in TABLES[path]] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [("channel: sms", "sms"), ("channel: push", "push"), ("channel: email\n      by: partition p", "by")],
)
def test_words_that_come_later_say_so(text: str, word: str) -> None:
    """Other channels and ways to send are known by name."""
    loaded = load(autumn=f"name: autumn\nsteps:\n  - id: a\n    send:\n      {text}\n")
    assert any(f"E003 `{word}` comes later" in line for line in said(loaded, "autumn"))


@pytest.mark.parametrize("kind", ["json"])
def test_types_that_come_later_say_so(kind: str) -> None:
    """Lists, JSON and places are types of the language, not typing errors."""
    schema = FILES["campaigns/schema.yml"].replace(
        "country: {type: text, nullable: false, values: [DE, AT, NO]}", f"country: {kind}"
    )
    assert any(f"`{kind}` comes later" in line for line in said(load(schema=schema), "schema"))


@pytest.mark.parametrize("kind", ["ses", "sendgrid", "twilio"])
def test_providers_that_come_later_say_so(kind: str) -> None:
    """Providers of a later version are known by name."""
    project = FILES["campaigns/project.yml"].replace("kind: outbox", f"kind: {kind}")
    assert any(f"E003 `{kind}` comes later" in line for line in said(load(project=project), "project"))


def test_what_comes_later_has_no_echo() -> None:
    """A trigger by event needs no audience, letters by cells no template: only the later key is said."""
    event = FILES["campaigns/autumn.yml"].replace("audience: in segment vip\n", "")
    event = event.replace("once: 2026-12-01T10:00", "event: did purchase")
    assert [line.split()[1] for line in said(load(autumn=event))] == ["E003"]
    cells = FILES["campaigns/autumn.yml"].replace(
        "      template: autumn/body.html.j2\n", "      cases: {a: nothing}\n"
    )
    cells = cells.replace("      subject: Autumn is here\n", "")
    assert [line.split()[1] for line in said(load(autumn=cells))] == ["E003"]
