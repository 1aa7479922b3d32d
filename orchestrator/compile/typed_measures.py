"""Checks of values made of many events: shares, the time between events, and tests in each of several units."""

from __future__ import annotations

from typing import Protocol

from orchestrator.compile import names
from orchestrator.compile.names import Scope
from orchestrator.compile.ordered import MICROS
from orchestrator.compile.timing import EXACT
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span

MOST_UNITS = 36
"""Each unit with a quantity is a count of its own, and engines join at most some sixty tables."""


class Reporter(Protocol):
    """What is done with a finding."""

    def error(self, code: str, node: Span, message: str, *help: str | None, label: str = "") -> None:
        """Report an error with texts to paste."""

    def words(self, span: Span) -> str | None:
        """Give what the author wrote there."""


class Checker(Protocol):
    """What these checks ask of the one who checks values."""

    @property
    def report(self) -> Reporter:
        """Give who collects findings."""

    def event(self, node: c.Event, scope: Scope) -> names.FoundEvent | None:
        """Check an event and its filter."""

    def window(self, node: c.Node, window: c.Window | None, scope: Scope, *past: str) -> None:
        """Check the window of an event test."""


def measured(check: Checker, node: c.Share | c.Spacing, scope: Scope) -> bool:
    """Report everything that is wrong in a share or a spacing; tell whether its type is known."""
    if scope.event is not None:
        check.report.error("E210", node.span, "a filter looks at one event: it cannot ask for other events")
        return False
    found = check.event(node.event, scope)
    check.window(node, node.window, scope)
    if isinstance(node, c.Spacing) and (node.unit not in MICROS or node.local):
        _lengths(check, node)
    return found is not None


def _lengths(check: Checker, node: c.Spacing) -> None:
    own = check.report.words(node.span)
    unit = f"{'local ' if node.local else ''}{node.unit.value}s"
    why = "elapsed time has no zone" if node.local else f"{node.unit.value}s differ in length"
    help_ = own.replace(f"{unit} between", "days between", 1) if own is not None else None
    message = f"the time between events is counted in days of 24 hours, not in {unit}: {why}"
    check.report.error("E332", node.span, message, help_, label="write `days`")


def each(check: Checker, node: c.Node, window: c.InEach) -> None:
    """Report a window in each of several units where there is no test that could hold in each."""
    if not isinstance(node, c.Did):
        unit = window.unit.value
        help_ = f"in previous {window.count} {unit}s" if window.count > 1 else f"in previous {unit}"
        message = "`in each of` asks whether something was done in every one of the units, so it stands behind `did`"
        check.report.error("E331", window.span, message, help_, label="one number over all of them?")
        return
    single = node.quantity is not None or window.unit in EXACT
    if single and window.count > MOST_UNITS:
        message = f"a number of times in each of {window.count} units is more than {MOST_UNITS} questions in one"
        check.report.error("E333", window.span, message, label=f"write {MOST_UNITS} or fewer, or a longer unit")


def hung(check: Checker, window: c.Beside) -> None:
    """Report a span hung on a point that two readers would count differently."""
    if not window.before and isinstance(window.point, c.UnitPoint):
        unit = one_unit(window.point)
        side = "previous" if window.point.back else "this"
        message = f"`after {side} {unit}` can mean its first days or the days behind it: name the day"
        check.report.error("E335", window.point.span, message, label="as in `after 2026-11-01`")


def one_unit(point: c.UnitPoint) -> str:
    """Give ``local month``."""
    return f"local {point.unit.value}" if point.local else point.unit.value


def yearly(check: Checker, node: c.Anniversary) -> None:
    """Report an anniversary outside of a period: there is one in every year."""
    if isinstance(node.window, c.During) and node.window.outside:
        help_ = f"anniversary of {node.of.name} is not during {node.window.name}"
        message = "some anniversary always lies outside of a period: say in which it must not fall"
        check.report.error("E336", node.window.span, message, help_)
