"""Sentences made up from a seed: every construct of ``orchestrator/model/condition.py``, on a made-up schema."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import parameters
import special
from amounts import Amounts, exact
from belonging import Belonging
from making import World
from peers import Peers
from spans import ALL, ELAPSED, LONG, Spans, U

from orchestrator.model import condition as c
from orchestrator.model.schema import EventTable, Type
from orchestrator.model.segment import Case, EventDef, ListDef, Partition, Segment, Trait


class Writer(Spans, Amounts, Peers, Belonging):  # type: ignore[misc]
    """One author with a dice. ``names`` collects what later sentences may refer to."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)
        self.schema = world.schema
        self.segments: list[c.SegmentRef] = []
        self.homes: list[c.SegmentRef] = []
        self.traits: dict[Type, list[str]] = {}
        self.named: dict[str, str] = {}  # named event -> the schema's event
        self.lists: list[str] = []
        self.listing: dict[str, str] = {}  # trait of a list -> the list whose entries are like its own
        self.filter: EventTable | None = None
        self.elsewhere = False  # definitions are ranked among, and nobody ranks among those drawn outside SQL

    # ---------------------------------------------------------- definitions

    def vocabulary(self) -> list[Any]:
        """Give lists, events, traits, two segments and a partition that sentences refer to."""
        found: list[Any] = [ListDef("words", tuple(c.Text(w) for w in self.rng.sample(self._words(), 3)))]
        self.lists.append("words")
        for name, source in (("paid", "purchase"), ("deep", "paid")):
            found.append(EventDef(name, c.Event(source, self.where(self.schema.events["purchase"]))))
            self.named[name] = "purchase"
        for name, kind in (
            ("worth", Type.MONEY),
            ("often", Type.INT),
            ("mean", Type.DECIMAL),
            ("word", Type.TEXT),
            ("seen", Type.TIMESTAMP),
        ):
            found.append(self.trait(name, kind))
            self.traits.setdefault(kind, []).append(name)
        found += self.listings()
        for name in ("base", "other"):
            found.append(Segment(name, self.condition(1)))
            self.segments.append(c.SegmentRef(name))
        found += self.buckets()
        self.traits[Type.INT] += ["bucket_one", "bucket_two"]
        cases = tuple(Case(name, self.condition(1)) for name in ("first_cell", "second_cell"))
        found.append(Partition("cells", cases, "rest_cell", among=self.rng.choice((None, c.SegmentRef("base")))))
        self.segments += [
            c.SegmentRef("cells"),
            *(c.SegmentRef("cells", cell) for cell in ("first_cell", "second_cell", "rest_cell")),
        ]
        for name in ("home_one", "home_two"):
            found.append(self.home(name, 1))
            self.homes.append(c.SegmentRef(name))
        made, refs = parameters.segments(self)
        self.segments += refs
        self.elsewhere = True
        return [*found, *made]

    def trait(self, name: str, kind: Type) -> Trait:
        """Give a trait of a type, sometimes with a default."""
        if kind is Type.TEXT:
            return Trait(name, "text", self.pick("coupon"), self.maybe(lambda: c.Text("a")))
        if kind is Type.TIMESTAMP:
            return Trait(name, "timestamp", self.pick(self.rng.choice(("due", "happened_at"))))
        if kind is Type.MONEY:
            return Trait(name, "money", self.number(Type.MONEY, 2), self.maybe(lambda: c.Money(Decimal(0), "EUR")))
        if kind is Type.INT:
            return Trait(name, "int", self.counted(), self.maybe(lambda: c.Number(Decimal(2))))
        return Trait(name, "decimal", self.number(Type.DECIMAL, 2), self.maybe(lambda: c.Number(Decimal(0))))

    # ---------------------------------------------------------- conditions

    def condition(self, depth: int) -> Any:
        """Give a condition about a person, with at most ``depth`` levels of booleans."""
        if depth > 0 and self.rng.random() < 0.55:
            return self.boolean(lambda: self.condition(depth - 1))
        makers: list[Callable[[], Any]] = [self.compare] * 4 + [self.texts] * 3 + [self.times] * 4 + [self.did] * 8
        makers += [self.smallest, self.unique, self.above]
        makers += [self.sequence] * 3
        makers += [lambda s=s: s(self) for s in (special.version, special.held, special.changed, special.place)]
        makers += [self.missing, self.truth, self.membership, self.rank, self.consent, self.anniversary, c.Everyone]
        makers += [self.listed, self.listed, self.inside, self.related, self.related, self.household]
        makers += [self.sample, self.ours, self.ours] if self.elsewhere else []
        return self.rng.choice(makers)()

    def boolean(self, part: Callable[[], Any]) -> Any:
        """Join conditions."""
        kind = self.rng.choice((c.AllOf, c.AnyOf, c.NoneOf, c.SomeOf, c.Not, c.AllOf, c.AnyOf))
        if kind is c.Not:
            item = part()
            return c.Not(item)
        items = tuple(part() for _ in range(self.rng.randint(2, 3)))
        if kind in (c.AllOf, c.AnyOf):  # `(a and b) and c` is one list
            items = tuple(c.Not(item) if isinstance(item, kind) else item for item in items)
        if kind is c.SomeOf:
            most = self.rng.random() < 0.4
            return c.SomeOf(self.rng.randint(1, len(items) - most), items, most)
        return kind(items)

    def where(self, event: EventTable, depth: int = 1) -> Any:
        """Give a filter on an event's properties."""
        before, self.filter = self.filter, event
        try:
            return self._where(depth)
        finally:
            self.filter = before

    def _where(self, depth: int) -> Any:
        if depth > 0 and self.rng.random() < 0.4:
            return self.boolean(lambda: self._where(depth - 1))
        return self.rng.choice(
            (
                self.compare,
                self.texts,
                self.times,
                self.missing,
                self.truth,
                self.order,
                self.compare,
                lambda: special.version(self),
                self.listed if self.filter is self.schema.events["purchase"] else self.texts,
            )
        )()

    def order(self) -> Any:
        """Give a test on which one an event is, or how long after the one before."""
        if self.filter is not None and self.filter.id is None:
            return self.compare()
        if self.rng.random() < 0.5:
            return c.Is(c.Attr(("nth",)), c.Number(Decimal(self.rng.randint(1, 3))), self.negated())
        return c.Compare(self.op(), c.Attr(("days_since_previous",)), c.Number(Decimal(self.rng.choice((0, 1, 7, 30)))))

    def compare(self) -> Any:
        """Give a comparison of numbers or of money."""
        kind = self.rng.choice((Type.INT, Type.DECIMAL, Type.MONEY))
        shape = self.rng.random()
        left = self.number(kind, 2)
        right = self.literal(kind) if shape < 0.8 or not exact(left) else self.simple(kind)
        if shape > 0.9:
            low, high = sorted((self.literal(kind), self.literal(kind)), key=_size)
            return c.Between(left, low, high, self.negated())
        if shape > 0.8 and kind is not Type.MONEY:
            return c.OneOf(left, tuple(self.literal(kind) for _ in range(2)), self.negated())
        if shape > 0.6:
            return c.Is(left, right, self.negated())
        return c.Compare(self.op(), left, right)

    def texts(self) -> Any:
        """Give a test on a text."""
        left = self.text()
        shape = self.rng.randint(0, 5)
        if shape == 0:
            right = self.text() if self.rng.random() < 0.3 else self.word()
            return c.Is(left, right, self.negated())
        if shape == 1:
            items = (
                c.ListRef("words") if self.lists and self.rng.random() < 0.4 else tuple(self.word() for _ in range(2))
            )
            return c.OneOf(left, items, self.negated())
        if shape == 2:
            pattern = self.rng.choice(
                ("[A-Za-z]+", ".*a.*", "(a|b|ab)", "a.?", "[^a]*", "", "[ab]{1,2}", "a%", "i|I|ä")
            )
            return c.TextTest(c.TextOp.MATCHES, left, c.Text(pattern), self.negated())
        op = self.rng.choice((c.TextOp.CONTAINS, c.TextOp.STARTS_WITH, c.TextOp.ENDS_WITH))
        return c.TextTest(op, left, self.word(), self.negated())

    def times(self) -> Any:
        """Give a test on a date or an instant."""
        if self.rng.random() < 0.4:
            name = "booked" if self.filter else self.rng.choice(("born", "renewal"))
            return c.IsTime(c.Attr((name,)), self.window(Type.DATE), self.negated())
        names = ("due", "happened_at") if self.filter else ("joined", "renews", *self.traits.get(Type.TIMESTAMP, ()))
        return c.IsTime(c.Attr((self.rng.choice(names),)), self.window(Type.TIMESTAMP), self.negated())

    def missing(self) -> Any:
        """Give a test whether something is known."""
        makers = [self.text, lambda: self.number(Type.INT, 1), lambda: self.number(Type.DECIMAL, 1)]
        return c.IsMissing(self.rng.choice(makers)(), self.negated())

    def truth(self) -> Any:
        """Give a test on yes or no."""
        return c.Is(c.Attr(("gift" if self.filter else "vip",)), c.Bool(self.rng.random() < 0.5), self.negated())

    def did(self) -> Any:
        """Give a test on events."""
        event = self.event()
        window = self.each() if self.rng.random() < 0.1 else self.window(None)
        if self.rng.random() < 0.25:
            return c.Did(event, None, window, negated=True)
        if self.rng.random() < 0.3:
            return c.Did(event, None, window)
        unit = self.rng.choice(ALL) if self.rng.random() < 0.25 else None
        return c.Did(event, self.quantity(), window, unit=unit, local=unit is not None and self.local())

    def quantity(self) -> c.Quantity:
        """Give a number of times that some number fits."""
        kind = self.rng.choice(tuple(c.Count))
        count = self.rng.randint(0 if kind in (c.Count.AT_MOST, c.Count.EXACTLY, c.Count.MORE_THAN) else 1, 3)
        high = count + self.rng.randint(0, 2) if kind is c.Count.BETWEEN else None
        return c.Quantity(kind, count, high)

    def each(self) -> Any:
        """Give ``in each of previous 2 weeks``."""
        return c.InEach(self.rng.choice((U.HOUR, *LONG)), self.rng.choice((1, 2, 2, 3)), self.local())

    def sequence(self) -> Any:
        """Give a sequence of two to four events; times between them are those at which made-up rows lie apart."""
        steps = []
        for _ in range(self.rng.choice((1, 1, 2, 2, 3))):
            link = self.rng.choice((c.Link.THEN, c.Link.THEN, c.Link.NOT, c.Link.NOT_YET))
            within = c.Within(self.count(), self.rng.choice(ELAPSED))
            same = self.rng.choice(("items", "coupon", "gift", "weight", "amount", "booked", "due", "app"))
            steps.append(c.Step(
                link, self.event(), same if self.rng.random() < 0.35 else None,
                None if link is not c.Link.NOT and self.rng.random() < 0.4 else within,
            ))  # fmt: skip
        return c.Sequence(self.event(), self.window(None), tuple(steps))

    def membership(self) -> Any:
        """Give a test on another segment, where there is one."""
        if not self.segments:
            return self.did()
        member = c.InSegment(self.rng.choice(self.segments))
        return c.Not(member) if self.rng.random() < 0.4 else member

    def rank(self) -> Any:
        """Give a rank."""
        by = self.rng.choice((lambda: self.number(Type.INT, 1), lambda: self.number(Type.MONEY, 1)))()
        among = self.rng.choice(self.segments) if self.segments and self.rng.random() < 0.4 else None
        each = c.Attr((self.rng.choice(("city", "vip", "name")),)) if self.rng.random() < 0.3 else None
        if self.rng.random() < 0.5:
            size: dict[str, Any] = {"share": Decimal(self.rng.choice((5, 20, 34, 50, 75, 100))) / 100}
        else:
            size = {"count": self.rng.choice((1, 2, 3, 5, 100))}
        found = c.Rank(self.rng.random() < 0.6, by, **size, each=each, among=among)
        return c.Not(found) if self.rng.random() < 0.3 else found

    def ours(self) -> Any:
        """Give a test of what we record ourselves: messages, and who entered or left a segment."""
        window = c.Ever() if self.rng.random() < 0.3 else self.rolling(LONG, False)
        if self.rng.random() < 0.3:
            return c.Moved(self.rng.random() < 0.5, c.SegmentRef(self.rng.choice(("base", "other"))), window)
        where = self.rng.choice((None, c.Is(c.Attr(("campaign",)), c.Text("spring"), self.rng.random() < 0.3)))
        event = c.Event(self.rng.choice(("receive_message", "click_message")), where)
        if self.rng.random() < 0.3:
            return c.Compare("<", c.Elapsed(U.DAY, c.Anchor(c.Edge.LAST, event)), c.Number(Decimal(20)))
        count = c.Quantity(self.rng.choice((c.Count.AT_MOST, c.Count.AT_LEAST, c.Count.EXACTLY)), 1)
        return c.Did(event, self.rng.choice((None, count)), window)

    def sample(self) -> Any:
        """Give a draw, now and then."""
        found = c.Sample(self.rng.choice((Decimal("0.05"), Decimal("0.5"), Decimal("0.995"))), self.rng.choice("ab"))
        return c.Not(found) if self.rng.random() < 0.2 else found

    def consent(self) -> Any:
        """Give a test on consent."""
        channel, topic = self.rng.choice(("email", "sms")), self.rng.choice(("promotions", "news"))
        negated = self.negated()  # the grammar gives a window to the affirmative only
        return c.Consent(channel, topic, None if negated else self.maybe(lambda: self.window(None)), negated)

    def anniversary(self) -> Any:
        """Give a test on an anniversary."""
        window = self.rng.choice(
            (self.rolling, self.rolling, self.calendar, lambda: c.OnDay(self.rng.choice(tuple(c.Day)), self.local()))
        )
        found = window(LONG[:4], True)if window in (self.rolling, self.calendar) else window()  # fmt: skip
        return c.Anniversary(c.Attr((self.rng.choice(("born", "renewal", "joined")),)), found, self.negated())

    # ---------------------------------------------------------- small things

    def op(self) -> str:
        """Give a sign of comparison."""
        return self.rng.choice(("<", "<=", ">", ">="))

    def negated(self) -> bool:
        """Tell whether to negate."""
        return self.rng.random() < 0.35

    def maybe(self, make: Callable[[], Any]) -> Any:
        """Give something, or nothing."""
        return make() if self.rng.random() < 0.5 else None


def _size(value: Any) -> Decimal:
    return Decimal(value.amount if isinstance(value, c.Money) else value.value)
