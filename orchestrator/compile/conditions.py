"""Checks of conditions: names, types, times and money, each finding at its place with the text to paste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from orchestrator.compile import (
    arguments,
    checked_absent,
    checked_consent,
    checked_negated,
    checked_special,
    names,
    raw,
    sequences,
    typed_elsewhere,
    typed_parameters,
    typed_peers,
    typed_related,
)
from orchestrator.compile.checked_lists import uneven
from orchestrator.compile.checked_versions import named, readable, versions
from orchestrator.compile.letters import check_pattern
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.pasted import month_number, ordered, timely, unquoted
from orchestrator.compile.related import ASKED, asked_of
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.timing import EXACT
from orchestrator.compile.typed import NUMERIC, WORDS, Typed, Values, currencies, literal, mixed
from orchestrator.compile.typed_measures import yearly
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.schema import Type
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Workspace


class Conditions:
    """Checks conditions; findings go to the reporter."""

    def __init__(self, workspace: Workspace, report: Reporter) -> None:
        """Keep both."""
        self.workspace = workspace
        self.report = report
        self.values = Values(report, self.check)
        self.known: frozenset[str] = frozenset()

    def check(self, node: c.Condition, scope: Scope) -> None:
        """Report everything that is wrong in a condition."""
        if isinstance(node, ASKED) and (scope := asked_of(scope)).event is not None:
            words = "`did`, `in segment`, ranks, consent and histories stand beside it"
            self.report.error("E210", node.span, f"a filter looks at one event: {words}", label="not inside a filter")
            return
        _CHECKS[type(node)](self, node, scope)

    # -------------------------------------------------------------- groups

    def _group(self, node: c.AllOf | c.AnyOf | c.NoneOf, scope: Scope) -> None:
        before = self.known
        if isinstance(node, c.AllOf):
            known = {
                i.value.name
                for i in node.items
                if isinstance(i, c.IsMissing) and i.negated and isinstance(i.value, c.Attr)
            }
            did = {
                f"did {i.event.name}"
                for i in node.items
                if isinstance(i, c.Did) and not i.negated and i.quantity is None
            }
            self.known = before | known | did
            properties: Any = scope.event.properties if scope.event is not None else scope.entity.attributes
            fixed = (*scope.currencies, *(pair for item in node.items for pair in currencies(item, properties)))
            scope = replace(scope, currencies=fixed)
        for item in node.items:
            self.check(item, scope)
        self.known = before
        if isinstance(node, c.NoneOf):
            checked_negated.around(self, node, scope)

    def _not(self, node: c.Not, scope: Scope) -> None:
        self.check(node.item, scope)
        checked_negated.around(self, node, scope)

    def _some(self, node: c.SomeOf, scope: Scope) -> None:
        if not 1 <= node.count <= len(node.items):
            self.report.error("E314", node.span, f"{node.count} of {len(node.items)} conditions is not a choice")
        for item in node.items:
            self.check(item, scope)
        if node.most and 1 <= node.count < len(node.items):
            checked_negated.around(self, node, scope)

    # -------------------------------------------------------------- comparisons

    def _compare(self, node: c.Compare, scope: Scope) -> None:
        left, right = self.values.typed(node.left, scope), self.values.typed(node.right, scope)
        if left is None or right is None:
            return
        for typed, side in ((left, node.left), (right, node.right)):
            if typed.type.is_time:
                self._timely(node, left, right)
                return
            if not typed.type.is_number and not versions(left, right):
                self.report.error(
                    "E302",
                    side.span,
                    f"`{node.op}` compares numbers, and {typed.name} is {WORDS[typed.type]}",
                    *ordered(self.report, node, left),
                )
                return
        if self.alike(node.left, left, node.right, right):
            checked_absent.counted_none(self, node, node.left, scope)

    def _timely(self, node: c.Compare, left: Typed, right: Typed) -> None:
        if not (left.type.is_time and right.type.is_time):
            message = f"{left.name} is {WORDS[left.type]}, and {right.name} is {WORDS[right.type]}"
            self.report.error("E301", node.span, message, label="these two cannot be compared")
            return
        meant = timely(self.report, node)
        message = f"`{node.op}` is for numbers; dates and moments are before, after or in a time"
        self.report.mended("E303", node.span, message, meant)

    def _is(self, node: c.Is, scope: Scope) -> None:
        left, right = self.values.typed(node.left, scope), self.values.typed(node.right, scope)
        if left is None or right is None:
            return
        if self.alike(node.left, left, node.right, right):
            self.listed(left, node.right)
            self.listed(right, node.left)
            checked_absent.counted_none(self, node, node.left, scope)
            if node.negated:
                checked_absent.unknown(self, node, node.left, left, scope)
            elif isinstance(node.right, c.Text) and not node.right.value:
                checked_absent.empty_text(self, node, left)

    def alike(self, left_node: c.Value, left: Typed, right_node: c.Value, right: Typed) -> bool:
        """Report two sides that cannot be equal or ordered; tell whether they can."""
        for money, money_node, other, other_node in (
            (left, left_node, right, right_node),
            (right, right_node, left, left_node),
        ):
            if money.type is not Type.MONEY:
                continue
            if money.currency is None:
                self.report.error(*mixed(money, money_node.span))
                return False
            if other.type in NUMERIC:
                self.report.error(
                    "E305",
                    other_node.span,
                    f"{money.name} is money: say the currency",
                    self.report.said(other_node, money.currency) if isinstance(other_node, c.Number) else None,
                    label=f"a bare number, not {money.currency}",
                )
                return False
        if left.type is right.type is Type.MONEY:
            if left.currency != right.currency:
                self.report.error(
                    "E306",
                    right_node.span,
                    f"{left.name} is in {left.currency}, and {right.name} is in {right.currency}",
                )
                return False
            return True
        if versions(left, right):
            return readable(self.report, (left_node, left), (right_node, right))
        if left.type is right.type or (left.type in NUMERIC and right.type in NUMERIC):
            return True
        own = self.report.words(left_node.span)
        helps: list[str | None] = []
        if left.type is Type.TIMESTAMP and right.type is Type.DATE and own:
            helps = [f"{own} is on {self.report.words(right_node.span)}"]
        elif isinstance(right_node, c.Text) and own:
            month = month_number(left_node, right_node.value)
            helps = [f"{own} is {fixed}" for fixed in month or unquoted(right_node.value, left)]
        elif left.type in (Type.TEXT, Type.VERSION) and own and isinstance(right_node, c.Number | c.Bool):
            helps = [f'{own} is "{self.report.words(right_node.span)}"']
        self.report.error(
            "E301",
            right_node.span,
            f"{left.name} is {WORDS[left.type]}, and {right.name} is {WORDS[right.type]}",
            *helps,
            label=f"{WORDS[left.type]} is needed here",
        )
        return False

    def _one_of(self, node: c.OneOf, scope: Scope) -> None:
        value = self.values.typed(node.value, scope)
        if isinstance(node.items, c.ListRef):
            try:
                items = names.listing(node.items, scope).items
            except Mistake as error:
                self.report.caught(error)
                return
            if uneven(items) is not None:
                return  # said where the list is declared
        elif isinstance(node.items, c.Param):
            typed_parameters.among(self, node.value, value, node.items, scope)
            return
        else:
            items = node.items
        if value is None:
            return
        versioned = isinstance(node.items, c.ListRef) and value.type is Type.VERSION
        if versioned and not named(self.report, node, items):
            return
        for item in items:
            own = literal(item)
            place: Any = item
            if isinstance(node.items, c.ListRef):  # a version is read, and nothing else of the list can be pasted here
                place = replace(item, span=node.items.span) if value.type is Type.VERSION else node.items
            if not self.alike(node.value, value, place, own):
                break
            self.listed(value, item)
        else:
            if node.negated:
                checked_absent.unknown(self, node, node.value, value, scope)

    def _between(self, node: c.Between, scope: Scope) -> None:
        value, low, high = (self.values.typed(side, scope) for side in (node.value, node.low, node.high))
        if value is None or low is None or high is None:
            return
        if not value.type.is_number and value.type not in (Type.DATE, Type.VERSION):
            own, ends = self.report.words(node.value.span), [self.report.words(n.span) for n in (node.low, node.high)]
            helps = (
                f"{own} is from {ends[0]} to {ends[1]}" if value.type is Type.TIMESTAMP and own and all(ends) else None
            )
            self.report.error("E302", node.span, f"{value.name} is {WORDS[value.type]}: it has no between", helps)
            return
        if self.alike(node.value, value, node.low, low) and self.alike(node.value, value, node.high, high):
            ends = [getattr(end, "value", getattr(end, "amount", None)) for end in (node.low, node.high)]
            if None not in ends and ends[0] > ends[1]:  # type: ignore[operator]
                self.report.error("E314", node.span, "the range ends before it begins, so nobody is in it")
            checked_absent.counted_none(self, node, node.value, scope)
            if node.negated:
                checked_absent.unknown(self, node, node.value, value, scope)

    def _is_time(self, node: c.IsTime, scope: Scope) -> None:
        value = self.values.typed(node.value, scope)
        self.values.points(node.window, scope)
        if value is None:
            return
        if not value.type.is_time:
            self.report.error("E307", node.value.span, f"{value.name} is {WORDS[value.type]}, not a date or a moment")
            return
        self._window(node.window, value)
        if node.negated:
            checked_absent.unknown(self, node, node.value, value, scope)

    def _window(self, window: c.Window, value: Typed) -> None:
        if isinstance(window, c.Ever):
            self.report.error("E311", window.span, "`ever` is for events; an attribute is known or missing")
        unit = getattr(window, "unit", None)
        if value.type is Type.DATE and unit in EXACT:
            self.report.error("E312", window.span, f"{value.name} is a date and has no time of day: count days")

    def _is_missing(self, node: c.IsMissing, scope: Scope) -> None:
        value = self.values.loose(node.value, scope)
        if value is None or node.negated:
            return
        if not value.nullable:
            self.report.warn("W304", node.span, f"{value.name} is never missing, so this is true for nobody")
        of = node.value if isinstance(node.value, c.Pick) else getattr(node.value, "of", None)
        if isinstance(of, c.Pick | c.Anchor) and f"did {of.event.name}" not in self.known:
            own = self.report.words(node.span)
            helps = f"({own} and did {of.event.name} ever)" if own and of.event.where is None else None
            self.report.warn("W303", node.span, f"this is also true for people without any `{of.event.name}`", helps)

    def _text(self, node: c.TextTest, scope: Scope) -> None:
        value, pattern = self.values.typed(node.value, scope), self.values.typed(node.pattern, scope)
        if value is None or pattern is None:
            return
        for typed, side in ((value, node.value), (pattern, node.pattern)):
            if typed.type is not Type.TEXT:
                self.report.error(
                    "E308", side.span, f"`{node.op.value}` searches texts, and {typed.name} is {WORDS[typed.type]}"
                )
                return
        if node.op is c.TextOp.MATCHES:
            self._pattern(node.pattern)
        if node.negated:
            checked_absent.unknown(self, node, node.value, value, scope)

    def _pattern(self, node: c.Value) -> None:
        if not isinstance(node, c.Text):
            self.report.error("E310", node.span, "`matches` needs its pattern in quotes")
            return
        problem = check_pattern(node.value)
        if problem is None:
            return
        span, own = node.span, self.report.words(node.span)
        if own is not None and "\\" not in own and "\n" not in own:
            at = 1 + problem.offset
            span = Span(
                span.path,
                span.line,
                span.column + at,
                span.line,
                span.column + at + 1,
                span.start + at,
                span.start + at + 1,
            )
        self.report.error("E310", span, f"this pattern cannot be used: {problem.message}")

    def _anniversary(self, node: c.Anniversary, scope: Scope) -> None:
        value = self.values.attr(node.of, scope)
        if value is not None and not value.type.is_time:
            self.report.error("E307", node.of.span, f"{value.name} is {WORDS[value.type]}, not a date or a moment")
            return
        yearly(self.values, node)
        own = [getattr(node.window, name, None) for name in ("point", "start", "end")]
        if any(isinstance(point, c.Attr | c.Anchor) for point in own):
            self.report.error(
                "E313", node.window.span, "an anniversary is held against times that are the same for everybody"
            )
        if value is not None:
            self._window(node.window, replace(value, type=Type.DATE))
            if node.negated:
                checked_absent.unknown(self, node, node.of, value, scope)

    # -------------------------------------------------------------- events, people, consent

    def _did(self, node: c.Did, scope: Scope) -> None:
        self.values.event(node.event, scope)
        self.values.window(node, node.window, scope)
        quantity = node.quantity
        if quantity is None:
            return
        empty = quantity.kind is c.Count.FEWER_THAN and quantity.count == 0
        if empty or (quantity.high is not None and quantity.high < quantity.count):
            self.report.error("E314", quantity.span, "no number of times fits this", label="impossible")

    def _in_segment(self, node: c.InSegment, scope: Scope) -> None:
        self.segment(node.ref, scope)

    def segment(self, ref: c.SegmentRef, scope: Scope) -> None:
        """Report a segment, partition or cell that is not there."""
        try:
            arguments.segment(ref, scope)
        except Mistake as error:
            self.report.caught(error)

    def _rank(self, node: c.Rank, scope: Scope) -> None:
        by = self.values.typed(node.by, scope)
        if by is not None and not (by.type.is_number or by.type.is_time):
            self.report.error("E317", node.by.span, f"{by.name} is {WORDS[by.type]}, and a rank needs numbers or dates")
        if by is not None and by.type is Type.MONEY and by.currency is None:
            self.report.error(*mixed(by, node.by.span))
        if node.each is not None:
            self.values.typed(node.each, scope)
        if node.among is not None:
            self.segment(node.among, scope)
        if (node.share is not None and not 0 < node.share <= 1) or (node.count is not None and node.count < 1):
            self.report.error("E314", node.span, "a rank takes more than nobody and at most everybody")

    # -------------------------------------------------------------- shared

    def listed(self, value: Typed, node: object) -> None:
        """Report a text that is not in the closed list of a value."""
        values = value.field.values if value.field is not None else ()
        if values and isinstance(node, c.Text) and node.value not in values:
            near = closest(node.value, values)
            notes = f"; it is one of {', '.join(values[:12])}{' …' if len(values) > 12 else ''}"
            label = f'did you mean "{near[0]}"?' if near else ""
            helps = [f'"{found}"' for found in near]
            self.report.error("E203", node.span, f'{value.name} is never "{node.value}"{notes}', *helps, label=label)


_CHECKS: dict[type, Callable[..., None]] = {
    c.Everyone: lambda self, node, scope: None,
    c.AllOf: Conditions._group,
    c.AnyOf: Conditions._group,
    c.NoneOf: Conditions._group,
    c.SomeOf: Conditions._some,
    c.Not: Conditions._not,
    c.Compare: Conditions._compare,
    c.Is: Conditions._is,
    c.OneOf: Conditions._one_of,
    c.Between: Conditions._between,
    c.IsTime: Conditions._is_time,
    c.IsMissing: Conditions._is_missing,
    c.TextTest: Conditions._text,
    c.Anniversary: Conditions._anniversary,
    c.Did: Conditions._did,
    c.Sequence: lambda self, node, scope: sequences.check(self.values, node, scope),
    c.InSegment: Conditions._in_segment,
    c.Rank: Conditions._rank,
    c.Consent: checked_consent.consent,
    **typed_peers.CHECKS,
    **typed_elsewhere.CHECKS,
    **checked_special.CHECKS,
    **typed_related.CHECKS,
    c.Near: checked_negated.place,
    c.Inside: checked_negated.place,
    c.RawSql: raw.checked,
}
