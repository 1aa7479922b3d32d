"""Which settings each kind of provider takes, and their shape for editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# what a setting takes: text, whole, number, yes, secret or words between "|"; "!" behind it: must be there
RELAY: dict[str, str] = {
    "host": "text!",
    "port": "whole",
    "tls": "starttls|tls|auto|none",
    "username": "text",
    "password": "secret",
    "hostname": "text",
    "ca": "text",
}


@dataclass(frozen=True, slots=True)
class Several:
    """A setting that holds several sets of settings: a list, or with ``named`` keys of that kind of name."""

    keys: Mapping[str, str]
    named: str = ""


SETTINGS: dict[str, dict[str, str | Several]] = {
    "outbox": {"folder": "text", "flush": "yes"},
    "smtp": {
        **RELAY,
        "relays": Several(RELAY),
        "dkim": Several({"selector": "text!", "key": "secret!"}, "domain"),
        "connections": "whole",
        "timeout": "number",
        "data_timeout": "number",
        "patience": "number",
        "allow_private": "yes",
    },
}
INSTEAD: Mapping[str, tuple[str, ...]] = {"relays": ("host", "port", "tls", "username", "password")}
"""A setting, and those that it takes the place of."""


def provider_schema() -> dict[str, Any]:
    """Give the JSON Schema of one provider: its kind decides which keys it has."""
    return {"oneOf": [_kind(kind, known) for kind, known in SETTINGS.items()]}


def _kind(kind: str, known: Mapping[str, str | Several]) -> dict[str, Any]:
    replaced = [name for left, names in INSTEAD.items() if left in known for name in names]
    properties = {"kind": {"const": kind}, "channel": {"enum": ["email"]}}
    made = _object(known, properties)
    either = [name for name in made["required"] if name in replaced]
    made["required"] = [name for name in made["required"] if name not in either]
    if either:
        made["anyOf"] = [{"required": either}, *({"required": [name]} for name in INSTEAD if name in known)]
    return made


def _object(known: Mapping[str, str | Several], before: Mapping[str, Any]) -> dict[str, Any]:
    properties = {**before, **{key: _property(how) for key, how in known.items()}}
    needed = [key for key, how in known.items() if isinstance(how, str) and how.endswith("!")]
    required = ["kind", *needed] if "kind" in before else needed
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def _property(how: str | Several) -> dict[str, Any]:
    if isinstance(how, Several):
        one = _object(how.keys, {})
        return {"type": "object", "additionalProperties": one} if how.named else {"type": "array", "items": one}
    variable = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}
    match how.removesuffix("!"):
        case "whole" | "number":
            return {"type": ["number", "string"]}
        case "yes":
            return {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}, variable]}
        case "secret":
            return variable
        case "text":
            return {"type": ["string", "number"]}
        case words:
            return {"anyOf": [{"enum": words.split("|")}, variable]}
