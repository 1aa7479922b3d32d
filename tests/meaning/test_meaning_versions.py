"""Versions: numbers between points, suffixes before the release, garbage is unknown."""

from __future__ import annotations

import itertools

import pytest
from reference.versions import version

from orchestrator.compile.versions import version_key

ORDERED = ("0.9", "1.0-alpha", "1.0-Beta", "1.0-rc1", "1", "1.0.1", "4.2-beta", "4.2", "4.9", "4.10", "17", "17.0.0.1")


def _people(**values):
    return {name: {"os_version": value} for name, value in values.items()}


def test_numbers_are_compared_between_the_points(ask):
    """ "4.10" comes after "4.9", and "17" is "17.0"."""
    people = _people(P="4.10", Q="4.9", R="17", S="17.0", T="4.9.1")
    assert ask('os_version > "4.9"', people) == "PRST"
    assert ask('os_version >= "17.0.0"', people) == "RS"
    assert ask('os_version is "17"', people) == "RS"
    assert ask('os_version is one of ("4.09", "17.0.0.0")', people) == "QRS"
    assert ask('os_version is between "4.9" and "4.10"', people) == "PQT"
    assert ask('"4.9" < os_version and os_version < "17"', people) == "PT"


def test_a_suffix_comes_before_the_release_and_a_build_says_nothing(ask):
    """ "4.2-beta" < "4.2"; "4.2+exp" is "4.2"; suffixes are texts without capitals."""
    people = _people(P="4.2-beta", Q="4.2", R="4.2+exp.7", S="4.2-RC1", T="4.1.9")
    assert ask('os_version < "4.2"', people) == "PST"
    assert ask('os_version is "4.2"', people) == "QR"
    assert ask('os_version > "4.2-beta"', people) == "QRS"
    assert ask('os_version is "4.2-rc1"', people) == "S"


def test_what_is_no_version_is_unknown(ask):
    """Unknown compares false, and a negated test holds for it, too."""
    people = _people(P="4.2", Q="latest", R=None, S="4..2", T="v4.2", U="1.2.3.4.5.6.7", V="4.2 ", W="", X="4.2-")
    assert ask('os_version >= "0"', people) == "P"
    assert ask('os_version is not "4.2"', people) == "QRSTUVWX"
    assert ask("os_version is missing", people) == "QRSTUVWX"
    assert ask("os_version is known", people) == "P"


def test_versions_of_two_columns_and_of_events(ask):
    """A version may be held against another, in filters, and be the last event's own."""
    people = {"P": {"os_version": "4.10", "min_version": "4.9"}, "Q": {"os_version": "4.9", "min_version": "4.10"}}
    assert ask("os_version > min_version", people) == "P"
    events = {
        "visit": [("P", "2026-01-01", {"app_version": "4.10"}), ("Q", "2026-01-01", {"app_version": "4.2"})],
    }
    assert ask('did visit where (app_version < "4.10") ever', people, events) == "Q"
    assert ask('last visit.app_version >= "4.3"', people, events) == "P"
    assert ask("last visit.app_version is customer.os_version", people, events) == "P"


@pytest.mark.parametrize(("low", "high"), list(itertools.combinations(ORDERED, 2)))
def test_the_key_sorts_like_the_rule(low, high):
    """The text by which engines sort has the order of the reference."""
    assert version(low) < version(high)
    assert version_key(low) < version_key(high)
