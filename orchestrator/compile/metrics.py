"""How a metric is read: a pre-aggregated derived table, IN, NOT EXISTS, or a correlated sub-select.

Joining engines (PostgreSQL) never see a correlated aggregate, and IN and NOT EXISTS only where the test stands
alone in the conjunction, because below an OR they are run per person. SQLite is fastest with correlated
sub-selects over an index on (person, time) (measured: DECISIONS 13).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from orchestrator.compile.around import Around, Whole
from orchestrator.compile.beside import people_of
from orchestrator.compile.dialects.base import TRUES, Expr, bind
from orchestrator.compile.features import (
    EVERYBODY,
    All,
    ByZone,
    Column,
    Compared,
    Consented,
    Const,
    Counted,
    Gap,
    Measured,
    Metric,
    Ordinal,
    Pred,
    Previous,
    ZoneValue,
)
from orchestrator.compile.inside import parts
from orchestrator.compile.ordered import is_ordered, median_of_all, ordered
from orchestrator.compile.peers import Overall
from orchestrator.model.condition import Fn
from orchestrator.model.schema import ConsentTable, EventTable, Field, Type

RECENT = dt.timedelta(days=20)
"""On SQLite a window that starts later than this before ``as_of`` (twice as long before with a filter, a third for
"did not") is read at once for everybody: measured up to ten times faster with an index on time and thirty times with
one on the person only. Longer ones are up to four times faster person by person over the index that we advise."""


def counted(frame: Around, pred: Counted, wanted: bool, alone: bool) -> Expr:
    """Give the test of a number of events."""
    metric, low, high = pred.metric, pred.low, pred.high
    if not wanted and (low, high) in ((1, None), (0, 0)):
        low, high = (0, 0) if low else (1, None)
        wanted = True
    if not frame.dialect.joins and _recent(metric, RECENT / 3 if (low, high) == (0, 0) else RECENT):
        return _counted_at_once(frame, metric, low, high, wanted)
    if wanted and (low, high) in ((1, None), (0, 0)):
        return _some(frame, metric, high is None, alone)
    number = frame.read(metric)
    if not frame.dialect.joins:
        return _between(number, low, high, wanted)
    if wanted and low > 0:
        return _between(number, low, high, True)
    return _between(sa.func.coalesce(number, sa.literal_column("0")), low, high, wanted)


def _counted_at_once(frame: Around, metric: Metric, low: int, high: int | None, wanted: bool) -> Expr:
    """Give the test as IN or NOT IN the people of one grouped SELECT."""
    if low == 0:
        low, high, wanted = (high or 0) + 1, None, not wanted
    inner, where = _rows(frame.statement, metric, None)
    number = _value(inner, metric)  # before the SELECT is made: it may join the person
    select = inner.select([inner.owner], *where, inner.owner.is_not(None))
    if (low, high) != (1, None):
        select = select.group_by(inner.owner).having(_between(number, low, high, True))
    found: Expr = frame.key.in_(select)
    return found if wanted else sa.not_(found)


def _recent(metric: Metric, limit: dt.timedelta) -> bool:
    """Tell whether a metric looks at the same short time for everybody, and at nothing of the person's own."""
    if _uses(metric, Ordinal, Gap, Previous, Measured, ByZone, ZoneValue):
        return False
    if _personal(metric.filter) or _personal(metric.window):
        return False
    window = metric.window
    limit = limit if metric.filter == EVERYBODY else 2 * limit
    for item in window.items if isinstance(window, All) else (window,):
        if isinstance(item, Compared) and item.op in (">", ">=") and isinstance(item.right, Const):
            start = item.right.value
            if isinstance(start, dt.datetime) and metric.as_of - start <= RECENT * (
                1 if metric.filter == EVERYBODY else 2
            ):
                return True
    return False


def _personal(pred: Pred) -> bool:
    return any(isinstance(part, Column) and not part.event for part in parts(pred))


