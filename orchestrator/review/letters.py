"""What the letters of the campaigns read, against the schema and the files: one finding a place.

Templates are read by ``render``; here their names are compared with the attributes and traits of the people, the
parameters of the campaign, and what a category demands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.model.campaign import Campaign, Step, Variant
from orchestrator.model.condition import Aggregate, Fn
from orchestrator.model.diagnostic import NOWHERE, Diagnostic, Fix, Related, Severity, Span
from orchestrator.model.schema import Entity, Type
from orchestrator.model.segment import Trait
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Workspace
from orchestrator.render import HTML_ENDINGS, Read, Reads, inspect, links_left_alone

NAMES: Mapping[str, tuple[str, ...]] = {
    "campaign": ("name", "title", "params", "postal_address", "project"),
    "variant": ("name", "params"),
    "links": ("unsubscribe",),
    "content": ("subject", "preheader"),
}
"""What a template may read below each name, beside ``person``."""

NO_TEXT = (Type.LIST, Type.PLACE)
"""What no letter can show as it is."""

_ALWAYS_KNOWN = (Fn.COUNT, Fn.COUNT_DISTINCT, Fn.SUM)


@dataclass(frozen=True)
class _Use:
    """One text of one variant of one step."""

    campaign: Campaign
    step: Step
    variant: Variant


def check_letters(workspace: Workspace, only: str | None = None) -> Iterator[Diagnostic]:
    """Yield every finding about the letters of all campaigns, or of one; the same place is said once."""
    seen: set[tuple[Span, str]] = set()
    for campaign in [c for name, c in workspace.campaigns.items() if only in (None, name)]:
        for finding in _campaign(workspace, campaign):
            key = (finding.span, finding.code)
            if key not in seen:
                seen.add(key)
                yield finding


class _Inspected:
    """The templates that were read, each once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._reads: dict[str, Reads] = {}

    def template(self, name: str) -> Reads:
        if name not in self._reads:
            templates = self.workspace.templates
            self._reads[name] = inspect(templates[name], f"templates/{name}", templates)
        return self._reads[name]


def _campaign(workspace: Workspace, campaign: Campaign) -> Iterator[Diagnostic]:
    inspected = _Inspected(workspace)
    for step in campaign.steps:
        for variant in step.variants:
            use = _Use(campaign, step, variant)
            for text, place in ((variant.subject, variant.subject_span), (variant.preheader, variant.preheader_span)):
                if text is not None and place is not NOWHERE:
                    yield from _reads(workspace, use, inspect(text, campaign.path, None, place))
            for word, name in (("template", variant.template), ("text", variant.text)):
                if name is None or name not in workspace.templates:
                    continue
                found = inspected.template(name)
                yield from _reads(workspace, use, found)
                yield from _unsubscribe(workspace, use, word, name, found)
                if not found.diagnostics:
                    yield from _links(workspace, use, name)


def _reads(workspace: Workspace, use: _Use, found: Reads) -> Iterator[Diagnostic]:
    yield from found.diagnostics
    for read in found.reads:
        if read.root == "person":
            if workspace.schema.entities:
                yield from _person(workspace, read)
        elif read.root in NAMES:
            yield from _named(use, read)


def _person(workspace: Workspace, read: Read) -> Iterator[Diagnostic]:
    if not read.path:
        return
    entity = workspace.schema.first
    traits = {
        name: trait for name, trait in workspace.of_kind(Trait).items() if trait.of is None or trait.of == entity.name
    }
    field = entity.attributes.get(read.path)
    if field is not None:
        if field.type in NO_TEXT:
            yield _no_text(read, field.type, field.span)
        elif field.nullable and not read.has_default:
            yield _unknown_value(read, f"`{read.path}` is unknown for some people", field.span, "declared here")
        return
    trait = traits.get(read.path)
    if trait is None:
        yield _no_attribute(read, entity, [*entity.attributes, *traits])
    elif trait.type == Type.LIST:
        yield _no_text(read, Type.LIST, trait.span)
    elif not read.has_default and trait.default is None and not _always_known(trait):
        yield _unknown_value(read, f"`{read.path}` is unknown for some people", trait.span, "this trait has no default")


def _always_known(trait: Trait) -> bool:
    return isinstance(trait.value, Aggregate) and trait.value.fn in _ALWAYS_KNOWN


def _no_text(read: Read, kind: Type, where: Span) -> Diagnostic:
    """Give the finding about what has entries or two coordinates."""
    declared = (Related(where, "declared here"),) if where is not NOWHERE else ()
    message = f"`{read.path}` is a {kind.value}, and a letter shows single values"
    count = f"trait number_of_{read.path.replace('.', '_')}: int = count of {read.path}"
    return Diagnostic(read.span, "E637", message, (count,) if kind is Type.LIST else (), related=declared)


