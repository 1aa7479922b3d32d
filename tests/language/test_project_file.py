"""project.yml: what holds for every campaign."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestrator.language.format_spans import words
from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.place import Spot
from orchestrator.model.project import Ambiguous, Cap, Quiet, Sender

from .shop import PROJECT, codes, load, said

FULL = """\
edition: 1
name: shop
zone: Europe/Berlin
week_starts: sunday
currency: CHF
public_url: https://mail.shop.example/
unsubscribe: external
postal_address: "Shop Ltd, 1 High Street, London"
teams:
  crm: [ada, noor]
  brand: grace
senders:
  news: {address: news@shop.example, display: "The Shop"}
  care: care@shop.example
providers:
  mail: {kind: outbox}
  real:
    kind: smtp
    host: ${SMTP_HOST}
    port: 587
    tls: starttls
    username: orc
    password: ${SMTP_PASSWORD}
    connections: 4
    timeout: 2.5
categories:
  promotional:
    topic: promotions
    consent: true
    caps: [3 per 7 days, 1 per day]
    quiet_hours: 21:00-08:00
    on_unknown: resend
  service: {topic: service, consent: false, unsubscribe: false}
places:
  berlin_store: [52.52, 13.405]
periods:
  sale_periods:
    - {from: 2025-11-24, to: 2025-11-30}
    - {from: 2026-11-23T18:00, to: 2026-11-30}
  night: {from: 2026-01-01T22:00, to: 2026-01-02T06:00}
