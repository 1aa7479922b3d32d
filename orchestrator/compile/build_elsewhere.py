"""Samples and stored membership become predicates (A29, A59)."""

from __future__ import annotations

from typing import Protocol

from orchestrator.compile import values
from orchestrator.compile.features import Column, Compared, Const, Counted, Metric, Pred, Sampled
from orchestrator.compile.names import Mistake, Scope, mistake, moment, segment
from orchestrator.model import condition as c
from orchestrator.model.messages import ENTERED, LEFT
from orchestrator.model.schema import Type


class Builder(values.Builder, Protocol):
    """What these need of the one who builds conditions."""


def sample(_b: Builder, node: c.Sample, _scope: Scope) -> Pred:
    """Give the draw."""
    return Sampled(node.salt, node.share)


def by_name(ref: c.SegmentRef) -> Mistake:
    """Give the mistake of asking who entered a segment with values: who was in is kept by the name alone."""
    message = "who enters and leaves is kept by name: define a segment of its own for these values"
    return mistake("E371", ref.span, message, (ref.name,), "no values here")


def moved(b: Builder, node: c.Moved, scope: Scope) -> Pred:
    """Give the test that a refresh saw somebody enter or leave a segment or cell: any time in the window counts."""
    if node.ref.args:
        raise by_name(node.ref)
    segment(node.ref, scope)  # its name must mean something; who is in now does not matter
    event = ENTERED if node.entered else LEFT
    table = b.workspace.known.events[event]
    this = Compared("=", Column(table.properties["segment"], event=True), Const(str(node.ref), Type.TEXT))
    return Counted(Metric(event, b.clock.as_of, this, b.window(node.window, moment(table), scope)), 1, None)
