"""Plain English for tests about what a value was before."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.compile.english_values import unit_words
from orchestrator.model.condition import Changed, Held, Inside, LatLon, NamedPlace, Near, Value, Window

Said = Callable[[Value], str]
When = Callable[[Window], str]


def special_words(node: Held | Changed | Near | Inside, value: Said, window: When) -> str:
    """Give the words for one of them."""
    match node:
        case Held():
            time = f"{node.count} {unit_words(node.unit, node.local, node.count)}"
            been = f"been {value(node.value)} without a break for at least {time}"
            if node.negated:
                return f"{value(node.of)} has not {been} (also true where its history starts later)"
            return f"{value(node.of)} has {been} (where its history reaches back so far)"
        case Changed():
            start = "another known value" if node.before is None else value(node.before)
            when = "" if node.window is None else f" {window(node.window)}"
            return f"{value(node.of)} changed from {start} to {value(node.after)}{when}"
        case Near():
            where = f"the place `{node.place.name}`" if isinstance(node.place, NamedPlace) else words_of(node.place)
            distance = f"{node.distance.value:f} {node.unit}"
            return f"{value(node.value)} is {_far(node.negated)} {distance} of {where}{_or_unknown(node.negated)}"
        case Inside():
            verb = "is not" if node.negated else "is"
            return f"{value(node.value)} {verb} inside the place `{node.place.name}`{_or_unknown(node.negated)}"


def words_of(point: LatLon) -> str:
    """Give a point as words."""
    return f"latitude {point.latitude:f}, longitude {point.longitude:f}"


def _far(negated: bool) -> str:
    return "not within" if negated else "within"


def _or_unknown(negated: bool) -> str:
    return ", or it is unknown" if negated else ""
