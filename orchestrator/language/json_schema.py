"""The keys of the YAML files as JSON Schemas (draft 7), for editors: completion, descriptions, and red lines.

An editor sees the shape only; what a value means, `orc check` tells.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, BeforeValidator, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.campaign_keys import CampaignKeys
from orchestrator.language.places_file import short_place
from orchestrator.language.policies_file import PolicyKeys
from orchestrator.language.project_file import ProjectKeys
from orchestrator.language.provider_keys import provider_schema
from orchestrator.language.said import REQUIRED, SAYS
from orchestrator.language.schema_keys import SchemaKeys
from orchestrator.language.tests_file import TestKeys
from orchestrator.language.utm_keys import short_utm

DRAFT = "http://json-schema.org/draft-07/schema#"
FILES: tuple[tuple[str, str, str, type[BaseModel]], ...] = (
    ("campaign", "A campaign", "campaign_keys", CampaignKeys),
    ("project", "What holds for every campaign", "project_file", ProjectKeys),
    ("schema", "What the database holds", "schema_keys", SchemaKeys),
    ("policies", "What no campaign may override", "policies_file", PolicyKeys),
    ("tests", "Tests of segments", "tests_file", TestKeys),
)
SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
WHOLE = {"type": ["integer", "string"]}
_LEAVES: Mapping[str, dict[str, Any]] = {
    "whole": WHOLE,
    "positive": WHOLE,
    "_edition": {"enum": [1, "1"]},
    "word": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
}
_SHORT: Mapping[Any, dict[str, Any]] = {
    short_utm: {"type": "boolean"},
    short_place: {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 2, "maxItems": 2},
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Give the schema of each kind of file by its name: campaign, project, schema, policies, tests."""
    made = {}
    for name, title, module, model in FILES:
        says: Mapping[str, str] = SAYS[module]
        needed = REQUIRED if model is CampaignKeys else set()
        made[name] = {"$schema": DRAFT, "title": title, **_object(model, "", says, needed)}
    return made


def _object(model: type[BaseModel], before: str, says: Mapping[str, str], needed: set[str]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    for name, info in model.model_fields.items():
        word = info.alias or name
        key = f"{before}.{word}".lstrip(".")
        made = _schema(info.annotation, list(info.metadata), key, says)
        if says.get(key):
            made = {"description": says[key], **made}
        properties[word] = made
        if info.is_required() or key in needed:
            required.append(word)
    found: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**found, "required": required} if required else found


def _schema(annotation: Any, metadata: list[Any], key: str, says: Mapping[str, str]) -> dict[str, Any]:
    while typing.get_origin(annotation) is typing.Annotated:
        annotation, *more = typing.get_args(annotation)
        metadata = [*metadata, *more]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType) and not _plain(metadata):
        below = [part for part in typing.get_args(annotation) if part is not type(None)]
        return _schema(below[0], metadata, key, says)
    read = _plain(metadata)
    if read is not None:
        return {"type": "boolean"} if annotation is bool else _leaf(read)
    made = _nested(annotation, key, says)
    before = [part.func for part in metadata if isinstance(part, BeforeValidator)]
    if before:  # a short form stands for the long one
        short = made["items"] if kinds.OneOrMore in metadata else _SHORT.get(before[0], SCALAR)
        return {"anyOf": [short, made]}
    return made


def _nested(annotation: Any, key: str, says: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _object(annotation, key, says, set())
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        if inner[1] is Any:
            return provider_schema() if key == "providers.<name>" else {"type": "object"}
        return {"type": "object", "additionalProperties": _schema(inner[1], [], f"{key}.<name>", says)}
    if typing.get_origin(annotation) is list:
        return {"type": "array", "items": _schema(inner[0], [], f"{key}[]", says)}
    if isinstance(annotation, typing.ForwardRef | str):  # a set of keys inside itself
        return {"type": "object"}
    return {} if annotation is Any else dict(SCALAR)


def _plain(metadata: list[Any]) -> Any:
    """Give the function that reads a value that is no list and no keys, None where there is none."""
    found = [part.func for part in metadata if isinstance(part, PlainValidator)]
    return found[-1] if found else None


def _leaf(read: Any) -> dict[str, Any]:
    words = getattr(read, "words", ())
    if words:
        return {"enum": list(words)}
    return dict(_LEAVES.get(getattr(read, "__name__", ""), SCALAR))
