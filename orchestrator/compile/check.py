"""Everything about the meaning of a workspace that can be said without a database, all problems at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from orchestrator.compile import names, typed_parameters, typed_traits
from orchestrator.compile.analyse import analyse
from orchestrator.compile.analyse_sizes import sizes, told
from orchestrator.compile.arguments import example, values_of
from orchestrator.compile.build import Builder
from orchestrator.compile.checked_lists import uneven
from orchestrator.compile.circles import circles, too_deep
from orchestrator.compile.conditions import Conditions
from orchestrator.compile.memory import load_rows
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import WORDS, literal
from orchestrator.model.campaign import Campaign
from orchestrator.model.condition import Condition, Node
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.messages import MESSAGES
from orchestrator.model.parameter import filled
from orchestrator.model.schema import Entity, EventTable
from orchestrator.model.segment import (
    Definition,
    EventDef,
    Expect,
    ExpectDisjoint,
    ExpectSubset,
    ListDef,
    Partition,
    Segment,
    Trait,
)
from orchestrator.model.statistics import Statistics
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import TestCase, Workspace

TRIAL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""A moment for building once what has no finding yet: what cannot be built is a finding too."""


def check(workspace: Workspace, statistics: Statistics | None = None) -> list[Diagnostic]:
    """Give every finding about definitions, campaigns, policies and tests, in no particular order.

    ``statistics`` say how many people a warning is about, and which cells are too small.
    """
    checker = _Checker(workspace)
    for name, definition in workspace.definitions.items():
        checker.noted(name, lambda d=definition: checker.definition(d))  # type: ignore[misc]
    for name, campaign in workspace.campaigns.items():
        checker.noted(f"campaign {name}", lambda c=campaign: checker.campaign(c))  # type: ignore[misc]
    if workspace.policies.exclude is not None:
        checker.condition(workspace.policies.exclude)
    for event in workspace.schema.events.values():
        checker.schema_event(event)
    for case in workspace.tests:
        checker.test(case)
    found = [*(circle.diagnostic for circle in checker.circles), *too_deep(workspace), *checker.report.found]
    analysed, subjects = analyse(workspace, checker.sound)
    found = told([*found, *analysed], {**checker.report.subjects, **subjects}, workspace.schema, statistics)
    return [*found, *sizes(workspace, statistics)]


def check_one(workspace: Workspace, name: str) -> list[Diagnostic]:
    """Give the findings of one definition or campaign (``campaign:NAME`` where both have the name)."""
    checker = _Checker(workspace)
    bare = name.removeprefix("campaign:")
    if name in workspace.definitions:
        checker.definition(workspace.definitions[name])
    if bare in workspace.campaigns:
        checker.campaign(workspace.campaigns[bare])
    own = [circle.diagnostic for circle in checker.circles if name in circle.names]
    own += [
        found for found in too_deep(workspace) if found.span == getattr(workspace.definitions.get(name), "span", None)
    ]
    return [*own, *checker.report.found]


