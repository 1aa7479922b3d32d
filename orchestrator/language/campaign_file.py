"""``campaigns/<name>.yml``: one campaign, from its tree to the frozen value.

A broken file gives a harmless campaign: an audience that could not be read is nobody, an exclusion that could
not be read is everybody, a trigger that could not be read never comes. So the rest of it can still be checked.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import PurePosixPath

from orchestrator.language.campaign_keys import LATER, CampaignKeys, SendKeys, TriggerKeys, VariantKeys
from orchestrator.language.expressions import read_condition, read_expectations
from orchestrator.language.shapes import Reading, content_span, read, value_span
from orchestrator.language.trigger import read_trigger
from orchestrator.language.utm_keys import read_utm
from orchestrator.language.yaml import Document, Map, Node, Scalar, Seq
from orchestrator.model.campaign import Campaign, Catch, Late, Status, Step, Trigger, Variant
from orchestrator.model.condition import Condition, Everyone, Not
from orchestrator.model.diagnostic import NOWHERE, Diagnostic, Fix, Span

NEVER = Trigger(once=dt.datetime(1970, 1, 1), late=Late(Catch.SKIP, None))  # noqa: DTZ001  a wall clock
NOBODY: Condition = Not(Everyone())


def read_campaign(document: Document, problems: list[Diagnostic]) -> tuple[Campaign | None, list[Diagnostic]]:
    """Give the campaign and everything that is wrong with its file; None where there are no keys at all."""
    reading = read(CampaignKeys, document, problems, LATER)
    keys = reading.shape
    if keys is None or not isinstance(document.root, Map):
        return None, reading.problems
    name = _name(reading, keys)
    for key, example in (
        ("audience", "audience: in segment …"),
        ("trigger", "trigger: {once: 2026-12-01T10:00}"),
        ("steps", "steps:"),
    ):
        from_trigger = key == "audience" and any(reading.lost("trigger", word) for word in ("event", "enters", "date"))
        if document.root.key(key) is None and not from_trigger:
            reading.add(_head(reading), "E002", f"`{key}` is missing", example)
    audience, place = read_condition(reading, "audience")
    exclude, _ = read_condition(reading, "exclude")
    if exclude is None and document.root.key("exclude") is not None:
        exclude = Everyone()
    campaign = Campaign(
        name=name,
        audience=audience if audience is not None else NOBODY,
        trigger=_trigger(reading, keys.trigger),
        steps=_steps(reading, keys),
        title=keys.title,
        owner=keys.owner,
        tags=tuple(keys.tags),
        status=Status(keys.status),
        exclude=exclude,
        holdout=keys.experiment.holdout or Decimal(0),
        max_recipients=keys.limits.max_recipients,
        expects=read_expectations(reading, "expect"),
        path=document.path,
        span=_head(reading),
        spans=_places(reading) | {"audience": place},
    )
    return campaign, reading.problems


def _head(reading: Reading[CampaignKeys]) -> Span:
    """Give the place of the campaign as a whole: its name, else its first key."""
    node = reading.node("name")
    return reading.span("name") if isinstance(node, Scalar) else reading.span()


def _name(reading: Reading[CampaignKeys], keys: CampaignKeys) -> str:
    stem = PurePosixPath(reading.path).stem
    if keys.name is None:
        root = reading.document.root
        if isinstance(root, Map) and root.key("name") is None:
            reading.add(reading.span(), "E002", "`name` is missing", f"name: {stem}")
        return stem
    if keys.name != stem:
        span = reading.span("name")
        reading.problems.append(
            Diagnostic(
                span,
                "E014",
                f"the campaign is called `{keys.name}`, and its file `{stem}.yml`",
                help=(f"name: {stem}", f"or rename the file to {keys.name}.yml"),
                notes=("the name decides who is in which arm, so there must be only one",),
                fix=Fix(span, stem, safe=False),
            )
        )
    return keys.name


def _trigger(reading: Reading[CampaignKeys], keys: TriggerKeys | None) -> Trigger:
    if keys is None:
        return NEVER
    found = read_trigger(reading, keys)
    if found is None or reading.lost("trigger"):
        return NEVER
    return found


def _steps(reading: Reading[CampaignKeys], keys: CampaignKeys) -> tuple[Step, ...]:
    if keys.steps is not None and not keys.steps and not reading.lost("steps"):
        reading.add(reading.key_span("steps"), "E514", "there is no step", "- id: letter")
    name = keys.name or PurePosixPath(reading.path).stem
    return tuple(_step(reading, number, step.id, step.send, name) for number, step in enumerate(keys.steps or ()))


def _step(reading: Reading[CampaignKeys], number: int, id: str, send: SendKeys, campaign: str) -> Step:
    at = ("steps", number, "send")
    written = send.variants
    if written is not None and not written and not reading.lost(*at, "variants"):
        reading.add(reading.key_span(*at, "variants"), "E515", "there is no variant", "- {name: plain, subject: …}")
    variants = tuple(_variant(reading, at, i, send, keys) for i, keys in enumerate(written or ()))
    if not variants:
        variants = (_variant(reading, at, None, send, VariantKeys(name="only")),)
    return Step(
        id=id,
        channel=send.channel,
        provider=send.provider,
        category=send.category,
        variants=variants,
        sender=send.sender,
        reply_to=send.reply_to,
        expires=send.expires,
        utm=read_utm(reading, send.utm, *at, "utm"),
        campaign=campaign,
        span=reading.span("steps", number, "id"),
    )


def _variant(
    reading: Reading[CampaignKeys], at: tuple[str | int, ...], number: int | None, send: SendKeys, keys: VariantKeys
) -> Variant:
    own = at if number is None else (*at, "variants", number)

    def place(key: str) -> Span:
        for loc in ((*own, key), (*at, key)):
            node = reading.node(*loc)
            if isinstance(node, Scalar):
                return content_span(reading.document, node)
        return NOWHERE

    return Variant(
        name=keys.name,
        weight=keys.weight,
        subject=keys.subject or send.subject,
        preheader=keys.preheader or send.preheader,
        template=keys.template or send.template,
        text=keys.text or send.text,
        params={**_params(reading, (*at, "params")), **({} if number is None else _params(reading, (*own, "params")))},
        span=reading.key_span(*at) if number is None else reading.span(*own, "name"),
        subject_span=place("subject"),
        preheader_span=place("preheader"),
    )


def _params(reading: Reading[CampaignKeys], loc: tuple[str | int, ...]) -> dict[str, str | int | Decimal | bool]:
    node = reading.node(*loc)
    found: dict[str, str | int | Decimal | bool] = {}
    if isinstance(node, Map):
        for entry in node.entries:
            if not isinstance(entry.value, Scalar):
                reading.add(entry.key.span, "E004", f"`{entry.key.value}` takes one value", "code: AUTUMN")
            else:
                found[entry.key.value] = typed(entry.value)
    return found


def typed(scalar: Scalar) -> str | int | Decimal | bool:
    """Give a free value by the rules of YAML 1.2: plain ``true``, ``12`` and ``1.5``; everything else is text."""
    if scalar.style == "":
        if scalar.value in ("true", "false"):
            return scalar.value == "true"
        if re.fullmatch(r"-?(0|[1-9][0-9]*)", scalar.value):
            return int(scalar.value)
        if re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]+", scalar.value):
            return Decimal(scalar.value)
        if scalar.is_null:
            return ""
    return scalar.value


def _places(reading: Reading[CampaignKeys]) -> dict[str, Span]:
    found: dict[str, Span] = {}

    def note(node: Node, path: str) -> None:
        below = (
            [(entry.key.value, entry.key.span, entry.value) for entry in node.entries]
            if isinstance(node, Map)
            else [(str(number), None, item) for number, item in enumerate(node.items)]
            if isinstance(node, Seq)
            else []
        )
        for name, key, value in below:
            found[f"{path}{name}"] = value_span(reading.document, key, value)
            note(value, f"{path}{name}.")

    if reading.document.root is not None:
        note(reading.document.root, "")
    return found
