"""Versions of software: the one text by which all engines sort them.

A version is up to six whole numbers of at most nine digits with points between them, then perhaps a suffix behind
``-`` (a release before the release) and perhaps a build behind ``+``, which says nothing about the order. Numbers
that are not there are 0, so ``17`` is ``17.0``. ``4.2-beta`` comes before ``4.2``; two suffixes are compared as
texts, without capitals. Anything else is no version, and unknown.
"""

from __future__ import annotations

import re

NUMBERS = 6
DIGITS = 9
RELEASED = "~"
"""Stands where a version has no suffix: it sorts behind every sign that a suffix may hold."""

PATTERN = f"[0-9]{{1,{DIGITS}}}([.][0-9]{{1,{DIGITS}}}){{0,{NUMBERS - 1}}}(-[0-9A-Za-z.-]+)?([+][0-9A-Za-z.-]+)?"
"""The form of a version, in the subset of patterns that all engines share (A68)."""

_FORM = re.compile(PATTERN)


def version_key(text: str) -> str | None:
    """Give the text that sorts like the version, None for what is no version."""
    if _FORM.fullmatch(text) is None:
        return None
    numbers, _, suffix = text.partition("+")[0].partition("-")
    parts = numbers.split(".")
    padded = [part.rjust(DIGITS, "0") for part in (*parts, *[""] * (NUMBERS - len(parts)))]
    return "".join(padded) + (suffix.lower() or RELEASED)
