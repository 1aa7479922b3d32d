"""Checks of consent: its channel, its topic, and when it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.compile.names import Scope
from orchestrator.model import condition as c
from orchestrator.model.suggest import closest

if TYPE_CHECKING:
    from orchestrator.compile.conditions import Conditions


def consent(checker: Conditions, node: c.Consent, scope: Scope) -> None:
    """Report a channel or a topic that nobody declares, and a time that consent does not have."""
    project, consent = checker.workspace.project, checker.workspace.schema.consent
    if consent is None:
        checker.report.error("E209", node.span, "the schema declares no consent table")
        return
    channels = {*scope.entity.addresses, *(p.channel for p in project.providers.values())}
    topics = {category.topic for category in project.categories.values()}
    for kind, name, known in (("channel", node.channel, channels), ("topic", node.topic, topics)):
        if known and name not in known:
            checker.report.error("E209", node.span, f"there is no {kind} `{name}`", *_instead(node, kind, name, known))
    if node.window is not None:
        if consent.at is None:
            checker.report.error("E311", node.window.span, "the consent table has no time (`at:` in schema.yml)")
        checker.values.window(node, node.window, scope)


def _instead(node: c.Consent, kind: str, name: str, known: set[str]) -> list[str]:
    verb = "does not consent" if node.negated else "consents"
    near = closest(name, known) or sorted(known)[:3]
    pairs = [(other, node.topic) if kind == "channel" else (node.channel, other) for other in near]
    return [f"{verb} to {channel} for {topic}" for channel, topic in pairs]
