"""Looking into terms, predicates and metrics, and exchanging one metric for another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from orchestrator.compile.features import (
    EVERYBODY,
    All,
    Column,
    Compared,
    Const,
    Counted,
    Measured,
    Member,
    Metric,
    Pred,
)
from orchestrator.compile.logic import is_moment
from orchestrator.model.condition import Fn


def parts(node: object) -> Iterator[object]:
    """Yield a term, predicate or metric and everything inside it."""
    yield node
    if isinstance(node, Column | Const) or node == EVERYBODY:
        return
    if is_dataclass(node):
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, tuple):
                for item in value:
                    for piece in item if isinstance(item, tuple) else (item,):
                        if is_dataclass(piece):
                            yield from parts(piece)
            elif is_dataclass(value):
                yield from parts(value)


def narrowed(pred: Pred) -> Pred:
    """Give a conjunction in which "the last x" is looked for only where another part says that there is one.

    ``did x in last 7 days and did not y since last x``: the last x lies in these 7 days, so nothing older is read.
    """
    if not isinstance(pred, All):
        return pred
    items = list(pred.items)
    for there in pred.items:
        if (
            not isinstance(there, Counted)
            or there.low < 1
            or there.metric.fn is not Fn.COUNT
            or not _open(there.metric)
        ):
            continue
        for n, item in enumerate(items):
            for found in list(parts(item)):
                if isinstance(found, Measured) and _last_of(found.metric, there.metric):
                    items[n] = exchanged(items[n], found.metric, replace(found.metric, window=there.metric.window))
    return All(tuple(items))


def _open(metric: Metric) -> bool:
    """Tell whether a window only begins at a moment that is the same for everybody, and ends at ``as_of``."""
    window = metric.window
    bounds = window.items if isinstance(window, All) else (window,)
    return all(
        isinstance(bound, Compared)
        and isinstance(bound.left, Column)
        and isinstance(bound.right, Const)
        and (bound.op in (">", ">=") or (bound.op == "<" and bound.right.value == metric.as_of))
        for bound in bounds
    )


def _last_of(last: Metric, there: Metric) -> bool:
    same = (last.event, last.filter, last.as_of) == (there.event, there.filter, there.as_of)
    return is_moment(last.of) and same and last.fn is Fn.MAX and last.window == EVERYBODY


def exchanged(node: Any, old: object, new: object) -> Any:
    """Give a term or predicate with one part in place of another; definitions by name stay whole."""
    if node == old:
        return new
    if isinstance(node, tuple):
        return tuple(exchanged(item, old, new) for item in node)
    if not is_dataclass(node) or isinstance(node, Column | Const | Member):
        return node
    changed = {f.name: exchanged(getattr(node, f.name), old, new) for f in fields(node) if f.init}
    return replace(node, **changed)  # type: ignore[type-var]
