"""Checks of parameters: where they are declared, where they stand, and where values are given to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from orchestrator.compile import names
from orchestrator.compile.arguments import UNWRITTEN, count_problems, currency_of, kind, refuse_unfit, values_of
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import Typed, Values
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.parameter import filled, used
from orchestrator.model.schema import Type
from orchestrator.model.segment import Segment
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Workspace

Check = Callable[[Reporter, c.Condition, Scope], None]
"""Checks a condition and reports to the reporter."""


def typed(values: Values, node: c.Param, scope: Scope) -> Typed | None:
    """Give the type that a parameter declares; a list is no value, and one that nobody declares was reported."""
    param = _declared(node.name, scope)
    if param is None or (type_ := kind(param)) is None:
        return None
    if param.type == "list":
        message = f"`${node.name}` is a list: ask whether a value is in it"
        values.report.error("E373", node.span, message, f"country is one of ${node.name}", label="one value is needed")
        return None
    currency = currency_of(param, scope.workspace) if type_ is Type.MONEY else None
    return Typed(type_, f"`${node.name}`", currency)


def entry(values: Values, node: c.Param, scope: Scope) -> Typed | None:
    """Give the type of the entries of a parameter that stands where a list is needed; report one that is none."""
    param = _declared(node.name, scope)
    if param is None or (type_ := kind(param)) is None:
        return None
    if param.type != "list":
        message = f"`${node.name}` is one value of type {param.type}, and a list is needed here"
        values.report.error("E373", node.span, message, label=f"declare it as list({param.type})")
        return None
    currency = currency_of(param, scope.workspace) if type_ is Type.MONEY else None
    return Typed(type_, f"an entry of `${node.name}`", currency)


def among(checker: Any, value: c.Value, typed_value: Typed | None, items: c.Param, scope: Scope) -> None:
    """Check ``country is one of $countries``."""
    of = entry(checker.values, items, scope)
    if of is not None and typed_value is not None:
        checker.alike(value, typed_value, items, of)


def declared(report: Reporter, segment: Segment, workspace: Workspace) -> None:
    """Check the head of a segment, and that every number that counts is declared as one."""
    seen: set[str] = set()
    places = {place.name for place in used(segment.where)}
    defaults = {param.name: param.default for param in segment.params if param.default is not None}
    counted = [place for place in used(segment.where) if not isinstance(place, c.Param)]
    for param in segment.params:
        if param.name in seen:
            report.error("E374", param.span, f"`${param.name}` is declared twice", label="give it another name")
        seen.add(param.name)
        if kind(param) is None:
            word = param.type if param.of is None else f"{param.type}({param.of})"
            near = [n for n in closest(param.of or param.type, Type) if n not in UNWRITTEN] or [Type.TEXT]
            wanted = f"list({near[0]})" if param.type == "list" else near[0]
            types = ", ".join(type_ for type_ in Type if type_ not in UNWRITTEN)
            message = f"`{word}` is no type of a parameter; types are {types}, and list(…) of one of them"
            report.error("E316", param.span, message, f"${param.name}: {wanted}")
            continue
        if param.default is not None:
            _caught(report, lambda p=param: refuse_unfit(p, p.default, p.span, workspace))  # type: ignore[misc]
        for place in counted:
            wanted, word = ("decimal", "share") if isinstance(place, c.ShareParam) else ("int", "whole number")
            if place.name == param.name and param.type != wanted:
                message = f"`${param.name}` is {param.type}, and a {word} is needed here"
                report.error("E375", place.span, message, label=f"declare it as `${param.name}: {wanted}`")
        if param.name not in places and places <= {other.name for other in segment.params}:
            report.warn("W305", param.span, f"`${param.name}` is never used", label="leave it out")
    spans = {param.name: param.span for param in segment.params}
    for name, problem in count_problems(segment.where, defaults):
        if name in spans and all(p.type in ("int", "decimal") for p in segment.params if p.name == name):
            report.error("E375", spans[name], problem)
    if segment.required and segment.expects:
        missing = ", ".join(f"`${name}`" for name in segment.required)
        message = f"nobody can look whether this holds: {missing} has no default"
        report.error("E372", segment.expects[0].span, message, label="give a default, or leave this out")


def strays(report: Reporter, node: object, params: tuple[c.Parameter, ...] = ()) -> bool:
    """Report every parameter that nobody declares; tell whether there was one."""
    known = [param.name for param in params]
    found = [place for place in used(node) if place.name not in known]
    for place in found:
        near = closest(place.name, known)
        if params:
            message = f"`${place.name}` is not declared; there is {', '.join(f'`${name}`' for name in known)}"
        else:
            message = f"`${place.name}` stands for nothing here: only a segment that declares parameters has some"
        report.error("E370", place.span, message, *(f"${name}" for name in near))
    return bool(found)


def uses(report: Reporter, node: object, scope: Scope, check: Check) -> None:
    """Check what segments with parameters mean with the values that a tree gives them."""
    for ref in _refs(node):
        found = scope.workspace.definitions.get(ref.name)
        if isinstance(found, Segment) and ref.args:
            _tried(report, ref, found, scope.workspace, check)


def given(ref: c.SegmentRef, workspace: Workspace, check: Check) -> list[Diagnostic]:
    """Give what is wrong with the values of one reference: those that the segment with them in it cannot mean."""
    report = Reporter(workspace.sources.get)
    uses(report, ref, Scope(workspace, workspace.schema.first), check)
    return report.found


def defaults(report: Reporter, segment: Segment, scope: Scope, check: Check) -> None:
    """Check what a segment means with its defaults; what is wrong with one is told where it stands."""
    values = {param.name: param.default for param in segment.params if param.default is not None}
    own = Reporter(scope.workspace.sources.get)
    check(own, filled(segment.where, values), replace(scope, params=segment.params))
    for problem in own.found:
        if problem.is_error and any(_inside(problem, param.span) for param in segment.params):
            report.found.append(problem)


def _tried(report: Reporter, ref: c.SegmentRef, found: Segment, workspace: Workspace, check: Check) -> None:
    """Check a segment with a reference's values; what is wrong with a value is told where it is given."""
    try:
        values = values_of(ref, found, workspace)
        inside = Scope(workspace, names.entity_of(workspace, found.of, found.span))
    except Mistake:
        return  # reported where the reference is checked
    own, with_values = Reporter(workspace.sources.get), Reporter(workspace.sources.get)
    check(own, found.where, Scope(workspace, inside.entity, params=found.params))
    if any(d.is_error for d in own.found):
        return
    check(with_values, filled(found.where, values), inside)
    for problem in with_values.found:
        if problem.is_error:
            at = next((arg for arg in ref.args if _inside(problem, arg.span)), None)
            place = problem.span if at is not None else ref.args[0].span
            report.error(problem.code, place, problem.message, *(problem.help if at is not None else ()))


def _inside(problem: Diagnostic, span: Span) -> bool:
    return problem.span.path == span.path and span.start <= problem.span.start and problem.span.end <= span.end


def _refs(node: object) -> Iterator[c.SegmentRef]:
    if isinstance(node, c.SegmentRef):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _refs(item)
    elif is_dataclass(node) and not isinstance(node, Span | type):
        for field in fields(node):
            yield from _refs(getattr(node, field.name))


def _declared(name: str, scope: Scope) -> c.Parameter | None:
    return next((param for param in scope.params if param.name == name), None)


def _caught(report: Reporter, work: Callable[[], None]) -> None:
    try:
        work()
    except Mistake as error:
        report.caught(error)


Values.more[c.Param] = typed
