"""Schemas made up from a seed: every type and format, lists, values inside JSON, related rows, a second entity."""

from __future__ import annotations

import random
from dataclasses import replace

from orchestrator.model.schema import (
    ConsentTable,
    Entity,
    EventTable,
    Field,
    History,
    Parent,
    Relation,
    Schema,
    Table,
    TimeFormat,
    Type,
)

ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/Sao_Paulo")
_PATTERNS = ("%Y%m%d", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S")
_ATTRIBUTES = (
    ("name", Type.TEXT), ("city", Type.TEXT), ("age", Type.INT), ("points", Type.INT), ("score", Type.DECIMAL),
    ("balance", Type.MONEY), ("vip", Type.BOOL), ("born", Type.DATE), ("renewal", Type.DATE),
    ("joined", Type.TIMESTAMP), ("os", Type.VERSION),
    ("renews", Type.TIMESTAMP),
)  # fmt: skip
_PROPERTIES = (
    ("amount", Type.MONEY), ("items", Type.INT), ("weight", Type.DECIMAL), ("coupon", Type.TEXT), ("gift", Type.BOOL),
    ("due", Type.TIMESTAMP), ("booked", Type.DATE), ("app", Type.VERSION),
)  # fmt: skip


def time_form(rng: random.Random, kind: Type) -> TimeFormat:
    """Give a form of a date or an instant."""
    zone = rng.choice(("UTC", "UTC", *ZONES))
    if kind is Type.DATE:
        return rng.choice((TimeFormat(), TimeFormat(), TimeFormat("iso"), TimeFormat("pattern", "UTC", "%Y%m%d")))
    return rng.choice(
        (TimeFormat(), TimeFormat(), TimeFormat("native", zone), TimeFormat("iso", zone), TimeFormat("iso_t", zone),
         TimeFormat("epoch"), TimeFormat("epoch_ms"), TimeFormat("pattern", zone, rng.choice(_PATTERNS)))
    )  # fmt: skip


def field(rng: random.Random, name: str, kind: Type) -> Field:
    """Give a field whose column is sometimes called otherwise."""
    column = rng.choice((name, name, f"c_{name}", f"Col {name}", f"{name}-x"))
    if kind is Type.MONEY:
        return Field(name, kind, column, currency="EUR", minor=rng.random() < 0.3)
    return Field(name, kind, column, time=time_form(rng, kind) if kind.is_time else TimeFormat())


def schema(rng: random.Random) -> Schema:
    """Give a shop: people with attributes, four events in three tables, consent, and what belongs to people."""
    attributes = {name: field(rng, name, kind) for name, kind in _ATTRIBUTES}
    for name, identity in (("city", "event_id"), ("points", None)):
        past = History(Table(f"past_{name}"), "who", "value", "at", time_form(rng, Type.TIMESTAMP), identity)
        attributes[name] = replace(attributes[name], history=past)
    attributes["home"] = Field("home", Type.PLACE, "home_lat", longitude="home_lon")
    zoned = rng.random() < 0.8
    if zoned:
        attributes["tz"] = Field("tz", Type.TEXT, "tz_name")
    key = rng.choice(("id", "customer_no"))
    person = Entity("customer", Table("customers"), key, attributes, zone="tz_name" if zoned else None)
    events = {}
    for name, table, where in (
        ("purchase", "orders", {}),
        ("visit", "visits", {}),
        ("click", "shared", {"kind": "click"}),
        ("view", "shared", {"kind": "view", "version": 2}),
    ):
        properties = {n: field(rng, n, k) for n, k in _PROPERTIES}
        if table == "shared":  # one column has one form, whoever reads it
            properties = {
                n: Field(n, k, f"{name}_{n}", currency="EUR" if k is Type.MONEY else None) for n, k in _PROPERTIES
            }
        time = TimeFormat() if table == "shared" else time_form(rng, Type.TIMESTAMP)
        identity = None if name == "visit" else "event_id"
        events[name] = EventTable(
            name, "customer", Table(table), "who", "at", time, properties, id=identity, where=where
        )
    consent = ConsentTable(
        Table("consents"), "who", "channel", "topic", "granted", at="changed_at",
        time=time_form(rng, Type.TIMESTAMP), id="cid",
        granted_values=rng.choice(((), ("yes", "y"))),
    )  # fmt: skip
    return belongings(random.Random(rng.random()), Schema({"customer": person}, events, consent))


def belongings(rng: random.Random, made: Schema) -> Schema:
    """Add lists, values inside JSON, households that people belong to and the events of these, and two relations."""
    person = made.first
    attributes = dict(person.attributes)
    attributes["tags"] = Field("tags", Type.LIST, "tags", of=Field("tags", Type.TEXT, "tags"))
    counts = Field("counts", Type.INT, "Nums-x")
    attributes["counts"] = Field("counts", Type.LIST, "Nums-x", path=rng.choice(((), ("in", "side"))), of=counts)
    attributes["gear"] = Field("gear", Type.LIST, "gear", fields=_entry(rng))
    attributes["profile.lang"] = Field("profile.lang", Type.TEXT, "profile", path=("lang",))
    attributes["stars"] = Field("stars", Type.INT, "profile", path=("deep", "größe ☆😀"))
    attributes["opened"] = Field("opened", Type.TIMESTAMP, "profile", path=("opened",), time=_json_time(rng))
    household = Entity("household", Table("households"), "hid", {
        "plan": field(rng, "plan", Type.TEXT), "size": field(rng, "size", Type.INT),
        "fee": field(rng, "fee", Type.MONEY), "begun": field(rng, "begun", Type.DATE),
    })  # fmt: skip
    reading = EventTable(
        "reading", "household", Table("readings"), "who", "at", time_form(rng, Type.TIMESTAMP),
        {"units": field(rng, "units", Type.INT), "meter": field(rng, "meter", Type.TEXT)}, id="event_id",
    )  # fmt: skip
    parent = Parent("household", rng.choice(("hid", "lives in")), "household")
    people = replace(person, attributes=attributes, parent=parent, plural="customers")
    device = Relation(
        "device", "customer", Table("devices"), "who",
        {"label": field(rng, "label", Type.TEXT), "slots": field(rng, "slots", Type.INT),
         "cost": field(rng, "cost", Type.MONEY), "app": field(rng, "app", Type.VERSION),
         "active": field(rng, "active", Type.BOOL), "bought": field(rng, "bought", Type.DATE),
         "parts": Field("parts", Type.LIST, "parts", of=Field("parts", Type.TEXT, "parts"))},
        where=rng.choice(({}, {"sort": "own"}, {"sort": 2})), plural=rng.choice(("devices", None)),
    )  # fmt: skip
    lease = Relation(
        "lease", "customer", Table("leases"), "who", {"role": field(rng, "role", Type.TEXT)}, to="household", ref="home"
    )
    events = dict(made.events)
    bought = events["purchase"]
    events["purchase"] = replace(
        bought,
        properties={**bought.properties, "lines": Field("lines", Type.LIST, "lines_json", fields=_entry(rng))},
    )
    return replace(
        made,
        entities={"customer": people, "household": household},
        events={**events, "reading": reading},
        relations={"device": device, "lease": lease},
    )


def _entry(rng: random.Random) -> dict[str, Field]:
    """Give what an entry of a list of objects holds."""
    return {
        "kind": Field("kind", Type.TEXT, "kind"),
        "price": Field("price", Type.MONEY, "price", currency="EUR", minor=rng.random() < 0.3),
        "number": Field("number", Type.INT, "no", path=rng.choice(((), ("of", "all")))),
        "fresh": Field("fresh", Type.BOOL, "ключ/ä"),
        "made": Field("made", Type.DATE, "made", time=TimeFormat("iso_t")),
        "marks": Field("marks", Type.LIST, "marks", of=Field("marks", Type.TEXT, "marks")),
    }


def _json_time(rng: random.Random) -> TimeFormat:
    zone = rng.choice(ZONES)
    return rng.choice((TimeFormat("iso_t"), TimeFormat("iso_t", zone), TimeFormat("iso", zone), TimeFormat("epoch")))
