"""The workspace's own tests: given people and events, who is in a segment. In memory; no database is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.audience import cells, ids
from orchestrator.compile import cells_query, load_rows, members_query, memory
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.errors import OrchestratorError
from orchestrator.model.segment import Partition
from orchestrator.model.workspace import TestCase, Workspace

WHOLE = "members"


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of one case, by place (``members`` or a cell): expected but missing, there but not expected.

    ``problems`` are values of the case that could not be read, ``error`` why nothing could be asked.
    """

    __test__ = False

    case: TestCase
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()
    error: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether everybody is where the case says, and nobody else."""
        return not (self.missing or self.extra or self.problems or self.error)

    def sentences(self) -> Iterator[str]:
        """Yield what is wrong, one sentence a line."""
        for problem in self.problems:
            yield f"{problem.span}: {problem.message}"
        if self.error:
            yield self.error
        for place in dict.fromkeys([*self.missing, *self.extra]):
            where = self.case.segment if place == WHOLE else f"{self.case.segment}.{place}"
            if place in self.missing:
                yield f"expected in {where}, but not there: {', '.join(self.missing[place])}"
            if place in self.extra:
                yield f"in {where}, but not expected: {', '.join(self.extra[place])}"

    def facts(self) -> dict[str, Any]:
        """Give the result as it is printed for machines."""
        place = self.case.span
        return {
            "name": self.case.name,
            "segment": self.case.segment,
            "file": place.path,
            "line": place.line,
            "passed": self.passed,
            "missing": self.missing,
            "extra": self.extra,
            "errors": [f"{problem.span}: {problem.message}" for problem in self.problems]
            + ([self.error] if self.error else []),
        }


def run_tests(workspace: Workspace, cases: Sequence[TestCase] | None = None) -> list[TestResult]:
    """Run these cases, all of the workspace by default; every segment in them must be free of errors."""
    return [_run(workspace, case) for case in (workspace.tests if cases is None else cases)]


def _run(workspace: Workspace, case: TestCase) -> TestResult:
    loaded = load_rows(workspace, case)
    if loaded.diagnostics:
        return TestResult(case, problems=tuple(loaded.diagnostics))
    reference = case.ref
    base = reference.name
    expected: dict[str, set[str]] = {name: set(people) for name, people in case.cells.items()}
    if case.members is not None:
        expected[WHOLE] = set(case.members)
    found: dict[str, set[str]] = {name: set() for name in expected}
    try:
        with memory(workspace, loaded) as connection:
            if case.members is not None:
                found[WHOLE] = set(ids(connection, members_query(workspace, reference, case.as_of, "sqlite")))
            if case.cells and isinstance(workspace.definitions.get(base), Partition):
                for person, name in cells(connection, cells_query(workspace, base, case.as_of, "sqlite")):
                    found.setdefault(name, set()).add(person)
    except OrchestratorError as error:
        return TestResult(case, error=str(error))
    places = [name for name in found if name in expected]
    missing = {name: tuple(sorted(expected[name] - found[name])) for name in places if expected[name] - found[name]}
    extra = {name: tuple(sorted(found[name] - expected[name])) for name in places if found[name] - expected[name]}
    return TestResult(case, missing, extra)
