"""Every finding can be explained."""

from __future__ import annotations

import re
from pathlib import Path

import orchestrator.language as room
from orchestrator.language import CODES, load_texts
from orchestrator.language.yaml_codes import YAML_CODES

OURS = (
    "yaml", "yaml_errors", "kinds", "shapes", "providers", "project_file", "schema_file", "campaign_file",
    "campaign_keys", "campaign_checks", "trigger", "expressions", "policies_file", "profile_file", "tests_file",
    "files", "utm_keys", "workspace",
)  # fmt: skip


def used() -> set[str]:
    """Give the codes that the readers of YAML files may say."""
    texts = [(Path(room.__path__[0]) / f"{name}.py").read_text() for name in OURS]
    return {code for text in texts for code in re.findall(r'"([EWY]\d{3})"', text)}


def test_every_code_has_a_page() -> None:
    """`orc explain CODE` knows each of them, and no page is about a code that nobody says."""
    assert used() == YAML_CODES.keys()
    assert YAML_CODES.keys() <= CODES.keys()


def test_pages_say_something() -> None:
    """A page has a title and sentences."""
    for code, page in YAML_CODES.items():
        assert page.code == code
        assert page.title
        assert page.explanation.endswith(".")


def test_no_finding_ends_in_the_void() -> None:
    """An empty workspace says what is missing, and nothing else."""
    assert [f.code for f in load_texts({}, Path("shop")).diagnostics] == ["E021", "E021"]
