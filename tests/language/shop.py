"""A small workspace as texts, which the tests of this folder change in one place and read again."""

from __future__ import annotations

from pathlib import Path

from orchestrator.language import Loaded, load_texts

PROJECT = """\
edition: 1
name: shop
zone: Europe/Berlin
teams:
  crm: [ada]
senders:
  news: news@shop.example
providers:
  mail: {kind: outbox}
categories:
  promotional: {topic: promotions, caps: [3 per 7 days], quiet_hours: 21:00-08:00}
  service: {topic: service, consent: false, unsubscribe: false}
"""

SCHEMA = """\
entities:
  customer:
    table: customers
    key: id
    zone: timezone
    addresses: {email: email}
    attributes:
      email: text
      first_name: text
      country: {type: text, nullable: false, values: [DE, AT, NO]}
      timezone: text
events:
  purchase:
    table: orders
    key: customer_id
    at: ordered_at
    properties: {amount: money, status: text}
consent: {table: consents, key: customer_id, channel: channel, topic: topic, granted: granted}
"""

SEGMENTS = """\
segment vip
where country is "DE"
"""

CAMPAIGN = """\
name: autumn
owner: crm
status: active
audience: in segment vip
trigger:
  once: 2026-12-01T10:00
steps:
  - id: letter
    send:
      channel: email
      provider: mail
      category: promotional
      from: news
      template: autumn/body.html.j2
      subject: Autumn is here
"""

TEMPLATE = '<p>Hello {{ person.first_name | default("you") }}</p><a href="{{ links.unsubscribe }}">Unsubscribe</a>\n'

FILES = {
    "campaigns/project.yml": PROJECT,
    "campaigns/schema.yml": SCHEMA,
    "campaigns/segments/all.seg": SEGMENTS,
    "campaigns/autumn.yml": CAMPAIGN,
    "templates/autumn/body.html.j2": TEMPLATE,
}


def load(**changed: str | None) -> Loaded:
    """Read the shop with files changed by their stem (``project``, ``autumn`` …); None takes one out."""
    names = {path.rsplit("/", 1)[-1].split(".")[0]: path for path in FILES} | {"policies": "campaigns/policies.yml"}
    names["cases"] = "campaigns/tests/cases.yml"
    files = {**FILES, **{names[stem]: text for stem, text in changed.items() if text is not None}}
    for stem, text in changed.items():
        if text is None:
            files.pop(names[stem])
    return load_texts(files, Path("shop"))


def said(loaded: Loaded, path: str = "") -> list[str]:
    """Give ``line:column CODE message`` of each finding in files whose path holds ``path``."""
    return [f"{f.span.line}:{f.span.column} {f.code} {f.message}" for f in loaded.diagnostics if path in f.span.path]


def codes(loaded: Loaded, path: str = "") -> list[str]:
    """Give ``line:column CODE`` of each finding."""
    return [" ".join(line.split()[:2]) for line in said(loaded, path)]
