"""What a name means: attributes, traits, properties, events, segments, cells and lists, with suggestions.

A name that means nothing raises :class:`Mistake`, which carries the diagnostic: the checker collects it, a
statement is not made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from orchestrator.compile.features import Column, Gap, Ordinal
from orchestrator.compile.logic import MOMENT
from orchestrator.model.condition import Attr, Condition, Event, ListRef, Parameter, SegmentRef
from orchestrator.model.diagnostic import Diagnostic, Fix, Related, Span
from orchestrator.model.errors import UsageError
from orchestrator.model.messages import MESSAGES
from orchestrator.model.parameter import Place
from orchestrator.model.schema import Entity, EventTable, Field, Parent, Relation, Type
from orchestrator.model.segment import Definition, EventDef, ListDef, Partition, Segment, Trait
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Workspace

BUILT_IN = ("happened_at", "nth", "days_since_previous")
KINDS = {Segment: "segment", Partition: "partition", Trait: "trait", EventDef: "event", ListDef: "list"}


class Mistake(Exception):
    """Raised where an author's text has no meaning; ``diagnostic`` says why and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Keep the diagnostic."""
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Items:
    """The entries of a list as rows: what a filter on them may name."""

    name: str
    properties: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a name stands: the entity, and inside a filter the event whose properties are bare names.

    ``currencies`` are columns whose currency the filter around has fixed. ``among`` is the population of the
    partition around, which a rank takes when it does not name its own (A33). ``params`` are declared around.
    """

    workspace: Workspace
    entity: Entity
    event: EventTable | Relation | Items | None = None
    event_name: str = ""
    currencies: tuple[tuple[str, str], ...] = ()
    among: SegmentRef | None = None
    params: tuple[Parameter, ...] = ()

    def outside(self) -> Scope:
        """Give the scope of the person's own names."""
        return Scope(self.workspace, self.entity, params=self.params)


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """The schema's event behind a name, and the filters of the named events in between, outermost last."""

    table: EventTable
    filters: tuple[Condition, ...]


def entity_of(workspace: Workspace, name: str | None, span: Span) -> Entity:
    """Give the entity of that name, the first one for None; raises Mistake E208."""
    if name is None or name in workspace.schema.entities:
        return workspace.schema.entity(name)
    raise unknown("E208", span, f"there is no entity `{name}`", name, workspace.schema.entities)


def attribute(attr: Attr, scope: Scope) -> Column | Ordinal | Gap | Trait:
    """Give what an attribute's name stands for; raises Mistake E202."""
    entity, name = scope.entity, attr.name
    qualified = ".".join(attr.path[1:]) if attr.path[0] == entity.name and len(attr.path) > 1 else None
    if scope.event is not None:
        if name in scope.event.properties:
            return Column(scope.event.properties[name], event=True)
        if name in BUILT_IN and isinstance(scope.event, EventTable):
            return built_in(name, scope.event)
        if attr.path[0] in (scope.event_name, scope.event.name) and len(attr.path) > 1:
            return attribute(Attr(attr.path[1:], span=attr.span), scope)
        if qualified is None:
            raise _no_property(attr, scope)
    for candidate in (name, qualified):
        if candidate is None:
            continue
        if candidate in entity.attributes:
            return Column(entity.attributes[candidate])
        above = parent_field(candidate, scope)
        if above is not None:
            return Column(above, parent=True)
        definition = scope.workspace.definitions.get(candidate)
        if isinstance(definition, Trait) and entity_name(definition, scope.workspace) == entity.name:
            return definition
    raise _no_attribute(attr, scope)


def parent_field(name: str, scope: Scope) -> Field | None:
    """Give the parent's attribute behind ``account.plan``, None where the name is none."""
    parent = scope.entity.parent
    if parent is None or not name.startswith(f"{parent.name}."):
        return None
    return scope.workspace.schema.entities[parent.entity].attributes.get(name[len(parent.name) + 1 :])


def built_in(name: str, event: EventTable) -> Column | Ordinal | Gap:
    """Give one of the three properties that every event has beside its own (A66)."""
    if name == "nth":
        return Ordinal()
    if name == "days_since_previous":
        return Gap()
    return moment(event)


def moment(event: EventTable) -> Column:
    """Give the event's own instant, ``happened_at``."""
    own = Field("happened_at", Type.TIMESTAMP, event.at, nullable=False, time=event.time, tags=(MOMENT,))
    return Column(own, event=True)


def prop(event: Event, path: tuple[str, ...], scope: Scope, span: Span) -> Column | Ordinal | Gap:
    """Give the property behind an event's name; raises Mistake E202."""
    found = find_event(event.name, scope, span)
    inside = Scope(scope.workspace, scope.entity, found.table, event.name)
    span = _of_property(event, path, scope.workspace) or span
    result = attribute(Attr(path, span=span), inside)
    if isinstance(result, Trait) or (isinstance(result, Column) and not result.event):
        raise _no_property(Attr(path, span=span), inside)
    return result


