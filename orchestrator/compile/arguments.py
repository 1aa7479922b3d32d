"""The values of a segment's parameters: what a reference gives, what the defaults give, and whether they fit.

A reference that does not fit raises :class:`~orchestrator.compile.names.Mistake` at its place: E371 for a name,
E372 for a value that is missing, E373 for one of another type, E306 for another currency, E374 for one given twice,
E375 for a number that cannot be a count or a share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

from orchestrator.compile import names
from orchestrator.compile.names import Scope, mistake
from orchestrator.compile.versions import version_key
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.literal import A_THOUSAND_YEARS
from orchestrator.model.parameter import Given, filled, used
from orchestrator.model.schema import Type
from orchestrator.model.segment import Partition, Segment
from orchestrator.model.suggest import closest
from orchestrator.model.workspace import Workspace

KINDS: dict[type, Type] = {
    c.Text: Type.TEXT,
    c.Money: Type.MONEY,
    c.Bool: Type.BOOL,
    c.Date: Type.DATE,
    c.DateTime: Type.TIMESTAMP,
}
UNWRITTEN = (Type.PLACE, Type.LIST)
"""What nobody can write as a value."""
MAY_BE_NONE = (c.Quantity, c.MoreThan, c.BetweenSpan)
"""Where a count may be 0."""


def segment(ref: c.SegmentRef, scope: Scope) -> Segment | Partition:
    """Give the definition behind a reference whose values fit; raises Mistake."""
    found = names.segment(ref, scope)
    values_of(ref, found, scope.workspace)
    return found


def values_of(ref: c.SegmentRef, found: Segment | Partition, workspace: Workspace) -> dict[str, Given]:
    """Give a value for every parameter: the reference's own, else the default; raises Mistake."""
    params = {param.name: param for param in found.params} if isinstance(found, Segment) else {}
    given: dict[str, Given] = {}
    for arg in ref.args:
        param = params.get(arg.name)
        if param is None:
            raise _unknown(ref, arg, tuple(params))
        if arg.name in given:
            once = replace(ref, args=tuple(a for a in ref.args if a is not arg))
            raise mistake("E374", arg.span, f"`${arg.name}` is given twice", (str(once),))
        refuse_unfit(param, arg.value, arg.span, workspace, ref)
        given[arg.name] = arg.value
    for param in params.values():
        if param.name in given:
            continue
        if param.default is None:
            whole = replace(ref, args=(*ref.args, c.Argument(param.name, example(param, workspace))))
            raise mistake(
                "E372", ref.span, f"`{found.name}` needs a value for `${param.name}`", (str(whole),), "give it here"
            )
        given[param.name] = param.default
    if isinstance(found, Segment):
        own = {arg.name: arg.span for arg in ref.args}
        for name, problem in count_problems(found.where, given):
            raise mistake("E375", own.get(name, ref.span), problem)
    return given


def canonical(ref: c.SegmentRef, values: Mapping[str, Given]) -> c.SegmentRef:
    """Give the reference with every value written out, in the order of the names."""
    return replace(ref, args=tuple(c.Argument(name, values[name]) for name in sorted(values)))


def with_values(workspace: Workspace, ref: c.SegmentRef) -> Segment | Partition:
    """Give the definition behind a reference with its values in the place of the parameters; raises UsageError."""
    try:
        found = names.segment(ref, Scope(workspace, workspace.schema.entity(_of(workspace, ref))))
        values = values_of(ref, found, workspace)
    except names.Mistake as error:
        raise names.usage(error) from error
    if not isinstance(found, Segment) or not values:
        return found
    return replace(found, where=filled(found.where, values), params=())


def _of(workspace: Workspace, ref: c.SegmentRef) -> str | None:
    return getattr(workspace.definitions.get(ref.name), "of", None)


def refuse_open(node: object) -> None:
    """Raise Mistake E370 where a parameter has no value: outside of a segment that declares it."""
    for place in used(node):
        raise names.without_value(place)


def kind(param: c.Parameter) -> Type | None:
    """Give the type of a parameter, of a list's entries; None for a word that is no type."""
    word = param.of if param.type == "list" else param.type
    try:
        type_ = None if word is None or (param.of is not None and param.type != "list") else Type(word)
    except ValueError:
        return None
    return None if type_ in UNWRITTEN else type_


def currency_of(param: c.Parameter, workspace: Workspace) -> str | None:
    """Give the currency of a parameter: that of its default, else the project's."""
    first = param.default[0] if isinstance(param.default, tuple) and param.default else param.default
    return first.currency if isinstance(first, c.Money) else workspace.project.currency


def example(param: c.Parameter, workspace: Workspace) -> Given:
    """Give a value of the parameter's type, for a text to paste."""
    if param.default is not None:
        return param.default
    day = dt.date(2026, 12, 31)
    values: dict[Type | None, c.Literal] = {
        Type.TEXT: c.Text("x"),
        Type.VERSION: c.Text("4.10"),
        Type.INT: c.Number(Decimal(1)),
        Type.DECIMAL: c.Number(Decimal("0.5"), whole=False),
        Type.MONEY: c.Money(Decimal(100), currency_of(param, workspace) or "EUR"),
        Type.BOOL: c.Bool(True),
        Type.DATE: c.Date(day),
        Type.TIMESTAMP: c.DateTime(dt.datetime.combine(day, dt.time())),
    }
    found = values.get(kind(param), c.Text("x"))
    return (found,) if param.type == "list" else found