def any_once(frame: Around, items: tuple[Pred, ...]) -> Expr | None:
    """Give the test that one of several kinds of events happened as one IN, None where it is not only that.

    Measured on PostgreSQL: 94 ms against 224 ms with two joins and 592 ms with two EXISTS.
    """
    metrics = [item.metric for item in items if isinstance(item, Counted) and (item.low, item.high) == (1, None)]
    if not frame.dialect.joins or len(metrics) != len(items):
        return None
    ids = []
    for metric in metrics:
        inner, where = _rows(frame.statement, metric, None)
        ids.append(inner.select([inner.owner], *where))
    return frame.key.in_(sa.union_all(*ids))


def grouped(whole: Whole, metric: Metric, among: Pred = EVERYBODY) -> sa.Select[Any]:
    """Give a metric for everybody of ``among`` who has it: columns ``k`` (the person) and ``v``."""
    frame, where = _rows(whole, metric, None, among)
    if is_ordered(metric):
        return ordered(frame, metric, where, person=True)
    key = frame.owner.label("k")
    listed = metric.of.field if isinstance(metric.of, Column) and metric.of.type is Type.LIST else None
    value = _value(frame, metric) if listed is None else frame.source.c[listed.column]
    if metric.edge is None:
        found: sa.Select[Any] = frame.select([key, value.label("v")], *where).group_by(frame.owner)
        return found
    place = sa.func.row_number().over(partition_by=frame.owner, order_by=_order(frame, metric.edge)).label("r")
    inner = frame.select([key, value.label("v"), place], *where).subquery(whole.alias("o"))
    found_value: Expr = inner.c.v
    if listed is not None:  # a document is read once a person, and not once an event
        found_value = whole.dialect.json_list(whole.dialect.json_document(inner.c.v), listed.path).label("v")
    return sa.select(inner.c.k, found_value).where(inner.c.r == sa.literal_column("1"))


def correlated(outer: Around, metric: Metric) -> Expr:
    """Give a metric as a sub-select for the person of the SELECT around it."""
    frame, where = _rows(outer.statement, metric, outer)
    if is_ordered(metric):
        one: Expr = ordered(frame, metric, where, person=False).scalar_subquery()
        return one
    select = frame.select([_value(frame, metric)], *where)
    if metric.edge is not None:
        select = select.order_by(*_order(frame, metric.edge)).limit(sa.literal_column("1"))
    found: Expr = select.correlate_except(frame.source).scalar_subquery()
    return found


def overall(whole: Whole, term: Overall) -> Expr:
    """Give a metric of all events of a population as one value, read once."""
    frame, where = _rows(whole, term.metric, None)
    where = [frame.owner.in_(people_of(whole, term.among)), *where]
    if is_ordered(term.metric):
        return median_of_all(frame, term.metric, where).scalar_subquery()
    found: Expr = frame.select([_value(frame, term.metric)], *where).scalar_subquery()
    return found


