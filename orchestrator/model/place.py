"""Places of the project: points, boxes and polygons, in degrees of latitude (north) and longitude (east)."""

from __future__ import annotations

from dataclasses import dataclass

EARTH = 6_371_008.8
"""Mean radius of the earth in metres (IUGG: R1 = 6371.0088 km, Moritz, Geodetic Reference System 1980)."""

METRES = {"km": 1000.0, "m": 1.0, "mi": 1609.344}
"""Metres of each unit of distance; the mile is the international one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point; with ``radius`` (metres) the circle around it is inside."""

    latitude: float
    longitude: float
    radius: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """From ``south`` to ``north`` and eastward from ``west`` to ``east``, all edges inside; may cross the date line."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """The corners in order, each (latitude, longitude); the last one is joined with the first."""

    corners: tuple[tuple[float, float], ...]

    def unrolled(self) -> list[tuple[float, float]]:
        """Give the corners with longitudes that go on without a jump at the date line, from -180 at the least."""
        found: list[tuple[float, float]] = []
        for latitude, longitude in self.corners:
            if found:
                while longitude - found[-1][1] > 180:
                    longitude -= 360
                while longitude - found[-1][1] < -180:
                    longitude += 360
            found.append((latitude, longitude))
        shift = 360 if min(longitude for _, longitude in found) < -180 else 0
        return [(latitude, longitude + shift) for latitude, longitude in found]

    @property
    def closes(self) -> bool:
        """Tell whether the way round ends where it began; it does not where a pole lies inside."""
        corners = self.unrolled()
        return abs(corners[-1][1] - corners[0][1]) <= 180 and corners[-1][1] - corners[0][1] < 360


Place = Spot | Box | Polygon
