"""The keys that ``campaigns/schema.yml`` may have, and those that come later."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.kinds import Currency, Text, Word, Yes
from orchestrator.language.shapes import Keys
from orchestrator.model.schema import Type

LATER = {
    "periods": "periods that lie in a table; `periods:` of project.yml works now",
    "entities.*.history": "the history of a whole entity; write `history:` at the attribute",
    "entities.*.where": "entities that are a part of a table; make a view",
    "entities.*.loaded_at": "when a row arrived, which a replay needs to be exact",
    "events.*.loaded_at": "when a row arrived, which a replay needs to be exact",
    "entities.*.attributes.*.purpose": "for what an attribute may be used; write it under `tags:`",
    "events.*.properties.*.history": "the history of a property; events do not change",
    "consent.purpose": "the legal purpose of a consent",
}
TYPES = [kind.value for kind in Type]
ENTRIES = [kind for kind in TYPES if kind != "list"]
TYPES_LATER = ["json", "object"]
TYPES_ELSEWHERE = {
    "string": "text", "str": "text", "varchar": "text", "char": "text", "uuid": "text", "enum": "text",
    "integer": "int", "bigint": "int", "smallint": "int", "number": "decimal", "numeric": "decimal",
    "float": "decimal", "double": "decimal", "real": "decimal", "boolean": "bool", "datetime": "timestamp",
    "timestamptz": "timestamp", "time": "timestamp", "geo": "place", "currency": "money", "price": "money",
}  # fmt: skip
FORMATS = ("native", "iso", "iso_t", "epoch", "epoch_ms")
BUILT_IN = ("happened_at", "nth", "days_since_previous")


def _type(value: Any) -> str:
    given = kinds.text(value)
    elsewhere = TYPES_ELSEWHERE.get(given.lower().split("(")[0])
    if elsewhere and given not in TYPES:
        kinds.wrong("E006", f"`{given}` is not a type here", "write " + elsewhere, write=elsewhere)
    entry = re.fullmatch(r"list\((.*)\)", given)
    if entry:
        return f"list({kinds.choice('type of an entry', ENTRIES).func(entry[1])})"
    return str(kinds.choice("type", TYPES, TYPES_LATER).func(value))


def _format(value: Any) -> str:
    given = kinds.text(value)
    if "%" in given:
        signs = re.findall(r"%(.?)", given)
        order = [sign for sign in signs if sign in "YmdHMS"]
        if not signs or order != signs or order != list("YmdHMS")[: len(order)] or order[:3] != list("Ymd"):
            kinds.wrong(
                "E010",
                f"`{given}` does not sort by time",
                "a pattern goes from the year down: %Y%m%d, %Y-%m-%d, %Y/%m/%d %H:%M:%S",
            )
        return given
    return str(kinds.choice("format of time", FORMATS).func(value))


TimeText = Annotated[str, PlainValidator(_format)]


def _short(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class HistoryKeys(Keys):
    """The table of an attribute's former values."""

    table: Annotated[Text, Field(examples=["table: plan_history"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    value: Annotated[Text, Field(examples=["value: plan"])]
    at: Annotated[Text, Field(examples=["at: changed_at"])]
    id: Text | None = None
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"


class FieldKeys(Keys):
    """An attribute or a property."""

    type: Annotated[str, PlainValidator(_type), Field(examples=["type: text"])]
    column: Text | None = None
    values: list[Text] = Field(default_factory=list)
    nullable: Yes = True
    currency: Currency | None = None
    currency_column: Text | None = None
    minor: Yes = False
    zone: kinds.Zone | None = None
    format: TimeText | None = None
    tags: Annotated[list[Word], kinds.OneOrMore] = Field(default_factory=list)
    title: Text = ""
    latitude: Text | None = None
    longitude: Text | None = None
    path: kinds.JsonPath | None = None
    of: dict[Word, ShortField] = Field(default_factory=dict)


ShortField = Annotated[FieldKeys, BeforeValidator(_short)]


class AttributeKeys(FieldKeys):
    """An attribute, of which former values may be known."""

    history: HistoryKeys | None = None


ShortAttribute = Annotated[AttributeKeys, BeforeValidator(_short)]


class ParentKeys(Keys):
    """What an entity belongs to."""

    entity: Annotated[Word, Field(examples=["entity: account"])]
    column: Annotated[Text, Field(examples=["column: account_id"])]
    name: Word | None = None


class EntityKeys(Keys):
    """A table of people or things."""

    table: Annotated[Text, Field(examples=["table: customers"])]
    key: Annotated[Text, Field(examples=["key: id"])]
    zone: Text | None = None
    addresses: dict[Word, Text] = Field(default_factory=dict)
    attributes: Annotated[dict[kinds.Dotted, ShortAttribute], Field(examples=["attributes:"])]
    title: Text = ""
    parent: ParentKeys | None = None
    plural: Word | None = None


class EventKeys(Keys):
    """A table of things that people did."""

    table: Annotated[Text, Field(examples=["table: orders"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    at: Annotated[Text, Field(examples=["at: ordered_at"])]
    id: Text | None = None
    of: Word | None = None
    where: dict[Text, Text] = Field(default_factory=dict)
    properties: dict[kinds.Dotted, ShortField] = Field(default_factory=dict)
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"
    plural: Word | None = None
    title: Text = ""


class RelationKeys(Keys):
    """A table of rows that belong to a person without being an event."""

    table: Annotated[Text, Field(examples=["table: devices"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    of: Word | None = None
    where: dict[Text, Text] = Field(default_factory=dict)
    properties: dict[kinds.Dotted, ShortField] = Field(default_factory=dict)
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"
    plural: Word | None = None
    entity: Word | None = None
    ref: Text | None = None
    title: Text = ""


class ConsentKeys(Keys):
    """The table of consents."""

    table: Annotated[Text, Field(examples=["table: consents"])]
    key: Annotated[Text, Field(examples=["key: customer_id"])]
    channel: Annotated[Text, Field(examples=["channel: channel"])]
    topic: Annotated[Text, Field(examples=["topic: topic"])]
    granted: Annotated[Text, Field(examples=["granted: granted"])]
    granted_values: Annotated[list[Text], kinds.OneOrMore] = Field(default_factory=list)
    at: Text | None = None
    zone: kinds.Zone = "UTC"
    format: TimeText = "native"
    id: Text | None = None


class SchemaKeys(Keys):
    """All keys of the file."""

    entities: Annotated[dict[Word, EntityKeys], Field(examples=["entities:"])]
    events: dict[Word, EventKeys] = Field(default_factory=dict)
    relations: dict[Word, RelationKeys] = Field(default_factory=dict)
    consent: ConsentKeys | None = None
