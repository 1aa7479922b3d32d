"""From an author's tree to metrics and booleans: conditions and definitions.

A :class:`Builder` holds one workspace and one frozen clock; a definition is built once, however often it is
named. What has no meaning raises :class:`~orchestrator.compile.names.Mistake`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from orchestrator.compile import (
    build_elsewhere,
    build_peers,
    histories,
    lists,
    measures,
    periods,
    places,
    raw,
    related,
    steps,
    values,
    windows,
)
from orchestrator.compile.arguments import canonical, refuse_open, values_of
from orchestrator.compile.circles import DEEPEST
from orchestrator.compile.compared import between, compare, one_of
from orchestrator.compile.features import (
    EVERYBODY,
    NOBODY,
    OWN_ZONE,
    ByZone,
    Column,
    Consented,
    Known,
    Member,
    Placed,
    Pred,
    Ranked,
    Searched,
    Some,
    Term,
)
from orchestrator.compile.homes import refuse_local, refuse_mixed
from orchestrator.compile.inside import narrowed
from orchestrator.compile.logic import all_of, any_of, negation
from orchestrator.compile.names import Scope, entity_of, find_event, listing, mistake, segment, without_value
from orchestrator.compile.timing import Clock, all_zones
from orchestrator.compile.zoned import ours, spread
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.parameter import filled
from orchestrator.model.schema import Entity, Relation, Type
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

MOST_BOUNDS = 20
"""Zones that are told apart by a bound of their own; MariaDB joins 61 tables at most, and each may take two."""
GROUPS = (c.Everyone, c.AllOf, c.AnyOf, c.NoneOf, c.SomeOf, c.Not, c.InSegment, c.Sample)
"""Conditions that may be made of parts with different homes."""


class Builder:
    """Builds predicates and terms of one workspace at one moment (UTC, whole seconds)."""

    def __init__(self, workspace: Workspace, as_of: dt.datetime) -> None:
        """Freeze the clock."""
        if as_of.utcoffset() != dt.timedelta(0) or as_of.microsecond:
            raise ValueError("as_of is UTC with whole seconds")
        self.workspace = workspace
        self.clock = Clock(as_of.astimezone(dt.UTC), workspace.project.zone, workspace.project.week_starts)
        self._built: dict[tuple[str, str], Pred] = {}
        self._terms: dict[str, Term] = {}
        self._trail: list[str] = []

    def scope(self, entity: str | None) -> Scope:
        """Give the scope of an entity's own names."""
        return Scope(self.workspace, entity_of(self.workspace, entity, Span("<text>")))

    # -------------------------------------------------------------- definitions

    def segment(self, ref: c.SegmentRef, scope: Scope) -> Pred:
        """Give the members of a segment, of a partition (its ``among`` set) or of one cell (A9)."""
        found = segment(ref, scope)
        values = values_of(ref, found, self.workspace)
        ref = canonical(ref, values) if values else ref
        key = (found.name, str(ref))
        if key not in self._built:
            with self.entered(found.name, ref.span):
                if isinstance(found, Segment):
                    where = filled(found.where, values)
                    refuse_open(where)
                    pred = self.condition(where, self.scope(found.of))
                elif ref.cell is None:
                    pred = self.among(found)
                else:
                    cells = dict(self.cells(found))
                    earlier = [cells[cell] for cell in found.cells[: found.cells.index(ref.cell)]]
                    pred = all_of(self.among(found), cells[ref.cell], *(negation(pred) for pred in earlier))
            self._built[key] = Member(str(ref), pred)
        return self._built[key]

    def among(self, partition: Partition) -> Pred:
        """Give the people whom a partition divides."""
        return EVERYBODY if partition.among is None else self.segment(partition.among, self.scope(partition.of))

    def cells(self, partition: Partition) -> list[tuple[str, Pred]]:
        """Give each cell with its own condition; the last one takes the rest."""
        refuse_open(partition.cases)
        scope = replace(self.scope(partition.of), among=partition.among)
        found = [(case.name, self.condition(case.when, scope)) for case in partition.cases]
        return [*found, (partition.otherwise, EVERYBODY)]

    def trait(self, trait: Trait) -> Term:
        """Give the value of a trait, with its default."""
        if trait.name not in self._terms:
            refuse_open(trait.value)
            with self.entered(trait.name, trait.span):
                self._terms[trait.name] = values.of_trait(self, trait, self.scope(trait.of))
                refuse_local(trait.value, self._terms[trait.name], trait.value.span)
                refuse_mixed(self._terms[trait.name], trait.value.span)
        return self._terms[trait.name]

    def measured(self, node: c.Share | c.Spacing, scope: Scope) -> Term:
        """Give a share of events, or the time between them."""
        return measures.share(self, node, scope) if isinstance(node, c.Share) else measures.spacing(self, node, scope)

    def peer(self, node: c.Bucket | c.Across, scope: Scope) -> Term:
        """Give a value that depends on other people."""
        return build_peers.term(self, node, scope)

    @contextmanager
    def entered(self, name: str, span: Span) -> Iterator[None]:
        """Note that a definition is being built; raises Mistake E401 inside itself, E402 too deep."""
        if name in self._trail:
            path = " -> ".join([*self._trail[self._trail.index(name) :], name])
            raise mistake("E401", span, f"`{name}` is defined by itself: {path}")
        if len(self._trail) > DEEPEST:
            raise mistake("E402", span, f"`{self._trail[0]}` stands on more than {DEEPEST} definitions in a row")
        self._trail.append(name)
        try:
            yield
        finally:
            self._trail.pop()

    # -------------------------------------------------------------- conditions

    def condition(self, node: c.Condition, scope: Scope) -> Pred:
        """Give the predicate that a condition means."""
        if isinstance(scope.event, Relation) and isinstance(node, related.ASKED):
            return related.elsewhere(self, node, scope)
        pred = _CONDITIONS[type(node)](self, node, scope)
        if scope.event is None and not isinstance(node, GROUPS):
            pred = spread(pred)
            refuse_mixed(pred, node.span)
        return pred

    def filter(self, event: c.Event, scope: Scope) -> tuple[str, Pred]:
        """Give the schema's event behind a name and the filter on its rows."""
        found = find_event(event.name, scope, event.span)
        inside = replace(scope, event=found.table, event_name=event.name)
        refuse_open(found.filters)
        wheres = [*found.filters, *([] if event.where is None else [event.where])]
        return found.table.name, all_of(*(self.condition(where, inside) for where in wheres))

    def window(self, window: c.Window | None, x: Term, scope: Scope) -> Pred:
        """Give the test that a moment lies in a window; none is ``ever``."""
        if window is None:
            return EVERYBODY
        if isinstance(window, c.During):
            return periods.during(window, self.workspace, lambda span: self.window(span, x, scope))

        def own(p: c.Attr | c.Anchor) -> Term:
            return values.anchor(self, p, scope) if isinstance(p, c.Anchor) else values.term(self, p, scope)

        def make(zone: str) -> Pred:
            return windows.inside(window, x, self.clock, zone, own)

        if windows.hung_locally(window) and scope.entity.zone is not None:
            return make(OWN_ZONE)
        return self.by_zone(scope.entity, make) if windows.local(window) else make(self.clock.zone)

    def by_zone(self, entity: Entity, make: Callable[[str], Pred]) -> Pred:
        """Give a predicate counted on each person's own clocks; an unknown zone is the project's."""
        otherwise = make(self.clock.zone)
        if entity.zone is None:
            return otherwise
        groups: dict[Pred, list[str]] = {}
        for zone in all_zones():
            groups.setdefault(make(zone), []).append(zone)
        groups.pop(otherwise, None)
        return ByZone(tuple((tuple(zones), pred) for pred, zones in groups.items()), otherwise) if groups else otherwise

    def _compared(
        self, node: c.Compare | c.Is | c.OneOf | c.Between, scope: Scope, test: Callable[[str | None], Pred]
    ) -> Pred:
        """Give a comparison; local units against literals are one bound for each zone, so that an index serves.

        Of long ago there are as many bounds as zones, and each would be counted in a query of its own: then the units
        are a value, except of our own records, which hold no zones.
        """
        sides = [getattr(node, name) for name in ("left", "right", "value", "low", "high") if hasattr(node, name)]
        steps = [side for side in sides if isinstance(side, c.Elapsed | c.Remaining) and side.local]
        literals = [side for side in sides if isinstance(side, c.Literal)]
        if len(steps) == 1 and len(steps) + len(literals) == len(sides):
            bounds = self.by_zone(scope.entity, test)
            few = not isinstance(bounds, ByZone) or len(bounds.groups) <= MOST_BOUNDS
            return bounds if few or ours(bounds) else test(None)
        return test(None)

    def _compare(self, node: c.Compare, scope: Scope) -> Pred:
        def test(zone: str | None) -> Pred:
            return compare(
                node.op, values.term(self, node.left, scope, zone), values.term(self, node.right, scope, zone)
            )

        return self._compared(node, scope, test)

    def _is(self, node: c.Is, scope: Scope) -> Pred:
        def test(zone: str | None) -> Pred:
            return compare("=", values.term(self, node.left, scope, zone), values.term(self, node.right, scope, zone))

        pred = self._compared(node, scope, test)
        return negation(pred) if node.negated else pred

    def _between(self, node: c.Between, scope: Scope) -> Pred:
        def test(zone: str | None) -> Pred:
            value, low, high = (values.term(self, side, scope, zone) for side in (node.value, node.low, node.high))
            return between(value, low, high)

        pred = self._compared(node, scope, test)
        return negation(pred) if node.negated else pred

    def _one_of(self, node: c.OneOf, scope: Scope) -> Pred:
        if isinstance(node.items, c.Param):
            raise without_value(node.items)
        items = listing(node.items, scope).items if isinstance(node.items, c.ListRef) else node.items
        consts = [values.literal(self, item) for item in items]

        def test(zone: str | None) -> Pred:
            return one_of(values.term(self, node.value, scope, zone), consts)

        pred = self._compared(node, scope, test)
        return negation(pred) if node.negated else pred

    def _has_items(self, node: c.HasItems, scope: Scope) -> Pred:
        if isinstance(node.items, c.Param):
            raise without_value(node.items)
        items = listing(node.items, scope).items if isinstance(node.items, c.ListRef) else node.items
        return lists.has_items(self, node, [values.literal(self, item) for item in items], scope)

    def _is_time(self, node: c.IsTime, scope: Scope) -> Pred:
        pred = self.window(node.window, values.term(self, node.value, scope), scope)
        return negation(pred) if node.negated else pred

    def _is_missing(self, node: c.IsMissing, scope: Scope) -> Pred:
        of = values.term(self, node.value, scope)
        known = Placed(of) if isinstance(of, Column) and of.type is Type.PLACE else Known(of)
        return known if node.negated else negation(known)

    def _text(self, node: c.TextTest, scope: Scope) -> Pred:
        pred = Searched(node.op, values.term(self, node.value, scope), values.term(self, node.pattern, scope))
        return negation(pred) if node.negated else pred

    def _anniversary(self, node: c.Anniversary, scope: Scope) -> Pred:
        of = values.term(self, node.of, scope)
        if isinstance(node.window, c.During):
            if node.window.outside:
                raise mistake("E336", node.window.span, "some anniversary always lies outside of a period")
            pred = periods.during(node.window, self.workspace, lambda span: self._celebrated(node, span, of))
            return negation(pred) if node.negated else pred

        def make(zone: str) -> Pred:
            return values.celebrated(self, of, node.window, zone, node.span)

        pred = self.by_zone(scope.entity, make) if windows.local(node.window) else make(self.clock.zone)
        return negation(pred) if node.negated else pred

    def _celebrated(self, node: c.Anniversary, span: c.Window, of: Term) -> Pred:
        return values.celebrated(self, of, span, self.clock.zone, node.span)

    def _rank(self, node: c.Rank, scope: Scope) -> Pred:
        people = build_peers.population(self, node.among, scope)
        each = None if node.each is None else values.term(self, node.each, scope)
        return Ranked(values.term(self, node.by, scope), node.top, people, node.share, node.count, each)

    def _consent(self, node: c.Consent, scope: Scope) -> Pred:
        table = self.workspace.schema.consent
        if table is None:
            raise mistake("E209", node.span, "the schema declares no consent table")
        window = EVERYBODY if node.window is None else self.window(node.window, values.decided_at(table), scope)
        pred = Consented(node.channel, node.topic, self.clock.as_of, window)
        return negation(pred) if node.negated else pred

    def _some(self, node: c.SomeOf, scope: Scope) -> Pred:
        items = tuple(self.condition(item, scope) for item in node.items)
        if node.most:
            return EVERYBODY if node.count >= len(items) else negation(Some(items, node.count + 1))
        if node.count <= 0:
            return EVERYBODY
        return Some(items, node.count) if node.count <= len(items) else NOBODY


