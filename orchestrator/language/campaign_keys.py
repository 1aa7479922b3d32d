"""The keys of a campaign file, and those that a later version will read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.kinds import Text, Word
from orchestrator.language.providers import CHANNELS, CHANNELS_LATER
from orchestrator.language.shapes import Keys
from orchestrator.language.utm_keys import UtmKeys, short_utm
from orchestrator.model.campaign import Status

_JOURNEY = "journeys of several steps with waits between them"
_SEND = "parts of a letter that are not fixed in the file"
_WINNER = "a test on a part of the audience, then the better variant for the rest"
_GOAL = "goals, and results against them"

LATER = {
    "reentry": _JOURNEY,
    "exit_when": _JOURNEY,
    "renamed_from": "renaming a campaign without drawing its arms anew",
    "hours": "hours in which this campaign may send; a category's `quiet_hours` work now",
    "days": "days on which this campaign may send; `trigger.days` works now",
    "goal": _GOAL,
    "requires": "waiting for fresh data",
    "approvals": "approvals",
    "frequency": "priorities between campaigns; a category's `caps` work now",
    "priority": "priorities between campaigns; a category's `caps` work now",
    "of": "campaigns to something else than people",
    "trigger.event": "campaigns that somebody's action starts",
    "trigger.quiet_for": "campaigns that somebody's action starts",
    "trigger.enters": "campaigns that start when somebody enters a segment",
    "trigger.enters segment": "campaigns that start when somebody enters a segment",
    "trigger.segment": "campaigns that start when somebody enters a segment",
    "trigger.date": "a date of each person as the start; `every: day` and a segment with `anniversary` work now",
    "trigger.start": "a first day of a recurring campaign",
    "trigger.end": "a last day of a recurring campaign",
    "steps.*.at": _JOURNEY,
    "steps.*.wait": _JOURNEY,
    "steps.*.when": _JOURNEY,
    "steps.*.branch": _JOURNEY,
    "steps.*.otherwise": _JOURNEY,
    "steps.*.webhook": _JOURNEY,
    "steps.*.suppress": _JOURNEY,
    "steps.*.set_consent": _JOURNEY,
    "steps.*.exit": _JOURNEY,
    "steps.*.send.content": _SEND,
    "steps.*.send.locales": _SEND,
    "steps.*.send.by": _SEND,
    "steps.*.send.cases": _SEND,
    "steps.*.send.to": "letters to somebody else than the person",
    "steps.*.send.attachments": "attachments",
    "steps.*.send.headers": "headers of one's own",
    "steps.*.send.variants.*.content": _SEND,
    "steps.*.send.variants.*.locales": _SEND,
    "experiment.test": _WINNER,
    "experiment.decide": _WINNER,
    "experiment.hypothesis": _GOAL,
    "experiment.primary": _GOAL,
    "experiment.guardrails": _GOAL,
    "experiment.salt": "drawing the arms by another seed than the name",
    "limits.throttle": "a limit on messages an hour",
    "limits.ramp": "warming up an address slowly",
    "limits.order_by": "an order in which people get their message",
    "limits.halt_when": "stopping by itself when complaints come in",
}


def _line(value: Any) -> str:
    given = kinds.text(value)
    if any(sign in given for sign in "\r\n"):
        kinds.wrong(
            "E511", "this text has a line break, and it becomes one line of a letter's head", "write it on one line"
        )
    return given


Line = Annotated[str, PlainValidator(_line)]
_EVERY = Annotated[str, kinds.choice("rhythm", ["day", "week", "month"], ["hour", "quarter", "year"])]


class TriggerKeys(Keys):
    """When."""

    once: kinds.Instant | None = None
    every: _EVERY | None = None
    days: Annotated[list[kinds.Day], kinds.OneOrMore] = Field(default_factory=list)
    at: Annotated[list[kinds.Clock], kinds.OneOrMore] = Field(default_factory=list)
    cron: Text | None = None
    zone: kinds.TriggerZone = "project"
    late: kinds.LateBy | None = None


class VariantKeys(Keys):
    """One version of the message; what it leaves out is taken from the step."""

    name: Annotated[Word, Field(examples=["name: plain"])]
    weight: kinds.Whole = 1
    subject: Line | None = None
    preheader: Line | None = None
    template: Text | None = None
    text: Text | None = None
    params: dict[Word, Any] = Field(default_factory=dict)


class SendKeys(Keys):
    """What goes out."""

    channel: Annotated[str, kinds.choice("channel", CHANNELS, CHANNELS_LATER), Field(examples=["channel: email"])]
    provider: Annotated[Text, Field(examples=["provider: …    # one of `providers:` in project.yml"])]
    category: Annotated[Text, Field(examples=["category: …    # one of `categories:` in project.yml"])]
    sender: Text | None = Field(None, alias="from")
    reply_to: Text | None = None
    preheader: Line | None = None
    template: Text | None = None
    text: Text | None = None
    subject: Line | None = None
    params: dict[Word, Any] = Field(default_factory=dict)
    variants: list[VariantKeys] | None = None
    expires: kinds.Expiry | None = None
    utm: Annotated[UtmKeys | None, BeforeValidator(short_utm)] = None


class StepKeys(Keys):
    """One step."""

    id: Annotated[Word, Field(examples=["id: letter"])]
    send: Annotated[SendKeys, Field(examples=["send:"])]


class ExperimentKeys(Keys):
    """Who gets nothing, to compare with."""

    holdout: kinds.Share | None = None


class LimitsKeys(Keys):
    """What stops a run before its first message."""

    max_recipients: kinds.Whole | None = None


class CampaignKeys(Keys):
    """All keys of a campaign file. Those that must be there are asked for by the reader, all at once."""

    name: Word | None = None
    title: Text = ""
    owner: Text = ""
    tags: Annotated[list[Word], kinds.OneOrMore] = Field(default_factory=list)
    status: Annotated[str, kinds.choice("status", [status.value for status in Status])] = Status.DRAFT.value
    audience: Text | None = None
    exclude: Text | None = None
    trigger: TriggerKeys | None = None
    steps: list[StepKeys] | None = None
    experiment: ExperimentKeys = ExperimentKeys()
    limits: LimitsKeys = LimitsKeys()
    expect: list[Text] = Field(default_factory=list)
