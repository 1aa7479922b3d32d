"""The top and the bottom of a population: rows A30 to A34 of the specification.

Only people with a known value take part. A share takes everybody who ties at its edge; a number takes exactly so
many, and the hash of A59 with the salt ``rank`` decides among those who tie (the lower one first).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.around import Whole
from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.features import Ranked
from orchestrator.compile.logic import never_unknown


def ranked(whole: Whole, pred: Ranked) -> sa.Select[Any]:
    """Give the ids of everybody inside the rank."""
    frame = whole.frame()
    value = frame.terms.value(pred.by)
    group = None if pred.each is None else frame.terms.value(pred.each)
    columns = [frame.key.label("id"), value.label("v"), *([] if group is None else [group.label("g")])]
    people = frame.select(columns, frame.truth(pred.among)).cte(whole.alias("orc_ranked"))
    known = [
        *([] if never_unknown(pred.by) else [people.c.v.is_not(None)]),
        *([] if group is None else [people.c.g.is_not(None)]),
    ]
    each = None if group is None else people.c.g
    order = people.c.v.desc() if pred.top else people.c.v.asc()
    rank = sa.func.rank().over(partition_by=each, order_by=order).label("r")
    if pred.share is not None:
        size = sa.func.count().over(partition_by=each).label("n")
        placed = sa.select(people.c.id, rank, size).where(*known).subquery(whole.alias("a"))
        share = Fraction(pred.share)
        before: Expr = placed.c.r - sa.literal_column("1")
        return sa.select(placed.c.id).where(
            before * bind(share.denominator, "of") < placed.c.n * bind(share.numerator, "share")
        )
    return _exactly(whole, pred, people, each, rank, known)


def _exactly(whole: Whole, pred: Ranked, people: Any, each: Any, rank: Expr, known: list[Expr]) -> sa.Select[Any]:
    count = bind(pred.count, "count")
    ties = sa.func.count().over(partition_by=[people.c.v] if each is None else [each, people.c.v]).label("t")
    group = [] if each is None else [each.label("g")]
    placed = sa.select(people.c.id, rank, ties, *group).where(*known).subquery(whole.alias("a"))
    over = placed.c.r + placed.c.t - sa.literal_column("1") > count
    lot = sa.case((over, whole.dialect.lot(placed.c.id)), else_=sa.null())
    drawn = sa.func.row_number().over(
        partition_by=None if each is None else placed.c.g, order_by=[placed.c.r, lot, placed.c.id]
    )
    final = sa.select(placed.c.id, drawn.label("d")).where(placed.c.r <= count).subquery(whole.alias("a"))
    return sa.select(final.c.id).where(final.c.d <= count)
