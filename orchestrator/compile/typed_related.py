"""Checks of lists, related rows and parents, and the types of what is counted over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.compile import checked_absent, lists, names, related, typed_parameters
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.singles import refused
from orchestrator.compile.typed import NUMERIC, WORDS, Typed, Values, column, currencies, literal
from orchestrator.model import condition as c
from orchestrator.model.schema import Relation, Type
from orchestrator.model.suggest import closest

if TYPE_CHECKING:
    from orchestrator.compile.conditions import Conditions


def has_items(checker: Conditions, node: c.HasItems, scope: Scope) -> None:
    """Check ``tags has "vip"`` and ``tags has any of (…)``: a list of values, and values of its type."""
    try:
        found = lists.find_list(node.of, scope)
        items: tuple[c.Literal, ...] = () if isinstance(node.items, c.Param) else _items(node.items, scope)
    except Mistake as error:
        checker.report.caught(error)
        return
    report, entry = checker.report, found.entry
    if entry is None:
        some = next(iter(found.items.properties), "name")
        own = report.words(node.of.span) or node.of.name
        given = report.words(items[0].span) if isinstance(node.items, tuple) else '"…"'
        helps = f"{own} has item where ({some} is {given})"
        report.error("E216", node.span, f"the entries of `{node.of.name}` are no single values", helps)
        return
    if isinstance(node.items, c.Param):
        held = Typed(entry.type, f"an entry of `{node.of.name}`", entry.currency)
        typed_parameters.among(checker, node.of, held, node.items, scope)
        checked_absent.without(checker, node, found)
        return
    for item in items:
        place = node.items.span if isinstance(node.items, c.ListRef) else item.span
        typed = literal(item)
        alike = typed.type is entry.type or {typed.type, entry.type} <= set(NUMERIC)
        if not alike:
            text = f"`{node.of.name}` holds {WORDS[entry.type]} in each entry, and {typed.name} is {WORDS[typed.type]}"
            report.error("E301", place, text, label=f"{WORDS[entry.type]} is needed here")
            return
        if typed.type is Type.MONEY and typed.currency != entry.currency:
            report.error("E306", place, f"`{node.of.name}` is in {entry.currency}, and {typed.name} is not")
            return
        if entry.values and isinstance(item, c.Text) and item.value not in entry.values:
            near = closest(item.value, entry.values)
            shown = f"`{node.of.name}` never holds {typed.name}; it is {', '.join(entry.values[:12])}"
            report.error("E203", place, shown, *(f'"{text}"' for text in near))
    checked_absent.without(checker, node, found)


def _items(items: tuple[c.Literal, ...] | c.ListRef, scope: Scope) -> tuple[c.Literal, ...]:
    return names.listing(items, scope).items if isinstance(items, c.ListRef) else items


def has_item(checker: Conditions, node: c.HasItem, scope: Scope) -> None:
    """Check ``items has item where (…)``."""
    try:
        found = lists.find_list(node.of, scope)
    except Mistake as error:
        checker.report.caught(error)
        return
    checker.check(node.where, replace(scope, event=found.items, event_name=found.items.name))
    checked_absent.without(checker, node, found)


def has_related(checker: Conditions, node: c.HasRelated, scope: Scope) -> None:
    """Check ``has device where (…)`` and its number."""
    found = rows(checker.values, node.event, scope, node.quantity)
    last = checker.report.found[-1] if found is None else None
    if last is not None and last.code == "E211" and last.help:
        checker.report.found[-1] = replace(last, help=_happened(checker, node))
    quantity = node.quantity
    if quantity is None:
        if node.which is c.Which.ANY and node.event.where is not None:
            _some_row(checker, node, node.event.where)
        return
    empty = quantity.kind is c.Count.FEWER_THAN and quantity.count == 0
    if empty or (quantity.high is not None and quantity.high < quantity.count):
        checker.report.error("E314", quantity.span, "no number fits this", label="impossible")


def _happened(checker: Conditions, node: c.HasRelated) -> tuple[str, ...]:
    """Give what is asked of rows as it is asked of events, with its filter and its number."""
    own = checker.report.words(node.event.span)
    if own is None or node.which is c.Which.EVERY:
        return ()
    if node.quantity is not None:
        often = checker.report.words(node.quantity.span)
        name, where = node.event.name, own[len(node.event.name) :]
        return (f"did {name}{where} {often} times ever",) if often else ()
    verb = "did not" if node.which is c.Which.NONE else "did"
    return (f"{verb} {own} ever", f"{verb} {own} in last 30 days")


def _some_row(checker: Conditions, node: c.HasRelated, where: c.Condition) -> None:
    """A8: one row that is different is enough for ``has x where (… is not …)``, which few readers mean."""
    if not isinstance(where, c.Is | c.OneOf | c.Between | c.TextTest | c.IsTime) or not where.negated:
        return
    name, test = node.event.name, checker.report.words(where.span)
    left = checker.report.words(where.left.span if isinstance(where, c.Is) else where.value.span)
    helps = []
    if test is not None and left is not None and test.startswith(f"{left} "):
        rest = test[len(left) + 1 :]
        if isinstance(where, c.TextTest):
            rest = f"{where.op.value} {checker.report.words(where.pattern.span)}"
        helps = [
            f"has no {name} where ({left} {rest.replace('is not ', 'is ', 1) if rest.startswith('is not ') else rest})",
            f"has at least 1 {name} where ({test})  # one different row, and everybody sees it",
        ]
    message = f"one `{name}` that is different is enough, whatever the others are"
    checker.report.warn("W307", node.span, message, *helps)


def in_segment_of(checker: Conditions, node: c.InSegmentOf, scope: Scope) -> None:
    """Check ``account is in segment x``: a parent, and a segment made of such."""
    try:
        _, entity = related.find_parent(node.of, scope)
    except Mistake as error:
        checker.report.caught(error)
        return
    checker.segment(node.ref, Scope(scope.workspace, scope.workspace.schema.entities[entity]))


def rows(values: Values, event: c.Event, scope: Scope, quantity: c.Quantity | None = None) -> Relation | None:
    """Check a relation and the filter on its rows; give it where it is one."""
    try:
        found = related.find_relation(event.name, scope, event.span, related.is_many(quantity))
    except Mistake as error:
        values.report.caught(error)
        return None
    if event.where is not None:
        inside = related.row_scope(found, event.name, scope)
        fixed = currencies(event.where, dict(found.properties))
        values.conditions(event.where, replace(inside, currencies=(*inside.currencies, *fixed)))
    return found


def counted(values: Values, node: c.Aggregate, scope: Scope) -> Typed | None:
    """Give the type of an aggregate of entries or of related rows, neither of which has a time."""
    fn, name = node.fn.value, f"the {node.fn.value}"
    if node.window is not None:
        message = f"`{node.event.name}` has no time to look at"
        values.report.error("E311", node.window.span, message, label="leave it out")
    items = lists.counted_list(node, scope)
    if items is not None:
        if node.event.where is not None:
            values.conditions(node.event.where, replace(scope, event=items.items, event_name=items.items.name))
        return Typed(Type.INT, name)
    found = rows(values, node.event, scope)
    if found is None:
        return None
    if not node.prop:
        if node.fn is c.Fn.COUNT:
            return Typed(Type.INT, name)
        numbers = [n for n, f in found.properties.items() if f.type.is_number]
        helps = [f"{fn} of {node.event.name}.{n}" for n in numbers[:3]]
        values.report.error("E315", node.span, f"`{fn} of` needs a property of `{node.event.name}`", *helps)
        return None
    try:
        term = related.row_property(found, c.Attr(node.prop, span=node.span), scope)
    except Mistake as error:
        values.report.caught(error)
        return None
    typed = column(term, ".".join(node.prop), scope)
    if node.fn is c.Fn.COUNT:
        known = f"count of {node.event.name} where ({typed.field.name} is known)" if typed.field else None
        values.report.error("E315", node.span, f"`count of {node.event.name}` counts rows, not a property", known)
        return None
    if typed.type is Type.LIST:
        refused(values.report, node, typed.name)
        return None
    if node.fn is c.Fn.COUNT_DISTINCT:
        return Typed(Type.INT, name)
    timely = node.fn in (c.Fn.MIN, c.Fn.MAX) and typed.type.is_time
    if not typed.type.is_number and not timely:
        values.report.error("E315", node.span, f"`{fn} of` needs a number, and {typed.name} is {WORDS[typed.type]}")
        return None
    type_ = Type.DECIMAL if node.fn in (c.Fn.AVG, c.Fn.MEDIAN) and typed.type is Type.INT else typed.type
    return Typed(type_, name, typed.currency, node.fn is not c.Fn.SUM)


Values.more[c.Aggregate] = counted

CHECKS: dict[type, Callable[..., None]] = {
    c.HasItems: has_items,
    c.HasItem: has_item,
    c.HasRelated: has_related,
    c.InSegmentOf: in_segment_of,
}
"""Who checks which condition, with the checker of conditions in front."""
