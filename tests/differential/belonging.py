"""Sentences about lists, values inside JSON, related rows and households: mixed into the author of all sentences."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from making import World
from spans import LONG

from orchestrator.model import condition as c
from orchestrator.model.schema import EventTable, Schema, Type
from orchestrator.model.segment import Segment, Trait

SIZES = ("<", "<=", ">", ">=")


class Belonging:
    """The part of an author who looks at what belongs to a person.

    ``homes`` are segments of households; ``listing`` says of each trait that is a list what its entries are like.
    """

    world: World
    schema: Schema
    rng: random.Random
    filter: EventTable | None
    elsewhere: bool
    segments: list[c.SegmentRef]
    homes: list[c.SegmentRef]
    listing: dict[str, str]
    condition: Callable[[int], Any]
    boolean: Callable[[Callable[[], Any]], Any]
    literal: Callable[[Type], Any]
    word: Callable[[], c.Text]
    maybe: Callable[[Callable[[], Any]], Any]
    where: Callable[[EventTable], Any]
    negated: Callable[[], bool]
    quantity: Callable[[], c.Quantity]

    # ---------------------------------------------------------- lists and values inside JSON

    def listings(self) -> list[Trait]:
        """Give traits that are lists: an attribute under another name, and what one purchase held."""
        made = [Trait("liked", "list", c.Attr(("tags",)), entry="text"), Trait("listed", "list", c.Attr(("liked",)))]
        made[1] = replace(made[1], entry="text")
        for name, edge in (("begun", c.Edge.FIRST), ("lately", c.Edge.LAST)):
            event = c.Event(self.rng.choice(("purchase", "paid")), self.maybe(lambda: self.where(self._purchase)))
            window = self.maybe(self._days)
            made.append(Trait(name, "list", c.Pick(edge, event, ("lines",), window)))
        self.listing = {"liked": "tags", "listed": "tags", "begun": "lines", "lately": "lines"}
        return made

    @property
    def _purchase(self) -> EventTable:
        return self.schema.events["purchase"]

    def _list(self) -> tuple[str, tuple[str, ...]]:
        """Give what the entries of a list are like, and its name: of a person, in a filter mostly the event's own."""
        own = {"tags": "tags", "counts": "counts", "gear": "gear", **self.listing}
        if self.filter is not None and self.rng.random() < 0.8:
            return "lines", ("lines",)
        name = self.rng.choice((*own, "tags", "gear"))
        return own[name], (name,) if self.filter is None else ("customer", name)

    def listed(self) -> Any:
        """Give a test of a list."""
        name, path = self._list()
        of = c.Attr(path)
        shape = self.rng.random()
        if shape < 0.25:
            where = self.maybe(lambda: self._entry(name, 1))
            count = c.Aggregate(c.Fn.COUNT, c.Event(path[0], where), path[1:], None)
            return c.Compare(self.rng.choice(SIZES), count, c.Number(Decimal(self.rng.choice((0, 1, 2, 3)))))
        if shape > 0.95:
            return c.IsMissing(of, self.negated())
        if name in ("tags", "counts") and shape < 0.7:
            return self._has(of, self.word if name == "tags" else lambda: self.literal(Type.INT))
        return c.HasItem(of, self._entry(name, 1), self.rng.choice((c.Which.ANY, c.Which.NONE, c.Which.EVERY)))

    def _has(self, of: c.Attr, literal: Callable[[], Any]) -> c.HasItems:
        """Give a test of the entries of a list of values."""
        which = self.rng.choice((c.Which.ANY, c.Which.ALL, c.Which.NONE))
        if of.name not in ("counts", "customer.counts") and self.rng.random() < 0.2:
            return c.HasItems(of, c.ListRef("words"), which)
        return c.HasItems(of, tuple(literal() for _ in range(self.rng.choice((1, 1, 2, 3)))), which)

    def _entry(self, name: str, depth: int) -> Any:
        """Give a filter on the entries of a list."""
        if depth > 0 and self.rng.random() < 0.35:
            return self.boolean(lambda: self._entry(name, depth - 1))
        if name in ("tags", "parts", "marks"):
            return self._of_text(c.Attr(("value",)))
        if name == "counts":
            return self._of_number(c.Attr(("value",)), Type.INT)
        shape = self.rng.randint(0, 6)
        if shape == 0:
            return self._of_text(c.Attr(("kind",)))
        if shape == 1:
            return self._of_number(c.Attr(("price",)), Type.MONEY)
        if shape == 2:
            return self._of_number(c.Attr(("number",)), Type.INT)
        if shape == 3:
            return c.Is(c.Attr(("fresh",)), c.Bool(self.rng.random() < 0.5), self.negated())
        if shape == 4:
            return c.IsTime(c.Attr(("made",)), self._days(), self.negated())
        if shape == 5:
            return self._has(c.Attr(("marks",)), self.word)
        inner = c.Aggregate(c.Fn.COUNT, c.Event("marks", self.maybe(lambda: self._entry("marks", 0))), (), None)
        return c.Compare(self.rng.choice(SIZES), inner, c.Number(Decimal(self.rng.choice((0, 1, 2)))))

    def _of_text(self, of: c.Attr) -> Any:
        shape = self.rng.randint(0, 3)
        if shape == 0:
            return c.OneOf(of, (self.word(), self.word()), self.negated())
        if shape == 1:
            return c.IsMissing(of, self.negated())
        if shape == 2:
            return c.Is(of, self.word(), self.negated())
        op = self.rng.choice((c.TextOp.CONTAINS, c.TextOp.STARTS_WITH, c.TextOp.ENDS_WITH))
        return c.TextTest(op, of, self.word(), self.negated())

    def _of_number(self, of: c.Attr, kind: Type) -> Any:
        shape = self.rng.randint(0, 3)
        if shape == 0:
            return c.Is(of, self.literal(kind), self.negated())
        if shape == 1:
            return c.IsMissing(of, self.negated())
        if shape == 2 and kind is not Type.MONEY:
            return c.OneOf(of, (self.literal(kind), self.literal(kind)), self.negated())
        return c.Compare(self.rng.choice(SIZES), of, self.literal(kind))

    def _days(self) -> Any:
        """Give a window that asks nobody's zone."""
        today = self.world.as_of.date()
        day = c.Date(today + dt.timedelta(days=self.rng.choice((0, -1, -30, 5))))
        return self.rng.choice(
            (
                lambda: c.Rolling(self.rng.choice((1, 7, 30)), self.rng.choice(LONG)),
                lambda: c.Calendar(self.rng.choice(LONG), self.rng.choice((0, 1, 2))),
                lambda: c.Since(day),
                lambda: c.Before(day),
            )
        )()

    def inside(self) -> Any:
        """Give a test of a value inside a document."""
        shape = self.rng.randint(0, 2)
        if shape == 0:
            return self._of_text(c.Attr(("profile", "lang")))
        if shape == 1:
            return self._of_number(c.Attr(("stars",)), Type.INT)
        return c.IsTime(c.Attr(("opened",)), self._days(), self.negated())

    # ---------------------------------------------------------- related rows

    def related(self) -> Any:
        """Give a test of devices or leases, or of a number made of devices."""
        if self.rng.random() < 0.3:
            return self._of_devices()
        name = self.rng.choice(("device", "device", "lease"))
        return self._has_rows(name, lambda: self._device(1) if name == "device" else self._lease(1))

    def _has_rows(self, name: str, where: Callable[[], Any]) -> c.HasRelated:
        """Give ``has … where (…)``; a number other than 1 demands the plural where one is declared."""
        which = self.rng.choice((c.Which.ANY, c.Which.ANY, c.Which.NONE, c.Which.EVERY))
        quantity = self.quantity() if which is c.Which.ANY and self.rng.random() < 0.5 else None
        found = self.schema.relation(name)
        assert found is not None
        many = quantity is not None and (quantity.count != 1 or quantity.high not in (None, 1))
        called = found.plural if many and found.plural is not None else name
        filtered = where() if which is c.Which.EVERY else self.maybe(where)
        return c.HasRelated(c.Event(called, filtered), which, quantity)

    def _device(self, depth: int) -> Any:
        if depth > 0 and self.rng.random() < 0.4:
            return self.boolean(lambda: self._device(depth - 1))
        shape = self.rng.randint(0, 6)
        if shape == 0:
            return self._of_text(c.Attr(("label",)))
        if shape == 1:
            return self._of_number(c.Attr(("slots",)), Type.INT)
        if shape == 2:
            return self._of_number(c.Attr(("cost",)), Type.MONEY)
        if shape == 3:
            return c.Is(c.Attr(("active",)), c.Bool(self.rng.random() < 0.5), self.negated())
        if shape == 4:
            return c.IsTime(c.Attr(("bought",)), self._days(), self.negated())
        if shape == 5:
            return self._has(c.Attr(("parts",)), self.word)
        return c.Compare(self.rng.choice(SIZES), c.Attr(("app",)), c.Text(self.rng.choice(("4.2", "4.10", "9"))))

    def _lease(self, depth: int) -> Any:
        """Give a filter on leases: the row's own property, or a question about the household it leads to."""
        if depth > 0 and self.rng.random() < 0.4:
            return self.boolean(lambda: self._lease(depth - 1))
        if self.rng.random() < 0.5 or not self.homes:
            return self._of_text(c.Attr(("role",)))
        return self.rng.choice((lambda: c.InSegment(self.rng.choice(self.homes)), self._read))()

    def _of_devices(self) -> Any:
        where = self.maybe(lambda: self._device(0))
        shapes: tuple[tuple[c.Fn, tuple[str, ...], Type], ...] = (
            (c.Fn.COUNT, (), Type.INT), (c.Fn.SUM, ("slots",), Type.INT), (c.Fn.SUM, ("cost",), Type.MONEY),
            (c.Fn.MAX, ("cost",), Type.MONEY), (c.Fn.MIN, ("slots",), Type.INT), (c.Fn.AVG, ("cost",), Type.MONEY),
            (c.Fn.COUNT_DISTINCT, ("label",), Type.INT), (c.Fn.MEDIAN, ("slots",), Type.DECIMAL),
        )  # fmt: skip
        fn, prop, kind = self.rng.choice(shapes)
        value = c.Aggregate(fn, c.Event("device", where), prop, None)
        if fn is not c.Fn.COUNT and self.rng.random() < 0.15:
            return c.IsMissing(value, self.negated())
        return c.Compare(self.rng.choice(SIZES), value, self.literal(kind))

    # ---------------------------------------------------------- households: what people belong to

    def household(self) -> Any:
        """Give a test of the household that a person belongs to."""
        shape = self.rng.randint(0, 3)
        if shape == 0:
            return self._of_text(c.Attr(("household", "plan")))
        if shape == 1:
            return self._of_number(c.Attr(("household", "size")), Type.INT)
        if shape == 2 or not self.homes:
            return self._of_number(c.Attr(("household", "fee")), Type.MONEY)
        return c.InSegmentOf(c.Attr(("household",)), self.rng.choice(self.homes), self.negated())

    def home(self, name: str, depth: int) -> Segment:
        """Give a segment of households."""
        before, self.elsewhere = self.elsewhere, False
        try:
            return Segment(name, self._home(depth), of="household")
        finally:
            self.elsewhere = before

    def _home(self, depth: int) -> Any:
        """Give a condition about a household."""
        if depth > 0 and self.rng.random() < 0.5:
            return self.boolean(lambda: self._home(depth - 1))
        shape = self.rng.randint(0, 7)
        if shape == 0:
            return self._of_text(c.Attr(("plan",)))
        if shape == 1:
            return self._of_number(c.Attr(("size",)), Type.INT)
        if shape == 2:
            return self._of_number(c.Attr(("fee",)), Type.MONEY)
        if shape == 3:
            return c.IsTime(c.Attr(("begun",)), self._days(), self.negated())
        if shape == 4:
            return self._read()
        if shape == 5 and self.segments:
            return self._has_rows("customer", lambda: c.InSegment(self.rng.choice(self.segments)))
        return self._has_rows("customer", lambda: self.condition(self.rng.choice((0, 1))))

    def _read(self) -> Any:
        """Give a test of a household's readings."""
        where = self.maybe(lambda: self._of_number(c.Attr(("units",)), Type.INT))
        event, window = c.Event("reading", where), self.rng.choice((c.Ever, self._days))()
        if self.rng.random() < 0.3:
            return c.Did(event, None, window, negated=True)
        return c.Did(event, self.maybe(self.quantity), window)