def consented(frame: Around, pred: Consented, wanted: bool, alone: bool) -> Expr:
    """Give the test of the latest decision about a channel and a topic; nothing and unknown mean refused."""
    whole, table = frame.statement, frame.statement.schema.consent
    if table is None:
        raise ValueError("the schema has no consent table")
    event = _decisions(table, whole.entity.name)
    rows = whole.events(event)
    texts = [(table.channel, pred.channel), (table.topic, pred.topic)]
    where = [sa.cast(rows.c[column], sa.Text) == bind(text, column) for column, text in texts]
    order: list[Expr] = []
    if table.at is not None:
        where.append(whole.dialect.moment("<", rows.c[table.at], pred.as_of, table.time))
        order.append(rows.c[table.at].desc())
    granted = sa.cast(rows.c[table.granted], sa.Text).in_([bind(t, "yes") for t in (*TRUES, *table.granted_values)])
    yes = sa.case((granted, sa.literal_column("1")), else_=sa.literal_column("0"))
    order.append(yes.asc() if table.id is None else rows.c[table.id].desc())
    if not whole.dialect.joins:
        inner = whole.frame(event, frame, rows)
        good = sa.case(
            (sa.and_(granted, inner.truth(pred.window)), sa.literal_column("1")), else_=sa.literal_column("0")
        )
        latest = sa.select(good).select_from(rows).where(rows.c[table.key] == frame.key, *where).order_by(*order)
        value = sa.func.coalesce(
            latest.limit(sa.literal_column("1")).correlate_except(rows).scalar_subquery(), sa.literal_column("0")
        )
        return value == sa.literal_column("1" if wanted else "0")
    place = sa.func.row_number().over(partition_by=rows.c[table.key], order_by=order).label("r")
    columns = [rows.c[table.key], yes.label("y"), place, *([] if table.at is None else [rows.c[table.at]])]
    latest_rows = sa.select(*columns).where(*where).subquery(whole.alias("c"))
    inner = whole.frame(event, None, latest_rows)
    one: Expr = sa.literal_column("1")
    ids = inner.select(
        [latest_rows.c[table.key].label("id")],
        latest_rows.c.r == one,
        latest_rows.c.y == one,
        inner.truth(pred.window),
    )
    return frame.belongs(pred, ids, wanted, alone)


def _decisions(table: ConsentTable, entity: str) -> EventTable:
    """Give the consent table as if it were an event's, so that windows read it alike."""
    columns = [table.channel, table.topic, table.granted]
    properties = {column: Field(column, Type.TEXT, column) for column in columns}
    return EventTable(
        "consent", entity, table.table, table.key, table.at or table.key, table.time, properties, table.id
    )


def _some(frame: Around, metric: Metric, wanted: bool, alone: bool) -> Expr:
    """Give the test that there is an event (or none)."""
    if not frame.dialect.joins:
        inner, where = _rows(frame.statement, metric, frame)
        found: Expr = inner.select([sa.literal_column("1")], *where).correlate_except(inner.source).exists()
        return found if wanted else sa.not_(found)
    ordered = _uses(metric, Ordinal, Gap, Previous)
    if alone and wanted:
        inner, where = _rows(frame.statement, metric, None)
        return frame.key.in_(inner.select([inner.owner], *where))
    if alone and not ordered and frame.dialect.correlates:
        inner, where = _rows(frame.statement, metric, frame)
        found = inner.select([sa.literal_column("1")], *where).correlate_except(inner.source).exists()
        return sa.not_(found)
    number = frame.read(metric)
    return number.is_not(None) if wanted else number.is_(None)


def _rows(whole: Whole, metric: Metric, outer: Around | None, among: Pred = EVERYBODY) -> tuple[Around, list[Expr]]:
    """Open a SELECT over a metric's events, of the person around or of all in ``among``, and give its conditions."""
    if metric.related:
        return _related(whole, metric, outer, among)
    event = whole.schema.rows_of(metric.event)
    rows: Any = whole.events(event)
    where = [whole.dialect.holds(rows.c[column], value, column) for column, value in event.where.items()]
    past = [whole.dialect.moment("<", rows.c[event.at], metric.as_of, event.time)]
    if outer is not None:
        where.insert(0, rows.c[event.key] == outer.key)
    if among != EVERYBODY:
        where.append(rows.c[event.key].in_(people_of(whole, among)))
    if not _uses(metric, Ordinal, Gap, Previous):
        frame = whole.frame(event, outer, rows)
        if _ends_before(metric):
            past = []
        return frame, [*where, *past, frame.truth(metric.window), frame.truth(metric.filter)]
    order = [rows.c[event.at], *([] if event.id is None else [rows.c[event.id]])]
    person = rows.c[event.key]
    former = [
        sa.func.lag(whole.dialect.maybe(rows.c[part.field.column]))
        .over(partition_by=person, order_by=order)
        .label("previous_value")
        for part in _previous(metric)
    ]
    numbered = sa.select(
        *rows.c,
        *former,
        sa.func.row_number().over(partition_by=person, order_by=order).label("nth"),
        sa.func.lag(whole.dialect.maybe(rows.c[event.at]))
        .over(partition_by=person, order_by=order)
        .label("previous_at"),
    ).where(*where, *past)
    if outer is not None:
        numbered = numbered.correlate_except(rows)
    frame = whole.frame(event, outer, numbered.subquery(whole.alias("e")))
    return frame, [frame.truth(metric.window), frame.truth(metric.filter)]


