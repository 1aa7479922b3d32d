"""The type of every value, with its currency and whether it can be unknown; what does not fit is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from orchestrator.compile import names
from orchestrator.compile.features import Column, Gap, Ordinal
from orchestrator.compile.names import Mistake, Scope
from orchestrator.compile.periods import spans
from orchestrator.compile.related import is_counted
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.singles import refused, single
from orchestrator.compile.timing import EXACT
from orchestrator.compile.typed_measures import each, hung, measured
from orchestrator.compile.values import arithmetic_type
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.schema import Field, Type
from orchestrator.model.segment import Trait


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a value. ``name`` is how a sentence calls it; ``field`` is its column, if it is one."""

    type: Type
    name: str
    currency: str | None = None
    nullable: bool = False
    field: Field | None = None
    literal: bool = False
    chosen: str | None = None
    """The name by which a sentence fixes the currency of money that is in several."""


WORDS = {
    Type.TEXT: "a text",
    Type.INT: "a number",
    Type.DECIMAL: "a number",
    Type.MONEY: "an amount of money",
    Type.BOOL: "true or false",
    Type.DATE: "a date",
    Type.TIMESTAMP: "a moment",
    Type.LIST: "a list",
    Type.VERSION: "a version",
    Type.PLACE: "a place",
}
NUMERIC = (Type.INT, Type.DECIMAL)


