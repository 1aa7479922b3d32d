"""Trino (experimental): the session's zone has to be UTC, which is set where the connection is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.dialects.cloud import MICROS, Cloud, n, w
from orchestrator.compile.dialects.cloud_spelled import ArrayOf


class Trino(Cloud):
    """Trino."""

    name = "trino"
    title = "Trino"
    types: ClassVar[Mapping[str, str]] = {
        "text": "VARCHAR",
        "numeric": "DECIMAL(38, 9)",
        "double": "DOUBLE",
        "moment": "TIMESTAMP(6)",
    }
    piece = "COALESCE(SPLIT_PART({}, {}, {}), '')"

    def matches(self, value: Expr, pattern: str) -> Expr:
        """Anchor the pattern at both ends."""
        return sa.func.regexp_like(value, bind(f"(?s)^(?:{pattern})\\z", "pattern"), type_=sa.Boolean)

    def in_json(self, value: Expr, items: Expr) -> Expr:
        """Look into an array of texts."""
        return sa.func.contains(ArrayOf(items), value, type_=sa.Boolean)

    def sha(self, words: Expr) -> Expr:
        """Spell the bytes."""
        return sa.func.to_hex(sa.func.sha256(sa.func.to_utf8(words)))

    def counted(self, moment: Expr) -> Expr:
        """Count microseconds, which a float of seconds still tells apart."""
        return sa.cast(sa.func.round(sa.func.to_unixtime(moment) * n(MICROS)), sa.BigInteger)

    def day_number(self, day: Expr) -> Expr:
        """Ask for the difference."""
        unit, start = w("'day'"), w("DATE '1970-01-01'")
        return sa.func.date_diff(unit, start, day, type_=sa.BigInteger)

    def date_of(self, days: Expr) -> Expr:
        """Add days."""
        return sa.func.date_add(w("'day'"), days, w("DATE '1970-01-01'"), type_=sa.Date)

    def in_zone(self, seconds: Expr, zone: Expr) -> Expr:
        """Ask the engine's zones."""
        local = sa.cast(sa.func.at_timezone(sa.func.from_unixtime(seconds), zone), self.kind("moment"))
        unit, start = w("'second'"), w("TIMESTAMP '1970-01-01 00:00:00'")
        return sa.func.date_diff(unit, start, local, type_=sa.BigInteger)
