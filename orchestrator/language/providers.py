"""The settings of a provider in ``project.yml``: which keys each kind takes, and where a secret may not stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from orchestrator.language import kinds
from orchestrator.language.shapes import Reading
from orchestrator.language.yaml import Map
from orchestrator.model.diagnostic import Diagnostic, Fix
from orchestrator.model.project import Provider
from orchestrator.model.suggest import closest

if TYPE_CHECKING:
    from orchestrator.language.project_file import ProjectKeys

# kind -> setting -> what it takes; "!" behind it: must be there
SETTINGS: dict[str, dict[str, str]] = {
    "outbox": {"folder": "text", "flush": "yes"},
    "smtp": {
        "host": "text!",
        "port": "whole",
        "tls": "starttls|tls|auto|none",
        "username": "text",
        "password": "secret",
        "connections": "whole",
        "timeout": "number",
        "data_timeout": "number",
        "patience": "number",
        "hostname": "text",
        "ca": "text",
        "allow_private": "yes",
    },
}
KINDS_LATER = (
    "ses",
    "sendgrid",
    "mailgun",
    "postmark",
    "resend",
    "brevo",
    "twilio",
    "vonage",
    "fcm",
    "slack",
    "webhook",
)
CHANNELS = ("email",)
CHANNELS_LATER = ("sms", "push", "web_push", "slack", "webhook")


def read_provider(reading: Reading[ProjectKeys], name: str, given: dict[str, Any]) -> Provider:
    """Give the provider; what is wrong with its settings goes to ``reading``."""
    at = ("providers", name)
    kind = _take(
        reading, (*at, "kind"), kinds.choice("kind of provider", SETTINGS, KINDS_LATER).func, given.get("kind")
    )
    if "kind" not in given:
        reading.add(reading.key_span(*at), "E002", "`kind` is missing", "kind: outbox")
    channel = "email"
    if "channel" in given:
        taker = kinds.choice("channel", CHANNELS, CHANNELS_LATER).func
        channel = _take(reading, (*at, "channel"), taker, given["channel"]) or channel
    known = SETTINGS.get(kind or "")
    settings: dict[str, str | int | bool] = {}
    for key, value in given.items():
        if key in ("kind", "channel") or known is None:
            continue
        if key not in known:
            _unknown(reading, (*at, key), [*known, "kind", "channel"])
            continue
        taken = _take(reading, (*at, key), lambda v, how=known[key]: _setting(v, how), value)
        if taken is not None:
            settings[key] = taken
    for key, how in (known or {}).items():
        if how.endswith("!") and key not in given:
            reading.add(reading.key_span(*at), "E002", f"`{key}` is missing", f"{key}: ${{SMTP_{key.upper()}}}")
    return Provider(name, kind or "outbox", channel, settings, reading.key_span(*at))


def _setting(value: Any, how: str) -> str | int | bool:
    given = kinds.open_text(value)
    if kinds.VARIABLE.search(given):
        return given
    if how == "secret":
        kinds.wrong(
            "E019",
            "a secret does not belong into the files",
            "write ${SMTP_PASSWORD} and set it where orc runs; then change the secret, because git remembers this one",
        )
    if how == "whole":
        return kinds.positive(value)
    if how == "number":
        return str(kinds.number(value))
    if how == "yes":
        return kinds.yes(value)
    if "|" in how:
        return str(kinds.choice("setting here", how.split("|")).func(value))
    return given


def _take(reading: Reading[ProjectKeys], loc: tuple[str, ...], taker: Any, value: Any) -> Any:
    if loc[-1] == "kind" and value is None and reading.node(*loc) is None:
        return None
    try:
        return taker(value)
    except PydanticCustomError as error:
        said = error.context or {}
        span = reading.span(*loc)
        write = said.get("write", "")
        reading.problems.append(
            Diagnostic(
                span,
                error.type,
                said["said"],
                help=(write,) if write else tuple(said["help"]),
                label=f"did you mean `{write}`?" if write else "",
                fix=Fix(span, write) if write else None,
            )
        )
        return None


def _unknown(reading: Reading[ProjectKeys], loc: tuple[str, ...], known: list[str]) -> None:
    near = closest(loc[-1], known, 1)
    reading.problems.append(
        Diagnostic(
            reading.key_span(*loc),
            "E001",
            f"unknown key `{loc[-1]}` in `{'.'.join(loc[:-1])}`",
            help=(f"{near[0]}:",) if near else (),
            label=f"did you mean `{near[0]}`?" if near else "",
            notes=() if near else (f"the keys here are {', '.join(known)}",),
        )
    )


__all__ = ["CHANNELS", "SETTINGS", "Map", "read_provider"]