class Values:
    """Gives the type of values in their scope."""

    more: ClassVar[dict[type, Callable[..., Typed | None]]] = {}
    """Kinds of values that have a file of their own, and who gives their type."""

    def __init__(self, report: Reporter, conditions: Callable[[c.Condition, Scope], None]) -> None:
        """Keep the reporter, and who checks the conditions inside filters."""
        self.report = report
        self.conditions = conditions
        self._traits: dict[str, Typed | None] = {}

    def typed(self, node: c.Value, scope: Scope) -> Typed | None:
        """Give the type of a value, None when something in it was reported."""
        if isinstance(node, c.Attr):
            return single(self.report, node, self.attr(node, scope))
        if isinstance(node, c.Arithmetic):
            return self._arithmetic(node, scope)
        if isinstance(node, c.Aggregate) and is_counted(node, scope):
            return self.more[c.Aggregate](self, node, scope)
        if isinstance(node, c.Aggregate | c.Pick) and scope.event is not None:
            self.report.error("E210", node.span, "a filter looks at one event: it cannot ask for other events")
            return None
        if isinstance(node, c.Aggregate):
            return self._aggregate(node, scope)
        if isinstance(node, c.Pick):
            return single(self.report, node, self._pick(node, scope))
        if isinstance(node, c.Elapsed):
            return self._steps(node, node.of, scope, f"{node.unit.value}s since")
        if isinstance(node, c.Remaining):
            return self._steps(node, node.of, scope, f"{node.unit.value}s until")
        if isinstance(node, c.Across | c.Bucket | c.Param):
            return self.more[type(node)](self, node, scope)
        if isinstance(node, c.Part):
            return self._part(node, scope)
        if isinstance(node, c.Share | c.Spacing):
            name = "the fraction" if isinstance(node, c.Share) else "the time between events"
            return Typed(Type.DECIMAL, name, None, True) if measured(self, node, scope) else None
        return literal(node)

    def loose(self, node: c.Value, scope: Scope) -> Typed | None:
        """Give the type of a value where a list or a place may stand, too."""
        if isinstance(node, c.Attr):
            return self.attr(node, scope)
        if isinstance(node, c.Pick) and scope.event is None:
            return self._pick(node, scope)
        return self.typed(node, scope)

    def attr(self, node: c.Attr, scope: Scope) -> Typed | None:
        """Give the type of an attribute, trait or property."""
        try:
            found = names.attribute(node, scope)
        except Mistake as error:
            self.report.caught(error)
            return None
        if isinstance(found, Trait):
            return self.trait(found, scope)
        return column(found, node.name, scope)

    def trait(self, trait: Trait, scope: Scope) -> Typed | None:
        """Give the type that a trait declares; the currency is its value's."""
        if trait.name not in self._traits:
            self._traits[trait.name] = None  # a circle is reported elsewhere
            quiet = Values(Reporter(lambda _: None), lambda _, __: None)
            quiet._traits = self._traits
            try:
                own = quiet.loose(trait.value, scope.outside())
                type_ = Type(trait.type)
            except (Mistake, ValueError):
                return None
            nullable = trait.default is None and (own is None or own.nullable)
            currency = own.currency if own is not None else None
            field = own.field if own is not None and type_ is Type.LIST else None
            self._traits[trait.name] = Typed(type_, f"`{trait.name}`", currency, nullable, field)
        return self._traits[trait.name]

    def event(self, node: c.Event, scope: Scope) -> names.FoundEvent | None:
        """Check an event and its filter; give the schema's event behind it."""
        try:
            found = names.find_event(node.name, scope, node.span)
        except Mistake as error:
            self.report.caught(error)
            return None
        if node.where is not None:
            self.conditions(node.where, self.inside(node, scope, found))
        return found

    def inside(self, node: c.Event, scope: Scope, found: names.FoundEvent) -> Scope:
        """Give the scope of an event's filter, with the currencies that it fixes."""
        wheres = [*found.filters, *([] if node.where is None else [node.where])]
        fixed = tuple(pair for where in wheres for pair in currencies(where, found.table.properties))
        return replace(scope, event=found.table, event_name=node.name, currencies=fixed)

    def window(
        self, node: c.Node, window: c.Window | None, scope: Scope, *past: str, pasted: list[str] | None = None
    ) -> None:
        """Check the window of an event test: it must be there, and may not lie in the future."""
        if window is None:
            helps: list[str | None] = [*(pasted or ())]
            if pasted is None:
                helps = [self.report.said(node, text) for text in past or ("ever", "in last 30 days")]
            self.report.error("E113", node.span, "this does not say when", *helps, label="add a time")
            return
        if getattr(window, "ahead", False) or (isinstance(window, c.OnDay) and window.day is c.Day.TOMORROW):
            self.report.error("E309", window.span, "events of the future are not known", label="look back instead")
        if isinstance(window, c.InEach):
            each(self, node, window)
        self.points(window, scope)

    def points(self, window: c.Window, scope: Scope) -> None:
        """Check the moments that a window hangs on, and the name of a period."""
        try:
            if isinstance(window, c.During):
                spans(window, scope.workspace)
        except Mistake as error:
            self.report.caught(error)
        if isinstance(window, c.Beside):
            hung(self, window)
        for name in ("point", "start", "end"):
            point = getattr(window, name, None)
            if isinstance(point, c.Anchor):
                self._anchor(point, scope)
            elif isinstance(point, c.Attr | c.Param):
                found = self.typed(point, scope)
                if found is not None and not found.type.is_time:
                    self.report.error(
                        "E307", point.span, f"{found.name} is {WORDS[found.type]}, not a date or a moment"
                    )

    # -------------------------------------------------------------- kinds of values

    def _anchor(self, node: c.Anchor, scope: Scope) -> None:
        if scope.event is not None:
            self.report.error("E210", node.span, "a filter looks at one event: it cannot ask for other events")
        else:
            self.event(node.event, scope)

    def _arithmetic(self, node: c.Arithmetic, scope: Scope) -> Typed | None:
        left, right = self.typed(node.left, scope), self.typed(node.right, scope)
        if left is None or right is None:
            return None
        for side, typed in ((node.left, left), (node.right, right)):
            if not typed.type.is_number:
                self.report.error("E304", side.span, f"{typed.name} is {WORDS[typed.type]}; `{node.op}` needs numbers")
                return None
        money = [typed for typed in (left, right) if typed.type is Type.MONEY]
        name = f"this {'difference' if node.op == '-' else 'result'}"
        nullable = left.nullable or right.nullable or node.op == "/"
        if len(money) == 2:
            if node.op == "*":
                self.report.error("E304", node.span, "money times money has no meaning")
                return None
            if left.currency != right.currency:
                self.report.error("E306", node.span, f"these are two currencies: {left.currency} and {right.currency}")
                return None
            type_ = Type.DECIMAL if node.op == "/" else Type.MONEY
            return Typed(type_, name, left.currency if type_ is Type.MONEY else None, nullable)
        if money and (node.op in "+-" or (node.op == "/" and right.type is Type.MONEY)):
            other = node.right if left.type is Type.MONEY else node.left
            helps = self.report.said(other, money[0].currency or "EUR") if isinstance(other, c.Number) else None
            self.report.error("E305", other.span, f"money {node.op} a bare number: say the currency", helps)
            return None
        type_ = arithmetic_type(node.op, left.type, right.type)
        return Typed(type_, name, money[0].currency if money else None, nullable)

    def _aggregate(self, node: c.Aggregate, scope: Scope) -> Typed | None:
        found = self.event(node.event, scope)
        self.window(node, node.window, scope)
        if found is None:
            return None
        fn, name = node.fn.value, f"the {node.fn.value}"
        if not node.prop:
            if node.fn is not c.Fn.COUNT:
                numbers = [n for n, f in found.table.properties.items() if f.type.is_number]
                helps = [f"{fn} of {node.event.name}.{n} ever" for n in numbers[:3]]
                self.report.error("E315", node.span, f"`{fn} of` needs a property of `{node.event.name}`", *helps)
                return None
            return Typed(Type.INT, name)
        typed = self._prop(node.event, node.prop, node.span, scope, found)
        if typed is None:
            return None
        if typed.type is Type.LIST:
            refused(self.report, node, typed.name)
            return None
        if node.fn in (c.Fn.COUNT, c.Fn.COUNT_DISTINCT):
            return Typed(Type.INT, name)
        timely = node.fn in (c.Fn.MIN, c.Fn.MAX) and typed.type.is_time
        if not typed.type.is_number and not timely:
            self.report.error("E315", node.span, f"`{fn} of` needs a number, and {typed.name} is {WORDS[typed.type]}")
            return None
        type_ = Type.DECIMAL if node.fn in (c.Fn.AVG, c.Fn.MEDIAN) and typed.type is Type.INT else typed.type
        return Typed(type_, name, typed.currency, node.fn is not c.Fn.SUM)

    def _pick(self, node: c.Pick, scope: Scope) -> Typed | None:
        found = self.event(node.event, scope)
        if node.window is not None:
            self.window(node, node.window, scope)
        if found is None:
            return None
        typed = self._prop(node.event, node.prop, node.span, scope, found)
        return None if typed is None else replace(typed, nullable=True, field=typed.field)

    def _prop(
        self, event: c.Event, path: tuple[str, ...], span: Span, scope: Scope, found: names.FoundEvent
    ) -> Typed | None:
        try:
            term = names.prop(event, path, scope, span)
        except Mistake as error:
            self.report.caught(error)
            return None
        typed = column(term, ".".join(path), self.inside(event, scope, found))
        if typed.type is Type.PLACE:
            self.report.error("E341", span, f"{typed.name} is a place: it can stand in a filter only")
            return None
        if typed.type is Type.MONEY and typed.currency is None:
            self.report.error(*mixed(typed, span))
            return None
        return typed

    def _steps(self, node: c.Elapsed | c.Remaining, of: c.Attr | c.Anchor, scope: Scope, name: str) -> Typed | None:
        if isinstance(of, c.Anchor):
            self._anchor(of, scope)
            return Typed(Type.INT, f"`{name} {of.edge.value} {of.event.name}`", None, True)
        found = self.attr(of, scope)
        if found is None:
            return None
        if not found.type.is_time:
            self.report.error("E307", of.span, f"{found.name} is {WORDS[found.type]}, not a date or a moment")
            return None
        yearly = isinstance(node, c.Remaining) and node.anniversary
        if node.unit in EXACT and (yearly or found.type is Type.DATE):
            day = "an anniversary" if yearly else found.name
            self.report.error("E312", node.span, f"{day} is a date and has no time of day: count days")
            return None
        return Typed(Type.INT, f"`{name} {of.name}`", None, found.nullable)

    def _part(self, node: c.Part, scope: Scope) -> Typed | None:
        type_ = Type.TEXT if node.unit is None else Type.INT
        if isinstance(node.of, c.Now):
            return Typed(type_, "this part of the calendar")
        found = self.attr(node.of, scope)
        if found is None:
            return None
        if not found.type.is_time:
            self.report.error("E307", node.of.span, f"{found.name} is {WORDS[found.type]}, not a date or a moment")
            return None
        if found.type is Type.DATE and node.unit in EXACT:
            self.report.error("E312", node.span, f"{found.name} is a date and has no time of day")
            return None
        return Typed(type_, "this part of the calendar", None, found.nullable)


