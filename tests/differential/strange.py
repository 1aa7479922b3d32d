"""Sentences at the edge of sense, made up from a seed: numbers beyond their range, events beside themselves, opposites.

Some can be true, some cannot, and what the analysis says of them is held against the reference.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sentences import Writer

from orchestrator.model import condition as c

U = c.Unit
BOUNDS = {U.MINUTE: (0, 59), U.HOUR: (0, 23), U.DAY: (1, 31), U.WEEK: (1, 53), U.MONTH: (1, 12), U.QUARTER: (1, 4)}
OPS = ("<", "<=", ">", ">=")


class Strange:
    """An author who tests the limits of a language; the words are another author's."""

    def __init__(self, writer: Writer, rng: random.Random) -> None:
        self.writer, self.rng = writer, rng

    def condition(self) -> Any:
        """Give a condition about a person: a single one, a pair of opposites, or a choice among several."""
        shape, one = self.rng.random(), self._single()
        if shape < 0.4:
            return one
        others = tuple(self._beside(one) for _ in range(self.rng.choice((1, 1, 2))))
        items = (one, *others)
        if shape < 0.5:
            return c.NoneOf(items) if self.rng.random() < 0.7 else c.Not(one)
        if shape < 0.63:
            most = self.rng.random() < 0.3
            return c.SomeOf(self.rng.randint(1, len(items) - most), items, most)
        return (c.AllOf if shape < 0.86 else c.AnyOf)(items)

    def _single(self) -> Any:
        makers: tuple[Callable[[], Any], ...] = (
            self._part, self._part, self._size, self._fraction, self._bucket, self._version, self._list,
            self._rank, self._rank, self._rank,
            self._beside_itself, self._beside_itself, self._picked, self._number, self._truth, self._place,
            self._spacing, self._part, self._picked, self._place, self._order, self._sample, self._related, c.Everyone,
        )  # fmt: skip
        return self.rng.choice(makers)()

    def _beside(self, one: Any) -> Any:
        """Give something that often contradicts a condition, or says the rest of it, or the same."""
        made = one.item if isinstance(one, c.Not) else one
        match made:
            case c.Compare(op, left, right):
                turned = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
                if self.rng.random() < 0.3:
                    return c.IsMissing(left, self.rng.random() < 0.5)
                bound = self._moved(right) if self.rng.random() < 0.4 else right
                return c.Compare(self.rng.choice((turned[op], self.rng.choice(OPS))), left, bound)
            case c.Is(left, right, negated):
                return c.IsMissing(left, negated) if self.rng.random() < 0.3 else replace(made, negated=not negated)
            case c.Rank():
                sizes = (
                    [{"share": Decimal(n) / 100} for n in (10, 50, 100)] if made.share else [{"count": 1}, {"count": 4}]
                )
                other = replace(made, **self.rng.choice(sizes))  # type: ignore[arg-type]
                found = c.IsMissing(made.by) if self.rng.random() < 0.3 else other
                return c.Not(found) if self.rng.random() < 0.6 else found
            case c.Sample():
                return c.Not(replace(made, share=Decimal(self.rng.choice(("0.3", "0.6", "1")))))
            case c.HasItems(of):
                found = self._list_of(of)
                return c.IsMissing(of, self.rng.random() < 0.3) if self.rng.random() < 0.4 else found
            case c.Did(event):
                return self.rng.choice(
                    (self._pick_of(event), c.Did(event, None, c.Ever(), True), self._beside_itself())
                )
            case c.IsMissing(c.Pick(_, event)):
                once = c.Did(event, c.Quantity(c.Count.EXACTLY, 1), c.Ever())
                return once if self.rng.random() < 0.4 else c.Did(event, None, c.Ever(), self.rng.random() < 0.6)
            case c.Near():
                return replace(
                    made, distance=c.Number(Decimal(self.rng.choice((0, 50, 30_000)))), negated=not made.negated
                )
        return c.Not(made)

    def _moved(self, right: Any) -> Any:
        if isinstance(right, c.Number) and not right.percent:
            return replace(right, value=right.value + self.rng.choice((-1, 1, 2)))
        return c.Text(self.rng.choice(("4.2", "4.9", "4.10", "17"))) if isinstance(right, c.Text) else right

    # ---------------------------------------------------------- single ones

    def _held(self, value: Any, low: int, high: int | None) -> Any:
        """Hold a value against a number at the edge of its range, or a step beyond."""
        edge = low if high is None or self.rng.random() < 0.5 else high
        bound = c.Number(Decimal(edge + self.rng.choice((-1, -1, 0, 0, 1, 1, 3))))
        shape = self.rng.random()
        if shape < 0.25:
            return c.Is(value, bound, self.rng.random() < 0.3)
        if shape < 0.4:
            return c.Between(value, bound, replace(bound, value=bound.value + 40), self.rng.random() < 0.3)
        return c.Compare(self.rng.choice(OPS), value, bound)

    def _part(self) -> Any:
        of = self.rng.choice(("joined", "joined", "renews", "born"))
        units = (U.DAY, U.MONTH, U.QUARTER, U.WEEK) if of == "born" else tuple(BOUNDS)
        unit = self.rng.choice(units)
        return self._held(c.Part(unit, c.Attr((of,))), *BOUNDS[unit])

    def _size(self) -> Any:
        count = c.Aggregate(c.Fn.COUNT, c.Event(self.rng.choice(("tags", "counts", "gear"))), (), None)
        if self.rng.random() < 0.4:
            count = c.Aggregate(c.Fn.COUNT, c.Event("purchase"), (), c.Ever())
        return self._held(count, 0, None)

    def _fraction(self) -> Any:
        where = self.writer.where(self.writer.schema.events["purchase"])
        share = c.Share(c.Event("purchase", where), self.writer.window(None))
        bound = c.Number(Decimal(self.rng.choice((0, 50, 100, 101, 150))) / 100, whole=False, percent=True)
        return c.Compare(self.rng.choice(OPS), share, bound)

    def _bucket(self) -> Any:
        return self._held(c.Attr((self.rng.choice(("bucket_one", "bucket_two")),)), 1, self.rng.choice((2, 5, 10)))

    def _version(self) -> Any:
        left = c.Attr(("os",)) if self.rng.random() < 0.7 else self.writer.pick("app")
        return c.Compare(self.rng.choice(OPS), left, c.Text(self.rng.choice(("4.2", "4.9", "4.10", "17"))))

    def _list(self) -> Any:
        return self._list_of(c.Attr((self.rng.choice(("tags", "counts")),)))

    def _list_of(self, of: c.Attr) -> Any:
        which = self.rng.choice((c.Which.ANY, c.Which.ALL, c.Which.NONE))
        items = self.rng.sample((0, 1, 2, 3), 2) if of.name == "counts" else self.rng.sample(("a", "ä", "b"), 2)
        said = tuple(c.Number(Decimal(item)) if isinstance(item, int) else c.Text(str(item)) for item in items)
        return c.HasItems(of, said, which)

    def _rank(self) -> Any:
        by: Any = self.rng.choice((c.Attr(("points",)), c.Attr(("age",)), c.Attr(("often",))))
        each = c.Attr(("city",)) if self.rng.random() < 0.2 else None
        among = self.rng.choice(self.writer.segments) if self.rng.random() < 0.3 else None
        size = {"share": Decimal(self.rng.choice((10, 50, 100))) / 100} if self.rng.random() < 0.6 else {"count": 2}
        found = c.Rank(self.rng.random() < 0.5, by, **size, each=each, among=among)  # type: ignore[arg-type]
        return c.Not(found) if self.rng.random() < 0.2 else found

    def _beside_itself(self) -> Any:
        """Give events before or after the first or last ones of their own kind, or of nearly the same kind."""
        event = self.writer.event()
        other = self.rng.choice((event, c.Event(event.name), self.writer.event()))
        point = c.Anchor(self.rng.choice(tuple(c.Edge)), other)
        window = self.rng.choice((
            c.Since(point), c.Before(point), c.After(point), c.On(point),
            c.Beside(self.rng.choice((1, 30)), U.DAY, point, self.rng.random() < 0.5),
        ))  # fmt: skip
        negated = self.rng.random() < 0.2
        return c.Did(event, None if negated or self.rng.random() < 0.7 else self.writer.quantity(), window, negated)

    def _pick_of(self, event: c.Event) -> Any:
        value = c.Pick(self.rng.choice(tuple(c.Edge)), event, ("items",), None)
        return c.IsMissing(value, self.rng.random() < 0.8)

    def _picked(self) -> Any:
        return self._pick_of(self.writer.event())

    def _number(self) -> Any:
        return self._held(c.Attr((self.rng.choice(("age", "points", "often")),)), 1, 5)

    def _truth(self) -> Any:
        return c.Is(c.Attr(("vip",)), c.Bool(self.rng.random() < 0.5), self.rng.random() < 0.5)

    def _place(self) -> Any:
        distance = c.Number(Decimal(self.rng.choice((0, 60, 25_000))))
        return c.Near(c.Attr(("home",)), distance, "km", c.NamedPlace("spot"), self.rng.random() < 0.4)

    def _spacing(self) -> Any:
        value = c.Spacing(self.rng.choice((c.Fn.AVG, c.Fn.MEDIAN, c.Fn.MIN)), U.DAY, self.writer.event(), c.Ever())
        return self._held(value, 0, None)

    def _order(self) -> Any:
        nth = self._held(c.Attr((self.rng.choice(("nth", "days_since_previous")),)), self.rng.choice((0, 1)), None)
        return c.Did(c.Event("purchase", nth), None, c.Ever(), self.rng.random() < 0.2)

    def _sample(self) -> Any:
        return c.Sample(Decimal(self.rng.choice(("0.3", "0.6", "1"))), "s")

    def _related(self) -> Any:
        value = c.Aggregate(
            self.rng.choice((c.Fn.AVG, c.Fn.MAX, c.Fn.COUNT_DISTINCT)), c.Event("device"), ("slots",), None
        )
        return self._held(value, 0, 3)
