"""What is wrong with a campaign beside the other files: one function a rule, each yields its findings.

A new rule is a function and its row in :data:`RULES`; its code has a page in ``yaml_codes.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping

from orchestrator.language.trigger import twice_or_never
from orchestrator.model.campaign import Campaign, Duration, Step
from orchestrator.model.diagnostic import NOWHERE, Diagnostic, Fix, Related, Severity, Span
from orchestrator.model.project import Project
from orchestrator.model.schema import Schema
from orchestrator.model.suggest import closest


class Surroundings:
    """What a rule may look at beside the campaign. ``templates`` are the names of the files below templates/."""

    def __init__(self, project: Project, schema: Schema, templates: Iterable[str]) -> None:
        """Keep them."""
        self.project = project
        self.schema = schema
        self.templates = frozenset(templates)


Rule = Callable[[Campaign, Surroundings], Iterator[Diagnostic]]


def check_campaign(campaign: Campaign, around: Surroundings) -> list[Diagnostic]:
    """Give the findings of all rules, in the order of the file."""
    found = [finding for rule in RULES for finding in rule(campaign, around)]
    return sorted(found, key=lambda finding: (finding.span, finding.code))


def _place(campaign: Campaign, key: str) -> Span:
    return campaign.spans.get(key, campaign.span)


def _steps(campaign: Campaign) -> Iterator[tuple[str, Step]]:
    """Yield (dotted key of the send, step), by the place of the step's id in the file."""
    keys = {span: key for key, span in campaign.spans.items() if key.startswith("steps.") and key.endswith(".id")}
    for number, step in enumerate(campaign.steps):
        key = keys.get(step.span, f"steps.{number}.id")
        yield f"{key.removesuffix('.id')}.send", step


def _unknown(code: str, kind: str, name: str, known: Mapping[str, object], span: Span, where: str) -> Diagnostic:
    near = closest(name, known, 1)
    if near:
        label = f"did you mean `{near[0]}`?"
        return Diagnostic(span, code, f"there is no {kind} `{name}`", (near[0],), label, fix=Fix(span, near[0]))
    notes = (f"project.yml knows {', '.join(list(known)[:12])}",) if known else (f"project.yml has no `{where}:`",)
    return Diagnostic(
        span, code, f"there is no {kind} `{name}`", (f"declare it under `{where}:` in project.yml",), notes=notes
    )


