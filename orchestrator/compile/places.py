"""Places into predicates, and their predicates into SQL.

Everything is computed with floats of 64 bits. A distance is the haversine formula on a sphere; engines may differ in
the last digit of a sine, which is less than a thousandth of a millimetre on the ground. Polygons need only sums and
products, which are the same everywhere. A point on a western or southern edge of a polygon is inside and one on an
eastern or northern edge outside, so that nobody is in two neighbours; the edges of a box are inside. Where edges
cross, a point is inside if an odd number of them lies to its east.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from orchestrator.compile.around import Around
from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.features import Pred
from orchestrator.compile.leaves import Column
from orchestrator.compile.logic import negation
from orchestrator.compile.names import Scope, attribute, mistake
from orchestrator.compile.shapes import Circle, Placed
from orchestrator.compile.values import Builder
from orchestrator.model import condition as c
from orchestrator.model.place import METRES, Box, Polygon, Spot


def near(b: Builder, node: c.Near, scope: Scope) -> Pred:
    """Give the test of a distance."""
    if isinstance(node.place, c.LatLon):
        spot = Spot(float(node.place.latitude), float(node.place.longitude))
    else:
        found = b.workspace.project.places.get(node.place.name)
        if not isinstance(found, Spot):
            raise mistake("E343", node.place.span, f"`{node.place.name}` is not a point")
        spot = found
    metres = float(node.distance.value) * METRES[node.unit]
    pred = Placed(_column(node.value, scope), Circle(spot.latitude, spot.longitude, metres))
    return negation(pred) if node.negated else pred


def inside(b: Builder, node: c.Inside, scope: Scope) -> Pred:
    """Give the test of a polygon, a box, or the circle around a point."""
    place = b.workspace.project.places.get(node.place.name)
    if place is None or (isinstance(place, Spot) and place.radius is None):
        raise mistake("E344", node.place.span, f"`{node.place.name}` has no inside")
    if isinstance(place, Spot):
        pred = Placed(_column(node.value, scope), Circle(place.latitude, place.longitude, place.radius or 0.0))
    else:
        pred = Placed(_column(node.value, scope), place)
    return negation(pred) if node.negated else pred


def _column(value: c.Value, scope: Scope) -> Column:
    found = attribute(value, scope) if isinstance(value, c.Attr) else None
    if not isinstance(found, Column):
        raise mistake("E342", value.span, "only an attribute or a property is a place")
    return found


def placed(frame: Around, pred: Placed) -> Expr:
    """Give the test of the coordinates; unknown or impossible ones are nowhere."""
    source = frame.source if pred.of.event else frame.people
    latitude, longitude = (
        frame.dialect.double(source.c[name]) for name in (pred.of.field.column, pred.of.field.longitude or "")
    )
    possible = sa.and_(_between(latitude, "-90", "90"), _between(longitude, "-180", "180"))
    shape = pred.shape
    if shape is None:
        return possible
    if isinstance(shape, Circle):
        found = frame.dialect.haversine(latitude, longitude, shape.latitude, shape.longitude)
        test = found <= bind(shape.half_chord, "half_chord")
        return sa.case((possible, test), else_=sa.false())
    return sa.and_(possible, (_in_box if isinstance(shape, Box) else _in_polygon)(latitude, longitude, shape))  # type: ignore[arg-type]


def _in_box(latitude: Expr, longitude: Expr, box: Box) -> Expr:
    west, east = longitude >= bind(box.west, "west"), longitude <= bind(box.east, "east")
    along = [sa.and_(west, east) if box.west <= box.east else sa.or_(west, east)]
    if 180 in (abs(box.west), abs(box.east)):  # both names of the date line
        along.append(longitude.in_([sa.literal_column("180"), sa.literal_column("-180")]))
    return sa.and_(latitude >= bind(box.south, "south"), latitude <= bind(box.north, "north"), sa.or_(*along))


def _in_polygon(latitude: Expr, longitude: Expr, polygon: Polygon) -> Expr:
    corners = polygon.unrolled()
    lowest = min(there for _, there in corners)
    if max(there for _, there in corners) > 180:
        around = longitude + sa.literal_column("360")
        longitude = sa.case((longitude < bind(lowest, "west"), around), else_=longitude)
    hits = []
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        (low, west), (high, east) = sorted((start, end))
        if low == high:
            continue
        rise, run = bind(high - low, "rise"), bind(east - west, "run")
        left = (longitude - bind(west, "corner")) * rise
        beside = left < run * (latitude - bind(low, "corner"))
        level = sa.and_(latitude >= bind(low, "from"), latitude < bind(high, "to"))
        hits.append(sa.case((sa.and_(level, beside), sa.literal_column("1")), else_=sa.literal_column("0")))
    if not hits:
        return sa.false()
    return _added(hits).in_([sa.literal_column(str(odd)) for odd in range(1, len(hits) + 1, 2)])


def _added(hits: Sequence[Expr]) -> Expr:
    """Give a sum that is as deep as the logarithm of its length: SQLite allows a depth of 1,000."""
    if len(hits) == 1:
        return sa.type_coerce(hits[0], sa.Integer)
    middle = len(hits) // 2
    return _added(hits[:middle]) + _added(hits[middle:])


def _between(value: Expr, low: str, high: str) -> Expr:
    return sa.and_(value >= sa.literal_column(low), value <= sa.literal_column(high))
