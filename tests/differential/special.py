"""Sentences about values of a kind of their own: versions, and what a value was before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestrator.model import condition as c

LITERALS = ("4.2", "4.10", "17.0", "4.2-beta", "4.2-rc1", "4.2.0+b", "0", "4.9")


def version(writer: Any) -> Any:
    """Give a test on a version of the person, of an event in a filter, or of the first or last event."""
    rng = writer.rng
    left: Any = c.Attr(("app",)) if writer.filter is not None else c.Attr(("os",))
    if writer.filter is None and rng.random() < 0.3:
        left = writer.pick("app")
    if rng.random() < 0.15:
        return c.IsMissing(left, writer.negated())
    right: Any = c.Text(rng.choice(LITERALS))
    shape = rng.random()
    if shape < 0.2:
        return c.OneOf(left, (right, c.Text(rng.choice(LITERALS))), writer.negated())
    if shape < 0.35:
        return c.Between(left, right, c.Text("9"), writer.negated())
    if shape < 0.5 and writer.filter is not None:
        right = c.Attr(("customer", "os"))
    if shape < 0.7:
        return c.Is(left, right, writer.negated())
    return c.Compare(writer.op(), left, right)


def held(writer: Any) -> Any:
    """Give a test how long a value was held."""
    rng = writer.rng
    of, value = _historic(writer)
    count, unit = rng.choice((1, 2, 3, 7, 30)), rng.choice(tuple(c.Unit))
    return c.Held(of, value, count, unit, writer.local(), writer.negated())


def changed(writer: Any) -> Any:
    """Give a test on a change of a value."""
    of, after = _historic(writer)
    before = next((v for v in (_value(writer, of) for _ in range(9)) if v != after), None)
    return c.Changed(of, writer.maybe(lambda: before), after, writer.window(None))


def _historic(writer: Any) -> tuple[c.Attr, Any]:
    of = c.Attr((writer.rng.choice(("city", "points")),))
    return of, _value(writer, of)


def _value(writer: Any, of: c.Attr) -> Any:
    past = writer.schema.histories()[f"customer.{of.name}"]
    values = {row["value"] for row in writer.world.tables[str(past.table)]} - {None}
    if of.name == "points":
        return c.Number(Decimal(writer.rng.choice(sorted(values) or [1])))
    return c.Text(writer.rng.choice(sorted(values) or ["a"]))


def place(writer: Any) -> Any:
    """Give a test on where somebody is."""
    rng, home = writer.rng, c.Attr(("home",))
    shape = rng.random()
    if shape < 0.15:
        return c.IsMissing(home, writer.negated())
    if shape < 0.6:
        return c.Inside(home, c.NamedPlace(rng.choice(("spot", "box", "flat", "kite", "line"))), writer.negated())
    point = rng.choice((c.NamedPlace("spot"), c.LatLon(Decimal("0.25"), Decimal("0.5"))))
    distance = c.Number(Decimal(rng.choice((0, 30, 60, 100, 25_000))))
    return c.Near(home, distance, rng.choice(("km", "mi")), point, writer.negated())
