"""Predicates into SQL: one statement, its people, and the SELECTs that it is made of.

A :class:`Frame` is one SELECT under construction: the people of a statement, or the events of one metric. Every
test is either true, or false or unknown; complements are spelled so that unknown counts as false below them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from copy import copy
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from orchestrator.compile import chains, entries, groups, metrics, places, ranks, raw_ids
from orchestrator.compile.around import Around
from orchestrator.compile.belonging import Elsewhere, Listing
from orchestrator.compile.beside import beside
from orchestrator.compile.calendars import Within
from orchestrator.compile.clocks import Clocks
from orchestrator.compile.dialects.base import Dialect, Expr, bind
from orchestrator.compile.distances import within
from orchestrator.compile.features import (
    EVERYBODY,
    All,
    ByZone,
    Chained,
    Column,
    Compared,
    Consented,
    Counted,
    Fixed,
    Known,
    Listed,
    Measured,
    Member,
    Metric,
    Neg,
    Placed,
    Pred,
    Ranked,
    Raw,
    Sampled,
    Searched,
    Some,
)
from orchestrator.compile.names import Items
from orchestrator.compile.ours import our_rows
from orchestrator.compile.peers import Alone, Bucketed, Heaviest
from orchestrator.compile.sharing import repeated
from orchestrator.compile.terms import Terms
from orchestrator.model.messages import OURS
from orchestrator.model.schema import Entity, EventTable, Field, Relation, Schema, Type


class Statement:
    """What the frames of one statement share: dialect, schema, clock, aliases, common table expressions."""

    def __init__(
        self, schema: Schema, entity: Entity, dialect: Dialect, as_of: dt.datetime, zone: str, *preds: Pred
    ) -> None:
        """Look at all predicates of the statement to see what is worth sharing."""
        self.schema = schema
        self.entity = entity
        self.dialect = dialect
        self.as_of = as_of
        self.clocks = Clocks(dialect, as_of)
        self.zone = zone
        self._counts: Counter[str] = Counter()
        self._ctes: dict[str, Any] = {}
        self._shared = repeated(preds)

    def alias(self, prefix: str) -> str:
        """Give a name that the statement has not used: p, p2, e, e2."""
        self._counts[prefix] += 1
        count = self._counts[prefix]
        return prefix if count == 1 else f"{prefix}{count}"

    def people(self) -> Any:
        """Give the entity's table under a name of its own."""
        entity = self.entity
        above = None if entity.parent is None else entity.parent.column
        names = [entity.key, entity.zone, above, *_read(entity.attributes)]
        return _table(entity.table.name, entity.table.schema, names).alias(self.alias("p"))

    def events(self, event: EventTable) -> Any:
        """Give an event's table under a name of its own; one of our own tables with the key of the person's row."""
        if event.name in OURS:
            rows = our_rows(event, self.dialect, self.as_of, self.alias("o"))
            people = self.people()
            key = people.c[self.entity.key]
            others = [column for column in rows.c if column.name != event.key]
            both = rows.join(people, rows.c[event.key] == self.dialect.id_text(key))
            return sa.select(key.label(event.key), *others).select_from(both).subquery(self.alias("e"))
        names = [event.key, event.at, event.id, *event.where, *_read(event.properties)]
        return _table(event.table.name, event.table.schema, names).alias(self.alias("e"))

    def rows(self, relation: Relation) -> Any:
        """Give a relation's table under a name of its own."""
        names = [relation.key, relation.ref, *relation.where, *_read(relation.properties)]
        return _table(relation.table.name, relation.table.schema, names).alias(self.alias("r"))

    def about(self, entity: str) -> Statement:
        """Give the same statement, about another entity: names, clock and shared parts stay the same."""
        found = copy(self)
        found.entity = self.schema.entities[entity]
        return found

    def frame(
        self, event: EventTable | Relation | Items | None = None, outer: Around | None = None, source: Any = None
    ) -> Around:
        """Open a SELECT over people, or over the events in ``source``."""
        return Frame(self, event, outer, source)

    def whole(self, select: sa.Select[Any]) -> sa.Select[Any]:
        """Give the finished statement: what it shares stands at its top, each after what it needs itself."""
        return select.add_cte(*self._ctes.values()) if self._ctes else select

    def common(self, name: str, select: Any) -> Any:
        """Give a SELECT as a common table expression of the statement; what it needs itself was made before it."""
        found = select.cte(self.alias(name))
        if self.dialect.kept:
            found = found.prefix_with(self.dialect.kept)
        self._ctes[str(found.name)] = found
        return found

    def shares(self, member: Member) -> bool:
        """Tell whether a definition is worth a common table expression."""
        return member.name in self._shared

    def shared(self, member: Member) -> Any | None:
        """Give the common table expression of a definition that is worth one, else None."""
        if not self.shares(member):
            return None
        if member.name not in self._ctes:
            frame = Frame(self)
            select = frame.select([frame.key.label("id")], frame.truth(member.pred))
            given = "(" in member.name  # a segment with values: no segment of its own name has this alias
            name = "orc_given" if given else f"orc_segment_{member.name.replace('.', '_')}"
            self._ctes[member.name] = select.cte(self.alias(name))
        return self._ctes[member.name]