class _Checker:
    """Walks over one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.report = Reporter(workspace.sources.get)
        self.conditions = Conditions(workspace, self.report)
        self.builder = Builder(workspace, TRIAL)
        self.circles = circles(workspace)
        self.in_circles = {name for circle in self.circles for name in circle.names}
        self.sound: set[str] = set()

    def noted(self, name: str, look: Callable[[], None]) -> None:
        """Check something, and note its name when it has no error."""
        before = len(self.report.found)
        look()
        if self._clean(before, name):
            self.sound.add(name)

    def definition(self, definition: Definition) -> None:
        """Check one definition."""
        before = len(self.report.found)
        if isinstance(definition, ListDef):
            self._list(definition)
            return
        entity = self._entity(definition)
        if entity is None:
            return
        scope = Scope(self.workspace, entity)
        self._parameters(definition, scope)
        if isinstance(definition, Segment):
            self.conditions.check(definition.where, replace(scope, params=definition.params))
            self._expects(definition.expects, scope)
            if definition.params and self._clean(before, definition.name):
                typed_parameters.defaults(self.report, definition, scope, _check_with(self.workspace))
            if self._clean(before, definition.name):
                values = {param.name: example(param, self.workspace) for param in definition.params}
                self._trial(filled(definition.where, values), scope)
        elif isinstance(definition, Partition):
            self._partition(definition, scope)
            if self._clean(before, definition.name):
                for case in definition.cases:
                    self._trial(case.when, replace(scope, among=definition.among))
        elif isinstance(definition, Trait):
            typed_traits.declared(self.conditions.values, definition, scope)
            if self._clean(before, definition.name):
                self._tried(lambda: self.builder.trait(definition))
        else:
            self._event(definition, scope)

    def _parameters(self, node: Node, scope: Scope) -> None:
        """Check the parameters that something declares and uses, and the values that it gives to others."""
        declared = node.params if isinstance(node, Segment) else ()
        if isinstance(node, Segment) and declared:
            typed_parameters.declared(self.report, node, self.workspace)
        if not typed_parameters.strays(self.report, node, declared):
            typed_parameters.uses(self.report, node, scope, _check_with(self.workspace))

    def campaign(self, campaign: Campaign) -> None:
        """Check the conditions of a campaign."""
        for condition in (campaign.audience, campaign.exclude):
            if condition is not None:
                self.condition(condition)
        self._expects(campaign.expects, Scope(self.workspace, self.workspace.schema.first))

    def condition(self, condition: Condition) -> None:
        """Check a condition about the first entity."""
        before = len(self.report.found)
        scope = Scope(self.workspace, self.workspace.schema.first)
        self._parameters(condition, scope)
        self.conditions.check(condition, scope)
        if self._clean(before, ""):
            self._trial(condition, scope)

    def schema_event(self, event: EventTable) -> None:
        """Check that an event of the schema does not take the name of one of ours."""
        if event.name in MESSAGES:
            message = f"`{event.name}` is an event of the language: what we record about our own messages"
            self.report.error("E204", event.span, message, label="give the company's event another name")

    def test(self, case: TestCase) -> None:
        """Check that a test names what exists, and that its rows can be read."""
        name, cell = case.ref.name, case.ref.cell
        found = self.workspace.definitions.get(name)
        if not isinstance(found, Segment | Partition) or (cell and cell not in getattr(found, "cells", ())):
            known = [*self.workspace.of_kind(Segment), *self.workspace.of_kind(Partition)]
            helps = [f"segment: {near}" for near in closest(case.segment, known)]
            self.report.error("E201", case.span, f"there is no segment `{case.segment}`", *helps)
            return
        try:
            values_of(case.ref, found, self.workspace)
        except Mistake as error:
            problem = error.diagnostic
            self.report.error(problem.code, case.span, problem.message, *(f"segment: {text}" for text in problem.help))
            return
        for problem in typed_parameters.given(case.ref, self.workspace, _check_with(self.workspace)):
            self.report.error(problem.code, case.span, problem.message)
        for cell_name in case.cells:
            if cell_name not in getattr(found, "cells", ()):
                self.report.error("E207", case.span, f"`{name}` has no cell `{cell_name}`")
        self.report.found += load_rows(self.workspace, case).diagnostics

    # -------------------------------------------------------------- definitions

    def _entity(self, definition: Definition) -> Entity | None:
        try:
            return names.entity_of(self.workspace, getattr(definition, "of", None), definition.span)
        except Mistake as error:
            self.report.caught(error)
            return None

    def _list(self, definition: ListDef) -> None:
        odd = uneven(definition.items)
        if odd is not None:
            first, other = literal(definition.items[0]), literal(odd)
            message = f"the list holds {WORDS[first.type]} first, and {other.name} is {WORDS[other.type]}"
            self.report.error("E318", odd.span, message)

    def _partition(self, partition: Partition, scope: Scope) -> None:
        if partition.among is not None:
            self.conditions.segment(partition.among, scope)
        for case in partition.cases:
            self.conditions.check(case.when, scope)
        self._expects(partition.expects, scope)

    def _event(self, definition: EventDef, scope: Scope) -> None:
        if definition.name in self.workspace.known.events:
            owner = "language" if definition.name in MESSAGES else "schema"
            self.report.error(
                "E204",
                definition.span,
                f"the {owner} already has an event `{definition.name}`",
                label="give this one another name",
            )
            return
        if definition.name not in self.in_circles:
            self.conditions.values.event(definition.event, scope)

    def _expects(self, expects: tuple[Expect, ...], scope: Scope) -> None:
        for expect in expects:
            if isinstance(expect, ExpectSubset):
                self.conditions.segment(expect.of, scope)
            elif isinstance(expect, ExpectDisjoint):
                self.conditions.segment(expect.other, scope)

    # -------------------------------------------------------------- trial

    def _clean(self, before: int, name: str) -> bool:
        return name not in self.in_circles and not any(found.is_error for found in self.report.found[before:])

    def _trial(self, condition: Condition, scope: Scope) -> None:
        self._tried(lambda: self.builder.condition(condition, scope))

    def _tried(self, build: Callable[[], object]) -> None:
        """Build once; names and circles of what it refers to are reported where they stand."""
        try:
            build()
        except Mistake as error:
            if error.diagnostic.code == "E320":
                self.report.caught(error)


def _check_with(workspace: Workspace) -> typed_parameters.Check:
    """Give what checks a condition for another reporter."""
    return lambda report, condition, scope: Conditions(workspace, report).check(condition, scope)
