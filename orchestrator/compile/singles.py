"""Values that are no single ones: a list and a place cannot be compared, ordered, added up or told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.model import condition as c
from orchestrator.model.schema import Field, Type

if TYPE_CHECKING:
    from orchestrator.compile.reporter import Reporter
    from orchestrator.compile.typed import Typed


def list_word(field: Field) -> str:
    """Give the type of a list as its trait declares it: ``list(text)``, or ``list`` where the entries are objects."""
    return "list" if field.fields else f"list({Type.TEXT if field.of is None else field.of.type})"


def single(report: Reporter, node: c.Attr | c.Pick, found: Typed | None) -> Typed | None:
    """Give a type where one value is needed; report a place (E341) and a list (E347)."""
    if found is None or found.type not in (Type.PLACE, Type.LIST):
        return found
    if found.type is Type.PLACE:
        message = f"{found.name} is a place: it is within a distance, inside a place, known or missing"
        report.error("E341", node.span, message)
        return None
    message = f"{found.name} is a list: ask what it has, how many entries it has, or whether it is known"
    report.error("E347", node.span, message, *_instead(report, node, found.field), label="one value is needed here")
    return None


def refused(report: Reporter, node: c.Aggregate, name: str) -> None:
    """Report an aggregate over the lists of several events or rows (E347)."""
    event = node.event.name
    message = f"{name} is a list, and `{node.fn.value} of {event}` looks at one value of each `{event}`"
    if node.event.where is not None:
        report.error("E347", node.span, message, label="count entries inside the filter")
        return
    helps = f"count of {event} where (count of {'.'.join(node.prop)} >= 1)"
    after = "" if node.window is None else f" {report.words(node.window.span)}"
    report.error("E347", node.span, message, helps + after, label="count entries inside a filter")


def _instead(report: Reporter, node: c.Attr | c.Pick, field: Field | None) -> Iterator[str]:
    own = report.words(node.span)
    if own is None or field is None:
        return
    if isinstance(node, c.Pick):
        yield f"trait {node.edge.value}_{node.prop[-1]}: {list_word(field)} = {own}"
        return
    text = not field.fields and (field.of is None or field.of.type is Type.TEXT)
    entry = next(iter(field.fields), "value")
    yield f'{own} has "…"' if text else f"{own} has item where ({entry} is known)"
    yield f"count of {own} >= 1"
