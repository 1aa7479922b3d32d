"""``places:`` of project.yml: points, boxes and polygons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.shapes import Keys, Reading
from orchestrator.model.place import METRES, Box, Place, Polygon, Spot

MOST_CORNERS = 500
SHAPES = (("latitude", "longitude"), ("south", "west", "north", "east"), ("polygon",))


def short_place(value: Any) -> Any:
    """Give ``[45.76, 4.83]`` as the keys that it stands for."""
    if isinstance(value, list) and value and all(isinstance(item, list) for item in value):
        kinds.wrong("E004", "corners stand under the key `polygon`", "{polygon: [[48, 2], [49, 2], [49, 3]]}")
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return dict(zip(("latitude", "longitude", "south"), value, strict=False))  # a third number is one too many
    return value


def _distance(value: Any) -> float:
    given = kinds.text(value)
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *(km|mi|m)", given)
    if found is None:
        kinds.wrong("E010", f"`{given}` is not a distance", "write it as in 25 km, 800 m or 3 mi")
    return float(found[1]) * METRES[found[2]]


class PlaceKeys(Keys):
    """A point with or without a radius, a box, or a polygon."""

    latitude: kinds.Number | None = None
    longitude: kinds.Number | None = None
    radius: Annotated[float, PlainValidator(_distance)] | None = None
    south: kinds.Number | None = None
    west: kinds.Number | None = None
    north: kinds.Number | None = None
    east: kinds.Number | None = None
    polygon: list[list[kinds.Number]] = Field(default_factory=list)


def read_places(reading: Reading[Any], given: Mapping[str, PlaceKeys]) -> dict[str, Place]:
    """Give the places that could be read; the others are findings."""
    found: dict[str, Place] = {}
    for name, keys in given.items():
        if reading.lost("places", name):
            continue
        place = _place(keys)
        if isinstance(place, str):
            corners = "[[48, 2], [49, 2], [49, 3]]"
            helps = (f"{name}: {{latitude: 45.76, longitude: 4.83}}", f"{name}: {{polygon: {corners}}}")
            reading.add(reading.key_span("places", name), "E010", f"`{name}` is not a place: {place}", *helps)
        else:
            found[name] = place
    return found


def _place(keys: PlaceKeys) -> Place | str:
    """Give a place, or what is wrong with it."""
    used = {key for shape in SHAPES for key in shape if getattr(keys, key) not in (None, [])}
    if used not in [set(shape) for shape in SHAPES]:
        return "write latitude and longitude, or south, west, north and east, or a polygon"
    if keys.radius is not None and "latitude" not in used:
        return "only a point has a radius"
    if keys.polygon:
        corners = tuple((float(c[0]), float(c[1])) for c in keys.polygon if len(c) == 2)
        if len(corners) != len(keys.polygon) or not 3 <= len(corners) <= MOST_CORNERS:
            return f"a polygon has 3 to {MOST_CORNERS} corners, each [latitude, longitude]"
        if not all(_possible(*corner) for corner in corners):
            return "latitude goes from -90 to 90, longitude from -180 to 180"
        polygon = Polygon(corners)
        return polygon if polygon.closes else "a polygon cannot go round a pole; write a box"
    if keys.south is not None and keys.west is not None and keys.north is not None and keys.east is not None:
        box = Box(float(keys.south), float(keys.west), float(keys.north), float(keys.east))
        if not _possible(box.south, box.west) or not _possible(box.north, box.east):
            return "latitude goes from -90 to 90, longitude from -180 to 180"
        return box if box.south <= box.north else "its north lies south of its south"
    latitude, longitude = float(keys.latitude or 0), float(keys.longitude or 0)
    if not _possible(latitude, longitude):
        return "latitude goes from -90 to 90, longitude from -180 to 180"
    return Spot(latitude, longitude, keys.radius)


def _possible(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180
