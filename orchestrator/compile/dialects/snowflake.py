"""Snowflake (experimental)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.dialects.cloud import Cloud, Named, n, s, w


class Snowflake(Cloud):
    """Snowflake, whose moments are read in the session's zone, which is UTC."""

    name = "snowflake"
    title = "Snowflake"
    types: ClassVar[Mapping[str, str]] = {
        "text": "VARCHAR",
        "numeric": "NUMBER(38, 9)",
        "double": "DOUBLE",
        "moment": "TIMESTAMP_NTZ",
    }
    week = "WEEKISO"
    session = "ALTER SESSION SET TIMEZONE = 'UTC'"

    def place(self, text: Expr, part: Expr) -> Expr:
        """Search by CHARINDEX."""
        return sa.func.charindex(part, text, type_=sa.Integer)

    def matches(self, value: Expr, pattern: str) -> Expr:
        """Ask REGEXP_LIKE, which always holds the whole text and knows only capturing groups."""
        plain = pattern.replace("(?:", "(")
        return sa.func.regexp_like(value, bind(plain, "pattern"), s("s"), type_=sa.Boolean)

    def in_json(self, value: Expr, items: Expr) -> Expr:
        """Look into an array of variants."""
        one = sa.func.to_variant(value, type_=Named("VARIANT"))
        return sa.func.array_contains(one, sa.func.parse_json(items), type_=sa.Boolean)

    def counted(self, moment: Expr) -> Expr:
        """Ask for the difference."""
        start = w("TIMESTAMP '1970-01-01 00:00:00'")
        own = sa.cast(moment, self.kind("moment"))
        return sa.func.datediff(w("microsecond"), start, own, type_=sa.BigInteger)

    def day_number(self, day: Expr) -> Expr:
        """Ask for the difference."""
        return sa.func.datediff(w("day"), w("DATE '1970-01-01'"), day, type_=sa.BigInteger)

    def date_of(self, days: Expr) -> Expr:
        """Add days."""
        return sa.func.dateadd(w("day"), days, w("DATE '1970-01-01'"), type_=sa.Date)

    def in_zone(self, seconds: Expr, zone: Expr) -> Expr:
        """Ask the engine's zones."""
        moment = sa.func.convert_timezone(s("UTC"), zone, sa.func.to_timestamp_ntz(seconds))
        start = w("TIMESTAMP '1970-01-01 00:00:00'")
        return sa.func.datediff(w("second"), start, moment, type_=sa.BigInteger)

    def whole(self, value: Expr, step: int) -> Expr:
        """Take the rest off first: the engine's quotients have decimals."""
        whole = sa.type_coerce(value, sa.BigInteger)
        even = (whole - sa.func.mod(whole, n(step), type_=sa.BigInteger)).self_group()
        return sa.cast(even.op("/", precedence=8)(n(step)), sa.BigInteger)
