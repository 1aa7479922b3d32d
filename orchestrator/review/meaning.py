"""What a workspace means, as one text: the same for every spelling, order of keys, comment and place of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any

from orchestrator.model.campaign import Campaign
from orchestrator.model.segment import Definition
from orchestrator.model.workspace import Workspace

_PLACES = frozenset({"path", "span"})
_OTHER = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")


def meaning(value: Any) -> Any:
    """Give a frozen value as lists, mappings and texts, without the places it was read from."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = {f.name: meaning(getattr(value, f.name)) for f in dataclasses.fields(value) if _counts(f)}
        return {"kind": type(value).__name__, **named}
    if isinstance(value, Mapping):
        return {str(key): meaning(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [meaning(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(meaning(item) for item in value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def fingerprint(value: Any) -> str:
    """Give the sha256 of what a value means, as hexadecimal text."""
    text = json.dumps(meaning(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parts(workspace: Workspace) -> dict[str, str]:
    """Give the fingerprint of everything that can change by itself, by name.

    Names are ``segment vip``, ``campaign launch``, ``template launch/body.html.j2``, ``category promotional``,
    ``sender news``, ``provider mail``, ``project`` (its other keys), ``policies``, ``schema customer``,
    ``schema purchase``, ``schema consent``. Tests are not among them: they change nobody's mail.
    """
    project, schema = workspace.project, workspace.schema
    found = {f"{kind(d)} {name}": fingerprint(d) for name, d in workspace.definitions.items()}
    found |= {f"campaign {name}": fingerprint(campaign) for name, campaign in workspace.campaigns.items()}
    found |= {f"template {path}": fingerprint(text) for path, text in workspace.templates.items()}
    found |= {f"category {name}": fingerprint(category) for name, category in project.categories.items()}
    found |= {f"sender {name}": fingerprint(sender) for name, sender in project.senders.items()}
    found |= {f"provider {name}": fingerprint(provider) for name, provider in project.providers.items()}
    found |= {f"schema {name}": fingerprint(entity) for name, entity in schema.entities.items()}
    found |= {f"schema {name}": fingerprint(event) for name, event in schema.events.items()}
    found |= {"schema consent": fingerprint(schema.consent), "policies": fingerprint(workspace.policies)}
    return found | {"project": fingerprint(replace(project, categories={}, senders={}, providers={}))}


def kind(definition: Definition) -> str:
    """Give the word that a definition starts with: segment, partition, trait, event or list."""
    return type(definition).__name__.lower().removesuffix("def")


def digest(workspace: Workspace) -> str:
    """Give the fingerprint of the whole workspace: two folders with the same one send the same."""
    return fingerprint(parts(workspace))


def templates_of(workspace: Workspace, campaign: Campaign) -> frozenset[str]:
    """Give the paths of all templates that a campaign's messages are made of, included ones too."""
    variants = [variant for step in campaign.steps for variant in step.variants]
    waiting = [path for variant in variants for path in (variant.template, variant.text) if path]
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _OTHER.findall(workspace.templates.get(path, ""))
    return frozenset(found)


def _counts(field: dataclasses.Field[Any]) -> bool:
    return field.compare and field.name not in _PLACES
