"""Our own records hold no zones: a test of them on the person's clocks becomes one test for each group of zones."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

from orchestrator.compile.features import EVERYBODY, NOBODY, ByZone, Column, Const, Home, Member, Metric, Pred
from orchestrator.compile.inside import exchanged


def spread(pred: Pred) -> Pred:
    """Give a predicate in which no metric of our own records has a window that depends on the person's zone."""
    metric = _local(pred)
    if metric is None or not isinstance(metric.window, ByZone):
        return pred

    def one(window: Pred) -> Pred:
        made: Pred = exchanged(pred, metric, replace(metric, window=window))
        return spread(made)

    return ByZone(tuple((zones, one(item)) for zones, item in metric.window.groups), one(metric.window.otherwise))


def alternatives(pred: ByZone) -> list[tuple[Pred, Pred]]:
    """Give (who lives there, what holds of them) for each group of zones, and for everybody else."""
    everywhere = tuple(zone for zones, _ in pred.groups for zone in zones)
    found: list[tuple[Pred, Pred]] = [(ByZone(((zones, EVERYBODY),), NOBODY), item) for zones, item in pred.groups]
    return [*found, (ByZone(((everywhere, NOBODY),), EVERYBODY), pred.otherwise)]


def ours(node: object) -> bool:
    """Tell whether something asks our own records."""
    if isinstance(node, Metric) and node.home is Home.STATE:
        return True
    if isinstance(node, tuple):
        return any(map(ours, node))
    if not is_dataclass(node) or isinstance(node, Column | Const | Member):
        return False
    return any(ours(getattr(node, f.name)) for f in fields(node))


def _local(node: object) -> Metric | None:
    if isinstance(node, Metric) and node.home is Home.STATE and isinstance(node.window, ByZone):
        return node
    if isinstance(node, tuple):
        return next((found for item in node if (found := _local(item)) is not None), None)
    if not is_dataclass(node) or isinstance(node, Column | Const | Member):
        return None
    return next((found for f in fields(node) if (found := _local(getattr(node, f.name))) is not None), None)
