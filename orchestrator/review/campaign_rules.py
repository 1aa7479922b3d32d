"""What is wrong with campaigns once all files are known: one function a rule, each yields its findings.

A new rule is a function and its row in :data:`RULES`; its code has a page in ``codes.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.model.campaign import Campaign, Status
from orchestrator.model.diagnostic import NOWHERE, Diagnostic, Related, Severity, Span
from orchestrator.model.workspace import Workspace
from orchestrator.render import HTML_ENDINGS

Rule = Callable[[Campaign, Workspace], Iterator[Diagnostic]]


def check_campaigns(workspace: Workspace) -> Iterator[Diagnostic]:
    """Yield the findings of all rules about all campaigns."""
    for campaign in workspace.campaigns.values():
        for rule in RULES:
            yield from rule(campaign, workspace)


def _place(campaign: Campaign, key: str) -> Span:
    return campaign.spans.get(key, campaign.span)


def consent_table(campaign: Campaign, workspace: Workspace) -> Iterator[Diagnostic]:
    """A category that needs consent needs a table that says who gave it."""
    if workspace.schema.consent is not None or not workspace.schema.entities:
        return
    for number, step in enumerate(campaign.steps):
        category = workspace.project.categories.get(step.category)
        if category is not None and category.consent:
            yield Diagnostic(
                _place(campaign, f"steps.{number}.send.category"),
                "E520",
                f"category `{category.name}` needs consent, and schema.yml does not say where consents are",
                ("consent:", "consent: false"),
                notes=(
                    "describe the table under `consent:` in schema.yml, or say at the category that none is needed",
                ),
                related=(Related(category.span, "the category"),) if category.span is not NOWHERE else (),
            )


def real_mail(campaign: Campaign, workspace: Workspace) -> Iterator[Diagnostic]:
    """Real mail leaves only with an address behind it and a page where people can unsubscribe."""
    project = workspace.project
    for number, step in enumerate(campaign.steps):
        provider = project.providers.get(step.provider)
        if provider is None or provider.kind == "outbox":
            continue
        missing = []
        if project.postal_address is None:
            missing.append("postal_address")
        if project.public_url is None:
            missing.append("public_url")
        for key in missing:
            example = "https://mail.example.com" if key == "public_url" else '"Example Ltd, 1 High Street, London"'
            yield Diagnostic(
                _place(campaign, f"steps.{number}.send.provider"),
                "E521",
                f"provider `{provider.name}` sends real mail, and project.yml has no `{key}`",
                (f"{key}: {example}",),
                related=(Related(provider.span, "the provider"),) if provider.span is not NOWHERE else (),
            )


def template_names(campaign: Campaign, workspace: Workspace) -> Iterator[Diagnostic]:
    """The end of a template's name says whether its values are escaped."""
    for number, step in enumerate(campaign.steps):
        for index, variant in enumerate(step.variants):
            for word, name, ends in (
                ("template", variant.template, (*HTML_ENDINGS, ".txt.j2")),
                ("text", variant.text, (".txt.j2",)),
            ):
                if name is None or name.endswith(ends) or name not in workspace.templates:
                    continue
                own = f"steps.{number}.send.variants.{index}.{word}"
                place = campaign.spans.get(own, _place(campaign, f"steps.{number}.send.{word}"))
                end = ends[1] if ".mjml" in name and len(ends) > 1 else ends[0]
                yield Diagnostic(
                    place,
                    "E623",
                    f"`{name}` does not end with {' or '.join(ends)}",
                    (f"rename it to {name.split('.')[0]}{end}",),
                    notes=("the end of the name decides whether values are escaped for HTML",),
                )


def same_variants(campaign: Campaign, workspace: Workspace) -> Iterator[Diagnostic]:
    """Two variants that say the same cannot be compared."""
    for step in campaign.steps:
        seen: dict[object, tuple[str, Span]] = {}
        for variant in step.variants:
            said = (
                variant.subject,
                variant.preheader,
                variant.template,
                variant.text,
                tuple(sorted((key, str(value)) for key, value in variant.params.items())),
            )
            if said in seen:
                name, first = seen[said]
                yield Diagnostic(
                    variant.span,
                    "W431",
                    f"variant `{variant.name}` is the same letter as `{name}`",
                    ("give it another subject, template or parameter, or take it out",),
                    severity=Severity.WARNING,
                    related=(Related(first, "the other one"),),
                )
            seen.setdefault(said, (variant.name, variant.span))


def same_slot(campaign: Campaign, workspace: Workspace) -> Iterator[Diagnostic]:
    """Two active campaigns with the same audience at the same time are usually one too many."""
    if campaign.status is not Status.ACTIVE or campaign.name in workspace.broken:
        return
    for other in workspace.campaigns.values():
        if other.name == campaign.name:
            return
        if other.status is not Status.ACTIVE or other.name in workspace.broken:
            continue
        if other.audience == campaign.audience and other.trigger == campaign.trigger:
            yield Diagnostic(
                campaign.span,
                "W421",
                f"campaign `{other.name}` writes to the same people at the same time",
                ("move one of the two, or give them different audiences",),
                severity=Severity.WARNING,
                related=(Related(other.span, "the other campaign"),),
            )


def own_name(campaign: Campaign, workspace: Workspace) -> Iterator[Diagnostic]:
    """A campaign is not called like a segment: every verb that takes a name would have to guess."""
    definition = workspace.definitions.get(campaign.name)
    if definition is not None:
        yield Diagnostic(
            campaign.span,
            "W422",
            f"`{campaign.name}` is also the name of a definition",
            ("give one of the two another name",),
            severity=Severity.WARNING,
            related=(Related(definition.span, "the definition"),),
        )


RULES: tuple[Rule, ...] = (consent_table, real_mail, template_names, same_variants, same_slot, own_name)
