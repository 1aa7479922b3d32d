"""Segments with two names: the same members by their words alone."""

from __future__ import annotations

from orchestrator.compile.analyse_moments import Moments
from orchestrator.compile.build import Builder
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.same import canonical
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Diagnostic, Related, Severity
from orchestrator.model.segment import Segment
from orchestrator.model.workspace import Workspace


def twins(workspace: Workspace, sound: set[str], moments: Moments) -> list[Diagnostic]:
    """Report segments of one entity that have the same members by their words alone."""
    seen: dict[object, Segment] = {}
    found: list[Diagnostic] = []
    for name, segment in workspace.of_kind(Segment).items():
        if name not in sound or isinstance(segment.where, c.Everyone):
            continue
        scope = Scope(workspace, workspace.schema.entity(segment.of))

        def said(b: Builder, one: Segment, scope: Scope = scope) -> object:
            return canonical(b.condition(one.where, scope))

        try:
            twin = seen.setdefault((scope.entity.name, said(moments.first, segment)), segment)
        except (Mistake, RecursionError):  # a tower of definitions is not judged
            continue
        pair = (twin, segment)
        if twin is segment or not moments.always(pair, lambda b, p=pair, say=said: say(b, p[0]) == say(b, p[1])):  # type: ignore[misc]
            continue
        message = f"`{name}` has the same members as `{twin.name}`"
        found.append(
            Diagnostic(
                segment.span,
                "W324",
                message,
                (f"in segment {twin.name}",),
                "one of the two names is enough",
                severity=Severity.WARNING,
                related=(Related(twin.span, "the other name"),),
            )
        )
    return found
