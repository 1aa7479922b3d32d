"""What campaigns repeat, and which definitions nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.compile.analyse_moments import Moments
from orchestrator.compile.dependencies import dependencies
from orchestrator.compile.logic import negation
from orchestrator.compile.names import Scope
from orchestrator.compile.never import implies
from orchestrator.model import condition as c
from orchestrator.model.campaign import Campaign
from orchestrator.model.diagnostic import Diagnostic, Severity
from orchestrator.model.segment import EventDef, ListDef, Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

WORDS = {Segment: "segment", Partition: "partition", Trait: "trait", EventDef: "event", ListDef: "list"}


def repeated(workspace: Workspace, campaign: Campaign, moments: Moments) -> Iterator[Diagnostic]:
    """Yield the lines of a campaign that its category or the policies say for every campaign (A47)."""
    scope = Scope(workspace, workspace.schema.first)
    project = workspace.project
    asked = {
        (step.channel, project.categories[step.category].topic)
        for step in campaign.steps
        if step.category in project.categories and project.categories[step.category].consent
    }
    policy = workspace.policies.exclude
    for item in _parts(campaign.audience, c.AllOf):
        if isinstance(item, c.Consent) and not item.negated and item.window is None:
            if asked == {(item.channel, item.topic)}:
                yield _repeated(item, f"the category asks for this consent anyway, for `{item.topic}`")
        elif policy is not None and isinstance(item, c.Not) and _says(moments, policy, item.item, scope):
            yield _repeated(item, "policies.yml takes these people out of every audience")
    if campaign.exclude is not None and policy is not None:
        for item in _parts(campaign.exclude, c.AnyOf):
            if _says(moments, policy, item, scope):
                yield _repeated(item, "policies.yml takes these people out of every audience")
            elif isinstance(item, c.Consent) and item.negated and asked == {(item.channel, item.topic)}:
                yield _repeated(item, f"the category asks for this consent anyway, for `{item.topic}`")


def _parts(node: c.Condition, kind: type[c.AllOf] | type[c.AnyOf]) -> tuple[c.Condition, ...]:
    return node.items if isinstance(node, kind) else (node,)


def _says(moments: Moments, policy: c.Condition, item: c.Condition, scope: Scope) -> bool:
    return moments.always(
        (policy, item), lambda b: implies(b.condition(item, scope), b.condition(policy, scope))
    ) and not moments.always((item,), lambda b: implies(b.condition(item, scope), negation(b.condition(item, scope))))


def _repeated(item: c.Condition, message: str) -> Diagnostic:
    return Diagnostic(item.span, "W240", message, label="this line can go", severity=Severity.WARNING)


def unused(workspace: Workspace) -> Iterator[Diagnostic]:
    """Yield the definitions that no campaign, policy, test or used definition names.

    Only where project.yml asks for it: segments are also written for a look at the people in them.
    """
    if not workspace.project.unused:
        return
    used = {case.segment.partition(".")[0] for case in workspace.tests}
    used |= {name for campaign in workspace.campaigns for name in dependencies(workspace, f"campaign:{campaign}")}
    for name in workspace.definitions:
        used |= dependencies(workspace, name) - {name}
    used |= _read_by_templates(workspace)
    for name, definition in workspace.definitions.items():
        if name not in used:
            kind = WORDS[type(definition)]
            yield Diagnostic(
                definition.span,
                "W241",
                f"nobody uses the {kind} `{name}`",
                label="no campaign, no test, no other definition",
                severity=Severity.WARNING,
            )


def _read_by_templates(workspace: Workspace) -> set[str]:
    texts = [text for path, text in workspace.templates.items() if path.endswith(".j2")]
    texts += [v.subject or "" for campaign in workspace.campaigns.values() for s in campaign.steps for v in s.variants]
    return {name for name in workspace.of_kind(Trait) if any(f"person.{name}" in text for text in texts)}