"""


def test_every_key_becomes_a_value() -> None:
    """The whole file comes out as written."""
    loaded = load(project=FULL)
    assert said(loaded, "project") == []
    project = loaded.workspace.project
    assert (project.week_starts, project.currency, project.unsubscribe) == (6, "CHF", "external")
    assert project.public_url == "https://mail.shop.example"
    assert project.teams == {"crm": ("ada", "noor"), "brand": ("grace",)}
    assert project.senders["news"] == Sender("news", "news@shop.example", "The Shop")
    assert project.senders["care"] == Sender("care", "care@shop.example", "")
    assert project.providers["real"].settings == {
        "host": "${SMTP_HOST}",
        "port": 587,
        "tls": "starttls",
        "username": "orc",
        "password": "${SMTP_PASSWORD}",
        "connections": 4,
        "timeout": "2.5",
    }
    promotional = project.categories["promotional"]
    assert promotional.caps == (Cap(3, Duration(7, Unit.DAY)), Cap(1, Duration(1, Unit.DAY)))
    assert promotional.quiet == Quiet(dt.time(21), dt.time(8))
    assert promotional.on_unknown is Ambiguous.RESEND
    assert promotional.consent
    assert promotional.unsubscribe
    assert not project.categories["service"].consent
    assert [words(span) for span in project.periods["sale_periods"]] == [
        "from 2025-11-24 to 2025-11-30", "from 2026-11-23T18:00 to 2026-11-30",
    ]  # fmt: skip
    assert [words(span) for span in project.periods["night"]] == ["from 2026-01-01T22:00 to 2026-01-02T06:00"]
    assert project.places == {"berlin_store": Spot(52.52, 13.405)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("edition: 1\n", "", ["1:1 E002"]),
        ("to: 2025-11-30", "to: 2025-11-23", ["38:26 E010"]),
        ("to: 2025-11-30", "to: 2025-11-31", ["38:30 E008"]),
        ("from: 2025-11-24", "from: last week", ["38:14 E008"]),
        ("from: 2025-11-24", "from: 2025-11-24T10:00Z", ["38:14 E008"]),
        ("{from: 2025-11-24, to: 2025-11-30}", "{from: 2025-11-24}", ["38:8 E002"]),
        ("edition: 1", "edition: 2", ["1:10 E017"]),
        ("edition: 1", "edition: one", ["1:10 E007"]),
        ("zone: Europe/Berlin", "zone: Berlin", ["3:7 E009"]),
        ("zone: Europe/Berlin", "zone: ../../etc/passwd", ["3:7 E009"]),
        ("week_starts: sunday", "week_starts: first", ["4:14 E006"]),
        ("currency: CHF", "currency: chf", ["5:11 E016"]),
        ("https://mail.shop.example/", "mail.shop.example", ["6:13 E018"]),
        ("https://mail.shop.example/", "https://user:pw@shop.example", ["6:13 E018"]),
        ("unsubscribe: external", "unsubscribe: nobody", ["7:14 E006"]),
        ('"Shop Ltd, 1 High Street, London"', '"${ADDRESS}"', ["8:18 E013"]),
        ("news@shop.example", "news at shop", ["13:19 E018"]),
        ("care: care@shop.example", "Care: care@shop.example", ["14:3 E012"]),
        ("kind: smtp", "kind: smpt", ["18:11 E006"]),
        ("    kind: smtp\n", "", ["17:3 E002"]),
        ("    host: ${SMTP_HOST}\n", "", ["17:3 E002"]),
        ("port: 587", "port: many", ["20:11 E007"]),
        ("port: 587", "prot: 587", ["20:5 E001"]),
        ("tls: starttls", "tls: true", ["21:10 E006"]),
        ("password: ${SMTP_PASSWORD}", "password: hunter2", ["23:15 E019"]),
        ("    topic: promotions\n", "", ["27:3 E002"]),
        ("consent: true", "consent: yes", ["29:14 E015"]),
        ("3 per 7 days", "3 a week", ["30:12 E010"]),
        ("3 per 7 days", "0 per 7 days", ["30:12 E010"]),
        ("21:00-08:00", "21-8", ["31:18 E010"]),
        ("21:00-08:00", "21:00-21:00", ["31:18 E516"]),
        ("on_unknown: resend", "on_unknown: retry", ["32:17 E006"]),
        ("[52.52, 13.405]", "[52.52]", ["35:3 E010"]),
        ("[52.52, 13.405]", "[152.52, 13.405]", ["35:3 E010"]),
        ("[52.52, 13.405]", "[52.52, east]", ["35:3 E007"]),
        ("[52.52, 13.405]", "[[52.52, 13.4], [52.6, 13.4], [52.6, 13.5]]", ["35:3 E004"]),
        ("name: shop", "nmae: shop", ["1:1 E002", "2:1 E001"]),
    ],
)
def test_each_mistake_has_its_code_and_place(old: str, new: str, expected: list[str]) -> None:
    """One mistake gives the finding at the key or value that is wrong."""
    assert old in FULL
    assert codes(load(project=FULL.replace(old, new, 1)), "project") == expected


def test_corners_without_their_key_are_told_the_key() -> None:
    """A list of lists is a polygon, and stands under that key."""
    loaded = load(project=FULL.replace("[52.52, 13.405]", "[[52.52, 13.4], [52.6, 13.4], [52.6, 13.5]]", 1))
    (finding,) = loaded.diagnostics
    assert "`polygon`" in finding.message


def test_a_wrong_part_does_not_hide_the_right_ones() -> None:
    """A broken category is reported; the senders and providers beside it are still known to campaigns."""
    loaded = load(project=PROJECT.replace("caps: [3 per 7 days]", "caps: often"))
    assert codes(loaded) == ["11:42 E010"]
    assert "promotional" in loaded.workspace.project.categories


def test_a_missing_project_is_said_once() -> None:
    """Without the file, that is the finding, and reading goes on."""
    loaded = load(project=None)
    assert [line.split(" ", 1)[1] for line in said(loaded, "project.yml")] == ["E021 there is no campaigns/project.yml"]


def test_a_secret_is_never_repeated() -> None:
    """What looks like a password in the file does not get into the log of a check."""
    loaded = load(project=FULL.replace("${SMTP_PASSWORD}", "hunter2"))
    assert not any("hunter2" in str(f) for f in loaded.diagnostics)
