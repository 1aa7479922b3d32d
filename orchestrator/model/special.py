"""Tests of what a value was before (how long it was held, how it changed), and of where a place lies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orchestrator.model.literal import Literal, Node, Number, Unit
from orchestrator.model.value import Attr, Value, Window


@dataclass(frozen=True, slots=True)
class Held(Node):
    """``plan has been "Pro" for at least 6 months``; negated, the complement: true also where nobody knows."""

    of: Attr
    value: Literal
    count: int
    unit: Unit
    local: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Changed(Node):
    """``plan changed from "free" to "pro" in last 30 days``.

    ``before`` is None where the author did not say from what; ``window`` only where it was left out (E113).
    """

    of: Attr
    before: Literal | None
    after: Literal
    window: Window | None


@dataclass(frozen=True, slots=True)
class NamedPlace(Node):
    """``place lyon_store``, of project.yml."""

    name: str


@dataclass(frozen=True, slots=True)
class LatLon(Node):
    """``(45.76, 4.83)``: degrees of latitude (north) and longitude (east)."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Near(Node):
    """``location is within 25 km of place lyon_store``; ``unit`` is ``km``, ``m`` or ``mi``."""

    value: Value
    distance: Number
    unit: str
    place: NamedPlace | LatLon
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Inside(Node):
    """``location is inside place paris``: a polygon, a box, or a point with a radius."""

    value: Value
    place: NamedPlace
    negated: bool = False