def refuse_unfit(
    param: c.Parameter, value: Given, span: Span, workspace: Workspace, ref: c.SegmentRef | None = None
) -> None:
    """Raise Mistake for a value of another type or currency; ``ref`` is the reference that gives it."""
    wanted = kind(param)
    if wanted is None:
        return  # the declaration is reported where it stands
    word = f"list({param.of})" if param.type == "list" else param.type
    fixed = c.Argument(param.name, example(replace(param, default=None) if ref is None else param, workspace))
    help_ = str(fixed)
    if ref is not None:
        help_ = str(replace(ref, args=tuple(fixed if a.name == param.name else a for a in ref.args)))
    if isinstance(value, tuple) is not (param.type == "list"):
        said = "a list" if isinstance(value, tuple) else "one value"
        raise mistake("E373", span, f"`${param.name}` is {word}, and this is {said}", (help_,), f"a {word} is needed")
    for item in value if isinstance(value, tuple) else (value,):
        own = _kind_of(item)
        if wanted is Type.VERSION and isinstance(item, c.Text):
            if version_key(item.value) is None:
                message = f'`${param.name}` is {word}, and "{item.value}" is not a version'
                raise mistake("E340", span, message, (help_,))
            continue
        if own is not wanted and not (own is Type.INT and wanted is Type.DECIMAL):
            message = f"`${param.name}` is {word}, and this is of type {own.value}"
            raise mistake("E373", span, message, (help_,), f"a {word} is needed")
        if isinstance(item, c.Money) and item.currency != currency_of(param, workspace):
            message = f"`${param.name}` is in {currency_of(param, workspace)}, and this is in {item.currency}"
            raise mistake("E306", span, message, (help_,))


def count_problems(node: object, values: Mapping[str, Given]) -> Iterator[tuple[str, str]]:
    """Yield (parameter, what is wrong) for every number that cannot stand where a count is needed."""
    if isinstance(node, tuple):
        for item in node:
            yield from count_problems(item, values)
        return
    if not is_dataclass(node) or isinstance(node, Span | type):
        return
    held = [getattr(node, f.name) for f in fields(node)]
    counts = [value for value in held if isinstance(value, c.CountParam)]
    if counts:
        yield from _counted(node, counts, values)
    for part in held:
        value = values.get(part.name) if isinstance(part, c.ShareParam) else None
        if isinstance(value, c.Number) and not 0 < value.value <= 1:
            yield part.name, f"`${part.name}` is a share of people, more than 0% and at most 100%"
    for field in fields(node):
        yield from count_problems(getattr(node, field.name), values)


def _counted(node: object, counts: list[c.CountParam], values: Mapping[str, Given]) -> Iterator[tuple[str, str]]:
    least = 0 if isinstance(node, MAY_BE_NONE) and getattr(node, "kind", None) is not c.Count.FEWER_THAN else 1
    unit = getattr(node, "unit", None)
    most = A_THOUSAND_YEARS[unit] if isinstance(unit, c.Unit) else None
    for count in counts:
        value = values.get(count.name)
        if not isinstance(value, c.Number):
            continue
        if value.value != int(value.value) or value.value < least:
            yield count.name, f"`${count.name}` counts, so it is a whole number, {least} or more"
            return
        if most is not None and value.value > most:
            yield count.name, f"`${count.name}` is longer than a thousand years"
            return
    whole = filled(node, values)
    low, high = getattr(whole, "low", getattr(whole, "count", 0)), getattr(whole, "high", None)
    if isinstance(low, c.CountParam) or isinstance(high, c.CountParam):
        return
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield counts[0].name, f"nothing is between {low} and {high}"


def _kind_of(item: c.Literal) -> Type:
    if isinstance(item, c.Number):
        return Type.INT if item.whole and not item.percent else Type.DECIMAL
    return KINDS[type(item)]


def _unknown(ref: c.SegmentRef, arg: c.Argument, known: tuple[str, ...]) -> names.Mistake:
    others = tuple(a for a in ref.args if a is not arg)
    if not known:
        bare = str(replace(ref, args=()))
        return mistake("E371", arg.span, f"`{ref.name}` has no parameters", (bare,), "leave this out")
    near = closest(arg.name, known) or [name for name in known if name not in {a.name for a in others}]
    helps = [str(replace(ref, args=tuple(replace(a, name=name) if a is arg else a for a in ref.args))) for name in near]
    shown = ", ".join(f"`${name}`" for name in known)
    message = f"`{ref.name}` has no parameter `${arg.name}`; it has {shown}"
    return mistake("E371", arg.span, message, tuple(helps[:3]))
