"""``campaigns/policies.yml``: what no campaign may override."""

from __future__ import annotations

from orchestrator.language.expressions import read_condition
from orchestrator.language.kinds import Text
from orchestrator.language.shapes import Keys, read
from orchestrator.language.yaml import Document, Map
from orchestrator.model.condition import Everyone
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.project import Policies

LATER = {
    "caps": "caps over several categories; `caps:` of a category works now",
    "priorities": "which message wins when a cap allows only one",
    "approval": "approval rules",
    "approvals": "approval rules",
    "approval_rules": "approval rules",
    "forbidden_hours": "hours in which nothing is sent at all; `quiet_hours:` of a category works now",
    "quiet_hours": "hours in which nothing is sent at all; `quiet_hours:` of a category works now",
    "waivers": "exceptions with a last day",
    "frequency": "caps over several categories; `caps:` of a category works now",
    "limits": "limits for all campaigns at once",
}


class PolicyKeys(Keys):
    """All keys of the file."""

    exclude: Text | None = None


def read_policies(document: Document, problems: list[Diagnostic]) -> tuple[Policies, list[Diagnostic]]:
    """Give the policies and what is wrong; an exclusion that cannot be read takes out everybody."""
    reading = read(PolicyKeys, document, problems, LATER)
    exclude, span = read_condition(reading, "exclude")
    broken = not isinstance(document.root, Map) or document.root.key("exclude") is not None
    if exclude is None and broken:
        exclude = Everyone(span=span)
    return Policies(exclude), reading.problems
