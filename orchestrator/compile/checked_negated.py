"""W301 and W303 where a negation stands around tests: `not (points > 5)`, `none of (…)`, `at most n of (…)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.compile import checked_places
from orchestrator.compile.names import Scope
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import Values
from orchestrator.model import condition as c

if TYPE_CHECKING:
    from orchestrator.compile.conditions import Conditions


def around(checker: Conditions, node: c.Not | c.NoneOf | c.SomeOf, scope: Scope) -> None:
    """Warn once, with every attribute whose unknown values the negation takes along."""
    items = (node.item,) if isinstance(node, c.Not) else node.items
    quiet = Values(Reporter(lambda _: None), lambda _, __: None)
    names: list[str] = []
    for attr in _tested(items):
        found = quiet.attr(attr, scope)
        if found is not None and found.nullable and attr.name not in checker.known and attr.name not in names:
            names.append(attr.name)
    if not names:
        return
    own = checker.report.words(node.span)
    helps = f"({' and '.join((own, *(f'{name} is known' for name in names)))})" if own else None
    message = f"this is also true where {' or '.join(f'`{name}`' for name in names)} is unknown"
    checker.report.warn("W301", node.span, message, helps)


def within(checker: Conditions, node: c.Node, of: c.Value, scope: Scope) -> None:
    """Warn of a negated test of what is reckoned: its attributes may be unknown, and its event may be missing."""
    event = of.event if isinstance(of, c.Pick) else getattr(getattr(of, "of", None), "event", None)
    if isinstance(of, c.Pick | c.Elapsed) and event is not None:
        if f"did {event.name}" not in checker.known:
            own = checker.report.words(node.span)
            helps = f"({own} and did {event.name} ever)" if own and event.where is None else None
            checker.report.warn("W303", node.span, f"this is also true for people without any `{event.name}`", helps)
        return
    quiet = Values(Reporter(lambda _: None), lambda _, __: None)
    for attr in _attributes(of):
        found = quiet.attr(attr, scope)
        if found is not None and found.nullable and attr.name not in checker.known:
            own = checker.report.words(node.span)
            helps = f"({own} and {attr.name} is known)" if own else None
            checker.report.warn("W301", node.span, f"this is also true where {found.name} is unknown", helps)
            return


def place(checker: Conditions, node: c.Near | c.Inside, scope: Scope) -> None:
    """Check a test of a place, and warn where it is negated."""
    if isinstance(node, c.Near):
        checked_places.near(checker, node, scope)
    else:
        checked_places.inside(checker, node, scope)
    if node.negated:
        within(checker, node, node.value, scope)


def _tested(items: tuple[c.Condition, ...]) -> Iterator[c.Attr]:
    """Yield the attributes of tests that fail where they are unknown."""
    for item in items:
        match item:
            case c.AnyOf() | c.SomeOf(most=False):
                yield from _tested(item.items)
            case c.Compare() | c.Is(negated=False):
                yield from _attributes(item.left)
                yield from _attributes(item.right)
            case (
                c.OneOf(negated=False)
                | c.Between(negated=False)
                | c.IsTime(negated=False)
                | c.TextTest(negated=False)
                | c.Near(negated=False)
                | c.Inside(negated=False)
            ):
                yield from _attributes(item.value)
            case c.Anniversary(negated=False):
                yield from _attributes(item.of)
            case c.Rank() | c.Cumulative():
                yield from _attributes(item.by)


def _attributes(value: object) -> Iterator[c.Attr]:
    match value:
        case c.Attr():
            yield value
        case c.Arithmetic():
            yield from _attributes(value.left)
            yield from _attributes(value.right)
        case c.Part() | c.Elapsed() | c.Remaining():
            yield from _attributes(value.of)
