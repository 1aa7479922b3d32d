"""Any tree that this version's language can say, for property tests: values, conditions and definitions.

Every tree made here prints to text that reads back to an equal tree. Whether names and types make sense is not
looked at: give names of a schema to :func:`conditions` where that matters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st

from orchestrator.language.grammars import RESERVED
from orchestrator.model import condition as c
from orchestrator.model import segment as s

NAMES = (
    "country",
    "plan",
    "age",
    "size",
    "created_at",
    "ltv",
    "tags",
    "list",
    "owner",
    "x",
    "customer",
    "purchase",
    "visit",
)
name = st.sampled_from(NAMES) | st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda word: word not in RESERVED and word not in ("sql", "null", "nil", "trigger")
)
entry = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True)  # behind a point every word may stand
units = st.sampled_from(list(c.Unit))
degrees = st.integers(-89_999, 89_999).map(lambda n: Decimal(n) / 1000)
flags = st.booleans()

texts = st.builds(
    c.Text,
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00", max_codepoint=0xFFFF), max_size=12),
)
wholes = st.builds(c.Number, st.integers(-(10**12), 10**12).map(Decimal))
decimals = st.builds(
    lambda number, places: c.Number(Decimal(number).scaleb(-places), whole=False),
    st.integers(-(10**9), 10**9),
    st.integers(1, 6),
)
percents = st.builds(lambda n: c.Number(Decimal(n).scaleb(-4), whole=False, percent=True), st.integers(0, 10**7))
money = st.builds(
    lambda number, places, currency: c.Money(Decimal(number).scaleb(-places), currency),
    st.integers(-(10**9), 10**9),
    st.integers(0, 4),
    st.sampled_from(("EUR", "USD", "JPY", "ALL")),
)
dates = st.builds(c.Date, st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
zones = st.none() | st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
moments = st.builds(
    c.DateTime,
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=zones).map(
        lambda at: at.replace(microsecond=0)
    ),
)
literals = texts | wholes | decimals | percents | money | st.builds(c.Bool, flags) | dates | moments
attrs = st.builds(lambda first, rest: c.Attr((first, *rest)), name, st.lists(entry, max_size=2))
given = literals | st.lists(literals, min_size=1, max_size=3).map(tuple)
arguments = st.lists(st.builds(c.Argument, name, given), max_size=2).map(tuple)
refs = st.builds(c.SegmentRef, name, st.none() | entry, arguments)
places = st.builds(c.Param, name)

stand_ins = st.builds(c.CountParam, name)
counts = st.integers(0, 400)
spans = st.integers(1, 400)
numbered = spans | stand_ins
points = st.deferred(
    lambda: st.one_of(
        dates,
        moments,
        st.just(c.Now()),
        attrs,
        st.builds(c.DayPoint, st.sampled_from(list(c.Day)), flags),
        st.builds(c.UnitPoint, units, st.integers(0, 1), flags),
        st.builds(c.Anchor, st.sampled_from(list(c.Edge)), events),
        places,
    )
)


def _ordered(start: c.Point, end: c.Point) -> c.FromTo:
    if isinstance(start, c.Date) and isinstance(end, c.Date) and start.value > end.value:
        return c.FromTo(end, start)
    return c.FromTo(start, end)


windows = st.one_of(
    st.builds(c.Rolling, numbered, units, flags, flags),
    st.builds(c.Calendar, units, st.integers(0, 12) | stand_ins, flags),
    st.builds(c.OnDay, st.sampled_from(list(c.Day)), flags),
    st.just(c.Ever()),
    st.builds(c.On, points),
    st.builds(c.Since, points),
    st.builds(c.Before, points),
    st.builds(c.After, points),
    st.builds(_ordered, points, points),
    st.builds(c.MoreThan, counts | stand_ins, units, flags, flags),
    st.builds(c.Beside, numbered, units, points, flags, flags),
    st.builds(c.During, name, flags),
)
betweens = st.builds(
    lambda low, more, unit, ahead: c.BetweenSpan(low, low + more, unit, ahead), counts, spans, units, flags
)
event_windows = st.one_of(
    windows,
    betweens.map(lambda span: c.BetweenSpan(span.low, span.high, span.unit)),
    st.builds(c.InEach, units, numbered, flags),
)


def _events(children: st.SearchStrategy[c.Condition]) -> st.SearchStrategy[c.Event]:
    return st.builds(c.Event, name, st.none() | children)


simple_values = st.one_of(literals, attrs, places)
events: st.SearchStrategy[c.Event] = st.deferred(lambda: _events(simple_conditions))


def _leaf_values() -> st.SearchStrategy[c.Value]:
    props = st.lists(entry, min_size=1, max_size=2).map(tuple)
    maybe = st.none() | event_windows
    measuring = st.sampled_from((c.Fn.SUM, c.Fn.AVG, c.Fn.MIN, c.Fn.MAX, c.Fn.MEDIAN))
    adding = measuring | st.just(c.Fn.COUNT_DISTINCT)
    anchors = st.builds(c.Anchor, st.sampled_from(list(c.Edge)), events)
    return st.one_of(
        simple_values,
        st.builds(c.Aggregate, adding, events, props, maybe),
        st.builds(lambda event, window: c.Aggregate(c.Fn.COUNT, event, (), window), events, maybe),
        st.builds(c.Pick, st.sampled_from(list(c.Edge)), events, props, maybe),
        st.builds(c.Share, events.filter(lambda event: event.where is not None), maybe),
        st.builds(c.Spacing, measuring, units, events, maybe, flags),
        st.builds(c.Elapsed, units, attrs | anchors, flags),
        st.builds(c.Remaining, units, attrs, flags, flags),
        st.builds(c.Part, st.none() | units, attrs | st.just(c.Now()), flags),
        st.builds(c.Across, st.builds(c.Aggregate, measuring, events, props, maybe), st.none() | refs),
    )


values: st.SearchStrategy[c.Value] = st.recursive(
    st.deferred(_leaf_values),
    lambda inner: st.builds(c.Arithmetic, st.sampled_from("+-*/"), inner, inner),
    max_leaves=3,
)


def _compare(op: str, left: c.Value, right: c.Value) -> c.Compare:
    return c.Compare(op, left, c.Attr(("x",)) if isinstance(right, c.Date | c.DateTime) else right)


def comparisons(value: st.SearchStrategy[c.Value]) -> st.SearchStrategy[c.Condition]:
    """Conditions on values."""
    listed = st.lists(literals, min_size=1, max_size=4).map(tuple) | st.builds(c.ListRef, name) | places
    return st.one_of(
        st.builds(_compare, st.sampled_from(("<", "<=", ">", ">=")), value, value),
        st.builds(c.Is, value, value, flags),
        st.builds(c.OneOf, value, listed, flags),
        st.builds(c.Between, value, value, value, flags),
        st.builds(c.IsTime, value, windows | betweens, flags),
        st.builds(c.IsMissing, value, flags),
        st.builds(c.IsUnique, value, flags),
        st.builds(c.TextTest, st.sampled_from(list(c.TextOp)), value, value, flags),
        st.builds(c.Anniversary, attrs, windows, flags),
    )


def _quantity(kind: c.Count, count: int, more: int) -> c.Quantity:
    if kind is c.Count.BETWEEN:
        return c.Quantity(kind, count, count + more)
    return c.Quantity(kind, count + 1 if kind is c.Count.FEWER_THAN else count)


quantities = st.one_of(
    st.builds(_quantity, st.sampled_from(list(c.Count)), counts, counts),
    st.builds(c.Quantity, st.sampled_from([k for k in c.Count if k is not c.Count.BETWEEN]), stand_ins),
)
simple_conditions = comparisons(simple_values)


def _step(link: c.Link, event: c.Event, same: str | None, within: c.Within | None) -> c.Step:
    needed = c.Within(2, c.Unit.DAY) if link is c.Link.NOT else None
    return c.Step(link, event, same, within or needed)


withins = st.builds(c.Within, spans, st.sampled_from((c.Unit.MINUTE, c.Unit.HOUR, c.Unit.DAY, c.Unit.WEEK)))
steps = st.builds(_step, st.sampled_from(list(c.Link)), events, st.none() | name, st.none() | withins)
sequences = st.builds(c.Sequence, events, st.none() | event_windows, st.lists(steps, min_size=1, max_size=4).map(tuple))


def _belonging() -> st.SearchStrategy[c.Condition]:
    """Tests of lists, of related rows, and of what somebody belongs to."""
    listed = st.lists(literals, min_size=1, max_size=4).map(tuple) | st.builds(c.ListRef, name) | places
    whole = st.sampled_from((c.Which.ANY, c.Which.ALL, c.Which.NONE))
    some = st.sampled_from((c.Which.ANY, c.Which.NONE, c.Which.EVERY))
    return st.one_of(
        st.builds(c.HasItems, attrs, listed, whole),
        st.builds(c.HasItem, attrs, simple_conditions, some),
        st.builds(c.HasRelated, events, some),
        st.builds(c.HasRelated, events, st.just(c.Which.ANY), quantities),
        st.builds(c.InSegmentOf, attrs, refs, flags),
    )


def _leaf_conditions() -> st.SearchStrategy[c.Condition]:
    share = st.integers(1, 100).map(lambda n: Decimal(n) / 100)
    among, each = st.none() | refs, st.none() | attrs
    return st.one_of(
        comparisons(values),
        _belonging(),
        st.just(c.Everyone()),
        st.builds(c.Did, events, st.none() | quantities, st.none() | event_windows),
        st.builds(lambda event, window: c.Did(event, None, window, negated=True), events, st.none() | event_windows),
        st.builds(
            lambda event, quantity, window, unit, local: c.Did(event, quantity, window, unit=unit, local=local),
            events,
            quantities,
            st.none() | event_windows,
            units,
            flags,
        ),
        sequences,
        st.builds(c.InSegment, refs),
        st.builds(lambda top, by, size, e, a: c.Rank(top, by, size, None, e, a), flags, values, share, each, among),
        st.builds(lambda top, by, size, e, a: c.Rank(top, by, None, size, e, a), flags, values, spans, each, among),
        st.builds(c.Cumulative, share, values, each, among),
        st.builds(c.Consent, name, name, st.none() | event_windows),
        st.builds(
            c.Near,
            values,
            spans.map(lambda n: c.Number(Decimal(n))),
            st.sampled_from(("km", "m", "mi")),
            st.builds(c.NamedPlace, name) | st.builds(c.LatLon, degrees, degrees),
            flags,
        ),
        st.builds(c.Inside, values, st.builds(c.NamedPlace, name), flags),
        st.builds(c.Held, attrs, literals, spans, units, flags, flags),
        st.builds(c.Changed, attrs, st.none() | literals, literals, st.none() | event_windows),
        st.builds(lambda channel, topic: c.Consent(channel, topic, negated=True), name, name),
        st.builds(c.RawSql, _sql_columns, _sql_texts.map(c.RawText)),
        st.builds(c.Moved, flags, refs, st.none() | event_windows),
        st.builds(c.Sample, share, texts.map(lambda text: text.value).filter(str.strip)),
    )


def _some_of(items: Sequence[c.Condition], count: int, most: bool) -> c.SomeOf:
    bounded = min(count, len(items) - 1) if most else max(1, min(count, len(items)))
    return c.SomeOf(bounded, tuple(items), most)


def _groups(inner: st.SearchStrategy[c.Condition]) -> st.SearchStrategy[c.Condition]:
    many = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(c.AllOf, many),
        st.builds(c.AnyOf, many),
        st.builds(c.NoneOf, many),
        st.builds(_some_of, many, st.integers(0, 4), flags),
        st.builds(c.Not, inner),
    )


conditions: st.SearchStrategy[c.Condition] = st.recursive(st.deferred(_leaf_conditions), _groups, max_leaves=6)

_sql_columns = st.lists(st.builds(c.RawColumn, name, name), min_size=1, max_size=3).map(tuple)
_sql_pieces = st.sampled_from(["select", "x", "\n", "'a#b {'", "':p'", "'%s'", "'it''s'", '"c d"', "(", ")", "--", "<"])
_sql_texts = st.lists(_sql_pieces, max_size=6).map(lambda pieces: " ".join(pieces).strip())

buckets = st.builds(c.Bucket, st.integers(2, 1_000_000), values, flags, st.none() | attrs, st.none() | refs)

docs = st.just("") | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00", max_codepoint=0x2FF), max_size=20
)
owners = st.just("") | name
labels = st.lists(name, max_size=3, unique=True).map(tuple)
expectations = st.one_of(
    st.builds(lambda low, more: s.ExpectSize(low, low + more), st.integers(0, 10**6), st.integers(0, 10**6)),
    st.builds(lambda n: s.ExpectChange(Decimal(n) / 100), st.integers(1, 100)),
    st.builds(s.ExpectSubset, refs),
    st.builds(s.ExpectDisjoint, refs),
)
_said = {"of": st.none() | name, "doc": docs, "owner": owners, "tags": labels}
_expected = st.lists(expectations, max_size=2).map(tuple)
_types = st.tuples(name, st.none()) | st.tuples(st.just("list"), name)
_params = st.lists(
    st.builds(lambda own, type_, default: c.Parameter(own, *type_, default), name, _types, st.none() | given),
    max_size=2,
).map(tuple)
_cases = st.lists(
    st.builds(s.Case, name, conditions, docs), min_size=1, max_size=3, unique_by=lambda case: case.name
).map(tuple)

definitions: st.SearchStrategy[s.Definition] = st.one_of(
    st.builds(s.Segment, name, conditions, expects=_expected, params=_params, **_said),
    st.builds(
        s.Partition, name, _cases, name, otherwise_doc=docs, among=st.none() | refs, expects=_expected, **_said
    ).filter(lambda partition: len(set(partition.cells)) == len(partition.cells)),
    st.builds(s.Trait, name, name, values | buckets, st.none() | literals, **_said),
    st.builds(s.EventDef, name, events, **_said),
    st.builds(
        s.ListDef, name, st.lists(literals, min_size=1, max_size=30).map(tuple), doc=docs, owner=owners, tags=labels
    ),
)
