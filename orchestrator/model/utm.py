"""UTM parameters: what the links of a letter tell the shop's web analytics about where a visitor came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.model.diagnostic import NOWHERE, Span

NAMES = ("source", "medium", "campaign", "content", "term", "id")
"""The parameters ``utm_source`` and so on, in the order in which they are put into a link."""


@dataclass(frozen=True, slots=True)
class Utm:
    """What a file says under ``utm:``. ``use`` false leaves the links as they are.

    ``values`` are the parameters that it names, by the names of :data:`NAMES`. ``hosts`` limits them to links that
    lead to one of these hosts, or to a host below it; without any, every link has them.
    """

    use: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def over(self, other: Utm | None) -> Utm:
        """Give this, with what it leaves out taken from ``other``."""
        if other is None:
            return self
        return Utm(self.use, {**other.values, **self.values}, self.hosts or other.hosts, self.span)


def settled(project: Utm | None, step: Utm | None, defaults: Mapping[str, str]) -> Utm | None:
    """Give what holds for one letter, None where its links stay as they are.

    A step's word goes before the project's; what neither says is taken from ``defaults``. A project alone is enough.
    """
    said = step.over(project) if step is not None else project
    if said is None or not said.use:
        return None
    values = {**defaults, **said.values}
    return Utm(True, {name: values[name] for name in NAMES if values.get(name)}, said.hosts, said.span)
