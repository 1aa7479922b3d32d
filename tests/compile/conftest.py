"""A shop with every kind of column, for the checks and the SQL of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.language import parse_definitions
from orchestrator.model.condition import Date, FromTo
from orchestrator.model.place import Box, Polygon, Spot
from orchestrator.model.project import Category, Policies, Project
from orchestrator.model.schema import ConsentTable, Entity, EventTable, Field, History, Schema, Table, TimeFormat, Type
from orchestrator.model.workspace import Workspace

FILE = "campaigns/segments/test.seg"


def fields(text: str) -> dict[str, Field]:
    """Read ``name:type`` words as fields; money is in euros, ``!`` behind a type is never missing."""
    found = {}
    for word in text.split():
        name, kind = word.split(":")
        known = kind.endswith("!")
        type_ = Type(kind.removesuffix("!"))
        found[name] = Field(name, type_, name, nullable=not known, currency="EUR" if type_ is Type.MONEY else None)
    return found


ATTRIBUTES = {
    **fields(
        "email:text language:text! age:int points:int! score:decimal balance:money vip:bool birth_date:date "
        "created_at:timestamp! renews_at:timestamp app_version:version"
    ),
    "location": Field("location", Type.PLACE, "lat", longitude="lon"),
    "plan": Field(
        "plan",
        Type.TEXT,
        "plan",
        values=("free", "pro"),
        history=History(Table("plans"), "customer_id", "plan", "since", TimeFormat("iso"), "id"),
    ),
    "country": Field("country", Type.TEXT, "country", values=("DE", "AT", "CH", "US")),
    "wallet": Field("wallet", Type.MONEY, "wallet", currency_column="wallet_currency"),
}

SCHEMA = Schema(
    {
        "customer": Entity(
            "customer", Table("customers"), "id", ATTRIBUTES, zone="timezone", addresses={"email": "email"}
        ),
        "account": Entity("account", Table("accounts"), "id", fields("plan:text")),
    },
    {
        "purchase": EventTable(
            "purchase",
            "customer",
            Table("orders"),
            "customer_id",
            "at",
            TimeFormat(),
            {
                **fields("amount:money! coupon:text items:int due:date"),
                "paid": Field("paid", Type.MONEY, "paid", currency_column="currency"),
                "currency": Field("currency", Type.TEXT, "currency"),
            },
            id="id",
        ),
        "visit": EventTable(
            "visit",
            "customer",
            Table("log", "web"),
            "who",
            "ts",
            TimeFormat("epoch"),
            fields("device:text pages:int"),
            where={"kind": "visit"},
        ),
        "login": EventTable("login", "account", Table("logins"), "account_id", "at", TimeFormat(), {}),
    },
    ConsentTable(Table("consents"), "customer_id", "channel", "topic", "granted", at="at", id="id"),
)
PROJECT = Project(
    1,
    "test",
    zone="Europe/Berlin",
    places={
        "lyon_store": Spot(45.76, 4.83),
        "lyon": Spot(45.76, 4.83, 20_000.0),
        "fiji": Box(-20.0, 177.0, -12.0, -178.0),
        "paris": Polygon(((48.8, 2.2), (48.8, 2.5), (48.9, 2.35))),
    },
    categories={"promotional": Category("promotional", "promotions"), "service": Category("service", "service")},
    periods={"sale_periods": (FromTo(Date(dt.date(2025, 11, 24)), Date(dt.date(2025, 11, 30))),)},
)


@pytest.fixture
def shop() -> Callable[..., Workspace]:
    """Give a function that reads definitions into a workspace over the shop; their source is kept."""

    def make(text: str, schema: Schema = SCHEMA) -> Workspace:
        definitions, problems = parse_definitions(text, FILE)
        assert not [p for p in problems if p.is_error], problems
        return Workspace(
            Path(), PROJECT, schema, Policies(), {d.name: d for d in definitions}, {}, sources={FILE: text}
        )

    return make