class Frame:
    """One SELECT over people (``event`` None), or over the events of one metric.

    A correlated frame (with ``outer``) reads its person from the frame around it; any other joins the person
    when somebody asks for one of the person's columns.
    """

    def __init__(
        self,
        statement: Statement,
        event: EventTable | Relation | Items | None = None,
        outer: Around | None = None,
        source: Any = None,
    ) -> None:
        """Open the frame; ``source`` is the FROM that holds the event's columns."""
        self.statement = statement
        self.dialect = statement.dialect
        self.event = event
        self.outer = outer
        self.source = source
        self._parent: Any = None
        self._people: Any = None if event is not None else statement.people()
        self._joined: dict[Any, Any] = {}
        self._beside: Pred | None = None

    @property
    def terms(self) -> Terms:
        """Give the speller of its terms."""
        return Terms(self)

    @property
    def people(self) -> Any:
        """Give the table of the person: the frame's own, the one around, or one joined now."""
        if self.outer is not None:
            return self.outer.people
        if self._people is None:
            self._people = self.statement.people()
        return self._people

    @property
    def key(self) -> Expr:
        """Give the person's key."""
        found: Expr = self.people.c[self.statement.entity.key]
        return found

    @property
    def owner(self) -> Expr:
        """Give the key of the person that a row of this frame belongs to, without joining the person."""
        if isinstance(self.event, Items) and self.outer is not None:
            return self.outer.owner
        found: Expr = self.key if self.event is None else self.source.c[self.event.key]  # type: ignore[union-attr]
        return found

    @property
    def parent(self) -> Any:
        """Give the table of the person's parent, joined where somebody asks for one of its columns."""
        if self.outer is not None:
            return self.outer.parent
        if self._parent is None:
            above = self.statement.entity.parent
            if above is None:
                raise ValueError("the entity has no parent")
            self._parent = self.statement.about(above.entity).people()
            key = self.statement.schema.entities[above.entity].key
            self._above = self._parent.c[key] == self.people.c[above.column]
        return self._parent

    def read(self, metric: Metric) -> Expr:
        """Give a metric's value for the person, unknown where there is no row."""
        if self.outer is not None:
            return self.outer.read(metric)
        if not self.dialect.joins:
            return metrics.correlated(self, metric)
        if metric not in self._joined:
            made = metrics.grouped(self.statement, metric, self._beside or EVERYBODY)
            self._joined[metric] = made.subquery(self.statement.alias("m"))
        found: Expr = self._joined[metric].c.v
        return found

    def placed(self, term: Bucketed) -> Expr:
        """Give the person's bucket, unknown for whoever is in none."""
        if self.outer is not None:
            return self.outer.placed(term)
        if term not in self._joined:
            self._joined[term] = groups.bucketed(self.statement, term).subquery(self.statement.alias("m"))
        found: Expr = self._joined[term].c.v
        return found

    def belongs(self, name: object, ids: Any, wanted: bool, alone: bool) -> Expr:
        """Give the test that the person is (or is not) among the ids (column ``id``) of a SELECT.

        Equal ``name`` means equal ids, joined once. IN is used where it becomes a join by itself.
        """
        if not self.dialect.joins or (wanted and alone):
            found: Expr = self.key.in_(ids)
            return sa.not_(found) if not wanted else found
        if name not in self._joined:
            rows = ids.subquery(self.statement.alias("m"))
            self._joined[name] = sa.select(rows.c.id.label("k")).subquery(self.statement.alias("m"))
        key: Expr = self._joined[name].c.k
        return key.is_not(None) if wanted else key.is_(None)

    @property
    def zone(self) -> Expr:
        """Give the person's zone as a text."""
        name = self.statement.entity.zone
        if name is None:
            raise ValueError("the entity has no zone column")
        return sa.cast(self.people.c[name], sa.Text)

    def in_zones(self, zones: tuple[str, ...]) -> Expr:
        """Give the test that the person's zone is one of several; unknown is none of them."""
        return self.dialect.in_texts(self.zone, zones)

    def select(self, columns: list[Any], *where: Expr) -> sa.Select[Any]:
        """Give the SELECT with everything that was joined on the way."""
        source = self.people if self.event is None else self.source
        if self.event is not None and self._people is not None:
            source = source.join(self._people, self.key == self.owner)
        if self._parent is not None:
            source = source.outerjoin(self._parent, self._above)
        for joined in self._joined.values():
            source = source.outerjoin(joined, joined.c.k == self.owner)
        return sa.select(*columns).select_from(source).where(*where)

    # -------------------------------------------------------------- predicates

    def truth(self, pred: Pred, wanted: bool = True, alone: bool = True) -> Expr:
        """Give a test that is true for the people of ``pred``, or (``wanted`` false) for all others.

        For everybody else it is false or unknown. ``alone``: it stands in a conjunction at the top.
        """
        if wanted and alone and self._beside is None and self.dialect.narrows:
            self._beside = beside(pred, self.statement)
        if isinstance(pred, Fixed):
            return sa.true() if pred.value is wanted else sa.false()
        if isinstance(pred, Neg):
            return self.truth(pred.item, not wanted, alone)
        if isinstance(pred, All) or (isinstance(pred, Some) and pred.count == 1):
            both = isinstance(pred, All) is wanted
            if not both and wanted and alone and (found := metrics.any_once(self, pred.items)) is not None:
                return found
            return (sa.and_ if both else sa.or_)(*(self.truth(item, wanted, alone and both) for item in pred.items))
        if isinstance(pred, Some):
            return self._at_least(pred, wanted)
        if isinstance(pred, Member):
            shared = self.statement.shared(pred)
            if shared is None:
                return self.truth(pred.pred, wanted, alone)
            return self.belongs(pred.name, sa.select(shared.c.id), wanted, alone)
        if isinstance(pred, ByZone):
            cases = [(self.in_zones(zones), self.truth(item, wanted, False)) for zones, item in pred.groups]
            return sa.case(*cases, else_=self.truth(pred.otherwise, wanted, False))
        if isinstance(pred, Counted):
            return metrics.counted(self, pred, wanted, alone)
        if isinstance(pred, Chained):
            return self.belongs(pred, chains.chained(self.statement, pred), wanted, alone)
        if isinstance(pred, Ranked):
            return self.belongs(pred, ranks.ranked(self.statement, pred), wanted, alone)
        if isinstance(pred, Heaviest):
            return self.belongs(pred, groups.heaviest(self.statement, pred), wanted, alone)
        if isinstance(pred, Alone):
            return self.belongs(pred, groups.alone(self.statement, pred), wanted, alone)
        if isinstance(pred, Raw):
            return self.belongs(pred, raw_ids.ids(self.statement, pred), wanted, alone)
        if isinstance(pred, Consented):
            return metrics.consented(self, pred, wanted, alone)
        if isinstance(pred, Sampled):
            raise ValueError("no statement can draw a sample")
        if isinstance(pred, Listing):
            return entries.some(self, pred, wanted)
        if isinstance(pred, Elsewhere):
            return entries.elsewhere(self, pred, wanted)
        if isinstance(pred, Placed):
            test = places.placed(self, pred)
            return test if wanted else self.dialect.is_not_true(test)
        if isinstance(pred, Known):
            if isinstance(pred.value, Column | Measured) and pred.value.type is Type.LIST:
                return entries.known(self, pred.value, wanted)
            terms = self.terms
            value = terms.version(pred.value) if pred.value.type is Type.VERSION else terms.raw(pred.value)
            return value.is_not(None) if wanted else value.is_(None)
        test = self._atom(pred)
        return test if wanted else self.dialect.is_not_true(test)

    def _atom(self, pred: Compared | Within | Listed | Searched) -> Expr:
        if isinstance(pred, Compared):
            return self.terms.compared(pred)
        if isinstance(pred, Within):
            return within(pred, self.terms, self.dialect, self.statement.clocks)
        return self.terms.listed(pred) if isinstance(pred, Listed) else self.terms.searched(pred)

    def _at_least(self, pred: Some, wanted: bool) -> Expr:
        one, none = sa.literal_column("1", sa.Integer), sa.literal_column("0", sa.Integer)
        hits = [sa.case((self.truth(item, True, False), one), else_=none) for item in pred.items]
        total: Expr = hits[0]
        for hit in hits[1:]:
            total = total + hit
        needed = bind(pred.count, "count")
        return total >= needed if wanted else total < needed


def _read(fields: Mapping[str, Field]) -> list[str | None]:
    return [column for field in fields.values() for column in (field.column, field.longitude)]


def _table(name: str, schema: str | None, columns: list[str | None]) -> sa.TableClause:
    """Give a table with the columns that the schema names, all quoted."""
    wanted = dict.fromkeys(column for column in columns if column is not None)
    return sa.table(
        quoted_name(name, True),
        *(sa.column(quoted_name(column, True)) for column in wanted),
        schema=None if schema is None else quoted_name(schema, True),
    )
