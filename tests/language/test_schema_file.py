"""schema.yml: which tables hold the people, what they did, and what they allowed."""

from __future__ import annotations

import pytest

from orchestrator.model.schema import Table, TimeFormat, Type

from .shop import codes, load, said

FULL = """\
entities:
  customer:
    title: Customer
    table: shop.customers
    key: id
    zone: tz
    addresses: {email: email, sms: phone}
    attributes:
      email: {type: text, tags: [personal]}
      phone: text
      tz: {type: text, column: time_zone}
      plan: {type: text, nullable: false, values: [free, pro, "NO", 012]}
      points: int
      balance: {type: money, minor: true}
      limit: {type: money, currency: USD}
      debt: {type: money, currency_column: debt_currency}
      born: {type: date, format: "%Y%m%d"}
      created: {type: timestamp, format: epoch_ms, title: "First seen"}
events:
  purchase:
    table: orders
    key: customer_id
    at: ordered_at
    id: id
    format: iso
    zone: Europe/Berlin
    plural: purchases
    where: {kind: order, version: 2, code: "2"}
    properties:
      amount: money
      paid_at: timestamp
  visit: {table: visits, key: customer_id, at: at, of: customer}
consent:
  table: consents
  key: customer_id
  channel: channel
  topic: topic
  granted: state
  granted_values: [yes, confirmed]
  at: changed_at
  format: epoch
"""
NO_CAMPAIGNS = {"autumn": None, "all": None, "body": None}


def test_every_key_becomes_a_value() -> None:
    """The whole file comes out as written; money without a currency has the project's."""
    loaded = load(schema=FULL, **NO_CAMPAIGNS)
    assert said(loaded) == []
    schema = loaded.workspace.schema
    customer = schema.first
    assert (customer.table, customer.key, customer.zone) == (Table("customers", "shop"), "id", "time_zone")
    assert customer.addresses == {"email": "email", "sms": "phone"}
    fields = customer.attributes
    assert fields["email"].tags == ("personal",)
    assert fields["phone"].nullable
    assert fields["tz"].column == "time_zone"
    assert fields["plan"].values == ("free", "pro", "NO", "012")
    assert not fields["plan"].nullable
    assert fields["points"].type is Type.INT
    assert (fields["balance"].currency, fields["balance"].minor) == ("EUR", True)
    assert fields["limit"].currency == "USD"
    assert (fields["debt"].currency, fields["debt"].currency_column) == (None, "debt_currency")
    assert fields["born"].time == TimeFormat("pattern", "UTC", "%Y%m%d")
    assert fields["created"].time == TimeFormat("epoch_ms")
    purchase = schema.events["purchase"]
    assert (purchase.entity, purchase.id, purchase.plural) == ("customer", "id", "purchases")
    assert purchase.time == TimeFormat("iso", "Europe/Berlin")
    assert purchase.where == {"kind": "order", "version": 2, "code": "2"}
    assert purchase.properties["paid_at"].time == TimeFormat("iso", "Europe/Berlin")
    assert schema.consent is not None
    assert schema.consent.granted_values == ("yes", "confirmed")
    assert schema.consent.time == TimeFormat("epoch")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    table: shop.customers\n", "", ["2:3 E002"]),
        ("    attributes:", "    atributes:", ["2:3 E002", "8:5 E001"]),
        ("email: {type: text, tags: [personal]}", "email: {typ: text}", ["9:7 E002", "9:15 E001"]),
        ("points: int", "points: string", ["13:15 E006"]),
        ("points: int", "points: {type: integer}", ["13:22 E006"]),
        ("points: int", "points: {type: int, values: [a]}", ["13:27 E023"]),
        ("points: int", "points: {type: int, currency: EUR}", ["13:27 E023"]),
        ("points: int", "Points: int", ["13:7 E012"]),
        ("email: email", "email: mail", ["7:24 E224"]),
        ("email: email", "email: points", ["7:24 E023"]),
        ("currency: USD", "currency: usd", ["15:38 E016"]),
        ("currency: USD", "currency: USD, currency_column: c", ["15:43 E023"]),
        ("nullable: false", "nullable: no", ["12:36 E015"]),
        ("[free, pro", "[free, free", ["12:43 E023"]),
        ('"%Y%m%d"', '"%d.%m.%Y"', ["17:35 E010"]),
        ("format: epoch_ms", "format: unix", ["18:42 E006"]),
        ("zone: Europe/Berlin", "zone: Europe/Paris2", ["26:11 E009"]),
        ("of: customer", "of: custmer", ["32:56 E225"]),
        ("amount: money", "nth: int", ["30:7 E226"]),
        ("plural: purchases", "plural: visit", ["27:13 E227"]),
        ("  granted: state\n", "", ["33:1 E002"]),
        ("  customer:\n", "  customer:\n    table: other\n", ["5:5 Y003"]),
    ],
)
def test_each_mistake_has_its_code_and_place(old: str, new: str, expected: list[str]) -> None:
    """One mistake gives the finding at the key or value that is wrong."""
    assert old in FULL
    found = codes(load(schema=FULL.replace(old, new, 1), **NO_CAMPAIGNS), "schema")
    assert found == expected


def test_a_word_of_another_system_is_answered_with_ours() -> None:
    """`string`, `integer` and `datetime` are habits; the answer is the word to write."""
    for theirs, ours in (("varchar(20)", "text"), ("Integer", "int"), ("boolean", "bool"), ("datetime", "timestamp")):
        loaded = load(schema=FULL.replace("points: int", f"points: {theirs}"), **NO_CAMPAIGNS)
        assert [f.label for f in loaded.diagnostics] == [f"did you mean `{ours}`?"]


def test_a_broken_attribute_leaves_the_others() -> None:
    """One attribute that cannot be read is left out; the rest of the entity is there."""
    loaded = load(schema=FULL.replace("points: int", "points: string"), **NO_CAMPAIGNS)
    assert "plan" in loaded.workspace.schema.first.attributes
    assert "points" not in loaded.workspace.schema.first.attributes
