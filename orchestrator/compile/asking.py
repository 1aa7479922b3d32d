"""From a predicate and the columns that are asked to a query: one statement, or one for each home and the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from orchestrator.compile.dialects import dialect as dialect_of
from orchestrator.compile.dialects.base import Dialect, Expr
from orchestrator.compile.features import EVERYBODY, Home, Pred, Term
from orchestrator.compile.homes import ONLY_WAREHOUSE, Parted, Where, necessary, remaining
from orchestrator.compile.statement import Frame, Statement
from orchestrator.model.homes import Answer, FirstOf, Given, Joined
from orchestrator.model.schema import Entity
from orchestrator.model.workspace import Workspace


@dataclass(frozen=True)
class Query:
    """One statement with its values bound. ``columns`` are the names of what it gives, in order.

    Where not all rows lie in the warehouse, ``joined`` says how the statement's rows are finished outside SQL, and
    ``together`` is the same question for a warehouse whose own database also holds the tables of the state.
    """

    select: sa.Select[Any]
    dialect: str
    columns: tuple[str, ...]
    joined: Joined | None = None
    together: Query | None = None

    def sql(self) -> str:
        """Give the statement as text with named parameters; needs no driver and no database."""
        return str(self._compiled())

    def parameters(self) -> dict[str, object]:
        """Give the value of each named parameter of :meth:`sql`."""
        return dict(self._compiled().params)

    def state(self, dialect: str) -> Query | None:
        """Give the statement for the state database, None where it is not asked."""
        if self.joined is None or self.joined.state is None:
            return None
        names = tuple(f"c{n}" for n in range(self.joined.width))
        return Query(self.joined.state(dialect), dialect, ("id", *names))

    def computed(self) -> tuple[str, ...]:
        """Give a sentence for each test that is computed outside SQL."""
        drawn = () if self.joined is None else self.joined.drawn
        return tuple(
            f"computed outside SQL: the first 64 bits of sha256({each.salt}:id) over 2^64 are below {each.share}"
            for each in drawn
        )

    def _compiled(self) -> Any:
        printer = dialect_of(self.dialect).printer()
        return self.select.compile(dialect=printer, compile_kwargs={"render_postcompile": True})


class Asker(Protocol):
    """What is known before a statement is opened."""

    workspace: Workspace
    entity: Entity
    dialect: Dialect
    as_of: dt.datetime


@dataclass(frozen=True)
class Wanted:
    """One column beside the id: spelled by the warehouse, a term of any home, or the name of the first case that holds.

    ``preds`` are what ``spell`` will ask of the frame.
    """

    name: str
    spell: Callable[[Frame], Expr]
    term: Term | None = None
    preds: tuple[Pred, ...] = ()
    cases: tuple[tuple[str, Pred], ...] = ()


def ask(
    made: Asker,
    pred: Pred,
    wanted: Sequence[Wanted] = (),
    where: Callable[[Frame], list[Expr]] | None = None,
    limit: int | None = None,
) -> Query:
    """Give the query for the people of ``pred`` with the columns wanted, ordered by id."""
    nodes = [pred, *(w.term for w in wanted if w.term is not None), *(p for w in wanted for _, p in w.cases)]
    apart = Where()
    homes = frozenset[Home]().union(*(apart.homes(node) for node in nodes))
    if homes <= ONLY_WAREHOUSE:
        return _whole(made, pred, wanted, where, limit)
    together = None
    if Home.STATE in homes:
        one = Home.COMPUTED not in homes
        together = _whole(made, pred, wanted, where, limit) if one else _parted(made, pred, wanted, where, limit, True)
    query = _parted(made, pred, wanted, where, limit, False)
    return Query(query.select, query.dialect, query.columns, query.joined, together)


def _open(made: Asker, *preds: Pred) -> tuple[Statement, Frame]:
    project = made.workspace.project
    statement = Statement(made.workspace.known, made.entity, made.dialect, made.as_of, project.zone, *preds)
    return statement, Frame(statement)


def _whole(
    made: Asker,
    pred: Pred,
    wanted: Sequence[Wanted],
    where: Callable[[Frame], list[Expr]] | None,
    limit: int | None,
) -> Query:
    asked = [p for w in wanted for p in (*w.preds, *(case for _, case in w.cases))]
    statement, frame = _open(made, pred, *asked)
    columns: list[Any] = [frame.key.label("id"), *(w.spell(frame).label(w.name) for w in wanted)]
    tests = [*([] if pred == EVERYBODY else [frame.truth(pred)]), *(where(frame) if where else ())]
    select = frame.select(columns, *tests).order_by(frame.key)
    select = select if limit is None else select.limit(limit)
    return Query(statement.whole(select), made.dialect.name, ("id", *(w.name for w in wanted)))


def _parted(
    made: Asker,
    pred: Pred,
    wanted: Sequence[Wanted],
    where: Callable[[Frame], list[Expr]] | None,
    limit: int | None,
    together: bool,
) -> Query:
    places = Where(together)
    here = [w for w in wanted if _lives_here(w, places)]
    parted = Parted(places, 1 + len(here))
    need = necessary(pred, places)
    test = parted.test(remaining(pred, places))
    values: list[Term] = []
    answers: list[Answer] = [Given(0)]
    for each in wanted:
        if each in here:
            answers.append(Given(1 + here.index(each)))
        elif each.cases:
            named = tuple((name, parted.test(case)) for name, case in each.cases[:-1])
            answers.append(FirstOf(named, each.cases[-1][0]))
        elif each.term is not None:
            values.append(each.term)
    # flags of the state come before its values, so the values' places are known only now
    at = iter(range(1 + len(parted.noted), 1 + len(parted.noted) + len(values)))
    complete: list[Answer] = []
    left = iter(answers[1:])
    for each in wanted:
        foreign = each not in here and not each.cases
        complete.append(Given(next(at), state=True) if foreign else next(left))
    asked = [p for w in here for p in w.preds]
    statement, frame = _open(made, need, *parted.flags, *asked)
    columns: list[Any] = [frame.key.label("id"), *(w.spell(frame).label(w.name) for w in here)]
    columns += [_flag(frame, flag).label(f"flag__{n}") for n, flag in enumerate(parted.flags)]
    state = bool(parted.noted or values)
    order = made.dialect.id_text(frame.key) if state else frame.key
    tests = [*([] if need == EVERYBODY else [frame.truth(need)]), *(where(frame) if where else ())]
    select = frame.select(columns, *tests).order_by(order)
    joined = Joined(
        test,
        (Given(0), *complete),
        limit,
        (lambda name: _noted(made, parted.noted, values, name)) if state else None,
        len(parted.noted) + len(values),
        tuple(parted.drawn),
    )
    return Query(statement.whole(select), made.dialect.name, ("id", *(w.name for w in wanted)), joined)


def _lives_here(wanted: Wanted, places: Where) -> bool:
    nodes = [*([] if wanted.term is None else [wanted.term]), *(case for _, case in wanted.cases)]
    return all(places.homes(node) <= ONLY_WAREHOUSE for node in nodes)


def _flag(frame: Frame, pred: Pred) -> Expr:
    one: Expr = sa.literal_column("1")
    zero: Expr = sa.literal_column("0")
    return sa.case((frame.truth(pred, True, False), one), else_=zero) if pred != EVERYBODY else one


def _noted(made: Asker, preds: Sequence[Pred], values: Sequence[Term], name: str) -> sa.Select[Any]:
    from orchestrator.compile.state import StateStatement

    dialect = dialect_of(name)
    statement = StateStatement(made.workspace, made.entity, dialect, made.as_of, [*preds, *values])
    frame = Frame(statement)
    columns: list[Any] = [frame.key.label("id"), *(_flag(frame, p).label(f"c{n}") for n, p in enumerate(preds))]
    columns += [frame.terms.value(v).label(f"c{n}") for n, v in enumerate(values, len(preds))]
    return statement.whole(
        frame.select(columns).order_by(sa.case((frame.key.is_(None), 0), else_=1), dialect.id_text(frame.key))
    )