def _unknown_value(read: Read, message: str, where: Span, label: str) -> Diagnostic:
    return Diagnostic(
        read.span,
        "E632",
        message,
        (f"{{{{ person.{read.path} | default('…') }}}}", f"{{% if person.{read.path} is defined %}}…{{% endif %}}"),
        label="has no default",
        related=(Related(where, label),) if where is not NOWHERE else (),
    )


def _no_attribute(read: Read, entity: Entity, known: list[str]) -> Diagnostic:
    near = closest(read.path, known, 1)
    fix = None
    if near and read.span.start >= 0 and read.span.end - read.span.start == len(f"person.{read.path}"):
        fix = Fix(read.span, f"person.{near[0]}")
    return Diagnostic(
        read.span,
        "E631",
        f"{entity.name} has no attribute `{read.path}`",
        (f"{{{{ person.{near[0]} }}}}",) if near else ("declare it in schema.yml, or define a trait",),
        label=f"did you mean `{near[0]}`?" if near else "",
        fix=fix,
        related=(Related(entity.span, f"the attributes of {entity.name}"),) if entity.span is not NOWHERE else (),
    )


def _named(use: _Use, read: Read) -> Iterator[Diagnostic]:
    first, _, rest = read.path.partition(".")
    known = NAMES[read.root]
    if not first:
        return
    if first not in known:
        near = closest(first, known, 1)
        help = f"{{{{ {read.root}.{near[0]} }}}}" if near else f"{read.root} has {', '.join(known)}"
        yield Diagnostic(
            read.span,
            "E634",
            f"`{read.root}` has no `{first}`",
            (help,),
            label=f"did you mean `{near[0]}`?" if near else "",
        )
    elif first == "params" and rest and rest not in use.variant.params and not read.has_default:
        near = closest(rest, use.variant.params, 1)
        where = "" if use.variant.name == "only" else f" in variant `{use.variant.name}`"
        yield Diagnostic(
            read.span,
            "E635",
            f"campaign `{use.campaign.name}` has no parameter `{rest}`{where}",
            (f"{{{{ {read.root}.params.{near[0]} }}}}",) if near else (f"params: {{{rest}: …}}",),
            label=f"did you mean `{near[0]}`?" if near else "",
            related=(Related(use.step.span, "the step that uses this template"),),
        )


def _unsubscribe(workspace: Workspace, use: _Use, word: str, name: str, found: Reads) -> Iterator[Diagnostic]:
    category = workspace.project.categories.get(use.step.category)
    misspelt = any(read.root == "links" and read.path != "unsubscribe" for read in found.reads)  # told already
    if category is None or not category.unsubscribe or found.has_unsubscribe_link or found.diagnostics or misspelt:
        return
    yield Diagnostic(
        _place(use, word, name),
        "E633",
        f"templates/{name} has no unsubscribe link",
        ('<a href="{{ links.unsubscribe }}">Unsubscribe</a>',)
        if name.endswith(HTML_ENDINGS)
        else ("Unsubscribe: {{ links.unsubscribe }}",),
        notes=(f"every message of category `{category.name}` must carry one",),
        related=(Related(category.span, "`unsubscribe: false` here is for messages people cannot refuse"),)
        if category.span is not NOWHERE
        else (),
    )


def _links(workspace: Workspace, use: _Use, name: str) -> Iterator[Diagnostic]:
    """Tell which links of a template get none of the parameters that the files ask for."""
    for piece in links_left_alone(workspace.templates, name, use.step, use.variant, workspace.project):
        steers = piece.kind == "block"
        why = "whether it has this part is known only for each person" if steers else "it begins with a value"
        yield Diagnostic(
            piece.span,
            "W636",
            f"this link gets no UTM parameters: {why}",
            ('write its host: href="https://shop.example/…"', 'data-utm="off"'),
            severity=Severity.WARNING,
        )


def _place(use: _Use, word: str, name: str) -> Span:
    """Give the place in the campaign's file that names the template."""
    spans = use.campaign.spans
    for number, step in enumerate(use.campaign.steps):
        if step is not use.step:
            continue
        for index, variant in enumerate(step.variants):
            own = f"steps.{number}.send.variants.{index}.{word}"
            if variant is use.variant and own in spans:
                return spans[own]
        return spans.get(f"steps.{number}.send.{word}", step.span)
    return use.step.span
