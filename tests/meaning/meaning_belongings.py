"""Customers with lists and JSON, their devices, and companies with users: the shop of what belongs to somebody."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engines import Store
from reference import Reference

from orchestrator.audience import ids
from orchestrator.compile import check, members_query
from orchestrator.language import load_texts
from orchestrator.model.condition import SegmentRef
from orchestrator.model.workspace import Workspace

AS_OF = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
PROJECT = "edition: 1\nname: test\nzone: UTC\nweek_starts: mon\ncurrency: EUR\n"
SCHEMA = """
entities:
  customer:
    table: customers
    key: id
    attributes:
      tags: list(text)
      interests: {type: list(text), column: likes}
      numbers: list(int)
      country: text
      survey.eco_importance: int
      lang: {type: text, column: profile, path: prefs.lang}
  account:
    table: accounts
    key: id
    attributes: {plan: text, marks: list(text)}
  user:
    table: users
    key: id
    plural: users
    parent: {entity: account, column: account_id}
    attributes: {status: text, role: text}
events:
  purchase:
    table: orders
    key: customer_id
    at: at
    properties:
      items: {type: list, of: {sku: text, color: text, price: money, gift: bool, modifiers: list(text)}}
      labels: list(text)
      hints: {type: list(int), column: info, path: for.them}
  nps: {table: answers, key: customer_id, at: at, properties: {score: int}}
  use_feature: {of: user, table: uses, key: user_id, at: at, properties: {feature: text}}
  login: {of: user, table: logins, key: user_id, at: at}
relations:
  device:
    table: devices
    key: customer_id
    plural: devices
    properties: {os: text, os_version: version, app_version: version, cost: money}
  ticket: {table: tickets, key: customer_id, properties: {status: text}}
  membership:
    table: memberships
    key: customer_id
    entity: user
    ref: user_id
    properties: {kind: text}
"""
NAMES = ["customers", "accounts", "users", "orders", "answers", "uses", "logins", "devices", "tickets", "memberships"]
EMPTY: dict[str, list[dict[str, Any]]] = {name: [] for name in NAMES}
CUSTOMER = {"tags": None, "likes": None, "numbers": None, "country": None, "survey": None, "profile": None}


def workspace(text: str) -> Workspace:
    """Read definitions over the schema above; no finding is an error."""
    files = {"campaigns/project.yml": PROJECT, "campaigns/schema.yml": SCHEMA, "campaigns/segments/test.seg": text}
    loaded = load_texts(files, Path("."))
    assert not [f for f in loaded.diagnostics if f.is_error], loaded.diagnostics
    found = [f for f in check(loaded.workspace) if f.is_error]
    assert not found, found
    return loaded.workspace


def asker(stores: list[Store]) -> Callable[..., str]:
    """Give the question: a sentence (or definitions and a name), and rows by table; everybody must agree."""

    def ask(sentence: str, tables: Mapping[str, Any], definitions: str = "", of: str = "customer") -> str:
        made = workspace(f"{definitions}\nsegment asked of {of} where {sentence}\n")
        whole = {**EMPTY, **{name: [dict(row) for row in rows] for name, rows in tables.items()}}
        expected = sorted(Reference(made, whole, AS_OF).members(SegmentRef("asked")))
        for store in stores:
            query = members_query(made, SegmentRef("asked"), AS_OF, store.dialect)
            with store.holding(made.schema, whole) as connection:
                got = list(ids(connection, query))
            assert got == expected, f"{store.dialect}: {got}, reference: {expected}\n{query.sql()}"
        return "".join(expected)

    return ask


def people(**values: Any) -> list[dict[str, Any]]:
    """Give customers: ``P={...}``; lists and objects become JSON, a text stays as it is."""
    return [{"id": name, **CUSTOMER, **{k: as_json(v) for k, v in given.items()}} for name, given in values.items()]


def as_json(value: Any) -> Any:
    """Give a list or an object as a column holds it, anything else as it is."""
    return json.dumps(value) if isinstance(value, list | dict) else value


def orders(*rows: tuple[str, Any], at: str = "2026-11-20 10:00", **more: Any) -> list[dict[str, Any]]:
    """Give orders: (person, items); ``labels`` and ``info`` are the same for all of them."""
    moment, others = dt.datetime.fromisoformat(at), {k: as_json(more.get(k)) for k in ("labels", "info")}
    return [{"customer_id": p, "at": moment, "items": as_json(items), **others} for p, items in rows]


def device(person: str, os: str = "ios", version: str = "17.0", app: str = "4.1", cost: int = 1) -> dict[str, Any]:
    """Give a device."""
    return {"customer_id": person, "os": os, "os_version": version, "app_version": app, "cost": cost}
