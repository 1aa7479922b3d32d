"""A campaign's file: what it says becomes values, what is wrong is said at its place."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from orchestrator.model.campaign import Campaign, Catch, Duration, Late, Status
from orchestrator.model.condition import Everyone, InSegment, Not, SegmentRef, Unit
from orchestrator.model.segment import ExpectChange, ExpectSize

from .shop import CAMPAIGN, FILES, codes, load, said

FULL = """\
# A campaign with every key that is read.
name: autumn
title: "Autumn: the collection"
owner: crm
tags: [newsletter, autumn26]
status: paused
audience: |
  in segment vip      # the good ones
exclude: country is "NO"
trigger:
  every: week
  days: [tue, fri]
  at: [18:30, 09:00]
  zone: person
  late: all within 3 days
steps:
  - id: launch
    send:
      channel: email
      provider: mail
      category: promotional
      from: news
      reply_to: news
      preheader: "New in this week"
      template: autumn/body.html.j2
      params: {code: AUTUMN, discount: 10, ends: 2026-12-24, really: true, factor: 1.5, zip: 012, empty: ""}
      expires: 4 days
      variants:
        - {name: plain, weight: 2, subject: "It's here"}
        - name: curious
          subject: '{{ person.first_name | default("You") }}, look'
          preheader: Look
          params: {code: OTHER}
  - id: again
    send: {channel: email, provider: mail, category: service, template: autumn/body.html.j2, subject: Again}
experiment:
  holdout: 10%
limits: {max_recipients: 400_000}
expect:
  - size between 50_000 and 400_000
  - change under 30%
