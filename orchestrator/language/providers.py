"""Reading a provider of ``project.yml``: its kind, its settings, and where a secret may not stand.

Sets of settings inside it come out flat: ``relays.1.host`` is the host of the first relay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from orchestrator.language import kinds
from orchestrator.language.provider_keys import INSTEAD, SETTINGS, Several
from orchestrator.language.shapes import Reading
from orchestrator.model.diagnostic import Diagnostic, Fix
from orchestrator.model.project import Provider
from orchestrator.model.suggest import closest

if TYPE_CHECKING:
    from orchestrator.language.project_file import ProjectKeys

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
    own = {key: value for key, value in given.items() if key not in ("kind", "channel")}
    settings = _settings(reading, at, own, known, ("kind", "channel")) if known is not None else {}
    return Provider(name, kind or "outbox", channel, settings, reading.key_span(*at))


def _settings(
    reading: Reading[ProjectKeys],
    at: tuple[str | int, ...],
    given: Mapping[str, Any],
    known: Mapping[str, str | Several],
    beside: tuple[str, ...] = (),
) -> dict[str, str | int | bool]:
    """Give a set of settings, what stands inside it flat; what is wrong goes to ``reading``."""
    settings: dict[str, str | int | bool] = {}
    for key, value in given.items():
        how = known.get(key)
        if how is None:
            _unknown(reading, (*at, key), [*known, *beside])
        elif isinstance(how, Several):
            settings |= _several(reading, (*at, key), key, how, value)
        else:
            taken = _take(reading, (*at, key), lambda v, how=how: _setting(v, how), value)
            if taken is not None:
                settings[key] = taken
    replaced = {name: left for left, names in INSTEAD.items() if left in known and left in given for name in names}
    for key in sorted(set(replaced) & set(given), key=list(given).index):
        said = f"`{key}` and `{replaced[key]}` exclude each other"
        reading.add(reading.key_span(*at, key), "E024", said, f"write `{key}` at each of the `{replaced[key]}`")
    for key, how in known.items():
        if isinstance(how, str) and how.endswith("!") and key not in given and key not in replaced:
            reading.add(reading.key_span(*at), "E002", f"`{key}` is missing", f"{key}: ${{SMTP_{key.upper()}}}")
    return settings


def _several(
    reading: Reading[ProjectKeys], at: tuple[str | int, ...], key: str, how: Several, given: Any
) -> dict[str, str | int | bool]:
    """Give the sets of settings below one key under flat names."""
    wanted = f"keys, one for each {how.named}," if how.named else "a list (`- host: …`, one a line)"
    if not isinstance(given, dict if how.named else list) or not given:
        reading.add(reading.span(*at), "E004", f"`{key}` takes {wanted} with at least one entry")
        return {}
    settings: dict[str, str | int | bool] = {}
    entries = given.items() if isinstance(given, dict) else enumerate(given)
    for name, keys in entries:
        if not isinstance(keys, dict):
            reading.add(reading.span(*at, name), "E004", f"an entry of `{key}` has keys: {', '.join(how.keys)}")
            continue
        place = name + 1 if isinstance(name, int) else name
        found = _settings(reading, (*at, name), keys, how.keys)
        settings |= {f"{key}.{place}.{inner}": value for inner, value in found.items()}
    return settings


def _setting(value: Any, how: str) -> str | int | bool:
    given, how = kinds.open_text(value), how.removesuffix("!")
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


def _take(reading: Reading[ProjectKeys], loc: tuple[str | int, ...], taker: Any, value: Any) -> Any:
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


def _unknown(reading: Reading[ProjectKeys], loc: tuple[str | int, ...], known: list[str]) -> None:
    near = closest(str(loc[-1]), known, 1)
    reading.problems.append(
        Diagnostic(
            reading.key_span(*loc),
            "E001",
            f"unknown key `{loc[-1]}` in `{'.'.join(part for part in loc[:-1] if isinstance(part, str))}`",
            help=(f"{near[0]}:",) if near else (),
            label=f"did you mean `{near[0]}`?" if near else "",
            notes=() if near else (f"the keys here are {', '.join(known)}",),
        )
    )


__all__ = ["CHANNELS", "CHANNELS_LATER", "read_provider"]
