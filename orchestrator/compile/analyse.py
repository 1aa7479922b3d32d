"""What is legal and cannot do what it says: rules that match nobody, that nobody needs, that say a thing twice.

Everything here is a warning, and is only said where it is proved (:mod:`orchestrator.compile.never`) at many moments
of the calendar; a sentence that depends on today's month or hour is not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from orchestrator.compile import analyse_habits as habits
from orchestrator.compile import analyse_words as words
from orchestrator.compile.analyse_campaigns import repeated, unused
from orchestrator.compile.analyse_moments import Moments
from orchestrator.compile.analyse_twins import twins
from orchestrator.compile.build import Builder
from orchestrator.compile.features import EVERYBODY, Pred
from orchestrator.compile.logic import all_of, negation
from orchestrator.compile.names import Mistake, Scope, find_event
from orchestrator.compile.never import never
from orchestrator.compile.reporter import Reporter
from orchestrator.compile.same import subjects
from orchestrator.model import condition as c
from orchestrator.model.campaign import Campaign
from orchestrator.model.diagnostic import Diagnostic, Related, Severity, Span
from orchestrator.model.segment import Definition, EventDef, Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

QUIET = (c.IsMissing, c.InSegment, c.Everyone)
"""What is said on purpose even where it changes nothing: `is known`, a named segment, everyone."""
MANY = 12
"""Of more conditions beside each other no pairs are looked at."""

Make = Callable[[Builder], Pred]
Subjects = Mapping[tuple[str, Span], object]


def analyse(workspace: Workspace, sound: set[str]) -> tuple[list[Diagnostic], Subjects]:
    """Give the warnings about the definitions and campaigns (``campaign NAME``) in ``sound``: those without errors."""
    analysis = _Analysis(workspace)
    for name, definition in workspace.definitions.items():
        if name in sound:
            analysis.definition(definition)
    for name, campaign in workspace.campaigns.items():
        if f"campaign {name}" in sound:
            analysis.campaign(campaign)
    found = [*analysis.report.found, *twins(workspace, sound, analysis.moments)]
    if not any(problem.code in ("E401", "E402") for problem in found):
        found += unused(workspace)
    return found, analysis.report.subjects


class _Analysis:
    """Walks over one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.report = Reporter(workspace.sources.get)
        self.moments = Moments(workspace)
        self._built: dict[tuple[int, int, str, str], Pred] = {}

    def pred(self, builder: Builder, node: c.Condition, scope: Scope) -> Pred:
        """Give what a condition means, built once for each moment; nodes and builders live as long as this does."""
        key = (id(builder), id(node), scope.event_name, str(scope.among))
        if key not in self._built:
            self._built[key] = builder.condition(node, scope)
        return self._built[key]

    def definition(self, definition: Definition) -> None:
        """Look at one definition."""
        if isinstance(definition, Segment):
            scope = self._scope(definition.of)
            self.condition(definition.where, scope)
        elif isinstance(definition, Partition):
            self._partition(definition)
        elif isinstance(definition, Trait):
            scope = self._scope(definition.of)
            self._filters(definition.value, scope)
            if isinstance(definition.value, c.Bucket) and words.alike(definition.value.by, self.moments.first, scope):
                self._alike(definition.value.span, definition.value.by.span, "all are in the first bucket")
        elif isinstance(definition, EventDef):
            self._filters(definition.event, self._scope(None))

    def campaign(self, campaign: Campaign) -> None:
        """Look at the audience of a campaign and at who is taken out of it."""
        scope = self._scope(None)
        self.condition(campaign.audience, scope)
        self.report.found += repeated(self.workspace, campaign, self.moments)
        if campaign.exclude is None:
            return
        self.condition(campaign.exclude, scope)
        exclude = campaign.exclude
        nobody = self._never(
            (campaign.audience, exclude),
            lambda b: all_of(self.pred(b, campaign.audience, scope), negation(self.pred(b, exclude, scope))),
        )
        if nobody and not self._never_is(campaign.audience, scope):
            span = campaign.spans.get("exclude", exclude.span)
            self.report.warn("W320", span, f"`exclude` takes everybody out of the audience of `{campaign.name}`")

    def condition(self, node: c.Condition, scope: Scope) -> None:
        """Look at a condition about a person."""
        self._walk(node, scope)
        habits.look(node, scope, self.report)

    # -------------------------------------------------------------- partitions

    def _partition(self, partition: Partition) -> None:
        scope = replace(self._scope(partition.of), among=partition.among)
        for n, case in enumerate(partition.cases):
            before = len(self.report.found)
            self._walk(case.when, scope)
            if any(found.code == "W320" for found in self.report.found[before:]):
                continue
            earlier = [other.when for other in partition.cases[:n]]
            if earlier:
                self._shadowed(partition, n, scope)

    def _shadowed(self, partition: Partition, n: int, scope: Scope) -> None:
        case, earlier = partition.cases[n], partition.cases[:n]

        def left(among: bool, *others: c.Condition) -> Make:
            return lambda b: all_of(
                b.among(partition) if among else EVERYBODY,
                self.pred(b, case.when, scope),
                *(negation(self.pred(b, other, scope)) for other in others),
            )

        conditions = [other.when for other in earlier]
        roots = (case.when, partition.among, *conditions)
        if not self._never(roots, left(True, *conditions)):
            return
        one = next((other for other in earlier if self._never(roots, left(True, other.when))), None)
        related: tuple[Related, ...]
        if one is not None:
            words, related = f"`{one.name}` takes them all", (Related(one.when.span, "this one comes first"),)
        else:
            words = "the cases above take them all"
            related = tuple(Related(other.when.span, f"`{other.name}` comes first") for other in earlier[:2])
        self._warn(
            "W321",
            case.when.span,
            f"nobody can reach the case `{case.name}`: {words}",
            related=related,
            notes=("the first case that fits takes the person: put the narrower one above",),
        )

    # -------------------------------------------------------------- conditions

    def _walk(self, node: c.Condition, scope: Scope) -> None:
        match node:
            case c.AllOf():
                self._all(node, scope)
            case c.AnyOf() | c.NoneOf() | c.SomeOf():
                before = len(self.report.found)
                for item in node.items:
                    self._walk(item, scope)
                if isinstance(node, c.AnyOf):
                    possible = tuple(item for item in node.items if not self._never_is(item, scope))
                    self._twice(possible, scope, every=False)
                if len(self.report.found) == before:
                    self._joined(node, node.items, scope)
            case c.Not():
                before = len(self.report.found)
                self._walk(node.item, scope)
                if len(self.report.found) == before:
                    self._joined(node, (node.item,), scope)
            case _:
                self._leaf(node, scope)

    def _joined(self, node: c.Condition, items: tuple[c.Condition, ...], scope: Scope) -> None:
        """Look at conditions of which each can be true and can be false, and which together leave no choice."""
        if any(isinstance(i, QUIET[:2]) and (self._never_is(i, scope) or self._always_is(i, scope)) for i in items):
            return  # told where that is defined
        if self._never_is(node, scope):
            helps: tuple[str, ...] = ()
            label = "everybody is in one of these: name only whom to leave out"
            if isinstance(node, c.SomeOf):
                label = "so many cannot be true at once"
                fewer = words.fewer_of(node, self.report)
                helps = next(((text,) for other, text in fewer if not self._never_is(other, scope)), ())
            self._nobody(node.span, scope, label, helps)
        elif self._always_is(node, scope):
            helps = ("everyone",) if scope.event is None else ()
            who = _everybody_words(scope)
            self._warn("W323", node.span, f"together these are true for {who}, so they change nothing", help=helps)
        else:
            self._only_known(node, scope)

    def _only_known(self, node: c.Condition, scope: Scope) -> None:
        """Report what is true whatever a value is, as long as there is one."""
        value = None if isinstance(node, c.OneOf) else words.only_value(node)
        own = None if value is None else self.report.words(value.span)
        if value is None or own is None:
            return
        known = c.IsMissing(value, negated=True)
        there = f"{own} is known"
        if self._implies(known, node, scope) and self._implies(node, known, scope):
            self._warn(
                "W323", node.span, f"this only says that `{own}` is known", help=(there,), label="whatever the value is"
            )

    def _all(self, node: c.AllOf, scope: Scope) -> None:
        if not self._never_is(node, scope):
            for item in node.items:
                self._walk(item, scope)
            self._twice(node.items, scope, every=True)
            return
        before = len(self.report.found)
        single = [item for item in node.items if self._never_is(item, scope)]
        for item in single:
            self._walk(item, scope)
        if single or len(self.report.found) > before:
            return
        for n, late in enumerate(node.items):
            for early in node.items[:n]:
                if self._never(
                    (early, late),
                    lambda b, one=early, two=late: all_of(  # type: ignore[misc]
                        self.pred(b, one, scope), self.pred(b, two, scope)
                    ),
                ):
                    self._against(early, late, scope)
                    return
        self._nobody(node.span, scope, "these conditions contradict each other")

    def _leaf(self, node: c.Condition, scope: Scope) -> None:
        if not isinstance(node, QUIET):
            if self._never_is(node, scope):
                before = len(self.report.found)
                self._filters(node, scope)  # the reason may lie inside: then it is told there
                if len(self.report.found) == before:
                    label, helps = words.beside_itself(node, self.report)
                    if not label:
                        label, helps = words.beyond(node, self.moments.first, scope, self.report)
                    self._nobody(node.span, scope, label, helps)
                return
            if isinstance(node, c.Rank | c.Cumulative) and words.alike(node.by, self.moments.first, scope):
                self._alike(node.span, node.by.span, "nobody ranks above anybody")
                return
            if self._always_is(node, scope):
                self._warn("W323", node.span, f"this is true for {_everybody_words(scope)}, so it changes nothing")
                return
            before = len(self.report.found)
            self._filters(node, scope)
            if len(self.report.found) == before:
                self._only_known(node, scope)
            return
        self._filters(node, scope)

    def _alike(self, span: Span, by: Span, what: str) -> None:
        own = self.report.words(by) or "this"
        self._warn("W328", span, f"`{own}` is the same for everybody, so {what}", label="rank by what differs")

    def _filters(self, node: object, scope: Scope) -> None:
        """Look into the filters of all events below a node."""
        for event in _events(node):
            if event.where is None or scope.event is not None:
                continue
            try:
                found = find_event(event.name, scope, event.span)
            except Mistake:
                continue
            self._walk(event.where, replace(scope, event=found.table, event_name=event.name))

    def _against(self, early: c.Condition, late: c.Condition, scope: Scope) -> None:
        self._warn(
            "W320",
            late.span,
            _nobody_words(scope),
            help=self._instead(early, late, scope),
            label="… and this cannot both be true",
            related=(Related(early.span, "this …"),),
        )

    def _instead(self, early: c.Condition, late: c.Condition, scope: Scope) -> tuple[str, ...]:
        """Give what may have been meant by two conditions that contradict each other."""
        found = habits.bought_before(early, late, self.report) or words.swapped(early, late, self.report)
        union = c.AnyOf((early, late))
        known = words.only_value(union)
        if found or self._always_is(union, scope):
            return found
        if known is not None and self._implies(c.IsMissing(known, negated=True), union, scope):
            return ()
        return words.either(early, late, self.report)

    def _nobody(self, span: Span, scope: Scope, label: str, helps: tuple[str, ...] = ()) -> None:
        self._warn("W320", span, _nobody_words(scope), label=label, help=helps)

    def _twice(self, items: tuple[c.Condition, ...], scope: Scope, every: bool) -> None:
        """Report what another condition beside it already says."""
        if len(items) > MANY:
            return
        try:
            about = [subjects(self.pred(self.moments.first, item, scope)) for item in items]
        except (Mistake, RecursionError, TypeError):  # what cannot be compared is not judged
            return
        told: set[int] = set()
        for n, item in enumerate(items):
            for m, other in enumerate(items):
                if n == m or m in told or not about[n] & about[m] or _meant(item) or isinstance(other, c.InSegment):
                    continue
                strong, weak = (other, item) if every else (item, other)
                if self._implies(strong, weak, scope) and (m < n or not self._implies(weak, strong, scope)):
                    told.add(n)
                    say = "the other condition already says so" if every else "the other branch takes these people, too"
                    self._warn(
                        "W323", item.span, "this changes nothing", label=say, related=(Related(other.span, "here"),)
                    )
                    break

    # -------------------------------------------------------------- proofs

    def _implies(self, strong: c.Condition, weak: c.Condition, scope: Scope) -> bool:
        return self._never(
            (strong, weak), lambda b: all_of(self.pred(b, strong, scope), negation(self.pred(b, weak, scope)))
        )

    def _never_is(self, node: c.Condition, scope: Scope) -> bool:
        return self._never((node,), lambda b: self.pred(b, node, scope))

    def _always_is(self, node: c.Condition, scope: Scope) -> bool:
        return self._never((node,), lambda b: negation(self.pred(b, node, scope)))

    def _never(self, roots: tuple[object, ...], make: Make) -> bool:
        return self.moments.always(roots, lambda b: never(make(b)))

    def _scope(self, of: str | None) -> Scope:
        return Scope(self.workspace, self.workspace.schema.entity(of))

    def _warn(
        self,
        code: str,
        span: Span,
        message: str,
        help: tuple[str, ...] = (),
        label: str = "",
        notes: tuple[str, ...] = (),
        related: tuple[Related, ...] = (),
    ) -> None:
        self.report.found.append(Diagnostic(span, code, message, help, label, notes, Severity.WARNING, related=related))


def _nobody_words(scope: Scope) -> str:
    return "no event can match this" if scope.event is not None else "this can never match anybody"


def _everybody_words(scope: Scope) -> str:
    return "every event" if scope.event is not None else "everybody"


def _meant(node: c.Condition) -> bool:
    """Tell whether a condition is a clarification that stands there for its reader."""
    if isinstance(node, c.Did):
        return not node.negated and node.quantity is None and isinstance(node.window, c.Ever)
    return isinstance(node, QUIET)


def _events(node: object) -> Iterator[c.Event]:
    if isinstance(node, c.Event):
        yield node
        return
    if isinstance(node, tuple):
        for item in node:
            yield from _events(item)
    elif is_dataclass(node) and not isinstance(node, Span):
        for field in fields(node):
            yield from _events(getattr(node, field.name))