_CONDITIONS: dict[type, Callable[..., Pred]] = {
    c.Everyone: lambda b, node, scope: EVERYBODY,
    c.AllOf: lambda b, node, scope: narrowed(all_of(*(b.condition(item, scope) for item in node.items))),
    c.AnyOf: lambda b, node, scope: any_of(*(b.condition(item, scope) for item in node.items)),
    c.NoneOf: lambda b, node, scope: negation(any_of(*(b.condition(item, scope) for item in node.items))),
    c.SomeOf: Builder._some,
    c.Not: lambda b, node, scope: negation(b.condition(node.item, scope)),
    c.Compare: Builder._compare,
    c.Is: Builder._is,
    c.OneOf: Builder._one_of,
    c.Between: Builder._between,
    c.IsTime: Builder._is_time,
    c.IsMissing: Builder._is_missing,
    c.TextTest: Builder._text,
    c.Anniversary: Builder._anniversary,
    c.Did: measures.did,
    c.Sequence: steps.chained,
    c.InSegment: lambda b, node, scope: b.segment(node.ref, scope),
    c.Rank: Builder._rank,
    c.Consent: Builder._consent,
    c.Cumulative: build_peers.heaviest,
    c.IsUnique: build_peers.alone,
    c.Sample: build_elsewhere.sample,
    c.Moved: build_elsewhere.moved,
    c.Held: histories.held,
    c.Changed: histories.changed,
    c.HasItems: Builder._has_items,
    c.HasItem: lists.has_item,
    c.HasRelated: related.related,
    c.InSegmentOf: related.in_segment_of,
    c.Near: places.near,
    c.Inside: places.inside,
    c.RawSql: raw.built,
}
