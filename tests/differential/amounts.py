"""Values made up from a seed, numbers, money, texts and literals: mixed into the author of all sentences."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from making import World
from spans import ALL, LONG, U

from orchestrator.model import condition as c
from orchestrator.model.schema import EventTable, Schema, Type


class Amounts:
    """The part of an author who says values."""

    world: World
    schema: Schema
    rng: random.Random
    filter: EventTable | None
    traits: dict[Type, list[str]]
    named: dict[str, str]
    window: Callable[[Any], Any]
    where: Callable[[EventTable], Any]
    local: Callable[..., bool]
    maybe: Callable[[Callable[[], Any]], Any]

    def event(self) -> c.Event:
        """Give an event, often with a filter."""
        names = [*(n for n, e in self.schema.events.items() if e.entity == self.schema.first.name), *self.named]
        name = self.rng.choice(names)
        table = self.schema.events[self.named.get(name, name)]
        return c.Event(name, self.where(table) if self.rng.random() < 0.45 else None)

    def simple(self, kind: Type) -> Any:
        """Give an attribute (in a filter: a property) of a type."""
        if self.filter is not None:
            names = {Type.INT: ("items",), Type.DECIMAL: ("weight",), Type.MONEY: ("amount",)}[kind]
            if self.rng.random() < 0.2:
                return c.Attr(("customer", {Type.INT: "age", Type.DECIMAL: "score", Type.MONEY: "balance"}[kind]))
        else:
            names = {Type.INT: ("age", "points"), Type.DECIMAL: ("score",), Type.MONEY: ("balance",)}[kind]
            if kind is not Type.DECIMAL:
                names += tuple(self.traits.get(kind, ()))
        return c.Attr((self.rng.choice(names),))

    def number(self, kind: Type, depth: int) -> Any:
        """Give a value of a numeric type."""
        if self.rng.random() < 0.25 or (depth == 0 and self.filter is not None):
            return self.simple(kind)
        if depth > 0 and self.rng.random() < 0.25:
            return self.arithmetic(kind, depth - 1)
        if self.filter is not None:
            if kind is Type.INT and self.rng.random() < 0.5:
                of = c.Attr((self.rng.choice(("happened_at", "due")),))
                return c.Part(self.rng.choice((U.HOUR, U.DAY, U.MONTH, U.QUARTER, U.YEAR)), of, self.local())
            return self.simple(kind)
        if kind is Type.INT:
            return self.rng.choice((self.counted, self.elapsed, self.elapsed, self.remaining, self.part))()
        prop = "amount" if kind is Type.MONEY else "weight"
        if self.rng.random() < 0.25:
            return self.pick(prop)
        if kind is Type.DECIMAL and self.rng.random() < 0.4:
            return self.measured()
        fn = self.rng.choice((c.Fn.SUM, c.Fn.SUM, c.Fn.AVG, c.Fn.MIN, c.Fn.MAX, c.Fn.MEDIAN, c.Fn.MEDIAN))
        return c.Aggregate(fn, self.event(), (prop,), self.window(None))

    def measured(self) -> Any:
        """Give a share of events, a median of whole numbers, or the time between events."""
        event, window = self.event(), self.window(None)
        shape = self.rng.random()
        if shape < 0.3:
            return c.Aggregate(c.Fn.MEDIAN, event, ("items",), window)
        if shape < 0.6:
            named = event.where is None and event.name in self.schema.events
            where = self.where(self.schema.events[event.name]) if named else event.where
            return c.Share(c.Event(event.name, where), window) if where is not None else self.measured()
        fn = self.rng.choice((c.Fn.SUM, c.Fn.AVG, c.Fn.MIN, c.Fn.MAX, c.Fn.MEDIAN))
        return c.Spacing(fn, self.rng.choice((U.MINUTE, U.HOUR, U.DAY, U.WEEK)), event, window)

    def arithmetic(self, kind: Type, depth: int) -> Any:
        """Give a sum, a difference, a product with a number; division only where the result is a decimal."""
        sized = lambda k: next(v for v in iter(lambda: self.number(k, depth), None) if exact(v))  # noqa: E731
        if kind is Type.DECIMAL and self.rng.random() < 0.5:
            top = self.rng.choice((Type.INT, Type.MONEY))
            return c.Arithmetic("/", sized(top), sized(top))
        if kind is Type.MONEY and self.rng.random() < 0.3:
            return c.Arithmetic("*", sized(Type.MONEY), c.Number(Decimal(self.rng.choice((2, 3, -1)))))
        if kind is not Type.MONEY and self.rng.random() < 0.3:
            return c.Arithmetic("*", sized(kind), sized(Type.INT))
        return c.Arithmetic(
            self.rng.choice("+-"), sized(kind), sized(kind) if self.rng.random() < 0.6 else self.literal(kind)
        )

    def counted(self) -> Any:
        """Give a count of events, of different values, or a sum of whole numbers."""
        shapes: tuple[tuple[c.Fn, tuple[str, ...]], ...] = (
            (c.Fn.COUNT, ()), (c.Fn.COUNT, ()), (c.Fn.COUNT_DISTINCT, ("coupon",)), (c.Fn.COUNT_DISTINCT, ("items",)),
            (c.Fn.SUM, ("items",)), (c.Fn.MIN, ("items",)), (c.Fn.MAX, ("items",)),
        )  # fmt: skip
        fn, prop = self.rng.choice(shapes)
        return c.Aggregate(fn, self.event(), prop, self.window(None))

    def elapsed(self) -> Any:
        """Give ``days since …``."""
        if self.rng.random() < 0.5:
            return c.Elapsed(
                self.rng.choice(ALL),
                c.Anchor(self.rng.choice(tuple(c.Edge)), self.event()),
                self.local(0.25),
            )
        if self.rng.random() < 0.4:
            return c.Elapsed(
                self.rng.choice(LONG),
                c.Attr((self.rng.choice(("born", "renewal")),)),
                self.local(0.25),
            )
        return c.Elapsed(self.rng.choice(ALL), c.Attr((self.rng.choice(("joined", "renews")),)), self.local(0.25))

    def remaining(self) -> Any:
        """Give ``days until …``."""
        if self.rng.random() < 0.4:
            return c.Remaining(U.DAY, c.Attr((self.rng.choice(("born", "renewal")),)), True, self.local(0.25))
        if self.rng.random() < 0.5:
            return c.Remaining(self.rng.choice(LONG), c.Attr(("renewal",)), False, self.local(0.25))
        return c.Remaining(self.rng.choice(ALL), c.Attr(("renews",)), False, self.local(0.25))

    def part(self) -> Any:
        """Give ``month of …``."""
        of = self.rng.choice((c.Now(), c.Attr(("joined",)), c.Attr(("born",))))
        units = (U.DAY, U.MONTH, U.QUARTER, U.YEAR)
        if of != c.Attr(("born",)):
            units += (U.HOUR,)
        return c.Part(self.rng.choice(units), of, self.local())

    def pick(self, prop: str) -> Any:
        """Give the first or last event's own value."""
        return c.Pick(self.rng.choice(tuple(c.Edge)), self.event(), (prop,), self.maybe(lambda: self.window(None)))

    def text(self) -> Any:
        """Give a text of the person, of an event in a filter, or of their first or last event."""
        if self.filter is not None:
            return c.Attr(("customer", "name")) if self.rng.random() < 0.15 else c.Attr(("coupon",))
        if self.rng.random() < 0.15:
            of = self.rng.choice((c.Now(), c.Attr(("joined",))))
            return c.Part(None, of, self.local())
        if self.rng.random() < 0.25:
            return self.pick("coupon")
        return c.Attr((self.rng.choice(("name", "city", "name", *self.traits.get(Type.TEXT, ()))),))

    def literal(self, kind: Type) -> Any:
        """Give a literal that data may hit exactly."""
        if kind is Type.INT:
            return c.Number(Decimal(self.rng.choice((0, 1, 2, 3, 5, 7, 30, 90))))
        if kind is Type.DECIMAL:
            value = self.rng.choice(("0", "0.5", "1", "1.5", "2.25", "2.5"))
            return c.Number(Decimal(value), whole="." not in value)
        return c.Money(Decimal(self.rng.choice(("0", "0.10", "0.3", "1", "1.01", "19.99", "500", "500.01"))), "EUR")

    def word(self) -> c.Text:
        """Give a text that data may hold."""
        return c.Text(self.rng.choice(self._words()))

    def _words(self) -> list[str]:
        texts = {
            row[f.column] for f in (self.schema.first.attributes["name"],) for row in self.world.tables["customers"]
        } - {None}
        return sorted({*texts, "a", "ä", "sunday", "Σ", "%", "_"})


def exact(value: Any) -> bool:
    """Tell whether a value has no endless digits, so that it may be compared with another and calculated with."""
    if isinstance(value, c.Arithmetic):
        return value.op != "/" and exact(value.left) and exact(value.right)
    endless = isinstance(value, c.Share | c.Spacing) or (isinstance(value, c.Aggregate) and value.fn is c.Fn.AVG)
    return not endless and value != c.Attr(("worth",))
