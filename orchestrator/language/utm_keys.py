"""``utm:`` of project.yml and of a step: the parameters that links carry into web analytics."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.shapes import Keys, Reading
from orchestrator.model.diagnostic import Span
from orchestrator.model.utm import NAMES, Utm

LONGEST = 100
"""Characters of one value: analytics programs cut or drop longer ones."""
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")


def short_utm(value: Any) -> Any:
    """Give ``utm: false`` and ``utm: true`` as the keys that they stand for."""
    return {"use": value} if value is not None and not isinstance(value, list | dict) else value


def _value(value: Any) -> str:
    given = kinds.text(value)
    if "{{" in given or "{%" in given:
        said = "a parameter of links is the same for everybody, because links are read by others"
        kinds.wrong("E518", said, "write a fixed word; for each variant, `content` is its name by itself")
    if len(given) > LONGEST or not given.isprintable():
        kinds.wrong("E518", f"a parameter of links is one line of at most {LONGEST} characters", "write a shorter word")
    return given


def _host(value: Any) -> str:
    given = kinds.text(value).lower()
    if _HOST.match(given) is None:
        kinds.wrong("E518", f"`{given}` is not the name of a host", "write it without https:// and paths")
    return given


Value = Annotated[str, PlainValidator(_value)]
Host = Annotated[str, PlainValidator(_host)]


class UtmKeys(Keys):
    """What links carry; what is left out is filled in by the campaign itself."""

    use: kinds.Yes = True
    source: Value | None = None
    medium: Value | None = None
    campaign: Value | None = None
    content: Value | None = None
    term: Value | None = None
    id: Value | None = None
    hosts: Annotated[list[Host], kinds.OneOrMore] = Field(default_factory=list)


def read_utm(reading: Reading[Any], keys: UtmKeys | None, *loc: str | int) -> Utm | None:
    """Give what ``utm:`` says at ``loc``, None where there is no such key."""
    if keys is None:
        return None
    span: Span = reading.key_span(*loc)
    values = {name: value for name in NAMES if (value := getattr(keys, name)) is not None}
    return Utm(keys.use, values, tuple(keys.hosts), span)
