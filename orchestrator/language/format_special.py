"""The canonical words of tests about what a value was before."""

from __future__ import annotations

from orchestrator.language.format_spans import words
from orchestrator.language.format_words import units, verb
from orchestrator.model import condition as c


@words.register
def _(node: c.Held) -> str:
    verb = "has not been" if node.negated else "has been"
    return f"{words(node.of)} {verb} {words(node.value)} for at least {units(node.count, node.unit, node.local)}"


@words.register
def _(node: c.Changed) -> str:
    start = "" if node.before is None else f"from {words(node.before)} "
    text = f"{words(node.of)} changed {start}to {words(node.after)}"
    return text if node.window is None else f"{text} {words(node.window)}"


@words.register
def _(node: c.NamedPlace) -> str:
    return f"place {node.name}"


@words.register
def _(node: c.LatLon) -> str:
    return f"({node.latitude:f}, {node.longitude:f})"


@words.register
def _(node: c.Near) -> str:
    distance = f"{words(node.distance)} {node.unit}"
    return f"{words(node.value)} {verb(node.negated)} within {distance} of {words(node.place)}"


@words.register
def _(node: c.Inside) -> str:
    return f"{words(node.value)} {verb(node.negated)} inside {words(node.place)}"


__all__ = ["words"]