def literal(node: c.Literal) -> Typed:
    """Give the type of a literal."""
    if isinstance(node, c.Number):
        return Typed(Type.INT if node.whole and not node.percent else Type.DECIMAL, f"`{node.value}`", literal=True)
    if isinstance(node, c.Money):
        return Typed(Type.MONEY, f"`{node.amount} {node.currency}`", node.currency, literal=True)
    kinds = {c.Text: Type.TEXT, c.Bool: Type.BOOL, c.Date: Type.DATE, c.DateTime: Type.TIMESTAMP}
    shown = str(node.value).lower() if isinstance(node, c.Bool) else str(node.value)
    return Typed(kinds[type(node)], f'"{shown}"' if isinstance(node, c.Text) else f"`{shown}`", literal=True)


def column(term: Column | Ordinal | Gap | Trait, name: str, scope: Scope) -> Typed:
    """Give the type of an attribute or a property."""
    if isinstance(term, Ordinal):
        return Typed(Type.INT, f"`{name}`")
    if isinstance(term, Gap):
        return Typed(Type.DECIMAL, f"`{name}`", None, True)
    if isinstance(term, Trait):
        raise ValueError("a trait is no column")
    field = term.field
    currency = field.currency
    if field.type is Type.MONEY and currency is None:
        fixed = dict(scope.currencies).get(field.currency_column or "")
        currency = fixed if field.currency_column is not None else scope.workspace.project.currency
    beside = scope.event.properties if term.event and scope.event is not None else scope.entity.attributes
    chosen = next((key for key, other in beside.items() if other.column == field.currency_column), None)
    return Typed(field.type, f"`{name}`", currency, field.nullable or term.parent, field, chosen=chosen)


def mixed(typed: Typed, span: Span) -> tuple[str, Span, str]:
    """Give the error of money in several currencies (E306)."""
    message = f"{typed.name} is in several currencies: choose one by its column"
    if typed.chosen:
        return "E306", span, f'{message}, as in `{typed.chosen} is "EUR"`'
    column = typed.field.currency_column if typed.field is not None else None
    return "E306", span, f"{message} `{column}`, which the schema must declare, too" if column else message


def currencies(where: c.Condition, properties: object) -> list[tuple[str, str]]:
    """Give (column, currency) for every currency that a conjunction fixes by ``currency is "EUR"``."""
    found = []
    for item in where.items if isinstance(where, c.AllOf) else (where,):
        if (
            isinstance(item, c.Is)
            and not item.negated
            and isinstance(item.left, c.Attr)
            and isinstance(item.right, c.Text)
        ):
            field = properties.get(item.left.name) if isinstance(properties, dict) else None
            found.append((field.column if isinstance(field, Field) else item.left.name, item.right.value))
    return found
