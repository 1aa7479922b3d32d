"""Checks of traits: the declared type, the value and the default agree."""

from __future__ import annotations

from orchestrator.compile.names import Scope
from orchestrator.compile.singles import list_word, single
from orchestrator.compile.typed import WORDS, Typed, Values, literal
from orchestrator.model import condition as c
from orchestrator.model.schema import Type
from orchestrator.model.segment import Trait
from orchestrator.model.suggest import closest


def declared(values: Values, trait: Trait, scope: Scope) -> None:
    """Report everything that is wrong in a trait."""
    report, entity = values.report, scope.entity
    if trait.name in entity.attributes:
        message = f"{entity.name} already has an attribute `{trait.name}`"
        report.error("E204", trait.span, message, label="give the trait another name")
    typed = values.loose(trait.value, scope)
    if typed is not None and typed.type is Type.PLACE and isinstance(trait.value, c.Attr):
        typed = single(report, trait.value, typed)
    wanted = _type(trait)
    if wanted is None:
        near = (closest(trait.entry or trait.type, Type) or [Type.TEXT])[0]
        help_ = f"trait {trait.name}: {f'list({near})' if trait.type == 'list' else near}"
        message = f"`{_word(trait)}` is no type; types are {', '.join(Type)}, and list(…) of one of them"
        report.error("E316", trait.span, message, help_)
        return
    if typed is not None:
        _agree(values, trait, trait.value, typed, wanted, typed)
    if trait.default is not None and wanted is Type.LIST:
        message = "a list needs no default: a missing one holds nothing"
        report.error("E316", trait.default.span, message, label="leave it out")
    elif trait.default is not None:
        _agree(values, trait, trait.default, literal(trait.default), wanted, typed)


def _word(trait: Trait) -> str:
    return trait.type if trait.entry is None else f"{trait.type}({trait.entry})"


def _type(trait: Trait) -> Type | None:
    """Give the declared type, None for words that are none."""
    try:
        if trait.entry is None:
            return Type(trait.type)
        return Type.LIST if trait.type == Type.LIST and Type(trait.entry) is not Type.LIST else None
    except ValueError:
        return None


def _agree(values: Values, trait: Trait, node: c.Value, found: Typed, wanted: Type, value: Typed | None) -> None:
    """Report a value or a default of another type than the declared one, or of another currency than the value."""
    report = values.report
    if found.type is Type.LIST and wanted is Type.LIST and found.field is not None:
        own, word = list_word(found.field), _word(trait)
        if own != word:
            message = f"the trait is declared as {word}, and {found.name} is of type {own}"
            report.error("E316", node.span, message, f"trait {trait.name}: {own}", label=f"this is of type {own}")
    elif found.type is not wanted and not (found.type is Type.INT and wanted is Type.DECIMAL):
        message = f"the trait is declared as {wanted.value}, and {found.name} is {WORDS[found.type]}"
        report.error("E316", node.span, message, label=f"this is of type {found.type.value}")
    elif value is not None and found.currency != value.currency:
        report.error("E306", node.span, f"these are two currencies: {value.currency} and {found.currency}")
