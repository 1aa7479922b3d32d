"""Sentences about values of a kind of their own: versions."""

from __future__ import annotations

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
