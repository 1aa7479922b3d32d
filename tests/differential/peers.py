"""Sentences about a person among others, made up from a seed: mixed into the author of all sentences."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model.schema import Type
from orchestrator.model.segment import Trait


class Peers:
    """The part of an author who compares people."""

    rng: random.Random
    segments: list[c.SegmentRef]
    number: Callable[[Type, int], Any]
    simple: Callable[[Type], Any]
    event: Callable[[], c.Event]
    window: Callable[[Any], Any]
    negated: Callable[[], bool]

    def buckets(self) -> list[Trait]:
        """Give two traits that are buckets, the second over the first."""
        second = c.Bucket(self.rng.choice((2, 5)), c.Attr(("bucket_one",)), self.rng.random() < 0.5)
        return [
            Trait("bucket_one", "int", self.bucket(), c.Number(Decimal(1)) if self.rng.random() < 0.5 else None),
            Trait("bucket_two", "int", second),
        ]

    def bucket(self) -> c.Bucket:
        """Give a bucket."""
        by = self.number(self.rng.choice((Type.INT, Type.MONEY)), 1)
        return c.Bucket(self.rng.choice((2, 3, 4, 5, 10, 100)), by, self.rng.random() < 0.5, *self._scope())

    def smallest(self) -> Any:
        """Give a test on the smallest group with a share."""
        by = self.rng.choice((lambda: self.simple(Type.INT), lambda: self.simple(Type.MONEY), self._summed))()
        found = c.Cumulative(Decimal(self.rng.choice((5, 20, 50, 80, 99, 100))) / 100, by, *self._scope())
        return c.Not(found) if self.rng.random() < 0.3 else found

    def unique(self) -> c.IsUnique:
        """Give a test on uniqueness."""
        name = self.rng.choice(("name", "city", "age", "points", "balance", "born", "joined", "bucket_one"))
        if name == "bucket_one" and not self.segments:
            name = "age"
        return c.IsUnique(c.Attr((name,)), self.negated())

    def across(self, kind: Type) -> c.Across:
        """Give an aggregate across people."""
        prop = {Type.INT: "items", Type.MONEY: "amount"}.get(kind, "weight")
        fn = self.rng.choice((c.Fn.SUM, c.Fn.MIN, c.Fn.MAX))
        among = self.rng.choice(self.segments) if self.segments and self.rng.random() < 0.5 else None
        return c.Across(c.Aggregate(fn, self.event(), (prop,), self.window(None)), among)

    def above(self) -> c.Compare:
        """Compare a person's own value with that of all."""
        kind = self.rng.choice((Type.INT, Type.MONEY))
        return c.Compare(self.rng.choice(("<", "<=", ">", ">=")), self.simple(kind), self.across(kind))

    def _summed(self) -> c.Aggregate:
        return c.Aggregate(c.Fn.SUM, self.event(), (self.rng.choice(("amount", "items")),), self.window(None))

    def _scope(self) -> tuple[Any, Any]:
        among = self.rng.choice(self.segments) if self.segments and self.rng.random() < 0.4 else None
        each = c.Attr((self.rng.choice(("city", "vip", "name")),)) if self.rng.random() < 0.3 else None
        return each, among