def owners(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """The owner is a team of the project."""
    if campaign.owner and campaign.owner not in around.project.teams:
        yield _unknown("E220", "team", campaign.owner, around.project.teams, _place(campaign, "owner"), "teams")


def names_of_steps(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """Providers, categories and senders are those of the project."""
    project = around.project
    for key, step in _steps(campaign):
        if step.provider not in project.providers:
            place = _place(campaign, f"{key}.provider")
            yield _unknown("E221", "provider", step.provider, project.providers, place, "providers")
        if step.category not in project.categories:
            place = _place(campaign, f"{key}.category")
            yield _unknown("E222", "category", step.category, project.categories, place, "categories")
        for word, name in (("from", step.sender), ("reply_to", step.reply_to)):
            if name is not None and name not in project.senders:
                place = _place(campaign, f"{key}.{word}")
                yield _unknown("E223", "sender", name, project.senders, place, "senders")


def channels(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """A provider carries the step's channel, and people have an address for it."""
    for key, step in _steps(campaign):
        place = _place(campaign, f"{key}.channel")
        provider = around.project.providers.get(step.provider)
        if provider is not None and provider.channel != step.channel:
            yield Diagnostic(
                place,
                "E505",
                f"provider `{provider.name}` carries {provider.channel}, not {step.channel}",
                (f"channel: {provider.channel}",),
                related=(Related(provider.span, "the provider"),),
            )
        if around.schema.entities and step.channel not in around.schema.first.addresses:
            entity = around.schema.first
            yield Diagnostic(
                place,
                "E505",
                f"schema.yml does not say where the {step.channel} address of a {entity.name} is",
                (f"addresses: {{{step.channel}: …}}",),
                related=(Related(entity.span, "the entity"),),
            )


def letters(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """An e-mail has a sender, a subject and a body, in every variant."""
    for key, step in _steps(campaign):
        head = step.span
        if step.channel == "email" and step.sender is None and not around.project.senders:
            help = ("senders: {news: news@example.com}",)
            yield Diagnostic(head, "E512", "nobody says who the letter is from: project.yml has no senders", help)
        for number, variant in enumerate(step.variants):
            place = variant.span if variant.name != "only" else head
            what = "the step" if variant.name == "only" else f"variant `{variant.name}`"
            if step.channel == "email" and variant.subject is None and not _has(campaign, key, number, "subject"):
                yield Diagnostic(place, "E622", f"{what} has no subject", ('subject: "…"',))
            if variant.template is None and variant.text is None and not _has(campaign, key, number, "template"):
                yield Diagnostic(place, "E621", f"{what} has no template", ("template: …/body.html.j2",))


def _has(campaign: Campaign, key: str, number: int, word: str) -> bool:
    """Tell whether the file gives the word, or chooses it by cells or languages, though it could not be read."""
    names = (word, "cases", "locales", f"variants.{number}.{word}")
    return any(f"{key}.{name}" in campaign.spans for name in names)


def templates(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """Templates are files below templates/."""
    said: set[Span] = set()
    for key, step in _steps(campaign):
        for number, variant in enumerate(step.variants):
            for word, name in (("template", variant.template), ("text", variant.text)):
                if name is None or name in around.templates:
                    continue
                own = f"{key}.variants.{number}.{word}"
                place = campaign.spans.get(own, _place(campaign, f"{key}.{word}"))
                if place in said:
                    continue
                said.add(place)
                near = closest(name, around.templates, 2) or closest(f"{name}.j2", around.templates, 1)
                yield Diagnostic(
                    place,
                    "E620",
                    f"there is no file templates/{name}",
                    tuple(near) or ("write it, or name a file that is there",),
                    label=f"did you mean `{near[0]}`?" if near else "",
                    fix=Fix(place, near[0]) if near else None,
                )


def weights(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """Weights are above 0, names of variants are different."""
    for key, step in _steps(campaign):
        seen: dict[str, Span] = {}
        for number, variant in enumerate(step.variants):
            if variant.weight <= 0:
                yield Diagnostic(
                    campaign.spans.get(f"{key}.variants.{number}.weight", variant.span),
                    "E501",
                    f"variant `{variant.name}` has weight {variant.weight}",
                    ("weight: 1", "or take the variant out"),
                    notes=("weights are shares of the audience: whole numbers from 1",),
                )
            if variant.name in seen:
                yield Diagnostic(
                    variant.span,
                    "E504",
                    f"two variants are called `{variant.name}`",
                    ("give each variant its own name",),
                    related=(Related(seen[variant.name], "the first one"),),
                )
            seen.setdefault(variant.name, variant.span)


def step_ids(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """Ids of steps are different: they are part of what makes a message one message."""
    seen: dict[str, Span] = {}
    for _, step in _steps(campaign):
        if step.id in seen:
            yield Diagnostic(
                step.span,
                "E503",
                f"two steps have the id `{step.id}`",
                ("give each step its own id",),
                related=(Related(seen[step.id], "the first one"),),
            )
        seen.setdefault(step.id, step.span)


def recipients(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """A limit is above 0."""
    if campaign.max_recipients is not None and campaign.max_recipients <= 0:
        place = _place(campaign, "limits.max_recipients")
        yield Diagnostic(
            place, "E517", f"a limit of {campaign.max_recipients} lets nobody through", ("max_recipients: 50_000",)
        )


def expiries(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """Nothing expires before it starts."""
    once = campaign.trigger.once
    for key, step in _steps(campaign):
        place = _place(campaign, f"{key}.expires")
        if isinstance(step.expires, dt.datetime):
            if once is None and campaign.trigger.span is not NOWHERE:
                yield Diagnostic(
                    place, "E506", "a recurring campaign cannot expire at one moment", ("expires: 12 hours",)
                )
            elif once is not None and step.expires <= once:
                yield Diagnostic(
                    place,
                    "E506",
                    "the message expires before the campaign starts",
                    ("expires: 12 hours",),
                    related=(Related(_place(campaign, "trigger.once"), "it starts here"),),
                )
        within = campaign.trigger.late.within
        if isinstance(step.expires, Duration) and within is not None and "trigger.late" in campaign.spans:
            short, long = _minutes(step.expires), _minutes(within)
            if short < long:
                yield Diagnostic(
                    place,
                    "W406",
                    f"messages expire after {step.expires}, though a run may start {within} late",
                    (f"expires: {within}", f"or late: up to {step.expires}"),
                    severity=Severity.WARNING,
                    related=(Related(_place(campaign, "trigger.late"), "so late may it start"),),
                )


def _minutes(duration: Duration) -> int:
    minute = {"minute": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43200, "quarter": 129600, "year": 525600}
    return duration.count * minute[duration.unit.value]


def clock_changes(campaign: Campaign, around: Surroundings) -> Iterator[Diagnostic]:
    """A wall clock that shows the time twice, or never, is said before it happens (A20)."""
    once = campaign.trigger.once
    if once is None or campaign.trigger.zone == "person" or campaign.trigger.span is NOWHERE:
        return
    zone = around.project.zone if campaign.trigger.zone == "project" else campaign.trigger.zone
    how = twice_or_never(once, zone)
    if how:
        meant = (
            "the first of the two is meant" if how == "twice" else "the campaign starts when the clocks have changed"
        )
        yield Diagnostic(
            _place(campaign, "trigger.once"),
            "W420",
            f"the clocks of {zone} show {once:%H:%M} {how} on {once.day} {once:%B %Y}",
            (f"choose a time that comes once; {meant}",),
            severity=Severity.WARNING,
        )


RULES: tuple[Rule, ...] = (
    owners,
    names_of_steps,
    channels,
    letters,
    templates,
    weights,
    step_ids,
    recipients,
    expiries,
    clock_changes,
)