def _previous(metric: Metric) -> list[Previous]:
    """Give the value of the row before, at most once, where a metric looks at it."""
    return [part for part in parts(metric) if isinstance(part, Previous)][:1]


def rows(whole: Whole, metric: Metric) -> tuple[Around, list[Expr]]:
    """Open a SELECT over the events of a metric, of everybody, and give its conditions."""
    return _rows(whole, metric, None)


def _related(whole: Whole, metric: Metric, outer: Around | None, among: Pred) -> tuple[Around, list[Expr]]:
    """Open a SELECT over the rows of a relation: they have no time."""
    relation = whole.schema.relation(metric.event)
    if relation is None:
        raise ValueError(f"the schema has no relation {metric.event}")
    rows: Any = whole.rows(relation)
    where = [whole.dialect.holds(rows.c[column], value, column) for column, value in relation.where.items()]
    if outer is not None:
        where.insert(0, rows.c[relation.key] == outer.key)
    if among != EVERYBODY:
        where.append(rows.c[relation.key].in_(people_of(whole, among)))
    frame = whole.frame(relation, outer, rows)
    return frame, [*where, frame.truth(metric.filter)]


def _value(frame: Around, metric: Metric) -> Expr:
    if metric.of is None:
        return sa.func.count()
    if metric.edge is not None:
        return frame.terms.value(metric.of)
    if metric.fn is Fn.COUNT:
        return sa.func.count(frame.terms.raw(metric.of))
    if metric.fn is Fn.COUNT_DISTINCT:
        return sa.func.count(sa.distinct(frame.terms.value(metric.of)))
    if metric.fn is None:
        raise ValueError("a metric has a function or an edge")
    return frame.dialect.aggregate(metric.fn, frame.terms.value(metric.of), metric.of.type)


def _order(frame: Around, edge: str) -> list[Expr]:
    """Give the order in which the first (or last) event comes first; ties by the event's id."""
    event = frame.event
    if not isinstance(event, EventTable):
        raise ValueError("only events have an order")
    columns: list[Expr] = [frame.source.c[event.at], *([] if event.id is None else [frame.source.c[event.id]])]
    return columns if edge == "first" else [column.desc() for column in columns]


def _between(number: Expr, low: int, high: int | None, wanted: bool) -> Expr:
    """Give the test that a known number lies inside (or outside) of two ends."""
    least, most = bind(low, "times"), None if high is None else bind(high, "times")
    if low == high:
        return number == least if wanted else number != least
    if wanted:
        tests = [*([number >= least] if low > 0 else []), *([] if most is None else [number <= most])]
        return sa.and_(*tests) if tests else sa.true()
    tests = [*([number < least] if low > 0 else []), *([] if most is None else [number > most])]
    return sa.or_(*tests) if tests else sa.false()


def _ends_before(metric: Metric) -> bool:
    """Tell whether the window itself ends at or before ``as_of``."""
    window: Pred = metric.window
    for item in window.items if isinstance(window, All) else (window,):
        if isinstance(item, Compared) and item.op == "<" and isinstance(item.right, Const):
            value = item.right.value
            if type(value) is type(metric.as_of) and value <= metric.as_of:
                return True
    return False


def _uses(node: object, *kinds: type) -> bool:
    """Tell whether a metric's own rows are looked at in one of these ways."""
    return any(isinstance(part, kinds) for part in parts(node))
