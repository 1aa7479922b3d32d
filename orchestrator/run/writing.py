"""What the messages of one variant are written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from orchestrator.ledger import Rules
from orchestrator.model.campaign import Campaign, Step, Variant
from orchestrator.model.project import Category, Project, Sender
from orchestrator.model.workspace import Workspace
from orchestrator.render import Letter, compile_letter


@dataclass(frozen=True)
class Writing:
    """What one message is written with: everything but the person. What follows from it is made once."""

    workspace: Workspace
    campaign: Campaign
    step: Step
    variant: Variant
    letter: Letter

    @cached_property
    def project(self) -> Project:
        """Give the project it belongs to."""
        return self.workspace.project

    @cached_property
    def category(self) -> Category:
        """Give the category of its step."""
        return self.project.categories[self.step.category]

    @cached_property
    def sender(self) -> Sender:
        """Give the mailbox it comes from: the step's, else the project's first."""
        senders = self.project.senders
        return senders[self.step.sender] if self.step.sender else next(iter(senders.values()))

    @cached_property
    def domain(self) -> str:
        """Give the domain of its sender."""
        return self.sender.address.rpartition("@")[2]

    @cached_property
    def reply_to(self) -> str | None:
        """Give the mailbox that answers go to, None where it is the sender's."""
        return self.project.senders[self.step.reply_to].address if self.step.reply_to else None

    @cached_property
    def rules(self) -> Rules:
        """Give what the guard checks: from its category, on the project's clock where a zone is unknown."""
        category = self.category
        return Rules(
            category=category.name,
            topic=category.topic,
            zone=self.project.zone,
            caps=category.caps,
            quiet=category.quiet,
            consent=category.consent,
            marketing=category.unsubscribe,
        )

    @cached_property
    def names(self) -> tuple[Mapping[str, object], Mapping[str, object]]:
        """Give what its templates see of its campaign and of its variant."""
        campaign, variant = self.campaign, self.variant
        whole = {"name": campaign.name, "title": campaign.title or campaign.name, "params": dict(variant.params)}
        return whole, {"name": variant.name}


def draft(workspace: Workspace, campaign: Campaign, step: Step, variant: Variant) -> Writing:
    """Give what a message of files that are not applied would be written with: for previews and tests."""
    letter = compile_letter(workspace.templates, step, variant, workspace.project)
    return Writing(workspace, campaign, step, variant, letter)
