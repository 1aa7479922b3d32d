"""Checks of places: what is a place, which places there are, and which of them have a point or an inside."""

from __future__ import annotations

from orchestrator.compile.checked_special import Checker
from orchestrator.compile.names import Scope, unknown
from orchestrator.compile.typed import WORDS
from orchestrator.model import condition as c
from orchestrator.model.place import Place, Spot
from orchestrator.model.schema import Type


def near(checker: Checker, node: c.Near, scope: Scope) -> None:
    """Check ``is within 25 km of``."""
    _place(checker, node.value, scope)
    if node.distance.value < 0:
        checker.report.error("E314", node.distance.span, "a distance is not below 0")
    if isinstance(node.place, c.LatLon):
        if abs(node.place.latitude) > 90 or abs(node.place.longitude) > 180:
            message = "there is no such point: latitude goes from -90 to 90 and comes first, longitude from -180 to 180"
            checker.report.error("E345", node.place.span, message)
        return
    found = _named(checker, node.place, scope)
    if found is not None and not isinstance(found, Spot):
        own = checker.report.words(node.value.span)
        helps = f"{own} is inside place {node.place.name}" if own else None
        message = f"`{node.place.name}` is an area, and a distance needs a point"
        checker.report.error("E343", node.place.span, message, helps)


def inside(checker: Checker, node: c.Inside, scope: Scope) -> None:
    """Check ``is inside place``."""
    _place(checker, node.value, scope)
    found = _named(checker, node.place, scope)
    if isinstance(found, Spot) and found.radius is None:
        own = checker.report.words(node.value.span)
        helps = f"{own} is within 25 km of place {node.place.name}" if own else None
        message = f"`{node.place.name}` is a point without a radius, and nothing is inside it"
        checker.report.error("E344", node.place.span, message, helps)


def _place(checker: Checker, value: c.Value, scope: Scope) -> None:
    if not isinstance(value, c.Attr):
        checker.report.error("E342", value.span, "only an attribute or a property of an event is a place")
        return
    found = checker.values.attr(value, scope)
    if found is not None and (found.type is not Type.PLACE or found.field is None):
        checker.report.error("E342", value.span, f"{found.name} is {WORDS[found.type]}, not a place")


def _named(checker: Checker, node: c.NamedPlace, scope: Scope) -> Place | None:
    places = scope.workspace.project.places
    if node.name not in places:
        message = f"project.yml has no place `{node.name}`"
        checker.report.found.append(unknown("E346", node.span, message, node.name, places).diagnostic)
    return places.get(node.name)
