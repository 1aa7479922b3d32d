"""Every page of a code shows a wrong example that has the code, and a right one that has it not."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.compile import CODES, check
from orchestrator.language import load_texts, parse_definitions

FILES = {
    "campaigns/project.yml": """edition: 1
name: test
zone: Europe/Berlin
week_starts: mon
currency: EUR
categories: {promotional: {topic: promotions}}
places: {lyon_store: [45.76, 4.83], paris: {south: 48.8, west: 2.2, north: 48.9, east: 2.5}}
periods: {sale_periods: [{from: 2026-01-05, to: 2026-01-12}]}
""",
    "campaigns/schema.yml": """
entities:
  customer:
    table: customers
    key: id
    addresses: {email: email}
    zone: timezone
    parent: {entity: account, column: account_id}
    attributes:
      email: text
      age: int
      points: {type: int, nullable: false}
      score: decimal
      balance: money
      wallet: {type: money, currency_column: wallet_currency}
      vip: bool
      birth_date: date
      created_at: timestamp
      renews_at: timestamp
      app_version: version
      tags: list(text)
      country: {type: text, values: [DE, AT, CH, US]}
      plan: {type: text, values: [free, pro], history: {table: plans, key: customer_id, value: plan, at: since}}
      location: {type: place, latitude: lat, longitude: lon}
  account: {table: accounts, key: id, attributes: {plan: text}}
events:
  purchase:
    table: orders
    key: customer_id
    at: at
    properties:
      amount: money
      paid: {type: money, currency_column: currency}
      currency: text
      coupon: text
      items: list(text)
  visit: {table: visits, key: customer_id, at: at, properties: {device: text, pages: int}}
relations:
  device: {table: devices, key: customer_id, plural: devices, properties: {os: text}}
consent: {table: consents, key: customer_id, channel: channel, topic: topic, granted: granted, at: at}
""",
}
NAMES = """
segment vip where points > 900
segment big_accounts of account where plan is "pro"
segment buyers where did purchase ever
segment big_spenders($min: money, $days: int = 30) where sum of purchase.amount in last $days days > $min
partition lifecycle
  case at_risk when did not purchase in last 90 days
  otherwise fresh
trait net_revenue: money = sum of purchase.amount in last 365 days
trait revenue: money = sum of purchase.amount ever
list dach = ("DE", "AT", "CH")
"""
ELSEWHERE = {
    "E319": "tests/compile/test_related.py",
    "W240": "tests/cli/test_cli_doctor.py",
    "W327": "tests/cli/test_cli_doctor.py",
}
"""Codes of other files than segments, and who shows that they come."""


def codes(text: str) -> list[str]:
    """Give the codes of everything found in definitions, or in a condition."""
    definitions = text if parse_definitions(text, "x.seg")[0] else f"segment asked where {text}"
    loaded = load_texts({**FILES, "campaigns/segments/x.seg": f"{NAMES}\n{definitions}\n"}, Path())
    return [each.code for each in (*loaded.diagnostics, *check(loaded.workspace))]


@pytest.mark.parametrize("code", sorted({code for code in CODES if CODES[code].bad} - set(ELSEWHERE)))
def test_the_examples_of_a_page_are_what_they_say(code: str) -> None:
    """The code is found in the wrong example, and not in the right one."""
    assert code in codes(CODES[code].bad)
    assert code not in codes(CODES[code].good)


@pytest.mark.parametrize("code", sorted(ELSEWHERE))
def test_other_pages_have_their_test(code: str) -> None:
    """What needs a campaign or counts is shown by a test that names the code."""
    assert code in CODES
    assert code in Path(ELSEWHERE[code]).read_text(encoding="utf-8")