def _of_property(event: Event, path: tuple[str, ...], workspace: Workspace) -> Span | None:
    """Give the place of the property behind an event's name, None where it does not stand right behind it."""
    at, said = event.span, ".".join(path)
    source = workspace.sources.get(at.path, "")
    skipped = len(event.name) + 1
    start, end = at.start + skipped, at.start + skipped + len(said)
    if at.start < 0 or source[at.start : end] != f"{event.name}.{said}":
        return None
    column = at.column + skipped
    return Span(at.path, at.line, column, at.line, column + len(said), start, end)


def find_event(name: str, scope: Scope, span: Span) -> FoundEvent:
    """Give the event behind a name, through named events; raises Mistake E211, E213, E212 or E401."""
    filters: list[Condition] = []
    trail: list[str] = []
    workspace = scope.workspace
    while True:
        table = workspace.known.events.get(name)
        if table is not None:
            if table.entity != scope.entity.name:
                text = f"`{name}` is an event of `{table.entity}`, and this is about `{scope.entity.name}`"
                raise Mistake(Diagnostic(span, "E212", text, notes=asked_above(table.entity, scope)))
            return FoundEvent(table, tuple(reversed(filters)))
        definition = workspace.definitions.get(name)
        if isinstance(definition, EventDef):
            if name in trail:
                path = " -> ".join([*trail[trail.index(name) :], name])
                raise mistake("E401", span, f"the event `{name}` is defined by itself: {path}")
            trail.append(name)
            if definition.event.where is not None:
                filters.append(definition.event.where)
            name = definition.event.name
            continue
        if definition is not None:
            raise wrong_kind(definition, "an event", span)
        if workspace.schema.relation(name) is not None:
            text = f"`{name}` has rows without a time: `has {name}`, not `did {name}`"
            raise mistake("E211", span, text, (f"has {name}",))
        known = [*workspace.schema.events, *MESSAGES, *workspace.of_kind(EventDef)]
        raise unknown("E213", span, f"there is no event `{name}`", name, known)


def segment(ref: SegmentRef, scope: Scope) -> Segment | Partition:
    """Give the definition that people are members of; raises Mistake E201, E207, E211 or E212."""
    workspace = scope.workspace
    found = workspace.definitions.get(ref.name)
    if found is None:
        known: list[str] = [*workspace.of_kind(Segment)]
        for partition in workspace.of_kind(Partition).values():
            known += [partition.name, *(f"{partition.name}.{cell}" for cell in partition.cells)]
        name = str(replace(ref, args=()))
        raise unknown("E201", ref.span, f"there is no segment `{name}`", name, known)
    if not isinstance(found, Segment | Partition):
        raise wrong_kind(found, "a segment", ref.span)
    if ref.cell is not None:
        if isinstance(found, Segment):
            raise mistake(
                "E207", ref.span, f"`{found.name}` is a segment and has no cells", (f"in segment {found.name}",)
            )
        if ref.cell not in found.cells:
            raise unknown(
                "E207",
                ref.span,
                f"the partition `{found.name}` has no cell `{ref.cell}`",
                ref.cell,
                found.cells,
                prefix=f"{found.name}.",
            )
    if entity_name(found, workspace) != scope.entity.name:
        of = entity_name(found, workspace)
        text = f"`{found.name}` is made of `{of}`, and this is about `{scope.entity.name}`"
        above = scope.entity.parent
        helps = (f"{above.name} is in segment {ref}",) if above is not None and above.entity == of else ()
        raise mistake("E212", ref.span, text, (), f"write `{helps[0]}`" if helps else "")
    return found


def asked_above(entity: str, scope: Scope) -> tuple[str, ...]:
    """Say how something of the entity right above is asked; nothing for any other entity."""
    above = scope.entity.parent
    if above is None or above.entity != entity:
        return ()
    return (f"ask it in a segment of `{entity}`, and here whether `{above.name} is in segment …`",)


def listing(ref: ListRef, scope: Scope) -> ListDef:
    """Give a named list; raises Mistake E206 or E211."""
    found = scope.workspace.definitions.get(ref.name)
    if isinstance(found, ListDef):
        return found
    if found is not None:
        raise wrong_kind(found, "a list", ref.span)
    raise unknown("E206", ref.span, f"there is no list `{ref.name}`", ref.name, scope.workspace.of_kind(ListDef))


def entity_name(definition: Definition, workspace: Workspace) -> str:
    """Give the name of the entity that a definition is of."""
    of = getattr(definition, "of", None)
    return of if isinstance(of, str) else workspace.schema.first.name


def wrong_kind(found: Definition, wanted: str, span: Span) -> Mistake:
    """Give the mistake of naming one kind of definition where another belongs (E211)."""
    kind = KINDS[type(found)]
    return Mistake(
        Diagnostic(
            span,
            "E211",
            f"`{found.name}` is {'an' if kind == 'event' else 'a'} {kind}, not {wanted}",
            related=(Related(found.span, "declared here"),),
        )
    )


