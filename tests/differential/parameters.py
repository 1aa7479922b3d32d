"""Segments with parameters and the values given to them, made up from a seed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model.literal import Node
from orchestrator.model.schema import Type
from orchestrator.model.segment import Segment


def segments(writer: Any) -> tuple[list[Segment], list[c.SegmentRef]]:
    """Give segments of every type of parameter, and references that give some of the values."""
    made = [_spending(writer), _often(writer), _named(writer), _born(writer), _tagged(writer), _flagged(writer)]
    made += [_ranked(writer), _heaviest(writer)]
    refs = []
    for segment in made:
        for _ in range(2):
            args = tuple(
                c.Argument(param.name, _value(writer, param))
                for param in segment.params
                if param.default is None or writer.rng.random() < 0.5
            )
            refs.append(c.SegmentRef(segment.name, None, args))
    return made, refs


def _value(writer: Any, param: c.Parameter) -> Any:
    """Give a value of a parameter's type."""
    if param.type == "list":
        return tuple(writer.word() for _ in range(writer.rng.choice((1, 2, 3))))
    if param.type == "text":
        return writer.word()
    if param.type == "bool":
        return c.Bool(writer.rng.random() < 0.5)
    if param.type == "date":
        return c.Date(writer.world.as_of.date() + dt.timedelta(days=writer.rng.choice((0, -1, -30, 1, -366))))
    if param.name == "part":
        return c.Number(Decimal(writer.rng.choice((5, 34, 50, 100))) / 100, False, True)
    if param.name in ("days", "months", "people"):  # what counts may not be none
        return c.Number(Decimal(writer.rng.choice((1, 2, 7, 30))))
    return writer.literal(Type(param.type))


def _param(writer: Any, name: str, type_: str, of: str | None = None) -> c.Parameter:
    """Declare a parameter, often with a default."""
    param = c.Parameter(name, type_, of)
    return c.Parameter(name, type_, of, _value(writer, param) if writer.rng.random() < 0.7 else None)


def _spending(writer: Any) -> Segment:
    window = c.Rolling(c.CountParam("days"), writer.rng.choice((c.Unit.DAY, c.Unit.WEEK)))
    total = c.Aggregate(writer.rng.choice((c.Fn.SUM, c.Fn.MAX)), c.Event("purchase"), ("amount",), window)
    test = c.Compare(writer.op(), total, c.Param("least"))
    return Segment("spending", test, params=(_param(writer, "least", "money"), _param(writer, "days", "int")))


def _often(writer: Any) -> Segment:
    window = c.Calendar(c.Unit.MONTH, c.CountParam("months"))
    kind = writer.rng.choice((c.Count.AT_LEAST, c.Count.AT_MOST, c.Count.EXACTLY, c.Count.MORE_THAN))
    test = c.Did(writer.event(), c.Quantity(kind, c.CountParam("n")), writer.rng.choice((window, c.Ever())))
    params = [_param(writer, "n", "int")]
    return Segment(
        "often_enough", test, params=(*params, *([_param(writer, "months", "int")] if test.window == window else []))
    )


def _ranked(writer: Any) -> Segment:
    """Give the best by a number, so many of them or such a share of all."""
    by = writer.number(writer.rng.choice((Type.INT, Type.MONEY)), 1)
    top, each = writer.rng.random() < 0.6, writer.maybe(lambda: c.Attr(("city",)))
    if writer.rng.random() < 0.5:
        test = c.Rank(top, by, count=c.CountParam("people"), each=each)
        return Segment("best_few", test, params=(_param(writer, "people", "int"),))
    test = c.Rank(top, by, share=c.ShareParam("part"), each=each)
    return Segment("best_part", test, params=(_param(writer, "part", "decimal"),))


def _heaviest(writer: Any) -> Segment:
    by = writer.rng.choice((writer.simple(Type.INT), writer.simple(Type.MONEY)))
    return Segment("few", c.Cumulative(c.ShareParam("part"), by), params=(_param(writer, "part", "decimal"),))


def _named(writer: Any) -> Segment:
    test: Node = c.OneOf(c.Attr(("name",)), c.Param("names"), writer.negated())
    if writer.rng.random() < 0.5:
        test = c.AnyOf((test, c.TextTest(c.TextOp.CONTAINS, c.Attr(("city",)), c.Param("part"), writer.negated())))
        return Segment(
            "named_so", test, params=(_param(writer, "names", "list", "text"), _param(writer, "part", "text"))
        )
    return Segment("named_so", test, params=(_param(writer, "names", "list", "text"),))


def _born(writer: Any) -> Segment:
    window = writer.rng.choice((c.Before, c.Since, c.After, c.On))(c.Param("day"))
    test = writer.rng.choice(
        (
            lambda: c.IsTime(c.Attr(("born",)), window, writer.negated()),
            lambda: c.Did(writer.event(), None, window),
        )
    )()
    return Segment("around", test, params=(_param(writer, "day", "date"),))


def _tagged(writer: Any) -> Segment:
    which = writer.rng.choice((c.Which.ANY, c.Which.ALL, c.Which.NONE))
    test = c.HasItems(c.Attr(("tags",)), c.Param("tags"), which)
    return Segment("tagged", test, params=(_param(writer, "tags", "list", "text"),))


def _flagged(writer: Any) -> Segment:
    test = c.Is(c.Attr(("vip",)), c.Param("yes"), writer.negated())
    low = c.Compare(writer.op(), c.Attr(("score",)), c.Param("score"))
    return Segment(
        "flagged",
        writer.rng.choice((c.AllOf, c.AnyOf))((test, low)),
        params=(_param(writer, "yes", "bool"), _param(writer, "score", "decimal")),
    )