"""


def one(text: str) -> Campaign:
    """Read a campaign that has nothing wrong with it."""
    loaded = load(autumn=text)
    assert said(loaded) == []
    return loaded.workspace.campaigns["autumn"]


def changed(old: str, new: str, text: str = CAMPAIGN) -> str:
    """Give the small campaign with one part changed."""
    assert old in text
    return text.replace(old, new)


def test_every_key_becomes_a_value() -> None:
    """The whole file comes out as written, typed by the schema of campaigns."""
    campaign = one(FULL)
    assert campaign.title == "Autumn: the collection"
    assert (campaign.owner, campaign.tags, campaign.status) == ("crm", ("newsletter", "autumn26"), Status.PAUSED)
    assert campaign.audience == InSegment(SegmentRef("vip"))
    assert campaign.exclude is not None
    assert campaign.trigger.every is Unit.WEEK
    assert campaign.trigger.days == (1, 4)
    assert campaign.trigger.at == (dt.time(9), dt.time(18, 30))
    assert campaign.trigger.zone == "person"
    assert campaign.trigger.late == Late(Catch.ALL, Duration(3, Unit.DAY))
    assert campaign.holdout == Decimal("0.1")
    assert campaign.max_recipients == 400_000
    assert campaign.expects == (ExpectSize(50_000, 400_000), ExpectChange(Decimal("0.3")))
    assert [step.id for step in campaign.steps] == ["launch", "again"]
    launch, again = campaign.steps
    assert (launch.sender, launch.reply_to, launch.expires) == ("news", "news", Duration(4, Unit.DAY))
    plain, curious = launch.variants
    assert (plain.weight, curious.weight) == (2, 1)
    assert (plain.subject, curious.subject) == ("It's here", '{{ person.first_name | default("You") }}, look')
    assert (plain.preheader, curious.preheader) == ("New in this week", "Look")
    assert plain.template == curious.template == "autumn/body.html.j2"
    assert plain.params == {
        "code": "AUTUMN", "discount": 10, "ends": "2026-12-24", "really": True, "factor": Decimal("1.5"),
        "zip": "012", "empty": "",
    }  # fmt: skip
    assert curious.params["code"] == "OTHER"
    assert curious.params["discount"] == 10
    assert [variant.name for variant in again.variants] == ["only"]


def test_places_are_those_of_the_file() -> None:
    """A subject's place holds exactly its text, a key's place its value."""
    campaign = one(FULL)
    for variant in campaign.steps[0].variants:
        span = variant.subject_span
        assert FULL[span.start : span.end] == variant.subject
    span = campaign.spans["steps.0.send.variants.1.preheader"]
    assert FULL.split("\n")[span.line - 1][span.column - 1 :] == "Look"
    assert FULL[campaign.spans["audience"].start :].startswith("in segment vip")
    assert str(campaign.span) == "campaigns/autumn.yml:2:7"


def test_the_shortest_campaign_has_the_defaults() -> None:
    """Draft, nobody held out, two hours late at most."""
    campaign = one(changed("status: active\n", ""))
    assert campaign.status is Status.DRAFT
    assert campaign.holdout == 0
    assert campaign.trigger.late == Late(Catch.LAST, Duration(2, Unit.HOUR))
    assert campaign.trigger.once == dt.datetime(2026, 12, 1, 10)
    assert campaign.max_recipients is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # keys
        ("audience:", "audiance:", ["1:7 E002", "4:1 E001"]),
        ("name: autumn\n", "", ["1:1 E002"]),
        ("name: autumn", "name: Autumn 26", ["1:7 E012"]),
        ("name: autumn", "name: winter", ["1:7 E014"]),
        ("owner: crm", "owner:", ["2:1 E005"]),
        ("owner: crm", "owner: [crm]", ["2:1 E004"]),
        ("owner: crm", "owner: crn", ["2:8 E220"]),
        ("owner: crm", "owner: crm\ntags: {a: b}", ["3:1 E004"]),
        ("status: active", "status: live", ["3:9 E006"]),
        ("  once: 2026-12-01T10:00\n", "  once: 2026-12-01T10:00\n  zone: Europe/Berln\n", ["7:9 E009"]),
        ("steps:\n", "steps:\n  - letter\n", ["8:5 E004"]),
        ("subject: Autumn is here", 'subject: "Hello ${NAME}"', ["15:17 E013"]),
        ("subject: Autumn is here", "subject: |\n        two\n        lines", ["16:9 E511"]),
        ("subject: Autumn is here", "subjcet: Autumn", ["8:9 E622", "15:7 E001"]),
        ("      subject: Autumn is here\n", "", ["8:9 E622"]),
        ("      template: autumn/body.html.j2\n", "", ["8:9 E621"]),
        # names
        ("provider: mail", "provider: mial", ["11:17 E221"]),
        ("category: promotional", "category: promo", ["12:17 E222"]),
        ("from: news", "from: newz", ["13:13 E223"]),
        ("from: news", "reply_to: nobody_here", ["13:17 E223"]),
        ("autumn/body.html.j2", "autumn/bdy.html.j2", ["14:17 E620"]),
        # times
        ("once: 2026-12-01T10:00", "once: 2026-12-01", ["6:9 E008"]),
        ("once: 2026-12-01T10:00", "once: 2026-12-01T10:00Z", ["6:9 E008"]),
        ("once: 2026-12-01T10:00", "once: 2026-02-30T10:00", ["6:9 E008"]),
        ("once: 2026-12-01T10:00", "once: 2026-12-01T10:00\n  cron: 0 9 * * *", ["7:3 E507"]),
        ("once: 2026-12-01T10:00", "zone: person", ["5:1 E507"]),
        ("once: 2026-12-01T10:00", "once: 2026-12-01T10:00\n  days: [mon]", ["7:3 E509"]),
        ("once: 2026-12-01T10:00", "every: day", ["6:3 E513"]),
        ("once: 2026-12-01T10:00", "every: day\n  at: 9am", ["7:7 E008"]),
        ("once: 2026-12-01T10:00", "every: day\n  at: 25:00", ["7:7 E008"]),
        ("once: 2026-12-01T10:00", "every: day\n  at: 09:00\n  days: [mon]", ["8:3 E510"]),
        ("once: 2026-12-01T10:00", "every: week\n  at: 09:00", ["6:3 E510"]),
        ("once: 2026-12-01T10:00", "every: week\n  at: 09:00\n  days: [15]", ["8:3 E510"]),
        ("once: 2026-12-01T10:00", "every: month\n  at: 09:00\n  days: [mon]", ["8:3 E510"]),
        ("once: 2026-12-01T10:00", "every: month\n  at: 09:00\n  days: [32]", ["8:10 E510"]),
        ("once: 2026-12-01T10:00", "every: hour\n  at: 09:00", ["6:10 E003"]),
        ("once: 2026-12-01T10:00", "cron: 0 25 * * *", ["6:9 E508"]),
        ("once: 2026-12-01T10:00", "cron: 0 9 31 2 *", ["6:9 E508"]),
        ("once: 2026-12-01T10:00", "cron: 0 9 * *", ["6:9 E508"]),
        ("once: 2026-12-01T10:00", "cron: 0 9 * * monday", ["6:9 E508"]),
        ("once: 2026-12-01T10:00", 'cron: "@daily"', ["6:10 E508"]),
        ("once: 2026-12-01T10:00", "cron: 0,30 8-18/2 1,15 jan-mar mon,fri#2", []),
        ("once: 2026-12-01T10:00", "cron: 0 9 L * *", []),
        ("once: 2026-12-01T10:00", "once: 2026-12-01T10:00\n  late: 5 hours", ["7:9 E010"]),
        ("once: 2026-12-01T10:00", "once: 2026-12-01T10:00\n  late: up to 5 ours", ["7:9 E010"]),
        ("once: 2026-12-01T10:00", "once: 2026-10-25T02:30", ["6:9 W420"]),
        ("once: 2026-12-01T10:00", "once: 2027-03-28T02:30", ["6:9 W420"]),
        ("once: 2026-12-01T10:00", "once: 2026-11-01T01:30\n  zone: America/New_York", ["6:9 W420"]),
        # steps and variants
        ("from: news", "expires: 7 dayz", ["13:16 E010"]),
        ("from: news", "expires: 2026-11-30T10:00", ["13:16 E506"]),
        ("from: news", "expires: 2026-12-01T10:00", ["13:16 E506"]),
        ("from: news", "variants: []", ["13:7 E515"]),
        ("from: news", "variants: [{name: a, weight: 0}, {name: b}]", ["13:36 E501"]),
        ("from: news", "variants: [{name: a, weight: -2}, {name: b}]", ["13:36 E501"]),
        ("from: news", "variants: [{name: a, weight: 1.5}, {name: b}]", ["13:36 E007"]),
        ("from: news", "variants: [{name: a, wieght: 1}, {name: b}]", ["13:28 E001"]),
        ("from: news", "variants: [{name: a}, {name: a}]", ["13:36 E504"]),
        ("from: news", "variants: [{weight: 1}]", ["13:19 E002"]),
        ("from: news", "params: {code: [1, 2]}", ["13:16 E004"]),
        ("steps:\n", "limits: {max_recipients: 0}\nsteps:\n", ["7:26 E517"]),
        ("steps:\n", "limits: {max_recipients: 400.000}\nsteps:\n", ["7:26 E007"]),
        ("steps:\n", "experiment: {holdout: 100%}\nsteps:\n", ["7:23 E502"]),
        ("steps:\n", "experiment: {holdout: -1%}\nsteps:\n", ["7:23 E502"]),
        ("steps:\n", "experiment: {holdout: 0.1}\nsteps:\n", ["7:23 E007"]),
        ("channel: email", "channel: fax", ["10:16 E006"]),
    ],
)
def test_each_mistake_has_its_code_and_place(old: str, new: str, expected: list[str]) -> None:
    """One mistake in a campaign gives the finding at the key or value that is wrong, and no echo."""
    assert codes(load(autumn=changed(old, new)), "autumn") == expected


def test_two_steps_with_one_id() -> None:
    """The second step points at the first: the id is a part of what makes a message one message."""
    again = CAMPAIGN + CAMPAIGN[CAMPAIGN.index("  - id: letter") :]
    loaded = load(autumn=again)
    assert codes(loaded) == ["16:9 E503"]
    assert loaded.diagnostics[0].related[0].span.line == 8


def test_every_problem_of_a_file_in_one_run() -> None:
    """Keys, values, names and expressions of one file are all said at once."""
    text = (
        CAMPAIGN.replace("owner: crm", "owner: crn")
        .replace("in segment vip", "country = DE")
        .replace("status: active", "status: live")
        .replace("provider: mail", "provider: mial")
        .replace("template: autumn", "tmplate: autumn")
        .replace("once: 2026-12-01T10:00", "once: soon")
    )
    found = codes(load(autumn=text))
    assert {"2:8 E220", "3:9 E006", "6:9 E008", "11:17 E221", "14:7 E001"} <= set(found)
    assert any(line.startswith("4:") for line in found)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ('audience: |\n  country is "DE"\n  and (\n', 6),
        ('audience: >\n  country is "DE"\n  and (\n', 6),
        ('audience: country is "DE" and (\n', 4),
        ("audience: 'country is \"DE\" and ('\n", 4),
    ],
)
def test_an_expressions_problem_is_at_its_own_line(audience: str, expected: int) -> None:
    """The parser's places are the file's places in every style of YAML."""
    loaded = load(autumn=changed("audience: in segment vip\n", audience))
    assert loaded.diagnostics
    assert {f.span.line for f in loaded.diagnostics} == {expected}


def test_expressions_do_not_stand_in_braces() -> None:
    """YAML cuts an expression at its commas without a word, so braces around one are refused."""
    whole = "{name: autumn, audience: in segment vip, trigger: {once: 2026-12-01T10:00}, steps: []}\n"
    assert "1:26 Y012" in codes(load(autumn=whole))
    brackets = changed("steps:\n", "expect: [size between 1 and 2, change under 5%]\nsteps:\n")
    assert codes(load(autumn=brackets)) == ["7:10 Y012", "7:32 Y012"]
    cut = changed("owner: crm", "limits: {max_recipients: any of (did purchase, did refer_friend), owner: crm}")
    assert "2:48 Y012" in codes(load(autumn=cut))


def test_quotes_with_escapes_are_refused() -> None:
    """Places inside an escaped text would be wrong, so it moves under a bar."""
    found = codes(load(autumn=changed("in segment vip", '"country is \\"DE\\""')))
    assert found == ["4:12 E011"]
    assert codes(load(autumn=changed("in segment vip", "'name is \"it''s\"'"))) == ["4:12 E011"]


def test_a_cut_expression_is_noticed() -> None:
    """What YAML takes for a comment and looks like a condition is said; a real comment is left in peace."""
    cut = changed("in segment vip", 'in segment vip #and country is "DE"')
    assert codes(load(autumn=cut)) == ["4:26 W011"]
    assert codes(load(autumn=changed("in segment vip", "in segment vip   # the good ones"))) == []


def test_a_broken_campaign_can_harm_nobody() -> None:
    """What could not be read is nobody, everybody excluded, never due; and the campaign is marked."""
    loaded = load(autumn=changed("audience: in segment vip", "audience: in segment\nexclude: country = DE"))
    campaign = loaded.workspace.campaigns["autumn"]
    assert loaded.workspace.broken == {"autumn"}
    assert campaign.audience == Not(Everyone())
    assert campaign.exclude == Everyone()
    never = load(autumn=changed("once: 2026-12-01T10:00", "once: tomorrow")).workspace.campaigns["autumn"]
    assert never.trigger.once == dt.datetime(1970, 1, 1)


def test_suggestions_can_be_applied() -> None:
    """A fix replaces exactly the text it is about, and the file is then right."""
    for old, new in (("provider: mail", "provider: mial"), ("audience:", "audiance:"), ("owner: crm", "owner: crn")):
        text = changed(old, new)
        loaded = load(autumn=text)
        (fix,) = [f.fix for f in loaded.diagnostics if f.fix is not None]
        assert text[: fix.span.start] + fix.text + text[fix.span.end :] == CAMPAIGN


def test_two_files_cannot_have_one_name() -> None:
    """Names of campaigns are unique over folders too."""
    from pathlib import Path

    from orchestrator.language import load_texts

    loaded = load_texts({**FILES, "campaigns/old/autumn.yml": CAMPAIGN}, Path("shop"))
    assert [f.code for f in loaded.diagnostics] == ["E205"]
    assert loaded.workspace.broken == {"autumn"}