def mistake(code: str, span: Span, message: str, help: tuple[str, ...] = (), label: str = "") -> Mistake:
    """Give a mistake with its diagnostic."""
    return Mistake(Diagnostic(span, code, message, help, label))


def usage(error: Mistake) -> UsageError:
    """Give the error of a command for an author's mistake."""
    found = error.diagnostic
    remedy = f"did you mean: {', '.join(found.help)}" if found.help else "run `orc check` to see all problems"
    return UsageError(f"{found.span}: {found.message} ({found.code})" if found.span.path else found.message, remedy)


def without_value(place: Place) -> Mistake:
    """Give the mistake of a parameter outside of a segment that declares it."""
    return mistake("E370", place.span, f"`${place.name}` has no value here")


def unknown(code: str, span: Span, message: str, name: str, known: Iterable[str], prefix: str = "") -> Mistake:
    """Give the mistake of an unknown name, with the closest known ones to paste."""
    close = closest(name, known)
    if not close:
        some = sorted(known)[:8]
        notes = (f"there {'is' if len(some) == 1 else 'are'}: {', '.join(some)}",) if some else ()
        return Mistake(Diagnostic(span, code, message, notes=notes))
    fix = Fix(span, f"{prefix}{close[0]}", safe=False) if span.start >= 0 and len(close) == 1 else None
    return Mistake(
        Diagnostic(
            span, code, message, tuple(f"{prefix}{c}" for c in close), f"did you mean `{prefix}{close[0]}`?", fix=fix
        )
    )


def _no_property(attr: Attr, scope: Scope) -> Mistake:
    event = scope.event
    if event is None:
        raise ValueError("a property belongs to an event")
    name = attr.name
    what = "event" if isinstance(event, EventTable) else "relation" if isinstance(event, Relation) else "list"
    message = f"the {what} `{scope.event_name or event.name}` has no property `{name}`"
    if what == "list":
        message = f"the entries of `{event.name}` have no `{name}`"
    first = event.properties.get(attr.path[0])
    if len(attr.path) > 1 and first is not None and first.type is Type.LIST:
        notes = (f"`count of {event.name}.{attr.path[0]} …` counts them; what each of them holds is not added up",)
        return Mistake(Diagnostic(attr.span, "E202", f"`{attr.path[0]}` is a list of entries", notes=notes))
    if name in scope.entity.attributes:
        owner = f"{scope.entity.name}.{name}"
        return mistake("E202", attr.span, message, (owner,), f"inside a filter the person's attribute is `{owner}`")
    return unknown("E202", attr.span, message, name, [*event.properties, *(BUILT_IN if what == "event" else ())])


def _no_attribute(attr: Attr, scope: Scope) -> Mistake:
    workspace, entity, name = scope.workspace, scope.entity, attr.name
    message = f"{entity.name} has no attribute `{name}`"
    traits = [n for n, t in workspace.of_kind(Trait).items() if entity_name(t, workspace) == entity.name]
    found = workspace.definitions.get(attr.path[0])
    if isinstance(found, Segment | Partition):
        ref = name if isinstance(found, Partition) and len(attr.path) == 2 else found.name
        return mistake("E202", attr.span, message, (f"in segment {ref}",), f"`{found.name}` is a {KINDS[type(found)]}")
    if attr.path[0] in workspace.known.events and len(attr.path) > 1:
        return mistake("E202", attr.span, message, (f"last {name}",), f"`{attr.path[0]}` is an event: say which one")
    if isinstance(found, ListDef):
        return mistake("E202", attr.span, message, (), f"`{found.name}` is a list: `is one of {found.name}`")
    if entity.parent is not None and attr.path[0] == entity.parent.name:
        return _not_above(attr, entity.parent, scope)
    return unknown("E202", attr.span, message, name, [*entity.attributes, *traits])


def _not_above(attr: Attr, parent: Parent, scope: Scope) -> Mistake:
    """Give the mistake of asking the entity above for what it does not tell: itself, a trait, what is above it."""
    workspace, above = scope.workspace, scope.workspace.schema.entities[parent.entity]
    name = ".".join(attr.path[1:])
    if not name:
        some = next(iter(above.attributes), "")
        label = f"ask for an attribute of it, as in `{parent.name}.{some}`" if some else ""
        return mistake("E202", attr.span, f"`{parent.name}` is an entity, and no value", (), label)
    notes = asked_above(parent.entity, scope)
    found = workspace.definitions.get(name)
    if isinstance(found, Trait) and entity_name(found, workspace) == parent.entity:
        message = f"`{name}` is a trait of `{parent.entity}`: of an entity above only attributes are read"
        return Mistake(Diagnostic(attr.span, "E202", message, notes=notes))
    if above.parent is not None and attr.path[1] == above.parent.name:
        message = f"`{attr.path[1]}` is above `{parent.entity}`: only the entity right above is read"
        return Mistake(Diagnostic(attr.span, "E202", message, notes=notes))
    message = f"{parent.entity} has no attribute `{name}`"
    return unknown("E202", attr.span, message, name, above.attributes, prefix=f"{parent.name}.")
