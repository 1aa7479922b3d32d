"""Places: distances on a sphere, boxes and polygons with their edges, the date line, impossible coordinates."""

from __future__ import annotations


def _people(**places):
    return {name: {"location": place} for name, place in places.items()}


def test_a_distance_is_measured_on_a_sphere(ask):
    """One degree of latitude is 111.195 km; P is one degree north, Q at the place, R of unknown place."""
    people = _people(P=(46.75, 4.85), Q=(45.75, 4.85), R=(None, 4.85), S=(45.75, None))
    assert ask("location is within 111.2 km of place store", people) == "PQ"
    assert ask("location is within 111.19 km of place store", people) == "Q"
    assert ask("location is within 0 km of place store", people) == "Q"
    assert ask("location is within 70 mi of (45.750, 4.850)", people) == "PQ"
    assert ask("location is within 69 mi of (45.75, 4.85)", people) == "Q"
    assert ask("location is within 111200 m of place store", people) == "PQ"
    assert ask("location is not within 1 km of place store", people) == "PRS"
    assert ask("location is within 21_000 km of place store", people) == "PQ"


def test_impossible_coordinates_are_unknown(ask):
    """Beyond the poles and the date line there is nothing."""
    people = _people(P=(91, 0), Q=(0, 181), R=(-90, -180), S=(0, -180.5))
    assert ask("location is known", people) == "R"
    assert ask("location is missing", people) == "PQS"
    assert ask("location is within 21_000 km of (0, 0)", people) == "R"


def test_distances_and_boxes_cross_the_date_line(ask):
    """P and Q are two degrees apart, R is beyond the box, S on its edge; the line has two names."""
    people = _people(P=(-15, 179), Q=(-15, -179), R=(-15, -177), S=(-20, 177), T=(-15, -180), U=(-15, 180))
    assert ask("location is inside place fiji", people) == "PQSTU"
    assert ask("location is not inside place fiji", people) == "R"
    assert ask("location is within 230 km of (-15, 179)", people) == "PQTU"
    assert ask("location is inside place pacific", _people(P=(0, 175), Q=(0, -175), R=(0, 165), S=(0, -165))) == "PQ"


def test_neighbours_share_nobody(ask):
    """Western and southern edges are inside, eastern and northern ones outside."""
    people = _people(P=(15, 10), Q=(15, 20), R=(10, 15), S=(20, 15), T=(15, 15), U=(10, 20), V=(15, 9.999))
    assert ask("location is inside place square", people) == "PRT"
    assert ask("location is inside place neighbour", people) == "QU"


def test_a_polygon_that_crosses_itself_is_even_and_odd(ask):
    """The middle of a star is crossed twice and outside."""
    people = _people(P=(5, 4), Q=(6.5, 3.6), R=(2, 4), S=(1, 0.6))
    assert ask("location is inside place star", people) == "QS"
    assert ask("location is inside place star", _people(P=(9, 4))) == ""


def test_a_point_with_a_radius_has_an_inside(ask):
    """25 km around the store."""
    people = _people(P=(45.97, 4.85), Q=(45.98, 4.85))
    assert ask("location is inside place round_store", people) == "P"
