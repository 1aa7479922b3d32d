"""Sentences made up from a seed: every construct of ``orchestrator/model/condition.py``, on a made-up schema."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import special
from making import COUNTS, World
from peers import Peers
from reference import clock

from orchestrator.model import condition as c
from orchestrator.model.schema import EventTable, Type
from orchestrator.model.segment import Case, EventDef, ListDef, Partition, Segment, Trait

U = c.Unit
LONG = (U.DAY, U.DAY, U.WEEK, U.MONTH, U.QUARTER, U.YEAR)
ALL = (U.MINUTE, U.HOUR, *LONG)
ELAPSED = (U.MINUTE, U.HOUR, U.DAY, U.DAY, U.WEEK, U.WEEK)


class Writer(Peers):
    """One author with a dice. ``names`` collects what later sentences may refer to."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)
        self.schema = world.schema
        self.segments: list[c.SegmentRef] = []
        self.traits: dict[Type, list[str]] = {}
        self.named: dict[str, str] = {}  # named event -> the schema's event
        self.lists: list[str] = []
        self.filter: EventTable | None = None
        self.elsewhere = False  # definitions are ranked among, and nobody ranks among those drawn outside SQL
        self.literal_next = False  # `local days since …` may only be compared with a literal

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
        self.elsewhere = True
        return found

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
        self.literal_next = shape < 0.8
        left = self.number(kind, 2)
        self.literal_next = False
        right = self.literal(kind) if shape < 0.8 or not _exact(left) else self.simple(kind)
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
        kind = self.rng.choice(tuple(c.Count))
        count = self.rng.randint(0 if kind in (c.Count.AT_MOST, c.Count.EXACTLY, c.Count.MORE_THAN) else 1, 3)
        high = count + self.rng.randint(0, 2) if kind is c.Count.BETWEEN else None
        unit = self.rng.choice(ALL) if self.rng.random() < 0.25 else None
        return c.Did(event, c.Quantity(kind, count, high), window, unit=unit, local=unit is not None and self.local())

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

    # ---------------------------------------------------------- windows

    def window(self, of: Type | None) -> Any:
        """Give a window for events (None), for a date or for an instant."""
        units = LONG if of is Type.DATE else ALL
        ahead = of is not None
        makers = [
            lambda: self.rolling(units, ahead),
            lambda: self.rolling(units, ahead),
            lambda: self.calendar(LONG, ahead),
            lambda: c.OnDay(self.rng.choice(tuple(c.Day)[: 3 if ahead else 2]), self.local()),
            lambda: self.rng.choice((c.Since, c.Before, c.After, c.Since))(self.point(of)),
            lambda: self.rng.choice((c.Since, c.Before, c.After, c.Since))(self.point(of)),
            lambda: c.On(self.point(Type.DATE)),
            lambda: self.from_to(of),
            lambda: c.MoreThan(self.count(), self.rng.choice(units), self.local(), ahead and self.rng.random() < 0.4),
            lambda: self.between(units, ahead),
            lambda: self.beside(of, units),
            lambda: self.beside(of, units),
            lambda: c.During(self.rng.choice(("sales", "mixed")), self.negated()),
        ]
        if of is None:
            makers += [c.Ever] * 3
        return self.rng.choice(makers)()

    def rolling(self, units: Any, ahead: bool) -> Any:
        """Give ``in last 3 days``."""
        return c.Rolling(self.count(), self.rng.choice(units), self.local(), ahead and self.rng.random() < 0.4)

    def calendar(self, units: Any, _ahead: bool) -> Any:
        """Give ``in this month``."""
        return c.Calendar(self.rng.choice(units), self.rng.choice((0, 1, 1, 2, 3)), self.local())

    def between(self, units: Any, ahead: bool) -> Any:
        """Give ``between 1 and 3 days ago``."""
        low = self.rng.choice((1, 2, 3))
        high = low + self.rng.choice((1, 4, 27))
        return c.BetweenSpan(low, high, self.rng.choice(units), ahead and self.rng.random() < 0.4)

    def beside(self, of: Type | None, units: Any) -> Any:
        """Give ``in first 7 days after …`` or ``in last 7 days before …``."""
        point, before = self.point(of), self.rng.random() < 0.5
        local = self.local() and not isinstance(point, c.Attr | c.Anchor)
        if isinstance(point, c.UnitPoint):
            before = True
        return c.Beside(self.count(), self.rng.choice(units), point, before, local)

    def from_to(self, of: Type | None) -> Any:
        """Give ``from … to …``; two written days stand in order."""
        start, end = self.point(of), self.point(of)
        days = [
            p.value if type(p) is c.Date else p.value.date() for p in (start, end) if isinstance(p, c.Date | c.DateTime)
        ]
        if len(days) == 2 and days[0] >= days[1]:
            start, end = c.Date(days[1] - dt.timedelta(days=1)), c.Date(days[0])
        return c.FromTo(start, end)

    def point(self, of: Type | None) -> Any:
        """Give a point; a date is compared with days only."""
        today = clock.wall(self.world.as_of, ZoneInfo(self.world.project.zone)).date()
        makers: list[Callable[[], Any]] = [
            lambda: c.Date(today + dt.timedelta(days=self.rng.choice((0, -1, 1, -7, -30, -31, 5)))),
            lambda: c.DayPoint(self.rng.choice(tuple(c.Day)), self.local()),
            lambda: c.UnitPoint(self.rng.choice(LONG[1:]), self.rng.choice((0, 1)), self.local()),
        ]
        attribute = "" if self.filter is None else "customer"
        if of is Type.DATE:
            makers.append(lambda: c.Attr(tuple(filter(None, (attribute, self.rng.choice(("born", "renewal")))))))
        else:
            makers += [
                self.datetime, c.Now,
                lambda: c.Attr(tuple(filter(None, (attribute, self.rng.choice(("joined", "renews", "renewal")))))),
            ]  # fmt: skip
            if self.filter is None:
                makers += [lambda: c.Anchor(self.rng.choice(tuple(c.Edge)), self.event())] * 2
        return self.rng.choice(makers)()

    def datetime(self) -> Any:
        """Give an instant written out, with or without a zone."""
        moment = self.rng.choice(
            (self.world.as_of, self.world.as_of - dt.timedelta(days=7), self.world.as_of - dt.timedelta(hours=24))
        )
        if self.rng.random() < 0.5:
            return c.DateTime(moment)
        return c.DateTime(clock.wall(moment, ZoneInfo(self.world.project.zone)))

    # ---------------------------------------------------------- values

    def event(self) -> c.Event:
        """Give an event, often with a filter."""
        names = [*self.schema.events, *self.named]
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
            self.literal_next = False
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
        exact = lambda k: next(v for v in iter(lambda: self.number(k, depth), None) if _exact(v))  # noqa: E731
        if kind is Type.DECIMAL and self.rng.random() < 0.5:
            top = self.rng.choice((Type.INT, Type.MONEY))
            return c.Arithmetic("/", exact(top), exact(top))
        if kind is Type.MONEY and self.rng.random() < 0.3:
            return c.Arithmetic("*", exact(Type.MONEY), c.Number(Decimal(self.rng.choice((2, 3, -1)))))
        if kind is not Type.MONEY and self.rng.random() < 0.3:
            return c.Arithmetic("*", exact(kind), exact(Type.INT))
        return c.Arithmetic(
            self.rng.choice("+-"), exact(kind), exact(kind) if self.rng.random() < 0.6 else self.literal(kind)
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
                self.literal_next and self.local(),
            )
        if self.rng.random() < 0.4:
            return c.Elapsed(
                self.rng.choice(LONG),
                c.Attr((self.rng.choice(("born", "renewal")),)),
                self.literal_next and self.local(),
            )
        return c.Elapsed(
            self.rng.choice(ALL), c.Attr((self.rng.choice(("joined", "renews")),)), self.literal_next and self.local()
        )

    def remaining(self) -> Any:
        """Give ``days until …``."""
        if self.rng.random() < 0.4:
            return c.Remaining(
                U.DAY, c.Attr((self.rng.choice(("born", "renewal")),)), True, self.literal_next and self.local()
            )
        if self.rng.random() < 0.5:
            return c.Remaining(self.rng.choice(LONG), c.Attr(("renewal",)), False, self.literal_next and self.local())
        return c.Remaining(self.rng.choice(ALL), c.Attr(("renews",)), False, self.literal_next and self.local())

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

    # ---------------------------------------------------------- small things

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

    def op(self) -> str:
        """Give a sign of comparison."""
        return self.rng.choice(("<", "<=", ">", ">="))

    def count(self) -> int:
        """Give a number of units."""
        return self.rng.choice(COUNTS)

    def local(self) -> bool:
        """Tell whether to count in the person's zone."""
        return self.rng.random() < 0.1

    def negated(self) -> bool:
        """Tell whether to negate."""
        return self.rng.random() < 0.35

    def maybe(self, make: Callable[[], Any]) -> Any:
        """Give something, or nothing."""
        return make() if self.rng.random() < 0.5 else None


def _size(value: Any) -> Decimal:
    return Decimal(value.amount if isinstance(value, c.Money) else value.value)


def _exact(value: Any) -> bool:
    """Tell whether a value has no endless digits, so that it may be compared with another and calculated with."""
    if isinstance(value, c.Arithmetic):
        return value.op != "/" and _exact(value.left) and _exact(value.right)
    endless = isinstance(value, c.Share | c.Spacing) or (isinstance(value, c.Aggregate) and value.fn is c.Fn.AVG)
    return not endless and value != c.Attr(("worth",))
