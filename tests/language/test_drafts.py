"""A drafted schema.yml is a proposal that is read back without a finding."""

from __future__ import annotations

import pytest

from orchestrator.language import draft_schema
from orchestrator.model.schema import ColumnInfo, Schema, TableInfo, Type

from .shop import load, said


def table(name: str, columns: str, **more: object) -> TableInfo:
    """Give a table from ``name:type`` words; ``!`` behind a type says that it is never null."""
    parsed = []
    for word in columns.split():
        column, _, kind = word.partition(":")
        parsed.append(ColumnInfo(column, kind.rstrip("!"), not kind.endswith("!"), kind.upper()))
    return TableInfo(name, tuple(parsed), **more)  # type: ignore[arg-type]


SHOP = [
    table(
        "customers",
        "id:int! email:text firstName:text birth_date:date time_zone:text plan:text password_hash:text points:int "
        "lifetime_value:decimal created_at:timestamp! home:",
        primary_key=("id",),
        rows=20_000,
        samples={"plan": ("free", "pro", "NO")},
    ),
    table(
        "orders",
        "id:int! customer_id:int! ordered_at:text! updated_at:text amount:decimal! status:text store_id:int",
        primary_key=("id",),
        foreign_keys=(("customer_id", "customers", "id"),),
        rows=100_000,
        samples={"ordered_at": ("2026-01-02 10:00:00", "2026-01-03 11:30:00"), "status": ("open", "paid")},
    ),
    table("page_views", "customer_id:int viewed_at:timestamp url:text", rows=2_000_000),
    table("stores", "id:int! city:text", primary_key=("id",)),
    table(
        "consents",
        "id:int! customer_id:int! channel:text! topic:text! granted:bool changed_at:timestamp!",
        primary_key=("id",),
        foreign_keys=(("customer_id", "customers", "id"),),
    ),
]


def read(draft: str) -> Schema:
    """Read a draft; it must have nothing wrong with it."""
    loaded = load(schema=draft, autumn=None, all=None, body=None)
    assert said(loaded) == []
    return loaded.workspace.schema


def test_a_draft_is_a_schema() -> None:
    """The tables of a shop give an entity, its events and its consents; what is left is named with the reason."""
    draft = draft_schema(SHOP)
    schema = read(draft)
    customer = schema.first
    assert (customer.name, str(customer.table), customer.key, customer.zone) == (
        "customer", "customers", "id", "time_zone",
    )  # fmt: skip
    assert customer.addresses == {"email": "email"}
    fields = customer.attributes
    assert fields["first_name"].column == "firstName"
    assert fields["email"].tags == ("personal",)
    assert fields["plan"].values == ("NO", "free", "pro")
    assert fields["lifetime_value"].type is Type.MONEY
    assert not fields["created_at"].nullable
    assert "id" not in fields
    order = schema.events["order"]
    assert (order.key, order.at, order.id, order.plural, order.time.kind) == (
        "customer_id", "ordered_at", "id", "orders", "iso",
    )  # fmt: skip
    assert order.properties["status"].values == ("open", "paid")
    assert schema.events["page_view"].at == "viewed_at"
    assert schema.consent is not None
    assert (schema.consent.granted, schema.consent.at) == ("granted", "changed_at")
    assert "# stores:" in draft


def test_secrets_are_not_offered() -> None:
    """A password's column is named in a comment and never becomes an attribute."""
    draft = draft_schema(SHOP)
    assert "password_hash" not in read(draft).first.attributes
    assert "# password_hash" in draft


def test_values_of_people_stay_out() -> None:
    """A draft goes into git: names and addresses seen in the samples are not printed."""
    people = table(
        "users", "id:int! email:text last_name:text", primary_key=("id",), rows=500,
        samples={"email": ("ada@x.example", "bob@x.example"), "last_name": ("Lovelace", "Hopper")},
    )  # fmt: skip
    draft = draft_schema([people])
    assert "Lovelace" not in draft
    assert "ada@" not in draft


@pytest.mark.parametrize(
    "columns",
    ["id:int!", "user:text", "", "Weird-Name:text null:text true:bool 0day:int id:int", 'a"b:text :text id:int'],
)
def test_odd_tables_still_give_a_schema(columns: str) -> None:
    """Whatever the database holds, the draft can be read."""
    read(draft_schema([table("users", columns, primary_key=("id",) if "id:" in columns else ())]))


def test_nothing_gives_an_honest_draft() -> None:
    """Without a table of people the draft says so and shows the form."""
    assert "No table looked like people" in draft_schema([])
    read(draft_schema([]))


def test_dates_in_texts_have_their_format() -> None:
    """Text columns whose values are moments say how they are written."""
    moments = table(
        "users", "id:int! email:text signup_date:text last_seen_at:text day:text", primary_key=("id",), rows=9,
        samples={
            "signup_date": ("2026-01-01", "2026-02-01"),
            "last_seen_at": ("2026-01-01T10:00:00Z",),
            "day": ("20260101",),
        },
    )  # fmt: skip
    fields = read(draft_schema([moments])).first.attributes
    assert (fields["signup_date"].type, fields["signup_date"].time.kind) == (Type.DATE, "iso")
    assert (fields["last_seen_at"].type, fields["last_seen_at"].time.kind) == (Type.TIMESTAMP, "iso_t")
