"""What depends on other people into SQL: window functions over everybody's value, in whole and exact numbers.

No division decides who is in: a rank is taken off its own remainder before it is divided, and shares are compared
by multiplying both sides.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.around import Around, Whole
from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.features import Pred, Term
from orchestrator.compile.peers import Alone, Bucketed, Heaviest

ONE: Expr = sa.literal_column("1")


def bucketed(whole: Whole, term: Bucketed) -> sa.Select[Any]:
    """Give everybody's bucket: columns ``k`` (the person) and ``v``."""
    people, each = _people(whole, term.by, term.each, term.among, "orc_bucket")
    order = people.c.v.desc() if term.highest else people.c.v.asc()
    before = sa.func.rank().over(partition_by=each, order_by=order) - ONE
    scaled = before * sa.literal_column(str(term.count))
    size = sa.func.count().over(partition_by=each)
    placed = (
        sa.select(people.c.id, scaled.label("x"), size.label("n")).where(*_known(people)).subquery(whole.alias("a"))
    )
    rest = placed.c.x.op("%", precedence=8)(placed.c.n)
    above = sa.cast((placed.c.x - rest).self_group().op("/", precedence=8)(placed.c.n), sa.BigInteger)
    return sa.select(placed.c.id.label("k"), (above + ONE).label("v"))


def heaviest(whole: Whole, pred: Heaviest) -> sa.Select[Any]:
    """Give the ids of the fewest who have the share of the total; who ties is in together."""
    people, each = _people(whole, pred.by, pred.each, pred.among, "orc_group")
    amount = whole.dialect.exact(people.c.v, pred.by.type)
    ties = [people.c.v] if each is None else [each, people.c.v]
    upto = sa.func.sum(amount).over(partition_by=each, order_by=people.c.v.desc())
    alike = sa.func.sum(amount).over(partition_by=ties)
    total = sa.func.sum(amount).over(partition_by=each)
    placed = (
        sa.select(people.c.id, (upto - alike).label("h"), total.label("t"))
        .where(*_known(people), people.c.v > sa.literal_column("0"))
        .subquery(whole.alias("a"))
    )
    share = Fraction(pred.share)
    return sa.select(placed.c.id).where(
        placed.c.h * bind(share.denominator, "of") < placed.c.t * bind(share.numerator, "share")
    )


def alone(whole: Whole, pred: Alone) -> sa.Select[Any]:
    """Give the ids of everybody whose value nobody else has."""
    frame = whole.frame()
    value = _comparable(frame, pred.value)
    people = frame.select([frame.key.label("id"), value.label("v")]).cte(whole.alias("orc_same"))
    count = sa.func.count().over(partition_by=people.c.v).label("n")
    placed = sa.select(people.c.id, count).where(people.c.v.is_not(None)).subquery(whole.alias("a"))
    return sa.select(placed.c.id).where(placed.c.n == ONE)


def _people(whole: Whole, by: Term, each: Term | None, among: Pred, name: str) -> tuple[Any, Any]:
    """Give everybody of a population with their value ``v`` and, within groups, their group ``g``."""
    frame = whole.frame()
    columns = [frame.key.label("id"), _comparable(frame, by).label("v")]
    if each is not None:
        columns.append(_comparable(frame, each).label("g"))
    people = frame.select(columns, frame.truth(among)).cte(whole.alias(name))
    return people, None if each is None else people.c.g


def _known(people: Any) -> list[Expr]:
    return [column.is_not(None) for column in people.c if column.name != "id"]


def _comparable(frame: Around, term: Term) -> Expr:
    """Give a value of which equal ones are written alike: a moment as its place in time."""
    return frame.terms.canonical(term) if term.type.is_time else frame.terms.value(term)
