"""Databricks SQL (experimental): names stand in back-ticks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.dialects.cloud import Cloud, n, s


class Databricks(Cloud):
    """Databricks, whose moments are read in the session's zone, which is UTC."""

    name = "databricks"
    title = "Databricks"
    types: ClassVar[Mapping[str, str]] = {
        "text": "STRING",
        "numeric": "DECIMAL(38, 9)",
        "double": "DOUBLE",
        "moment": "TIMESTAMP",
    }
    quote = "`"
    escaped = (("`", "``"),)
    session = "SET TIME ZONE 'UTC'"

    def place(self, text: Expr, part: Expr) -> Expr:
        """Search by INSTR."""
        return sa.func.instr(text, part, type_=sa.Integer)

    def matches(self, value: Expr, pattern: str) -> Expr:
        """Anchor the pattern at both ends."""
        return sa.func.regexp_like(value, bind(f"(?s)^(?:{pattern})\\z", "pattern"), type_=sa.Boolean)

    def in_json(self, value: Expr, items: Expr) -> Expr:
        """Look into an array of texts."""
        return sa.func.array_contains(sa.func.from_json(items, s("ARRAY<STRING>")), value, type_=sa.Boolean)

    def counted(self, moment: Expr) -> Expr:
        """Count microseconds."""
        return sa.func.unix_micros(sa.cast(moment, sa.TIMESTAMP), type_=sa.BigInteger)

    def day_number(self, day: Expr) -> Expr:
        """Count days."""
        return sa.func.unix_date(day, type_=sa.BigInteger)

    def date_of(self, days: Expr) -> Expr:
        """Give the date."""
        return sa.func.date_from_unix_date(sa.cast(days, sa.Integer), type_=sa.Date)

    def in_zone(self, seconds: Expr, zone: Expr) -> Expr:
        """Read the wall clock as if it were one of UTC."""
        local = sa.func.from_utc_timestamp(sa.func.timestamp_seconds(seconds), zone)
        return sa.func.unix_seconds(local, type_=sa.BigInteger)

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers."""
        whole = sa.type_coerce(value, sa.BigInteger)
        return sa.type_coerce(whole.op("DIV", precedence=8)(n(step)), sa.BigInteger)
