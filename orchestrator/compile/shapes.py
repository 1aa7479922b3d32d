"""Where a place lies: the test of two coordinates against a circle, a box or a polygon."""

from __future__ import annotations

import math
from dataclasses import dataclass

from orchestrator.compile.leaves import Column
from orchestrator.model.place import EARTH, Box, Polygon


@dataclass(frozen=True, slots=True)
class Circle:
    """At most ``metres`` from a point, on a sphere."""

    latitude: float
    longitude: float
    metres: float

    @property
    def half_chord(self) -> float:
        """Give the greatest haversine inside: the square of half the chord, for a sphere of radius 1."""
        return math.sin(min(self.metres / (2 * EARTH), math.pi / 2)) ** 2


@dataclass(frozen=True, slots=True)
class Placed:
    """The coordinates are known and possible and lie in ``shape`` (None: anywhere)."""

    of: Column
    shape: Circle | Box | Polygon | None = None


def haversine(latitude: float, longitude: float, here: float, there: float) -> float:
    """Give the haversine of the angle between two points in degrees: the square of half their chord."""
    up = math.sin(math.radians(latitude - here) / 2)
    along = math.sin(math.radians(longitude - there) / 2)
    return up * up + math.cos(math.radians(latitude)) * math.cos(math.radians(here)) * along * along
