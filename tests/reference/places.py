"""Where a place lies: distances by vectors on a sphere, polygons by exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from orchestrator.model import condition as c
from orchestrator.model.place import Box, Spot

RADIUS_KM = 6371.0088
KM = {"km": 1.0, "m": 0.001, "mi": 1.609344}


def near(one: Any, condition: c.Near) -> bool:
    """Tell whether somebody is at most so far away."""
    here = one.value(condition.value)
    if here is None:
        return False
    at = condition.place
    if isinstance(at, c.NamedPlace):
        spot = one.world.workspace.project.places[at.name]
        there = (spot.latitude, spot.longitude)
    else:
        there = (float(at.latitude), float(at.longitude))
    return _kilometres(here, there) <= float(condition.distance.value) * KM[condition.unit]


def inside(one: Any, condition: c.Inside) -> bool:
    """Tell whether somebody is in the area; unknown and impossible coordinates are nowhere."""
    here = one.value(condition.value)
    if here is None:
        return False
    place = one.world.workspace.project.places[condition.place.name]
    if isinstance(place, Spot):
        return _kilometres(here, (place.latitude, place.longitude)) <= place.radius / 1000
    latitude, longitude = here
    if isinstance(place, Box):
        width = (Fraction(place.east) - Fraction(place.west)) % 360
        if (place.west, place.east) == (-180, 180):
            width = Fraction(360)
        along = (longitude - Fraction(place.west)) % 360
        return place.south <= latitude <= place.north and along <= width
    return _in_polygon(latitude, longitude, place.corners)


def _in_polygon(latitude: Fraction, longitude: Fraction, corners: Any) -> bool:
    """Count the edges to the east; longitudes are taken relative to the westernmost one on the shorter way round."""
    way = [Fraction(corners[0][1])]
    for _, east in corners[1:]:
        way.append(way[-1] + (Fraction(east) - way[-1] + 180) % 360 - 180)
    x = min(way) + (longitude - min(way)) % 360
    points = [(Fraction(north), east) for (north, _), east in zip(corners, way, strict=True)]
    odd = False
    for (y1, x1), (y2, x2) in zip(points, [*points[1:], points[0]], strict=True):
        if (y1 <= latitude < y2 or y2 <= latitude < y1) and x < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def _kilometres(here: Any, there: Any) -> float:
    if tuple(map(float, here)) == tuple(map(float, there)):
        return 0.0
    a, b = (_vector(float(north), float(east)) for north, east in (here, there))
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return RADIUS_KM * math.atan2(math.hypot(*cross), sum(p * q for p, q in zip(a, b, strict=True)))


def _vector(north: float, east: float) -> tuple[float, float, float]:
    y, x = math.radians(north), math.radians(east)
    return math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)
