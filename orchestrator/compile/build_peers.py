"""From an author's words about a person among others to the form of :mod:`orchestrator.compile.peers`."""

from __future__ import annotations

from typing import Protocol

from orchestrator.compile import values
from orchestrator.compile.features import EVERYBODY, Measured, Pred, Term
from orchestrator.compile.logic import negation
from orchestrator.compile.names import Scope, mistake
from orchestrator.compile.peers import Alone, Bucketed, Heaviest, Overall
from orchestrator.model import condition as c


class Builder(values.Builder, Protocol):
    """What is needed of the one who builds conditions."""

    def segment(self, ref: c.SegmentRef, scope: Scope) -> Pred:
        """Give the members of a segment."""


def population(b: Builder, among: c.SegmentRef | None, scope: Scope) -> Pred:
    """Give the people who are compared: the ones named, else the partition's around, else the entity (A33)."""
    chosen = among or scope.among
    return EVERYBODY if chosen is None else b.segment(chosen, scope.outside())


def term(b: Builder, node: c.Bucket | c.Across, scope: Scope) -> Term:
    """Give a bucket, or an aggregate across people."""
    if isinstance(node, c.Across):
        people = EVERYBODY if node.among is None else b.segment(node.among, scope.outside())
        of = values.aggregate(b, node.of, scope)
        if not isinstance(of, Measured):
            raise mistake("E216", node.of.span, "the entries of a list are counted for each person, not across people")
        return Overall(of.metric, people)
    each = None if node.each is None else values.term(b, node.each, scope)
    people = population(b, node.among, scope)
    return Bucketed(values.term(b, node.by, scope), node.count, node.highest, people, each)


def heaviest(b: Builder, node: c.Cumulative, scope: Scope) -> Heaviest:
    """Give the smallest group that has a share of a total."""
    each = None if node.each is None else values.term(b, node.each, scope)
    return Heaviest(values.term(b, node.by, scope), node.share, population(b, node.among, scope), each)


def alone(b: Builder, node: c.IsUnique, scope: Scope) -> Pred:
    """Give the test that nobody else has a person's value."""
    pred = Alone(values.term(b, node.value, scope))
    return negation(pred) if node.negated else pred
