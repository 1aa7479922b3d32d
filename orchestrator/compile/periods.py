"""Named periods of project.yml as windows: inside one of the spans, or outside of all of them."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.compile.features import Pred
from orchestrator.compile.logic import all_of, any_of, negation
from orchestrator.compile.names import unknown
from orchestrator.model import condition as c
from orchestrator.model.workspace import Workspace


def spans(window: c.During, workspace: Workspace) -> tuple[c.FromTo, ...]:
    """Give the spans behind a name; raises Mistake E218."""
    known = workspace.project.periods
    if window.name not in known:
        prefix = "outside " if window.outside else "during "
        raise unknown("E218", window.span, f"there is no period `{window.name}`", window.name, known, prefix)
    return known[window.name]


def during(window: c.During, workspace: Workspace, inside: Callable[[c.Window], Pred]) -> Pred:
    """Give the test of a period; what is outside is known and in none of the spans."""
    found = any_of(*(inside(span) for span in spans(window, workspace)))
    return all_of(inside(c.Ever()), negation(found)) if window.outside else found
