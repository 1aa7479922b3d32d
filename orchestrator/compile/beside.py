"""What stands beside a metric in a conjunction and says, from the person's own row, whose events matter at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from orchestrator.compile.around import Whole
from orchestrator.compile.features import (
    EVERYBODY,
    All,
    Column,
    Compared,
    Const,
    Known,
    Listed,
    Member,
    Neg,
    Pred,
    Some,
)
from orchestrator.compile.inside import parts
from orchestrator.compile.logic import all_of
from orchestrator.model.schema import Type

PLAIN = (All, Some, Compared, Listed, Const)
MOST = 8
"""More tests than this are not repeated: a statement with many metrics stays readable."""
WORKED_OUT = (Type.LIST, Type.PLACE, Type.VERSION)


def beside(pred: Pred, whole: Whole) -> Pred:
    """Give the tests of plain columns that everybody of ``pred`` passes, EVERYBODY where there is none.

    Metrics need to be added up for these people only. "Is not" and "is known" let most people through: they are left
    out, because looking everybody up twice would cost more than it saves.
    """
    return all_of(*islice(_tests(pred, whole), MOST))


def people_of(whole: Whole, among: Pred) -> Any:
    """Give the ids of the people of ``among`` as a SELECT."""
    people = whole.frame()
    return people.select([people.key], *([] if among == EVERYBODY else [people.truth(among)]))


def _tests(pred: Pred, whole: Whole) -> Iterator[Pred]:
    if isinstance(pred, All):
        for item in pred.items:
            yield from _tests(item, whole)
    elif isinstance(pred, Member):
        if not whole.shares(pred):
            yield from _tests(pred.pred, whole)
    elif pred != EVERYBODY and (_missing(pred) or all(_plain(part) for part in parts(pred))):
        yield pred


def _missing(pred: Pred) -> bool:
    return isinstance(pred, Neg) and isinstance(pred.item, Known) and _plain(pred.item.value)


def _plain(part: object) -> bool:
    if isinstance(part, Column):
        return not (part.event or part.parent or part.field.path) and part.type not in WORKED_OUT
    return isinstance(part, PLAIN)
