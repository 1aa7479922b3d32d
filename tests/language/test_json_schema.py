"""The schemas that editors get: what orc reads is valid, what it refuses by its shape is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from orchestrator.language import format_campaign, json_schemas
from orchestrator.language.files import Kind, kind_of
from orchestrator.starter import workspace_files
from tests.language.shop import CAMPAIGN, PROJECT, SCHEMA

ROOT = Path(__file__).parents[2]
SCHEMAS = json_schemas()
FILES = {**{path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.glob("campaigns/**/*.yml")}}
FILES |= {f"starter/{path}": text for path, text in workspace_files().items() if path.endswith(".yml")}


class Loader(yaml.SafeLoader):
    """Reads as an editor does, where a date is a text."""


Loader.yaml_implicit_resolvers = {
    sign: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for sign, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def schema_of(path: str) -> str:
    """Give the name of the schema for a file of a workspace."""
    path = path.removeprefix("starter/")
    if kind_of(path) is Kind.RESERVED:
        return Path(path).stem
    return "tests" if kind_of(path) is Kind.TESTS else "campaign"


def problems(name: str, text: str) -> list[str]:
    """Give what an editor underlines."""
    found: Any = yaml.load(text, Loader)
    return [error.message for error in jsonschema.Draft7Validator(SCHEMAS[name]).iter_errors(found)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name: str) -> None:
    """By the rules of draft 7, and as JSON."""
    jsonschema.Draft7Validator.check_schema(SCHEMAS[name])
    assert json.loads(json.dumps(SCHEMAS[name])) == SCHEMAS[name]


@pytest.mark.parametrize("path", FILES)
def test_what_orc_reads_is_valid(path: str) -> None:
    """No red line in the examples and in the starter."""
    assert problems(schema_of(path), FILES[path]) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("campaign", CAMPAIGN.replace("owner:", "onwer:")),
        ("campaign", CAMPAIGN.replace("status: active", "status: activ")),
        ("campaign", CAMPAIGN.replace("audience: in segment vip\n", "")),
        ("campaign", CAMPAIGN.replace("      category: promotional\n", "")),
        ("campaign", CAMPAIGN.replace("  once:", "  onec:")),
        ("project", PROJECT.replace("edition: 1", "edition: 2")),
        ("project", PROJECT.replace("consent: false", "consent: perhaps")),
        ("schema", SCHEMA.replace("key: id", "kee: id")),
        ("schema", SCHEMA.replace("attributes:", "attribute:")),
        ("policies", "exclude: [a]\n"),
        ("tests", "case: []\n"),
    ],
)
def test_what_orc_refuses_by_its_shape_is_not(name: str, text: str) -> None:
    """A misspelt key, a word that is none of the list, something missing."""
    assert problems(name, text)


def test_keys_are_described() -> None:
    """The words are those of the reference."""
    campaign = SCHEMAS["campaign"]["properties"]
    assert campaign["audience"]["description"] == "a condition in the words of segments"
    assert campaign["status"]["enum"] == ["draft", "active", "paused", "archived"]
    step = campaign["steps"]["items"]["properties"]["send"]["properties"]
    assert step["from"]["description"] == "one of `senders:`"


def test_the_line_for_editors_stays() -> None:
    """`orc fmt` keeps it in the first line."""
    for path, text in FILES.items():
        if path.startswith("starter/") and schema_of(path) == "campaign":
            made, _ = format_campaign(text, path)
            assert made.splitlines()[0] == "# yaml-language-server: $schema=../.orchestrator/schemas/campaign.json"
