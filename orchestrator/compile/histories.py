"""What an attribute was before, as if each row of its history were an event.

The row holds the value from that moment on. The latest row is the truth, whatever the attribute's own column says;
nothing is known of the time before the first one, so a test that reaches back further is false (A62).
"""

from __future__ import annotations

from orchestrator.compile import values
from orchestrator.compile.compared import compare
from orchestrator.compile.features import (
    EVERYBODY,
    Column,
    Compared,
    Const,
    Counted,
    Known,
    Measured,
    Metric,
    Pred,
    Previous,
)
from orchestrator.compile.logic import all_of, negation
from orchestrator.compile.names import Scope, attribute, mistake, moment
from orchestrator.compile.timing import shifted
from orchestrator.compile.values import Builder
from orchestrator.model import condition as c
from orchestrator.model.schema import EventTable, Type


def held(b: Builder, node: c.Held, scope: Scope) -> Pred:
    """Give the test that a value was there at the start of the time, and no other one came since."""
    event, value = _rows(b, node.of, scope)
    x, wanted = moment(event), values.literal(b, node.value)
    as_of = b.clock.as_of

    def make(zone: str) -> Pred:
        start = Const(shifted(as_of, -node.count, node.unit, zone), Type.TIMESTAMP)
        last = Metric(event.name, as_of, EVERYBODY, Compared("<=", x, start), None, "last", value, value.type)
        others = Metric(event.name, as_of, negation(compare("=", value, wanted)), Compared(">", x, start))
        return all_of(compare("=", Measured(last), wanted), Counted(others, 0, 0))

    pred = b.by_zone(scope.entity, make) if node.local else make(b.clock.zone)
    return negation(pred) if node.negated else pred


def too_late(b: Builder, node: c.Held, scope: Scope) -> Pred:
    """Give the test that a history begins within the time, so that nobody knows what was before (A62)."""
    event, _ = _rows(b, node.of, scope)
    x, as_of = moment(event), b.clock.as_of
    start = Const(shifted(as_of, -node.count, node.unit, b.clock.zone), Type.TIMESTAMP)
    before = Metric(event.name, as_of, EVERYBODY, Compared("<=", x, start))
    later = Metric(event.name, as_of, EVERYBODY, Compared(">", x, start))
    return all_of(Counted(later, 1, None), Counted(before, 0, 0))


def changed(b: Builder, node: c.Changed, scope: Scope) -> Pred:
    """Give the test that some row of the window holds the new value, and the row before it held another."""
    event, value = _rows(b, node.of, scope)
    after, previous = values.literal(b, node.after), Previous(value.field)
    if node.before is None:
        differed = all_of(Known(previous), negation(compare("=", previous, after)))
    else:
        differed = compare("=", previous, values.literal(b, node.before))
    where = all_of(compare("=", value, after), differed)
    return Counted(Metric(event.name, b.clock.as_of, where, b.window(node.window, moment(event), scope)), 1, None)


def _rows(b: Builder, of: c.Attr, scope: Scope) -> tuple[EventTable, Column]:
    found = attribute(of, scope)
    if not isinstance(found, Column) or found.event or found.field.history is None:
        raise mistake("E350", of.span, f"the schema states no history of `{of.name}`")
    event = b.workspace.schema.rows_of(f"{scope.entity.name}.{found.field.name}")
    return event, Column(event.properties["value"], event=True)
